//! The failures of Azure's services as [`domain::Error`]: one table by code and status, and the faults of the way there and
//! back.
//!
//! What a service says is kept as untrusted text, tidied and cut. The crates' own errors are never kept as a cause: printed,
//! they may show the whole answer, and that may be a secret. Their `Display` hides the cause, so the sources are walked.

use std::{error::Error as StdError, fmt};

use azure_core::{error::ErrorKind, http::RawResponse};
use domain::{Error, Kind};
use serde::Deserialize;

use crate::signin;

/// Who refuses.
pub(crate) const AZURE: &str = "Azure";
/// Who refuses to sign in.
pub(crate) const ENTRA: &str = "Microsoft Entra";

/// A call of Key Vault or of Resource Manager, as a person and as both models of access say it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    /// An infinitive.
    pub(crate) operation: &'static str,
    /// The permission of a vault access policy, such as `keys/get`.
    pub(crate) policy: &'static str,
    /// The action of Azure RBAC, such as `Microsoft.KeyVault/vaults/keys/read`.
    pub(crate) action: &'static str,
}

/// A link that an answer held is not followed: it leads to another host than the vault's, or back to where one has been.
#[derive(Debug)]
pub(crate) enum Astray {
    Elsewhere { own: String, named: String },
    InCircles,
}

impl fmt::Display for Astray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Elsewhere { own, named } => write!(f, "{own} told to go on at {named}, which was not asked"),
            Self::InCircles => f.write_str("the pages of the list lead in circles, so it was not read further"),
        }
    }
}

impl StdError for Astray {}

/// The service asks to wait for longer than a person would.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Later {
    pub(crate) status: u16,
    pub(crate) seconds: u64,
}

impl fmt::Display for Later {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP {}: come back in {} seconds", self.status, self.seconds)
    }
}

impl StdError for Later {}

/// The body of a refusal: `{"error": {"code", "message", "innererror": {"code"}}}`. Sources: "Key Vault REST API error
/// codes"; the definition `KeyVaultError` of its API.
#[derive(Default, Deserialize)]
struct Body {
    #[serde(default)]
    error: Words,
}

#[derive(Default, Deserialize)]
struct Words {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
    #[serde(default, alias = "innererror", alias = "innerError")]
    inner: Option<Box<Self>>,
}

/// The failure of one call.
pub(crate) fn of(call: Call, failure: &azure_core::Error) -> Error {
    if let Some(astray) = cause::<Astray>(failure) {
        return Error::new(Kind::Invalid, call.operation, tidy(&astray.to_string()))
            .with_refused_by("this app")
            .with_next("Check the address, and whether a proxy stands between this computer and Azure.");
    }
    if let Some(later) = cause::<Later>(failure) {
        return of_body(call, later.status, b"{}", Some(&later.seconds.to_string()), None);
    }
    if let Some(error) = cause::<Error>(failure) {
        // Said by our own sign-in, in our own words.
        return error.clone();
    }
    match failure.kind() {
        ErrorKind::HttpResponse { raw_response: Some(answer), .. } => of_answer(call, answer),
        ErrorKind::HttpResponse { status, .. } => of_status(call, u16::from(*status), &Body::default()),
        ErrorKind::Connection => of_transport(call, &deepest(failure)),
        ErrorKind::Io => of_transport(call, &deepest(failure)),
        ErrorKind::Credential => signin::refused(call.operation, &everything(failure)),
        ErrorKind::DataConversion => of_data(call, &everything(failure)),
        ErrorKind::Other => of_other(call, failure),
    }
}

fn of_answer(call: Call, answer: &RawResponse) -> Error {
    let header = |name: &'static str| answer.headers().get_optional_str(&name.into());
    let (after, id) = (header("retry-after").map(tidy), header("x-ms-request-id"));
    of_body(call, u16::from(answer.status()), answer.body().as_ref(), after.as_deref(), id)
}

/// An answer that is no success: what it says, how long it asks to wait, and its request id.
pub(crate) fn of_body(call: Call, status: u16, body: &[u8], after: Option<&str>, id: Option<&str>) -> Error {
    let mut error = match serde_json::from_slice::<Body>(body) {
        Ok(body) => of_status(call, status, &body),
        Err(_) => of_stranger(call, status, body),
    };
    if status == 429 {
        let wait = after.map_or("a minute".to_owned(), |after| format!("{after} seconds"));
        error = error.with_next(format!("Wait {wait}, then refresh."));
    }
    match id {
        Some(id) => error.with_request_id(tidy(id)),
        None => error,
    }
}

