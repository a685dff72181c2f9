//! Policies on the wire: their texts, what they mean, what a change of them would do, and drafts of them.
//!
//! Places in a text are counted in UTF-16 code units, as the window's editor counts them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{OfferWire, WireError};

/// The policies that decide about an item.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PoliciesWire {
    /// The item's reference.
    pub reference: String,
    /// Its name for a person.
    pub name: String,
    /// The connection's name.
    pub connection: String,
    /// How the connection is marked: `production`, …
    pub environment: Option<String>,
    /// Those that decide about this item first.
    pub policies: Vec<PolicyRow>,
    /// As whom they would be changed, in the place's words; `None` if that could not be told.
    pub caller: Option<String>,
    /// What could not be read around them, a sentence each.
    pub unread: Vec<String>,
    /// Whether one of them may be changed at all.
    pub change: OfferWire,
}

/// One policy.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PolicyRow {
    /// Its name at the place.
    pub id: String,
    /// What a person calls it: "Key policy", "ACL policy payments".
    pub title: String,
    /// The word of its language: `aws-key`, `vault-acl`.
    pub language: String,
    /// The text as it is; empty if it could not be read.
    pub text: String,
    /// Why it could not be read.
    pub trouble: Option<WireError>,
    /// What it decides about beside this item.
    pub reach: String,
    /// Whether it says anything of this item; the others are the place's, and shown last.
    pub of_item: bool,
    /// Whether this identity may write it.
    pub write: OfferWire,
    /// What can be put into it by a form.
    pub templates: Vec<TemplateWire>,
    /// The draft that was begun, if one was.
    pub draft: Option<PolicyDraftWire>,
    /// What it read before changes that were made here, newest first.
    pub history: Vec<PolicyPastWire>,
}

/// A text that was begun and not applied.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PolicyDraftWire {
    /// What the policy read when the draft was begun.
    pub base: String,
    /// The draft.
    pub text: String,
    /// When it was last kept, as RFC 3339.
    pub at: String,
}

/// What a policy read before a change.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PolicyPastWire {
    /// The number of the order that changed it.
    pub order: String,
    /// When, as RFC 3339.
    pub at: String,
    /// Who changed it.
    pub actor: String,
    /// What it read before.
    pub before: String,
}

/// A part that is put into a policy, and what has to be asked first.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TemplateWire {
    /// Names it.
    pub id: String,
    /// As a list shows it.
    pub title: String,
    /// What the policy will say afterwards.
    pub explains: String,
    /// Where its statements come from.
    pub source: String,
    /// In the order they are asked.
    pub questions: Vec<TemplateQuestionWire>,
    /// Answers that many need: a label, and the answers by question.
    pub presets: Vec<(String, BTreeMap<String, String>)>,
}

/// One question of a template.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TemplateQuestionWire {
    /// Under which name the answer is given.
    pub id: String,
    /// What is asked.
    pub label: String,
    /// How the answer looks.
    pub hint: String,
    /// Whether it takes several lines.
    pub lines: bool,
    /// The words of which one is the answer, each with its label; none where it is a text.
    pub choices: Vec<(String, String)>,
    /// Whether it may stay empty.
    pub optional: bool,
}

/// Names a policy of an item, or a text of a language that is of no item.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum PolicyTarget {
    /// A policy of an item that was opened.
    Item {
        /// The item's reference.
        reference: String,
        /// The policy's name at the place.
        policy: String,
    },
    /// A text from elsewhere.
    Text {
        /// The word of its language; told from the text if there is none.
        language: Option<String>,
        /// The full address of the item that it is for, where that is known: an ARN.
        item: Option<String>,
    },
}

/// Asks what a text means, and what it would change.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReadPolicy {
    /// Which policy.
    pub target: PolicyTarget,
    /// What it read before: differences are told against it.
    pub base: String,
    /// The text.
    pub text: String,
}

/// What a text means.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PolicyReading {
    /// The word of its language.
    pub language: String,
    /// What should be known, in the order of the text.
    pub findings: Vec<PolicyFindingWire>,
    /// What it says, a sentence or more for each statement.
    pub sentences: Vec<PolicySentenceWire>,
    /// Who could do what before and who could afterwards.
    pub who: Vec<HolderWire>,
    /// What changes in effect, in sentences.
    pub differences: Vec<DifferenceWire>,
    /// Whether whoever changes it could change it again.
    pub lockout: LockoutWire,
    /// The statements as a form edits them; none where the language has no form.
    pub statements: Vec<StatementWire>,
}

