//! How a call that changes something ended: done, refused, or nobody knows.
//!
//! Refused is only what AWS understood and said no to, and what certainly never left this computer. Everything else is
//! unknown, an error of the service's own among it: it may have acted before it failed.

use std::{collections::BTreeMap, error::Error as StdError};

use aws_sdk_kms::{
    error::{ProvideErrorMetadata, SdkError},
    operation::RequestId,
};
use domain::{Changed, Error, Outcome, Secret};

use crate::error::{self, Call};

/// What was made, by name.
pub(super) type Results = BTreeMap<String, String>;

const READ: &str = "Nothing is sent again. Claviger reads what became of it; check again if that is not settled.";

/// `results` reads from the answer what was made; `None` if the answer lacks it.
pub(super) fn ended<T, E>(
    call: Call,
    answer: Result<T, SdkError<E>>,
    results: impl FnOnce(&T) -> Option<Results>,
) -> Outcome
where
    T: RequestId,
    E: StdError + ProvideErrorMetadata + 'static,
{
    match answer {
        Ok(answer) => match results(&answer) {
            Some(results) => Outcome::Done { request_id: answer.request_id().map(str::to_owned), results },
            None => unknown(error::incomplete(call, "identifier of what was made")),
        },
        Err(failure) if is_refusal(call, &failure) => Outcome::Refused(error::of_sdk(call, &failure)),
        Err(failure) => unknown(error::of_sdk(call, &failure)),
    }
}

/// For answers that tell nothing beside that it is done.
pub(super) fn nothing<T>(_: &T) -> Option<Results> {
    Some(Results::new())
}

/// Names and values of what was made; `None` if one of them is missing.
pub(super) fn made<const N: usize>(named: [(&str, Option<&str>); N]) -> Option<Results> {
    named.into_iter().map(|(name, value)| Some((name.to_owned(), value?.to_owned()))).collect()
}

/// The same, but for words of the service that hold the secret value that was sent.
pub(super) fn without(value: Option<&Secret>, outcome: Outcome) -> Outcome {
    let holds = |error: &Error| {
        let text = value.and_then(Secret::expose_text).filter(|text| !text.is_empty());
        text.is_some_and(|text| error.message().contains(text))
    };
    match outcome {
        Outcome::Refused(error) if holds(&error) => Outcome::Refused(wordless(&error)),
        Outcome::Unknown(error) if holds(&error) => Outcome::Unknown(wordless(&error)),
        outcome => outcome,
    }
}

fn wordless(error: &Error) -> Error {
    let message = "AWS's answer is not shown: it holds the secret value";
    let mut wordless = Error::new(error.kind(), error.operation(), message)
        .with_changed(error.changed().clone())
        .with_next(error.next())
        .with_refused_by("AWS");
    if let Some(permission) = error.permission() {
        wordless = wordless.with_permission(permission);
    }
    match error.request_id() {
        Some(id) => wordless.with_request_id(id),
        None => wordless,
    }
}

fn unknown(error: Error) -> Outcome {
    Outcome::Unknown(error.with_changed(Changed::Unknown).with_next(READ))
}

fn is_refusal<E>(call: Call, failure: &SdkError<E>) -> bool
where
    E: StdError + ProvideErrorMetadata + 'static,
{
    match failure {
        SdkError::ConstructionFailure(_) => true,
        SdkError::DispatchFailure(_) => error::never_left(failure),
        SdkError::ServiceError(answer) => {
            let status = answer.raw().status();
            // Without a code it was not AWS that answered, and whoever it was may have passed the call on. 408 says that
            // the service gave up waiting.
            let said = |code| error::material::is_refusal(call, code, failure.message().unwrap_or_default());
            let understood = status.is_client_error() && status.as_u16() != 408;
            failure.code().is_some_and(|code| understood || said(code))
        }
        SdkError::ResponseError(_) | SdkError::TimeoutError(_) => false,
        // The SDK's enum is open.
        _ => false,
    }
}
