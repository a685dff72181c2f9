//! What is asked of a rotation, and what answers for one request alone.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{RotationSettings, RotationWire};
use crate::WireError;

/// Does something with a rotation that touches nothing at the place.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoteRotation {
    /// Its number.
    pub rotation: String,
    /// The state that was seen.
    pub revision: u32,
    /// What.
    pub note: RotationNote,
}

/// What a person says of a rotation.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(tag = "is", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum RotationNote {
    /// Back to the phase before.
    Back,
    /// The method.
    Choose {
        /// Its word.
        method: String,
    },
    /// The users came to the new material.
    ConfirmSwitch {
        /// On what grounds.
        evidence: String,
    },
    /// The users are back at the old.
    ConfirmSwitchBack {
        /// On what grounds.
        evidence: String,
    },
    /// The plan is thrown away.
    Discard,
    /// A consumer failed.
    Fail {
        /// Its number.
        consumer: String,
        /// Why.
        error: String,
    },
    /// It is over.
    Finish {
        /// Anything to keep with it; may be empty.
        evidence: String,
    },
    /// It is taken back.
    FinishRollBack,
    /// It goes on after all.
    Forward,
    /// On to the next phase.
    GoOn,
    /// A consumer of the ledger takes part from now on.
    Join {
        /// Its number.
        consumer: String,
    },
    /// A consumer needs the old material no more.
    LeaveBackPath {
        /// Its number.
        consumer: String,
        /// On what grounds.
        evidence: String,
    },
    /// A consumer takes no part in the rest.
    LeaveOut {
        /// Its number.
        consumer: String,
        /// Why.
        evidence: String,
    },
    /// The description of a user with two slots, as its place shows it. Before the statement ran it tells which slot is
    /// free; afterwards that the new key is in it; at the end that the old one is gone.
    PasteDescription {
        /// The consumer's number.
        consumer: String,
        /// The text.
        pasted: String,
        /// Whether the older of two keys, which nobody uses, is replaced.
        replace_older: bool,
    },
    /// The fingerprint that a consumer shows.
    PasteFingerprint {
        /// The consumer's number.
        consumer: String,
        /// The text.
        pasted: String,
    },
    /// Signers name the old version.
    Pin {
        /// On what grounds.
        evidence: String,
    },
    /// The old key is gone from a consumer.
    RemoveOld {
        /// Its number.
        consumer: String,
        /// On what grounds.
        evidence: String,
    },
    /// It is to be taken back.
    RollBack {
        /// Why.
        reason: String,
    },
    /// The rules of the run.
    SetScope {
        /// What was settled.
        settings: RotationSettings,
    },
    /// So many instances of a consumer are updated.
    Succeed {
        /// Its number.
        consumer: String,
        /// How many more.
        instances: u32,
        /// On what grounds.
        evidence: String,
    },
    /// A consumer was told.
    Tell {
        /// Its number.
        consumer: String,
    },
    /// A consumer uses the old material again.
    TellBack {
        /// Its number.
        consumer: String,
        /// On what grounds.
        evidence: String,
    },
    /// A consumer works with the new material.
    Verify {
        /// Its number.
        consumer: String,
        /// On what grounds.
        evidence: String,
    },
}

/// Names a consumer of a rotation.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NameRun {
    /// The rotation's number.
    pub rotation: String,
    /// The consumer's number.
    pub consumer: String,
}

/// Asks for the plan of a step at the place.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PlanRotation {
    /// The rotation's number.
    pub rotation: String,
    /// The word of the step.
    pub step: String,
}

/// Confirms the plan of a step that was read, and has it done.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmRotation {
    /// The rotation's number.
    pub rotation: String,
    /// The word of the step.
    pub step: String,
    /// The plan's number.
    pub order: String,
    /// The digest it was read under.
    pub digest: String,
    /// The name as it was typed, where that is wanted.
    pub typed: Option<String>,
}

/// Claviger's own test of the new material, as it was made. The token itself is not handed out.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RotationProof {
    /// The header of the token that was signed.
    pub header: String,
    /// Its claims.
    pub claims: String,
    /// Who verified it, with what.
    pub proof: String,
    /// The rotation afterwards.
    pub rotation: RotationWire,
}

/// What a command or a webhook would be sent. Nothing is done.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CallPreview {
    /// The program and its arguments, or the address.
    pub target: String,
    /// What it gets, on its standard input or as the body: JSON.
    pub body: String,
    /// Names exactly what is shown here.
    pub digest: String,
    /// Why it cannot be done now: the program is not allowed, no secret is known, the connection is read-only.
    pub blocked: Option<WireError>,
}

/// Has a command run or a webhook called that was shown.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CallConsumer {
    /// The rotation's number.
    pub rotation: String,
    /// The consumer's number.
    pub consumer: String,
    /// The digest it was shown under.
    pub digest: String,
}
