//! One keystore: its file, what it is locked with, and its entries, opened in memory.
//!
//! Everything here blocks (the disk, Argon2id): call it where blocking is allowed, as `tokio::task::spawn_blocking`.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use aws_lc_rs::aead::RandomizedNonceKey;
use domain::{Error, Kind, Result};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    entries::Entry,
    envelope::Envelope,
    error::{damaged, locked},
    file::{self, Disk, Stamp},
    lock::{Lock, LockHeader, LockKind},
    marks::{Mark, Marks},
};

const OPEN: &str = "open the keystore";
const SAVE: &str = "save the keystore";
/// Room for the tag of AES-GCM, so that sealing never moves the plaintext.
const TAG_BYTES: usize = 16;

/// A keystore file that was read and is still locked.
#[derive(Debug)]
pub struct Locked {
    path: PathBuf,
    envelope: Envelope,
    stamp: Stamp,
}

/// An open keystore.
pub struct Keystore {
    path: PathBuf,
    lock: LockHeader,
    key: Arc<RandomizedNonceKey>,
    body: Body,
    stamp: Stamp,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    /// By name.
    entries: Vec<Entry>,
    #[serde(default, skip_serializing_if = "Marks::is_empty")]
    orders: Marks,
}

impl Locked {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// `NotFound` and `Denied` from the file system, `Invalid` for a file that is damaged, cut short or no keystore,
    /// `Unsupported` for one of a newer Claviger.
    pub fn read(path: &Path) -> Result<Self> {
        let (bytes, stamp) = file::read(path)?;
        Ok(Self { path: path.to_owned(), envelope: Envelope::decode(&bytes, path)?, stamp })
    }

    /// What opens it.
    pub fn kind(&self) -> LockKind {
        self.envelope.lock.kind()
    }

    /// Opens it.
    ///
    /// # Errors
    /// `SignedOut` if `lock` is the wrong one, `Invalid` if the file was changed by another hand.
    pub fn unlock(self, lock: &Lock) -> Result<Keystore> {
        let key = self.envelope.lock.unlock(lock)?;
        self.decrypt(Arc::new(key))
    }

    fn decrypt(self, key: Arc<RandomizedNonceKey>) -> Result<Keystore> {
        let Self { path, envelope, stamp } = self;
        let lock = envelope.lock.clone();
        let plain = envelope.open(&key, &path)?;
        // The parser's own words are left out: they may quote the body.
        let broken = || damaged(OPEN, &path, "the content of the keystore does not parse");
        let mut body: Body = serde_json::from_slice(&plain).map_err(|_| broken())?;
        body.entries.sort_by(|one, other| one.name.cmp(&other.name));
        if body.entries.windows(2).any(|pair| pair[0].name == pair[1].name) {
            return Err(broken());
        }
        Ok(Keystore { path, lock, key, body, stamp })
    }
}

impl Keystore {
    /// Makes a new, empty keystore file, readable by its owner only.
    ///
    /// # Errors
    /// `Conflict` if the file exists, `Invalid` for an empty passphrase, and what the file system says.
    pub fn create(path: &Path, lock: &Lock) -> Result<Self> {
        Self::create_with(path, lock, Vec::new())
    }

    /// Makes a new keystore file that holds `entries`: either the whole file appears, or none.
    ///
    /// # Errors
    /// As [`Keystore::create`], and `Conflict` for two entries of one name.
    pub fn create_with(path: &Path, lock: &Lock, entries: Vec<Entry>) -> Result<Self> {
        let (lock, key) = LockHeader::make(lock)?;
        let mut body = Body::default();
        for entry in entries {
            body.add(entry)?;
        }
        let stamp = file::create(path, &body.seal(&lock, &key)?)?;
        Ok(Self { path: path.to_owned(), lock, key: Arc::new(key), body, stamp })
    }

    /// Reads and unlocks the file at `path`: [`Locked::read`], then [`Locked::unlock`].
    ///
    /// # Errors
    /// As those two.
    pub fn open(path: &Path, lock: &Lock) -> Result<Self> {
        Locked::read(path)?.unlock(lock)
    }

    /// Adds an entry in memory; [`Keystore::save`] writes it.
    ///
    /// # Errors
    /// `Conflict` if the name is taken.
    pub fn add(&mut self, entry: Entry) -> Result<()> {
        self.body.add(entry)
    }

