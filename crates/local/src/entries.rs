//! What a keystore holds: entries with their versions. The shapes here are also the encrypted body's JSON.

use domain::{Error, Kind, Result, Timestamp};
use serde::{Deserialize, Serialize};

use crate::material::Material;

pub(crate) const ADD: &str = "add to the keystore";
const LONGEST_NAME: usize = 255;

/// One named thing in a keystore.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Unique in its keystore; never empty, no control characters.
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) state: EntryState,
    /// While it waits for its deletion: whether it was enabled before. Not known of entries from before this was kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) was_enabled: bool,
    pub(crate) current: Version,
    /// The others, oldest first. After rolling back some of them are newer than the current one.
    pub(crate) older: Vec<Version>,
}

/// Whether an entry may be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryState {
    /// Not until somebody enables it: its secret value is not read out.
    Disabled,
    /// Yes.
    Enabled,
    /// No, and it is to be destroyed at that time.
    PendingDeletion(Timestamp),
}

/// One generation of an entry's material.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// `1` for the first, counted up.
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) expires: Option<Timestamp>,
    pub(crate) enabled: bool,
    pub(crate) material: Material,
}

impl Entry {
    /// An entry with its first version, made at `created`; enabled, without description and tags.
    ///
    /// # Errors
    /// `Invalid` for a name that is empty, longer than 255 bytes or holds control characters, and for a certificate
    /// that does not parse or is not of its key.
    pub fn new(name: &str, created: Timestamp, material: Material) -> Result<Self> {
        check_name(name)?;
        Ok(Self {
            name: name.to_owned(),
            description: String::new(),
            tags: Vec::new(),
            state: EntryState::Enabled,
            was_enabled: false,
            current: Version::new(1, created, material)?,
            older: Vec::new(),
        })
    }

    /// The same with a text of its owner's.
    #[must_use]
    pub fn with_description(mut self, description: &str) -> Self {
        description.clone_into(&mut self.description);
        self
    }

    /// The same with these key and value pairs.
    #[must_use]
    pub fn with_tags(mut self, tags: &[(&str, &str)]) -> Self {
        self.tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        self
    }

    /// The same in that state.
    #[must_use]
    pub fn with_state(mut self, state: EntryState) -> Self {
        self.state = state;
        self
    }

    /// The same with the current version ending at `expires`. A certificate ends by itself and needs no such call.
    #[must_use]
    pub fn with_expiry(mut self, expires: Timestamp) -> Self {
        self.current.expires = Some(expires);
        self
    }

    /// The same with the current version disabled.
    #[must_use]
    pub fn with_current_disabled(mut self) -> Self {
        self.current.enabled = false;
        self
    }

    /// The same with a newer version, which becomes the current one.
    ///
    /// # Errors
    /// `Invalid` if the material is of another kind than the current one's, and as [`Entry::new`].
    pub fn with_version(mut self, created: Timestamp, material: Material) -> Result<Self> {
        self.renew(created, material)?;
        Ok(self)
    }

    /// Adds a version, which becomes the current one.
    ///
    /// # Errors
    /// As [`Entry::with_version`].
    pub(crate) fn renew(&mut self, created: Timestamp, material: Material) -> Result<()> {
        if std::mem::discriminant(&material) != std::mem::discriminant(&self.current.material) {
            let message = format!("{} holds a {}, not a {}", self.name, self.current.material.word(), material.word());
            return Err(Error::new(Kind::Invalid, ADD, message));
        }
        let newer = Version::new(self.older.len() + 2, created, material)?;
        self.put_first(newer);
        Ok(())
    }

    /// Makes the version of that identifier the current one again; `false` if there is none but the current one.
    pub(crate) fn roll_back(&mut self, id: &str) -> bool {
        let Some(position) = self.older.iter().position(|version| version.id == id) else { return false };
        let again = self.older.remove(position);
        self.put_first(again);
        true
    }

    fn put_first(&mut self, current: Version) {
        self.older.push(std::mem::replace(&mut self.current, current));
        self.older.sort_by_key(Version::number);
    }

    /// Its unique name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it may be used.
    pub fn state(&self) -> EntryState {
        self.state
    }

