//! Connections: found, drafted, tried, saved, listed and forgotten.

mod draft;
mod practice;
mod prompts;
mod providers;
mod session;

use std::sync::Arc;

use contract::{
    AccessReport, AddConnection, CheckAccess, ConnectionList, ConnectionRow, EnvironmentMark, FormRow, FoundSignIn,
    Nothing, RemoveConnection, SignInList,
};
use domain::{Kind, Result};
use journal::{NewConnection, SavedConnection};

use crate::{App, off_thread, wire};
use draft::Checked;
use prompts::KEPT;
pub(crate) use prompts::Prompts;
pub use providers::{Connector, Providers};
pub(crate) use session::Sessions;
use session::WhereKept;

impl App {
    /// The kinds of places one can connect to, each with its questions.
    ///
    /// # Errors
    /// None; the table wants a `Result`.
    pub async fn connection_forms(&self, _: Nothing) -> Result<Vec<FormRow>> {
        Ok(self.0.connector.forms().into_iter().map(wire::form_row).collect())
    }

    /// Sign-ins that are already on this computer.
    ///
    /// # Errors
    /// `Unexpected` if Claviger's file cannot be read.
    pub async fn found_sign_ins(&self, _: Nothing) -> Result<SignInList> {
        let saved = self.journal(|journal| journal.connections()).await?;
        let (connector, environment) = (Arc::clone(&self.0.connector), self.0.environment.clone());
        let found = off_thread(move || Ok(connector.discover(&environment))).await?;
        let found = found
            .into_iter()
            .filter_map(|sign_in| {
                let form = self.form(sign_in.provider).ok()?;
                let meant = draft::normal(form, &sign_in.answers);
                let connected = saved.iter().any(|saved| {
                    saved.connection.provider == sign_in.provider
                        && draft::normal(form, &saved.connection.answers) == meant
                });
                Some(FoundSignIn {
                    provider: sign_in.provider.to_owned(),
                    title: form.title.to_owned(),
                    name: sign_in.name,
                    detail: sign_in.detail,
                    answers: sign_in.answers,
                    connected,
                })
            })
            .collect();
        Ok(SignInList { found })
    }

    /// Tries what reading needs. Saves nothing.
    ///
    /// # Errors
    /// `Invalid` if the draft does not fit its form; as the provider says if one cannot get in at all.
    pub async fn check_access(&self, request: CheckAccess) -> Result<AccessReport> {
        let draft = &request.draft;
        let Checked { answers, secrets } = draft::check(self.form(&draft.provider)?, draft)?;
        let environment = self.draft_environment(&draft.provider, &answers);
        let provider = self.0.connector.connect(&draft.provider, &answers, &secrets, &environment).await?;
        let (identity, checks) = futures::join!(provider.identity(), provider.check_access());
        let identity = match identity {
            Ok(identity) => Some(identity),
            Err(error) => match error.kind() {
                // Not being told who one is, is no reason not to come in.
                Kind::Denied | Kind::NotFound | Kind::Throttled | Kind::Unsupported => None,
                Kind::Conflict | Kind::Interrupted | Kind::Invalid | Kind::SignedOut | Kind::Unexpected => {
                    return Err(error);
                }
            },
        };
        Ok(AccessReport {
            until: identity.as_ref().and_then(|identity| identity.until).map(wire::instant),
            detail: identity.as_ref().map(|identity| identity.detail.clone()).filter(|detail| !detail.is_empty()),
            identity: identity.map(|identity| identity.name),
            checks: checks.iter().map(wire::access_row).collect(),
        })
    }

