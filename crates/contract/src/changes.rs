//! Changes on the wire: what is asked before one, its plan, its confirmation, and the write mode that allows it.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::WireError;

/// What a change is about.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum TargetWire {
    /// One item.
    Item {
        /// Its reference.
        reference: String,
    },
    /// A vault, in which something is made.
    Vault {
        /// The connection's name.
        connection: String,
        /// The vault's id within the connection.
        vault: String,
    },
}

/// Asks what may be made in a vault.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenVault {
    /// The connection's name.
    pub connection: String,
    /// The vault's id within the connection.
    pub vault: String,
}

/// Asks for the questions of a change.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AskQuestions {
    /// The word of the ask: `disable`, `create-key`.
    pub ask: String,
    /// Of what.
    pub target: TargetWire,
}

/// The questions of a change, none if there is nothing to ask.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChangeForm {
    /// In the order they are asked.
    pub questions: Vec<QuestionWire>,
}

/// One question.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QuestionWire {
    /// Its name among the answers.
    pub name: String,
    /// What a person reads.
    pub label: String,
    /// One sentence that helps; may be empty.
    pub help: String,
    /// `choice`, `file`, `flag`, `lines`, `list`, `number`, `pairs`, `secret`, `several` or `text`. Every answer is a
    /// text: a file's is its path on this computer, a flag's is `true` or `false`, those of `list` and `several` are separated by commas, that of `pairs` is a JSON
    /// array of arrays of two texts.
    pub kind: String,
    /// The values of `choice` and `several`, each with its label.
    pub choices: Vec<(String, String)>,
    /// The least `number`, as text.
    pub least: Option<String>,
    /// The greatest `number`, as text.
    pub most: Option<String>,
    /// Whether it must be answered when shown.
    pub required: bool,
    /// Shown only while the question of that name has one of these answers.
    pub shown_when: Option<(String, Vec<String>)>,
    /// The answer to begin with.
    pub preset: Option<String>,
}

/// Asks for the plan of a change. `Debug` hides the secrets, and they are wiped afterwards.
#[derive(Clone, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PlanChange {
    /// The word of the ask.
    pub ask: String,
    /// Of what.
    pub target: TargetWire,
    /// The answers that are not secret.
    pub answers: BTreeMap<String, String>,
    /// The secret answers: typed by the person, sent once, never sent back.
    pub secrets: BTreeMap<String, String>,
}

impl fmt::Debug for PlanChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlanChange").field("ask", &self.ask).field("target", &self.target).finish_non_exhaustive()
    }
}

impl Drop for PlanChange {
    fn drop(&mut self) {
        for value in self.secrets.values_mut() {
            zeroize::Zeroize::zeroize(value);
        }
    }
}

/// A plan as a person reads it. Nothing has been done.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PlanWire {
    /// The number its order will have.
    pub order: String,
    /// Names exactly what is shown here.
    pub digest: String,
    /// The word of the ask.
    pub ask: String,
    /// One line: "Disable payments-sign".
    pub title: String,
    /// The name to type for the tier `name`.
    pub name: String,
    /// The connection it goes through.
    pub connection: String,
    /// How the connection is marked: `production`, …
    pub environment: Option<String>,
    /// Who does it, as the provider says.
    pub actor: String,
    /// What it takes to confirm.
    pub tier: TierWire,
    /// What will be different afterwards.
    pub effects: Vec<String>,
    /// What must be known before.
    pub warnings: Vec<String>,
    /// The calls.
    pub steps: Vec<StepWire>,
    /// Whether it can be taken back afterwards.
    pub undo: UndoWire,
    /// Why it cannot be confirmed now: the connection is read-only.
    pub blocked: Option<WireError>,
}

/// What it takes to confirm a plan.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum TierWire {
    /// The consequences are read, then it is confirmed.
    Consequences,
    /// The name is typed.
    Name,
    /// It is done, and can be undone.
    Undo,
}

/// Whether a change can be taken back.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum UndoWire {
    /// No.
    No,
    /// In part: a plan says what is reverted and what stays.
    RollBack,
    /// Everything will be as before.
    Whole,
}

/// One call of a plan.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StepWire {
    /// What it does.
    pub says: String,
    /// The provider's name of the call.
    pub operation: String,
    /// The same as a line for the shell.
    pub command: String,
}

/// Confirms a plan that was read, and has it done.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmChange {
    /// The plan's number.
    pub order: String,
    /// The digest it was read under.
    pub digest: String,
    /// The name as it was typed, for the tier `name`.
    pub typed: Option<String>,
}

/// Forgets a plan that was not confirmed, with its secrets.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DropPlan {
    /// The plan's number.
    pub order: String,
}

/// Allows changes through a connection for fifteen minutes, or no longer.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetWriteMode {
    /// The connection's name.
    pub connection: String,
    /// Whether changes shall be allowed.
    pub on: bool,
}

/// How long changes are allowed.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WriteMode {
    /// Until when; `None` for read-only.
    pub until: Option<String>,
}
