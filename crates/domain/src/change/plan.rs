//! A plan: the exact calls a change would make, in words and as lines for the shell, and its review.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Target;
use crate::{Answers, Ask, Error, Kind, Result};

/// What would be done. It holds no secret: it is shown, journalled and exported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What is wanted.
    pub ask: Ask,
    /// Of what.
    pub target: Target,
    /// The name of the item or of what will be made, as a person knows it. Typed to confirm a [`Tier::Name`].
    pub name: String,
    /// One line: "Disable payments-sign".
    pub title: String,
    /// What it takes to confirm.
    pub tier: Tier,
    /// What will be different afterwards, one sentence each.
    pub effects: Vec<String>,
    /// What a person must know before: what cannot be taken back, what will stop working.
    pub warnings: Vec<String>,
    /// The calls, in order; at least one. Each is sent only after the one before was verified.
    pub steps: Vec<Step>,
    /// What takes it back, where the place can.
    pub undo: Option<Undo>,
}

/// What it takes to confirm a plan.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// It is done, and can be undone.
    Undo,
    /// The consequences are read first.
    Consequences,
    /// The name is typed first.
    Name,
}

/// One call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What it does: "Disable the key".
    pub says: String,
    /// The provider's name of the call: `kms:DisableKey`, `POST transit/keys/payments/rotate`.
    pub operation: String,
    /// Everything that is sent, but for secrets and what an earlier step results in. The provider reads the call from
    /// here, so what was shown is what is sent.
    pub parameters: Value,
    /// The same as a line for the shell, with the provider's own tool. Secrets are asked for on standard input.
    pub command: String,
    /// What was there before, as far as [`Changes::check`](super::Changes::check) needs it to tell what happened.
    pub before: Value,
    /// The names of the secret answers that are sent.
    pub secrets: Vec<String>,
}

/// What takes a change back, itself a change with a plan of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Undo {
    /// The verb.
    pub ask: Ask,
    /// Of what. What a change makes is ended by a change of its own, never by an undo.
    pub target: Target,
    /// The answers.
    pub answers: Answers,
    /// Whether everything is as before afterwards. Otherwise it is called rolling back, and says what stays.
    pub whole: bool,
}

/// A plan that a person has read, in the very form that will be journalled.
#[derive(Debug)]
pub struct Reviewed(Plan);

/// SHA-256 in lower-case hex, of what a person is shown before it is done.
pub fn shown_digest(shown: &[u8]) -> String {
    Sha256::digest(shown).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Plan {
    /// SHA-256 over its JSON, in hex: names exactly what was shown.
    pub fn digest(&self) -> String {
        // A plan holds texts, numbers and JSON values only, so it always has a JSON form.
        shown_digest(&serde_json::to_vec(self).unwrap_or_default())
    }

    /// Confirms what was shown under the digest `seen`; a [`Tier::Name`] also takes the name as it was typed.
    ///
    /// # Errors
    /// `Conflict` if the plan is another than the one that was read, `Invalid` if the typed name is not the plan's.
    pub fn reviewed(self, seen: &str, typed: Option<&str>) -> Result<Reviewed> {
        if self.digest() != seen {
            return Err(Error::new(Kind::Conflict, "confirm the change", "the plan is not the one that was read")
                .with_refused_by("this app")
                .with_next("Read the plan as it is now, then confirm it."));
        }
        if self.tier == Tier::Name && typed.map(str::trim) != Some(self.name.trim()) {
            let message = format!("this cannot be taken back, so the name \"{}\" has to be typed", self.name);
            return Err(Error::new(Kind::Invalid, "confirm the change", message)
                .with_refused_by("this app")
                .with_next("Type the name exactly as it is shown, then confirm again."));
        }
        Ok(Reviewed(self))
    }
}

impl Reviewed {
    /// What was read.
    pub fn plan(&self) -> &Plan {
        &self.0
    }
}
