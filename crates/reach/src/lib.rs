//! What reaches out to a consumer of a key: a command on this computer, a webhook, a look at what an endpoint publishes.
//!
//! Each call goes out once: nothing here tries again. An error says by [`domain::Changed`] whether the consumer may have
//! acted. Why a consumer is told, and what follows from its answer, is decided above.
//!
//! # For the receiver of a webhook
//!
//! Each delivery is a POST with a JSON body and three headers of ours: `claviger-delivery`, the same when one delivery is
//! sent again; `claviger-timestamp`, seconds since 1970; and `claviger-signature`, `v1=` with the HMAC-SHA256 (RFC 2104)
//! of the timestamp, a dot and the body's bytes, as lower-case hexadecimal. Check it over the bytes as they came, before
//! they are parsed, and refuse what is older than a few minutes: an old delivery can be recorded and played again.
//!
//! ```
//! use hmac::{Hmac, KeyInit, Mac};
//! use sha2::Sha256;
//!
//! fn verify(secret: &[u8], now: i64, timestamp: &str, signature: &str, body: &[u8]) -> bool {
//!     let Ok(sent) = timestamp.parse::<i64>() else { return false };
//!     let hex = signature.strip_prefix("v1=").unwrap_or_default().as_bytes();
//!     let pairs = hex.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
//!     let Some(tag) = pairs.collect::<Option<Vec<u8>>>() else { return false };
//!     let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return false };
//!     mac.update(timestamp.as_bytes());
//!     mac.update(b".");
//!     mac.update(body);
//!     // In constant time; two texts compared with `==` tell by the time it takes how much of them was right.
//!     now.abs_diff(sent) <= 300 && mac.verify_slice(&tag).is_ok()
//! }
//!
//! let secret = domain::Secret::from_text("at least 32 random characters....".to_owned());
//! let signature = reach::webhook::signature(&secret, 1_700_000_000, b"{}");
//! assert!(verify(secret.expose(), 1_700_000_007, "1700000000", &signature, b"{}"));
//! assert!(!verify(secret.expose(), 1_700_000_007, "1700000001", &signature, b"{}"));
//! assert!(!verify(secret.expose(), 1_700_000_007, "1700000000", &signature, b"{ }"));
//! assert!(!verify(secret.expose(), 1_700_003_600, "1700000000", &signature, b"{}"));
//! assert!(!verify(b"another", 1_700_000_007, "1700000000", &signature, b"{}"));
//! ```

pub mod command;
pub mod endpoint;
mod hidden;
mod http;
mod kept;
mod trust;
pub mod webhook;
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
    /// A webhook: half a minute, and the first 8 KiB of the answer.
    pub const WEBHOOK: Self = Self { deadline: Duration::from_secs(30), kept: 8 * 1024 };
    /// A look at an endpoint: half a minute, and 1 MiB; a longer answer is refused.
    pub const ENDPOINT: Self = Self { deadline: Duration::from_secs(30), kept: 1024 * 1024 };
}

/// How a consumer took it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Report {
    /// What shows that it was done, such as `exit code 0 after 1.2 s` or `204 after 80 ms`.
    pub evidence: String,
    /// What the consumer said, as far as it was kept. Untrusted text.
    pub output: String,
    /// How many bytes a command printed in all; of a webhook's answer, how many were read.
    pub bytes: u64,
}
