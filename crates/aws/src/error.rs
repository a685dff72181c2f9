//! The failures of AWS's services as [`domain::Error`]: one table by error code, and the faults of the way there and back.
//!
//! What the service says is kept as untrusted text, tidied and cut. The SDK's own errors are never kept as a cause:
//! printed, they show the whole answer, and that may be a secret.

pub(crate) mod material;

use std::error::Error as StdError;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_kms::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
    operation::RequestId,
};
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use domain::{Error, Kind};

/// Who refuses.
const AWS: &str = "AWS";

/// A call of an AWS API, as a person and as a policy say it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    /// An infinitive.
    pub(crate) operation: &'static str,
    /// The action that a policy must allow, such as `kms:DescribeKey`.
    pub(crate) permission: &'static str,
}

/// The table: error codes, the kind of failure, and what AWS did, for a person. Sources: the services' "Common errors"
/// and each operation's own list in the API references of KMS, Secrets Manager, ACM and STS.
const CODES: &[(&[&str], Kind, &str)] = &[
    (
        &["AccessDenied", "AccessDeniedException", "NotAuthorized", "OptInRequired", "UnauthorizedOperation"],
        Kind::Denied,
        "refused",
    ),
    (
        &[
            "AuthFailure",
            "ExpiredToken",
            "ExpiredTokenException",
            "IncompleteSignature",
            "IncompleteSignatureException",
            "InvalidAccessKeyId",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "RequestExpired",
            "RequestTimeTooSkewed",
            "SignatureDoesNotMatch",
            "UnrecognizedClientException",
        ],
        Kind::SignedOut,
        "did not accept the sign-in",
    ),
    (
        &[
            "RequestLimitExceeded",
            "RequestThrottled",
            "SlowDown",
            "Throttling",
            "ThrottlingException",
            "TooManyRequestsException",
        ],
        Kind::Throttled,
        "asks for fewer requests",
    ),
    (&["NotFoundException", "ResourceNotFoundException"], Kind::NotFound, "knows no such thing"),
    (
        &["ConflictException", "DisabledException", "InvalidRequestException", "KMSInvalidStateException"],
        Kind::Conflict,
        "cannot do this in the present state",
    ),
    (&["RequestInProgressException"], Kind::Conflict, "has not issued it yet"),
    (
        &[
            "InvalidArgsException",
            "InvalidArnException",
            "InvalidKeyUsageException",
            "InvalidMarkerException",
            "InvalidNextTokenException",
            "InvalidParameterException",
            "MalformedQueryString",
            "ValidationError",
            "ValidationException",
        ],
        Kind::Invalid,
        "did not accept the request",
    ),
    (
        &[
            "InvalidAction",
            "NotImplemented",
            "NotImplementedException",
            "UnknownOperation",
            "UnknownOperationException",
            "UnknownService",
            "UnsupportedOperation",
            "UnsupportedOperationException",
        ],
        Kind::Unsupported,
        "does not offer this here",
    ),
    (
        &[
            "DependencyTimeoutException",
            "InternalFailure",
            "InternalServiceError",
            "InternalServiceErrorException",
            "KMSInternalException",
            "KeyUnavailableException",
            "ServiceUnavailable",
            "ServiceUnavailableException",
        ],
        Kind::Interrupted,
        "could not answer now",
    ),
];

/// Signing in again, for whoever has done it with the command line before.
const SIGN_IN: &str = "Renew the credentials (for SSO: `aws sso login`), then refresh.";

/// Where something else answers in place of AWS.
const NOT_AWS: &str = "Check the endpoint, and whether a proxy or a sign-in page stands between this computer and AWS.";

