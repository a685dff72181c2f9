//! Whether whoever changes a policy could change it again afterwards, and who else could.

use serde::{Deserialize, Serialize};

use crate::Holder;

/// What a policy, once it holds, would leave of the right to change it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Lockout {
    /// Whether the caller could still change it.
    pub caller: Retention,
    /// Why, in a sentence or two.
    pub says: String,
    /// What to do where the caller would not, or where it cannot be told.
    pub next: Option<String>,
    /// Everybody else who could: holders of [`crate::Power::Administer`], none of them [`crate::Standing::Denied`].
    pub others: Vec<Holder>,
}

/// Whether the caller keeps the right to change the policy.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Retention {
    /// Yes, as far as everything that was read goes.
    Keeps,
    /// No.
    Loses,
    /// Something that decides it is not at hand. Never to be shown as safe.
    CannotTell,
}
