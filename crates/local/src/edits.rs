//! The edits of a keystore, as the parameters of a step: what a plan shows is what [`Edit::apply`] does, in memory.

use domain::{Algorithm, Error, Kind, Result, Secret, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    entries::{Entry, EntryState},
    imports,
    keystore::Keystore,
    make,
    material::Material,
    questions::{MATERIAL, VALUE},
};

const EDIT: &str = "edit the keystore";

/// One edit of one entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Edit {
    /// The entry's name.
    pub(crate) entry: String,
    /// What is done to it.
    pub(crate) what: What,
}

/// What an edit does. Secret values are not in it: they travel beside the step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub(crate) enum What {
    /// Back to the state before its deletion was scheduled.
    CancelDeletion,
    ChangeDescription(String),
    ChangeTags(Vec<(String, String)>),
    CreateKey {
        algorithm: Algorithm,
        description: String,
        tags: Vec<(String, String)>,
    },
    CreateSecret {
        description: String,
        tags: Vec<(String, String)>,
    },
    Delete,
    /// Versions by their identifiers.
    DeleteVersions(Vec<String>),
    Disable,
    Enable,
    ImportKey {
        algorithm: Algorithm,
        /// Of its public half, where it has one: what is sent is of the key that was planned.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fingerprint: Option<String>,
        description: String,
        tags: Vec<(String, String)>,
    },
    /// To the version of that identifier.
    RollBack(String),
    Rotate(Algorithm),
    ScheduleDeletion(Timestamp),
    /// Versions by their identifiers.
    UndeleteVersions(Vec<String>),
    WriteValue,
}

/// Everything about an entry that is not secret: what a plan was made from, and what a reading compares.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub(crate) struct Facts {
    pub(crate) state: EntryState,
    was_enabled: bool,
    description: String,
    tags: Vec<(String, String)>,
    pub(crate) current: String,
    /// Each version's identifier, when it was made, and whether it is enabled; newest first.
    versions: Vec<(String, Timestamp, bool)>,
}

/// What there was when the plan was made.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Before {
    /// How many orders had edited the file.
    pub(crate) orders: u64,
    /// The entry, if there was one.
    pub(crate) entry: Option<Facts>,
}

impl Facts {
    /// Of the entry of that name, if there is one.
    pub(crate) fn of(keystore: &Keystore, name: &str) -> Option<Self> {
        let entry = keystore.entry(name)?;
        let versions = entry.newest_first().map(|version| (version.id.clone(), version.created, version.enabled));
        Some(Self {
            state: entry.state,
            was_enabled: entry.was_enabled,
            description: entry.description.clone(),
            tags: entry.tags.clone(),
            current: entry.current.id.clone(),
            versions: versions.collect(),
        })
    }

    /// Whether each of these versions is there, and enabled or not.
    fn have(&self, ids: &[String], enabled: bool) -> bool {
        ids.iter().all(|id| self.versions.iter().any(|(one, _, is_enabled)| one == id && *is_enabled == enabled))
    }
}

impl What {
    /// The name of the secret answer that a new entry or version is made of, if it is made of one.
    pub(crate) fn secret(&self) -> Option<&'static str> {
        match self {
            Self::CreateSecret { .. } | Self::WriteValue => Some(VALUE),
            Self::ImportKey { .. } => Some(MATERIAL),
            Self::CancelDeletion
            | Self::ChangeDescription(_)
            | Self::ChangeTags(_)
            | Self::CreateKey { .. }
            | Self::Delete
            | Self::DeleteVersions(_)
            | Self::Disable
            | Self::Enable
            | Self::RollBack(_)
            | Self::Rotate(_)
            | Self::ScheduleDeletion(_)
            | Self::UndeleteVersions(_) => None,
        }
    }

    /// What a new entry or version is made of; `None` for edits that make none. Blocks: an RSA key takes up to some
    /// seconds.
    ///
    /// # Errors
    /// `Unsupported` for an algorithm that cannot be made here, `Invalid` without the secret value that is needed.
    pub(crate) fn material(&self, value: Option<Secret>) -> Result<Option<Material>> {
        match self {
            Self::CreateKey { algorithm, .. } | Self::Rotate(algorithm) => make::material(algorithm).map(Some),
            Self::CreateSecret { .. } | Self::WriteValue => {
                let value = value.filter(|value| !value.expose().is_empty());
                let value = value.ok_or_else(|| Error::new(Kind::Invalid, EDIT, "there is no value to write"))?;
                let content_type = value.expose_text().map_or("", |_| "text/plain");
                Ok(Some(Material::secret(value, content_type)))
            }
            Self::ImportKey { algorithm, fingerprint, .. } => {
                let file = value.ok_or_else(|| Error::new(Kind::Invalid, EDIT, "there is no key to import"))?;
                let (material, is) = imports::read(algorithm, &file)?;
                if is != *fingerprint {
                    let message = "the key is another than the one that was planned for";
                    return Err(Error::new(Kind::Conflict, EDIT, message).with_refused_by("the keystore"));
                }
                Ok(Some(material))
            }
            Self::CancelDeletion
            | Self::ChangeDescription(_)
            | Self::ChangeTags(_)
            | Self::Delete
            | Self::DeleteVersions(_)
            | Self::Disable
            | Self::Enable
            | Self::RollBack(_)
            | Self::ScheduleDeletion(_)
            | Self::UndeleteVersions(_) => Ok(None),
        }
    }
}

