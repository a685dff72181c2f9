//! The answers to the contract, without Tauri: connections, inventory, items, exports, changes and their journal.
//!
//! Every row of the table in `contract` is a method of [`App`] of the same name. What only a desktop can do (keyring,
//! clipboard, dialogs) is asked through two ports, [`Keychain`] and [`Desktop`]; providers are made by a [`Connector`].

mod activity;
mod changes;
mod connections;
mod consumers;
mod destructions;
mod export;
mod imports;
mod inventory;
mod items;
mod policies;
mod ports;
mod preferences;
mod rotations;
mod secrets;
mod wire;
mod wizards;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{Environment, Error, Kind, Result, Timestamp};
use journal::{Chain, Journal};
use tokio_util::sync::CancellationToken;

pub use changes::Limits;
pub use connections::{Connector, Providers};
pub use ports::{Desktop, Keychain, MemoryKeychain, NoDesktop, Sink};

use crate::{
    changes::{KeychainSeal, Plans, WriteModes},
    connections::{Prompts, Sessions},
    consumers::Labels,
    imports::Packages,
    policies::Scenes,
    rotations::Views,
};

/// The core. Cheap to clone: all clones are one.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    home: PathBuf,
    environment: Environment,
    keychain: Arc<dyn Keychain>,
    /// Secrets that the person did not want kept, whatever the keychain could do.
    memory: Arc<MemoryKeychain>,
    desktop: Arc<dyn Desktop>,
    connector: Arc<dyn Connector>,
    journal: Arc<Journal>,
    /// The journal of changes, in the same file.
    chain: Chain,
    plans: Plans,
    writes: WriteModes,
    limits: Mutex<Limits>,
    sessions: Sessions,
    /// What is held of imports in memory, and nowhere else.
    packages: Packages,
    /// What was last read of the policies around items that were opened.
    scenes: Scenes,
    /// What was last read of the items that are rotated or destroyed.
    views: Views,
    /// What items that were opened say of their users, by reference.
    labels: Mutex<HashMap<String, Labels>>,
    prompts: Arc<Prompts>,
    watches: Mutex<HashMap<String, CancellationToken>>,
    notices: Mutex<Vec<Error>>,
    open_at: Mutex<Option<String>>,
    /// Held while the practice keystore is made: a second press of the button waits and finds it.
    practice: tokio::sync::Mutex<()>,
}

impl App {
    /// Opens the state in the folder `home`, making it if need be, with the providers of this build.
    ///
    /// A damaged file is set aside; what happened is among the notices of [`App::app_state`].
    ///
    /// # Errors
    /// As [`Journal::open`].
    pub fn open(
        home: &Path,
        environment: Environment,
        keychain: Arc<dyn Keychain>,
        desktop: Arc<dyn Desktop>,
    ) -> Result<Self> {
        Self::open_with(home, environment, keychain, desktop, Arc::new(Providers))
    }

    /// The same with other providers: for tests.
    ///
    /// # Errors
    /// As [`Journal::open`].
    pub fn open_with(
        home: &Path,
        environment: Environment,
        keychain: Arc<dyn Keychain>,
        desktop: Arc<dyn Desktop>,
        connector: Arc<dyn Connector>,
    ) -> Result<Self> {
        let opened = Journal::open(home, Timestamp::now())?;
        let journal = Arc::new(opened.journal);
        let seal = Arc::new(KeychainSeal(Arc::clone(&keychain)));
        Ok(Self(Arc::new(Inner {
            home: home.to_owned(),
            environment,
            keychain,
            memory: Arc::default(),
            desktop,
            connector,
            chain: Chain::new(Arc::clone(&journal), seal, Timestamp::now),
            journal,
            plans: Plans::default(),
            writes: WriteModes::default(),
            limits: Mutex::default(),
            sessions: Sessions::default(),
            packages: Packages::default(),
            scenes: Scenes::default(),
            views: Views::default(),
            labels: Mutex::default(),
            prompts: Arc::default(),
            watches: Mutex::default(),
            notices: Mutex::new(opened.notice.into_iter().collect()),
            open_at: Mutex::default(),
            practice: tokio::sync::Mutex::default(),
        })))
    }

    /// The item to show first: a reference or an address, as the command line named it. Told by
    /// [`App::app_state`].
    pub fn set_open_at(&self, reference: impl Into<String>) {
        *locked(&self.0.open_at) = Some(reference.into());
    }

    /// Adds something that the person must know. The same words are said once.
    fn notify(&self, notice: Error) {
        let mut notices = locked(&self.0.notices);
        if !notices.iter().any(|known| known.message() == notice.message()) {
            notices.push(notice);
        }
    }

    /// Asks the journal on a thread that may block.
    async fn journal<T: Send + 'static>(&self, ask: impl FnOnce(&Journal) -> Result<T> + Send + 'static) -> Result<T> {
        let journal = Arc::clone(&self.0.journal);
        off_thread(move || ask(&journal)).await
    }
}

/// Runs what blocks (disk, keyring) off the async threads.
async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(cause) => {
            Err(Error::new(Kind::Unexpected, "work on this computer", "it broke off inside the app").with_source(cause))
        }
    }
}

/// A thread that panicked while it held one of these left whole values behind: they are replaced, never half changed.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