/// The failure of one call.
pub(crate) fn of_sdk<E>(call: Call, failure: &SdkError<E>) -> Error
where
    E: StdError + ProvideErrorMetadata + 'static,
{
    if let Some(credentials) = cause::<CredentialsError>(failure) {
        return of_credentials(call, credentials);
    }
    let error = match failure {
        SdkError::TimeoutError(_) => Error::new(Kind::Interrupted, call.operation, "AWS did not answer in time"),
        SdkError::DispatchFailure(dispatch) if dispatch.is_timeout() => {
            Error::new(Kind::Interrupted, call.operation, format!("AWS did not answer in time: {}", deepest(failure)))
        }
        SdkError::DispatchFailure(_) => of_transport(call, &deepest(failure)),
        SdkError::ServiceError(answer) => match failure.code() {
            Some(code) => of_code(call, code, failure.message().unwrap_or_default(), answer.raw().status().as_u16()),
            None => of_answer(call, answer.raw()),
        },
        SdkError::ResponseError(answer) => match answer.raw().body().bytes() {
            Some(_) => of_answer(call, answer.raw()),
            None => {
                Error::new(Kind::Interrupted, call.operation, format!("the answer broke off: {}", deepest(failure)))
            }
        },
        SdkError::ConstructionFailure(_) => {
            Error::new(Kind::Invalid, call.operation, format!("the request cannot be made: {}", deepest(failure)))
        }
        _ => Error::new(Kind::Unexpected, call.operation, deepest(failure)),
    };
    match failure.request_id() {
        Some(id) => error.with_request_id(tidy(id)),
        None => error,
    }
}

/// An answer that is well formed and yet lacks what it is for.
pub(crate) fn incomplete(call: Call, what: &str) -> Error {
    Error::new(Kind::Invalid, call.operation, format!("the answer holds no {what}")).with_refused_by(AWS)
}

fn of_code(call: Call, code: &str, words: &str, status: u16) -> Error {
    if let Some(error) = material::of_code(call, code, words) {
        return error;
    }
    // "Not implemented" comes under many codes.
    let row = CODES.iter().find(|(codes, _, _)| status != 501 && codes.contains(&code));
    let (kind, what) = row.map_or_else(|| of_status(status), |(_, kind, what)| (*kind, *what));
    let words = tidy(words);
    let message =
        if words.is_empty() { format!("AWS {what} ({code})") } else { format!("AWS {what} ({code}): {words}") };
    let error = Error::new(kind, call.operation, message).with_refused_by(AWS);
    match (kind, code) {
        (Kind::Denied, _) => error.with_permission(call.permission),
        (Kind::SignedOut, "UnrecognizedClientException" | "InvalidClientTokenId") => error.with_next(format!(
            "{SIGN_IN} If they are good in other Regions, this Region is not enabled for the account."
        )),
        (Kind::SignedOut, "InvalidSignatureException" | "SignatureDoesNotMatch") => {
            error.with_next("Check the secret access key, and this computer's clock.")
        }
        (Kind::SignedOut, "RequestExpired" | "RequestTimeTooSkewed") => error.with_next("Set this computer's clock."),
        (Kind::SignedOut, _) => error.with_next(SIGN_IN),
        _ => error,
    }
}

fn of_status(status: u16) -> (Kind, &'static str) {
    match status {
        401 => (Kind::SignedOut, "did not accept the sign-in"),
        403 => (Kind::Denied, "refused"),
        404 => (Kind::NotFound, "knows no such thing"),
        429 => (Kind::Throttled, "asks for fewer requests"),
        501 => (Kind::Unsupported, "does not offer this here"),
        500..=599 => (Kind::Interrupted, "could not answer now"),
        _ => (Kind::Unexpected, "gave an answer nobody planned for"),
    }
}

