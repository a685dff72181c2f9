//! What a plan says: its title, what it takes to confirm it, what will be different, what to know before, what undoes it.

use domain::{Algorithm, Answers, Ask, Tier, Timestamp};

use crate::{
    edits::{Edit, What},
    entries::{Entry, EntryState},
    material::Material,
    moment,
    questions::{DAYS, DESCRIPTION, MOST_DAYS, TAGS, VERSION, VERSIONS, tags_text},
};

pub(super) struct Words {
    pub(super) title: String,
    pub(super) tier: Tier,
    pub(super) effects: Vec<String>,
    pub(super) warnings: Vec<String>,
    /// The ask and its answers, and whether everything is as before afterwards.
    pub(super) undo: Option<(Ask, Answers, bool)>,
}

/// What is said of an edit, planned at `now`. `entry` is there unless it is to be made.
pub(super) fn of(edit: &Edit, entry: Option<&Entry>, now: Timestamp) -> Words {
    let name = &edit.entry;
    let version = entry.map_or("", |entry| entry.current.id.as_str());
    match &edit.what {
        What::CancelDeletion => cancel_deletion(name, entry, now),
        What::ChangeDescription(description) => change_description(name, entry, description),
        What::ChangeTags(tags) => {
            let before = entry.map(|entry| entry.tags.as_slice()).unwrap_or_default();
            Words::new(format!("Change the tags of {name}"), Tier::Undo, tag_effects(before, tags)).undo(
                Ask::ChangeTags,
                [(TAGS, tags_text(before).as_str())],
                true,
            )
        }
        What::CreateKey { algorithm, .. } => made(name, &format!("{algorithm} key")),
        What::CreateSecret { .. } => made(name, "secret"),
        What::Delete => delete(name, entry, now),
        What::DeleteVersions(ids) => hide(name, entry, ids),
        What::Disable => disable(name, entry),
        What::Enable => enable(name, entry),
        What::ImportKey { algorithm, fingerprint, .. } => import(name, algorithm, fingerprint.as_deref()),
        What::RollBack(id) => {
            let effect = format!("Version {id} is the current one again. Version {version} stays as it is.");
            Words::new(format!("Roll {name} back to version {id}"), Tier::Consequences, [effect])
                .warn("Whoever reads the current value gets the older one from then on.")
                .back_to(entry, true)
        }
        What::Rotate(algorithm) => {
            let effect =
                format!("{name} gets a new {algorithm} key as its current version. Version {version} is kept.");
            Words::new(format!("Rotate {name}"), Tier::Consequences, [effect])
                .warn("It cannot be taken back: a newer version stays.")
                .warn("Whoever holds the public key of the version before does not know the new one.")
        }
        What::ScheduleDeletion(at) => schedule_deletion(name, *at),
        What::UndeleteVersions(ids) => {
            let used = if is_key(entry) { "used" } else { "read out" };
            let effect = format!("{} of {name} can be {used} again.", the(ids));
            Words::new(format!("Show {} of {name} again", the(ids)), Tier::Undo, [effect]).undo(
                Ask::DeleteVersions,
                [(VERSIONS, ids.join(",").as_str())],
                true,
            )
        }
        What::WriteValue => {
            let effect = format!("{name} gets a new value as its current version. Version {version} is kept.");
            Words::new(format!("Write a new value of {name}"), Tier::Consequences, [effect])
                .warn("Whoever reads the current value gets the new one from then on.")
                .back_to(entry, false)
        }
    }
}

fn change_description(name: &str, entry: Option<&Entry>, description: &str) -> Words {
    let effect = match description.is_empty() {
        true => "It has no description any more.".to_owned(),
        false => format!("It is described as: {description}"),
    };
    let before = entry.map_or("", |entry| entry.description.as_str());
    Words::new(format!("Change the description of {name}"), Tier::Undo, [effect]).undo(
        Ask::ChangeDescription,
        [(DESCRIPTION, before)],
        true,
    )
}

fn is_key(entry: Option<&Entry>) -> bool {
    entry.is_some_and(|entry| matches!(entry.current.material, Material::Key(_) | Material::Symmetric { .. }))
}

fn hide(name: &str, entry: Option<&Entry>, ids: &[String]) -> Words {
    let (used, asks) = if is_key(entry) { ("used", "signs with") } else { ("read out", "reads") };
    let effect = format!("{} of {name} can no longer be {used}. What is hidden stays in the file.", the(ids));
    let words = Words::new(format!("Hide {} of {name}", the(ids)), Tier::Consequences, [effect])
        .warn(format!("Whoever still {asks} one of them by its number is refused."));
    let words = match is_key(entry) {
        true => words.warn("Public keys still leave, so that what was signed can be verified."),
        false => words,
    };
    words.undo(Ask::UndeleteVersions, [(VERSIONS, ids.join(",").as_str())], true)
}

fn disable(name: &str, entry: Option<&Entry>) -> Words {
    // Enabling opens the current version too.
    let is_whole = entry.is_some_and(|entry| entry.current.enabled);
    let effect = "It is disabled: its value is not read out until it is enabled again.".to_owned();
    Words::new(format!("Disable {name}"), Tier::Consequences, [effect])
        .warn("Public keys and certificates still leave, so that what was signed can be verified.")
        .undo(Ask::Enable, [], is_whole)
}

