//! The practice keystore: made at the first press of the button, found again at every other.

use std::{
    fs,
    path::{Path, PathBuf},
};

use contract::{ConnectionRow, OpenPracticeKeystore};
use domain::{Answers, Changed, Error, Kind, Result, Secret, SecretAnswers, Timestamp};
use journal::{NewConnection, SavedConnection};
use local::Lock;

use crate::{App, off_thread};

const OPERATION: &str = "open the practice keystore";
const FILE_NAME: &str = "practice.keystore";
const NAME: &str = "practice";
const PROVIDER: &str = "local";
/// What locks it where there is no keyring. It guards nothing but invented material.
const PUBLIC_PASSPHRASE: &str = "practice";

const FILE: &str = "file";
const LOCK: &str = "lock";
const KEY: &str = "key";
const PASSPHRASE: &str = "passphrase";

impl App {
    /// Makes the practice keystore if it is not there yet, and connects to it.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be written, or as the keychain says.
    pub async fn open_practice_keystore(&self, _: OpenPracticeKeystore) -> Result<ConnectionRow> {
        let _alone = self.0.practice.lock().await;
        let path = self.0.home.join(FILE_NAME);
        let saved = self.journal(|journal| journal.connections()).await?;
        let names: Vec<String> = saved.iter().map(|saved| saved.connection.name.clone()).collect();
        let known = saved.into_iter().find(|saved| leads_to(&saved.connection, &path));

        let opened = match &known {
            Some(known) => {
                self.0.sessions.end(known.id);
                self.provider(known).await.map(drop)
            }
            // A file whose connection was removed opens again only if its lock is the public one.
            None => self.try_public(&path).await,
        };
        match (opened, known) {
            (Ok(()), Some(known)) => Ok(self.row(known).await),
            (Ok(()), None) => self.connect_practice(public(&free_name(&names), &path)).await,
            (Err(error), known) => match error.kind() {
                Kind::Invalid | Kind::NotFound | Kind::SignedOut => self.make_practice(path, names, known).await,
                Kind::Conflict
                | Kind::Denied
                | Kind::Interrupted
                | Kind::Throttled
                | Kind::Unexpected
                | Kind::Unsupported => Err(error),
            },
        }
    }

    /// Makes a keystore with the practice items as the new file `file`, locked with `passphrase`. For whoever names a
    /// file of their own, as the command line does.
    ///
    /// # Errors
    /// `Conflict` if the file exists, `Unexpected` if it cannot be written.
    pub async fn make_keystore(&self, file: &Path, passphrase: Secret) -> Result<()> {
        let file = file.to_owned();
        off_thread(move || local::practice::make(&file, Lock::Passphrase(passphrase), Timestamp::now())).await
    }

    async fn try_public(&self, path: &Path) -> Result<()> {
        let connection = public(NAME, path);
        let secrets = public_secret(&self.0.home, &connection).unwrap_or_default();
        self.0.connector.connect(PROVIDER, &connection.answers, &secrets, &self.0.environment).await.map(drop)
    }

    async fn make_practice(
        &self,
        path: PathBuf,
        names: Vec<String>,
        known: Option<SavedConnection>,
    ) -> Result<ConnectionRow> {
        let aside = {
            let path = path.clone();
            off_thread(move || set_aside(&path)).await?
        };
        if let Some(known) = &known {
            // Its rows and pins are of other items than those to come.
            let name = known.connection.name.clone();
            self.journal(move |journal| journal.remove_connection(&name)).await?;
            self.0.sessions.end(known.id);
        }
        let name = known.map_or_else(|| free_name(&names), |known| known.connection.name);
        let keychain = self.0.keychain.clone();
        let persistent = off_thread(move || Ok(keychain.persistent())).await?;
        let (new, lock) = if persistent {
            let text = Lock::fresh_key_text()?;
            let lock = Lock::from_key_text(&text)?;
            self.keep_secrets(&name, SecretAnswers::from([(KEY.to_owned(), text)]), true).await?;
            (with_key(&name, &path), lock)
        } else {
            (public(&name, &path), Lock::Passphrase(Secret::from_text(PUBLIC_PASSPHRASE.to_owned())))
        };
        off_thread(move || local::practice::make(&path, lock, Timestamp::now())).await?;
        if !persistent {
            self.notify(no_keyring());
        }
        if let Some(aside) = aside {
            self.notify(made_anew(&aside));
        }
        self.connect_practice(new).await
    }

