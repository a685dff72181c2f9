//! When an item was last used, as far as its place tells.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{ItemDetail, ItemKey, Result, Timestamp};

/// What a place tells of the last use of an item.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum LastUse {
    /// It was used.
    Used {
        /// When; where only a day is told, its first second in UTC.
        at: Timestamp,
        /// Whether only the day is told, so that it may have been any time of it.
        by_day: bool,
        /// For what, in the place's word: `Decrypt`.
        operation: Option<String>,
        /// By whom, or where that can be looked up, in the place's words. Untrusted.
        by: Option<String>,
    },
    /// It was not used since the place began to write that down.
    NotSince {
        /// When it began.
        since: Timestamp,
        /// Whether that covers the item's whole life. If not, nothing is known of the time before.
        whole_life: bool,
    },
    /// It is not told.
    Untold {
        /// Why, as a sentence.
        because: String,
    },
}

/// A place that writes down when its items are used.
#[async_trait]
pub trait Usage: Send + Sync {
    /// When `item` was last used. Asks the place once; such calls have small quotas (AWS KMS: 5 a second), so nobody
    /// asks for a whole list.
    ///
    /// # Errors
    /// As the place says; `Denied` names the permission.
    async fn last_use(&self, item: &ItemKey) -> Result<LastUse>;

    /// The call that tells it, in the place's words, such as `kms:GetKeyLastUsage`.
    fn source(&self, item: &ItemDetail) -> &'static str;
}

impl LastUse {
    /// The latest moment at which it may have been used, if it was.
    pub fn latest(&self) -> Option<Timestamp> {
        match self {
            Self::Used { at, by_day: false, .. } => Some(*at),
            Self::Used { at, by_day: true, .. } => {
                Some(at.checked_add(std::time::Duration::from_secs(86_400)).unwrap_or(Timestamp::MAX))
            }
            Self::NotSince { .. } | Self::Untold { .. } => None,
        }
    }
}