    /// Writes the file anew, under a fresh nonce.
    ///
    /// # Errors
    /// `Conflict` if the file was changed since it was opened; then nothing is written.
    pub fn save(&mut self) -> Result<()> {
        let bytes = self.body.seal(&self.lock, &self.key)?;
        self.stamp = file::hold(&self.path)?.replace(&self.stamp, &bytes, Disk::REAL)?;
        Ok(())
    }

    /// Reads the file as it is now, has it edited, and writes it anew, while no other Claviger can write it.
    ///
    /// # Errors
    /// As [`Keystore::reread`] and as `edit` says; then nothing is written. What the file system says: the error tells
    /// whether the file is as before, or whether that is not known.
    pub(crate) fn edit<T>(&self, disk: Disk, edit: impl FnOnce(&mut Self) -> Result<T>) -> Result<(Self, T)> {
        let held = file::hold(&self.path)?;
        let mut newest = self.read_anew()?;
        let edited = edit(&mut newest)?;
        newest.stamp = held.replace(&newest.stamp, &newest.body.seal(&newest.lock, &newest.key)?, disk)?;
        Ok((newest, edited))
    }

    /// The keystore as its file is now, or `None` if that has not changed.
    ///
    /// # Errors
    /// As [`Locked::read`]; `SignedOut` if it was locked anew with something else.
    pub(crate) fn reread(&self) -> Result<Option<Self>> {
        if Stamp::of(&self.path)? == self.stamp {
            return Ok(None);
        }
        self.read_anew().map(Some)
    }

    fn read_anew(&self) -> Result<Self> {
        let read = Locked::read(&self.path)?;
        if read.envelope.lock != self.lock {
            return Err(locked("the keystore was locked anew since it was opened", "Connect to it again."));
        }
        read.decrypt(Arc::clone(&self.key))
    }

    /// Every entry, by name.
    pub fn entries(&self) -> &[Entry] {
        &self.body.entries
    }

    /// The entry of that name.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        let position = self.body.entries.binary_search_by(|entry| entry.name.as_str().cmp(name)).ok()?;
        self.body.entries.get(position)
    }

    pub(crate) fn entry_mut(&mut self, name: &str) -> Option<&mut Entry> {
        self.body.entries.iter_mut().find(|entry| entry.name == name)
    }

    /// Takes an entry out; `None` if there is none of that name.
    pub(crate) fn remove(&mut self, name: &str) -> Option<Entry> {
        let position = self.body.entries.iter().position(|entry| entry.name == name)?;
        Some(self.body.entries.remove(position))
    }

    /// The orders that edited the file.
    pub(crate) fn orders(&self) -> &Marks {
        &self.body.orders
    }

    pub(crate) fn mark(&mut self, mark: Mark) {
        self.body.orders.add(mark);
    }

    /// Where its file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What opens it.
    pub fn lock_kind(&self) -> LockKind {
        self.lock.kind()
    }
}

impl fmt::Debug for Keystore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keystore").field("path", &self.path).field("lock", &self.lock.kind()).finish_non_exhaustive()
    }
}

impl Body {
    fn add(&mut self, entry: Entry) -> Result<()> {
        match self.entries.binary_search_by(|other| other.name.cmp(&entry.name)) {
            Ok(_) => {
                let message = format!("there already is an entry {:?}", entry.name);
                Err(Error::new(Kind::Conflict, "add to the keystore", message).with_next("Choose another name."))
            }
            Err(position) => {
                self.entries.insert(position, entry);
                Ok(())
            }
        }
    }

    /// The bytes of the file. The plaintext is written once into a buffer of its exact size: a growing one would leave
    /// copies behind that nobody wipes.
    fn seal(&self, lock: &LockHeader, key: &RandomizedNonceKey) -> Result<Vec<u8>> {
        let failed = |cause: serde_json::Error| {
            Error::new(Kind::Unexpected, SAVE, "the entries cannot be written as JSON").with_source(cause)
        };
        let mut size = Counted(0);
        serde_json::to_writer(&mut size, self).map_err(failed)?;
        let mut plain = Zeroizing::new(Vec::with_capacity(size.0 + TAG_BYTES));
        serde_json::to_writer(&mut *plain, self).map_err(failed)?;
        Envelope::seal(lock.clone(), key, plain)?.encode()
    }
}

struct Counted(usize);

impl io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
