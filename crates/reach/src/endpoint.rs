//! A look at what an endpoint publishes: a JSON document such as a JWKS, or the certificate of a TLS server. Changes
//! nothing.

mod freshness;

use std::sync::Arc;

use domain::{Changed, Error, Kind, Result};
use reqwest::{
    Client, Response,
    header::{ACCEPT, CACHE_CONTROL},
};
use serde_json::Value;
use tokio::{
    net::TcpStream,
    time::{sleep, timeout},
};
use tokio_rustls::{TlsConnector, rustls::pki_types::ServerName};
use tokio_util::sync::CancellationToken;
use url::{Host, Url};

use crate::{
    Limits, http, trust,
    words::{cancelled, took},
};

const READ: &str = "look at the endpoint";
const HANDSHAKE: &str = "look at the certificate";
const MOST_REDIRECTS: usize = 3;

/// A document as it was published.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fetched {
    /// JSON, as it came.
    pub text: String,
    /// How many seconds a cache may still use this answer (RFC 9111, 4.2): the longer of `max-age` and `s-maxage`, less
    /// its `Age`; 0 for `no-store` and `no-cache`; `None` if the server does not say, and a cache may choose.
    pub max_age: Option<u32>,
}

/// Reads the JSON document at `url`, past caches that heed `no-cache`. `authority` is PEM, trusted beside the computer's
/// own. Up to three redirects on the same host and port are followed.
///
/// # Errors
/// `Invalid` for an address that is not https, for a redirect elsewhere, for an answer that is too long or no JSON; by
/// status `Denied`, `NotFound`, `Throttled`, `Interrupted` for 5xx, else `Invalid`; `Interrupted` also for no answer, and
/// when cancelled.
pub async fn get_json(
    url: &str,
    authority: Option<&[u8]>,
    limits: &Limits,
    cancel: &CancellationToken,
) -> Result<Fetched> {
    let url = http::address(READ, url)?;
    let client = http::client(READ, authority, limits)?;
    tokio::select! {
        biased;
        () = cancel.cancelled() => Err(cancelled(READ, "the look", Changed::Nothing)),
        () = sleep(limits.deadline) => Err(too_late(READ, &http::host(&url), limits)),
        read = read(&client, &url, limits) => read,
    }
}

async fn read(client: &Client, url: &Url, limits: &Limits) -> Result<Fetched> {
    let at = http::host(url);
    let broken = |cause| http::unanswered(READ, cause, &at, limits, false);
    let mut response = arrived(client, url, &at, limits).await?;
    if !response.status().is_success() {
        return Err(no_document(&at, response.status().as_u16()));
    }
    let max_age = freshness::of(response.headers());
    let (body, fault) = http::body(&mut response, limits.kept).await;
    if let Some(cause) = fault {
        return Err(broken(cause));
    }
    let unfit = |why: String| {
        Error::new(Kind::Invalid, READ, format!("the answer of {at} {why}"))
            .with_next("Check the address, and whether a proxy or a sign-in page stands before the server.")
    };
    if body.len() > limits.kept {
        return Err(unfit(format!("is longer than {} KiB and was not read to its end", limits.kept / 1024)));
    }
    let text = String::from_utf8(body).map_err(|_| unfit("is no JSON".to_owned()))?;
    match serde_json::from_str::<Value>(&text) {
        Ok(_) => Ok(Fetched { text, max_age }),
        // Not the parser's own words: they may quote the answer.
        Err(error) => Err(unfit(format!("is no JSON (line {}, column {})", error.line(), error.column()))),
    }
}

/// The first answer that is no redirect.
async fn arrived(client: &Client, url: &Url, at: &str, limits: &Limits) -> Result<Response> {
    let mut next = url.clone();
    for _ in 0..=MOST_REDIRECTS {
        let request = client
            .get(next)
            .header(ACCEPT, "application/jwk-set+json, application/json")
            .header(CACHE_CONTROL, "no-cache");
        let response = request.send().await.map_err(|cause| http::unanswered(READ, cause, at, limits, false))?;
        let Some(target) = http::redirect(&response) else { return Ok(response) };
        let here = |target: &Url| target.origin() == url.origin() && target.username().is_empty();
        next = match target {
            Some(target) if here(&target) => target,
            other => {
                let other = other.as_ref().map(|target| format!("{}://{}", target.scheme(), http::host(target)));
                let other = other.unwrap_or_else(|| "an address that cannot be read".to_owned());
                return Err(Error::new(Kind::Invalid, READ, format!("{at} redirects elsewhere, to {other}"))
                    .with_refused_by("this app")
                    .with_next("If the document is meant to be there, give that address instead."));
            }
        };
    }
    Err(Error::new(Kind::Invalid, READ, format!("{at} redirects more than {MOST_REDIRECTS} times"))
        .with_refused_by("this app")
        .with_next("Give the address at which the document is."))
}

