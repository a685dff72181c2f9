//! The local keystore: a software keystore in one encrypted file, behind [`domain::Provider`].
//!
//! Entries are changed through [`domain::Changes`] only. [`practice`] and tests make whole files through [`Keystore`].

mod certificates;
mod changes;
mod check;
mod ciphers;
mod connect;
mod destruction;
mod edits;
mod entries;
mod envelope;
mod error;
mod exports;
mod file;
mod imports;
mod inventory;
mod keystore;
mod lock;
pub mod make;
mod marks;
mod material;
mod offers;
mod perform;
mod plan;
pub mod practice;
mod questions;
mod rotation;
mod secrets;
mod signing;
mod stretch;

use std::{
    fmt,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use domain::{
    AccessCheck, Certificates, Changes, Ciphers, Destructions, Error, Exports, Identity, Imports, Inventory, Item,
    ItemKey, Kind, Offer, Provider, Result, Rotations, Secrets, Signing, Timestamp, Verdict,
};

pub use connect::{FORM, connect, discover, place};
pub use entries::{Entry, EntryState, Version};
pub use keystore::{Keystore, Locked};
pub use lock::{Lock, LockKind};
pub use material::{Der, KeyPair, Material};

use crate::{error::broken_off, file::Disk};

/// The one vault of a keystore.
const VAULT: &str = "keystore";

/// One unlocked keystore file. The file is read again whenever it has changed; the passphrase is not kept.
struct LocalKeystore {
    opened: Mutex<Arc<Keystore>>,
    /// Tells what is expired; tests set their own.
    clock: fn() -> Timestamp,
    disk: Disk,
}

impl LocalKeystore {
    fn new(keystore: Keystore, clock: fn() -> Timestamp) -> Self {
        Self { opened: Mutex::new(Arc::new(keystore)), clock, disk: Disk::REAL }
    }

    /// The keystore as it was last read.
    fn last_read(&self) -> Arc<Keystore> {
        // Whoever panicked while holding the lock only swapped a pointer: what is inside is whole.
        Arc::clone(&self.opened.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// The keystore as the file is now.
    async fn read(&self) -> Result<Arc<Keystore>> {
        let last = self.last_read();
        let newer = tokio::task::spawn_blocking(move || match last.reread()? {
            Some(newer) => Ok((Arc::new(newer), true)),
            None => Ok((last, false)),
        });
        let (keystore, changed) = newer.await.map_err(|cause| broken_off("open the keystore", cause))??;
        if changed {
            self.remember(Arc::clone(&keystore));
        }
        Ok(keystore)
    }

    fn remember(&self, keystore: Arc<Keystore>) {
        *self.opened.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = keystore;
    }
}

impl fmt::Debug for LocalKeystore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LocalKeystore").field(&self.last_read()).finish()
    }
}

#[async_trait]
impl Provider for LocalKeystore {
    async fn identity(&self) -> Result<Identity> {
        let keystore = self.read().await?;
        let name = match keystore.lock_kind() {
            LockKind::Key => "holder of the key in the OS keyring",
            LockKind::Passphrase => "holder of the passphrase",
        };
        Ok(Identity { name: name.to_owned(), detail: keystore.path().display().to_string(), until: None })
    }

    async fn check_access(&self) -> Vec<AccessCheck> {
        let permission = format!("read on {}", self.last_read().path().display());
        let check =
            |what: &str, verdict| AccessCheck { what: what.to_owned(), permission: permission.clone(), verdict };
        match self.read().await {
            Ok(keystore) => vec![
                check("Read and unlock the keystore file", Verdict::Allowed),
                check(&format!("List the entries ({})", keystore.entries().len()), Verdict::Allowed),
            ],
            Err(error) => vec![
                check("Read and unlock the keystore file", Verdict::Refused(error)),
                check("List the entries", Verdict::Untested("the file could not be opened".to_owned())),
            ],
        }
    }

    fn inventory(&self) -> &dyn Inventory {
        self
    }

    fn certificates(&self) -> Option<&dyn Certificates> {
        Some(self)
    }

    fn secrets(&self) -> Option<&dyn Secrets> {
        Some(self)
    }

    fn signing(&self) -> Option<&dyn Signing> {
        Some(self)
    }

    fn changes(&self) -> &dyn Changes {
        self
    }

    fn rotations(&self) -> Option<&dyn Rotations> {
        Some(self)
    }

    fn imports(&self) -> Option<&dyn Imports> {
        Some(self)
    }

    fn exports(&self) -> Option<&dyn Exports> {
        Some(self)
    }

    fn ciphers(&self) -> Option<&dyn Ciphers> {
        Some(self)
    }

    fn destructions(&self) -> Option<&dyn Destructions> {
        Some(self)
    }

    async fn offers(&self, item: &Item) -> Vec<Offer> {
        offers::of_item(self.read().await.as_deref(), &item.key)
    }
}

/// The entry that `item` names.
fn entry_of<'a>(keystore: &'a Keystore, item: &ItemKey, operation: &'static str) -> Result<&'a Entry> {
    let entry = if item.vault.0 == VAULT { keystore.entry(&item.id) } else { None };
    entry.ok_or_else(|| Error::new(Kind::NotFound, operation, format!("the keystore has no entry {:?}", item.id)))
}

/// A moment to the second, in UTC, in a sentence.
fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}
