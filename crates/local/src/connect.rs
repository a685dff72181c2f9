//! The questions of a connection to a keystore file, and the way in.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use domain::{
    Answers, Choice, Environment, Error, Field, FieldKind, Form, Kind, Provider, Result, Secret, SecretAnswers, SignIn,
    Timestamp,
};

use crate::{
    LocalKeystore,
    error::{broken_off, locked},
    keystore::Locked,
    lock::{Lock, LockKind},
};

const FILE: &str = "file";
const KEY: &str = "key";
const LOCK: &str = "lock";
const PASSPHRASE: &str = "passphrase";

/// The questions. `lock` only decides which secret is asked for: what really locks the file stands in the file.
pub static FORM: Form = Form {
    provider: "local",
    title: "Local keystore",
    about: "Keys, certificates and secrets in one encrypted file on this computer.",
    prompts_when: None,
    fields: &[
        Field {
            name: FILE,
            label: "File",
            help: "The keystore file.",
            kind: FieldKind::Path,
            required: true,
            shown_when: None,
        },
        Field {
            name: LOCK,
            label: "Locked with",
            help: "",
            kind: FieldKind::Choice(&[
                Choice { value: PASSPHRASE, label: "Passphrase" },
                Choice { value: "keyring-key", label: "Key from the OS keyring" },
            ]),
            required: true,
            shown_when: None,
        },
        Field {
            name: PASSPHRASE,
            label: "Passphrase",
            help: "",
            kind: FieldKind::Secret,
            required: true,
            shown_when: Some((LOCK, &[PASSPHRASE])),
        },
        Field {
            name: KEY,
            label: "Key",
            help: "32 bytes in base64. Claviger fills it in for keystores that it made.",
            kind: FieldKind::Secret,
            required: true,
            shown_when: Some((LOCK, &["keyring-key"])),
        },
    ],
};

/// Nothing: a keystore is a file anywhere, and the practice keystore has a button of its own.
pub fn discover(_environment: &Environment) -> Vec<SignIn> {
    Vec::new()
}

/// Opens the file and unlocks it. Of the secrets it takes the one that the file's lock wants.
///
/// # Errors
/// `SignedOut` for a secret that is missing or wrong, and as [`Locked::read`] and [`Locked::unlock`].
pub async fn connect(
    answers: &Answers,
    secrets: &SecretAnswers,
    environment: &Environment,
) -> Result<Arc<dyn Provider>> {
    const CONNECT: &str = "open the keystore";
    let path = path(answers, environment)?;
    let locked = tokio::task::spawn_blocking(move || Locked::read(&path))
        .await
        .map_err(|cause| broken_off(CONNECT, cause))??;
    let lock = lock_for(locked.kind(), secrets)?;
    let keystore = tokio::task::spawn_blocking(move || locked.unlock(&lock))
        .await
        .map_err(|cause| broken_off(CONNECT, cause))??;
    Ok(Arc::new(LocalKeystore::new(keystore, Timestamp::now)))
}

/// Where a connection of these answers leads: the file.
pub fn place(answers: &Answers) -> String {
    answers.get(FILE).cloned().unwrap_or_default()
}

fn path(answers: &Answers, environment: &Environment) -> Result<PathBuf> {
    let text = answers.get(FILE).map(String::as_str).unwrap_or_default();
    if text.is_empty() {
        return Err(Error::new(Kind::Invalid, "open the keystore", "no file was named").with_next("Choose the file."));
    }
    // People type the shell's shorthand, and no shell expands it here.
    Ok(match text.strip_prefix("~/") {
        Some(rest) => environment.home.join(rest),
        None => Path::new(text).to_owned(),
    })
}

fn lock_for(kind: LockKind, secrets: &SecretAnswers) -> Result<Lock> {
    let given = |name: &str| secrets.get(name).filter(|secret| !secret.expose().is_empty());
    match kind {
        LockKind::Key => match given(KEY) {
            Some(text) => Lock::from_key_text(text),
            None => Err(locked(
                "the keystore is locked with a key from the OS keyring, and there is none for it",
                "Unlock the OS keyring, or connect again and give the key.",
            )),
        },
        LockKind::Passphrase => match given(PASSPHRASE) {
            Some(text) => Ok(Lock::Passphrase(Secret::new(text.expose().to_vec()))),
            None => Err(locked("the keystore is locked with a passphrase, and none was given", "Give the passphrase.")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_shorthand_is_read_and_a_missing_file_is_asked_for() {
        let environment = Environment { home: PathBuf::from("/home/maria"), ..Environment::default() };
        let path_of = |text: &str| path(&Answers::from([(FILE.to_owned(), text.to_owned())]), &environment);
        assert_eq!(path_of("~/keys.keystore").unwrap(), Path::new("/home/maria/keys.keystore"));
        assert_eq!(path_of("/a/~/b").unwrap(), Path::new("/a/~/b"));
        assert_eq!(path_of("").unwrap_err().kind(), Kind::Invalid);
        assert_eq!(path(&Answers::new(), &environment).unwrap_err().kind(), Kind::Invalid);
    }

    #[test]
    fn a_missing_secret_is_named() {
        let empty = SecretAnswers::from([(PASSPHRASE.to_owned(), Secret::new(Vec::new()))]);
        for (kind, word) in [(LockKind::Key, "OS keyring"), (LockKind::Passphrase, "passphrase")] {
            let error = lock_for(kind, &empty).unwrap_err();
            assert_eq!((error.kind(), error.message().contains(word)), (Kind::SignedOut, true));
        }
    }

    #[test]
    fn every_condition_of_the_form_can_come_true() {
        for field in FORM.fields {
            let Some((name, values)) = field.shown_when else { continue };
            let asked = FORM.fields.iter().find(|other| other.name == name).unwrap();
            let FieldKind::Choice(choices) = &asked.kind else { panic!("{name} is no choice") };
            assert!(choices.iter().any(|choice| values.contains(&choice.value)), "{}: {values:?}", field.name);
        }
    }
}
