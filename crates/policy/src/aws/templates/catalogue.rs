//! The templates as data, each with the statements that it makes of its answers.
//!
//! Sources: KMS Developer Guide, "Default key policy", "Allowing users in other accounts to use a KMS key", "Condition keys
//! for attested platforms"; for AWS services, IAM User Guide, "The confused deputy problem".

use super::{Given, allow, of_kind, when};
use crate::{AnswerKind, Preset, Question, Template, aws::form::StatementForm};

const ADMINISTER: &[&str] = &[
    "kms:CreateAlias",
    "kms:Describe*",
    "kms:Enable*",
    "kms:List*",
    "kms:Put*",
    "kms:Update*",
    "kms:RevokeGrant",
    "kms:Disable*",
    "kms:Get*",
    "kms:Delete*",
    "kms:ImportKeyMaterial",
    "kms:RotateKeyOnDemand",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:ScheduleKeyDeletion",
    "kms:CancelKeyDeletion",
];
const USE: &[&str] = &["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];
const GRANT: &[&str] = &["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"];
const SIGN: &[&str] = &["kms:Sign", "kms:Verify", "kms:GetPublicKey", "kms:DescribeKey"];
const MAY_SIGN: &[&str] = &["kms:Sign", "kms:GetPublicKey", "kms:DescribeKey"];
/// Of the requests that take an attestation document, those that name a key: `GenerateRandom` names none.
const ATTESTED: &[&str] = &["kms:Decrypt", "kms:DeriveSharedSecret", "kms:GenerateDataKey", "kms:GenerateDataKeyPair"];

const fn question(id: &'static str, label: &'static str, hint: &'static str, kind: AnswerKind) -> Question {
    Question { id, label, hint, kind, optional: false }
}

const fn optional(id: &'static str, label: &'static str, hint: &'static str, kind: AnswerKind) -> Question {
    Question { id, label, hint, kind, optional: true }
}

const ACCOUNT: Question = question("account", "Account", "Twelve digits", AnswerKind::Account);
const PRINCIPALS: Question =
    question("principals", "Users or roles", "arn:aws:iam::111122223333:role/Name, one a line", AnswerKind::Principals);

/// Every template, as the editor offers them.
pub const TEMPLATES: &[Template] = &[
    Template {
        id: "another-account",
        title: "Let another account use the key",
        explains: "The other account may encrypt and decrypt with the key, and may make grants for AWS services that act \
                   for it. Its own IAM policies say who there may.",
        questions: &[ACCOUNT],
        presets: &[Preset {
            label: "Heroku",
            answers: &[("account", "021876802972")],
            source: "Heroku Dev Center, \"Encrypting your Heroku Postgres database with your own encryption key\"",
        }],
        source: "KMS Developer Guide, \"Allowing users in other accounts to use a KMS key\"",
    },
    Template {
        id: "root-delegation",
        title: "Let the account's IAM policies decide",
        explains: "Whoever IAM policies of the account allow something may do it with the key. Without this, only those \
                   whom the key policy names.",
        questions: &[ACCOUNT],
        presets: &[],
        source: "KMS Developer Guide, \"Default key policy\"",
    },
    Template {
        id: "key-administrators",
        title: "Key administrators",
        explains: "They may manage the key, change its policy and have it destroyed, but not encrypt or decrypt with it, \
                   nor make grants.",
        questions: &[PRINCIPALS],
        presets: &[],
        source: "KMS Developer Guide, \"Default key policy\"",
    },
    Template {
        id: "key-users",
        title: "Key users",
        explains: "They may encrypt and decrypt with the key, and may make grants for AWS services that act for them.",
        questions: &[PRINCIPALS],
        presets: &[],
        source: "KMS Developer Guide, \"Default key policy\"",
    },
    Template {
        id: "sign-only",
        title: "Sign and verify only",
        explains: "They may sign with the key, verify, and read its public half; with one algorithm alone, if one is given.",
        questions: &[
            PRINCIPALS,
            optional(
                "algorithm",
                "Only with the algorithm",
                "RSASSA_PSS_SHA_256",
                AnswerKind::Choice { of: ALGORITHMS },
            ),
        ],
        presets: &[],
        source: "KMS Developer Guide, \"Default key policy\"",
    },
    Template {
        id: "may-sign",
        title: "May sign with this key",
        explains: "One user or role may sign with the key and read its public half. Taken back, exactly this stops.",
        questions: &[question(
            "principals",
            "User or role",
            "arn:aws:iam::111122223333:role/Name",
            AnswerKind::Principals,
        )],
        presets: &[],
        source: "KMS Developer Guide, \"Default key policy\"",
    },
    Template {
        id: "aws-service",
        title: "Let an AWS service use the key",
        explains: "The service may make data keys and decrypt, but only on behalf of the account that is given.",
        questions: &[
            question("service", "Service", "s3.amazonaws.com", AnswerKind::Service),
            question("account", "On behalf of account", "Twelve digits", AnswerKind::Account),
            optional("source", "Only for the resource", "arn:aws:cloudtrail:*:111122223333:trail/*", AnswerKind::Text),
        ],
        presets: &[],
        source: "IAM User Guide, \"The confused deputy problem\"",
    },
    Template {
        id: "deny-without-attestation",
        title: "Deny without attestation",
        explains: "Whatever else allows it: without an attestation document with this measurement nobody may decrypt, \
                   derive shared secrets or make data keys. AWS services cannot either.",
        questions: &[
            question(
                "measurement",
                "Measurement",
                "ImageSha384 is the image, as PCR0 is",
                AnswerKind::Choice { of: MEASUREMENTS },
            ),
            question("digest", "Its value", "96 hexadecimal digits", AnswerKind::Sha384),
        ],
        presets: &[],
        source: "KMS Developer Guide, \"Condition keys for attested platforms\"",
    },
];

/// Source: KMS API Reference, Sign, SigningAlgorithm.
const ALGORITHMS: &[(&str, &str)] = &[
    ("RSASSA_PSS_SHA_256", "RSA PSS with SHA-256"),
    ("RSASSA_PSS_SHA_384", "RSA PSS with SHA-384"),
    ("RSASSA_PSS_SHA_512", "RSA PSS with SHA-512"),
    ("RSASSA_PKCS1_V1_5_SHA_256", "RSA PKCS #1 v1.5 with SHA-256"),
    ("RSASSA_PKCS1_V1_5_SHA_384", "RSA PKCS #1 v1.5 with SHA-384"),
    ("RSASSA_PKCS1_V1_5_SHA_512", "RSA PKCS #1 v1.5 with SHA-512"),
    ("ECDSA_SHA_256", "ECDSA with SHA-256"),
    ("ECDSA_SHA_384", "ECDSA with SHA-384"),
    ("ECDSA_SHA_512", "ECDSA with SHA-512"),
    ("ED25519_SHA_512", "Ed25519"),
    ("ED25519_PH_SHA_512", "Ed25519 of a digest"),
    ("ML_DSA_SHAKE_256", "ML-DSA"),
    ("SM2DSA", "SM2"),
];

/// What an enclave's attestation document measures. Source: KMS Developer Guide, "Condition keys for attested platforms".
const MEASUREMENTS: &[(&str, &str)] = &[
    ("ImageSha384", "The enclave's image"),
    ("PCR0", "PCR0: the enclave's image"),
    ("PCR1", "PCR1: kernel and boot"),
    ("PCR2", "PCR2: the application"),
    ("PCR3", "PCR3: the parent instance's role"),
    ("PCR4", "PCR4: the parent instance's id"),
    ("PCR8", "PCR8: the image's signing certificate"),
    ("NitroTPMPCR4", "NitroTPM PCR4: the boot loader and kernel"),
    ("NitroTPMPCR7", "NitroTPM PCR7: the state of Secure Boot"),
];

/// What makes the statements of a template's answers.
pub(super) fn statements(id: &str) -> fn(&Given<'_>) -> Vec<StatementForm> {
    match id {
        "another-account" => |given| use_and_grants(&given.account("account")),
        "root-delegation" => |given| vec![allow("Enable IAM User Permissions", &given.account("account"), &["kms:*"])],
        "key-administrators" => {
            |given| vec![allow("Allow access for Key Administrators", &given.lines("principals"), ADMINISTER)]
        }
        "key-users" => |given| use_and_grants(&given.lines("principals")),
        "sign-only" => |given| vec![sign_only(given)],
        "may-sign" => |given| vec![allow("Allow to sign", &given.lines("principals"), MAY_SIGN)],
        "aws-service" => |given| vec![service(given)],
        "deny-without-attestation" => |given| vec![attestation(given)],
        _ => |_| Vec::new(),
    }
}

fn use_and_grants(principals: &[String]) -> Vec<StatementForm> {
    let grants = allow("Allow attachment of persistent resources", principals, GRANT);
    vec![allow("Allow use of the key", principals, USE), when(grants, "Bool", "kms:GrantIsForAWSResource", "true")]
}

fn sign_only(given: &Given<'_>) -> StatementForm {
    let (principals, algorithm) = (given.lines("principals"), given.of("algorithm"));
    if algorithm.is_empty() {
        return allow("Allow to sign and verify", &principals, SIGN);
    }
    // Requests for the public half and the description have no algorithm, so that they cannot stand beside.
    let signs = allow("Allow to sign and verify", &principals, &["kms:Sign", "kms:Verify"]);
    when(signs, "StringEquals", "kms:SigningAlgorithm", algorithm)
}

fn service(given: &Given<'_>) -> StatementForm {
    let mut statement = allow("Allow an AWS service to use the key", &[], &["kms:Decrypt", "kms:GenerateDataKey*"]);
    statement.principals = of_kind("Service", &[given.of("service").to_owned()]);
    let statement = when(statement, "StringEquals", "aws:SourceAccount", given.of("account"));
    match given.of("source") {
        "" => statement,
        source => when(statement, "ArnLike", "aws:SourceArn", source),
    }
}

fn attestation(given: &Given<'_>) -> StatementForm {
    let mut statement = allow("Deny without attestation", &[], ATTESTED);
    statement.effect = "Deny".to_owned();
    statement.principals = of_kind("*", &["*".to_owned()]);
    let key = format!("kms:RecipientAttestation:{}", given.of("measurement"));
    when(statement, "StringNotEqualsIgnoreCase", &key, given.of("digest"))
}
