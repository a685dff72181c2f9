//! A home folder, a keychain, a desktop and the app on them.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use app::{App, Connector, Desktop, Keychain, MemoryKeychain, Providers};
use async_trait::async_trait;
use contract::{
    AddConnection, ConnectionDraft, ConnectionRow, InventoryEvent, ItemRow, VaultRow, VaultState, WatchInventory,
};
use domain::{Environment, Error, Kind, Result, Secret};

use crate::scripted::Scripts;

/// A keyring that outlives the app, and that can be made to fail.
#[derive(Default)]
pub(crate) struct Keyring {
    kept: MemoryKeychain,
    /// How often something can still be kept; without a number, always.
    pub(crate) left: Mutex<Option<u32>>,
}

impl Keychain for Keyring {
    fn persistent(&self) -> bool {
        true
    }
    fn read(&self, connection: &str, field: &str) -> Result<Option<Secret>> {
        self.kept.read(connection, field)
    }
    fn keep(&self, connection: &str, field: &str, secret: &Secret) -> Result<()> {
        match &mut *self.left.lock().unwrap() {
            Some(0) => return Err(Error::new(Kind::Unexpected, "keep a secret", "the keyring is locked")),
            Some(left) => *left -= 1,
            None => {}
        }
        self.kept.keep(connection, field, secret)
    }
    fn forget(&self, connection: &str, field: &str) -> Result<()> {
        self.kept.forget(connection, field)
    }
}

/// A desktop that remembers what was put on its clipboard and answers dialogs as told.
#[derive(Default)]
pub(crate) struct TestDesktop {
    pub(crate) copied: Mutex<Vec<String>>,
    pub(crate) opened: Mutex<Vec<String>>,
    pub(crate) copied_secrets: Mutex<Vec<(String, Duration)>>,
    pub(crate) file: Mutex<Option<PathBuf>>,
    pub(crate) folder: Mutex<Option<PathBuf>>,
    pub(crate) suggested: Mutex<Vec<String>>,
}

#[async_trait]
impl Desktop for TestDesktop {
    async fn copy_text(&self, text: &str) -> Result<()> {
        self.copied.lock().unwrap().push(text.to_owned());
        Ok(())
    }
    async fn copy_secret(&self, secret: &Secret, clear_after: Duration) -> Result<()> {
        let text = secret.expose_text().unwrap().to_owned();
        self.copied_secrets.lock().unwrap().push((text, clear_after));
        Ok(())
    }
    async fn open_page(&self, page: &str) -> Result<()> {
        self.opened.lock().unwrap().push(page.to_owned());
        Ok(())
    }
    async fn choose_file(&self, suggested: &str) -> Result<Option<PathBuf>> {
        self.suggested.lock().unwrap().push(suggested.to_owned());
        Ok(self.file.lock().unwrap().clone())
    }
    async fn choose_existing(&self) -> Result<Option<PathBuf>> {
        Ok(self.file.lock().unwrap().clone())
    }
    async fn choose_folder(&self) -> Result<Option<PathBuf>> {
        Ok(self.folder.lock().unwrap().clone())
    }
}

pub(crate) struct World {
    pub(crate) home: tempfile::TempDir,
    pub(crate) scripts: Arc<Scripts>,
    pub(crate) desktop: Arc<TestDesktop>,
    pub(crate) app: App,
}

impl World {
    /// With scripted places, and no keyring.
    pub(crate) fn scripted() -> Self {
        let home = tempfile::tempdir().unwrap();
        let scripts = Arc::new(Scripts::default());
        let desktop = Arc::new(TestDesktop::default());
        let app = open(&home, Arc::new(MemoryKeychain::default()), desktop.clone(), scripts.clone());
        Self { home, scripts, desktop, app }
    }

    /// With the providers of the build.
    pub(crate) fn real(keychain: Arc<dyn Keychain>) -> Self {
        let home = tempfile::tempdir().unwrap();
        let desktop = Arc::new(TestDesktop::default());
        let app = open(&home, keychain, desktop.clone(), Arc::new(Providers));
        Self { home, scripts: Arc::default(), desktop, app }
    }

    /// The same home in a new process, with scripted places.
    pub(crate) fn restart(self, keychain: Arc<dyn Keychain>) -> Self {
        let Self { home, scripts, desktop, app } = self;
        drop(app);
        let app = open(&home, keychain, desktop.clone(), scripts.clone());
        Self { home, scripts, desktop, app }
    }

