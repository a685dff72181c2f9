//! A fake of Key Vault for the bench: TLS and HTTP/1.1 with kept connections, each vault a host of its own, every answer late by
//! the same time. Keys in pages of 25; certificates and secrets, and what is deleted, are empty lists. The last vault may hang.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::{Value, json};
use servers::{Failure, Result};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpSocket, TcpStream},
    time::Instant,
};
use tokio_rustls::{TlsAcceptor, rustls};

/// So many a page, as the service hands them out.
pub(crate) const PAGE: usize = 25;
/// The directory that everybody signs in to.
pub(crate) const TENANT: &str = "5f2a1c3e-0b7d-4c8e-9a11-0d6f4e2b8c70";
const LOGIN: &str = "login.microsoftonline.com";

/// How much there is, and how late it comes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) vaults: usize,
    pub(crate) keys: usize,
    pub(crate) latency: Duration,
    /// Whether the last vault takes requests and never answers.
    pub(crate) hangs: bool,
}

/// The host of a vault.
pub(crate) fn host(number: usize) -> String {
    format!("bench-{number:03}.vault.azure.net")
}

/// Serves until its standard input ends, and says its port in one line first. The authority that signed its certificate is in
/// `ca`.
pub(crate) async fn serve(size: Size, ca: &Path) -> Result<()> {
    let acceptor = TlsAcceptor::from(Arc::new(tls(ca)?));
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    // All connections come at once, and each one lost costs a second.
    let listener = socket.listen(1024)?;
    println!("{}", listener.local_addr()?);
    let accepting = async {
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            // A client that goes away ends its connection; nobody else is concerned.
            tokio::spawn(talk(acceptor.clone(), stream, size));
        }
    };
    let (mut input, mut end) = (tokio::io::stdin(), [0]);
    tokio::select! {
        failed = accepting => failed,
        _ = input.read(&mut end) => Ok(()),
    }
}

fn tls(ca: &Path) -> Result<rustls::ServerConfig> {
    let told = |error: rcgen::Error| Failure::new(error.to_string());
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(rcgen::DnType::CommonName, "bench authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().map_err(told)?;
    let root = authority.self_signed(&authority_key).map_err(told)?;
    std::fs::write(ca, root.pem())?;
    let key = KeyPair::generate().map_err(told)?;
    let names = ["*.vault.azure.net".to_owned(), LOGIN.to_owned()];
    let leaf = CertificateParams::new(names).map_err(told)?;
    let leaf = leaf.signed_by(&key, &Issuer::new(authority, authority_key)).map_err(told)?;
    let key = rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).map_err(Failure::new)?;
    let told = |error: rustls::Error| Failure::new(error.to_string());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(told)?
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key)
        .map_err(told)
}

async fn talk(acceptor: TlsAcceptor, stream: TcpStream, size: Size) -> Result<()> {
    let mut stream = BufReader::new(acceptor.accept(stream).await?);
    let mut line = String::new();
    loop {
        let (mut path, mut host, mut signed, mut length) = (String::new(), String::new(), false, 0);
        loop {
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let text = line.trim_end();
            if text.is_empty() {
                break;
            }
            match text.split_once(": ") {
                _ if path.is_empty() => path = text.split(' ').nth(1).unwrap_or_default().to_owned(),
                Some((name, value)) if name.eq_ignore_ascii_case("host") => value.clone_into(&mut host),
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.parse().unwrap_or_default();
                }
                Some((name, _)) if name.eq_ignore_ascii_case("authorization") => signed = true,
                Some(_) | None => {}
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await?;
        let arrived = Instant::now();
        if size.hangs && host == self::host(size.vaults - 1) && signed {
            std::future::pending::<()>().await;
        }
        let message = answer(&host, &path, signed, size);
        tokio::time::sleep_until(arrived + size.latency).await;
        stream.write_all(message.as_bytes()).await?;
        stream.flush().await?;
    }
}

fn answer(host: &str, path: &str, signed: bool, size: Size) -> String {
    if host == LOGIN {
        let token = json!({"token_type": "Bearer", "expires_in": 3599, "access_token": "e30.e30.e30"});
        return message("200 OK", "", &token);
    }
    if !signed {
        let challenge = format!(
            "WWW-Authenticate: Bearer authorization=\"https://{LOGIN}/{TENANT}\", resource=\"https://vault.azure.net\"\r\n"
        );
        return message("401 Unauthorized", &challenge, &json!({"error": {"code": "Unauthorized", "message": "none"}}));
    }
    let (list, query) = path.split_once('?').unwrap_or((path, ""));
    if list.trim_matches('/') != "keys" {
        return message("200 OK", "", &json!({"value": [], "nextLink": null}));
    }
    let start: usize = query
        .split('&')
        .find_map(|part| part.strip_prefix("$skiptoken=").or_else(|| part.strip_prefix("%24skiptoken=")))
        .and_then(|token| token.parse().ok())
        .unwrap_or(0);
    let end = size.keys.min(start + PAGE);
    let key = |number: usize| {
        json!({
            "kid": format!("https://{host}/keys/key-{number:04}"),
            "attributes": {"enabled": true, "created": 1_700_000_000, "updated": 1_700_000_000,
                "recoveryLevel": "Recoverable+Purgeable", "recoverableDays": 90},
            "tags": {"service": "tokens"},
        })
    };
    let next =
        (end < size.keys).then(|| format!("https://{host}/keys?api-version=7.6&$skiptoken={end}&maxresults={PAGE}"));
    message("200 OK", "", &json!({"value": (start..end).map(key).collect::<Vec<_>>(), "nextLink": next}))
}

fn message(status: &str, head: &str, body: &Value) -> String {
    let text = body.to_string();
    let length = text.len();
    format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{head}Content-Length: {length}\r\n\r\n{text}")
}