    async fn connect_practice(&self, new: NewConnection) -> Result<ConnectionRow> {
        let saved = self.journal(move |journal| journal.add_connection(&new)).await?;
        Ok(self.row(saved).await)
    }
}

/// The secret of a practice keystore that is locked with the public word, which is nowhere kept.
pub(super) fn public_secret(home: &Path, connection: &NewConnection) -> Option<SecretAnswers> {
    let is_public = leads_to(connection, &home.join(FILE_NAME)) && connection.secret_fields.is_empty();
    is_public.then(|| SecretAnswers::from([(PASSPHRASE.to_owned(), Secret::from_text(PUBLIC_PASSPHRASE.to_owned()))]))
}

fn leads_to(connection: &NewConnection, path: &Path) -> bool {
    connection.provider == PROVIDER && connection.answers.get(FILE).is_some_and(|file| Path::new(file) == path)
}

fn public(name: &str, path: &Path) -> NewConnection {
    connection(name, path, PASSPHRASE, Vec::new())
}

fn with_key(name: &str, path: &Path) -> NewConnection {
    connection(name, path, "keyring-key", vec![KEY.to_owned()])
}

fn connection(name: &str, path: &Path, lock: &str, secret_fields: Vec<String>) -> NewConnection {
    NewConnection {
        name: name.to_owned(),
        provider: PROVIDER.to_owned(),
        environment: Some("sandbox".to_owned()),
        answers: Answers::from([
            (FILE.to_owned(), path.to_string_lossy().into_owned()),
            (LOCK.to_owned(), lock.to_owned()),
        ]),
        secret_fields,
    }
}

fn free_name(taken: &[String]) -> String {
    let numbered = (2_u32..).map(|number| format!("{NAME}-{number}"));
    let mut candidates = std::iter::once(NAME.to_owned()).chain(numbered);
    candidates.find(|name| !taken.contains(name)).unwrap_or_else(|| NAME.to_owned())
}

/// Renames the file so that nothing is lost. `None` if there was none.
fn set_aside(path: &Path) -> Result<Option<PathBuf>> {
    let stamp = Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let mut aside = path.with_extension(format!("keystore.unopened-{stamp}"));
    let mut number = 1;
    while aside.exists() {
        number += 1;
        aside = path.with_extension(format!("keystore.unopened-{stamp}-{number}"));
    }
    match fs::rename(path, &aside) {
        Ok(()) => Ok(Some(aside)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::new(Kind::Unexpected, OPERATION, format!("{}: {error}", path.display()))
            .with_next("Check who owns Claviger's folder, or name another in CLAVIGER_HOME.")
            .with_source(error)),
    }
}

fn made_anew(aside: &Path) -> Error {
    let name = aside.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Error::new(
        Kind::SignedOut,
        OPERATION,
        "the practice keystore that was there did not open: its key is gone, or the file is damaged",
    )
    .with_changed(Changed::Exactly(vec![
        format!("The old file was renamed to {name}."),
        "A new practice keystore was made.".to_owned(),
    ]))
    .with_next("Go on with the new one. Nothing but practice material was in the old one.")
}

fn no_keyring() -> Error {
    Error::new(
        Kind::Unsupported,
        OPERATION,
        "no OS keyring answers here, so the practice keystore is locked with the public word \"practice\"",
    )
    .with_changed(Changed::Exactly(vec!["The practice keystore was made.".to_owned()]))
    .with_next("Put nothing real into it. It holds practice material only.")
}
