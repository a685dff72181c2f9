//! The keystore's file on the disk: read whole, written whole. A reader sees the old file or the new one, never a part.

use std::{
    fs::{self, File, Metadata},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::SystemTime,
};

use aws_lc_rs::digest::{SHA256, digest};
use domain::{Changed, Error, Kind, Result};
use tempfile::NamedTempFile;

use crate::{
    envelope::TRAILER_BYTES,
    error::{damaged, of_file},
};

const OPEN: &str = "open the keystore";
const SAVE: &str = "save the keystore";
/// Far above ten thousand RSA keys; below what would stall the app.
const MOST_BYTES: u64 = 256 << 20;

/// The end of the name of a new file, and how many letters and digits make it its own.
const SUFFIX: &str = ".new";
const RANDOM: usize = 6;

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
    let beside = write_beside(path, bytes, write_through).map_err(failed)?;
    let file = beside.persist_noclobber(path).map_err(|refused| failed(refused.error))?;
    sync_folder(path).map_err(failed)?;
    Ok(Stamp::of_content(&file.metadata().map_err(failed)?, bytes))
}

/// The calls to the disk that may fail while a file is replaced. Tests put failing ones in their place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Disk {
    /// Writes the new file, down to the disk.
    pub(crate) write: fn(&mut File, &[u8]) -> io::Result<()>,
    /// Makes a rename in the folder of that file last.
    pub(crate) sync_folder: fn(&Path) -> io::Result<()>,
}

impl Disk {
    /// Those of the operating system.
    pub(crate) const REAL: Self = Self { write: write_through, sync_folder };
}

/// The right to replace a file: no other Claviger does meanwhile.
#[derive(Debug)]
pub(crate) struct Held {
    /// A link is followed: its target is replaced, not the link.
    path: PathBuf,
    /// Closing it unlocks.
    lock: Option<File>,
}

/// Waits until no other Claviger holds the file, and holds it.
pub(crate) fn hold(path: &Path) -> Result<Held> {
    let failed = |cause| of_file(SAVE, path, cause);
    let path = path.canonicalize().map_err(failed)?;
    loop {
        let lock = lock(&path).map_err(failed)?;
        // Whoever waited may hold the lock of a file that was replaced meanwhile.
        if lock.as_ref().map_or(Ok(true), |file| is_at(file, &path)).map_err(failed)? {
            return Ok(Held { path, lock });
        }
    }
}

impl Held {
    /// Replaces the file, if it is still in the state `expected`.
    ///
    /// # Errors
    /// `Conflict` if somebody else wrote it meanwhile. The error tells whether everything is as before, or whether that
    /// is not known since the new file may be in its place.
    pub(crate) fn replace(&self, expected: &Stamp, bytes: &[u8], disk: Disk) -> Result<Stamp> {
        let path = &self.path;
        let failed = |cause| of_file(SAVE, path, cause);
        if Stamp::of(path)? != *expected {
            let message = format!("{} was changed since it was opened", path.display());
            return Err(Error::new(Kind::Conflict, SAVE, message).with_next("Open it again, and repeat the change."));
        }
        if self.lock.is_some() {
            sweep(path);
        }
        let beside = write_beside(path, bytes, disk.write).map_err(failed)?;
        let file = match beside.persist(path) {
            Ok(file) => file,
            Err(refused) => {
                let error = failed(refused.error);
                let untouched = Stamp::of(path).is_ok_and(|now| now == *expected);
                return Err(if untouched { error } else { in_doubt(error) });
            }
        };
        (disk.sync_folder)(path).map_err(|cause| in_doubt(failed(cause)))?;
        // Asked of the file in hand: under the path there may be the next writer's already.
        let about = file.metadata().map_err(|cause| in_doubt(failed(cause)))?;
        Ok(Stamp::of_content(&about, bytes))
    }
}

/// The new file was being put in its place: after a loss of power either may be there.
fn in_doubt(error: Error) -> Error {
    error
        .with_changed(Changed::Unknown)
        .with_next("Check again once the disk is in order: the file is read, and tells.")
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

/// In the same folder, since a rename is atomic only within one file system. `tempfile` makes it mode 0600, and removes
/// it if it is not put in its place.
fn write_beside(
    path: &Path,
    bytes: &[u8],
    write: impl Fn(&mut File, &[u8]) -> io::Result<()>,
) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    let mut file = builder.prefix(&prefix(path)).suffix(SUFFIX).rand_bytes(RANDOM).tempfile_in(folder(path))?;
    write(file.as_file_mut(), bytes)?;
    Ok(file)
}

/// Of new files of that keystore and no other one in the folder. Short, however long the keystore's name is.
fn prefix(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    let digest: String = digest(&SHA256, name).as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!(".keystore-{digest}-")
}

/// Takes away what a writer left that was killed before it put its new file in place. Only whoever holds the keystore
/// writes beside it, so nobody is at it now. What cannot be taken away does no harm: it is encrypted.
fn sweep(path: &Path) {
    let prefix = prefix(path);
    let is_left = |name: &str| {
        let random = name.strip_prefix(&prefix).and_then(|rest| rest.strip_suffix(SUFFIX));
        random.is_some_and(|random| random.len() == RANDOM)
    };
    for entry in fs::read_dir(folder(path)).into_iter().flatten().flatten() {
        if entry.file_name().to_str().is_some_and(is_left) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn write_through(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.sync_all()
}

/// Keeps other writers of this app away until it is dropped. `None` where the file system has no such locks; then only
/// the file's stamp tells two writers apart.
#[cfg(unix)]
fn lock(path: &Path) -> io::Result<Option<File>> {
    let file = File::options().read(true).write(true).open(path)?;
    match file.lock() {
        Ok(()) => Ok(Some(file)),
        Err(cause) if cause.kind() == io::ErrorKind::Unsupported => Ok(None),
        Err(cause) => Err(cause),
    }
}

/// Windows refuses to replace a file that is held open.
#[cfg(not(unix))]
fn lock(_path: &Path) -> io::Result<Option<File>> {
    Ok(None)
}

/// Whether the open file is the one under that path.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let (held, there) = (file.metadata()?, path.metadata()?);
    Ok((held.dev(), held.ino()) == (there.dev(), there.ino()))
}

/// Nothing is held there.
#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> io::Result<bool> {
    Ok(true)
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(folder(path))?.sync_all()
}

/// Only Unix lets a folder be opened and synced.
#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replace(path: &Path, expected: &Stamp, bytes: &[u8]) -> Result<Stamp> {
        hold(path)?.replace(expected, bytes, Disk::REAL)
    }

    #[test]
    fn a_new_file_is_its_owners_and_never_replaces_another() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("keys");
        create(&path, b"first").unwrap();
        assert_eq!(create(&path, b"second").unwrap_err().kind(), Kind::Conflict);
        assert_eq!(fs::read(&path).unwrap(), b"first");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1, "nothing is left beside it");
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
        assert_eq!(fs::read(&path).unwrap(), b"other");
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
        assert_eq!(fs::read(&target).unwrap(), b"other");
    }
}
