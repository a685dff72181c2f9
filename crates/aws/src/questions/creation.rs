//! What must be asked before a key or a secret is made. Only kinds of keys that KMS makes can be chosen.

use domain::{Question, QuestionKind};

use crate::{locate, operation::VALUE};

/// What a key is for, and the kinds that can be used for it. Source: API reference, CreateKey (2026-11).
pub(crate) const SPECS: &[Usage] = &[
    Usage {
        usage: "ENCRYPT_DECRYPT",
        label: "Encrypt and decrypt",
        question: "encryption_spec",
        specs: &["SYMMETRIC_DEFAULT", "RSA_2048", "RSA_3072", "RSA_4096"],
        china: &["SM2"],
    },
    Usage {
        usage: "SIGN_VERIFY",
        label: "Sign and verify",
        question: "signature_spec",
        specs: &[
            "ECC_NIST_P256",
            "ECC_NIST_P384",
            "ECC_NIST_P521",
            "ECC_NIST_EDWARDS25519",
            "ECC_SECG_P256K1",
            "RSA_2048",
            "RSA_3072",
            "RSA_4096",
            "ML_DSA_44",
            "ML_DSA_65",
            "ML_DSA_87",
        ],
        china: &["SM2"],
    },
    Usage {
        usage: "GENERATE_VERIFY_MAC",
        label: "Make and verify MACs",
        question: "mac_spec",
        specs: &["HMAC_256", "HMAC_384", "HMAC_512", "HMAC_224"],
        china: &[],
    },
    Usage {
        usage: "KEY_AGREEMENT",
        label: "Agree on shared secrets",
        question: "agreement_spec",
        specs: &["ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521"],
        china: &["SM2"],
    },
    Usage {
        usage: "ENCAPSULATE_DECAPSULATE",
        label: "Encapsulate keys",
        question: "encapsulation_spec",
        specs: &["ML_KEM_768", "ML_KEM_1024", "ML_KEM_512"],
        china: &[],
    },
];

/// Where the material comes from.
pub(crate) const ORIGIN: &str = "origin";
/// KMS's word for a key whose material it makes.
pub(crate) const KMS_ORIGIN: &str = "AWS_KMS";
/// KMS's word for a key whose material is brought to it.
pub(crate) const EXTERNAL: &str = "EXTERNAL";

/// One use of keys.
pub(crate) struct Usage {
    /// KMS's word.
    pub(crate) usage: &'static str,
    pub(crate) label: &'static str,
    /// The question that asks for the kind.
    pub(crate) question: &'static str,
    /// KMS's words of the kinds, the usual one first.
    specs: &'static [&'static str],
    /// Those that only Regions in China make.
    china: &'static [&'static str],
}

/// The question that asks for the kind of key, for a use.
pub(crate) fn spec_question(usage: &str) -> Option<&'static str> {
    SPECS.iter().find(|it| it.usage == usage).map(|it| it.question)
}

/// Whether KMS makes keys of that use and kind in a Region.
pub(crate) fn is_made(usage: &str, spec: &str, region: &str) -> bool {
    let of_use = SPECS.iter().find(|it| it.usage == usage);
    of_use.is_some_and(|it| it.specs.contains(&spec) || is_china(region) && it.china.contains(&spec))
}

/// The uses that keys of a kind can have.
pub(crate) fn uses(spec: &str) -> Vec<&'static Usage> {
    SPECS.iter().filter(|it| it.specs.contains(&spec)).collect()
}

/// Whether it is one of the Regions in China, which have kinds of keys of their own.
pub(crate) fn is_china(region: &str) -> bool {
    locate::partition(region) == "aws-cn"
}

/// The questions for a new key.
pub(super) fn key(region: &str) -> Vec<Question> {
    let uses = SPECS.iter().map(|it| (it.usage.to_owned(), it.label.to_owned())).collect();
    let mut questions = vec![
        Question::new("usage", "What it is for", QuestionKind::Choice(uses))
            .help("It cannot be changed later.")
            .required()
            .preset("ENCRYPT_DECRYPT"),
    ];
    let china = is_china(region);
    questions.extend(SPECS.iter().map(|it| {
        let specs = it.specs.iter().chain(it.china.iter().filter(|_| china));
        let specs: Vec<(String, String)> = specs.map(|spec| ((*spec).to_owned(), label(spec))).collect();
        Question::new(it.question, "Kind of key", QuestionKind::Choice(specs))
            .required()
            .preset(it.specs[0])
            .shown_when("usage", [it.usage])
    }));
    // Of the other uses KMS takes no material.
    let taken = ["ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"];
    let origins = [(KMS_ORIGIN, "AWS makes it"), (EXTERNAL, "I bring it")];
    let origins = origins.map(|(value, label)| (value.to_owned(), label.to_owned())).into();
    questions.push(
        Question::new(ORIGIN, "Where the material comes from", QuestionKind::Choice(origins))
            .help(
                "A key whose material you bring waits until it is imported. Such material can expire, can be deleted at \
                 once, and its durability is yours: keep a copy. It cannot be changed later.",
            )
            .preset(KMS_ORIGIN)
            .shown_when("usage", taken),
    );
    questions.extend(described());
    questions
}

/// The questions that every new key has.
pub(super) fn described() -> [Question; 4] {
    [
        Question::new("alias", "Alias", QuestionKind::Text).help("Such as alias/payments-sign; may be left empty."),
        Question::new("description", "Description", QuestionKind::Lines)
            .help("At most 8,192 characters. CloudTrail keeps it in plain text."),
        Question::new("tags", "Tags", QuestionKind::Pairs).preset("[]"),
        Question::new("multi_region", "Multi-Region key", QuestionKind::Flag)
            .help("Can be replicated to other Regions with the same material. It cannot be changed later.")
            .preset("false"),
    ]
}

/// KMS's word, with what an admin calls it where that is another.
fn label(spec: &str) -> String {
    match spec {
        "SYMMETRIC_DEFAULT" => "SYMMETRIC_DEFAULT (AES-256-GCM)".to_owned(),
        "ECC_NIST_EDWARDS25519" => "ECC_NIST_EDWARDS25519 (Ed25519)".to_owned(),
        other => other.to_owned(),
    }
}

/// The questions for a new secret.
pub(super) fn secret() -> Vec<Question> {
    vec![
        Question::new("name", "Name", QuestionKind::Text)
            .help("Letters, digits, and the characters / _ + = . @ -, such as app/database.")
            .required(),
        value("It is sent to AWS once, and kept nowhere else."),
        Question::new("description", "Description", QuestionKind::Lines).help("At most 2,048 characters."),
        Question::new("kms_key", "Encrypt with", QuestionKind::Text)
            .help("The id, ARN or alias of a KMS key. Empty for the AWS managed key aws/secretsmanager."),
        Question::new("tags", "Tags", QuestionKind::Pairs).preset("[]"),
    ]
}

/// The question for a secret value.
pub(super) fn value(help: &str) -> Question {
    Question::new(VALUE, "Value", QuestionKind::Secret).help(help).required()
}
