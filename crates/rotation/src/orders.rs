//! What a rotation has sent to the place: which order of the journal carries out which step, and how it ended.

use domain::{OrderId, RotationStep, Timestamp};
use serde::{Deserialize, Serialize};

/// One order of a rotation. It is written down before the order itself, so that a later start finds it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct RotationOrder {
    /// For which step.
    pub step: RotationStep,
    /// Its number in the journal.
    pub order: OrderId,
    /// When it was taken up.
    pub at: Timestamp,
    /// How it ended; `None` while that is not known.
    pub end: Option<OrderEnd>,
}

/// How an order of a rotation ended.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum OrderEnd {
    /// It is done, and a reading shows it.
    Done,
    /// It ended before its last step: refused, or given up.
    NotDone {
        /// Why.
        because: String,
    },
    /// The journal has no such order: it was never confirmed.
    NeverSent,
}

impl RotationOrder {
    /// Whether it is not known yet how it ends.
    pub fn is_live(&self) -> bool {
        self.end.is_none()
    }
}
