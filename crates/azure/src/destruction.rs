//! How an object ends: what is known of it as data with source and date, and the change that each step takes.

use domain::{
    Ask, DestructionStep, DestructionStroke, DestructionSubject, Destructions, ItemDetail, Result, RotationFact,
    Standing, State, Target, Version, WaitDays, Wish,
};

use crate::{Tenant, questions::VERSION};

const CHECKED: &str = "2026-11-26";
const LOGGING: &str = "https://learn.microsoft.com/azure/key-vault/general/logging";
const PURGE: &str = "https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview#purge-protection";
const SOFT: &str = "https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview";
const KEYS: &str = "https://learn.microsoft.com/azure/key-vault/keys/about-keys-details#key-attributes";

const fn fact(says: &'static str, source: &'static str) -> RotationFact {
    RotationFact::new(says, source, CHECKED)
}

const FACTS: [RotationFact; 5] = [
    fact(
        "What is deleted is kept as a soft-deleted object for the vault's retention, 7 to 90 days, and can be recovered \
         until then; its name cannot be used again meanwhile.",
        SOFT,
    ),
    fact(
        "At the end of the retention Azure destroys it by itself. Purging destroys it earlier, which takes a right of its \
         own (purge), and is impossible in a vault with purge protection.",
        PURGE,
    ),
    fact("An object is deleted with all of its versions; a single version can only be disabled.", SOFT),
    fact("Each version has a state of its own: the object is out of use when every version is disabled.", KEYS),
    fact(
        "Key Vault does not tell when an object was last used. Only its diagnostic logs do, where they were switched on \
         before.",
        LOGGING,
    ),
];

impl Destructions for Tenant {
    fn facts(&self, _: &ItemDetail) -> Vec<RotationFact> {
        FACTS.to_vec()
    }

    fn notes(&self, item: &ItemDetail) -> Vec<String> {
        let days = match item.native("recoverableDays") {
            Some(days) => format!("for {days} days"),
            None => "for the vault's retention".to_owned(),
        };
        let says = match item.native("recoveryLevel") {
            Some("Purgeable") => "This vault keeps nothing that is deleted: it is destroyed at once.".to_owned(),
            Some(level) if level.contains("Purgeable") => {
                format!("Once deleted, it can be recovered {days} ({level}); whoever may purge can destroy it earlier.")
            }
            Some(level) => {
                format!(
                    "Once deleted, it can be recovered {days} ({level}); purge protection lets nobody destroy it earlier."
                )
            }
            None => return vec!["How long it could be recovered after its deletion is not told.".to_owned()],
        };
        vec![says]
    }

    fn wait(&self, _: &ItemDetail) -> Option<WaitDays> {
        None
    }

    fn standing(&self, item: &ItemDetail) -> Standing {
        match item.item.state {
            State::PendingDeletion => Standing::Pending { at: item.pending_deletion() },
            State::Destroyed => Standing::Gone,
            _ if usable(item).next().is_some() => Standing::InUse,
            State::Disabled => Standing::Stopped,
            _ => Standing::InUse,
        }
    }

    fn unread(&self, item: &ItemDetail) -> Vec<String> {
        if item.item.state == State::PendingDeletion {
            // Nothing of what is deleted can be used, and its versions are listed nowhere.
            return Vec::new();
        }
        let versions = item.native("versions").map(|why| {
            format!("Its versions could not be listed, so whether older ones can still be used is not known: {why}.")
        });
        versions.into_iter().collect()
    }

    fn stroke(&self, subject: &DestructionSubject<'_>, step: DestructionStep) -> Result<DestructionStroke> {
        let item = subject.item;
        let wish = |ask| Wish::new(ask, Target::Item(item.item.key.clone()));
        match (step, self.standing(item)) {
            (DestructionStep::Permit | DestructionStep::Forbid, _) => {
                Err(step.not_taken("Key Vault needs no word before an object is deleted."))
            }
            (DestructionStep::Disable, Standing::InUse) => Ok(one(item, Ask::Disable, usable(item).last())),
            (DestructionStep::Enable, Standing::InUse | Standing::Stopped) => enable(subject),
            (DestructionStep::Schedule, Standing::InUse | Standing::Stopped) => {
                let stroke = DestructionStroke::new(wish(Ask::ScheduleDeletion));
                // Without soft delete nothing waits.
                let at_once = item.native("recoveryLevel") == Some("Purgeable");
                Ok(if at_once { stroke.for_good() } else { stroke })
            }
            (DestructionStep::Cancel, Standing::Pending { .. }) => {
                Ok(DestructionStroke::new(wish(Ask::CancelDeletion)))
            }
            (DestructionStep::Destroy, Standing::Pending { .. }) => match item.native("recoveryLevel") {
                Some(level) if !level.contains("Purgeable") => Err(step.not_taken(
                    "The vault has purge protection: Azure destroys it at the end of its retention, and nobody can do \
                         so earlier.",
                )),
                Some(_) | None => Ok(DestructionStroke::new(wish(Ask::Delete)).for_good()),
            },
            (DestructionStep::Destroy, Standing::InUse | Standing::Stopped) => {
                let because = "Only what is deleted is purged: delete it first.";
                Err(domain::Error::new(domain::Kind::Conflict, "plan the destruction's step", because)
                    .with_refused_by("this app")
                    .with_next("Schedule its destruction first."))
            }
            (
                DestructionStep::Cancel
                | DestructionStep::Destroy
                | DestructionStep::Disable
                | DestructionStep::Enable
                | DestructionStep::Schedule,
                _,
            ) => Err(step.is_so_already()),
        }
    }
}

