//! What must be asked before a change, with what is there now. What is asked of which engine is in the rooms below.

mod import;
mod kv;
mod transit;

use domain::{Ask, Question, QuestionKind, Result, Target};

pub(crate) use import::brought;

use crate::{
    Cluster,
    inventory::engine_of,
    mounts::Engine,
    offers,
    plan::refused,
    policies::{POLICY, TEXT},
};

/// The questions of a change. Reads only.
pub(crate) async fn questions(cluster: &Cluster, ask: Ask, target: &Target) -> Result<Vec<Question>> {
    let client = &cluster.client;
    match target {
        Target::Item(_) if ask == Ask::ChangePolicy => Ok(policy()),
        Target::Item(item) => match engine_of(item)? {
            Engine::Transit => transit::of_key(client, ask, item).await,
            Engine::Kv => kv::of_path(client, ask, item).await,
            Engine::Pki => Err(refused(offers::pki::why_never(ask))),
        },
        Target::Vault(vault) => match (cluster.mounts.engine(client, vault).await?, ask) {
            (Engine::Transit, Ask::CreateKey) => Ok(transit::create(client.product().await)),
            (Engine::Transit, Ask::ImportKey) => Ok(import::key(client.product().await)),
            (Engine::Kv, Ask::CreateSecret) => Ok(kv::create()),
            (engine, ask) => Err(refused(offers::why_not_made(engine, ask))),
        },
    }
}

/// Which policy, and its new text. A name that is not there yet makes a new one.
fn policy() -> Vec<Question> {
    vec![
        Question::new(POLICY, "Policy", QuestionKind::Text).help("Its name, such as payments.").required(),
        Question::new(TEXT, "Text", QuestionKind::Lines)
            .help("HCL or JSON. It takes the place of the whole policy.")
            .required(),
    ]
}

/// A whole number, with the one to begin with.
fn number(name: &'static str, label: &str, least: u64, most: u64, preset: u64) -> Question {
    let wide = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let kind = QuestionKind::Number { least: wide(least), most: wide(most.max(least)) };
    Question::new(name, label, kind).preset(preset.clamp(least, most.max(least)).to_string())
}

fn flag(name: &'static str, label: &str, preset: bool) -> Question {
    Question::new(name, label, QuestionKind::Flag).preset(preset.to_string())
}

fn choices<V: ToString, L: ToString>(all: impl IntoIterator<Item = (V, L)>) -> Vec<(String, String)> {
    all.into_iter().map(|(value, label)| (value.to_string(), label.to_string())).collect()
}
