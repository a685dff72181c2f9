//! What must be asked before a grant is made, given up or taken away.

use aws_sdk_kms::types::{GrantListEntry, KeyMetadata, KeySpec, KeyUsageType};
use domain::{Question, QuestionKind};

/// What a grant can allow with any key. Source: KMS Developer Guide, "Grant operations" (2026-11).
const WITH_ANY: [&str; 3] = ["DescribeKey", "CreateGrant", "RetireGrant"];

/// The questions for a new grant on this key.
pub(super) fn create(key: &KeyMetadata) -> Vec<Question> {
    let operations = operations(key).iter().chain(&WITH_ANY).map(|name| ((*name).to_owned(), (*name).to_owned()));
    let mut questions = vec![
        Question::new("grantee", "Who may use the key", QuestionKind::Text)
            .help("The ARN of a role, a user or an account, such as arn:aws:iam::111122223333:role/Payments.")
            .required(),
        Question::new("operations", "For what", QuestionKind::Several(operations.collect())).required(),
        Question::new("retiring", "Who may retire the grant", QuestionKind::Text).help(
            "An ARN; may be left empty. Who may use it can also retire it, if RetireGrant is among the operations.",
        ),
    ];
    if key.key_spec == Some(KeySpec::SymmetricDefault) {
        questions.push(
            Question::new("context", "Only with this encryption context", QuestionKind::Pairs)
                .help("Pairs that every call must have in its encryption context; none for any.")
                .preset("[]"),
        );
    }
    questions
}

/// What a grant can allow with a key of this kind and use.
fn operations(key: &KeyMetadata) -> &'static [&'static str] {
    let symmetric = key.key_spec == Some(KeySpec::SymmetricDefault);
    match &key.key_usage {
        Some(KeyUsageType::EncryptDecrypt) if symmetric => &[
            "Decrypt",
            "Encrypt",
            "GenerateDataKey",
            "GenerateDataKeyWithoutPlaintext",
            "GenerateDataKeyPair",
            "GenerateDataKeyPairWithoutPlaintext",
            "ReEncryptFrom",
            "ReEncryptTo",
        ],
        Some(KeyUsageType::EncryptDecrypt) => &["Decrypt", "Encrypt", "ReEncryptFrom", "ReEncryptTo", "GetPublicKey"],
        Some(KeyUsageType::SignVerify) => &["Sign", "Verify", "GetPublicKey"],
        Some(KeyUsageType::GenerateVerifyMac) => &["GenerateMac", "VerifyMac"],
        Some(KeyUsageType::KeyAgreement) => &["DeriveSharedSecret", "GetPublicKey"],
        Some(KeyUsageType::EncapsulateDecapsulate) => &["Encapsulate", "Decapsulate", "GetPublicKey"],
        // KMS's enum is open.
        Some(_) | None => &[],
    }
}

/// Which of the key's grants.
pub(super) fn choose(grants: &[GrantListEntry]) -> Question {
    let choices = grants.iter().filter_map(|grant| Some((grant.grant_id()?.to_owned(), label(grant))));
    Question::new("grant", "Grant", QuestionKind::Choice(choices.collect())).required()
}

/// Who may do what, for a person.
pub(crate) fn label(grant: &GrantListEntry) -> String {
    let who = grant.grantee_principal().or(grant.grantee_service_principal()).unwrap_or("somebody");
    let operations: Vec<&str> = grant.operations().iter().map(|it| it.as_str()).collect();
    let name = grant.name().filter(|name| !name.is_empty()).map(|name| format!(" ({name})")).unwrap_or_default();
    format!("{who}: {}{name}", operations.join(", "))
}