/// A request of our own that got no answer.
pub(crate) fn of_request(call: Call, failure: &reqwest::Error) -> Error {
    of_transport(call, &deepest(failure))
}

/// The table: the codes and statuses of Key Vault and Resource Manager, and what they did, for a person.
fn of_status(call: Call, status: u16, body: &Body) -> Error {
    let code = body.error.code.as_str();
    let inner = body.error.inner.as_ref().map_or("", |inner| inner.code.as_str());
    let (kind, what) = match (status, code, inner) {
        (401, ..) => (Kind::SignedOut, "did not accept the sign-in"),
        (403, _, "ForbiddenByFirewall" | "ForbiddenByConnection") => (Kind::Denied, "lets nobody in from this network"),
        (403, _, "KeyDisabled" | "SecretDisabled" | "CertificateDisabled") => {
            (Kind::Conflict, "does not use what is disabled")
        }
        (403, _, "KeyNotYetValid" | "KeyExpired" | "SecretNotYetValid" | "SecretExpired") => {
            (Kind::Conflict, "does not use what is outside of its time")
        }
        (403, ..) => (Kind::Denied, "refused"),
        (404, ..) => (Kind::NotFound, "knows no such thing"),
        (409, ..) => (Kind::Conflict, "cannot do this in the present state"),
        (429, ..) => (Kind::Throttled, "asks for fewer requests"),
        (400, "NotSupported" | "NotImplemented", _) | (405 | 501, ..) => {
            (Kind::Unsupported, "does not offer this here")
        }
        (400 | 413 | 415 | 422, ..) => (Kind::Invalid, "did not accept the request"),
        (408 | 500..=599, ..) => (Kind::Interrupted, "could not answer now"),
        _ => (Kind::Unexpected, "gave an answer nobody planned for"),
    };
    let said = [code, inner].into_iter().filter(|code| !code.is_empty()).collect::<Vec<_>>().join(", ");
    let said = if said.is_empty() { format!("HTTP {status}") } else { tidy(&said) };
    let words = tidy(&body.error.message);
    let message =
        if words.is_empty() { format!("{AZURE} {what} ({said})") } else { format!("{AZURE} {what} ({said}): {words}") };
    let error = Error::new(kind, call.operation, message).with_refused_by(AZURE);
    match (kind, inner) {
        (Kind::Denied, "ForbiddenByFirewall" | "ForbiddenByConnection") => {
            error.with_next("Come in through a network that the vault's firewall allows.")
        }
        (Kind::Denied, inner) => {
            let permission = permission(call, inner, &body.error.message);
            error
                .with_next(format!("Ask for {permission} on the vault, or connect with another identity."))
                .with_permission(permission)
        }
        (Kind::SignedOut, _) => error.with_next("Sign in again to the tenant of the vault, then refresh."),
        (Kind::Conflict, _) if words.contains("being deleted") => {
            error.with_next("Wait until the deletion is through, then try again.")
        }
        (Kind::Conflict, _) if words.contains("deleted but recoverable") => {
            error.with_next("Recover what was deleted under this name, or purge it first.")
        }
        _ => error,
    }
}

/// The missing permission: by its action where the vault goes by RBAC, else as an access policy writes it.
fn permission(call: Call, inner: &str, words: &str) -> String {
    let named = words.split("Action: '").nth(1).and_then(|rest| rest.split('\'').next());
    match (inner, named) {
        (_, Some(action)) if action.starts_with("Microsoft.") => tidy(action),
        ("ForbiddenByRbac", _) => call.action.to_owned(),
        ("ForbiddenByPolicy" | "AccessDenied", _) => call.policy.to_owned(),
        _ if call.policy.is_empty() => call.action.to_owned(),
        _ => format!("{} ({})", call.policy, call.action),
    }
}

