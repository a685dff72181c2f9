//! What reaches out to a consumer of a key: a command on this computer.
//!
//! Each call goes out once: nothing here tries again. An error says by [`domain::Changed`] whether the consumer may have
//! acted. Why a consumer is told, and what follows from its answer, is decided above.

pub mod command;
mod hidden;
mod kept;
mod words;

use std::time::Duration;

/// How long is waited, and how much of an answer is taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// From the start to the end of the whole call.
    pub deadline: Duration,
    /// The most bytes that are held of an answer, or of each of a command's two outputs.
    pub kept: usize,
}

impl Limits {
    /// A command: a minute, and of each output the first and the last 4 KiB.
    pub const COMMAND: Self = Self { deadline: Duration::from_secs(60), kept: 8 * 1024 };
}

/// How a consumer took it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Report {
    /// What shows that it was done, such as `exit code 0 after 1.2 s`.
    pub evidence: String,
    /// What the consumer said, as far as it was kept. Untrusted text.
    pub output: String,
    /// How many bytes a command printed in all.
    pub bytes: u64,
}
