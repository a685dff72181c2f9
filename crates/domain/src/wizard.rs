//! What every plan of several steps has, whatever it is for: orders for its steps, locks, and a log of what happened.

use serde::{Deserialize, Serialize};

use crate::{Error, Kind, OrderId, Timestamp};

/// One order of a wizard. It is written down there before the order itself, so that a later start finds it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct StepOrder<S> {
    /// For which step.
    pub step: S,
    /// Its number in the journal.
    pub order: OrderId,
    /// When it was taken up.
    pub at: Timestamp,
    /// How it ended; `None` while that is not known.
    pub end: Option<OrderEnd>,
}

/// How an order of a wizard ended.
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

/// Something that happened, with who says so and on what grounds.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// On what grounds.
    pub evidence: String,
}

/// One line of what happened.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Log {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What, as a sentence.
    pub says: String,
}

/// Why something cannot be done now.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Lock {
    /// What is in the way, without a full stop.
    pub because: String,
    /// What to do first, as a sentence.
    pub next: String,
    /// When it opens by itself, where only time is in the way.
    pub until: Option<Timestamp>,
}

/// Something that is due.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Due {
    /// Names it over time: the same date of the same thing has the same name in every export.
    pub uid: String,
    /// When.
    pub at: Timestamp,
    /// One line.
    pub title: String,
    /// More of it; may be empty.
    pub detail: String,
}

impl<S> StepOrder<S> {
    /// Whether it is not known yet how it ends.
    pub fn is_live(&self) -> bool {
        self.end.is_none()
    }
}

impl Lock {
    /// A lock that something else opens.
    pub fn new(because: impl Into<String>, next: impl Into<String>) -> Option<Self> {
        Some(Self { because: because.into(), next: next.into(), until: None })
    }

    /// A lock that time opens.
    pub fn until(until: Timestamp, because: impl Into<String>) -> Option<Self> {
        let next = "Nothing else is needed: it opens by itself at that time.".to_owned();
        Some(Self { because: because.into(), next, until: Some(until) })
    }

    /// The lock while it is not known how an order ended.
    pub fn unsettled(order: &OrderId, step: &str) -> Option<Self> {
        Self::new(
            format!("it is not known yet how order {order} ({step}) ended"),
            "Check the order first: the place is asked what became of it.",
        )
    }

    /// The refusal of `operation` by this lock, with the time at which it opens by itself.
    pub fn refuses(self, operation: &'static str) -> Error {
        let opens = self.until.map(|until| until.strftime(" It opens at %Y-%m-%d %H:%M:%S UTC.").to_string());
        let next = format!("{}{}", self.next, opens.unwrap_or_default());
        Error::new(Kind::Conflict, operation, self.because).with_refused_by("this app").with_next(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_when_the_lock_opens_by_itself() {
        let until: Timestamp = "2026-12-11T05:00:00Z".parse().unwrap();
        let refused = Lock::until(until, "nobody touches it").unwrap().refuses("go on");
        assert!(refused.next().ends_with(" It opens at 2026-12-11 05:00:00 UTC."), "{}", refused.next());
        let other = Lock::new("it is there", "Look first.").unwrap().refuses("go on");
        assert_eq!((other.kind(), other.next()), (Kind::Conflict, "Look first."));
    }
}
