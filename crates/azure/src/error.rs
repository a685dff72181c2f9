//! The failures of Azure's services as [`domain::Error`]: one table by status and code, and the faults of the way.

use std::fmt;

use domain::{Error, Kind};

/// Who refuses.
pub(crate) const AZURE: &str = "Azure";

/// A link that an answer held leads to another host than the vault's.
#[derive(Debug)]
pub(crate) struct Elsewhere {
    pub(crate) host: String,
    pub(crate) named: String,
}

impl fmt::Display for Elsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} told to go on at {}, which is not followed", self.host, self.named)
    }
}

impl std::error::Error for Elsewhere {}

/// An error of the official crates. Their own words hide the cause, so status and source are looked at.
pub(crate) fn of_azure(operation: &'static str, cause: azure_core::Error) -> Error {
    let kind = match cause.http_status().map(u16::from) {
        Some(401) => Kind::SignedOut,
        Some(403) => Kind::Denied,
        Some(404) => Kind::NotFound,
        Some(409) => Kind::Conflict,
        Some(429) => Kind::Throttled,
        Some(400) => Kind::Invalid,
        Some(500..=599) => Kind::Interrupted,
        _ => Kind::Unexpected,
    };
    Error::new(kind, operation, cause.to_string()).with_refused_by(AZURE)
}