fn no_document(at: &str, status: u16) -> Error {
    let (kind, what) = match status {
        401 | 403 => (Kind::Denied, "does not show it to us"),
        404 | 410 => (Kind::NotFound, "has nothing there"),
        429 => (Kind::Throttled, "asks for fewer requests"),
        500.. => (Kind::Interrupted, "failed"),
        _ => (Kind::Invalid, "gave an answer that is no document"),
    };
    let error = Error::new(kind, READ, format!("{at} {what} ({status})"));
    if kind == Kind::Denied {
        return error.with_refused_by("the server").with_next("Check the address: such a document is public.");
    }
    error
}

/// The certificate that the TLS server at `host_port` (`host`, or `host:port`; 443 if there is none) presents, as DER. Its
/// chain must lead to an authority of the computer or of `authority`, which is PEM, and its names must fit the host. Only
/// the handshake is made (RFC 8446): nothing is sent over it, so that the server need not speak HTTP.
///
/// # Errors
/// `Invalid` for what is no host; `Interrupted` if there is no connection, if the certificate is not accepted, and when
/// cancelled.
pub async fn certificate(
    host_port: &str,
    authority: Option<&[u8]>,
    limits: &Limits,
    cancel: &CancellationToken,
) -> Result<Vec<u8>> {
    let place = place(host_port)?;
    let at = http::host(&place);
    let connector = TlsConnector::from(Arc::new(trust::config(HANDSHAKE, authority)?));
    tokio::select! {
        biased;
        () = cancel.cancelled() => Err(cancelled(HANDSHAKE, "the look", Changed::Nothing)),
        shown = timeout(limits.deadline, shown(&place, connector)) => match shown {
            Ok(Ok(certificate)) => Ok(certificate),
            Ok(Err(cause)) => Err(http::unreached(HANDSHAKE, &at, &cause.to_string()).with_source(cause)),
            Err(_) => Err(too_late(HANDSHAKE, &at, limits)),
        },
    }
}

/// `host_port` as an address without anything else in it.
fn place(host_port: &str) -> Result<Url> {
    let url = Url::parse(&format!("https://{host_port}")).ok();
    let bare = |url: &Url| {
        let rest = (url.username(), url.password(), url.path(), url.query(), url.fragment());
        rest == ("", None, "/", None, None) && !host_port.ends_with('/')
    };
    url.filter(bare).ok_or_else(|| {
        Error::new(Kind::Invalid, HANDSHAKE, "that is no host with a port; nothing was sent")
            .with_refused_by("this app")
            .with_next("Write it like shop.example.com:443 .")
    })
}

async fn shown(place: &Url, connector: TlsConnector) -> std::io::Result<Vec<u8>> {
    let port = place.port_or_known_default().unwrap_or(443);
    let (stream, name) = match place.host() {
        Some(Host::Domain(name)) => {
            let stream = TcpStream::connect((name, port)).await?;
            (stream, ServerName::try_from(name.to_owned()).map_err(std::io::Error::other)?)
        }
        Some(Host::Ipv4(ip)) => (TcpStream::connect((ip, port)).await?, ServerName::from(std::net::IpAddr::from(ip))),
        Some(Host::Ipv6(ip)) => (TcpStream::connect((ip, port)).await?, ServerName::from(std::net::IpAddr::from(ip))),
        None => return Err(std::io::Error::other("there is no host")),
    };
    let stream = connector.connect(name, stream).await?;
    let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
    chain.first().map(|leaf| leaf.to_vec()).ok_or_else(|| std::io::Error::other("the server showed no certificate"))
}

fn too_late(operation: &'static str, at: &str, limits: &Limits) -> Error {
    Error::new(Kind::Interrupted, operation, format!("{at} did not answer within {}", took(limits.deadline)))
        .with_next("Nothing was changed. Check the server, then look again.")
}