/// The versions that can be used, newest first.
fn usable(item: &ItemDetail) -> impl Iterator<Item = &Version> {
    item.versions.iter().filter(|version| !matches!(version.state, State::Disabled | State::Destroyed))
}

/// Disables or enables one version. Where there is one only, Azure asks for none.
fn one(item: &ItemDetail, ask: Ask, version: Option<&Version>) -> DestructionStroke {
    let wish = Wish::new(ask, Target::Item(item.item.key.clone()));
    match version {
        Some(version) if item.versions.len() > 1 => {
            DestructionStroke::new(wish.answer(VERSION, &version.id)).of(&version.id)
        }
        Some(version) => DestructionStroke::new(wish).of(&version.id),
        None => DestructionStroke::new(wish),
    }
}

/// Enables again what was disabled here, the newest version first, and nothing that was disabled before.
fn enable(subject: &DestructionSubject<'_>) -> Result<DestructionStroke> {
    let step = DestructionStep::Enable;
    if subject.item.versions.is_empty() {
        return match subject.item.item.state {
            State::Disabled => Ok(one(subject.item, Ask::Enable, None)),
            _ => Err(step.is_so_already()),
        };
    }
    let ours = |version: &&Version| version.state == State::Disabled && subject.stopped.contains(&version.id);
    match subject.item.versions.iter().find(ours) {
        Some(version) => Ok(one(subject.item, Ask::Enable, Some(version))),
        None => Err(step.is_so_already()),
    }
}

#[cfg(test)]
mod tests {
    use domain::{Item, ItemKey, NativeRow};

    use super::*;
    use crate::tests::World;

    fn key(state: State, versions: &[(&str, State)], level: &str) -> ItemDetail {
        let trouble = domain::Error::new(domain::Kind::Unexpected, "describe", "a test");
        let item = Item::undescribed(ItemKey::new("v.vault.azure.net", "keys/payments"), "payments", "key", trouble);
        let version = |(id, state): &(&str, State)| Version {
            id: (*id).to_owned(),
            state: state.clone(),
            created: None,
            expires: None,
            current: false,
            has_public_key: true,
        };
        ItemDetail {
            item: Item { state, trouble: None, ..item },
            versions: versions.iter().map(version).collect(),
            aspects: vec![domain::Aspect::Native(vec![
                NativeRow::new("recoveryLevel", level),
                NativeRow::new("recoverableDays", "7"),
            ])],
        }
    }

    /// Nobody is asked here.
    fn tenant() -> Tenant {
        World::new(|asked| panic!("{asked:?}")).tenant
    }

    fn stroke(item: &ItemDetail, stopped: &[String], step: DestructionStep) -> Result<DestructionStroke> {
        tenant().stroke(&DestructionSubject { item, days: 7, stopped }, step)
    }

    #[test]
    fn every_version_is_disabled_and_only_those_are_enabled_again() {
        let all = [("3", State::Enabled), ("2", State::Disabled), ("1", State::Enabled)];
        let item = key(State::Enabled, &all, "Recoverable+Purgeable");
        let first = stroke(&item, &[], DestructionStep::Disable).unwrap();
        assert_eq!((first.part.as_deref(), first.wish.answers[VERSION].as_str()), (Some("1"), "1"));
        let stopped = [("3", State::Disabled), ("2", State::Disabled), ("1", State::Disabled)];
        let item = key(State::Disabled, &stopped, "Recoverable+Purgeable");
        assert_eq!(stroke(&item, &[], DestructionStep::Disable).unwrap_err().kind(), domain::Kind::Conflict);
        let ours = ["1".to_owned(), "3".to_owned()];
        assert_eq!(stroke(&item, &ours, DestructionStep::Enable).unwrap().part.as_deref(), Some("3"));
        assert_eq!(stroke(&item, &[], DestructionStep::Enable).unwrap_err().kind(), domain::Kind::Conflict);
    }

    #[test]
    fn purge_protection_and_a_vault_that_keeps_nothing_are_said() {
        let waits = key(State::PendingDeletion, &[], "Recoverable+ProtectedSubscription");
        assert_eq!(stroke(&waits, &[], DestructionStep::Destroy).unwrap_err().kind(), domain::Kind::Unsupported);
        let tenant = tenant();
        assert!(tenant.notes(&waits)[0].contains("7 days") && tenant.notes(&waits)[0].contains("nobody"));
        let purgeable = key(State::PendingDeletion, &[], "Recoverable+Purgeable");
        assert!(stroke(&purgeable, &[], DestructionStep::Destroy).unwrap().is_final);
        let at_once = key(State::Disabled, &[], "Purgeable");
        assert!(stroke(&at_once, &[], DestructionStep::Schedule).unwrap().is_final);
        assert!(tenant.notes(&at_once)[0].contains("destroyed at once"));
    }
}