/// One finding of a lint.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PolicyFindingWire {
    /// Names the lint: `public-principal`.
    pub code: String,
    /// `error`, `warning` or `note`.
    pub severity: String,
    /// Where it begins.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
    /// What is so.
    pub message: String,
    /// What to do.
    pub next: Option<String>,
    /// What a button that settles it says, and the whole text afterwards.
    pub fix: Option<PolicyFixWire>,
}

/// Edits that settle a finding.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PolicyFixWire {
    /// As a button says it.
    pub says: String,
    /// The whole text afterwards.
    pub text: String,
}

/// One sentence about a part of a text.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PolicySentenceWire {
    /// It.
    pub says: String,
    /// Where the part begins.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
}

/// Somebody and a power, before and afterwards.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HolderWire {
    /// As a person reads it.
    pub who: String,
    /// As the policy writes it.
    pub id: String,
    /// The word of the power: `decrypt`, `administer`.
    pub power: String,
    /// The power as a verb: "change the policy".
    pub verb: String,
    /// What held before, in words; `None` if they could not.
    pub before: Option<StandingWire>,
    /// What holds afterwards; `None` if they cannot.
    pub after: Option<StandingWire>,
}

/// Whether somebody can, and by what.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StandingWire {
    /// `can`, `when`, `depends-on` or `denied`.
    pub is: String,
    /// The conditions, or what it depends on, in words.
    pub terms: Vec<String>,
    /// The statements that say so.
    pub by: Vec<String>,
}

/// One change of effect.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DifferenceWire {
    /// `gains`, `loses`, `changes`, `unclear` or `nothing`.
    pub turn: String,
    /// The sentence.
    pub says: String,
}

/// Whether whoever changes a policy could change it again.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LockoutWire {
    /// `keeps`, `loses` or `cannot-tell`.
    pub caller: String,
    /// Why.
    pub says: String,
    /// What to do where they would not.
    pub next: Option<String>,
    /// Who else could, in words.
    pub others: Vec<String>,
}

/// One statement as a form edits it.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StatementWire {
    /// How people speak of it.
    pub label: String,
    /// Where it begins.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
    /// Its parts, in the order a form shows them.
    pub fields: Vec<StatementFieldWire>,
}

/// One part of a statement.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StatementFieldWire {
    /// Names it.
    pub id: String,
    /// As the language names it.
    pub label: String,
    /// How the values look.
    pub hint: String,
    /// Whether it may hold several values, one a line.
    pub several: bool,
    /// The words of which one is the value; none where it is a text.
    pub choices: Vec<String>,
    /// The values.
    pub values: Vec<String>,
}

/// Puts a template's part into a text, or takes it out.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MergePolicy {
    /// Which policy.
    pub target: PolicyTarget,
    /// The text.
    pub text: String,
    /// The template.
    pub template: String,
    /// The answers by question.
    pub answers: BTreeMap<String, String>,
    /// Whether it is taken out instead.
    pub take_back: bool,
}

/// Writes one statement as a form has it.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EditStatement {
    /// Which policy.
    pub target: PolicyTarget,
    /// The text.
    pub text: String,
    /// Its number, from 0; one beyond the last adds it.
    pub index: u32,
    /// The values of each field by its id; `None` removes the statement.
    pub fields: Option<BTreeMap<String, Vec<String>>>,
}

/// A text after a part was put in or taken out.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MergedPolicy {
    /// The whole text.
    pub text: String,
    /// Whether it changed.
    pub changed: bool,
    /// What was done.
    pub says: String,
}

/// Keeps a draft, or forgets it.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SavePolicyDraft {
    /// The item's reference.
    pub reference: String,
    /// The policy's name at the place.
    pub policy: String,
    /// What the policy read when the draft was begun.
    pub base: String,
    /// The draft; `None` forgets it.
    pub text: Option<String>,
}

/// Asks which statement would answer a request.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SimulateAccess {
    /// Which policy.
    pub target: PolicyTarget,
    /// The text.
    pub text: String,
    /// Who asks, by the place's full name.
    pub caller: String,
    /// What for, in the place's word: `kms:Decrypt`.
    pub action: String,
    /// What else is known of the request: the condition's key and its values.
    pub context: BTreeMap<String, Vec<String>>,
}

/// What the answer would be.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SimulatedAccess {
    /// `allowed`, `denied`, `not-allowed`, `depends` or `unknown`.
    pub verdict: String,
    /// Why, as a sentence.
    pub says: String,
    /// The statements that answer.
    pub by: Vec<PolicySentenceWire>,
}
