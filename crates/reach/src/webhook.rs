//! A webhook: one signed POST over https, sent once. How a receiver checks the signature stands in the crate's own text.

use std::{fmt::Write as _, time::Instant};

use domain::{Changed, Error, Kind, Result, Secret, Timestamp};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use serde_json::Value;
use sha2::Sha256;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{
    Limits, Report, http,
    words::{cancelled, took},
};

const OPERATION: &str = "call the webhook";

/// Where a webhook is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Webhook {
    /// An https address without a user's name or password.
    pub url: String,
    /// The certificates of a private authority to trust beside the computer's own, as PEM.
    pub authority: Option<Vec<u8>>,
}

/// What is delivered.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// Visible ASCII; the same when this delivery is sent again, so that the receiver can act on it once.
    pub id: &'a str,
    /// What it says. It is signed, not encrypted beyond TLS, and a receiver may log it.
    pub body: &'a Value,
    /// When it is sent.
    pub at: Timestamp,
}

/// The host of a webhook's address, with its port where that is not 443: what may be told and kept of it, for what is
/// behind the host may be a secret.
///
/// # Errors
/// `Invalid` for one that is no URL, not https, or holds a user's name or password.
pub fn host(url: &str) -> Result<String> {
    Ok(http::host(&http::address(OPERATION, url)?))
}

/// The value of `claviger-signature`: `v1=` and, in lower-case hexadecimal, HMAC-SHA256 (RFC 2104) under `secret` of the
/// timestamp's decimal digits, a dot and `body`.
pub fn signature(secret: &Secret, seconds: i64, body: &[u8]) -> String {
    // HMAC takes a key of any length; the library's error is that of other algorithms.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose()) else { return String::new() };
    mac.update(seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    let mut signature = "v1=".to_owned();
    for byte in mac.finalize().into_bytes() {
        // Writing to a text cannot fail.
        let _ = write!(signature, "{byte:02x}");
    }
    signature
}

/// Sends `delivery` once and reads the answer.
///
/// # Errors
/// Before anything was sent ([`Changed::Nothing`]): `Invalid` for an address, id, secret or authority that is none,
/// `Interrupted` if no trusted connection came about. After that ([`Changed::Unknown`]): `Denied` for 401 and 403,
/// `Throttled` for 429, `Invalid` for a redirect and the other 4xx, `Interrupted` for 5xx, no answer, or when cancelled.
pub async fn post(
    webhook: &Webhook,
    secret: &Secret,
    delivery: &Delivery<'_>,
    limits: &Limits,
    cancel: &CancellationToken,
) -> Result<Report> {
    let url = http::address(OPERATION, &webhook.url)?;
    let id = HeaderValue::from_str(delivery.id).ok().filter(|_| !delivery.id.is_empty());
    let id = id.ok_or_else(|| unsendable("the delivery's id holds characters that a header cannot hold"))?;
    if secret.expose().is_empty() {
        return Err(unsendable("the webhook's secret is empty, so that anybody could sign"));
    }
    let body = delivery.body.to_string();
    let seconds = delivery.at.as_second();
    let client = http::client(OPERATION, webhook.authority.as_deref(), limits)?;
    if cancel.is_cancelled() {
        return Err(cancelled(OPERATION, "the call", Changed::Nothing));
    }
    let request = client
        .post(url.clone())
        .header(CONTENT_TYPE, "application/json")
        .header("claviger-delivery", id)
        .header("claviger-timestamp", seconds)
        .header("claviger-signature", signature(secret, seconds, body.as_bytes()))
        .body(body);
    let started = Instant::now();
    let at = http::host(&url);
    let call = async {
        let answer = request.send().await.map_err(|cause| http::unanswered(OPERATION, cause, &at, limits, true));
        let mut answer = answer?;
        // Once the status is there, the receiver has answered; its words are an extra.
        let (words, _) = http::body(&mut answer, limits.kept).await;
        Ok((answer, words))
    };
    let (answer, mut words) = tokio::select! {
        biased;
        done = call => done?,
        () = cancel.cancelled() => return Err(cancelled(OPERATION, "the call", Changed::Unknown)),
    };
    let status = answer.status();
    if !status.is_success() {
        return Err(refused(&at, status.as_u16(), http::redirect(&answer), delivery.id));
    }
    words.truncate(limits.kept);
    Ok(Report {
        evidence: format!("{} after {}", status.as_u16(), took(started.elapsed())),
        bytes: words.len() as u64,
        output: String::from_utf8_lossy(&words).into_owned(),
    })
}

fn unsendable(why: &str) -> Error {
    Error::new(Kind::Invalid, OPERATION, format!("{why}; nothing was sent"))
        .with_refused_by("this app")
        .with_next("Correct the webhook, then do it again.")
}

/// An answer that is no success. What the receiver says is not told: it may repeat what it was sent.
fn refused(at: &str, status: u16, redirect: Option<Option<Url>>, delivery: &str) -> Error {
    if let Some(target) = redirect {
        let target = target.as_ref().map(http::host).filter(|host| !host.is_empty());
        let target = target.unwrap_or_else(|| "an address that cannot be read".to_owned());
        let message = format!("{at} redirects ({status}) to {target}; what was signed for one is not sent to another");
        return Error::new(Kind::Invalid, OPERATION, message)
            .with_refused_by("this app")
            .with_changed(Changed::Unknown)
            .with_next(
                "If that is the receiver, give the webhook its address. See first whether the call was acted on.",
            );
    }
    let (kind, what) = match status {
        401 | 403 => (Kind::Denied, "refused the call"),
        429 => (Kind::Throttled, "asks for fewer calls"),
        400..500 => (Kind::Invalid, "did not accept the call"),
        500.. => (Kind::Interrupted, "failed at the call"),
        _ => (Kind::Invalid, "gave an answer that is no success"),
    };
    let error = Error::new(kind, OPERATION, format!("{at} {what} ({status})"));
    let error = if kind == Kind::Denied { error.with_refused_by("the receiver") } else { error };
    http::unknown(error).with_next(format!(
        "Look in the receiver's log for delivery {delivery}, and whether it was acted on; then send it again or go on by hand."
    ))
}
