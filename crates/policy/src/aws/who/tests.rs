//! Who holds what, in the words a person reads.

use super::who;
use crate::{Holder, Permit, Power, Standing, Surroundings};

const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const ROOT: &str = r#"{"Sid":"Root","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}"#;

fn text(statements: &[&str]) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
}

fn surroundings() -> Surroundings {
    Surroundings { item: Some(KEY.to_owned()), ..Surroundings::default() }
}

fn holders(statements: &[&str]) -> Vec<Holder> {
    let text = text(statements);
    let holders = who(&text, &surroundings());
    for holder in &holders {
        assert!(holder.span.is_some_and(|span| span.fits(&text)), "{holder:?}");
    }
    holders
}

/// What the holders of a power are and how they stand, as one text each.
fn of(power: Power, holders: &[Holder]) -> Vec<String> {
    holders
        .iter()
        .filter(|holder| holder.power == power)
        .map(|holder| {
            let standing = match &holder.standing {
                Standing::Can => "can".to_owned(),
                Standing::When { conditions } => conditions.join("; "),
                Standing::DependsOn { on } => format!("depends on {on}"),
                Standing::Denied => "denied".to_owned(),
            };
            format!("{}: {standing} ({})", holder.who, holder.by)
        })
        .collect()
}

fn decrypting(statements: &[&str]) -> Vec<String> {
    of(Power::Decrypt, &holders(statements))
}

#[test]
fn the_keys_own_account_is_its_root_user_and_its_iam() {
    let found = holders(&[ROOT]);
    for power in [Power::Administer, Power::Delegate, Power::Destroy, Power::Decrypt, Power::Encrypt, Power::Sign] {
        assert_eq!(
            of(power, &found),
            [
                "the root user of account 111122223333: can (\"Root\")",
                "account 111122223333: depends on IAM policies of account 111122223333 (\"Root\")",
            ]
        );
    }
    let ids: Vec<&str> =
        found.iter().filter(|holder| holder.power == Power::Sign).map(|holder| holder.id.as_str()).collect();
    assert_eq!(ids, ["arn:aws:iam::111122223333:root", "111122223333"], "they stand differently, so they are two");
}

#[test]
fn another_account_decides_itself_and_cannot_administer() {
    let other = ROOT.replace("111122223333", "444455556666");
    let found = holders(&[&other]);
    assert_eq!(
        of(Power::Decrypt, &found),
        ["account 444455556666: depends on IAM policies of account 444455556666 (\"Root\")"]
    );
    assert_eq!(of(Power::Administer, &found), [""; 0]);
    assert_eq!(of(Power::Destroy, &found), [""; 0]);
    let user = other.replace(":root", ":user/Bob");
    assert_eq!(
        decrypting(&[&user]),
        ["user Bob of account 444455556666: depends on IAM policies of account 444455556666 (\"Root\")"]
    );
}

#[test]
fn conditions_are_said_and_what_follows_from_somebody_is_not() {
    let via = r#"{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":
        {"kms:CallerAccount":"111122223333","kms:ViaService":"s3.eu-west-1.amazonaws.com"}}}"#;
    assert_eq!(
        decrypting(&[via]),
        ["anyone: only for callers of account 111122223333; only through s3.eu-west-1.amazonaws.com (statement 1)"]
    );
    let user = via.replace("\"*\"}", "\"arn:aws:iam::111122223333:user/Ann\"}");
    assert_eq!(
        decrypting(&[&user]),
        ["user Ann of account 111122223333: only through s3.eu-west-1.amazonaws.com (statement 1)"]
    );
    let never = user.replace("\"kms:CallerAccount\":\"111122223333\"", "\"kms:CallerAccount\":\"444455556666\"");
    assert_eq!(decrypting(&[&never]), [""; 0], "never true of her");
    let both = ROOT.replace("\"*\"}", r#""*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}"#);
    assert_eq!(
        decrypting(&[&both])[1],
        "account 111122223333: only after multi-factor authentication; only as far as IAM policies of account \
         111122223333 allow it (\"Root\")"
    );
}

#[test]
fn everybody_but() {
    let but = r#"{"Effect":"Allow","NotPrincipal":{"AWS":["arn:aws:iam::111122223333:user/Ann","444455556666"]},
        "Action":"kms:Decrypt","Resource":"*"}"#;
    assert_eq!(
        decrypting(&[but]),
        ["everybody but user Ann of account 111122223333 and account 444455556666: can (statement 1)"]
    );
}

#[test]
fn services_and_whoever_is_deleted() {
    let s3 = r#"{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com","AWS":"AIDAQ3EGUZME7EXAMPLE7"},
        "Action":["kms:Decrypt","kms:GenerateDataKey"],"Resource":"*"}"#;
    assert_eq!(decrypting(&[s3]), ["the AWS service s3.amazonaws.com: can (statement 1)"]);
}

