//! Vaults, items and their versions, as an inventory lists them and as one opened item shows itself.

use serde::{Deserialize, Serialize};

use crate::{Algorithm, Aspect, Error, Facet, ItemKey, Timestamp, VaultId};

/// A container that is listed on its own.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Vault {
    /// Its stable name within the connection.
    pub id: VaultId,
    /// What a person reads: `eu-west-1`, `transit/`.
    pub name: String,
    /// The provider's word for it: "Region", "transit mount", "keystore".
    pub native_kind: &'static str,
}

/// One named thing in a vault, as a row of the inventory.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its stable name within the connection.
    pub key: ItemKey,
    /// What a person calls it: an alias, a name, the common name. Falls back to the identifier. Untrusted text.
    pub name: String,
    /// The provider's word for what it is: "KMS key", "transit key", "ACM certificate".
    pub native_kind: &'static str,
    /// Its one to three faces; empty only where the item could not be described.
    pub facets: Vec<Facet>,
    /// The kind of key in it, if it holds one and the provider says which.
    pub algorithm: Option<Algorithm>,
    /// Whether it can be used.
    pub state: State,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When it ends by itself: a certificate's notAfter, imported material's ValidTo.
    pub expires: Option<Timestamp>,
    /// The identifier of the version in use.
    pub current_version: Option<String>,
    /// Why parts of this row are missing. The item exists, but could not be described, or not in full.
    pub trouble: Option<Error>,
}

/// Whether an item or a version can be used. Open: clouds have more states than we act on.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Destroyed, or its material is gone.
    Destroyed,
    /// Exists, cannot be used until it is enabled.
    Disabled,
    /// Can be used.
    Enabled,
    /// Past its end.
    Expired,
    /// In the provider's word.
    Other(String),
    /// Will be destroyed at a set time.
    PendingDeletion,
    /// Waits for material to be imported.
    PendingImport,
    /// Not told, or not allowed to know.
    Unknown,
}

/// One generation of an item's material.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// The provider's identifier: `3`, `7c1e…`, `AWSCURRENT`'s id.
    pub id: String,
    /// Whether it can be used.
    pub state: State,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When it ends by itself.
    pub expires: Option<Timestamp>,
    /// Whether this is the one in use for new work.
    pub current: bool,
    /// Whether a public key of its own can be read for it.
    pub has_public_key: bool,
}

/// One opened item.
#[derive(Clone, Debug)]
pub struct ItemDetail {
    /// The row, read afresh; its facets now say which of them this identity may open.
    pub item: Item,
    /// Newest first. Empty where the place has no versions or does not tell them.
    pub versions: Vec<Version>,
    /// What else it shows.
    pub aspects: Vec<Aspect>,
}

impl State {
    /// The word for it in filters and machine-readable output.
    pub fn word(&self) -> &str {
        match self {
            Self::Destroyed => "destroyed",
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
            Self::Expired => "expired",
            Self::Other(word) => word,
            Self::PendingDeletion => "pending-deletion",
            Self::PendingImport => "pending-import",
            Self::Unknown => "unknown",
        }
    }
}

impl ItemDetail {
    /// The value of a property in the provider's own words, if it tells it.
    pub fn native(&self, name: &str) -> Option<&str> {
        let rows =
            self.aspects.iter().filter_map(|aspect| if let Aspect::Native(rows) = aspect { Some(rows) } else { None });
        rows.flatten().find(|row| row.name == name).map(|row| row.value.as_str())
    }

    /// When it will be destroyed, if it waits for that and the time is told.
    pub fn pending_deletion(&self) -> Option<Timestamp> {
        self.aspects
            .iter()
            .find_map(|aspect| if let Aspect::PendingDeletion { at } = aspect { Some(*at) } else { None })
    }
}

impl Item {
    /// An item of which only its identifier is known, because describing it failed with `trouble`.
    pub fn undescribed(key: ItemKey, name: impl Into<String>, native_kind: &'static str, trouble: Error) -> Self {
        Self {
            key,
            name: name.into(),
            native_kind,
            facets: Vec::new(),
            algorithm: None,
            state: State::Unknown,
            created: None,
            expires: None,
            current_version: None,
            trouble: Some(trouble),
        }
    }
}
