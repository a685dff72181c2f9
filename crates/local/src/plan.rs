//! A wanted change as a plan of one step: the whole edit is one new file in the place of the old one.

mod command;
mod wanted;
mod words;

use domain::{Change, Error, Kind, Plan, Result, Step, Target, Timestamp};

use crate::{
    VAULT,
    edits::{Before, Edit, Facts},
    entry_of,
    keystore::Keystore,
    offers,
};

pub(crate) const PLAN: &str = "plan the change";

/// The plan of `change`, made at `now` from the file as it is.
///
/// # Errors
/// `Unsupported` for what a keystore or the entry has not, `Conflict` for what its state does not allow and for what is
/// so already, `Invalid` for an answer that does not fit, `NotFound` if there is no such entry.
pub(crate) fn plan(keystore: &Keystore, change: &Change, now: Timestamp) -> Result<Plan> {
    let entry = match &change.target {
        Target::Item(item) => {
            let entry = entry_of(keystore, item, PLAN)?;
            offers::changeable(change.ask, entry)?;
            Some(entry)
        }
        Target::Vault(vault) => {
            offers::makeable(change.ask, vault)?;
            None
        }
    };
    let edit = match entry {
        Some(entry) => Edit { entry: entry.name.clone(), what: wanted::of_entry(change, entry, now)? },
        None => wanted::in_vault(keystore, change)?,
    };
    let words = words::of(&edit, entry, now);
    let secrets = edit.what.secret().map(str::to_owned).into_iter().collect();
    let before = Before { orders: keystore.orders().count(), entry: Facts::of(keystore, &edit.entry) };
    let file = keystore.path().display();
    Ok(Plan {
        ask: change.ask,
        target: change.target.clone(),
        name: edit.entry.clone(),
        title: words.title.clone(),
        tier: words.tier,
        effects: words.effects,
        warnings: words.warnings,
        steps: vec![Step {
            says: words.title,
            operation: format!("{VAULT}:{}", change.ask.word()),
            parameters: json(&edit)?,
            command: command::of(&file.to_string(), change, &edit),
            before: json(&before)?,
            secrets,
        }],
        undo: words.undo.map(|(ask, answers, whole)| domain::Undo {
            ask,
            target: change.target.clone(),
            answers,
            whole,
        }),
    })
}

fn json(value: &impl serde::Serialize) -> Result<serde_json::Value> {
    serde_json::to_value(value)
        .map_err(|cause| Error::new(Kind::Unexpected, PLAN, "the step cannot be written as JSON").with_source(cause))
}
