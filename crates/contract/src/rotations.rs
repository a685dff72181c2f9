//! Rotations on the wire: the plan as it stands, what is locked and why, and what can be done with it.

mod requests;
mod runs;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::WireError;

pub use requests::{
    CallConsumer, CallPreview, ConfirmRotation, NameRun, NoteRotation, PlanRotation, RotationNote, RotationProof,
};
pub use runs::{AttemptWire, InstructionWire, InstructionsWire, RunWire, SlotsWire, WatchedWire};

/// Every rotation, those that are not over first, the newest of each first.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RotationList {
    /// The rows.
    pub rotations: Vec<RotationRow>,
}

/// One rotation in a list.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RotationRow {
    /// Its number.
    pub id: String,
    /// The item's reference.
    pub reference: String,
    /// What a person calls the item.
    pub name: String,
    /// The connection's name.
    pub connection: String,
    /// The word of its phase: `scope`, `method`, `consumers`, `create`, `distribute`, `verify`, `switch`, `retire`, `done`,
    /// `rolling-back`, `rolled-back`.
    pub phase: String,
    /// Whether it is over.
    pub over: bool,
    /// What it waits for, as a sentence; empty if it is over.
    pub waits_for: String,
    /// Until when only time is in the way.
    pub until: Option<String>,
    /// When it was begun.
    pub begun: String,
    /// By when everybody is to be done.
    pub due: Option<String>,
    /// How many consumers take part.
    pub consumers: u32,
    /// How many of them have the new material.
    pub updated: u32,
    /// How many could not be told or updated.
    pub failed: u32,
    /// How many are on the back path.
    pub on_back_path: u32,
}

/// Names a rotation.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NameRotation {
    /// Its number.
    pub rotation: String,
}

/// Begins a rotation of an item. What there is already is opened.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BeginRotation {
    /// The item's reference.
    pub reference: String,
}

/// A rotation as it stands.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RotationWire {
    /// What a list shows of it.
    pub row: RotationRow,
    /// Which state of it this is. What is done with it names the state that was seen.
    pub revision: u32,
    /// How the connection is marked: `production`, …
    pub environment: Option<String>,
    /// What was settled for the run.
    pub settings: RotationSettings,
    /// The methods at this item; empty if the item could not be read, and then `trouble` says why.
    pub methods: Vec<RotationMethodWire>,
    /// The word of the chosen method.
    pub method: Option<String>,
    /// How users come to the new material: `at-once`, `by-alias` or `by-hand`.
    pub switch: Option<String>,
    /// The name that users know, for `by-alias`.
    pub alias: Option<String>,
    /// What is replaced.
    pub old: GenerationWire,
    /// What was made.
    pub new: Option<GenerationWire>,
    /// Whether signers must be said to name the old version before the new one is made.
    pub needs_pin: bool,
    /// When that was said.
    pub pinned: Option<MomentWire>,
    /// Everybody who must hear of it, in order.
    pub runs: Vec<RunWire>,
    /// Claviger's own test of the new material.
    pub proof: Option<MomentWire>,
    /// Whether such a test can be made here.
    pub provable: bool,
    /// When the users came to the new material.
    pub switched: Option<MomentWire>,
    /// Until when both are kept valid.
    pub soaks_until: Option<String>,
    /// When the use of the old material was stopped.
    pub disabled: Option<MomentWire>,
    /// Until when it stays so before it is destroyed.
    pub waits_until: Option<String>,
    /// When its destruction was ordered.
    pub deleted: Option<MomentWire>,
    /// The steps at the place: `create`, `switch`, `disable-old`, `delete-old`, `keep-old`, `enable-old`, `switch-back`,
    /// `disable-new`.
    pub steps: Vec<RotationStepWire>,
    /// What is locked, by the word of what would be done: `go-on`, `back`, `finish`, `confirm-switch`, `roll-back`,
    /// `forward`, `finish-roll-back`, `confirm-switch-back`, `discard`, `pin`, `prove`; with a consumer's number behind a
    /// colon `tell:ID`, `succeed:ID`, `fail:ID`, `verify:ID`, `look:ID`, `take-slots:ID`, `leave-back-path:ID`,
    /// `remove-old:ID`, `leave-out:ID`, `tell-back:ID`. What is not here is open.
    pub locks: BTreeMap<String, LockWire>,
    /// What taking it back means now.
    pub roll_back: RollBackWire,
    /// What was sent to the place, oldest first.
    pub orders: Vec<RotationOrderWire>,
    /// What happened, oldest first.
    pub log: Vec<LogWire>,
    /// Why the item could not be read now.
    pub trouble: Option<WireError>,
}

/// What is settled for a run.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RotationSettings {
    /// Why; may be empty.
    pub reason: String,
    /// `halt`, `raise-immediately`, `skip-and-raise` or `skip`.
    pub strategy: String,
    /// How long both are kept valid after the switch, in hours: up to 8,760.
    pub soak_hours: u32,
    /// How long the old material stays disabled before its destruction is ordered, in days: up to 365.
    pub wait_days: u32,
    /// By when everybody is to be done: RFC 3339.
    pub due: Option<String>,
}

/// One method at an item.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RotationMethodWire {
    /// Its word: `in-place`, `new-key`, `new-version`, `renew`.
    pub method: String,
    /// Why it does not work here; `None` if it does.
    pub refused: Option<String>,
    /// The missing permission, if that is the reason.
    pub permission: Option<String>,
    /// `at-once`, `by-alias` or `by-hand`.
    pub switch: String,
    /// What must be known of it.
    pub facts: Vec<RotationFactWire>,
}

/// What a place does or does not do, with its source.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RotationFactWire {
    /// One sentence.
    pub says: String,
    /// The page that says so.
    pub source: String,
    /// When that was looked up: a day.
    pub checked: String,
}

/// One generation of the item's material.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GenerationWire {
    /// The reference of the item that holds it.
    pub reference: String,
    /// Its version, where there are versions.
    pub version: Option<String>,
    /// `SHA256:…` over its SPKI, where there is a public half.
    pub fingerprint: Option<String>,
}

/// Something that happened.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MomentWire {
    /// When.
    pub at: String,
    /// Who.
    pub actor: String,
    /// On what grounds.
    pub evidence: String,
}

/// One line of what happened.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LogWire {
    /// When.
    pub at: String,
    /// Who.
    pub actor: String,
    /// What.
    pub says: String,
}

/// A step at the place.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RotationStepWire {
    /// Its word.
    pub step: String,
    /// Why the place has no such step by this method; `None` if it has.
    pub absent: Option<String>,
    /// Why it is locked now; `None` if it is open.
    pub lock: Option<LockWire>,
}

/// Why something cannot be done now.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LockWire {
    /// What is in the way, without a full stop.
    pub because: String,
    /// What to do first.
    pub next: String,
    /// When it opens by itself.
    pub until: Option<String>,
}

/// What taking a rotation back means.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RollBackWire {
    /// What is reverted, one sentence each.
    pub reverts: Vec<String>,
    /// What cannot be, one sentence each.
    pub stays: Vec<String>,
    /// The names of those who must be told again.
    pub tell: Vec<String>,
}

/// An order of a rotation.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RotationOrderWire {
    /// For which step.
    pub step: String,
    /// Its number in the journal.
    pub order: String,
    /// When it was taken up.
    pub at: String,
    /// `live`, `done`, `not-done` or `never-sent`.
    pub state: String,
    /// Why it is not done.
    pub because: Option<String>,
}
