//! What the journal takes down. Each record is one line of the hash chain and holds no secret.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use super::Plan;
use crate::{Changed, Error, Result, Timestamp};

/// Names an order: a ULID (26 characters of Crockford's base 32), made by the app.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct OrderId(pub String);

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One record of the journal, before the chain adds its place and hash.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// When, by this computer's clock. The order of records is their place in the chain, never this.
    pub at: Timestamp,
    /// What.
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A person confirmed a plan; nothing has been sent yet.
    Intent {
        /// The new order.
        order: OrderId,
        /// The connection's name.
        connection: String,
        /// Where that leads, as [`Provider`](crate::Provider)s say it: a name can be given to another place later.
        place: String,
        /// Who one is there, as the provider says.
        actor: String,
        /// What was confirmed.
        plan: Plan,
    },
    /// A step is about to be sent: written before its first byte leaves.
    Sent {
        /// Of which order.
        order: OrderId,
        /// Which step, from 0.
        step: usize,
    },
    /// The provider answered that it is done.
    Observed {
        /// Of which order.
        order: OrderId,
        /// Which step.
        step: usize,
        /// The provider's request id, for a support case.
        request_id: Option<String>,
        /// What the step made, by name: `KeyId`, `version`.
        results: BTreeMap<String, String>,
    },
    /// A reading showed the effect.
    Verified {
        /// Of which order.
        order: OrderId,
        /// Which step.
        step: usize,
        /// What was read, in words.
        evidence: String,
        /// What the step made, by name.
        results: BTreeMap<String, String>,
    },
    /// It is not known whether the step happened.
    Unknown {
        /// Of which order.
        order: OrderId,
        /// Which step.
        step: usize,
        /// Why.
        note: Note,
    },
    /// The order ended here; nothing more of it will be sent.
    Abandoned {
        /// Of which order.
        order: OrderId,
        /// The first step that was not done.
        step: usize,
        /// Why.
        note: Note,
    },
    /// Changes through a connection were allowed until a time, or no longer.
    WriteMode {
        /// The connection's name.
        connection: String,
        /// Until when; `None` for read-only again.
        until: Option<Timestamp>,
    },
    /// A consumer of a key is about to be told of a rotation by a program or a webhook, or was.
    Told {
        /// The connection that the item is reached through.
        connection: String,
        /// The item's reference.
        reference: String,
        /// The rotation's number.
        rotation: String,
        /// What a person calls the consumer.
        consumer: String,
        /// The program, or the host of the webhook.
        target: String,
        /// `None` before it: written down before anything leaves.
        end: Option<ToldEnd>,
    },
    /// A person accepted a journal that does not follow from what was sealed, and went on from it.
    Accepted {
        /// What was wrong, in words.
        because: String,
    },
}

/// How telling a consumer ended.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct ToldEnd {
    /// Whether it was taken.
    pub done: bool,
    /// On what grounds, or why not.
    pub says: String,
}

/// An error as it is kept: the words for a person, without the cause chain.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// The word of its kind.
    pub kind: String,
    /// What was being done, as an infinitive.
    pub operation: String,
    /// What happened.
    pub message: String,
    /// What to do next.
    pub next: String,
    /// Who refused.
    pub refused_by: Option<String>,
    /// The missing permission.
    pub permission: Option<String>,
    /// The provider's request id.
    pub request_id: Option<String>,
    /// What was changed all the same, one sentence each; empty for nothing.
    pub changed: Vec<String>,
}

impl Event {
    /// The order it is about, if it is about one.
    pub fn order(&self) -> Option<&OrderId> {
        match self {
            Self::Abandoned { order, .. }
            | Self::Intent { order, .. }
            | Self::Observed { order, .. }
            | Self::Sent { order, .. }
            | Self::Unknown { order, .. }
            | Self::Verified { order, .. } => Some(order),
            Self::Accepted { .. } | Self::Told { .. } | Self::WriteMode { .. } => None,
        }
    }
}

impl From<&Error> for Note {
    fn from(error: &Error) -> Self {
        Self {
            kind: error.kind().word().to_owned(),
            operation: error.operation().to_owned(),
            message: error.message().to_owned(),
            next: error.next().to_owned(),
            refused_by: error.refused_by().map(str::to_owned),
            permission: error.permission().map(str::to_owned),
            request_id: error.request_id().map(str::to_owned),
            changed: match error.changed() {
                Changed::Exactly(what) => what.clone(),
                Changed::Nothing | Changed::Unknown => Vec::new(),
            },
        }
    }
}

/// Where records are taken down, durably, before anything is sent. Calls block until the record is on the disk.
pub trait Ledger: Send + Sync {
    /// Adds a record to the chain. An error means that nothing may be sent.
    fn append(&self, event: Event) -> Result<Record>;

    /// The records of one order, oldest first.
    fn history(&self, order: &OrderId) -> Result<Vec<Record>>;
}
