//! Plans that say whether a version can be used: disabled and enabled, the current one or the one that is named.

use domain::{Answers, Ask, Plan, Result, Tier};
use serde_json::json;

use super::{
    super::{Draft, Words},
    attributes::{older_versions, update},
};
use crate::{object::Object, questions::VERSION, standing::Standing};

pub(super) fn plan(mut draft: Draft<'_>, standing: Standing) -> Result<Plan> {
    let current = standing.there()?.version.clone();
    let standing = match draft.change.answer(VERSION) {
        Some(version) => standing.at(version)?,
        None => standing,
    };
    let version = standing.there()?.version.clone();
    let named = version.as_deref().filter(|_| version != current);
    let its = named.map_or("its current version".to_owned(), |version| format!("its version {version}"));
    let of = named.map_or(standing.of.name.clone(), |version| format!("version {version} of {}", standing.of.name));
    let others = if named.is_some() { other_versions() } else { older_versions() };
    let enables = draft.change.ask == Ask::Enable;
    let (verb, back) = if enables { ("Enable", Ask::Disable) } else { ("Disable", Ask::Enable) };
    update(&mut draft, &standing, &format!("{verb} {its}"), json!({"attributes": {"enabled": enables}}))?;
    let (tier, effect) = match enables {
        true => (Tier::Undo, format!("Whoever may use it can use {its} again.")),
        false => (Tier::Consequences, disabled(standing.of.object, &its)),
    };
    let words = Words::new(&standing.of.name, format!("{verb} {of}"), tier, [effect, others]);
    // Which version it was is told where it can be asked for: another may be the current one by then.
    let answers: Answers = version
        .filter(|_| standing.versions.len() > 1)
        .map(|version| (VERSION.to_owned(), version))
        .into_iter()
        .collect();
    let undo = draft.undo_with(back, answers, true);
    draft.plan(words, Some(undo))
}

fn disabled(object: Object, its: &str) -> String {
    match object {
        Object::Key => format!(
            "Nobody can use {its} until it is enabled again: neither to encrypt, decrypt, sign, verify, wrap nor unwrap."
        ),
        Object::Certificate => {
            format!("The key of {its} cannot be used and its secret cannot be read, until it is enabled again.")
        }
        Object::Secret => format!("Nobody can read the value of {its} until it is enabled again."),
    }
}

fn other_versions() -> String {
    "Every other version keeps its own state. Whoever names no version goes on with the current one.".to_owned()
}
