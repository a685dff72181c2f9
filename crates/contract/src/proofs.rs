//! What callers have to bring, on the wire: of one item, and over all of them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::WireError;

/// Everybody who is let in to an item, by the proof it takes.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProofsWire {
    /// The item's reference.
    pub reference: String,
    /// Its name for a person.
    pub name: String,
    /// The connection's name.
    pub connection: String,
    /// How the connection is marked: `production`, …
    pub environment: Option<String>,
    /// The weakest first.
    pub proofs: Vec<ProofWire>,
    /// What could not be read, a sentence each: somebody more may be let in by it.
    pub unread: Vec<String>,
}

/// Somebody, what they can do, and the proof that it takes.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProofWire {
    /// As a person reads it.
    pub who: String,
    /// As the policy or the place writes it: an ARN, an object id, the path of a role.
    pub id: String,
    /// `anonymous`, `copyable`, `network`, `role`, `workload` or `attested`: the weakest first.
    pub grade: String,
    /// The words of what they can do, maybe under conditions: `decrypt`, `administer`.
    pub powers: Vec<String>,
    /// The same as verbs: "change the policy".
    pub verbs: Vec<String>,
    /// Why it is that grade, as a sentence.
    pub because: String,
    /// The statement that lets them in.
    pub by: String,
    /// The policy's name at the place.
    pub policy: String,
}

/// Asks who is let in to what by something that can merely be copied, or is weaker than that.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WatchCopyable {
    /// Names this watch, so that [`crate::Cancel`] can stop it.
    pub operation: String,
    /// Only these connections; all of them if empty.
    pub connections: Vec<String>,
    /// The strongest grade that is told; `copyable` if there is none.
    pub grade: Option<String>,
}

/// One event of the watch. It goes over the items as they were last listed.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum CopyableEvent {
    /// What was found of one item.
    Rows {
        /// At least one.
        rows: Vec<CopyableRow>,
    },
    /// Something around an item that could not be read; each sentence once for a connection.
    Unread {
        /// The reference of the first item that it was said of.
        reference: String,
        /// The sentences.
        says: Vec<String>,
    },
    /// A connection could not be used at all.
    ConnectionFailed {
        /// The connection's name.
        connection: String,
        /// Why.
        error: WireError,
    },
    /// How far it is.
    Progress {
        /// So many items were looked at,
        done: u32,
        /// of so many.
        total: u32,
    },
    /// Every item was looked at, or it was cancelled.
    Finished {
        /// Whether it was cancelled.
        cancelled: bool,
    },
}

/// One way in to one item, or why the item could not be looked at.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CopyableRow {
    /// The item's reference.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Its name for a person. Untrusted.
    pub name: String,
    /// The connection's name.
    pub connection: String,
    /// How the connection is marked: `production`, …
    pub environment: Option<String>,
    /// Who is let in, and by what.
    pub proof: Option<ProofWire>,
    /// Why the item could not be looked at.
    pub trouble: Option<WireError>,
}
