//! Answers the questions of a change as a person might: what is preset, or what they might well say.

use std::{process::Command, sync::LazyLock};

use domain::{Answers, Ask, Question, QuestionKind, Secret, SecretAnswers, Timestamp};

/// What a person types where a secret is asked for.
pub const SECRET: &str = "correct horse battery staple";

/// A key that a person brings along: the one of RFC 7517, A.2, which everybody knows.
const KEY: &str = r#"{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
    "y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"}"#;

/// Its public half.
const PUBLIC_KEY: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEMKBCTNIcKUSDii11ySs3526iDZ8A
iTo7Tu6KPAqv7D7gS2XpJFbZiItSs3m9+9Ue6GnvHw/GW2ZZaVtszggXIw==
-----END PUBLIC KEY-----
";

/// A certificate with its key that a person brings along, as OpenSSL writes them; empty where there is none.
static CERTIFICATE: LazyLock<String> = LazyLock::new(|| {
    let arguments = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=brought.example -days 30 -keyout - -out -";
    let made = Command::new("openssl").args(arguments.split(' ')).output();
    made.ok().and_then(|made| String::from_utf8(made.stdout).ok()).unwrap_or_default()
});

/// An answer to each question that is shown. `mark` stands in every name and text that is made up, so that no two
/// changes make up the same; of several choices, one that bears the mark is taken before the first.
pub fn answers(ask: Ask, questions: &[Question], mark: &str) -> (Answers, SecretAnswers) {
    let (mut plain, mut secret) = (Answers::new(), SecretAnswers::new());
    for question in questions {
        let shown = question.shown_when.as_ref();
        if shown.is_some_and(|(name, values)| !plain.get(*name).is_some_and(|answer| values.contains(answer))) {
            continue;
        }
        if question.kind == QuestionKind::Secret {
            secret.insert(question.name.to_owned(), Secret::from_text(SECRET.to_owned()));
        } else if let (Ask::ImportKey, QuestionKind::File) = (ask, &question.kind) {
            plain.insert(question.name.to_owned(), "/home/maria/key.json".to_owned());
            secret.insert(question.name.to_owned(), Secret::from_text(KEY.to_owned()));
        } else if let (Ask::ImportCertificate, QuestionKind::File) = (ask, &question.kind) {
            plain.insert(question.name.to_owned(), "/home/maria/site.pem".to_owned());
            secret.insert(question.name.to_owned(), Secret::from_text(CERTIFICATE.clone()));
        } else if let Some(answer) = answer(ask, question, mark) {
            plain.insert(question.name.to_owned(), answer);
        }
    }
    (plain, secret)
}

fn answer(ask: Ask, question: &Question, mark: &str) -> Option<String> {
    let other = |preset: &Option<String>| (preset.as_deref() != Some("true")).to_string();
    Some(match (ask, question.name) {
        (Ask::ChangeDescription, _) => format!("Signs payments. Number {mark}."),
        // Another text at each trial, which lets in whoever was let in before.
        (Ask::ChangePolicy, "policy") if question.kind == QuestionKind::Text => format!("made-{mark}"),
        (Ask::ChangePolicy, "text") => match &question.preset {
            Some(now) => {
                let mut policy: serde_json::Value = serde_json::from_str(now).ok()?;
                policy["Id"] = format!("made-{mark}").into();
                policy.to_string()
            }
            None => format!("path \"made/{mark}\" {{ capabilities = [\"read\"] }}"),
        },
        (Ask::ChangeTags, "tags") => format!(r#"[["team","payments"],["number","{mark}"]]"#),
        (_, "alias") if question.kind == QuestionKind::Text => format!("alias/made-{mark}-{}", std::process::id()),
        (Ask::CreateCertificate, "subject") => format!("CN=made-{mark}.example"),
        (_, "contacts") => format!("made-{mark}@example.com"),
        (_, "name") => format!("made-{mark}-{}", std::process::id()),
        (Ask::SetRotation, "automatic") | (Ask::Configure, "cas_required" | "deletion_allowed") => {
            other(&question.preset)
        }
        // Another at each trial, and still to come.
        (Ask::Configure, "expires") => {
            let number: i64 = mark.rsplit('-').next()?.trim_matches(|c: char| !c.is_ascii_digit()).parse().ok()?;
            Timestamp::from_second(4_200_000_000 + number).ok()?.to_string()
        }
        // Another than there is now.
        (Ask::ChangeCertificatePolicy, "months") => {
            let now = question.preset.as_deref().and_then(|now| now.parse::<u32>().ok()).unwrap_or(12);
            (if now == 24 { 23 } else { now + 1 }).to_string()
        }
        (Ask::ImportKey, "family") => "EC".to_owned(),
        // Material has to be wrapped for the server first; the public half of the same key comes as it is.
        (Ask::ImportKey, "kind") => "public".to_owned(),
        (Ask::ImportKey, "type") => "ecdsa-p256".to_owned(),
        (Ask::ImportKey, "public_key") => PUBLIC_KEY.to_owned(),
        // A second call, after the one that brings it.
        (Ask::ImportKey, "deletion_allowed") => "true".to_owned(),
        (Ask::ImportKey, "algorithm") => "EC P-256".to_owned(),
        // Every server knows this one, and every kind of key has it.
        (Ask::CreateGrant, "operations") => "DescribeKey".to_owned(),
        (_, "grantee") => "arn:aws:iam::000000000000:root".to_owned(),
        // As far as they go, so that what lies below them can be trimmed.
        (Ask::Configure, "min_decryption_version" | "min_encryption_version") => match question.kind {
            QuestionKind::Number { most, .. } => most.to_string(),
            _ => return None,
        },
        _ => match (&question.kind, &question.preset) {
            (QuestionKind::Choice(choices), _) if choices.iter().any(|(value, _)| value.contains(mark)) => {
                choices.iter().find(|(value, _)| value.contains(mark))?.0.clone()
            }
            (_, Some(preset)) => preset.clone(),
            (_, None) if !question.required => return None,
            (QuestionKind::Choice(choices) | QuestionKind::Several(choices), None) => choices.first()?.0.clone(),
            (QuestionKind::Number { least, .. }, None) => least.to_string(),
            (QuestionKind::Flag, None) => "false".to_owned(),
            (QuestionKind::Pairs, None) => "[]".to_owned(),
            // What is in it has to be made first: the promises that need a file bring one.
            (QuestionKind::File, None) => return None,
            (QuestionKind::Lines | QuestionKind::List | QuestionKind::Secret | QuestionKind::Text, None) => {
                format!("made-{mark}")
            }
        },
    })
}
