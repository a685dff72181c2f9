//! Who has to bring what, statement by statement.

use serde_json::{Value, json};

use super::proofs;
use crate::{Grade, Permit, Power, Proof, Surroundings};

const ACCOUNT: &str = "111122223333";

fn around() -> Surroundings {
    Surroundings { item: Some(format!("arn:aws:kms:eu-west-1:{ACCOUNT}:key/one")), ..Surroundings::default() }
}

fn policy(statements: &[Value]) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

fn allow(principal: &Value, condition: &Value) -> Value {
    json!({ "Effect": "Allow", "Principal": principal, "Action": "kms:Decrypt", "Resource": "*", "Condition": condition })
}

fn graded(principal: &Value, condition: &Value) -> Grade {
    let proofs = proofs(&policy(&[allow(principal, condition)]), &around());
    assert!(!proofs.is_empty(), "{principal} {condition}");
    proofs[0].grade
}

fn user() -> Value {
    json!({ "AWS": "arn:aws:iam::111122223333:user/ci" })
}

fn role() -> Value {
    json!({ "AWS": "arn:aws:iam::111122223333:role/App" })
}

#[test]
fn whom_a_statement_names_decides() {
    let none = json!({});
    let cases = [
        (json!("*"), Grade::Anonymous),
        (json!({ "AWS": "*" }), Grade::Anonymous),
        (user(), Grade::Copyable),
        (json!({ "AWS": "arn:aws:iam::111122223333:root" }), Grade::Copyable),
        (json!({ "AWS": "021876802972" }), Grade::Copyable),
        (json!({ "AWS": "arn:aws:sts::111122223333:federated-user/eve" }), Grade::Copyable),
        (json!({ "Service": "logs.eu-west-1.amazonaws.com" }), Grade::Network),
        (role(), Grade::Role),
        (json!({ "AWS": "arn:aws:sts::111122223333:assumed-role/App/one" }), Grade::Role),
        (json!({ "Federated": "arn:aws:iam::111122223333:saml-provider/corp" }), Grade::Workload),
        (json!({ "Federated": "cognito-identity.amazonaws.com" }), Grade::Anonymous),
    ];
    for (principal, due) in cases {
        assert_eq!(graded(&principal, &none), due, "{principal}");
    }
}

