//! What the parser takes and refuses, each at its place.

use super::parse;

const SOUND: &str = r#"{"Version":"2012-10-17","Statement":{"Sid":"Root","Effect":"Allow",
 "Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*",
 "Condition":{"Bool":{"kms:GrantIsForAWSResource":true}}}}"#;

fn refusals(text: &str) -> Vec<(String, String)> {
    let document = parse(text, true);
    document
        .malformed
        .iter()
        .map(|finding| {
            assert!(finding.span.fits(text), "{finding:?}");
            (finding.code.clone(), finding.span.of(text).to_owned())
        })
        .collect()
}

#[test]
fn one_statement_needs_no_list() {
    let document = parse(SOUND, true);
    assert_eq!(document.malformed, []);
    let [statement] = document.statements.as_slice() else { panic!("{document:?}") };
    assert_eq!(statement.label(), "\"Root\"");
    assert_eq!(statement.conditions[0].values[0].value, "true");
    assert_eq!(statement.actions.as_ref().unwrap().values[0].span.of(SOUND), "\"kms:*\"");
}

#[test]
fn what_is_wrong_is_found_at_its_place() {
    let cases = [
        (SOUND.replacen("\"Root\"", "\"Root\",\"Sid\":\"Two\"", 1), "duplicate-element", "\"Sid\""),
        (SOUND.replace("Action", "Actions"), "unknown-element", "\"Actions\""),
        (SOUND.replace("\"Allow\"", "\"allow\""), "unknown-effect", "\"allow\""),
        (SOUND.replace("\"AWS\"", "\"User\""), "unknown-element", "\"User\""),
        (SOUND.replace("{\"AWS\":\"arn:aws:iam::111122223333:root\"}", "{}"), "empty-element", "{}"),
        (SOUND.replace("\"kms:*\"", "7"), "wrong-type", "7"),
        ("[]".to_owned(), "not-an-object", "[]"),
    ];
    for (text, code, at) in cases {
        let found = refusals(&text);
        assert!(found.contains(&(code.to_owned(), at.to_owned())), "{code} {at}: {found:?}");
    }
}

#[test]
fn only_strict_json_is_taken() {
    for text in
        [SOUND.replace("{\"Bool", "{ // why\n\"Bool"), format!("{SOUND},"), SOUND.replace('"', "'"), String::new()]
    {
        assert!(!parse(&text, true).is_well_formed(), "{text}");
    }
}

#[test]
fn an_identity_policy_names_no_principal() {
    assert!(!parse(SOUND, false).is_well_formed());
    let without = SOUND.replace("\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:root\"},", "");
    assert!(parse(&without, false).is_well_formed());
}
