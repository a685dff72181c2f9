//! The rules of HTTP towards one server: what every request carries, what is done with redirects, how long and how
//! much is waited for, and when a read is tried again. Knows nothing of tokens' lives or of engines.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use domain::{Error, Kind, Result, Secret};
use jiff::Timestamp;
use reqwest::{
    Method,
    header::{CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER},
};
use url::Url;
use zeroize::Zeroizing;

use crate::{address::Address, error, logged::Logged, writer::Writer};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const WHOLE_TIMEOUT: Duration = Duration::from_secs(30);
/// The most that one answer may hold: about 300,000 names.
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;
/// How often a read is sent at most, when the server is busy.
const ATTEMPTS: u32 = 3;
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Who is trusted and who one is in TLS. All files are PEM.
#[derive(Debug, Default)]
pub(crate) struct Tls {
    /// CA certificates beside the computer's own.
    pub(crate) ca_file: Option<PathBuf>,
    /// A client certificate and its private key.
    pub(crate) client: Option<(PathBuf, PathBuf)>,
}

/// One server, one namespace.
#[derive(Debug)]
pub(crate) struct Wire {
    http: reqwest::Client,
    writer: Writer,
    address: Address,
    namespace: Option<String>,
}

/// One request.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    /// An infinitive for a person.
    pub(crate) operation: &'static str,
    /// The API path without `v1/`, taken literally.
    pub(crate) path: &'a str,
    /// Name and value pairs.
    pub(crate) query: &'a [(&'a str, &'a str)],
    /// JSON to post; without it the request is a GET.
    pub(crate) body: Option<Zeroizing<Vec<u8>>>,
}

/// One answer, whatever its status. The body may hold secrets and is wiped.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Zeroizing<Vec<u8>>,
    html: bool,
}

impl<'a> Request<'a> {
    /// A GET without a query.
    pub(crate) fn get(operation: &'static str, path: &'a str) -> Self {
        Self { operation, path, query: &[], body: None }
    }
}

impl Answer {
    /// Whether it is a page for a browser.
    pub(crate) fn looks_like_html(&self) -> bool {
        self.html || self.body.trim_ascii_start().starts_with(b"<")
    }

    #[cfg(test)]
    pub(crate) fn recorded(status: u16, content_type: &str, body: &str) -> Self {
        Self { status, body: Zeroizing::new(body.as_bytes().to_vec()), html: content_type.starts_with("text/html") }
    }
}

impl Wire {
    /// Prepares the connection. Sends nothing.
    pub(crate) async fn new(address: Address, namespace: Option<&str>, tls: &Tls) -> Result<Self> {
        let http = client(builder(&address, namespace, tls).await?)?;
        let writer = Writer::new(client(Writer::rules(builder(&address, namespace, tls).await?))?);
        Ok(Self { http, writer, address, namespace: namespace.map(str::to_owned) })
    }

    /// The server's address.
    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// The client that sends changes.
    pub(crate) fn writer(&self) -> &Writer {
        &self.writer
    }

    /// The namespace that every request names.
    pub(crate) fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// Sends a request and reads the answer, whatever its status. A read that the server is too busy for is sent again
    /// after a pause; a POST goes out once.
    pub(crate) async fn send(&self, request: &Request<'_>, token: Option<&Secret>) -> Result<Answer> {
        let url = self.address.api(request.operation, request.path, request.query)?;
        let mut attempt = 1;
        loop {
            let logged = Logged::begin(request.operation);
            let sent = self.send_once(request, url.clone(), token).await;
            logged.end(sent.as_ref().ok().map(|(answer, _)| answer));
            let (answer, retry_after) = sent?;
            let busy = matches!(answer.status, 429 | 502 | 503 | 504);
            // A sealed server stays sealed for as long as people need to unseal it.
            let sealed = answer.status == 503 && error::words(&answer).contains("sealed");
            if !busy || sealed || request.body.is_some() || attempt == ATTEMPTS {
                return Ok(answer);
            }
            tokio::time::sleep(pause(attempt, retry_after)).await;
            attempt += 1;
        }
    }

    async fn send_once(
        &self,
        request: &Request<'_>,
        url: Url,
        token: Option<&Secret>,
    ) -> Result<(Answer, Option<Duration>)> {
        let response = self.dispatch(request, url, token).await?;
        let Some(location) = redirect_of(&response) else {
            return read(request.operation, response, &self.address).await;
        };
        // A standby node may send on to another path of the same server; a token never travels to another one.
        let elsewhere = || elsewhere(request.operation, &location);
        let url = self.address.redirected(&location).ok_or_else(elsewhere)?;
        let response = self.dispatch(request, url, token).await?;
        if let Some(location) = redirect_of(&response) {
            let message = format!("{} redirects in a circle, to {location:?}", self.address);
            return Err(Error::new(Kind::Invalid, request.operation, message)
                .with_refused_by("this app")
                .with_next("Connect to the address of the active node."));
        }
        read(request.operation, response, &self.address).await
    }

    async fn dispatch(&self, request: &Request<'_>, url: Url, token: Option<&Secret>) -> Result<reqwest::Response> {
        let method = if request.body.is_some() { Method::POST } else { Method::GET };
        let mut builder = self.http.request(method, url);
        if let Some(token) = token {
            builder = builder.header(TOKEN, header_of(request.operation, token)?);
        }
        if let Some(body) = &request.body {
            builder = builder.header(CONTENT_TYPE, "application/json").body(body.to_vec());
        }
        builder.send().await.map_err(|cause| error::of_transport(request.operation, cause, &self.address))
    }
}

