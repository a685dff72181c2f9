//! How a call that changes something ended: done, refused, or nobody knows.
//!
//! Refused is only what Key Vault understood and said no to, and what certainly never left this computer. Everything else
//! is unknown, an error of the service's own among it: it may have acted before it failed.

use std::collections::BTreeMap;

use azure_core::{
    error::ErrorKind,
    http::{Response, headers::HeaderName},
};
use domain::{Changed, Error, Kind, Outcome};

use crate::{client::Once, error, operation::Call, state::Bundle};

/// What was made, by name.
pub(super) type Results = BTreeMap<String, String>;

const READ: &str = "Nothing is sent again. Claviger reads what became of it; check again if that is not settled.";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-request-id");

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
            let error = error::of_azure(call.operation, failure);
            let message = format!("nothing was sent: {}", error.message());
            Outcome::Refused(Error::new(error.kind(), call.operation, message).with_source(error))
        }
        Err(failure) if is_refusal(&failure) => {
            let error = error::of_azure(call.operation, failure);
            Outcome::Refused(match (error.kind(), error.permission()) {
                (Kind::Denied, None) => error.with_permission(call.permission),
                _ => error,
            })
        }
        Err(failure) => unknown(error::of_azure(call.operation, failure)),
    }
}

/// For answers that tell nothing beside that it is done.
pub(super) fn nothing(_: &[u8]) -> Option<Results> {
    Some(Results::new())
}

/// The version that was made, of which item.
pub(super) fn made(answer: &[u8]) -> Option<Results> {
    let bundle: Bundle = serde_json::from_slice(answer).ok()?;
    let version = bundle.version()?.to_owned();
    Some([("version".to_owned(), version)].into())
}

/// A call that another room sends: a fault of ours; nothing was sent.
pub(super) fn not_here(call: Call) -> Outcome {
    let message = format!("{} is sent elsewhere", call.name);
    Outcome::Refused(Error::new(Kind::Unexpected, call.operation, message).with_refused_by("this app"))
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