    /// Saves a connection, and its secrets in the OS keyring or in memory. One that is already there with the same
    /// answers takes the new secrets: that is how one signs in again.
    ///
    /// # Errors
    /// `Invalid` if the draft does not fit its form, `Conflict` if the name is taken, or as the keychain says.
    pub async fn add_connection(&self, request: AddConnection) -> Result<ConnectionRow> {
        let draft = &request.draft;
        draft::check_name(&draft.name)?;
        let form = self.form(&draft.provider)?;
        let Checked { answers, mut secrets } = draft::check(form, draft)?;
        let mut secret_fields: Vec<String> = secrets.keys().cloned().collect();
        // Kept or not yet there: what a prompt leaves has its place as if it had been typed.
        if draft.keep && prompts::asks(form, &answers) {
            secret_fields.push(KEPT.to_owned());
        }
        let signed_in = self.0.prompts.take_draft(&draft.provider, &answers);
        secrets.extend(signed_in.map(|secret| (KEPT.to_owned(), secret)));
        let new = NewConnection {
            name: draft.name.clone(),
            provider: draft.provider.clone(),
            environment: draft.environment.and_then(mark_word),
            answers,
            secret_fields,
        };
        let (saved, signs_in_again) = self.journal(move |journal| save(journal, new)).await?;
        if let Err(error) = self.keep_secrets(&draft.name, secrets, draft.keep).await {
            if !signs_in_again {
                let name = draft.name.clone();
                self.journal(move |journal| journal.remove_connection(&name)).await?;
            }
            return Err(error);
        }
        self.0.sessions.end(saved.id);
        Ok(self.row(saved).await)
    }

    /// Forgets a connection, its secrets and its last known rows.
    ///
    /// # Errors
    /// `NotFound` if there is none of that name; as the keychain says if a secret cannot be forgotten (then the
    /// connection stays).
    pub async fn remove_connection(&self, request: RemoveConnection) -> Result<Nothing> {
        let saved = self.saved(&request.name).await?;
        let mut fields = saved.connection.secret_fields;
        // One that was not to be kept is in memory.
        if !fields.iter().any(|field| field == KEPT) {
            fields.push(KEPT.to_owned());
        }
        self.forget_secrets(&request.name, fields).await?;
        self.journal(move |journal| journal.remove_connection(&request.name)).await?;
        self.0.sessions.end(saved.id);
        self.0.writes.set(saved.id, None);
        Ok(Nothing {})
    }

    /// Every saved connection, with who one is there as far as known. Asks no provider.
    ///
    /// # Errors
    /// `Unexpected` if Claviger's file cannot be read.
    pub async fn list_connections(&self, _: Nothing) -> Result<ConnectionList> {
        let saved = self.journal(|journal| journal.connections()).await?;
        let connections = futures::future::join_all(saved.into_iter().map(|saved| self.row(saved))).await;
        Ok(ConnectionList { connections })
    }

    async fn row(&self, saved: SavedConnection) -> ConnectionRow {
        let identity = self.0.sessions.identity(saved.id);
        let secrets = self.secrets_word(&saved.connection).await.to_owned();
        let NewConnection { name, provider, environment, answers, .. } = saved.connection;
        ConnectionRow {
            name,
            title: self.form(&provider).map_or_else(|_| provider.clone(), |form| form.title.to_owned()),
            place: self.0.connector.place(&provider, &answers),
            environment: environment.and_then(|word| serde_json::from_value(word.into()).ok()),
            writes_until: self.0.writes.until(saved.id).map(wire::instant),
            until: identity.as_ref().and_then(|identity| identity.until).map(wire::instant),
            identity: identity.map(|identity| identity.name),
            secrets,
            provider,
        }
    }

    async fn secrets_word(&self, connection: &NewConnection) -> &'static str {
        let mut word = "none needed";
        for field in &connection.secret_fields {
            match self.read_secret(&connection.name, field).await {
                Ok(Some((_, WhereKept::Memory))) => word = "memory",
                Ok(Some((_, WhereKept::Keyring))) => word = if word == "memory" { word } else { "keyring" },
                // The next use asks the person.
                Ok(None) if field == KEPT => {}
                Ok(None) => return "missing",
                Err(error) => {
                    tracing::warn!(error = ?error, "the keyring does not say whether it has a secret");
                    return "missing";
                }
            }
        }
        word
    }
}

fn save(journal: &journal::Journal, new: NewConnection) -> Result<(SavedConnection, bool)> {
    if let Some(old) = journal.connection(&new.name)?
        && !new.secret_fields.is_empty()
        && old.connection.provider == new.provider
        && old.connection.answers == new.answers
    {
        journal.replace_connection(old.id, &new)?;
        return Ok((SavedConnection { id: old.id, connection: new }, true));
    }
    Ok((journal.add_connection(&new)?, false))
}

/// The word under which a mark is kept: the same as on the wire.
fn mark_word(mark: EnvironmentMark) -> Option<String> {
    serde_json::to_value(mark).ok()?.as_str().map(str::to_owned)
}