impl Edit {
    /// Does it in memory, at `now`. Hands out the identifier of the version it made, if it made one.
    ///
    /// # Errors
    /// `NotFound` or `Conflict` if the entry is not there or there already, `Invalid` for material that does not fit.
    pub(crate) fn apply(
        &self,
        keystore: &mut Keystore,
        material: Option<Material>,
        now: Timestamp,
    ) -> Result<Option<String>> {
        let material = || material.ok_or_else(|| Error::new(Kind::Unexpected, EDIT, "no new version was made"));
        match &self.what {
            What::CancelDeletion => {
                let entry = self.of(keystore)?;
                entry.state = if entry.was_enabled { EntryState::Enabled } else { EntryState::Disabled };
                entry.was_enabled = false;
            }
            What::ChangeDescription(description) => self.of(keystore)?.description.clone_from(description),
            What::ChangeTags(tags) => self.of(keystore)?.tags.clone_from(tags),
            What::CreateKey { description, tags, .. }
            | What::CreateSecret { description, tags }
            | What::ImportKey { description, tags, .. } => {
                let mut entry = Entry::new(&self.entry, now, material()?)?;
                entry.description.clone_from(description);
                entry.tags.clone_from(tags);
                let made = entry.current.id.clone();
                keystore.add(entry)?;
                return Ok(Some(made));
            }
            What::Delete => drop(keystore.remove(&self.entry).ok_or_else(|| self.gone())?),
            What::DeleteVersions(ids) => enable(self.of(keystore)?, ids, false)?,
            What::Disable => self.of(keystore)?.state = EntryState::Disabled,
            What::Enable => {
                let entry = self.of(keystore)?;
                entry.state = EntryState::Enabled;
                entry.current.enabled = true;
            }
            What::RollBack(id) => {
                let entry = self.of(keystore)?;
                if !entry.roll_back(id) {
                    return Err(no_version(entry, id));
                }
            }
            What::Rotate(_) | What::WriteValue => {
                let entry = self.of(keystore)?;
                entry.renew(now, material()?)?;
                return Ok(Some(entry.current.id.clone()));
            }
            What::ScheduleDeletion(at) => {
                let entry = self.of(keystore)?;
                entry.was_enabled = entry.state == EntryState::Enabled;
                entry.state = EntryState::PendingDeletion(*at);
            }
            What::UndeleteVersions(ids) => enable(self.of(keystore)?, ids, true)?,
        }
        Ok(None)
    }

    /// Whether the entry is as it must be right after the edit, which made the version `made`.
    pub(crate) fn shows(&self, entry: Option<&Facts>, made: Option<&str>) -> bool {
        let Some(facts) = entry else { return self.what == What::Delete };
        match &self.what {
            What::CancelDeletion => !matches!(facts.state, EntryState::PendingDeletion(_)),
            What::ChangeDescription(description) => facts.description == *description,
            What::ChangeTags(tags) => facts.tags == *tags,
            What::CreateKey { .. } | What::CreateSecret { .. } | What::ImportKey { .. } => true,
            What::Delete => false,
            What::DeleteVersions(ids) => facts.have(ids, false),
            What::Disable => facts.state == EntryState::Disabled,
            What::Enable => facts.state == EntryState::Enabled,
            What::RollBack(id) => facts.current == *id,
            What::Rotate(_) | What::WriteValue => made == Some(&*facts.current),
            What::ScheduleDeletion(at) => facts.state == EntryState::PendingDeletion(*at),
            What::UndeleteVersions(ids) => facts.have(ids, true),
        }
    }

    fn of<'a>(&self, keystore: &'a mut Keystore) -> Result<&'a mut Entry> {
        keystore.entry_mut(&self.entry).ok_or_else(|| self.gone())
    }

    fn gone(&self) -> Error {
        Error::new(Kind::NotFound, EDIT, format!("the keystore has no entry {:?}", self.entry))
    }
}

fn enable(entry: &mut Entry, ids: &[String], enabled: bool) -> Result<()> {
    for id in ids {
        match entry.older.iter_mut().find(|version| version.id == *id) {
            Some(version) => version.enabled = enabled,
            None => return Err(no_version(entry, id)),
        }
    }
    Ok(())
}

fn no_version(entry: &Entry, id: &str) -> Error {
    Error::new(Kind::NotFound, EDIT, format!("{} has no older version {id:?}", entry.name))
}
