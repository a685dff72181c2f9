//! The seal: what the keyring keeps of the chain's head.

use domain::{Error, Kind, Result};
use serde::{Deserialize, Serialize};

use super::link::Head;

/// Where the head of the chain is sealed, outside of the file: the OS keyring. Calls block.
pub trait Seal: Send + Sync {
    /// Whether what is kept outlives this process.
    fn persistent(&self) -> bool;
    /// What was kept.
    fn read(&self) -> Result<Option<String>>;
    /// Keeps this in place of what was kept.
    fn keep(&self, sealed: &str) -> Result<()>;
}

/// The head as of the last record, and while a record is being written, what it will be.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sealed {
    last: Head,
    next: Option<Head>,
}

impl Sealed {
    /// While `next` is being written after `last`.
    pub(super) fn before(last: Head, next: Head) -> Self {
        Self { last, next: Some(next) }
    }

    /// Once `last` is written.
    pub(super) fn after(last: Head) -> Self {
        Self { last, next: None }
    }

    /// Whether a file whose chain ends with `head` is the one that was sealed.
    pub(super) fn fits(&self, head: &Head) -> bool {
        self.last == *head || self.next.as_ref() == Some(head)
    }

    /// How a head that does not fit differs, in words.
    pub(super) fn tells(&self, head: &Head) -> String {
        let sealed = self.last.sequence;
        match head.sequence {
            0 => format!("{sealed} records were sealed, and the file has none"),
            fewer if fewer < sealed => format!("{sealed} records were sealed, and the file has {fewer}"),
            same if same == sealed => format!("record {same} is another than the one that was sealed"),
            more => format!("{sealed} records were sealed, and the file has {more}"),
        }
    }

    /// Whether a record was being written when it was kept.
    pub(super) fn is_open(&self) -> bool {
        self.next.is_some()
    }

    pub(super) fn parse(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }

    pub(super) fn to_text(&self) -> Result<String> {
        serde_json::to_string(self)
            .map_err(|cause| Error::new(Kind::Unexpected, super::WRITE, "the seal has no JSON form").with_source(cause))
    }
}
