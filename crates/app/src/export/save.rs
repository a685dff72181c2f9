//! Writing exports to disk: whole or not at all, readable by all, never over a file that nobody chose.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use domain::{Error, Kind, Result};

use super::file_name::numbered;

const OPERATION: &str = "save the export";

/// Writes over `path`, which the person has chosen and confirmed in the dialog.
///
/// # Errors
/// `Unexpected` if it cannot be written; then what was there is as before.
pub(super) fn over(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || {
        let (beside, mut file) = create_beside(path)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&beside, path));
        if written.is_err() {
            // The first error is the one to tell; what is left behind has a name that says what it is.
            let _ = fs::remove_file(&beside);
        }
        written
    };
    write().map_err(|cause| failed(path, cause))
}

/// Writes a new file into `folder`; if the name is taken, one with a number.
///
/// # Errors
/// `Unexpected` if it cannot be written.
pub(super) fn into_folder(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf> {
    let mut path = folder.join(name);
    let mut number = 0;
    loop {
        match create_new(&path) {
            Ok(mut file) => {
                return file.write_all(bytes).and_then(|()| file.sync_all()).map(|()| path.clone()).map_err(|cause| {
                    let _ = fs::remove_file(&path);
                    failed(&path, cause)
                });
            }
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {
                number += 1;
                path = folder.join(numbered(name, number));
            }
            Err(cause) => return Err(failed(&path, cause)),
        }
    }
}

fn create_beside(path: &Path) -> io::Result<(PathBuf, fs::File)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut number = 0_u32;
    loop {
        let beside = path.with_file_name(format!(".{name}.claviger-{number}"));
        match create_new(&beside) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            created => return created.map(|file| (beside, file)),
        }
    }
}

/// Public material: everybody may read it.
fn create_new(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o644);
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
        over(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["a.pem"]);
        let error = over(&folder.path().join("no/such/a.pem"), b"new").unwrap_err();
        assert_eq!(error.kind(), Kind::Unexpected);
        fs::create_dir(folder.path().join("folder")).unwrap();
        over(&folder.path().join("folder"), b"new").unwrap_err();
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
}
