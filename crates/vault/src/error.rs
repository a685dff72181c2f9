//! The answers of Vault and OpenBao that are no success, as [`domain::Error`]: one table by HTTP status, and the faults
//! of the way there and back. What the server says is kept as untrusted text, tidied and cut.

use std::{borrow::Cow, error::Error as _};

use domain::{Error, Kind};
use serde::Deserialize;

use crate::{address::Address, wire::Answer};

/// Which of the two programs answers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Product {
    OpenBao,
    Vault,
}

impl Product {
    /// Its name for a person.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::OpenBao => "OpenBao",
            Self::Vault => "Vault",
        }
    }
}

/// What a call wanted, as policies say it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    /// An infinitive for a person.
    pub(crate) operation: &'static str,
    /// The capability it needs: `read`, `list`, `update`.
    pub(crate) capability: &'static str,
    /// The API path without `v1/`.
    pub(crate) path: &'a str,
}

impl Call<'_> {
    /// The permission by its literal name, such as `read on transit/keys/x`.
    pub(crate) fn permission(&self) -> String {
        format!("{} on {}", self.capability, self.path)
    }
}

/// The error body of the API: `{"errors": […]}`. Newer Vaults add a request id.
#[derive(Debug, Default, Deserialize)]
struct Said<'a> {
    #[serde(borrow, default)]
    errors: Vec<Cow<'a, str>>,
    #[serde(borrow, default)]
    request_id: Option<Cow<'a, str>>,
}

/// The longest text of the server that goes into a message.
const LONGEST: usize = 400;

/// The table: an answer that is no success, by its status.
pub(crate) fn of_status(call: &Call<'_>, answer: &Answer, product: Product) -> Error {
    // A busy gateway may well say so in HTML; any other page was never the server's answer.
    if answer.looks_like_html() && !matches!(answer.status, 429 | 500..) {
        return html(call.operation);
    }
    let who = product.name();
    let said: Said<'_> = serde_json::from_slice(&answer.body).unwrap_or_default();
    let words = words(answer);
    let sealed = words.contains("sealed");
    let (kind, what) = match answer.status {
        400 => (Kind::Invalid, "did not accept the request"),
        401 => (Kind::SignedOut, "did not accept the sign-in"),
        403 => (Kind::Denied, "refused"),
        404 => (Kind::NotFound, "has nothing there"),
        405 => (Kind::Unsupported, "does not know this call"),
        412 => (Kind::Interrupted, "has not caught up with the active node yet"),
        429 => (Kind::Throttled, "asks for fewer requests"),
        501 => (Kind::Interrupted, "is not initialised"),
        503 if sealed => (Kind::Interrupted, "is sealed"),
        472 | 473 | 502..=504 => (Kind::Interrupted, "cannot answer now"),
        500 => (Kind::Unexpected, "failed"),
        _ => (Kind::Unexpected, "gave an answer nobody planned for"),
    };
    let mut message = format!("{who} {what} ({} on {})", answer.status, call.path);
    if !words.is_empty() {
        message = format!("{message}: {words}");
    }
    let mut error = Error::new(kind, call.operation, message).with_refused_by(who);
    if kind == Kind::Denied {
        error = error.with_permission(call.permission());
    }
    if sealed {
        error = error.with_next(format!("Have {who} unsealed, then refresh."));
    } else if words.contains("namespace not found") {
        error = error.with_next("Check the namespace of the connection.");
    } else if words.contains("HTTP request to an HTTPS server") {
        error = error.with_next("Begin the address with https://.");
    }
    match said.request_id {
        Some(id) if !id.is_empty() => error.with_request_id(id),
        _ => error,
    }
}

/// What the server said about material that it did not take, in words of its own that name the reason; `None` for anything
/// else, which may have happened all the same. Nothing is kept before all of these were looked at.
pub(crate) fn of_import(call: &Call<'_>, answer: &Answer, product: Product) -> Option<Error> {
    let (words, who) = (words(answer), product.name());
    let said = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    let (kind, what, next) = if said(&["decryption error", "kwp: ", "provided ciphertext is too short"]) {
        let next = "Read the wrapping key again, wrap the material for it, with the hash that is named here, and plan the \
                    import anew.";
        (Kind::Invalid, "could not unwrap the material", next)
    } else if said(&["error importing key", "illegal base64 data"]) {
        (Kind::Invalid, "did not take the material", "Check that the material is a key of the type that was chosen.")
    } else if said(&["cannot be used with an existing key"]) {
        (Kind::Conflict, "has a key of this name already", "Choose another name.")
    } else if said(&["can only be used with an imported key"]) {
        (Kind::Conflict, "has made a version of the key itself since", "Import the material as a key of its own.")
    } else {
        return None;
    };
    let message = format!("{who} {what}, and changed nothing ({} on {}): {words}", answer.status, call.path);
    Some(Error::new(kind, call.operation, message).with_refused_by(who).with_next(next))
}

