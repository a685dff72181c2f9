//! `claviger connect`: answers from arguments, secrets from the environment or from standard input.

use std::{
    collections::BTreeMap,
    io::{IsTerminal, Read},
    path::Path,
};

use app::{App, Keychain};
use contract::{AddConnection, CheckAccess, ConnectionDraft, EnvironmentMark};
use domain::{Error, Kind, Result, Secret};
use zeroize::Zeroizing;

use super::arguments::{Common, Mark, Place, VaultAuth};
use crate::{keychain::WithEnvironment, print};

/// Tries the connection, then saves it.
pub(super) async fn connect(app: &App, keychain: &WithEnvironment, place: Place) -> Result<()> {
    let new_file = match &place {
        Place::Local { file, .. } if !file.exists() => Some(file.clone()),
        Place::Local { .. } | Place::Aws { .. } | Place::Azure(_) | Place::Vault { .. } => None,
    };
    let (common, provider, answers, secret_field) = questions(keychain, place);
    let prompts = matches!(answers.get("auth").map(String::as_str), Some("browser" | "device-code"));
    if common.keep && (secret_field.is_some() || prompts) && !keychain.persistent() {
        return Err(Error::new(Kind::Unsupported, "connect", "there is no keyring here to keep the secret in")
            .with_next("Leave --keep away, and give the secret by the environment each time."));
    }
    let mut secrets = BTreeMap::new();
    if let Some(field) = secret_field {
        let secret = match keychain.variable(&common.name, field) {
            Some(secret) => secret,
            None => from_standard_input(field)?,
        };
        if let Some(file) = &new_file {
            app.make_keystore(file, Secret::new(secret.expose().to_vec())).await?;
            eprintln!("{} was not there: made, with practice items.", print::safe(&file.to_string_lossy()));
        }
        let text =
            secret.expose_text().ok_or_else(|| Error::new(Kind::Invalid, "connect", "the secret is not text"))?;
        secrets.insert(field.to_owned(), text.to_owned());
    }
    let draft = ConnectionDraft {
        name: common.name,
        provider: provider.to_owned(),
        environment: common.environment.map(mark),
        answers,
        secrets,
        keep: common.keep,
    };
    if !common.no_check {
        let report = app.check_access(CheckAccess { draft: copy(&draft) }).await?;
        print::access(&report);
    }
    let forgets = secret_field.filter(|_| !draft.keep);
    let row = app.add_connection(AddConnection { draft }).await?;
    println!("Connected: {} ({})", print::safe(&row.name), print::safe(&row.place));
    if let Some(field) = forgets {
        eprintln!(
            "The {field} is not kept. Give it to later commands as CLAVIGER_{}, or connect with --keep.",
            field.to_uppercase()
        );
    }
    Ok(())
}

/// The answers to the provider's form, and the secret field that is still open.
fn questions(
    keychain: &WithEnvironment,
    place: Place,
) -> (Common, &'static str, BTreeMap<String, String>, Option<&'static str>) {
    let mut answers = BTreeMap::new();
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            answers.insert(name.to_owned(), value);
        }
    };
    match place {
        Place::Local { common, file } => {
            put("file", Some(absolute(&file)));
            put("lock", Some("passphrase".to_owned()));
            (common, "local", answers, Some("passphrase"))
        }
        Place::Aws { common, profile, regions, endpoint_url, role_arn } => {
            put("profile", profile);
            put("regions", Some(regions.join(",")));
            put("endpoint_url", endpoint_url);
            put("role_arn", role_arn);
            (common, "aws", answers, None)
        }
        Place::Azure(azure) => {
            let secret = azure.secret(|field| keychain.variable(&azure.common.name, field).is_some());
            let (common, given) = azure.answers();
            given.into_iter().for_each(|(name, value)| put(name, value));
            (common, "azure", answers, secret)
        }
        Place::Vault {
            common,
            address,
            namespace,
            ca_file,
            client_cert,
            client_key,
            auth,
            username,
            role_id,
            mounts,
        } => {
            put("address", Some(address));
            put("namespace", namespace);
            put("ca_file", ca_file.as_deref().map(absolute));
            put("client_cert", client_cert.as_deref().map(absolute));
            put("client_key", client_key.as_deref().map(absolute));
            put("username", username);
            put("role_id", role_id);
            put("mounts", Some(mounts.join(",")));
            let in_environment = keychain.variables.contains_key("VAULT_TOKEN");
            let (auth, token_from, secret) = match auth {
                VaultAuth::Approle => ("approle", None, Some("secret_id")),
                // Not copied: later commands read the variable themselves.
                VaultAuth::Token if in_environment && !common.keep => ("found", Some("environment"), None),
                VaultAuth::Token => ("token", None, Some("token")),
                VaultAuth::Userpass => ("userpass", None, Some("password")),
            };
            put("auth", Some(auth.to_owned()));
            put("token_from", token_from.map(str::to_owned));
            (common, "vault", answers, secret)
        }
    }
}

fn mark(mark: Mark) -> EnvironmentMark {
    match mark {
        Mark::Development => EnvironmentMark::Development,
        Mark::Production => EnvironmentMark::Production,
        Mark::Sandbox => EnvironmentMark::Sandbox,
        Mark::Staging => EnvironmentMark::Staging,
    }
}

/// The connection outlives the folder it was made in.
pub(super) fn absolute(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).to_string_lossy().into_owned()
}

fn copy(draft: &ConnectionDraft) -> ConnectionDraft {
    ConnectionDraft {
        name: draft.name.clone(),
        provider: draft.provider.clone(),
        environment: draft.environment,
        answers: draft.answers.clone(),
        secrets: draft.secrets.clone(),
        keep: draft.keep,
    }
}

pub(super) fn from_standard_input(field: &str) -> Result<Secret> {
    let failed = |error: std::io::Error| {
        Error::new(Kind::Invalid, "connect", format!("the {field} could not be read from standard input"))
            .with_source(error)
    };
    let mut text = if std::io::stdin().is_terminal() {
        Zeroizing::new(rpassword::prompt_password(format!("{field}: ")).map_err(failed)?)
    } else {
        let mut text = Zeroizing::new(String::new());
        std::io::stdin().read_to_string(&mut text).map_err(failed)?;
        text
    };
    let kept = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(kept);
    if text.is_empty() {
        return Err(Error::new(Kind::Invalid, "connect", format!("there is no {field}")).with_next(format!(
            "Set CLAVIGER_{}, or write it to standard input. It is never an argument.",
            field.to_uppercase()
        )));
    }
    Ok(Secret::from_text(std::mem::take(&mut *text)))
}