fn enable(name: &str, entry: Option<&Entry>) -> Words {
    let is_whole = entry.is_some_and(|entry| entry.current.enabled && entry.state == EntryState::Disabled);
    Words::new(format!("Enable {name}"), Tier::Undo, ["It can be used again.".to_owned()]).undo(
        Ask::Disable,
        [],
        is_whole,
    )
}

fn made(name: &str, thing: &str) -> Words {
    let effect = format!("The keystore has a new {thing} {name}, enabled, with version 1.");
    Words::new(format!("Make the {thing} {name}"), Tier::Consequences, [effect])
}

fn import(name: &str, algorithm: &Algorithm, fingerprint: Option<&str>) -> Words {
    let mut effects = vec![format!(
        "The keystore has the {algorithm} key as {name}, enabled, with version 1: it is encrypted in the file."
    )];
    effects.extend(fingerprint.map(|fingerprint| format!("The fingerprint of its public part is {fingerprint}.")));
    Words::new(format!("Import the {algorithm} key {name}"), Tier::Consequences, effects)
        .warn("Wherever it came from still holds the key.")
}

fn schedule_deletion(name: &str, at: Timestamp) -> Words {
    let effects = [
        format!("It cannot be used from now on, and is marked to be deleted after {}.", moment(at)),
        "A keystore deletes nothing by itself: once that day is over, deleting it is a change of its own.".to_owned(),
    ];
    Words::new(format!("Schedule the deletion of {name}"), Tier::Name, effects)
        .warn("Whatever still uses it stops working now.")
        .undo(Ask::CancelDeletion, [], true)
}

fn cancel_deletion(name: &str, entry: Option<&Entry>, now: Timestamp) -> Words {
    let effect = match entry.is_some_and(|entry| entry.was_enabled) {
        true => "It is not deleted, and enabled again as it was before.",
        false => "It is not deleted. It is disabled, and can be enabled then.",
    };
    let words = Words::new(format!("Cancel the deletion of {name}"), Tier::Undo, [effect.to_owned()]);
    let EntryState::PendingDeletion(at) = entry.map_or(EntryState::Disabled, |entry| entry.state) else { return words };
    // A new time of waiting begins, so not everything would be as before.
    let days = at.duration_since(now).as_hours().div_euclid(24).clamp(1, MOST_DAYS);
    words.undo(Ask::ScheduleDeletion, [(DAYS, days.to_string().as_str())], false)
}

fn delete(name: &str, entry: Option<&Entry>, now: Timestamp) -> Words {
    let versions = entry.map_or(1, |entry| entry.older.len() + 1);
    let effect = format!("{name} is gone from the file with {}.", counted(versions, "version"));
    let words = Words::new(format!("Delete {name}"), Tier::Name, [effect])
        .warn("It cannot be taken back. What only this entry can decrypt is lost.")
        .warn("Copies and backups of the file that were made before still hold it.");
    match entry.map(|entry| entry.state) {
        Some(EntryState::PendingDeletion(at)) if at > now => {
            words.warn(format!("It was to be kept until {}, which is not over yet.", moment(at)))
        }
        Some(EntryState::PendingDeletion(_) | EntryState::Disabled | EntryState::Enabled) | None => words,
    }
}

fn tag_effects(before: &[(String, String)], after: &[(String, String)]) -> Vec<String> {
    let set = after.iter().filter(|tag| !before.contains(tag)).map(|(key, value)| format!("Sets {key} to {value:?}."));
    let gone = before.iter().filter(|(key, _)| !after.iter().any(|(other, _)| other == key));
    let changes: Vec<String> = set.chain(gone.map(|(key, _)| format!("Takes {key} away."))).collect();
    if changes.is_empty() { vec!["The same tags stand in another order.".to_owned()] } else { changes }
}

impl Words {
    fn new(title: String, tier: Tier, effects: impl IntoIterator<Item = String>) -> Self {
        let effects = effects.into_iter().collect();
        Self { title, tier, effects, warnings: Vec::new(), undo: None }
    }

    fn warn(mut self, warning: impl Into<String>) -> Self {
        self.warnings.push(warning.into());
        self
    }

    /// Taken back by making the version current again that is current now, if one can: it must be readable.
    fn back_to(self, entry: Option<&Entry>, whole: bool) -> Self {
        match entry.map(|entry| &entry.current).filter(|current| current.enabled) {
            Some(current) => self.undo(Ask::RollBack, [(VERSION, &current.id)], whole),
            None => self,
        }
    }

    fn undo<const N: usize>(mut self, ask: Ask, answers: [(&str, &str); N], whole: bool) -> Self {
        let answers = answers.into_iter().map(|(name, answer)| (name.to_owned(), answer.to_owned())).collect();
        self.undo = Some((ask, answers, whole));
        self
    }
}

/// "version 2" or "versions 1, 2".
fn the(ids: &[String]) -> String {
    format!("{} {}", if ids.len() == 1 { "version" } else { "versions" }, ids.join(", "))
}

fn counted(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}
