//! Which connections may be changed through, and until when; and how long other things of a change are waited for.

use std::{
    collections::HashMap,
    sync::Mutex,
    time::{Duration, Instant},
};

use domain::Timestamp;

use crate::locked;

/// How long changes are allowed.
const WRITES: Duration = Duration::from_secs(15 * 60);
/// How long a plan may wait: what it was made from should still be so.
const PLANS: Duration = Duration::from_secs(10 * 60);

/// How long a reading is repeated that does not show what the provider said is done: some places show it late.
const LATE: Duration = Duration::from_secs(10);
/// How long a reading is repeated that shows nothing of a step whose answer was lost: it may still be on its way, and KMS
/// shows a new key late. Only afterwards it is believed that nothing happened.
const LOST: Duration = Duration::from_secs(120);

/// How long things hold or are waited for.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Of the write mode of a connection.
    pub writes: Duration,
    /// Of a plan that waits for its confirmation.
    pub plans: Duration,
    /// For the effect of a step that the provider said is done.
    pub late: Duration,
    /// For the effect of a step whose answer was lost, from its sending on.
    pub lost: Duration,
    /// For the end of a command that a consumer is told by.
    pub command: Duration,
    /// For the answer of a consumer's webhook.
    pub webhook: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let (command, webhook) = (reach::Limits::COMMAND.deadline, reach::Limits::WEBHOOK.deadline);
        Self { writes: WRITES, plans: PLANS, late: LATE, lost: LOST, command, webhook }
    }
}

/// An end that comes by the earlier of two clocks: one cannot be set back, and the other goes on while the computer sleeps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Until {
    instant: Instant,
    /// As a person reads it.
    pub(crate) wall: Timestamp,
}

/// By the connection's number. What is not here is read-only, as everything is at the start.
#[derive(Default)]
pub(crate) struct WriteModes {
    until: Mutex<HashMap<i64, Until>>,
    /// Held while a mode is journalled and set, so that the journal tells them in the order in which they came to hold.
    pub(crate) turn: tokio::sync::Mutex<()>,
}

impl Until {
    pub(crate) fn after(wait: Duration) -> Self {
        Self { instant: Instant::now() + wait, wall: Timestamp::now() + wait }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.is_over_at(Instant::now(), Timestamp::now())
    }

    fn is_over_at(&self, instant: Instant, wall: Timestamp) -> bool {
        self.instant <= instant || self.wall <= wall
    }
}

impl WriteModes {
    pub(crate) fn set(&self, connection: i64, until: Option<Until>) {
        match until {
            Some(until) => locked(&self.until).insert(connection, until),
            None => locked(&self.until).remove(&connection),
        };
    }

    /// Until when changes are allowed; `None` while it is read-only.
    pub(crate) fn until(&self, connection: i64) -> Option<Timestamp> {
        locked(&self.until).get(&connection).filter(|until| !until.is_over()).map(|until| until.wall)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_by_the_earlier_of_two_clocks() {
        let until = Until::after(WRITES);
        let (start, now) = (until.instant - WRITES, until.wall - WRITES);
        let (minute, hour) = (Duration::from_secs(60), Duration::from_secs(3600));
        assert!(!until.is_over_at(start, now));
        assert!(!until.is_over_at(start + 14 * minute, now + 14 * minute));
        assert!(until.is_over_at(start + 15 * minute, now + 15 * minute));
        assert!(until.is_over_at(start + 15 * minute, now - hour), "the clock was set back");
        assert!(until.is_over_at(start + minute, now + hour), "the computer slept");
    }
}
