//! The inventory on the wire: rows, vault states, errors. About 200 bytes a row; instants are RFC 3339 text.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An error as the window shows it: what happened, what was changed, what to do next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WireError {
    /// One of the closed kinds: `conflict`, `denied`, `interrupted`, `invalid`, `not-found`, `signed-out`,
    /// `throttled`, `unexpected`, `unsupported`.
    pub kind: String,
    /// What was being done, as an infinitive.
    pub operation: String,
    /// What happened.
    pub message: String,
    /// What was and was not changed.
    pub changed: ChangedWire,
    /// What to do next.
    pub next: String,
    /// The missing permission, literally.
    pub permission: Option<String>,
    /// Who refused.
    pub refused_by: Option<String>,
    /// The service's request id.
    pub request_id: Option<String>,
}

/// What an operation that failed left behind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "is", content = "what", rename_all = "kebab-case")]
pub enum ChangedWire {
    /// Nothing was changed.
    Nothing,
    /// Exactly these things were, one sentence each.
    Exactly(Vec<String>),
    /// It cannot be said yet.
    Unknown,
}

impl From<&domain::Error> for WireError {
    fn from(error: &domain::Error) -> Self {
        Self {
            kind: error.kind().word().to_owned(),
            operation: error.operation().to_owned(),
            message: error.message().to_owned(),
            changed: match error.changed() {
                domain::Changed::Nothing => ChangedWire::Nothing,
                domain::Changed::Exactly(what) => ChangedWire::Exactly(what.clone()),
                domain::Changed::Unknown => ChangedWire::Unknown,
            },
            next: error.next().to_owned(),
            permission: error.permission().map(str::to_owned),
            refused_by: error.refused_by().map(str::to_owned),
            request_id: error.request_id().map(str::to_owned),
        }
    }
}

impl From<domain::Error> for WireError {
    fn from(error: domain::Error) -> Self {
        Self::from(&error)
    }
}

/// Asks for the inventory.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WatchInventory {
    /// Names this watch, so that [`Cancel`] can stop it.
    pub operation: String,
    /// Only these connections; all of them if empty.
    pub connections: Vec<String>,
    /// Whether to ask the providers; otherwise only the last known rows are sent.
    pub refresh: bool,
}

/// Stops a running operation.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Cancel {
    /// The operation's name.
    pub operation: String,
}

/// Pins or unpins an item.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetPin {
    /// The item.
    pub reference: String,
    /// Whether it shall be pinned.
    pub pinned: bool,
}

/// One event of a watch. Rows come in batches of at most 200.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum InventoryEvent {
    /// Rows that are new or changed; each replaces the row of the same reference.
    Rows {
        /// The rows.
        rows: Vec<ItemRow>,
    },
    /// Items that were known and are no longer there.
    Gone {
        /// Their references.
        references: Vec<String>,
    },
    /// A vault's state changed, or the vault is new; replaces the one of the same connection and id.
    Vault {
        /// The vault.
        vault: VaultRow,
    },
    /// A connection could not be used at all.
    ConnectionFailed {
        /// The connection's name.
        connection: String,
        /// Why.
        error: WireError,
    },
    /// Everything that was asked has answered, or was cancelled.
    Finished {
        /// Whether it was cancelled.
        cancelled: bool,
    },
}

/// One item of the inventory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ItemRow {
    /// Names the item across all connections: `connection/vault/id`.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The provider's short name, for filters and for reading; the window must not decide anything by it.
    pub provider: String,
    /// The connection's name.
    pub connection: String,
    /// The vault's id within the connection.
    pub vault: String,
    /// What a person calls the item. Untrusted.
    pub name: String,
    /// The provider's word for what it is.
    pub kind: String,
    /// `certificate`, `key`, `secret`: which facets it has.
    pub facets: Vec<String>,
    /// The kind of key, such as `RSA 2048`.
    pub algorithm: Option<String>,
    /// `enabled`, `disabled`, `pending-deletion`, …, or the provider's own word.
    pub state: String,
    /// When it was made.
    pub created: Option<String>,
    /// When it ends by itself.
    pub expires: Option<String>,
    /// Why parts of the row are missing.
    pub trouble: Option<WireError>,
}

/// One vault and how far its list can be trusted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VaultRow {
    /// The connection's name.
    pub connection: String,
    /// The vault's id within the connection.
    pub id: String,
    /// What a person calls it.
    pub name: String,
    /// The provider's word for what it is.
    pub kind: String,
    /// How many items are known.
    pub count: u32,
    /// How far the list can be trusted.
    pub state: VaultState,
}

/// How far a vault's list can be trusted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum VaultState {
    /// The list may not be read; the error names the permission.
    Denied {
        /// Why, with the permission.
        error: WireError,
    },
    /// Complete as of this time.
    Fresh {
        /// When the list was complete.
        at: String,
    },
    /// Being listed.
    Listing,
    /// Some of it is missing.
    Partial {
        /// How many items could be read in full.
        read: u32,
        /// How many are known to exist.
        known: u32,
        /// The first reason.
        error: WireError,
    },
    /// These are the rows of the last time.
    Stale {
        /// When they were read.
        since: String,
    },
    /// It did not answer, or not in a way that could be read.
    Unreachable {
        /// Why.
        error: WireError,
    },
}
