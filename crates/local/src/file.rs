//! The keystore's file on the disk: read whole, written whole. A reader sees the old file or the new one, never a part.

use std::{
    fs::{File, Metadata},
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::SystemTime,
};

use domain::{Error, Kind, Result};
use tempfile::NamedTempFile;

use crate::{
    envelope::TRAILER_BYTES,
    error::{damaged, of_file},
};

const OPEN: &str = "open the keystore";
const SAVE: &str = "save the keystore";
/// Far above ten thousand RSA keys; below what would stall the app.
const MOST_BYTES: u64 = 256 << 20;

/// Tells one state of a file from another without reading all of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    /// The file's digest of itself, see [`TRAILER_BYTES`]: a clock of coarse steps cannot hide a change.
    trailer: Vec<u8>,
}

impl Stamp {
    pub(crate) fn of(path: &Path) -> Result<Self> {
        let failed = |cause| of_file(OPEN, path, cause);
        let mut file = regular(path)?;
        let about = file.metadata().map_err(failed)?;
        let tail = about.len().saturating_sub(TRAILER_BYTES as u64);
        file.seek(SeekFrom::Start(tail)).map_err(failed)?;
        let mut trailer = Vec::with_capacity(TRAILER_BYTES);
        file.take(TRAILER_BYTES as u64).read_to_end(&mut trailer).map_err(failed)?;
        Ok(Self { modified: about.modified().ok(), length: about.len(), trailer })
    }

    /// Of a file whose content is known.
    fn of_content(about: &Metadata, bytes: &[u8]) -> Self {
        let trailer = bytes[bytes.len().saturating_sub(TRAILER_BYTES)..].to_vec();
        Self { modified: about.modified().ok(), length: about.len(), trailer }
    }
}

/// The whole file, and the state it was in.
pub(crate) fn read(path: &Path) -> Result<(Vec<u8>, Stamp)> {
    let failed = |cause| of_file(OPEN, path, cause);
    let file = regular(path)?;
    let about = file.metadata().map_err(failed)?;
    if about.len() > MOST_BYTES {
        return Err(damaged(OPEN, path, "not a keystore: the file is too large"));
    }
    let mut bytes = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut bytes).map_err(failed)?;
    let stamp = Stamp::of_content(&about, &bytes);
    Ok((bytes, stamp))
}

/// Writes a file that must not exist yet, readable by its owner only.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> Result<Stamp> {
    let failed = |cause| of_file("make the keystore", path, cause);
    let beside = write_beside(path, bytes).map_err(failed)?;
    let file = beside.persist_noclobber(path).map_err(|refused| failed(refused.error))?;
    sync_folder(path).map_err(failed)?;
    Ok(Stamp::of_content(&file.metadata().map_err(failed)?, bytes))
}

/// Replaces the file, if it is still in the state `expected`.
///
/// # Errors
/// `Conflict` if somebody else wrote it meanwhile; then nothing is changed.
pub(crate) fn replace(path: &Path, expected: &Stamp, bytes: &[u8]) -> Result<Stamp> {
    let failed = |cause| of_file(SAVE, path, cause);
    // A link is followed: its target is replaced, not the link.
    let path = &path.canonicalize().map_err(failed)?;
    let _held = hold(path).map_err(failed)?;
    if Stamp::of(path)? != *expected {
        let message = format!("{} was changed since it was opened", path.display());
        return Err(Error::new(Kind::Conflict, SAVE, message).with_next("Open it again, and repeat the change."));
    }
    let beside = write_beside(path, bytes).map_err(failed)?;
    // Asked of the file in hand: under the path there may be the next writer's already.
    let file = beside.persist(path).map_err(|refused| failed(refused.error))?;
    sync_folder(path).map_err(failed)?;
    Ok(Stamp::of_content(&file.metadata().map_err(failed)?, bytes))
}

fn regular(path: &Path) -> Result<File> {
    let failed = |cause| of_file(OPEN, path, cause);
    // Asked before opening, since opening a pipe would wait for its other end.
    if !path.metadata().map_err(failed)?.is_file() {
        return Err(damaged(OPEN, path, "not a file"));
    }
    File::open(path).map_err(failed)
}

fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        Some(_) | None => PathBuf::from("."),
    }
}

/// In the same folder, since a rename is atomic only within one file system. `tempfile` makes it mode 0600.
fn write_beside(path: &Path, bytes: &[u8]) -> std::io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix(".keystore-").suffix(".new").tempfile_in(folder(path))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Keeps other writers of this app away until it is dropped. The lock belongs to the file that is about to be replaced:
/// whoever waited for it finds another stamp under the path afterwards.
#[cfg(unix)]
fn hold(path: &Path) -> std::io::Result<Option<File>> {
    let file = File::options().read(true).write(true).open(path)?;
    match file.lock() {
        Ok(()) => Ok(Some(file)),
        Err(cause) if cause.kind() == std::io::ErrorKind::Unsupported => Ok(None),
        Err(cause) => Err(cause),
    }
}

/// Windows refuses to replace a file that is held open.
#[cfg(not(unix))]
fn hold(_path: &Path) -> std::io::Result<Option<File>> {
    Ok(None)
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> std::io::Result<()> {
    File::open(folder(path))?.sync_all()
}

/// Only Unix lets a folder be opened and synced.
#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_is_its_owners_and_never_replaces_another() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("keys");
        create(&path, b"first").unwrap();
        assert_eq!(create(&path, b"second").unwrap_err().kind(), Kind::Conflict);
        assert_eq!(std::fs::read(&path).unwrap(), b"first");
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 1, "nothing is left beside it");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_file_changed_meanwhile_is_not_replaced() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("keys");
        let seen = create(&path, b"first").unwrap();
        let newer = replace(&path, &seen, b"other").unwrap();
        assert_ne!(seen, newer);
        assert_eq!(replace(&path, &seen, b"third").unwrap_err().kind(), Kind::Conflict);
        assert_eq!(std::fs::read(&path).unwrap(), b"other");
    }

    #[test]
    fn what_is_no_file_is_refused_without_waiting() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(read(home.path()).unwrap_err().kind(), Kind::Invalid);
        assert_eq!(read(&home.path().join("absent")).unwrap_err().kind(), Kind::NotFound);
        assert_eq!(read(Path::new("/dev/zero")).unwrap_err().kind(), Kind::Invalid);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_when_its_target_is_replaced() {
        let home = tempfile::tempdir().unwrap();
        let (target, link) = (home.path().join("keys"), home.path().join("link"));
        let seen = create(&target, b"first").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        replace(&link, &seen, b"other").unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(std::fs::read(&target).unwrap(), b"other");
    }
}