/// A sign-in that was refused, or a token that is over.
pub(crate) fn signed_out(operation: &'static str, message: impl Into<String>, product: Product) -> Error {
    Error::new(Kind::SignedOut, operation, message)
        .with_refused_by(product.name())
        .with_next("Sign in again: give a new token, or the right name and password.")
}

/// Whether the server's words say that the token itself is no good, rather than that it lacks a permission.
///
/// Both come as 403. A denied request is reported as a list (`1 error occurred: * permission denied`), a token that is
/// unknown as the bare sentence, in newer Vaults with `invalid token` beside it.
pub(crate) fn blames_the_token(answer: &Answer) -> bool {
    let said: Said<'_> = serde_json::from_slice(&answer.body).unwrap_or_default();
    said.errors
        .iter()
        .any(|line| line.trim() == "permission denied" || line.contains("invalid token") || line.contains("bad token"))
}

/// Whether the server itself says no, in its own form: a gateway's page may be about a request that went through.
pub(crate) fn is_refusal(answer: &Answer) -> bool {
    #[derive(Deserialize)]
    struct Refusal<'a> {
        #[serde(borrow, rename = "errors")]
        _errors: Vec<Cow<'a, str>>,
    }
    serde_json::from_slice::<Refusal<'_>>(&answer.body).is_ok()
}

/// The server's words of a failed answer, tidied: its list of errors, or the plain text that came instead.
pub(crate) fn words(answer: &Answer) -> String {
    match serde_json::from_slice::<Said<'_>>(&answer.body) {
        Ok(said) => tidy(&said.errors),
        Err(_) if answer.looks_like_html() => "an HTML page".to_owned(),
        Err(_) => tidy(&[String::from_utf8_lossy(&answer.body)]),
    }
}

/// A request that got no answer, or half of one.
pub(crate) fn of_transport(operation: &'static str, error: reqwest::Error, address: &Address) -> Error {
    let error = error.without_url();
    let cause = causes(&error);
    let certificate = cause.contains("certificate") || cause.contains("UnknownIssuer");
    let message = if certificate {
        format!("the certificate of {address} was not accepted: {cause}")
    } else if error.is_timeout() {
        format!("{address} did not answer in time")
    } else if error.is_connect() {
        format!("{address} could not be reached: {cause}")
    } else {
        format!("the answer of {address} broke off: {cause}")
    };
    let fault = Error::new(Kind::Interrupted, operation, message).with_source(error);
    if certificate {
        return fault.with_next(
            "If the server has a CA of its own, give that CA's certificate as the CA file (`--ca`); \
             otherwise check the address.",
        );
    }
    if cause.contains("CertificateRequired") {
        return fault.with_next("The server asks for a client certificate: give one, and its key, in the connection.");
    }
    if cause.contains("corrupt message") {
        return fault.with_next("The server does not speak TLS there; check the port, and http:// or https://.");
    }
    fault
}

/// An answer that is not the JSON it should be.
pub(crate) fn of_json(operation: &'static str, error: &serde_json::Error, answer: &Answer) -> Error {
    if answer.looks_like_html() {
        return html(operation);
    }
    if error.is_eof() {
        return Error::new(Kind::Interrupted, operation, "the answer was cut short");
    }
    // The position only: serde's own words may quote the answer, and that may be a secret.
    let place = format!("line {}, column {}", error.line(), error.column());
    Error::new(Kind::Invalid, operation, format!("the answer is not the JSON that was due ({place})"))
        .with_next("Check the address; if it is right, report it with the details.")
}

fn html(operation: &'static str) -> Error {
    Error::new(Kind::Invalid, operation, "an HTML page came where JSON was due").with_next(
        "Check the address, and whether a proxy or a sign-in page stands between this computer and the server.",
    )
}

/// The innermost cause of a transport error; the outer ones only say that something failed.
fn causes(error: &reqwest::Error) -> String {
    let mut deepest = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        deepest = cause.to_string();
        next = cause.source();
    }
    deepest
}

