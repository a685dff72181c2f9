//! What is logged of each request: what it is for, how it was answered, and how long that took. Never what is in it.

use std::{borrow::Cow, time::Instant};

/// A request that went out.
#[derive(Debug)]
pub(crate) struct Logged {
    operation: Cow<'static, str>,
    begun: Instant,
}

impl Logged {
    /// A request goes out.
    pub(crate) fn begin(operation: impl Into<Cow<'static, str>>) -> Self {
        let operation = operation.into();
        tracing::trace!(%operation, "a request goes out");
        Self { operation, begun: Instant::now() }
    }

    /// It was answered with that status under the service's own number, or has failed.
    pub(crate) fn end(self, status: Option<u16>, request_id: Option<&str>) {
        tracing::debug!(operation = %self.operation, status, request_id, took = ?self.begun.elapsed(), "a request is over");
    }
}
