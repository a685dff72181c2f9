//! What an object is now: there with its current version, or deleted and waiting for its purge.

use domain::{Answer, Ask, Error, Kind, Result};

use crate::{
    Tenant,
    inventory::version_of,
    object::{Named, Object},
    offers::{self, Facts},
    plan::{PLAN, not_offered, unfit},
    state,
    wire::{Attributes, Listed},
};

/// One object as it stands.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) of: Named,
    pub(crate) now: Now,
    /// All versions of it, newest first, if they were listed.
    pub(crate) versions: Vec<Listed>,
}

/// There, or waiting for its purge.
#[derive(Clone, Debug)]
pub(crate) enum Now {
    Deleted(Listed),
    There(There),
}

/// An object that is there.
#[derive(Clone, Debug)]
pub(crate) struct There {
    /// Its current version.
    pub(crate) current: Listed,
    /// Which that is. `None` if several were made in its second: then only Key Vault knows, and is left to choose.
    pub(crate) version: Option<String>,
    /// What a key is for, in alphabetical order.
    pub(crate) operations: Vec<String>,
    /// The type of a key, as the API writes it.
    pub(crate) kind: String,
}

/// How long a deleted object can be recovered, and whether it can be purged before.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Retention {
    /// Whether a deleted object waits at all.
    pub(crate) waits: bool,
    days: Option<u32>,
    purgeable: bool,
}

impl Standing {
    /// Reads it. A secret's versions are listed, since only a list tells about them without their values.
    ///
    /// # Errors
    /// `NotFound` if it is neither there nor deleted, and what the readings say.
    pub(crate) async fn read(tenant: &Tenant, of: &Named) -> Result<Self> {
        let (there, versions) = match of.object {
            // The list tells neither type nor operations of a key.
            Object::Key => {
                let key = state::if_there(tenant.client.key(&of.vault, &of.name, None).await)?;
                (key.map(There::of_key), Vec::new())
            }
            Object::Certificate | Object::Secret => {
                let versions = state::versions(tenant, of).await?;
                (newest(&versions), versions)
            }
        };
        let now = match there {
            Some(there) => Now::There(there),
            None => Now::Deleted(tenant.client.deleted(&of.vault, of.object, &of.name).await?),
        };
        Ok(Self { of: of.clone(), now, versions })
    }

    /// The same for that ask: with every version, if it can be about any of them.
    ///
    /// # Errors
    /// As [`Standing::read`].
    pub(crate) async fn before(tenant: &Tenant, of: &Named, ask: Ask) -> Result<Self> {
        let mut standing = Self::read(tenant, of).await?;
        let is_there = matches!(standing.now, Now::There(_));
        if is_there && standing.versions.is_empty() && matches!(ask, Ask::Disable | Ask::Enable) {
            // Who may not list them may still change the current one.
            standing.versions = match state::versions(tenant, of).await {
                Err(error) if error.kind() == Kind::Denied => Vec::new(),
                versions => versions?,
            };
        }
        Ok(standing)
    }

    /// The same with that version in the place of the current one.
    ///
    /// # Errors
    /// `Invalid` if there is no such version; `Conflict` if it is deleted.
    pub(crate) fn at(mut self, version: &str) -> Result<Self> {
        if self.there()?.version.as_deref() == Some(version) {
            return Ok(self);
        }
        let named = |listed: &&Listed| state::version(listed).as_deref() == Some(version);
        let Some(listed) = self.versions.iter().find(named).cloned() else {
            return Err(unfit(format!("{} has no version {version}", self.of)));
        };
        if let Now::There(there) = &mut self.now {
            (there.current, there.version) = (listed, Some(version.to_owned()));
        }
        Ok(self)
    }

    /// The object that is there.
    ///
    /// # Errors
    /// `Conflict` if it is deleted.
    pub(crate) fn there(&self) -> Result<&There> {
        match &self.now {
            Now::There(there) => Ok(there),
            Now::Deleted(_) => Err(Error::new(Kind::Conflict, PLAN, format!("{} is deleted", self.of))
                .with_refused_by("this app")
                .with_next("Recover it first.")),
        }
    }

