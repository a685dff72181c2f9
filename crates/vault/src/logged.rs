//! What is logged of each request: what it is for, how it was answered, and how long that took. Never what is in it.

use std::{borrow::Cow, time::Instant};

use serde::Deserialize;

use crate::wire::Answer;

/// A request that went out.
#[derive(Debug)]
pub(crate) struct Logged {
    operation: &'static str,
    begun: Instant,
}

/// The number under which the server's audit devices have the request.
#[derive(Deserialize)]
struct Numbered<'a> {
    #[serde(borrow)]
    request_id: Cow<'a, str>,
}

impl Logged {
    /// A request goes out.
    pub(crate) fn begin(operation: &'static str) -> Self {
        tracing::trace!(operation, "a request goes out");
        Self { operation, begun: Instant::now() }
    }

    /// It was answered, or has failed.
    pub(crate) fn end(self, answer: Option<&Answer>) {
        // Nothing is read twice for a line that nobody writes.
        if !tracing::enabled!(tracing::Level::DEBUG) {
            return;
        }
        let numbered = answer.and_then(|answer| serde_json::from_slice::<Numbered<'_>>(&answer.body).ok());
        tracing::debug!(
            operation = self.operation,
            status = answer.map(|answer| answer.status),
            request_id = numbered.as_ref().map(|numbered| numbered.request_id.as_ref()),
            took = ?self.begun.elapsed(),
            "a request is over"
        );
    }
}
