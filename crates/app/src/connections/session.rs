//! Signed-in connections: made when first needed, once however many ask, and let go when the place says "sign in again".

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use domain::{Error, Identity, Kind, Provider, Result, SecretAnswers};
use journal::SavedConnection;
use tokio::sync::OnceCell;

use super::{practice, prompts::KEPT, providers};
use crate::{App, Keychain, locked, off_thread};

/// By the connection's number, so that a new connection of an old name starts afresh.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashMap<i64, Arc<Session>>>);

#[derive(Default)]
struct Session {
    provider: OnceCell<Arc<dyn Provider>>,
    identity: Mutex<Option<Identity>>,
}

impl Sessions {
    fn session(&self, connection: i64) -> Arc<Session> {
        Arc::clone(locked(&self.0).entry(connection).or_default())
    }

    /// Lets the sign-in go: the next that needs it signs in again.
    pub(crate) fn end(&self, connection: i64) {
        locked(&self.0).remove(&connection);
    }

    /// Who one is there, as last known.
    pub(crate) fn identity(&self, connection: i64) -> Option<Identity> {
        locked(&self.session(connection).identity).clone()
    }

    pub(crate) fn keep_identity(&self, connection: i64, identity: Identity) {
        *locked(&self.session(connection).identity) = Some(identity);
    }
}

impl App {
    /// The saved connection of that name.
    ///
    /// # Errors
    /// `NotFound` if there is none.
    pub(crate) async fn saved(&self, name: &str) -> Result<SavedConnection> {
        let wanted = name.to_owned();
        self.journal(move |journal| journal.connection(&wanted)).await?.ok_or_else(|| {
            Error::new(Kind::NotFound, "find the connection", format!("there is no connection named \"{name}\""))
                .with_next("Check the name, or connect first.")
        })
    }

    /// The signed-in connection; signs in if need be. Of several that ask at once, one signs in and the others wait.
    ///
    /// # Errors
    /// `SignedOut` if a secret is not there any more, or as the provider says.
    pub(crate) async fn provider(&self, saved: &SavedConnection) -> Result<Arc<dyn Provider>> {
        let session = self.0.sessions.session(saved.id);
        let provider = session
            .provider
            .get_or_try_init(|| async {
                let secrets = self.secret_answers(saved).await?;
                let connection = &saved.connection;
                let environment = self.saved_environment(saved);
                self.0.connector.connect(&connection.provider, &connection.answers, &secrets, &environment).await
            })
            .await?;
        Ok(Arc::clone(provider))
    }

    /// Passes an answer of a provider on; if it says that the sign-in is over, the next question signs in again.
    pub(crate) fn heard<T>(&self, connection: i64, answer: Result<T>) -> Result<T> {
        if answer.as_ref().is_err_and(|error| error.kind() == Kind::SignedOut) {
            self.0.sessions.end(connection);
        }
        answer
    }

    async fn secret_answers(&self, saved: &SavedConnection) -> Result<SecretAnswers> {
        if let Some(secrets) = practice::public_secret(&self.0.home, &saved.connection) {
            return Ok(secrets);
        }
        let title = |field: &str| {
            let form = self.0.connector.forms().into_iter().find(|form| form.provider == saved.connection.provider)?;
            form.fields.iter().find(|asked| asked.name == field).map(|asked| asked.label)
        };
        let mut secrets = SecretAnswers::new();
        // What spares a prompt is read by who would ask, and may be gone.
        for field in saved.connection.secret_fields.iter().filter(|field| *field != KEPT) {
            let Some(secret) = self.read_secret(&saved.connection.name, field).await? else {
                return Err(Error::new(
                    Kind::SignedOut,
                    "sign in",
                    format!("its secret ({}) is not on this computer any more", title(field).unwrap_or(field)),
                )
                .with_refused_by("this app")
                .with_next("Connect again under the same name, with the same answers; rows and pins stay."));
            };
            secrets.insert(field.clone(), secret.0);
        }
        Ok(secrets)
    }

    /// A secret answer and where it is kept: in memory if the person wanted so, else in the keychain.
    pub(crate) async fn read_secret(
        &self,
        connection: &str,
        field: &str,
    ) -> Result<Option<(domain::Secret, WhereKept)>> {
        let (memory, keychain) = (Arc::clone(&self.0.memory), Arc::clone(&self.0.keychain));
        let (connection, field) = (connection.to_owned(), field.to_owned());
        off_thread(move || {
            if let Some(secret) = memory.read(&connection, &field)? {
                return Ok(Some((secret, WhereKept::Memory)));
            }
            let place = if keychain.persistent() { WhereKept::Keyring } else { WhereKept::Memory };
            Ok(keychain.read(&connection, &field)?.map(|secret| (secret, place)))
        })
        .await
    }

    /// Keeps secret answers where the person wants them, and nowhere else.
    pub(crate) async fn keep_secrets(&self, connection: &str, secrets: SecretAnswers, keep: bool) -> Result<()> {
        let (memory, keychain) = (Arc::clone(&self.0.memory), Arc::clone(&self.0.keychain));
        let connection = connection.to_owned();
        off_thread(move || {
            for (field, secret) in &secrets {
                if keep {
                    keychain.keep(&connection, field, secret)?;
                    memory.forget(&connection, field)?;
                } else {
                    memory.keep(&connection, field, secret)?;
                    // One kept earlier must not come back at the next start. Without a keyring there is none.
                    if let Err(error) = keychain.forget(&connection, field) {
                        tracing::warn!(error = ?error, "an older secret may still be in the keyring");
                    }
                }
            }
            Ok(())
        })
        .await
    }

    /// Forgets secret answers wherever they are.
    pub(crate) async fn forget_secrets(&self, connection: &str, fields: Vec<String>) -> Result<()> {
        let (memory, keychain) = (Arc::clone(&self.0.memory), Arc::clone(&self.0.keychain));
        let connection = connection.to_owned();
        off_thread(move || {
            for field in fields {
                memory.forget(&connection, &field)?;
                keychain.forget(&connection, &field)?;
            }
            Ok(())
        })
        .await
    }

    /// The form of a kind of place.
    ///
    /// # Errors
    /// `Unsupported` if this version does not have it.
    pub(crate) fn form(&self, provider: &str) -> Result<&'static domain::Form> {
        let form = self.0.connector.forms().into_iter().find(|form| form.provider == provider);
        form.ok_or_else(|| providers::unknown(provider))
    }
}

/// Where a secret answer is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum WhereKept {
    Keyring,
    Memory,
}
