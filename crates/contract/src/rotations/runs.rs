//! One consumer of a rotation on the wire: how far it is, and the texts for it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::MomentWire;
use crate::{ConsumerWire, WireError};

/// One consumer in a rotation.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RunWire {
    /// Who it is.
    pub consumer: ConsumerWire,
    /// `PENDING`, `IN_PROGRESS`, `SUCCEEDED` or `FAILED`.
    pub state: String,
    /// Every try, oldest first.
    pub attempts: Vec<AttemptWire>,
    /// How many instances are updated.
    pub instances_done: u32,
    /// Since when it is shown to work with the new material.
    pub verified: Option<MomentWire>,
    /// Whether something of it still needs the old material.
    pub on_back_path: bool,
    /// Since when it does not, if it did.
    pub off_back_path: Option<MomentWire>,
    /// Whether it holds the old key beside the new one.
    pub holds_two: bool,
    /// Since when the old one is gone from it.
    pub old_removed: Option<MomentWire>,
    /// When it went back to the old material.
    pub told_back: Option<MomentWire>,
    /// Why it takes no part any more.
    pub left: Option<MomentWire>,
    /// How it is found out that it has the new key: as [`ConsumerKindRow::check`](crate::ConsumerKindRow).
    pub check: String,
    /// Its slots, where it has two and they are known.
    pub slots: Option<SlotsWire>,
    /// What its address publishes, where it has one and was looked at.
    pub watched: Option<WatchedWire>,
    /// How it gets the new key.
    pub update: InstructionsWire,
    /// How the old one is taken away from it.
    pub removal: InstructionsWire,
    /// How it goes back.
    pub back: InstructionsWire,
    /// The text for its owner.
    pub message: String,
}

/// One try to update a consumer.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AttemptWire {
    /// When.
    pub at: String,
    /// Who.
    pub actor: String,
    /// How far it came.
    pub state: String,
    /// On what grounds, or why not.
    pub says: String,
}

/// Which of two slots is used how.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SlotsWire {
    /// The property that the new key is set in.
    pub set: String,
    /// The property that keeps the working key.
    pub keeps: Option<String>,
    /// The fingerprint of a key that is replaced.
    pub replaces: Option<String>,
}

/// What an address publishes.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WatchedWire {
    /// When it was looked at last.
    pub looked: Option<String>,
    /// Since when it publishes the new key.
    pub new_since: Option<String>,
    /// Whether it publishes the old key.
    pub has_old: bool,
    /// When every reader knows the new key.
    pub known_at: Option<String>,
}

/// Texts to copy, or why there are none yet.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InstructionsWire {
    /// The texts.
    pub texts: Vec<InstructionWire>,
    /// Why they cannot be written yet.
    pub missing: Option<WireError>,
}

/// A text to copy.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InstructionWire {
    /// What it is.
    pub label: String,
    /// The text.
    pub text: String,
    /// How it was proven, where it holds a key.
    pub proof: Option<String>,
}
