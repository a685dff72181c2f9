//! The rules of HTTP towards a consumer: https only, one request at a time over a connection of its own, no redirect
//! followed unseen, no proxy, no cookie, nothing sent again; and what its faults mean.

use std::{error::Error as _, time::Duration};

use domain::{Changed, Error, Kind, Result};
use reqwest::{Certificate, Client, Response, header::LOCATION, redirect::Policy, retry};
use url::Url;

use crate::{
    Limits, trust,
    words::{tidy, took},
};

const LONGEST_CONNECT: Duration = Duration::from_secs(10);

/// Reads an address.
///
/// # Errors
/// `Invalid` for one that is no URL, not https, or holds a user's name or password.
pub(crate) fn address(operation: &'static str, text: &str) -> Result<Url> {
    let refused = |why: &str, next: &str| {
        Error::new(Kind::Invalid, operation, format!("{why}; nothing was sent"))
            .with_refused_by("this app")
            .with_next(next)
    };
    let write = "Write it like https://deploy.example.com/hook .";
    let url = Url::parse(text).map_err(|_| refused("the address is no URL", write))?;
    if url.scheme() != "https" {
        return Err(refused("the address does not begin with https://", write));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused("the address holds a user's name or password", "Take them out of the address."));
    }
    Ok(url)
}

/// The host of an address, with its port where that is not 443. Paths and queries may hold secrets and are never told.
pub(crate) fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// A client for one call.
///
/// # Errors
/// `Invalid` if the authority cannot be used.
pub(crate) fn client(operation: &'static str, authority: Option<&[u8]>, limits: &Limits) -> Result<Client> {
    let authorities = trust::authorities(operation, authority)?;
    let certificates = authorities.iter().map(|der| Certificate::from_der(der)).collect::<Result<Vec<_>, _>>();
    let certificates = certificates.map_err(|cause| trust::unusable(operation).with_source(cause))?;
    Client::builder()
        .https_only(true)
        .tls_certs_merge(certificates)
        .user_agent(concat!("claviger/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .retry(retry::never())
        .pool_max_idle_per_host(0)
        .no_proxy()
        // Shorter than the whole, so that a connection that never came about is known to have carried nothing.
        .connect_timeout(LONGEST_CONNECT.min(limits.deadline / 2))
        .timeout(limits.deadline)
        .build()
        .map_err(|cause| trust::unusable(operation).with_source(cause))
}

/// A request that got no answer. `acts` tells whether the request may change something at the consumer.
pub(crate) fn unanswered(
    operation: &'static str,
    cause: reqwest::Error,
    at: &str,
    limits: &Limits,
    acts: bool,
) -> Error {
    let cause = cause.without_url();
    let deepest = deepest(&cause);
    // A failure to connect, TLS included, comes before the first byte of the request.
    let unsent = cause.is_connect() || cause.is_builder();
    if unsent && cause.is_timeout() {
        return unreached(operation, at, "no connection came about in time").with_source(cause);
    }
    if unsent {
        return unreached(operation, at, &deepest).with_source(cause);
    }
    let message = match cause.is_timeout() {
        true => format!("{at} did not answer within {}", took(limits.deadline)),
        false => format!("the connection to {at} broke off before it had answered: {}", tidy(&deepest)),
    };
    let error = Error::new(Kind::Interrupted, operation, message).with_source(cause);
    if acts { unknown(error) } else { error.with_next("Nothing was changed. Check the server, then look again.") }
}

/// No connection that is trusted came about, so that nothing was sent.
pub(crate) fn unreached(operation: &'static str, at: &str, why: &str) -> Error {
    let why = tidy(why);
    if why.contains("certificate") || why.contains("UnknownIssuer") {
        let message = format!("the certificate of {at} was not accepted, and nothing was sent: {why}");
        return Error::new(Kind::Interrupted, operation, message).with_refused_by("this app").with_next(
            "If the server has an authority of its own, give that one's certificate; otherwise check the address.",
        );
    }
    Error::new(Kind::Interrupted, operation, format!("{at} could not be reached, and nothing was sent: {why}"))
        .with_next("Check the network and the address, then do it again.")
}

/// The consumer may have acted.
pub(crate) fn unknown(error: Error) -> Error {
    error.with_changed(Changed::Unknown).with_next(
        "Whether the receiver acted on it is not known: look there first. Sent again with the same delivery id, it can \
         tell that it is the same.",
    )
}

/// Where a redirect leads, as far as that can be read; `None` if the answer is none.
pub(crate) fn redirect(response: &Response) -> Option<Option<Url>> {
    // The others of its class do not say where to go.
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    Some(location.and_then(|text| response.url().join(text).ok()))
}

/// Reads a body, no more than `most` bytes and one chunk of it; the fault that ended it early goes along.
pub(crate) async fn body(response: &mut Response, most: usize) -> (Vec<u8>, Option<reqwest::Error>) {
    let mut read = Vec::new();
    while read.len() <= most {
        match response.chunk().await {
            Ok(Some(chunk)) => read.extend_from_slice(&chunk),
            Ok(None) => break,
            Err(cause) => return (read, Some(cause)),
        }
    }
    (read, None)
}

/// The innermost cause; the outer ones only say that something failed.
fn deepest(error: &reqwest::Error) -> String {
    let mut deepest = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        deepest = cause.to_string();
        next = cause.source();
    }
    deepest
}
