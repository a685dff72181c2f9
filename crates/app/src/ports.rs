//! The questions the core asks its host. They are operations, not handles: a host can be a window, a shell or a test.

use std::{collections::BTreeMap, path::PathBuf, sync::Mutex, time::Duration};

use async_trait::async_trait;
use domain::{Error, Kind, Result, Secret};

/// Receives the events of a watch. Returns whether anybody still listens; `false` ends the watch.
pub type Sink<Event> = dyn Fn(Event) -> bool + Send + Sync;

/// Where secrets are kept: an OS keyring, or memory. Calls may block; the core calls them off its async threads.
pub trait Keychain: Send + Sync {
    /// Whether what is kept outlives this process.
    fn persistent(&self) -> bool;
    /// The secret of that connection and field, if there is one.
    fn read(&self, connection: &str, field: &str) -> Result<Option<Secret>>;
    /// Keeps a secret, replacing an older one.
    fn keep(&self, connection: &str, field: &str, secret: &Secret) -> Result<()>;
    /// Forgets a secret; forgetting what is not there is fine.
    fn forget(&self, connection: &str, field: &str) -> Result<()>;
}

/// What only a desktop can do.
#[async_trait]
pub trait Desktop: Send + Sync {
    /// Puts public text on the clipboard.
    async fn copy_text(&self, text: &str) -> Result<()>;
    /// Puts a secret on the clipboard, marked to be kept out of histories, and clears it after `clear_after` if it is
    /// still the clipboard's content. Returns once it is on the clipboard.
    async fn copy_secret(&self, secret: &Secret, clear_after: Duration) -> Result<()>;
    /// Opens a page in the person's browser.
    async fn open_page(&self, page: &str) -> Result<()>;
    /// Asks where to save one file. `None` if the person cancelled.
    async fn choose_file(&self, suggested: &str) -> Result<Option<PathBuf>>;
    /// Asks for a file that is there. `None` if the person cancelled.
    async fn choose_existing(&self) -> Result<Option<PathBuf>>;
    /// Asks for a folder to save several files in. `None` if the person cancelled.
    async fn choose_folder(&self) -> Result<Option<PathBuf>>;
}

/// Secrets in this process's memory: for tests, and where there is no OS keyring.
#[derive(Debug, Default)]
pub struct MemoryKeychain(Mutex<BTreeMap<(String, String), Secret>>);

impl MemoryKeychain {
    fn entries(&self) -> Result<std::sync::MutexGuard<'_, BTreeMap<(String, String), Secret>>> {
        self.0
            .lock()
            .map_err(|_| Error::new(Kind::Unexpected, "read the keychain", "another thread failed while using it"))
    }
}

impl Keychain for MemoryKeychain {
    fn persistent(&self) -> bool {
        false
    }

    fn read(&self, connection: &str, field: &str) -> Result<Option<Secret>> {
        let key = (connection.to_owned(), field.to_owned());
        Ok(self.entries()?.get(&key).map(|secret| Secret::new(secret.expose().to_vec())))
    }

    fn keep(&self, connection: &str, field: &str, secret: &Secret) -> Result<()> {
        let copy = Secret::new(secret.expose().to_vec());
        self.entries()?.insert((connection.to_owned(), field.to_owned()), copy);
        Ok(())
    }

    fn forget(&self, connection: &str, field: &str) -> Result<()> {
        self.entries()?.remove(&(connection.to_owned(), field.to_owned()));
        Ok(())
    }
}

/// A host without a desktop: the command line, and tests that need none.
#[derive(Debug)]
pub struct NoDesktop;

fn no_desktop(operation: &'static str) -> Error {
    Error::new(Kind::Unsupported, operation, "there is no desktop here").with_next("Use the window, or the option -o.")
}

#[async_trait]
impl Desktop for NoDesktop {
    async fn copy_text(&self, _: &str) -> Result<()> {
        Err(no_desktop("copy"))
    }

    async fn copy_secret(&self, _: &Secret, _: Duration) -> Result<()> {
        Err(no_desktop("copy"))
    }

    async fn open_page(&self, _: &str) -> Result<()> {
        Err(no_desktop("open the page"))
    }

    async fn choose_file(&self, _: &str) -> Result<Option<PathBuf>> {
        Err(no_desktop("save"))
    }

    async fn choose_existing(&self) -> Result<Option<PathBuf>> {
        Err(no_desktop("choose a file"))
    }

    async fn choose_folder(&self) -> Result<Option<PathBuf>> {
        Err(no_desktop("save"))
    }
}