    /// The same home in a new process, with the providers of the build.
    pub(crate) fn restart_real(self, keychain: Arc<dyn Keychain>) -> Self {
        let Self { home, scripts, desktop, app } = self;
        drop(app);
        let app = open(&home, keychain, desktop.clone(), Arc::new(Providers));
        Self { home, scripts, desktop, app }
    }

    /// Saves a connection to the scripted place of the same name.
    pub(crate) async fn connect(&self, name: &str) -> ConnectionRow {
        self.app.add_connection(AddConnection { draft: draft(name, None, false) }).await.unwrap()
    }

    /// Another app on the same home: a second window, or the command line.
    pub(crate) fn beside(&self, keychain: Arc<dyn Keychain>) -> App {
        open(&self.home, keychain, self.desktop.clone(), self.scripts.clone())
    }
}

pub(crate) fn open(
    home: &tempfile::TempDir,
    keychain: Arc<dyn Keychain>,
    desktop: Arc<TestDesktop>,
    connector: Arc<dyn Connector>,
) -> App {
    App::open_with(home.path(), Environment::default(), keychain, desktop, connector).unwrap()
}

/// A draft for the scripted place of that name.
pub(crate) fn draft(name: &str, token: Option<&str>, keep: bool) -> ConnectionDraft {
    let auth = if token.is_some() { "token" } else { "none" };
    ConnectionDraft {
        name: name.into(),
        provider: "scripted".into(),
        environment: None,
        answers: BTreeMap::from([("place".into(), name.into()), ("auth".into(), auth.into())]),
        secrets: token.map(|token| ("token".to_owned(), token.to_owned())).into_iter().collect(),
        keep,
    }
}

/// What a watch has told, kept as the window keeps it.
#[derive(Default)]
pub(crate) struct Watched {
    pub(crate) events: Vec<InventoryEvent>,
    pub(crate) rows: BTreeMap<String, ItemRow>,
    pub(crate) vaults: BTreeMap<(String, String), VaultRow>,
    pub(crate) failed: BTreeMap<String, contract::WireError>,
    pub(crate) gone: Vec<String>,
    pub(crate) finished: Option<bool>,
}

impl Watched {
    pub(crate) fn take(&mut self, event: InventoryEvent) {
        assert!(self.finished.is_none(), "nothing comes after the end, but {event:?} did");
        match event.clone() {
            InventoryEvent::Rows { rows } => {
                assert!((1..=200).contains(&rows.len()), "a batch of {}", rows.len());
                self.rows.extend(rows.into_iter().map(|row| (row.reference.clone(), row)));
            }
            InventoryEvent::Gone { references } => {
                for reference in references {
                    assert!(self.rows.remove(&reference).is_some(), "{reference} was never there");
                    self.gone.push(reference);
                }
            }
            InventoryEvent::Vault { vault } => {
                self.vaults.insert((vault.connection.clone(), vault.id.clone()), vault);
            }
            InventoryEvent::ConnectionFailed { connection, error } => {
                self.failed.insert(connection, error);
            }
            InventoryEvent::Finished { cancelled } => self.finished = Some(cancelled),
        }
        self.events.push(event);
    }

    pub(crate) fn state(&self, connection: &str, vault: &str) -> &VaultState {
        &self.vaults[&(connection.to_owned(), vault.to_owned())].state
    }

    pub(crate) fn count(&self, connection: &str, vault: &str) -> u32 {
        self.vaults[&(connection.to_owned(), vault.to_owned())].count
    }

    pub(crate) fn references(&self) -> Vec<&str> {
        self.rows.keys().map(String::as_str).collect()
    }
}

pub(crate) fn request(operation: &str, refresh: bool) -> WatchInventory {
    WatchInventory { operation: operation.into(), connections: Vec::new(), refresh }
}

/// Watches to the end.
pub(crate) async fn watch(app: &App, refresh: bool) -> Watched {
    let watched = Arc::new(Mutex::new(Watched::default()));
    let sink = {
        let watched = watched.clone();
        move |event| {
            watched.lock().unwrap().take(event);
            true
        }
    };
    app.watch_inventory(request("watch", refresh), &sink).await.unwrap();
    drop(sink);
    Arc::into_inner(watched).unwrap().into_inner().unwrap()
}