/// An answer without an error code: not from AWS, cut short, or garbled.
fn of_answer(call: Call, answer: &HttpResponse) -> Error {
    let status = answer.status().as_u16();
    let body = answer.body().bytes().unwrap_or_default();
    let content_type = answer.headers().get("content-type").unwrap_or_default();
    if content_type.contains("html") || body.trim_ascii_start().starts_with(b"<") && !content_type.contains("xml") {
        let message = format!("an HTML page came where JSON was due (HTTP {status})");
        return Error::new(Kind::Invalid, call.operation, message).with_next(NOT_AWS);
    }
    if !answer.status().is_success() {
        let (kind, what) = match of_status(status) {
            (kind @ (Kind::Interrupted | Kind::Throttled), what) => (kind, what),
            // AWS itself never refuses without saying why.
            _ => (Kind::Invalid, "was not what answered"),
        };
        return Error::new(kind, call.operation, format!("AWS {what} (HTTP {status})")).with_next(NOT_AWS);
    }
    match serde_json::from_slice::<serde::de::IgnoredAny>(body) {
        Ok(_) => Error::new(Kind::Invalid, call.operation, "the answer is JSON, but not in the form that was due"),
        Err(error) if error.is_eof() => Error::new(Kind::Interrupted, call.operation, "the answer was cut short"),
        Err(error) => {
            // The position only: the parser's words may quote the answer.
            let place = format!("line {}, column {}", error.line(), error.column());
            Error::new(Kind::Invalid, call.operation, format!("the answer is not the JSON that was due ({place})"))
        }
    }
}

fn of_transport(call: Call, cause: &str) -> Error {
    let certificate = cause.contains("certificate") || cause.contains("UnknownIssuer");
    if certificate {
        let message = format!("the certificate of the endpoint was not accepted: {cause}");
        return Error::new(Kind::Interrupted, call.operation, message).with_next(
            "If a proxy or a private endpoint has a CA of its own, add that CA to this computer's trusted certificates.",
        );
    }
    Error::new(Kind::Interrupted, call.operation, format!("AWS could not be reached, or broke off: {cause}"))
}

/// No credentials, or none that are any good.
fn of_credentials(call: Call, failure: &CredentialsError) -> Error {
    let cause_of = deepest(failure);
    match failure {
        CredentialsError::CredentialsNotLoaded(_) => {
            let message = "there are no AWS credentials on this computer for this connection";
            Error::new(Kind::SignedOut, call.operation, message)
                .with_next("Sign in with the AWS command line (`aws sso login`, `aws configure`), then refresh.")
        }
        CredentialsError::InvalidConfiguration(_) => {
            Error::new(Kind::Invalid, call.operation, format!("the AWS configuration does not work: {cause_of}"))
                .with_next("Correct ~/.aws/config, then connect again.")
        }
        CredentialsError::ProviderTimedOut(_) => {
            Error::new(Kind::Interrupted, call.operation, "the credentials did not arrive in time")
        }
        _ => match cause::<SdkError<AssumeRoleError>>(failure) {
            Some(refused) => {
                let call = Call { operation: "assume the role", permission: "sts:AssumeRole" };
                of_sdk(call, refused)
            }
            None => {
                let message = format!("the sign-in did not give credentials: {cause_of}");
                Error::new(Kind::SignedOut, call.operation, message).with_next(SIGN_IN)
            }
        },
    }
}

/// Whether it is certain that nothing of a call left this computer: there were no credentials to sign it with, or no
/// connection to send it over.
pub(crate) fn never_left<E: StdError + 'static>(failure: &SdkError<E>) -> bool {
    let unsigned = cause::<CredentialsError>(failure).is_some();
    unsigned || cause::<hyper_util::client::legacy::Error>(failure).is_some_and(|error| error.is_connect())
}

/// The first cause of that type.
fn cause<'a, T: StdError + 'static>(failure: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    std::iter::successors(failure.source(), |error| (*error).source()).find_map(|error| error.downcast_ref())
}

/// The words of the innermost cause; the outer ones only say that something failed.
fn deepest(failure: &(dyn StdError + 'static)) -> String {
    let innermost = std::iter::successors(Some(failure), |error| (*error).source()).last();
    tidy(&innermost.map(ToString::to_string).unwrap_or_default())
}

/// One line of it, cut. The blob that only `sts:DecodeAuthorizationMessage` can read is left out.
fn tidy(text: &str) -> String {
    /// The longest text of AWS that goes into a message.
    const LONGEST: usize = 400;
    let text = text.split("Encoded authorization failure message").next().unwrap_or_default();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words,
    }
}