/// One line out of the server's list: its counting and bullets removed, white space folded, cut at [`LONGEST`].
fn tidy(errors: &[Cow<'_, str>]) -> String {
    let lines = errors.iter().flat_map(|text| text.lines()).map(str::trim);
    let words: Vec<&str> = lines
        .filter(|line| !line.is_empty())
        .filter(|line| !(line.contains("error") && line.ends_with("occurred:")))
        .map(|line| line.trim_start_matches("* "))
        .collect();
    let whole = words.join("; ");
    match whole.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &whole[..end]),
        None => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer::recorded(status, "application/json", body)
    }

    const CALL: Call<'static> = Call { operation: "read the key", capability: "read", path: "transit/keys/x" };

    #[test]
    fn every_status_has_the_kind_a_person_acts_on() {
        for (status, body, kind) in [
            (400, r#"{"errors":["invalid username or password"]}"#, Kind::Invalid),
            (403, r#"{"errors":["1 error occurred:\n\t* permission denied\n\n"]}"#, Kind::Denied),
            (404, r#"{"errors":[]}"#, Kind::NotFound),
            (405, r#"{"errors":["1 error occurred:\n\t* unsupported operation\n\n"]}"#, Kind::Unsupported),
            (412, "", Kind::Interrupted),
            (429, "slow down", Kind::Throttled),
            (403, "<!doctype html><title>Blocked</title>", Kind::Invalid),
            (502, "<html>Bad gateway</html>", Kind::Interrupted),
            (500, r#"{"errors":["internal error"]}"#, Kind::Unexpected),
            (503, r#"{"errors":["Vault is sealed"]}"#, Kind::Interrupted),
            (418, "", Kind::Unexpected),
        ] {
            assert_eq!(of_status(&CALL, &answer(status, body), Product::OpenBao).kind(), kind, "{status}");
        }
    }

    #[test]
    fn a_denial_names_the_permission_and_who_refused() {
        let body = r#"{"errors":["1 error occurred:\n\t* permission denied\n\n"],"request_id":"abc"}"#;
        let error = of_status(&CALL, &answer(403, body), Product::OpenBao);
        assert_eq!(error.permission(), Some("read on transit/keys/x"));
        assert_eq!(error.refused_by(), Some("OpenBao"));
        assert_eq!(error.request_id(), Some("abc"));
        assert_eq!(error.message(), "OpenBao refused (403 on transit/keys/x): permission denied");
    }

    #[test]
    fn plain_text_is_kept_and_leads_to_the_next_step() {
        let body = "Client sent an HTTP request to an HTTPS server.\n";
        let error = of_status(&CALL, &Answer::recorded(400, "text/plain", body), Product::Vault);
        assert!(error.message().ends_with("Client sent an HTTP request to an HTTPS server."));
        assert!(error.next().contains("https://"));
    }

    #[test]
    fn a_bad_token_is_told_from_a_missing_permission() {
        let ended = [
            r#"{"errors":["permission denied"]}"#,
            r#"{"errors":["2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n"]}"#,
        ];
        assert!(ended.iter().all(|body| blames_the_token(&answer(403, body))));
        assert!(!blames_the_token(&answer(403, r#"{"errors":["1 error occurred:\n\t* permission denied\n\n"]}"#)));
    }

    #[test]
    fn long_untrusted_text_is_cut_at_a_character() {
        let body = format!(r#"{{"errors":["{}"]}}"#, "ü".repeat(5_000));
        let error = of_status(&CALL, &answer(500, &body), Product::Vault);
        assert!(error.message().chars().count() < LONGEST + 100);
    }

    #[test]
    fn what_is_not_json_is_told_apart() {
        let read = |answer: &Answer| serde_json::from_slice::<serde_json::Value>(&answer.body).unwrap_err();
        let page = Answer::recorded(200, "text/html; charset=utf-8", "<!doctype html><title>Sign in</title>");
        let error = of_json("list", &read(&page), &page);
        assert_eq!((error.kind(), error.message()), (Kind::Invalid, "an HTML page came where JSON was due"));
        let short = answer(200, r#"{"data":{"keys":["a","#);
        assert_eq!(of_json("list", &read(&short), &short).kind(), Kind::Interrupted);
        let secret = answer(200, r#"{"data":{"password": hunter2}}"#);
        let error = of_json("read", &read(&secret), &secret);
        assert_eq!(error.kind(), Kind::Invalid);
        assert!(!error.message().contains("hunter"));
    }
}