#[test]
fn conditions_raise_what_has_to_be_brought() {
    let digest = "ab".repeat(48);
    let source = json!({ "StringEquals": { "aws:SourceAccount": ACCOUNT } });
    let address = json!({ "IpAddress": { "aws:SourceIp": "192.0.2.0/24" } });
    let enclave = json!({ "StringEqualsIgnoreCase": { "kms:RecipientAttestation:ImageSha384": digest } });
    let github =
        json!({ "StringEquals": { "token.actions.githubusercontent.com:sub": "repo:o/r:ref:refs/heads/main" } });
    let cases = [
        (json!("*"), json!({ "StringEquals": { "kms:CallerAccount": ACCOUNT } }), Grade::Copyable),
        (json!("*"), json!({ "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/*" } }), Grade::Role),
        (json!("*"), json!({ "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::111122223333:*" } }), Grade::Copyable),
        (json!("*"), address.clone(), Grade::Network),
        (json!("*"), enclave.clone(), Grade::Attested),
        (json!("*"), json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } }), Grade::Anonymous),
        (user(), address.clone(), Grade::Network),
        (user(), json!({ "StringEquals": { "aws:SourceVpce": "vpce-1" } }), Grade::Network),
        (user(), json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } }), Grade::Role),
        (user(), enclave.clone(), Grade::Attested),
        (role(), address, Grade::Role),
        (role(), enclave, Grade::Attested),
        (json!({ "Service": "logs.eu-west-1.amazonaws.com" }), source, Grade::Role),
        (json!({ "Federated": "token.actions.githubusercontent.com" }), github, Grade::Workload),
        (
            json!({ "Federated": "token.actions.githubusercontent.com" }),
            json!({ "StringEquals": { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" } }),
            Grade::Anonymous,
        ),
    ];
    for (principal, condition, due) in cases {
        assert_eq!(graded(&principal, &condition), due, "{principal} {condition}");
    }
}

#[test]
fn a_condition_that_keeps_nobody_out_raises_nothing() {
    for condition in [
        json!({ "NotIpAddress": { "aws:SourceIp": "192.0.2.0/24" } }),
        json!({ "IpAddress": { "aws:SourceIp": "0.0.0.0/0" } }),
        json!({ "IpAddressIfExists": { "aws:SourceIp": "192.0.2.0/24" } }),
        json!({ "ForAllValues:StringEquals": { "aws:SourceVpce": "vpce-1" } }),
        json!({ "StringLike": { "aws:SourceVpc": "*" } }),
        json!({ "Null": { "kms:RecipientAttestation:ImageSha384": "false" } }),
        json!({ "StringEqualsIfExists": { "kms:RecipientAttestation:PCR0": "00" } }),
        json!({ "BoolIfExists": { "aws:MultiFactorAuthPresent": "true" } }),
        json!({ "StringEquals": { "kms:EncryptionContext:app": "one" } }),
    ] {
        assert_eq!(graded(&user(), &condition), Grade::Copyable, "{condition}");
    }
}

#[test]
fn a_denial_raises_only_what_it_covers() {
    let deny = |action: &str, condition: Value| json!({ "Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*", "Condition": condition });
    let not_attested = json!({ "StringNotEqualsIgnoreCase": { "kms:RecipientAttestation:ImageSha384": "aa" } });
    let graded = |denial: Value| -> Grade {
        let proofs: Vec<Proof> = proofs(&policy(&[allow(&user(), &json!({})), denial]), &around());
        proofs.into_iter().find(|proof| proof.powers.contains(&Power::Decrypt)).unwrap().grade
    };
    assert_eq!(graded(deny("kms:Decrypt", not_attested.clone())), Grade::Attested);
    assert_eq!(graded(deny("kms:Encrypt", not_attested)), Grade::Copyable);
    assert_eq!(graded(deny("kms:*", json!({ "NotIpAddress": { "aws:SourceIp": "192.0.2.0/24" } }))), Grade::Network);
    let passes = json!({ "Bool": { "aws:MultiFactorAuthPresent": "false" } });
    assert_eq!(
        graded(deny("kms:*", passes)),
        Grade::Copyable,
        "access keys alone do not have the key of the condition"
    );
    let kept = json!({ "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } });
    assert_eq!(graded(deny("kms:*", kept)), Grade::Role);
    let two = json!({ "NotIpAddress": { "aws:SourceIp": "192.0.2.0/24" }, "Bool": { "aws:SecureTransport": "false" } });
    assert_eq!(graded(deny("kms:*", two)), Grade::Copyable, "a denial with two conditions lets pass who meets either");
}

#[test]
fn powers_are_gathered_and_grants_are_graded() {
    let statement = json!({ "Effect": "Allow", "Principal": user(), "Action": "kms:*", "Resource": "*" });
    let permit = |grantee: &str| Permit {
        grantee: grantee.to_owned(),
        operations: vec!["Decrypt".to_owned()],
        narrowed: Vec::new(),
        id: "g1".to_owned(),
    };
    let permits =
        vec![permit("arn:aws:iam::111122223333:user/old"), permit("dynamodb.amazonaws.com"), permit("AIDAEXAMPLE")];
    let found = proofs(&policy(&[statement]), &Surroundings { permits, ..around() });
    let of = |id: &str| found.iter().find(|proof| proof.id == id).unwrap();
    assert!(of("arn:aws:iam::111122223333:user/ci").powers.len() > 4);
    assert_eq!(of("arn:aws:iam::111122223333:user/old").grade, Grade::Copyable);
    assert_eq!(of("dynamodb.amazonaws.com").grade, Grade::Role);
    assert_eq!(of("AIDAEXAMPLE").grade, Grade::Anonymous);
    assert!(found.is_sorted_by_key(|proof| proof.grade));
}