#[test]
fn anyone_who_can_administer_is_of_the_keys_account() {
    let open = r#"{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}"#;
    let found = holders(&[open]);
    assert_eq!(of(Power::Decrypt, &found), ["anyone: can (statement 1)"]);
    assert_eq!(of(Power::Administer, &found), ["anyone of account 111122223333: can (statement 1)"]);
}

#[test]
fn denials() {
    let ann = r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/Ann"},"Action":"kms:*","Resource":"*"}"#;
    let deny = |principal: &str, action: &str, condition: &str| {
        format!(
            r#"{{"Sid":"No","Effect":"Deny","Principal":{{"AWS":"{principal}"}},"Action":{action},"Resource":"*"{condition}}}"#
        )
    };
    let whole = deny("*", r#"["kms:Decrypt","kms:ReEncryptFrom","kms:DeriveSharedSecret"]"#, "");
    assert_eq!(
        decrypting(&[ann, &whole]),
        ["user Ann of account 111122223333: denied (\"No\")", "anyone: denied (\"No\")"]
    );
    let part = deny("*", r#""kms:Decrypt""#, "");
    assert_eq!(
        decrypting(&[ann, &part]),
        ["user Ann of account 111122223333: can (statement 1)"],
        "some of it is left"
    );
    let outside = deny("*", r#""kms:*""#, r#","Condition":{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#);
    assert_eq!(
        decrypting(&[ann, &outside]),
        ["user Ann of account 111122223333: only from address 10.0.0.0/8 (statement 1)"]
    );
    let two = deny(
        "*",
        r#""kms:*""#,
        r#","Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-1","aws:SourceVpc":"vpc-1"}}"#,
    );
    assert_eq!(
        decrypting(&[ann, &two]),
        [
            "user Ann of account 111122223333: not where all of this is so: not through VPC endpoint vpce-1; not from VPC \
          vpc-1 (statement 1)"
        ]
    );
    let others = deny(
        "*",
        r#""kms:*""#,
        r#","Condition":{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:user/Ann"}}"#,
    );
    assert_eq!(decrypting(&[ann, &others]), ["user Ann of account 111122223333: can (statement 1)"]);
    let bob = ann.replace("Ann", "Bob");
    assert_eq!(decrypting(&[&bob, &others]), ["user Bob of account 111122223333: denied (\"No\")"]);
}

#[test]
fn whom_not_principal_excepts_is_named() {
    let open = r#"{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Resource":"*"}"#;
    let but = r#"{"Sid":"Only","Effect":"Deny","NotPrincipal":{"AWS":["arn:aws:iam::111122223333:user/Ann",
        "arn:aws:iam::111122223333:root"]},"Action":"kms:*","Resource":"*"}"#;
    assert_eq!(
        decrypting(&[open, but]),
        [
            "anyone: denied (\"Only\")",
            "user Ann of account 111122223333: can (statement 1)",
            "the root user of account 111122223333: can (statement 1)",
            "everybody but user Ann of account 111122223333 and account 111122223333: denied (\"Only\")",
        ]
    );
}

#[test]
fn grants_come_last_and_stand_in_no_text() {
    let permit = |grantee: &str, narrowed: Vec<String>| Permit {
        grantee: grantee.to_owned(),
        operations: vec!["Decrypt".to_owned(), "CreateGrant".to_owned()],
        narrowed,
        id: "0c23".to_owned(),
    };
    let mut around = surroundings();
    around.permits = vec![
        permit("arn:aws:iam::111122223333:role/App", Vec::new()),
        permit("lambda.amazonaws.com", vec!["only with app = pay".to_owned()]),
    ];
    let found = who(&text(&[ROOT]), &around);
    assert_eq!(
        of(Power::Decrypt, &found)[2..],
        [
            "role App of account 111122223333: can (grant 0c23)",
            "the AWS service lambda.amazonaws.com: only with app = pay (grant 0c23)",
        ]
    );
    assert_eq!(of(Power::Encrypt, &found).len(), 2);
    assert_eq!(found.iter().filter(|holder| holder.span.is_none()).count(), 4);
}

#[test]
fn a_text_that_aws_would_refuse_tells_nothing() {
    for broken in [text(&[ROOT]).replace("Allow", "allow"), "{".to_owned(), String::new()] {
        let found = who(&broken, &surroundings());
        assert_eq!(found.len(), Power::ALL.len());
        for holder in found {
            assert!(matches!(holder.standing, Standing::DependsOn { .. }), "{holder:?}");
        }
    }
}

#[test]
fn without_the_key_nothing_is_certain_of_an_account() {
    let ann = r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/Ann"},"Action":"kms:*",
        "Resource":"arn:aws:kms:eu-west-1:111122223333:key/1"}"#;
    let found = who(&text(&[ann]), &Surroundings::default());
    assert_eq!(
        of(Power::Decrypt, &found),
        [
            "user Ann of account 111122223333: whether the key is arn:aws:kms:eu-west-1:111122223333:key/1; only as far as \
          IAM policies of account 111122223333, unless the key is its own, allow it (statement 1)"
        ]
    );
}
