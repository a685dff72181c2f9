//! What Claviger keeps on this computer, in one SQLite file: the hash-chained journal of changes, connections, the last
//! known inventory (names and metadata, never a value), wizards and who must hear of rotations, pins and preferences.
//!
//! Every call blocks for the time of a disk write; async callers run them on a thread that may block.

mod chain;
mod connections;
mod drafts;
mod error;
mod ledger;
mod open;
mod preferences;
mod schema;
mod snapshot;
mod wizards;

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

pub use chain::{Chain, Chained, ExportFile, Held, Page, Problem, Seal, Verdict};
pub use connections::{NewConnection, SavedConnection};
pub use drafts::PolicyDraft;
pub use open::{FILE_NAME, Opened};
pub use snapshot::{KnownItem, KnownVault, VaultUpdate};
pub use wizards::{KeptWizard, WizardKind};

/// The open file. Shared by reference between threads; calls wait for each other.
#[derive(Debug)]
pub struct Journal {
    database: Mutex<rusqlite::Connection>,
    folder: PathBuf,
}

impl Journal {
    /// The folder that the file is in.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A thread that panicked rolled its transaction back when it let go, so the file is sound.
    fn database(&self) -> MutexGuard<'_, rusqlite::Connection> {
        self.database.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
