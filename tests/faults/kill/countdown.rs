//! The instants of a process, counted: before and after everything it does, and its end at one of them.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use app::Keychain;
use domain::{Error, Kind, Result, Secret};

/// Counts instants once it is armed, and ends the process at one.
#[derive(Debug, Default)]
pub(crate) struct Countdown {
    end_at: Option<usize>,
    armed: AtomicBool,
    passed: AtomicUsize,
}

impl Countdown {
    pub(crate) fn to(end_at: Option<usize>) -> Arc<Self> {
        Arc::new(Self { end_at, ..Self::default() })
    }

    pub(crate) fn arm(&self) {
        self.armed.store(true, Ordering::SeqCst);
    }

    pub(crate) fn passed(&self) -> usize {
        self.passed.load(Ordering::SeqCst)
    }

    /// One more. No destructor runs and nothing is flushed if it is the last.
    pub(crate) fn pass(&self) {
        if self.armed.load(Ordering::SeqCst) && Some(self.passed.fetch_add(1, Ordering::SeqCst)) == self.end_at {
            std::process::abort();
        }
    }
}

/// A keyring in a file, so that it outlives the process. The journal's seal is kept before and after each record, so its
/// instants are those of the journal.
pub(crate) struct FileKeychain {
    file: PathBuf,
    countdown: Arc<Countdown>,
}

impl FileKeychain {
    pub(crate) fn within(home: &Path, countdown: Arc<Countdown>) -> Arc<Self> {
        Arc::new(Self { file: home.join("keyring.json"), countdown })
    }

    fn entries(&self) -> BTreeMap<String, String> {
        fs::read(&self.file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    fn write(&self, entries: &BTreeMap<String, String>) -> Result<()> {
        let new = self.file.with_extension("new");
        let written = serde_json::to_vec(entries).map_err(Into::into).and_then(|bytes| fs::write(&new, bytes));
        written
            .and_then(|()| fs::rename(&new, &self.file))
            .map_err(|cause| Error::new(Kind::Unexpected, "write the keyring", cause.to_string()))
    }
}

impl Keychain for FileKeychain {
    fn persistent(&self) -> bool {
        true
    }

    fn read(&self, connection: &str, field: &str) -> Result<Option<Secret>> {
        Ok(self.entries().remove(&format!("{connection}/{field}")).map(Secret::from_text))
    }

    fn keep(&self, connection: &str, field: &str, secret: &Secret) -> Result<()> {
        let is_seal = connection.is_empty();
        if is_seal {
            self.countdown.pass();
        }
        let mut entries = self.entries();
        entries.insert(format!("{connection}/{field}"), secret.expose_text().unwrap_or_default().to_owned());
        self.write(&entries)?;
        if is_seal {
            self.countdown.pass();
        }
        Ok(())
    }

    fn forget(&self, connection: &str, field: &str) -> Result<()> {
        let mut entries = self.entries();
        entries.remove(&format!("{connection}/{field}"));
        self.write(&entries)
    }
}
