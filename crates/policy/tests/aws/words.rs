//! What statements say in plain English.

use policy::{
    Surroundings,
    aws::{explain, parse},
};

use crate::corpus::cases;

const KEY: &str = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

fn said(statement: &str) -> String {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
    let around = Surroundings { item: Some(KEY.to_owned()), ..Surroundings::default() };
    let sentences = explain(&text, &around);
    let [sentence] = sentences.as_slice() else { panic!("{sentences:?}") };
    assert_eq!(sentence.span.of(&text), statement);
    sentence.text.clone()
}

#[test]
fn accounts_are_called_by_their_names() {
    let heroku = r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::021876802972:root"},"Action":["kms:Encrypt","kms:Decrypt","kms:ReEncrypt*","kms:GenerateDataKey*","kms:DescribeKey"],"Resource":"*"}"#;
    assert_eq!(
        said(heroku),
        "Account 021876802972 (Heroku) may encrypt, decrypt, re-encrypt, make data keys and make data key pairs with \
         this key, and read what is written about the key; its own IAM policies say who there may."
    );
    let root =
        r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}"#;
    assert_eq!(
        said(root),
        "This account (111122223333) may do anything with this key, also change this policy and have it destroyed; its IAM \
         policies say who there may."
    );
}

#[test]
fn conditions_are_said() {
    let through = r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/App"},"Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"s3.eu-central-1.amazonaws.com"}}}"#;
    assert_eq!(
        said(through),
        "Role App of this account may decrypt with this key, only through s3.eu-central-1.amazonaws.com."
    );
    let grants = r#"{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"kms:CreateGrant","Resource":"*","Condition":{"Bool":{"kms:GrantIsForAWSResource":"true"}}}"#;
    assert_eq!(
        said(grants),
        "Account 444455556666 may let others in by grants, only for grants of AWS services; its own IAM policies \
         say who there may."
    );
}

#[test]
fn denials_are_said() {
    let all =
        r#"{"Effect":"Deny","Principal":"*","Action":["kms:ScheduleKeyDeletion","kms:DisableKey"],"Resource":"*"}"#;
    assert_eq!(said(all), "Nobody may schedule the key's deletion or disable the key, whoever else allows it.");
    let unless = r#"{"Effect":"Deny","Principal":"*","Action":"kms:Decrypt","Resource":"*","Condition":{"StringNotEqualsIgnoreCase":{"kms:RecipientAttestation:ImageSha384":"ab"}}}"#;
    assert_eq!(
        said(unless),
        "Nobody may decrypt with this key unless it is for an attested enclave whose image has the digest ab, whoever else \
         allows it."
    );
    let but = r#"{"Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:iam::111122223333:user/alice"},"NotAction":["kms:Describe*"],"Resource":"*"}"#;
    assert_eq!(
        said(but),
        "Nobody but user alice of this account may do anything with this key except read what is written about the key, \
         whoever else allows it."
    );
}

#[test]
fn what_is_no_action_is_said_as_it_is_written() {
    let odd = r#"{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":["kms:Decrypt","s3:GetObject"],"Resource":"*"}"#;
    assert_eq!(
        said(odd),
        "The AWS service s3.amazonaws.com may decrypt with this key, and s3:GetObject (no action of a key)."
    );
}

#[test]
fn every_statement_has_one_sentence() {
    for case in cases() {
        let (text, document) = (case.text(), parse(&case.text(), true));
        let sentences = explain(&text, &case.around());
        if document.is_well_formed() {
            assert_eq!(sentences.len(), document.statements.len(), "{}", case.name);
        }
        for sentence in sentences {
            assert!(sentence.span.fits(&text) && sentence.text.ends_with('.'), "{}: {}", case.name, sentence.text);
            assert!(
                sentence.text.starts_with(|first: char| !first.is_lowercase() || !first.is_ascii()),
                "{}",
                sentence.text
            );
        }
    }
}
