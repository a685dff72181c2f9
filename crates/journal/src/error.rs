//! SQLite's and the file system's errors as `domain::Error`, in one table.

use std::{io, path::Path};

use domain::{Error, Kind};
use rusqlite::ErrorCode;

/// What SQLite says while doing `operation`.
pub(crate) fn of_sqlite(operation: &'static str, cause: rusqlite::Error) -> Error {
    let (kind, message, next) = match cause.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => (
            Kind::Interrupted,
            "another Claviger is using the file and does not let go",
            "Close the other Claviger, then try again.",
        ),
        Some(ErrorCode::DiskFull) => (Kind::Unexpected, "the disk is full", "Free some space, then try again."),
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => (
            Kind::Unexpected,
            "the file may not be opened or written",
            "Check who owns Claviger's folder, or name another in CLAVIGER_HOME.",
        ),
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            (Kind::Unexpected, "the file is damaged", "Start Claviger again: it sets a damaged file aside.")
        }
        Some(ErrorCode::SystemIoFailure) => {
            (Kind::Unexpected, "the disk reported an error", "Check the disk, then try again.")
        }
        Some(_) | None => {
            (Kind::Unexpected, "SQLite reported an error", "Try again; if it stays, report it with the log.")
        }
    };
    Error::new(kind, operation, message).with_next(next).with_source(cause)
}

/// What the file system says about `path` while doing `operation`.
pub(crate) fn of_file(operation: &'static str, path: &Path, cause: io::Error) -> Error {
    Error::new(Kind::Unexpected, operation, format!("{}: {cause}", path.display()))
        .with_next("Check who owns Claviger's folder, or name another in CLAVIGER_HOME.")
        .with_source(cause)
}

/// A stored text that does not read back. Only a hand or a fault in the file can cause it.
pub(crate) fn unreadable(operation: &'static str, what: &str) -> Error {
    Error::new(Kind::Unexpected, operation, format!("{what} does not read back"))
        .with_next("Remove the connection and connect again.")
}
