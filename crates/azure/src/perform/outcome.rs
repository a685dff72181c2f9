//! How a call that changes something ended: done, refused, or nobody knows.
//!
//! Refused is only what Key Vault understood and said no to, and what certainly never left this computer. Everything else
//! is unknown, an error of the service's own among it: it may have acted before it failed.

use std::collections::BTreeMap;

use azure_core::{error::ErrorKind, http::Response};
use domain::{Changed, Error, ItemKey, Kind, Outcome, VaultId};
use serde::Deserialize;

use crate::{
    client::{Once, REQUEST_ID},
    error::{self, Call},
    inventory::{name_in, version_of},
    object::Object,
};

/// What was made, by name.
pub(crate) type Results = BTreeMap<String, String>;

const READ: &str = "Nothing is sent again. Claviger reads what became of it; check again if that is not settled.";

/// `results` reads from the answer what was made; `None` if the answer lacks it.
pub(super) fn ended<T, F>(
    (once, call): (&Once, Call),
    answer: azure_core::Result<Response<T, F>>,
    results: impl FnOnce(&[u8]) -> Option<Results>,
) -> Outcome {
    match answer {
        Ok(answer) => {
            let request_id = answer.headers().get_optional_string(&REQUEST_ID);
            match results(&answer.into_body()) {
                Some(results) => Outcome::Done { request_id, results },
                None => {
                    let message = "Key Vault accepted it, but its answer does not tell what was made";
                    unknown(Error::new(Kind::Unexpected, call.operation, message))
                }
            }
        }
        Err(failure) if !once.left.happened() || *failure.kind() == ErrorKind::Connection => {
            Outcome::Refused(unsent(error::of(call, &failure)))
        }
        Err(failure) if is_refusal(&failure) => Outcome::Refused(error::of(call, &failure)),
        Err(failure) => unknown(error::of(call, &failure)),
    }
}

/// For answers that tell nothing beside that it is done.
pub(super) fn nothing(_: &[u8]) -> Option<Results> {
    Some(Results::new())
}

#[derive(Deserialize)]
struct Made {
    id: Option<String>,
    key: Option<MadeKey>,
}

#[derive(Deserialize)]
struct MadeKey {
    kid: Option<String>,
}

/// The item and the version that were made.
pub(super) fn made(object: Object, vault: &VaultId) -> impl FnOnce(&[u8]) -> Option<Results> {
    move |answer| {
        let made: Made = serde_json::from_slice(answer).ok()?;
        let address = made.id.or_else(|| made.key?.kid)?;
        let item = object.item(vault, &name_in(&address)?);
        let version = version_of(Some(&address))?;
        Some(results(&item, Some(&version)))
    }
}

/// What was made, by the names that orders give it.
pub(crate) fn results(item: &ItemKey, version: Option<&str>) -> Results {
    let named = [("vault", Some(item.vault.0.as_str())), ("item", Some(item.id.as_str())), ("version", version)];
    named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))).collect()
}

/// The same failure, with that nothing was sent.
fn unsent(error: Error) -> Error {
    let message = format!("nothing was sent: {}", error.message());
    let mut unsent = Error::new(error.kind(), error.operation(), message).with_next(error.next());
    if let Some(who) = error.refused_by() {
        unsent = unsent.with_refused_by(who);
    }
    match error.permission() {
        Some(permission) => unsent.with_permission(permission),
        None => unsent,
    }
}

fn unknown(error: Error) -> Outcome {
    Outcome::Unknown(error.with_changed(Changed::Unknown).with_next(READ))
}

/// Whether it was Key Vault that said no. Without a code of its own it was somebody on the way, who may have passed the
/// call on. 408 says that the service gave up waiting.
fn is_refusal(failure: &azure_core::Error) -> bool {
    match failure.kind() {
        ErrorKind::HttpResponse { status, raw_response, .. } => {
            let status = u16::from(*status);
            let told = raw_response.as_ref().and_then(|answer| {
                let body: serde_json::Value = serde_json::from_slice(answer.body()).ok()?;
                body.get("error")?.get("code")?.as_str().map(str::to_owned)
            });
            (400..500).contains(&status) && status != 408 && told.is_some()
        }
        ErrorKind::Connection
        | ErrorKind::Credential
        | ErrorKind::DataConversion
        | ErrorKind::Io
        | ErrorKind::Other => false,
    }
}
