//! Writing exports to disk: whole or not at all, never over a file that nobody chose, and what is private for its owner
//! alone from its first byte on.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use domain::{Error, Kind, Result};

use super::file_name::numbered;

const OPERATION: &str = "save the export";

/// Who may read a file, where the system keeps account of that.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Readers {
    /// Public material.
    Everybody,
    /// Private material.
    Owner,
}

/// Writes over `path`, which the person has chosen and confirmed in the dialog.
///
/// # Errors
/// `Unexpected` if it cannot be written; then what was there is as before.
pub(crate) fn over(path: &Path, bytes: &[u8], readers: Readers) -> Result<()> {
    let write = || {
        let (beside, mut file) = create_beside(path, readers)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&beside, path));
        if written.is_err() {
            // The first error is the one to tell; what is left behind has a name that says what it is.
            let _ = fs::remove_file(&beside);
        }
        written
    };
    write().map_err(|cause| failed(path, cause))
}

/// Writes a file that is not there yet.
///
/// # Errors
/// `Conflict` if it is there; `Unexpected` if it cannot be written.
pub(crate) fn new(path: &Path, bytes: &[u8], readers: Readers) -> Result<()> {
    match create_new(path, readers) {
        Ok(file) => fill(path, file, bytes),
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => Err(taken(path)),
        Err(cause) => Err(failed(path, cause)),
    }
}

/// The error of a file that is there already.
pub(super) fn taken(path: &Path) -> Error {
    Error::new(Kind::Conflict, OPERATION, format!("{} is there already", path.display()))
        .with_refused_by("this app")
        .with_next("Nothing was written. Name a file that is not there yet.")
}

fn fill(path: &Path, mut file: fs::File, bytes: &[u8]) -> Result<()> {
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|cause| {
        let _ = fs::remove_file(path);
        failed(path, cause)
    })
}

/// Writes a new public file into `folder`; if the name is taken, one with a number.
///
/// # Errors
/// `Unexpected` if it cannot be written.
pub(super) fn into_folder(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf> {
    let mut path = folder.join(name);
    let mut number = 0;
    loop {
        match create_new(&path, Readers::Everybody) {
            Ok(file) => return fill(&path, file, bytes).map(|()| path),
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {
                number += 1;
                path = folder.join(numbered(name, number));
            }
            Err(cause) => return Err(failed(&path, cause)),
        }
    }
}

fn create_beside(path: &Path, readers: Readers) -> io::Result<(PathBuf, fs::File)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut number = 0_u32;
    loop {
        let beside = path.with_file_name(format!(".{name}.claviger-{number}"));
        match create_new(&beside, readers) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            created => return created.map(|file| (beside, file)),
        }
    }
}

fn create_new(path: &Path, readers: Readers) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(
        &mut options,
        match readers {
            Readers::Everybody => 0o644,
            Readers::Owner => 0o600,
        },
    );
    #[cfg(not(unix))]
    let _ = readers;
    options.open(path)
}

fn failed(path: &Path, cause: io::Error) -> Error {
    Error::new(Kind::Unexpected, OPERATION, format!("{}: {cause}", path.display()))
        .with_next("Check the folder and the space on the disk, then save again.")
        .with_source(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_folder_keeps_every_file_it_had() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["one", "two", "three"] {
            into_folder(folder.path(), "a.jwk.json", text.as_bytes()).unwrap();
        }
        assert_eq!(names(folder.path()), ["a-1.jwk.json", "a-2.jwk.json", "a.jwk.json"]);
        assert_eq!(fs::read(folder.path().join("a.jwk.json")).unwrap(), b"one");
        assert_eq!(fs::read(folder.path().join("a-2.jwk.json")).unwrap(), b"three");
    }

    #[cfg(unix)]
    #[test]
    fn a_dangling_link_in_the_folder_is_not_followed() {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::os::unix::fs::symlink(elsewhere.path().join("target"), folder.path().join("a.pem")).unwrap();
        assert_eq!(into_folder(folder.path(), "a.pem", b"x").unwrap(), folder.path().join("a-1.pem"));
        assert!(names(elsewhere.path()).is_empty());
    }

    #[test]
    fn a_chosen_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pem");
        fs::write(&path, "a longer text than the new one").unwrap();
        over(&path, b"new", Readers::Everybody).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["a.pem"]);
        let error = over(&folder.path().join("no/such/a.pem"), b"new", Readers::Everybody).unwrap_err();
        assert_eq!(error.kind(), Kind::Unexpected);
        fs::create_dir(folder.path().join("folder")).unwrap();
        over(&folder.path().join("folder"), b"new", Readers::Everybody).unwrap_err();
        assert_eq!(names(folder.path()), ["a.pem", "folder"]);
    }

    #[cfg(unix)]
    #[test]
    fn public_material_may_be_read_by_everybody_and_written_by_its_owner() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = into_folder(folder.path(), "a.pem", b"x").unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        // The process's mask may take away, never add.
        assert_eq!(mode & !0o644, 0);
        assert_eq!(mode & 0o600, 0o600);
    }
    #[cfg(unix)]
    #[test]
    fn private_material_is_its_owners_alone_even_where_a_public_file_was() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let path = folder.path().join("a.pfx");
        fs::write(&path, "public").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        over(&path, b"x", Readers::Owner).unwrap();
        assert_eq!(mode(&path), 0o600);
        let another = folder.path().join("b.pfx");
        new(&another, b"x", Readers::Owner).unwrap();
        assert_eq!(mode(&another), 0o600);
        assert_eq!(new(&another, b"y", Readers::Owner).unwrap_err().kind(), Kind::Conflict);
        assert_eq!(fs::read(&another).unwrap(), b"x");
    }
}
