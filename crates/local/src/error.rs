//! What goes wrong with a keystore, as `domain::Error`: one table for the file system, one word for each other failure.

use std::{io, path::Path};

use domain::{Error, Kind};

/// A failed call to the file system while doing `operation` on `path`.
pub(crate) fn of_file(operation: &'static str, path: &Path, cause: io::Error) -> Error {
    let shown = path.display();
    let error = match cause.kind() {
        io::ErrorKind::NotFound => Error::new(Kind::NotFound, operation, format!("there is no file or folder {shown}"))
            .with_next("Check the path; the file may have been moved, or its disk is not attached."),
        io::ErrorKind::AlreadyExists => Error::new(Kind::Conflict, operation, format!("{shown} already exists"))
            .with_next("Open the existing file, or choose another name."),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            Error::new(Kind::Denied, operation, format!("the operating system does not allow access to {shown}"))
                .with_permission(format!("access to {shown}"))
                .with_refused_by("the operating system")
                .with_next("Check who owns the file and its folder, and their permissions.")
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Error::new(Kind::Unexpected, operation, format!("there is no room left for {shown}"))
                .with_next("Make room on the disk, then try again.")
        }
        // The system has many more; a person acts on all of them alike.
        _ => Error::new(Kind::Unexpected, operation, format!("{shown}: {cause}")),
    };
    error.with_source(cause)
}

/// The file is not what its writer left: damaged, cut short, changed by another hand, or no keystore at all.
pub(crate) fn damaged(operation: &'static str, path: &Path, what: &str) -> Error {
    Error::new(Kind::Invalid, operation, format!("{}: {what}", path.display()))
        .with_next("Restore the file from a backup, or choose another one.")
}

/// The file cannot be unlocked with what was given.
pub(crate) fn locked(message: impl Into<String>, next: &str) -> Error {
    Error::new(Kind::SignedOut, "unlock the keystore", message).with_next(next)
}

/// AWS-LC refused something that cannot fail for a reason of the person's.
pub(crate) fn cryptography(operation: &'static str, what: &str) -> Error {
    Error::new(Kind::Unexpected, operation, format!("the cryptographic library failed to {what}"))
}

/// A thread of ours broke off.
pub(crate) fn broken_off(operation: &'static str, cause: tokio::task::JoinError) -> Error {
    Error::new(Kind::Unexpected, operation, "the work broke off inside the app").with_source(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_told_what_to_do_about_the_file() {
        let of = |kind: io::ErrorKind| of_file("open the keystore", Path::new("/x/y"), kind.into());
        assert_eq!(of(io::ErrorKind::NotFound).kind(), Kind::NotFound);
        assert_eq!(of(io::ErrorKind::AlreadyExists).kind(), Kind::Conflict);
        let denied = of(io::ErrorKind::PermissionDenied);
        assert_eq!((denied.kind(), denied.refused_by()), (Kind::Denied, Some("the operating system")));
        assert!(denied.message().contains("/x/y"));
        assert_eq!(of(io::ErrorKind::BrokenPipe).kind(), Kind::Unexpected);
    }
}
