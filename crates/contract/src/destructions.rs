//! Destructions on the wire: the evidence, how far each is, what is locked and why, and what can be done with it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{LockWire, LogWire, MomentWire, RotationFactWire, RotationStepWire, WireError};

/// Every destruction, those that are not over first, the newest of each first.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DestructionList {
    /// The rows.
    pub destructions: Vec<DestructionRow>,
}

/// One destruction in a list.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DestructionRow {
    /// Its number.
    pub id: String,
    /// The item's reference.
    pub reference: String,
    /// What a person calls the item.
    pub name: String,
    /// The connection's name.
    pub connection: String,
    /// The word of its phase: `evidence`, `disable`, `soak`, `schedule`, `waiting`, `done`, `kept`.
    pub phase: String,
    /// Whether it is over.
    pub over: bool,
    /// What it waits for, as a sentence; empty if it is over.
    pub waits_for: String,
    /// Until when only time is in the way.
    pub until: Option<String>,
    /// When it was begun.
    pub begun: String,
    /// Until when the destruction that was ordered can be called off, if one was and the place tells it.
    pub ends: Option<String>,
}

/// Names a destruction.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NameDestruction {
    /// Its number.
    pub destruction: String,
}

/// Begins the destruction of one or several items. What there is already is opened.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BeginDestruction {
    /// The items' references.
    pub references: Vec<String>,
}

/// What was begun, and what was not.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DestructionsBegun {
    /// Those that are under way, in the order that was asked for.
    pub destructions: Vec<DestructionWire>,
    /// Those that could not be begun, each with its reason.
    pub refused: Vec<DestructionRefused>,
}

/// An item whose destruction could not be begun.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DestructionRefused {
    /// The reference that was asked for.
    pub reference: String,
    /// Why.
    pub error: WireError,
}

/// A destruction as it stands.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DestructionWire {
    /// What a list shows of it.
    pub row: DestructionRow,
    /// Which state of it this is. What is done with it names the state that was seen.
    pub revision: u32,
    /// How the connection is marked: `production`, …
    pub environment: Option<String>,
    /// What was settled.
    pub settings: DestructionSettings,
    /// At least so many days may its destruction wait; `None` where the place settles that by itself.
    pub least_wait_days: Option<u32>,
    /// At most so many.
    pub most_wait_days: Option<u32>,
    /// What must be known of the place; empty if the item could not be read.
    pub facts: Vec<RotationFactWire>,
    /// What was found when somebody looked last.
    pub evidence: Option<EvidenceWire>,
    /// When nothing of it could be used any more.
    pub disabled: Option<MomentWire>,
    /// Until when nobody touches it.
    pub soaks_until: Option<String>,
    /// When its deletion was allowed, where that is a step.
    pub permitted: Option<MomentWire>,
    /// When its destruction was ordered, where that waits.
    pub scheduled: Option<MomentWire>,
    /// When it ended: gone or kept, with the reason.
    pub ended: Option<MomentWire>,
    /// The steps at the place: `disable`, `enable`, `permit`, `forbid`, `schedule`, `cancel`, `destroy`.
    pub steps: Vec<RotationStepWire>,
    /// What is locked, by the word of what would be done: `acknowledge`, `finish`, `go-on`, `keep`, `look`, `settle`,
    /// `start-over`. What is not here is open.
    pub locks: BTreeMap<String, LockWire>,
    /// What was sent to the place, oldest first.
    pub orders: Vec<DestructionOrderWire>,
    /// What happened, oldest first.
    pub log: Vec<LogWire>,
    /// Why the item could not be read now.
    pub trouble: Option<WireError>,
}

/// What is settled for a destruction.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DestructionSettings {
    /// Why; may be empty.
    pub reason: String,
    /// A use in so many last days is in the way: 1 to 365.
    pub window_days: u32,
    /// For how many days nobody touches it once it is disabled: up to 365. 0 is possible, and unwise.
    pub soak_days: u32,
    /// For how many days its destruction shall wait, where the place asks: within what it allows.
    pub wait_days: u32,
}

/// What was found when somebody looked.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceWire {
    /// When.
    pub at: String,
    /// Who.
    pub actor: String,
    /// Until when it is taken for what is so now.
    pub holds_until: String,
    /// How the item stood: `in-use`, `stopped`, `pending` or `gone`.
    pub standing: String,
    /// `used`, `not-since` or `untold`.
    pub last_use: String,
    /// The same as a sentence. Untrusted.
    pub last_use_says: String,
    /// When it was used, or since when it was not.
    pub last_use_at: Option<String>,
    /// What told that: a call; empty where nothing does.
    pub source: String,
    /// The rest, those in the way first.
    pub findings: Vec<FindingWire>,
}

/// One thing that was found.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FindingWire {
    /// Names it over time.
    pub id: String,
    /// `alias`, `consumer`, `grant`, `note`, `principal`, `unread` or `use`.
    pub kind: String,
    /// What, as a sentence. Untrusted.
    pub says: String,
    /// Where it was found.
    pub source: String,
    /// Whether it is in the way until a person has said why it is not.
    pub blocks: bool,
    /// When that was said, by whom and why.
    pub said: Option<MomentWire>,
}

/// An order of a destruction.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DestructionOrderWire {
    /// For which step.
    pub step: String,
    /// Its number in the journal.
    pub order: String,
    /// When it was taken up.
    pub at: String,
    /// Which part of the item it is about, where it is not about the whole.
    pub part: Option<String>,
    /// `live`, `done`, `not-done` or `never-sent`.
    pub state: String,
    /// Why it is not done.
    pub because: Option<String>,
}

/// Does something with a destruction that touches nothing at the place.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoteDestruction {
    /// Its number.
    pub destruction: String,
    /// The state that was seen.
    pub revision: u32,
    /// What.
    pub note: DestructionNote,
}

/// What a person says of a destruction.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(tag = "is", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum DestructionNote {
    /// Something that was found is not in the way.
    Acknowledge {
        /// Its name.
        finding: String,
        /// Why.
        reason: String,
    },
    /// The item is gone.
    Finish {
        /// Anything to keep with it; may be empty.
        evidence: String,
    },
    /// On to the next phase.
    GoOn,
    /// The item is kept.
    Keep {
        /// Why.
        reason: String,
    },
    /// Looks afresh who uses it. Reads at the place.
    Look,
    /// The settings.
    Settle {
        /// What was settled.
        settings: DestructionSettings,
    },
    /// Back to the evidence, since somebody else has changed how the item stands.
    StartOver {
        /// Why.
        reason: String,
    },
    /// What was said of a finding is taken back.
    Withdraw {
        /// Its name.
        finding: String,
    },
}

/// Asks for the plan of a step at the place.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PlanDestruction {
    /// The destruction's number.
    pub destruction: String,
    /// The word of the step.
    pub step: String,
}

/// Confirms the plan of a step that was read, and has it done.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmDestruction {
    /// The destruction's number.
    pub destruction: String,
    /// The word of the step.
    pub step: String,
    /// The plan's number.
    pub order: String,
    /// The digest it was read under.
    pub digest: String,
    /// The name as it was typed, where that is wanted.
    pub typed: Option<String>,
}

/// Saves the evidence sheet of a destruction.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SaveDestructionSheet {
    /// The destruction's number.
    pub destruction: String,
    /// As what.
    pub form: SheetForm,
}

/// The form of an evidence sheet.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum SheetForm {
    /// A page that stands alone, to read and to print.
    Html,
    /// The same for programs.
    Json,
}