/// The header that carries a token.
pub(crate) const TOKEN: &str = "X-Vault-Token";

/// A token as the value of [`TOKEN`].
pub(crate) fn header_of(operation: &'static str, token: &Secret) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_bytes(token.expose())
        .map_err(|_| Error::new(Kind::Invalid, operation, "the token holds characters that a token cannot have"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// What the clients of reads and of changes have in common.
async fn builder(address: &Address, namespace: Option<&str>, tls: &Tls) -> Result<reqwest::ClientBuilder> {
    let mut headers = HeaderMap::new();
    // Vault can be told to refuse requests without it, against forged requests out of a browser.
    headers.insert("X-Vault-Request", HeaderValue::from_static("true"));
    if let Some(namespace) = namespace {
        let value = HeaderValue::from_str(namespace)
            .map_err(|_| Error::new(Kind::Invalid, "connect", "the namespace holds characters it cannot have"))?;
        headers.insert("X-Vault-Namespace", value);
    }
    let mut builder = reqwest::Client::builder()
        .default_headers(headers)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(WHOLE_TIMEOUT);
    // A proxy could not reach it, and has no business with its token.
    if address.is_this_computer() {
        builder = builder.no_proxy();
    }
    if let Some(path) = &tls.ca_file {
        let pem = file(path, "the CA file").await?;
        let roots = reqwest::Certificate::from_pem_bundle(&pem).ok().filter(|roots| !roots.is_empty());
        let roots = roots.ok_or_else(|| unusable(path, "holds no PEM certificate"))?;
        builder = builder.tls_certs_merge(roots);
    }
    if let Some((certificate, key)) = &tls.client {
        let mut pem = file(certificate, "the client certificate").await?;
        pem.push(b'\n');
        pem.extend_from_slice(&file(key, "the client key").await?);
        let identity = reqwest::Identity::from_pem(&pem)
            .map_err(|_| unusable(key, "and the client certificate are no pair of PEM files"))?;
        builder = builder.identity(identity);
    }
    Ok(builder)
}

fn client(builder: reqwest::ClientBuilder) -> Result<reqwest::Client> {
    builder.build().map_err(|cause| {
        Error::new(Kind::Invalid, "connect", "TLS could not be set up with these certificates")
            .with_next("Check the CA file, the client certificate and its key.")
            .with_source(cause)
    })
}

/// Reads an answer to its end, with the pause that it asks for.
pub(crate) async fn read(
    operation: &'static str,
    mut response: reqwest::Response,
    address: &Address,
) -> Result<(Answer, Option<Duration>)> {
    let status = response.status().as_u16();
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let html = header(CONTENT_TYPE).is_some_and(|kind| kind.starts_with("text/html"));
    let retry_after = header(RETRY_AFTER).and_then(|text| text.parse().ok()).map(Duration::from_secs);
    let expected = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(16 * 1024);
    let mut body = Zeroizing::new(Vec::with_capacity(expected.min(LARGEST_ANSWER)));
    let broken = |cause| error::of_transport(operation, cause, address);
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            let message = format!("the answer is larger than {} MiB", LARGEST_ANSWER / 1024 / 1024);
            return Err(Error::new(Kind::Invalid, operation, message)
                .with_refused_by("this app")
                .with_next("Name fewer mounts in the connection, or use the provider's own tool."));
        }
        append(&mut body, &chunk);
    }
    Ok((Answer { status, body, html }, retry_after))
}

/// Appends without leaving the old bytes behind in freed memory, as `Vec`'s own growth would.
fn append(body: &mut Zeroizing<Vec<u8>>, chunk: &[u8]) {
    let length = body.len() + chunk.len();
    if length > body.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(length.next_power_of_two()));
        larger.extend_from_slice(body);
        *body = larger;
    }
    body.extend_from_slice(chunk);
}

/// Where a redirect leads; `None` if it is none.
pub(crate) fn redirect_of(response: &reqwest::Response) -> Option<String> {
    if !response.status().is_redirection() {
        return None;
    }
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    Some(location.unwrap_or_default().to_owned())
}

fn elsewhere(operation: &'static str, location: &str) -> Error {
    let shown: String = location.chars().take(200).collect();
    Error::new(Kind::Invalid, operation, format!("the server redirects to another place, {shown:?}"))
        .with_refused_by("this app")
        .with_next("If that is your cluster's active node, connect to its address instead.")
}

/// How long to wait before the next attempt: what the server asks for, else a quarter of a second and doubling, with
/// jitter so that requests side by side do not come back together.
fn pause(attempt: u32, retry_after: Option<Duration>) -> Duration {
    let spread = f64::from(Timestamp::now().subsec_nanosecond().rem_euclid(1_000_000)) / 1_000_000.0;
    let wanted = retry_after.unwrap_or(Duration::from_millis(250) * 2_u32.pow(attempt - 1));
    wanted.min(LONGEST_PAUSE).mul_f64(0.75 + spread / 2.0)
}

async fn file(path: &Path, what: &str) -> Result<Zeroizing<Vec<u8>>> {
    let bytes = tokio::fs::read(path).await.map_err(|cause| {
        Error::new(Kind::Invalid, "connect", format!("{what} {} could not be read: {cause}", path.display()))
            .with_next("Check the path, and that you may read the file.")
    })?;
    Ok(Zeroizing::new(bytes))
}

fn unusable(path: &Path, why: &str) -> Error {
    Error::new(Kind::Invalid, "connect", format!("{} {why}", path.display()))
        .with_next("Give a PEM file (-----BEGIN CERTIFICATE-----).")
}

#[cfg(test)]
mod tests;
