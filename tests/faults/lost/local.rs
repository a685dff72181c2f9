//! The local keystore: no network, so what is lost is the answer of the call itself, or the whole process with it.

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use contract::ConnectionDraft;
use domain::{Algorithm, Changed, Changes, Curve, Error, Kind, Outcome, Secret, Sending, Timestamp};
use local::{Entry, EntryState, Keystore, Lock, Material, make};
use servers::{Failure, Result, State};
use tempfile::TempDir;

use super::{
    fault::{Fault, Strike},
    person::CONNECTION,
    place::{Line, Made, Place, Scene},
};
use crate::between::{Between, Connecting};

/// What can be lost where no network is.
pub(crate) const FAULTS: &[Fault] = &[Fault::Hang, Fault::ResetAfterwards, Fault::ResetBefore];

/// Keystores in a folder: the first with everything, then one for each scene.
pub(crate) struct LocalPlace {
    folder: TempDir,
    /// Opens each of them, without the second that a passphrase takes.
    key: Secret,
    next: AtomicUsize,
}

/// Starts it, with the address of the keystore that holds everything.
pub(crate) async fn start() -> Result<(Arc<dyn Place>, String)> {
    let place = LocalPlace {
        folder: tempfile::tempdir()?,
        key: Lock::fresh_key_text().map_err(told)?,
        next: AtomicUsize::new(0),
    };
    let all = kinds().into_iter().map(|(name, _)| entry(name, name)).collect::<Result<Vec<_>>>()?;
    let file = place.keystore(all)?;
    Ok((Arc::new(place), file))
}

/// Makes what an entry holds.
type Make = fn() -> domain::Result<Material>;

/// The entries, by what they are.
fn kinds() -> Vec<(&'static str, Make)> {
    vec![
        ("ed25519", || make::key(&Algorithm::Ed25519)),
        ("ecdsa-p256", || make::key(&Algorithm::Ec(Curve::P256))),
        ("aes-256", || make::aes(256)),
        ("text", || Ok(Material::secret(Secret::from_text("first".to_owned()), "text/plain"))),
    ]
}

fn entry(like: &str, name: &str) -> Result<Entry> {
    let kind = kinds().into_iter().find(|(one, _)| *one == like);
    let (_, material) = kind.ok_or_else(|| Failure::new(format!("no entry is like {like:?}")))?;
    let entry = Entry::new(name, Timestamp::now(), material().map_err(told)?).map_err(told)?;
    Ok(entry.with_state(EntryState::Enabled))
}

impl LocalPlace {
    fn keystore(&self, entries: Vec<Entry>) -> Result<String> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.path().join(format!("{number}.keystore"));
        Keystore::create_with(&path, &self.lock()?, entries).map_err(told)?;
        Ok(path.display().to_string())
    }

    fn lock(&self) -> Result<Lock> {
        Lock::from_key_text(&self.key).map_err(told)
    }
}

#[async_trait]
impl Place for LocalPlace {
    fn draft(&self, through: &str) -> ConnectionDraft {
        let key = self.key.expose_text().unwrap_or_default().to_owned();
        ConnectionDraft {
            name: CONNECTION.to_owned(),
            provider: "local".to_owned(),
            environment: None,
            answers: [("file", through), ("lock", "keyring-key")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            secrets: [("key".to_owned(), key)].into(),
            keep: true,
        }
    }

    fn dies_of(&self, fault: Fault) -> bool {
        fault == Fault::Hang
    }

    async fn scene(&self, like: Option<&str>, mark: &str) -> Result<Scene> {
        let name = format!("twin-{mark}");
        let place = self.keystore(like.map(|like| entry(like, &name)).transpose()?.into_iter().collect())?;
        Ok(Scene { item: like.map(|_| format!("{place}#{name}")), place, mark: mark.to_owned() })
    }

    async fn line(&self, scene: &Scene, strike: Arc<Strike>) -> Result<Line> {
        let sent = Arc::new(Mutex::new(Vec::new()));
        Ok(Line {
            through: scene.place.clone(),
            connector: Arc::new(Connecting(Arc::new(Lossy { strike, sent: Arc::clone(&sent) }))),
            sent: Box::new(move || sent.lock().unwrap().clone()),
        })
    }

    async fn state(&self, scene: &Scene, _: &Made) -> Result<State> {
        let mut state = State::default();
        // Each scene has a file of its own, so all that is in it is of the change.
        for entry in Keystore::open(&PathBuf::from(&scene.place), &self.lock()?).map_err(told)?.entries() {
            state.add("entry", &serde_json::to_value(entry)?, &[&scene.mark]);
        }
        Ok(state)
    }
}

/// Loses an answer.
#[derive(Debug)]
struct Lossy {
    strike: Arc<Strike>,
    sent: Arc<Mutex<Vec<String>>>,
}

#[async_trait]
impl Between for Lossy {
    async fn perform(&self, behind: &dyn Changes, sending: Sending) -> Outcome {
        let fault = self.strike.next();
        let mut outcome = None;
        if fault.is_none_or(Fault::acts) {
            self.sent.lock().unwrap().push(sending.step().operation.clone());
            outcome = Some(behind.perform(sending).await);
        }
        match (fault, outcome) {
            (None, Some(outcome)) => outcome,
            (fault, _) => {
                self.strike.done();
                if fault == Some(Fault::Hang) {
                    std::future::pending::<()>().await;
                }
                let error =
                    Error::new(Kind::Interrupted, "change the keystore", "the disk did not say whether it is done");
                Outcome::Unknown(error.with_changed(Changed::Unknown))
            }
        }
    }
}

fn told(error: Error) -> Failure {
    Failure::new(error.to_string())
}
