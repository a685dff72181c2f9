//! The OS keyring: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows. Where none answers,
//! secrets live in memory until the process ends, and the window says so.

use std::{collections::BTreeMap, path::Path, sync::OnceLock};

use app::{Keychain, MemoryKeychain};
use domain::{Error, Kind, Result, Secret};
use keyring_core::Entry;

/// Secrets in the OS keyring, or in memory where there is none.
#[derive(Debug)]
pub(crate) struct OsKeychain {
    service: String,
    /// Asked once, when it is first needed: starting the Secret Service can take a while.
    answers: OnceLock<bool>,
    memory: MemoryKeychain,
}

impl OsKeychain {
    /// The keyring entries of the state folder `home`. Another `CLAVIGER_HOME` has entries of its own.
    pub(crate) fn new(home: &Path) -> Self {
        let service = match crate::home::chosen() {
            Some(_) => format!("Claviger ({})", home.display()),
            None => "Claviger".to_owned(),
        };
        Self { service, answers: OnceLock::new(), memory: MemoryKeychain::default() }
    }

    fn entry(&self, connection: &str, field: &str) -> Result<Entry> {
        Entry::new(&self.service, &format!("{connection}/{field}")).map_err(|error| failed("use the keyring", error))
    }
}

impl Keychain for OsKeychain {
    fn persistent(&self) -> bool {
        *self.answers.get_or_init(|| {
            let Ok(store) = platform_store() else { return false };
            keyring_core::set_default_store(store);
            // A locked or half-started keyring accepts the connection and refuses everything else.
            matches!(
                Entry::new(&self.service, "is a keyring there").and_then(|entry| entry.get_secret()),
                Ok(_) | Err(keyring_core::Error::NoEntry)
            )
        })
    }

    fn read(&self, connection: &str, field: &str) -> Result<Option<Secret>> {
        if !self.persistent() {
            return self.memory.read(connection, field);
        }
        match self.entry(connection, field)?.get_secret() {
            Ok(bytes) => Ok(Some(Secret::new(bytes))),
            Err(keyring_core::Error::NoEntry) => Ok(None),
            Err(error) => Err(failed("read from the keyring", error)),
        }
    }

    fn keep(&self, connection: &str, field: &str, secret: &Secret) -> Result<()> {
        if !self.persistent() {
            return self.memory.keep(connection, field, secret);
        }
        self.entry(connection, field)?
            .set_secret(secret.expose())
            .map_err(|error| failed("write to the keyring", error))
    }

    fn forget(&self, connection: &str, field: &str) -> Result<()> {
        if !self.persistent() {
            return self.memory.forget(connection, field);
        }
        match self.entry(connection, field)?.delete_credential() {
            Ok(()) | Err(keyring_core::Error::NoEntry) => Ok(()),
            Err(error) => Err(failed("forget in the keyring", error)),
        }
    }
}

/// The same with secrets from the environment where nothing is kept: for commands in scripts.
///
/// A field `password` of the connection `prod` is read from `CLAVIGER_PASSWORD_PROD`, then from `CLAVIGER_PASSWORD`.
/// Variables of other tools (`VAULT_TOKEN`) are not read here: a connection takes them only if it was made so, since a
/// token must not be sent to a server it was not meant for.
pub(crate) struct WithEnvironment {
    pub(crate) keychain: OsKeychain,
    pub(crate) variables: BTreeMap<String, String>,
}

impl WithEnvironment {
    /// The secret that the environment holds for the field.
    pub(crate) fn variable(&self, connection: &str, field: &str) -> Option<Secret> {
        let upper = |text: &str| text.to_uppercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        let general = format!("CLAVIGER_{}", upper(field));
        let special = format!("{general}_{}", upper(connection));
        [special, general]
            .iter()
            .find_map(|name| self.variables.get(name))
            .map(|value| Secret::from_text(value.clone()))
    }
}

impl Keychain for WithEnvironment {
    fn persistent(&self) -> bool {
        self.keychain.persistent()
    }

    fn read(&self, connection: &str, field: &str) -> Result<Option<Secret>> {
        match self.keychain.read(connection, field)? {
            Some(secret) => Ok(Some(secret)),
            // What is of no connection, such as the journal's seal, must not come from outside.
            None if connection.is_empty() => Ok(None),
            None => Ok(self.variable(connection, field)),
        }
    }

    fn keep(&self, connection: &str, field: &str, secret: &Secret) -> Result<()> {
        self.keychain.keep(connection, field, secret)
    }

    fn forget(&self, connection: &str, field: &str) -> Result<()> {
        self.keychain.forget(connection, field)
    }
}

#[cfg(target_os = "linux")]
fn platform_store() -> keyring_core::Result<std::sync::Arc<keyring_core::CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn platform_store() -> keyring_core::Result<std::sync::Arc<keyring_core::CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(windows)]
fn platform_store() -> keyring_core::Result<std::sync::Arc<keyring_core::CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

fn failed(operation: &'static str, error: keyring_core::Error) -> Error {
    // The error's own text may quote the entry's attributes; its class is enough for a person.
    let message = match &error {
        keyring_core::Error::NoStorageAccess(_) => "the keyring is locked or refuses access",
        keyring_core::Error::TooLong(..) => "the secret is too long for this keyring",
        _ => "the keyring did not do it",
    };
    Error::new(Kind::Denied, operation, message)
        .with_refused_by("the operating system's keyring")
        .with_next("Unlock the keyring, or connect without keeping the secret.")
        .with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> WithEnvironment {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        WithEnvironment { keychain: OsKeychain::new(Path::new("/nowhere")), variables }
    }

    #[test]
    fn the_variable_of_a_connection_goes_before_the_general_one() {
        let keychain = with(&[("CLAVIGER_PASSWORD", "general"), ("CLAVIGER_PASSWORD_MY_VAULT", "special")]);
        let value = |connection: &str| {
            keychain.variable(connection, "password").map(|secret| secret.expose_text().unwrap().to_owned())
        };
        assert_eq!(value("my-vault").as_deref(), Some("special"));
        assert_eq!(value("other").as_deref(), Some("general"));
        assert!(keychain.variable("other", "secret_id").is_none());
    }

    #[test]
    fn a_token_that_is_meant_for_another_tool_is_not_taken() {
        let keychain = with(&[("VAULT_TOKEN", "of another server"), ("BAO_TOKEN", "of another server")]);
        assert!(keychain.variable("corp", "token").is_none());
    }
}
