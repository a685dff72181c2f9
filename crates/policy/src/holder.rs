//! Who can do what with an item: the answer of every language to the same question.

use serde::{Deserialize, Serialize};

use crate::Span;

/// What somebody can do, by its consequence rather than by the place's verbs.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Power {
    /// Change who may do what: the policy itself.
    Administer,
    /// Let others use it without a change of the policy: grants, tokens, role assignments.
    Delegate,
    /// Have it destroyed, or disabled.
    Destroy,
    /// Get clear text back: decrypt, unwrap, derive a shared secret.
    Decrypt,
    /// Encrypt, wrap, make data keys.
    Encrypt,
    /// Sign, or make a MAC.
    Sign,
    /// Take its material or its value away: export, read a secret, release.
    Extract,
}

/// Whether somebody can, as far as the texts at hand tell.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Standing {
    /// Yes.
    Can,
    /// Yes, under these conditions, each in words.
    When {
        /// All of them have to hold.
        conditions: Vec<String>,
    },
    /// This text leaves it to another that is not at hand; which one, in words.
    DependsOn {
        /// "IAM policies of account 111122223333".
        on: String,
    },
    /// A statement forbids it, whatever another allows.
    Denied,
}

/// Somebody, a power, and by what.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Holder {
    /// As a person reads it: "role Admin of account 111122223333", "anyone", "the AWS service s3.amazonaws.com".
    pub who: String,
    /// As the policy writes it: an ARN, an object id, a service, a path's pattern.
    pub id: String,
    /// What of.
    pub power: Power,
    /// Whether.
    pub standing: Standing,
    /// The statement that says so: its Sid, or "statement 2"; the rule's path.
    pub by: String,
    /// Where that statement stands; `None` if it is not in this text (a grant).
    pub span: Option<Span>,
}

impl Power {
    /// Every power.
    pub const ALL: [Self; 7] =
        [Self::Administer, Self::Delegate, Self::Destroy, Self::Decrypt, Self::Encrypt, Self::Sign, Self::Extract];

    /// As a verb after "can": "change the policy", "decrypt".
    pub fn verb(self) -> &'static str {
        match self {
            Self::Administer => "change the policy",
            Self::Delegate => "let others in by grants",
            Self::Destroy => "disable or destroy it",
            Self::Decrypt => "decrypt",
            Self::Encrypt => "encrypt",
            Self::Sign => "sign",
            Self::Extract => "take it away",
        }
    }
}