    /// Says no to what is not offered, with the same words.
    ///
    /// # Errors
    /// `Unsupported` with the reason.
    pub(crate) fn allow(&self, ask: Ask) -> Result<()> {
        let (deleted, current) = match &self.now {
            Now::Deleted(deleted) => (true, deleted),
            Now::There(there) => (false, &there.current),
        };
        if current.managed && self.of.object != Object::Certificate {
            return Err(not_offered(format!(
                "{} belongs to the certificate {}, with which it is changed, renewed and deleted.",
                self.of, self.of.name
            )));
        }
        let facts = Facts {
            object: self.of.object,
            deleted,
            recovery: current.attributes.recovery_level.clone(),
            issuance: None,
            issuer: None,
            symmetric: false,
            versions: offers::states(&self.versions),
        };
        match facts.change(ask, &state(&current.attributes, deleted)) {
            Answer::Refuse { because, .. } => Err(not_offered(because)),
            Answer::Allow | Answer::Unknown { .. } => Ok(()),
        }
    }
}

impl There {
    fn of_key(key: crate::wire::Key) -> Self {
        let mut operations = key.key.key_ops.unwrap_or_default();
        operations.sort();
        Self {
            version: version_of(key.key.kid.as_deref()),
            operations,
            kind: key.key.kty,
            current: Listed {
                kid: key.key.kid,
                attributes: key.attributes,
                tags: key.tags,
                managed: key.managed,
                ..Listed::default()
            },
        }
    }
}

/// The newest of these versions. Times are told in whole seconds.
fn newest(versions: &[Listed]) -> Option<There> {
    let created = |at: usize| versions.get(at).map(|version| version.attributes.created);
    let alone = created(0) != created(1);
    let current = versions.first()?.clone();
    let version = state::version(&current).filter(|_| alone);
    Some(There { current, version, operations: Vec::new(), kind: String::new() })
}

impl Retention {
    /// What the recovery level says. Source: REST API, DeletionRecoveryLevel.
    pub(crate) fn of(attributes: &Attributes) -> Self {
        let level = attributes.recovery_level.as_deref().unwrap_or_default();
        Self {
            waits: level != "Purgeable",
            days: attributes.recoverable_days,
            purgeable: level.is_empty() || level.contains("Purgeable"),
        }
    }

    /// What becomes of a deleted object, as a sentence.
    pub(crate) fn says(self) -> String {
        let until = self.days.map_or("the vault's retention is over".to_owned(), |days| format!("{days} days later"));
        match (self.waits, self.purgeable) {
            (false, _) => "The vault keeps nothing that is deleted: it is destroyed at once.".to_owned(),
            (true, true) => {
                format!("It can be recovered until {until}, unless somebody purges it before; then it is destroyed.")
            }
            (true, false) => format!(
                "It can be recovered until {until}; then it is destroyed. Purge protection is on: nobody can purge it \
                 before."
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recovery_level_is_told_in_words() {
        let says = |level: &str, days: Option<u32>| {
            let attributes =
                Attributes { recovery_level: Some(level.to_owned()), recoverable_days: days, ..Attributes::default() };
            Retention::of(&attributes).says()
        };
        assert!(says("Purgeable", None).contains("at once"));
        assert!(says("Recoverable+Purgeable", Some(90)).contains("until 90 days later, unless somebody purges"));
        assert!(says("CustomizedRecoverable+Purgeable", Some(7)).contains("7 days later, unless"));
        for level in ["Recoverable", "CustomizedRecoverable", "Recoverable+ProtectedSubscription"] {
            assert!(says(level, None).contains("Purge protection is on"), "{level}");
        }
    }

    #[test]
    fn of_two_versions_of_one_second_none_is_taken_for_the_current_one() {
        let version = |id: &str, created: i64| Listed {
            id: Some(format!("https://v.vault.azure.net/secrets/a/{id}")),
            attributes: Attributes { created: Some(created), ..Attributes::default() },
            ..Listed::default()
        };
        let current = |versions: &[Listed]| newest(versions).and_then(|there| there.version);
        assert_eq!(current(&[version("1", 5)]), Some("1".to_owned()));
        assert_eq!(current(&[version("2", 6), version("1", 5)]), Some("2".to_owned()));
        assert_eq!(current(&[version("2", 5), version("1", 5)]), None);
        assert!(newest(&[]).is_none());
    }
}
