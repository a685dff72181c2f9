//! What a change of a policy changes in effect.

use policy::{
    Surroundings, Turn,
    aws::{differences, merge, remove},
};

use crate::corpus::cases;

const KEY: &str = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

fn around() -> Surroundings {
    Surroundings { item: Some(KEY.to_owned()), ..Surroundings::default() }
}

fn policy(statements: &[&str]) -> String {
    let root = r#"{"Sid":"Root","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}"#;
    let all: Vec<&str> = std::iter::once(root).chain(statements.iter().copied()).collect();
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, all.join(","))
}

fn allow(role: &str, actions: &str, more: &str) -> String {
    format!(
        r#"{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::111122223333:role/{role}"}},"Action":{actions},"Resource":"*"{more}}}"#
    )
}

fn said(before: &str, after: &str) -> Vec<(Turn, String)> {
    differences(before, after, &around()).into_iter().map(|difference| (difference.turn, difference.says)).collect()
}

#[test]
fn another_account_gains() {
    let before = policy(&[]);
    let answers = [("account".to_owned(), "021876802972".to_owned())].into();
    let after = merge(&before, "another-account", &answers, &around()).unwrap().text;
    let said = said(&before, &after);
    let texts: Vec<&str> = said.iter().map(|(_, says)| says.as_str()).collect();
    assert!(said.iter().all(|(turn, _)| *turn == Turn::Gains), "{texts:?}");
    assert!(texts[0].starts_with("Account 021876802972 (Heroku) will be able to"), "{texts:?}");
    assert!(texts.iter().any(|text| text.contains("decrypt")), "{texts:?}");
    assert!(texts.iter().any(|text| text.contains("only for grants of AWS services")), "{texts:?}");
    assert!(texts.iter().any(|text| text.contains("read what is written about the key")), "{texts:?}");
}

#[test]
fn whoever_is_taken_out_loses() {
    let before = policy(&[&allow("App", r#"["kms:Decrypt","kms:PutKeyPolicy"]"#, "")]);
    let said = said(&before, &remove(&before, 1).unwrap());
    assert_eq!(
        said,
        [(Turn::Loses, "Role App of this account will no longer be able to change the policy and decrypt.".to_owned())]
    );
}

#[test]
fn a_denial_takes_away() {
    let app = allow("App", r#"["kms:Decrypt"]"#, "");
    let deny = app.replace("Allow", "Deny");
    let said = said(&policy(&[&app]), &policy(&[&app, &deny]));
    assert!(said.iter().any(|(turn, says)| *turn == Turn::Loses && says.contains("decrypt")), "{said:?}");
    assert!(said.iter().all(|(turn, _)| *turn == Turn::Loses), "{said:?}");
}

#[test]
fn conditions_that_come_and_go_are_said() {
    let free = policy(&[&allow("App", r#"["kms:Decrypt"]"#, "")]);
    let via = |region: &str| {
        let condition = format!(r#","Condition":{{"StringEquals":{{"kms:EncryptionContext:place":"{region}"}}}}"#);
        policy(&[&allow("App", r#"["kms:Decrypt"]"#, &condition)])
    };
    let narrowed = said(&free, &via("a"));
    assert_eq!(narrowed.len(), 1, "{narrowed:?}");
    assert_eq!(narrowed[0].0, Turn::Loses);
    assert!(narrowed[0].1.contains("place is a; until now, without conditions"), "{narrowed:?}");
    assert_eq!(said(&via("a"), &free)[0].0, Turn::Gains);
    assert_eq!(said(&via("a"), &via("b"))[0].0, Turn::Changes);
}

#[test]
fn another_order_another_sid_another_layout_change_nothing() {
    let (one, two) = (allow("App", r#"["kms:Decrypt","kms:Encrypt"]"#, ""), allow("Batch", r#""kms:Sign""#, ""));
    let swapped = allow("App", r#"["kms:encrypt", "kms:Decrypt"]"#, r#", "Sid": "Another""#);
    let said = said(&policy(&[&one, &two]), &policy(&[&two, &swapped]));
    assert_eq!(said.len(), 1);
    assert_eq!(said[0].0, Turn::Nothing, "{said:?}");
}

#[test]
fn what_is_no_power_is_said_too() {
    let before = policy(&[&allow("App", r#"["kms:Decrypt"]"#, "")]);
    let after = policy(&[&allow("App", r#"["kms:Decrypt","kms:DescribeKey","kms:Verify"]"#, "")]);
    let gained = said(&before, &after);
    assert_eq!(
        gained,
        [(
            Turn::Gains,
            "A statement will allow role App of this account to verify signatures with this key, and read what is written \
             about the key."
                .to_owned()
        )]
    );
    assert_eq!(said(&after, &before)[0].0, Turn::Loses);
}

#[test]
fn a_statement_that_another_covers_can_go() {
    let wide = allow("App", r#"["kms:Decrypt","kms:Encrypt"]"#, "");
    let narrow = allow("App", r#"["kms:Decrypt"]"#, r#","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}"#);
    let said = said(&policy(&[&wide, &narrow]), &policy(&[&wide]));
    assert_eq!(said[0].0, Turn::Nothing, "{said:?}");
}

#[test]
fn of_what_cannot_be_read_nothing_is_concluded() {
    let said = said(&policy(&[]), "{");
    assert_eq!(said.len(), 1);
    assert_eq!(said[0].0, Turn::Unclear);
}

#[test]
fn every_policy_is_the_same_as_itself_and_as_itself_on_one_line() {
    for case in cases() {
        let text = case.text();
        let Ok(value) = serde_json::from_str::<serde_json::Value>(&text) else { continue };
        let found = differences(&text, &value.to_string(), &case.around());
        assert_eq!(found.len(), 1, "{}: {found:?}", case.name);
        assert!(matches!(found[0].turn, Turn::Nothing | Turn::Unclear), "{}: {found:?}", case.name);
    }
}
