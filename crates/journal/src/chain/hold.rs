//! The hold on one order: a locked file, which the system lets go when its process ends, however it ends.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use domain::{OrderId, Result};

use super::Chain;
use crate::error::of_file;

const HOLD: &str = "hold the order";

/// Nobody else carries the order out or settles it while this lives.
#[derive(Debug)]
pub struct Held {
    /// Locked; closing it unlocks.
    _file: File,
    path: PathBuf,
}

impl Chain {
    /// Takes hold of an order. `None` if somebody else has it: another thread, or another Claviger.
    ///
    /// # Errors
    /// `Unexpected` if the lock file cannot be made.
    pub fn hold(&self, order: &OrderId) -> Result<Option<Held>> {
        let folder = self.journal.folder().join("orders");
        let path = folder.join(format!("{order}.lock"));
        fs::create_dir_all(&folder).and_then(|()| take(&path)).map_err(|cause| of_file(HOLD, &path, cause))
    }
}

fn take(path: &Path) -> io::Result<Option<Held>> {
    loop {
        let file = File::options().write(true).create(true).truncate(false).open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(cause)) => return Err(cause),
        }
        // Whoever held it before may have removed the file after this one opened it: then a newcomer locks another.
        if is_at(&file, path)? {
            return Ok(Some(Held { _file: file, path: path.to_owned() }));
        }
    }
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    match fs::metadata(path) {
        Ok(there) => Ok(there.ino() == file.metadata()?.ino()),
        Err(gone) if gone.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(cause) => Err(cause),
    }
}

/// An open file keeps its name here.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> io::Result<bool> {
    Ok(true)
}

impl Drop for Held {
    fn drop(&mut self) {
        // Still locked, so nobody can be in between. A file that stays behind is empty and does no harm.
        let _ = fs::remove_file(&self.path);
    }
}
