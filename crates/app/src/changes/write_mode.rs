//! Which connections may be changed through, and until when.

use std::{
    collections::HashMap,
    sync::Mutex,
    time::{Duration, Instant},
};

use domain::Timestamp;

use crate::locked;

/// How long changes are allowed.
const LASTS: Duration = Duration::from_secs(15 * 60);

/// When changes end to be allowed: by a clock that cannot be set back, and as a person reads it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Until {
    instant: Instant,
    pub(crate) wall: Timestamp,
}

/// By the connection's number. What is not here is read-only, as everything is at the start.
#[derive(Default)]
pub(crate) struct WriteModes(Mutex<HashMap<i64, Until>>);

impl Until {
    pub(crate) fn in_a_quarter() -> Self {
        Self { instant: Instant::now() + LASTS, wall: Timestamp::now() + LASTS }
    }
}

impl WriteModes {
    pub(crate) fn set(&self, connection: i64, until: Option<Until>) {
        match until {
            Some(until) => locked(&self.0).insert(connection, until),
            None => locked(&self.0).remove(&connection),
        };
    }

    /// Until when changes are allowed; `None` while it is read-only.
    pub(crate) fn until(&self, connection: i64) -> Option<Timestamp> {
        locked(&self.0).get(&connection).filter(|until| Instant::now() < until.instant).map(|until| until.wall)
    }
}
