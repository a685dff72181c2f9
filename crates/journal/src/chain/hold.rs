//! The hold on one order: a locked file, which the system lets go when its process ends, however it ends.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use domain::{Error, Kind, OrderId, Result};

use super::Chain;
use crate::error::of_file;

const HOLD: &str = "hold the order";
/// Whoever only asks whether an order is held keeps others out for an instant; that is waited for, so often and so long.
const TRIES: u32 = 10;
const INSTANT: Duration = Duration::from_millis(5);

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
        let path = self.lock_file(order)?;
        let of = |cause| of_file(HOLD, &path, cause);
        fs::create_dir_all(path.parent().unwrap_or(&path)).map_err(of)?;
        for _ in 1..TRIES {
            if let Some(held) = take(&path).map_err(of)? {
                return Ok(Some(held));
            }
            thread::sleep(INSTANT);
        }
        take(&path).map_err(of)
    }

    /// Whether somebody carries the order out or settles it right now. Takes no hold and leaves no file.
    ///
    /// # Errors
    /// `Unexpected` if the lock file cannot be read.
    pub fn is_held(&self, order: &OrderId) -> Result<bool> {
        let path = self.lock_file(order)?;
        let asked = match File::open(&path) {
            // Shared, so that two who ask do not take each other for a holder.
            Ok(file) => match file.try_lock_shared() {
                Ok(()) => Ok(false),
                Err(TryLockError::WouldBlock) => Ok(true),
                Err(TryLockError::Error(cause)) => Err(cause),
            },
            Err(none) if none.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(cause) => Err(cause),
        };
        asked.map_err(|cause| of_file(HOLD, &path, cause))
    }

    /// Numbers come from outside as well; what is no number must not name a file elsewhere.
    fn lock_file(&self, order: &OrderId) -> Result<PathBuf> {
        if order.0.is_empty() || !order.0.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(Error::new(Kind::NotFound, HOLD, format!("\"{order}\" is no order's number"))
                .with_next("Take the number from Activity or from `claviger journal`."));
        }
        Ok(self.journal.folder().join("orders").join(format!("{order}.lock")))
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

/// A held file keeps its name here, see [`Held::drop`].
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> io::Result<bool> {
    Ok(true)
}

impl Drop for Held {
    fn drop(&mut self) {
        // Still locked, so nobody can be in between. Elsewhere it cannot be told whether a locked file is still the one
        // of its name, so it stays there, as it does when a process is killed: empty, and it does no harm.
        if cfg!(unix) {
            let _ = fs::remove_file(&self.path);
        }
    }
}
