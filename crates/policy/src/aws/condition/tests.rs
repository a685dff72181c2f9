//! Every operator, with what it takes and refuses, and how every condition is said.

use super::{super::parse::parse, *};

const KEY: &str = "k";

fn condition(operator: &str, key: &str, values: &str) -> Condition {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*",
        "Condition":{{"{operator}":{{"{key}":{values}}}}}}}}}"#
    );
    let mut document = parse(&text, true);
    assert_eq!(document.malformed, [], "{text}");
    document.statements.remove(0).conditions.remove(0)
}

fn with(operator: &str, policy: &str, request: &str) -> Truth {
    holds(&condition(operator, KEY, policy), &Context::default().with(KEY, request), true)
}

fn several(operator: &str, policy: &str, request: &[&str]) -> Truth {
    let values = request.iter().map(|value| (*value).to_owned()).collect();
    holds(&condition(operator, KEY, policy), &Context::default().with_all(KEY, values), true)
}

#[test]
fn what_every_operator_takes_and_refuses() {
    // The operator, the policy's value, a value that fits it, one that does not.
    let cases = [
        ("StringEquals", r#""a*""#, "a*", "ab"),
        ("StringEquals", r#"["x","y"]"#, "y", "z"),
        ("StringEqualsIgnoreCase", r#""Ab""#, "aB", "abc"),
        ("StringLike", r#""a?c*""#, "abcd", "Abcd"),
        ("ArnEquals", r#""arn:aws:iam::*:role/A*""#, "arn:aws:iam::111122223333:role/Ab", "arn:aws:iam::1:user/Ab"),
        ("ArnLike", r#""arn:aws:iam::*:role/A*""#, "arn:aws:iam::111122223333:role/Ab", "role/Ab"),
        ("NumericEquals", "7", "7.0", "8"),
        ("NumericLessThan", r#""7""#, "6.5", "7"),
        ("NumericLessThanEquals", "7", "7", "7.1"),
        ("NumericGreaterThan", "7", "70", "7"),
        ("NumericGreaterThanEquals", "7", "7", "x"),
        ("DateEquals", r#""2026-11-01T00:00:00Z""#, "1793491200", "2026-11-02"),
        ("DateLessThan", r#""2026-11-01""#, "2026-10-31T23:59:59Z", "2026-11-01"),
        ("DateLessThanEquals", r#""2026-11-01T08:00Z""#, "2026-11-01T08:00:00Z", "2026-11-01T08:00:01Z"),
        ("DateGreaterThan", "1793491200", "2026-11-01T00:00:01Z", "2026-11-01T00:00:00Z"),
        ("DateGreaterThanEquals", r#""2026-11-01T02:00:00+02:00""#, "2026-11-01", "2026-10-31"),
        ("Bool", "true", "True", "false"),
        ("Bool", r#""false""#, "false", "yes"),
        ("BinaryEquals", r#""AAEC""#, "AAEC", "aaec"),
        ("IpAddress", r#""203.0.113.0/24""#, "203.0.113.7", "203.0.114.7"),
        ("IpAddress", r#"["2001:db8::/32","10.0.0.1"]"#, "2001:db8::7", "10.0.0.2"),
        ("IpAddress", r#""0.0.0.0/0""#, "198.51.100.1", "::1"),
    ];
    for (operator, policy, fitting, other) in cases {
        assert_eq!(with(operator, policy, fitting), Truth::Holds, "{operator} {policy} {fitting}");
        assert_eq!(with(operator, policy, other), Truth::Fails, "{operator} {policy} {other}");
        let negated = match operator {
            "IpAddress" => "NotIpAddress".to_owned(),
            "Bool" | "BinaryEquals" => continue,
            order if order.contains("Than") => continue,
            other => other.replacen("Equals", "NotEquals", 1).replacen("Like", "NotLike", 1),
        };
        assert_eq!(with(&negated, policy, fitting), Truth::Fails, "{negated} {policy} {fitting}");
        assert_eq!(with(&negated, policy, other), Truth::Holds, "{negated} {policy} {other}");
    }
}

#[test]
fn a_value_that_the_operator_cannot_take_is_unknown() {
    for (operator, policy) in [
        ("NumericEquals", r#""many""#),
        ("DateLessThan", r#""soon""#),
        ("Bool", r#""perhaps""#),
        ("IpAddress", r#""10.0.0.0/33""#),
        ("IpAddress", r#""home""#),
        ("StringMatches", r#""x""#),
        ("stringequals", r#""x""#),
        ("ForSomeValues:StringEquals", r#""x""#),
        ("NullIfExists", r#""true""#),
    ] {
        assert!(matches!(with(operator, policy, "1"), Truth::Unknown(_)), "{operator} {policy}");
    }
}

#[test]
fn a_key_that_the_request_does_not_have() {
    let absent = Context::default().without(KEY);
    let cases = [
        ("StringEquals", Truth::Fails),
        ("StringNotEquals", Truth::Holds),
        ("ArnNotLike", Truth::Holds),
        ("NotIpAddress", Truth::Holds),
        ("NumericLessThan", Truth::Fails),
        ("StringEqualsIfExists", Truth::Holds),
        ("BoolIfExists", Truth::Holds),
        ("ForAnyValue:StringEquals", Truth::Fails),
        ("ForAnyValue:StringNotEquals", Truth::Fails),
        ("ForAnyValue:StringEqualsIfExists", Truth::Holds),
        ("ForAllValues:StringEquals", Truth::Holds),
    ];
    for (operator, expected) in cases {
        let condition = condition(operator, KEY, r#""1""#);
        assert_eq!(holds(&condition, &absent, true), expected, "{operator}");
        assert_eq!(holds(&condition, &Context::default(), true), Truth::unknown(KEY), "{operator}");
        assert_eq!(holds(&condition, &Context::default().complete(), true), expected, "{operator}");
    }
}

#[test]
fn null_asks_whether_there_is_one() {
    let (there, absent) = (Context::default().with(KEY, "x"), Context::default().without(KEY));
    for (wanted, if_there, if_absent) in [("true", Truth::Fails, Truth::Holds), ("false", Truth::Holds, Truth::Fails)] {
        let condition = condition("Null", KEY, &format!("\"{wanted}\""));
        assert_eq!(holds(&condition, &there, true), if_there);
        assert_eq!(holds(&condition, &absent, true), if_absent);
        assert_eq!(holds(&condition, &Context::default(), true), Truth::unknown(KEY));
    }
}

#[test]
fn several_values_of_a_key() {
    let policy = r#"["Encrypt","Decrypt"]"#;
    assert_eq!(several("ForAllValues:StringEquals", policy, &["Decrypt", "Encrypt"]), Truth::Holds);
    assert_eq!(several("ForAllValues:StringEquals", policy, &["Decrypt", "Sign"]), Truth::Fails);
    assert_eq!(several("ForAnyValue:StringEquals", policy, &["Sign", "Decrypt"]), Truth::Holds);
    assert_eq!(several("ForAnyValue:StringEquals", policy, &["Sign"]), Truth::Fails);
    assert_eq!(several("ForAllValues:StringNotEquals", policy, &["Sign", "Verify"]), Truth::Holds);
    assert_eq!(several("ForAllValues:StringNotEquals", policy, &["Sign", "Decrypt"]), Truth::Fails);
    assert_eq!(several("ForAnyValue:StringNotEquals", policy, &["Sign", "Decrypt"]), Truth::Holds);
    assert_eq!(several("ForAnyValue:StringNotEquals", policy, &["Decrypt"]), Truth::Fails);
    assert!(matches!(several("StringEquals", policy, &["Decrypt", "Sign"]), Truth::Unknown(_)));
}

#[test]
fn keys_in_any_case_of_letters() {
    let condition = condition("StringEquals", "KMS:viaservice", r#""x""#);
    assert_eq!(holds(&condition, &Context::default().with("kms:ViaService", "x"), true), Truth::Holds);
}

#[test]
fn variables() {
    let context = Context::default()
        .with("k", "users/ann/*")
        .with("aws:username", "ann")
        .without("aws:PrincipalTag/team")
        .with("aws:userid", "*");
    let like = |value: &str, variables: bool| {
        holds(&condition("StringLike", "k", &format!("\"{value}\"")), &context, variables)
    };
    assert_eq!(like("users/${aws:username}/${*}", true), Truth::Holds);
    assert_eq!(like("users/${AWS:UserName}/${aws:userid}", true), Truth::Holds);
    assert_eq!(like("${aws:userid}", true), Truth::Fails, "a value's star is a star");
    assert_eq!(like("users/${aws:PrincipalTag/team, 'ann'}/*", true), Truth::Holds);
    assert_eq!(like("users/${aws:PrincipalTag/team}/*", true), Truth::unknown("aws:PrincipalTag/team"));
    assert_eq!(like("users/${aws:SourceIp}/*", true), Truth::unknown("aws:SourceIp"));
    assert_eq!(like("users/${aws:username}/*", false), Truth::Fails, "the old version knows no variables");
    assert_eq!(like("users/${aws:username", true), Truth::Fails, "without its end it is a text");
}

/// The operator, the key, the values; how it is said where it holds, and where it does not.
const SAID: &[(&str, &str, &str, &str, &str)] = &[
    (
        "StringEquals",
        "kms:ViaService",
        r#""s3.eu-west-1.amazonaws.com""#,
        "only through s3.eu-west-1.amazonaws.com",
        "not through s3.eu-west-1.amazonaws.com",
    ),
    ("StringNotEquals", "kms:ViaService", r#""a""#, "not through a", "only through a"),
    (
        "Bool",
        "kms:GrantIsForAWSResource",
        "true",
        "only for grants of AWS services",
        "not for grants of AWS services, or where the request says nothing of it",
    ),
    (
        "StringEquals",
        "kms:CallerAccount",
        r#"["1","2"]"#,
        "only for callers of account 1 or 2",
        "not for callers of account 1 or 2",
    ),
    (
        "StringEquals",
        "aws:PrincipalOrgID",
        r#""o-123""#,
        "aws:PrincipalOrgID is o-123",
        "aws:PrincipalOrgID is not o-123",
    ),
    (
        "StringEqualsIgnoreCase",
        "kms:RecipientAttestation:ImageSha384",
        r#""ab""#,
        "only for an attested enclave whose image has the digest ab",
        "not for an attested enclave whose image has the digest ab",
    ),
    (
        "StringEqualsIgnoreCase",
        "kms:RecipientAttestation:PCR3",
        r#""ab""#,
        "only for an attested enclave whose PCR3 is ab",
        "not for an attested enclave whose PCR3 is ab",
    ),
    (
        "StringEquals",
        "kms:EncryptionContext:app",
        r#""pay""#,
        "only where the encryption context app is pay",
        "only where the encryption context app is not pay",
    ),
    (
        "BoolIfExists",
        "aws:MultiFactorAuthPresent",
        "false",
        "only without multi-factor authentication, or where the request says nothing of it",
        "only after multi-factor authentication",
    ),
    (
        "DateLessThan",
        "aws:CurrentTime",
        r#""2027-01-01T00:00:00Z""#,
        "only before 2027-01-01T00:00:00Z",
        "only from 2027-01-01T00:00:00Z",
    ),
    (
        "NumericLessThan",
        "kms:ScheduleKeyDeletionPendingWindowInDays",
        "30",
        "kms:ScheduleKeyDeletionPendingWindowInDays is less than 30",
        "kms:ScheduleKeyDeletionPendingWindowInDays is at least 30, or where the request says nothing of it",
    ),
    ("NotIpAddress", "aws:SourceIp", r#""10.0.0.0/8""#, "not from address 10.0.0.0/8", "only from address 10.0.0.0/8"),
    (
        "Null",
        "kms:RecipientAttestation:ImageSha384",
        "true",
        "only where the request has no kms:RecipientAttestation:ImageSha384",
        "only where the request has kms:RecipientAttestation:ImageSha384",
    ),
    (
        "ForAllValues:StringEquals",
        "kms:GrantOperations",
        r#"["Decrypt","Encrypt"]"#,
        "only for grants of Decrypt or Encrypt, or where the request says nothing of it",
        "not for grants of Decrypt or Encrypt, and only where the request says something of it",
    ),
    ("StringNotEqualsIfExists", "kms:ViaService", r#""a""#, "not through a", "only through a"),
    ("Sometimes", "k", r#""a""#, "where Sometimes k a", "not where Sometimes k a"),
];

#[test]
fn how_conditions_are_said() {
    for (operator, key, values, if_holds, if_not) in SAID {
        let condition = condition(operator, key, values);
        assert_eq!(words(&condition, true), *if_holds, "{operator} {key}");
        assert_eq!(words(&condition, false), *if_not, "{operator} {key}");
    }
}