/// An answer that is not Azure's: a proxy's page, or something cut short.
fn of_stranger(call: Call, status: u16, body: &[u8]) -> Error {
    if body.trim_ascii_start().starts_with(b"<") {
        let message = format!("an HTML page came where JSON was due (HTTP {status})");
        return Error::new(Kind::Invalid, call.operation, message).with_next(NOT_AZURE);
    }
    let error = of_status(call, status, &Body::default());
    match error.kind() {
        Kind::Interrupted | Kind::Throttled | Kind::SignedOut => error,
        _ => Error::new(
            Kind::Invalid,
            call.operation,
            format!("what answered (HTTP {status}) did not do it as Azure does"),
        )
        .with_next(NOT_AZURE),
    }
}

/// An answer that is not what was due. Only the place in it is told: the parser's words may quote it.
pub(crate) fn of_json(call: Call, cause: &serde_json::Error) -> Error {
    if cause.is_eof() {
        return Error::new(Kind::Interrupted, call.operation, "the answer was cut short");
    }
    let message = format!("the answer is not the JSON that was due (line {}, column {})", cause.line(), cause.column());
    Error::new(Kind::Invalid, call.operation, message).with_next(NOT_AZURE)
}

/// An answer that the crates could not read. The parser's words may quote it, so only its place is told.
fn of_data(call: Call, words: &str) -> Error {
    if words.contains("EOF while parsing") {
        return Error::new(Kind::Interrupted, call.operation, "the answer was cut short");
    }
    if words.contains("challenge") {
        return of_challenge(call, words);
    }
    Error::new(Kind::Invalid, call.operation, "the answer is not the JSON that was due").with_next(NOT_AZURE)
}

fn of_other(call: Call, failure: &azure_core::Error) -> Error {
    let words = everything(failure);
    if words.contains("challenge resource") {
        return of_challenge(call, &words);
    }
    Error::new(Kind::Unexpected, call.operation, deepest(failure))
}

/// The vault asks for a token of another service: whoever answers is not the vault, and no token was sent.
fn of_challenge(call: Call, words: &str) -> Error {
    let named = words.split('\'').nth(1).map(tidy).unwrap_or_default();
    let asked = if named.is_empty() { String::new() } else { format!(" for {named}") };
    Error::new(
        Kind::Invalid,
        call.operation,
        format!("the address asks for a token{asked} that is not this vault's; none was sent"),
    )
    .with_refused_by("this app")
    .with_next(NOT_AZURE)
}

/// Where something else answers in place of Azure.
const NOT_AZURE: &str =
    "Check the address, and whether a proxy or a sign-in page stands between this computer and Azure.";

fn of_transport(call: Call, cause: &str) -> Error {
    if cause.contains("certificate") || cause.contains("UnknownIssuer") {
        let message = format!("the certificate of the vault was not accepted: {cause}");
        return Error::new(Kind::Interrupted, call.operation, message)
            .with_next("If a proxy has a CA of its own, name that CA in the connection.");
    }
    if cause.contains("dns") || cause.contains("lookup") || cause.contains("resolve") {
        let message = format!("no computer of that name was found: {cause}");
        return Error::new(Kind::Interrupted, call.operation, message)
            .with_next("Check the vault's name; a vault that was deleted has no address any more.");
    }
    Error::new(Kind::Interrupted, call.operation, format!("{AZURE} could not be reached, or broke off: {cause}"))
}

/// An answer that is well formed and yet lacks what it is for.
pub(crate) fn incomplete(call: Call, what: &str) -> Error {
    Error::new(Kind::Invalid, call.operation, format!("the answer holds no {what}")).with_refused_by(AZURE)
}

/// The first cause of that type.
fn cause<'a, T: StdError + 'static>(failure: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    std::iter::successors(Some(failure), |error| (*error).source()).find_map(|error| error.downcast_ref())
}

/// The words of the innermost cause; the outer ones only say that something failed.
fn deepest(failure: &(dyn StdError + 'static)) -> String {
    let innermost = std::iter::successors(Some(failure), |error| (*error).source()).last();
    tidy(&innermost.map(ToString::to_string).unwrap_or_default())
}

/// The words of all causes, for telling them apart; never shown as they are.
pub(crate) fn everything(failure: &(dyn StdError + 'static)) -> String {
    let all = std::iter::successors(Some(failure), |error| (*error).source());
    all.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// One line of it, cut.
pub(crate) fn tidy(text: &str) -> String {
    /// The longest text of Azure that goes into a message.
    const LONGEST: usize = 500;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words,
    }
}