    /// The version of that identifier, or the current one.
    ///
    /// # Errors
    /// `NotFound` if there is no such version.
    pub(crate) fn version(&self, id: Option<&str>, operation: &'static str) -> Result<&Version> {
        let Some(id) = id else { return Ok(&self.current) };
        self.newest_first().find(|version| version.id == id).ok_or_else(|| {
            Error::new(Kind::NotFound, operation, format!("{} has no version {id:?}", self.name))
                .with_next("Choose one of the versions that the item shows.")
        })
    }

    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &Version> {
        let newer = self.older.partition_point(|version| version.number() < self.current.number());
        let (older, newer) = self.older.split_at(newer);
        newer.iter().rev().chain([&self.current]).chain(older.iter().rev())
    }
}

/// Refuses names that would confuse a list.
pub(crate) fn check_name(name: &str) -> Result<()> {
    if name.is_empty() || name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
        let message = format!("an entry's name has 1 to {LONGEST_NAME} bytes and no control characters");
        return Err(Error::new(Kind::Invalid, ADD, message)
            .with_refused_by("the keystore")
            .with_next("Choose another name."));
    }
    Ok(())
}

impl Version {
    fn new(number: usize, created: Timestamp, material: Material) -> Result<Self> {
        let expires = match &material {
            Material::Certificate { key, leaf, .. } => Some(key.end_of(leaf)?),
            Material::Key(_) | Material::Secret { .. } | Material::Symmetric { .. } => None,
        };
        Ok(Self { id: number.to_string(), created, expires, enabled: true, material })
    }

    fn number(&self) -> u64 {
        self.id.parse().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use domain::{Algorithm, Secret};

    use super::*;

    fn secret(text: &str) -> Material {
        Material::secret(Secret::from_text(text.to_owned()), "text/plain")
    }

    #[test]
    fn names_that_would_confuse_a_list_are_refused() {
        let long = "x".repeat(256);
        for name in ["", "a\nb", "tab\t", "\u{0}", long.as_str()] {
            assert_eq!(Entry::new(name, Timestamp::UNIX_EPOCH, secret("x")).unwrap_err().kind(), Kind::Invalid);
        }
        assert!(Entry::new("team/żółć #1", Timestamp::UNIX_EPOCH, secret("x")).is_ok());
    }

    #[test]
    fn versions_count_up_and_stay_of_one_kind() {
        let entry = Entry::new("a", Timestamp::UNIX_EPOCH, secret("one")).unwrap();
        let entry = entry.with_version(Timestamp::UNIX_EPOCH, secret("two")).unwrap();
        let entry = entry.with_version(Timestamp::UNIX_EPOCH, secret("three")).unwrap();
        assert_eq!(entry.newest_first().map(|version| version.id.as_str()).collect::<Vec<_>>(), ["3", "2", "1"]);
        assert_eq!(entry.version(None, "read").unwrap().id, "3");
        assert_eq!(entry.version(Some("4"), "read").unwrap_err().kind(), Kind::NotFound);
        let other = Material::Symmetric { algorithm: Algorithm::Aes(256), key: Secret::new(vec![0; 32]) };
        assert_eq!(entry.with_version(Timestamp::UNIX_EPOCH, other).unwrap_err().kind(), Kind::Invalid);
    }

    #[test]
    fn an_older_version_becomes_current_again_and_the_newest_stays_first() {
        let mut entry = Entry::new("a", Timestamp::UNIX_EPOCH, secret("one")).unwrap();
        for text in ["two", "three"] {
            entry = entry.with_version(Timestamp::UNIX_EPOCH, secret(text)).unwrap();
        }
        let order = |entry: &Entry| entry.newest_first().map(|version| version.id.clone()).collect::<Vec<_>>();
        for id in ["1", "2", "3", "2"] {
            assert!(entry.roll_back(id));
            assert_eq!((entry.current.id.as_str(), order(&entry)), (id, vec!["3".into(), "2".into(), "1".into()]));
        }
        assert!(!entry.roll_back("2") && !entry.roll_back("4"));
        entry.renew(Timestamp::UNIX_EPOCH, secret("four")).unwrap();
        assert_eq!(order(&entry), ["4", "3", "2", "1"]);
    }

    #[test]
    fn entries_read_back_from_their_json() {
        let entry = Entry::new("a", Timestamp::UNIX_EPOCH, Material::secret(Secret::new(vec![0, 255, 3]), ""))
            .unwrap()
            .with_state(EntryState::PendingDeletion(Timestamp::UNIX_EPOCH))
            .with_tags(&[("team", "\u{202e}x")]);
        let text = serde_json::to_string(&entry).unwrap();
        let back: Entry = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&back).unwrap(), text);
        assert_eq!(back.state, entry.state);
        let Material::Secret { value, .. } = &back.current.material else { panic!("a secret") };
        assert_eq!(value.expose(), [0, 255, 3]);
    }
}
