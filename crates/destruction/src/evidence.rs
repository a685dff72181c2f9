//! What is known of an item's users, with who looked, when and where.

use domain::{LastUse, Standing, Timestamp};
use serde::{Deserialize, Serialize};

/// For so long evidence is taken for what is so now, in seconds: a day.
pub(crate) const FRESH: u64 = 86_400;
/// The finding that it is not known whether the item was used.
pub(crate) const USE_UNKNOWN: &str = "use:unknown";

/// Everything that was found when somebody looked.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// How the item stood.
    pub standing: Standing,
    /// When it was last used, as the place tells it.
    pub last_use: LastUse,
    /// What told that: a call, or a sentence.
    pub source: String,
    /// The rest, in the order in which it is shown.
    pub findings: Vec<Finding>,
}

/// One thing that was found.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Names it over time: the same thing has the same name whenever somebody looks.
    pub id: String,
    /// What kind of thing it is.
    pub kind: FindingKind,
    /// What, as a sentence. May hold text of a provider, which is not trusted.
    pub says: String,
    /// Where it was found.
    pub source: String,
}

/// What kind of thing a finding is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingKind {
    /// A name that points at the item.
    Alias,
    /// A consumer in the ledger.
    Consumer,
    /// A live grant.
    Grant,
    /// Something that holds for this item and must be known.
    Note,
    /// Somebody whom a policy or a role lets in.
    Principal,
    /// Something that could not be read, and may be a user.
    Unread,
    /// Nothing tells whether it was used.
    Use,
}

impl FindingKind {
    /// The word for it on the wire and in the shell.
    pub fn word(self) -> &'static str {
        match self {
            Self::Alias => "alias",
            Self::Consumer => "consumer",
            Self::Grant => "grant",
            Self::Note => "note",
            Self::Principal => "principal",
            Self::Unread => "unread",
            Self::Use => "use",
        }
    }

    /// Whether it is in the way until a person has said by name why it is not.
    pub fn blocks(self) -> bool {
        match self {
            Self::Alias | Self::Consumer | Self::Grant | Self::Unread | Self::Use => true,
            Self::Note | Self::Principal => false,
        }
    }
}

impl Evidence {
    /// Until when it is taken for what is so now.
    pub fn holds_until(&self) -> Timestamp {
        later(self.at, FRESH)
    }

    /// What a person must say something about, as far as a use since `window` is what counts.
    pub fn in_the_way(&self, window: Timestamp) -> Vec<Finding> {
        let unknown = match &self.last_use {
            LastUse::Untold { because } => Some(because.clone()),
            LastUse::NotSince { since, whole_life: false } if *since > window => Some(format!(
                "Its use is written down since {} only: whether it was used before is not known.",
                day(*since)
            )),
            LastUse::NotSince { .. } | LastUse::Used { .. } => None,
        };
        let unknown = unknown.map(|says| Finding {
            id: USE_UNKNOWN.to_owned(),
            kind: FindingKind::Use,
            says,
            source: self.source.clone(),
        });
        unknown.into_iter().chain(self.findings.iter().filter(|finding| finding.kind.blocks()).cloned()).collect()
    }
}

/// A clock near the end of time stays there: then a lock does not open, which is the safe side.
pub(crate) fn later(at: Timestamp, seconds: u64) -> Timestamp {
    at.checked_add(std::time::Duration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

pub(crate) fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
