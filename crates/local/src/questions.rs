//! What is asked before a change of an entry, with what is there now as presets.

use domain::{Algorithm, Ask, Question, QuestionKind};

use crate::{
    entries::{Entry, Version},
    make,
};

pub(crate) const ALGORITHM: &str = "algorithm";
pub(crate) const DAYS: &str = "days";
pub(crate) const DESCRIPTION: &str = "description";
/// The name of the secret answer that holds a key from elsewhere.
pub(crate) const MATERIAL: &str = "material";
pub(crate) const NAME: &str = "name";
pub(crate) const TAGS: &str = "tags";
pub(crate) const VALUE: &str = "value";
pub(crate) const VERSION: &str = "version";
pub(crate) const VERSIONS: &str = "versions";

/// How long an entry may wait for its deletion, in days.
pub(crate) const MOST_DAYS: i64 = 365;
const USUAL_DAYS: i64 = 30;

/// Before something is made in the keystore.
pub(crate) fn of_vault(ask: Ask) -> Vec<Question> {
    let [name, description, tags] = of_new_entry();
    let made_of = match ask {
        Ask::CreateSecret => vec![value()],
        Ask::ImportKey => vec![algorithm(&Algorithm::BROUGHT), material()],
        _ => vec![algorithm(&make::ALGORITHMS).preset(make::ALGORITHMS[0].to_string())],
    };
    [name].into_iter().chain(made_of).chain([description, tags]).collect()
}

/// What every new entry has, whatever it is made of.
pub(crate) fn of_new_entry() -> [Question; 3] {
    [
        Question::new(NAME, "Name", QuestionKind::Text)
            .help("Up to 255 bytes. It cannot be changed afterwards.")
            .required(),
        Question::new(DESCRIPTION, "Description", QuestionKind::Lines),
        Question::new(TAGS, "Tags", QuestionKind::Pairs).preset("[]"),
    ]
}

fn algorithm(all: &[Algorithm]) -> Question {
    let choices = all.iter().map(|algorithm| (algorithm.to_string(), algorithm.to_string())).collect();
    Question::new(ALGORITHM, "Algorithm", QuestionKind::Choice(choices)).required()
}

fn material() -> Question {
    Question::new(MATERIAL, "File with the key", QuestionKind::File).required().help(
        "A private key as PEM, DER or JWK, not encrypted; of a symmetric key its bytes alone (neither hex nor Base64), or a JWK of the type oct.",
    )
}

/// Before an entry is changed. Nothing for what needs no answer.
#[expect(clippy::too_many_lines, reason = "a table of all asks")]
pub(crate) fn of_entry(ask: Ask, entry: &Entry) -> Vec<Question> {
    match ask {
        Ask::ChangeDescription => {
            vec![Question::new(DESCRIPTION, "Description", QuestionKind::Lines).preset(&entry.description)]
        }
        Ask::ChangeTags => {
            vec![Question::new(TAGS, "Tags", QuestionKind::Pairs).preset(tags_text(&entry.tags))]
        }
        Ask::DeleteVersions => {
            let shown = entry.older.iter().rev().filter(|version| version.enabled);
            vec![several("Versions to hide", choices(shown))]
        }
        Ask::RollBack => {
            let versions = choices(roll_back_to(entry));
            let newest = versions.first().map(|(id, _)| id.clone()).unwrap_or_default();
            vec![
                Question::new(VERSION, "Version", QuestionKind::Choice(versions))
                    .help("It becomes the current one; the others stay.")
                    .required()
                    .preset(newest),
            ]
        }
        Ask::ScheduleDeletion => vec![
            Question::new(DAYS, "Days", QuestionKind::Number { least: 1, most: MOST_DAYS })
                .help("How long the deletion can be called off without a word.")
                .required()
                .preset(USUAL_DAYS.to_string()),
        ],
        Ask::UndeleteVersions => {
            let hidden = entry.older.iter().rev().filter(|version| !version.enabled);
            vec![several("Versions to show again", choices(hidden))]
        }
        Ask::WriteValue => vec![value()],
        Ask::BackUp
        | Ask::CancelDeletion
        | Ask::CancelIssuance
        | Ask::ChangeCertificatePolicy
        | Ask::Configure
        | Ask::CreateAlias
        | Ask::CreateCertificate
        | Ask::CreateGrant
        | Ask::CreateKey
        | Ask::CreateSecret
        | Ask::Delete
        | Ask::DeleteAlias
        | Ask::DeleteIssuer
        | Ask::Disable
        | Ask::Enable
        | Ask::ExportCertificate
        | Ask::ExportPrivateKey
        | Ask::ExportPublicKey
        | Ask::ExportSigningRequest
        | Ask::ImportCertificate
        | Ask::ImportKey
        | Ask::ImportMaterial
        | Ask::MergeCertificate
        | Ask::MoveAlias
        | Ask::Restore
        | Ask::RetireGrant
        | Ask::RevealSecret
        | Ask::RevokeGrant
        | Ask::Rotate
        | Ask::SetContacts
        | Ask::SetIssuer
        | Ask::SetRotation
        | Ask::ChangePolicy
        | Ask::Trim => Vec::new(),
    }
}

/// The versions that can become the current one again, newest first.
pub(crate) fn roll_back_to(entry: &Entry) -> impl Iterator<Item = &Version> {
    entry.older.iter().rev().filter(|version| version.enabled)
}

/// Key and value pairs in the form of an answer.
pub(crate) fn tags_text(tags: &[(String, String)]) -> String {
    serde_json::json!(tags).to_string()
}

fn value() -> Question {
    Question::new(VALUE, "Value", QuestionKind::Secret).required()
}

fn several(label: &str, versions: Vec<(String, String)>) -> Question {
    Question::new(VERSIONS, label, QuestionKind::Several(versions)).required()
}

fn choices<'a>(versions: impl Iterator<Item = &'a Version>) -> Vec<(String, String)> {
    let label = |version: &Version| format!("{}, made {}", version.id, version.created.strftime("%Y-%m-%d"));
    versions.map(|version| (version.id.clone(), label(version))).collect()
}
