//! Addresses with TLS: one that publishes a document, with what its readers may still hold of it, and one that presents a
//! certificate.

use std::{
    fmt::Display,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

use crate::{Failure, Result};

/// What is published, and what was.
#[derive(Debug)]
struct Shelf {
    text: String,
    /// Each with the moment in which it was replaced.
    before: Vec<(String, Instant)>,
}

/// An address at which a JSON document is published, such as a set of keys. It ends when it is dropped.
#[derive(Debug)]
pub struct Published {
    address: SocketAddr,
    authority: String,
    shelf: Arc<Mutex<Shelf>>,
    /// For how long readers keep it.
    kept: Duration,
    task: JoinHandle<()>,
}

impl Published {
    /// Publishes `text`, which readers may keep for so many seconds.
    pub async fn start(text: &str, seconds: u64) -> Result<Self> {
        let (authority, chain, key) = issued().map_err(told)?;
        let acceptor = acceptor(chain, key)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shelf = Arc::new(Mutex::new(Shelf { text: text.to_owned(), before: Vec::new() }));
        let served = Arc::clone(&shelf);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, shelf) = (acceptor.clone(), Arc::clone(&served));
                // A connection that breaks off is the other side's affair.
                tokio::spawn(async move { answer(&acceptor, stream, &shelf, seconds).await });
            }
        });
        Ok(Self { address, authority, shelf, kept: Duration::from_secs(seconds), task })
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("https://{}/jwks.json", self.address)
    }

    /// The authority that issued its certificate, as PEM.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Publishes this instead, to the letter.
    pub fn publish(&self, text: &str) {
        let mut shelf = locked(&self.shelf);
        let was = std::mem::replace(&mut shelf.text, text.to_owned());
        shelf.before.push((was, Instant::now()));
    }

    /// Whether that is so of what each reader holds, whenever it read last: of what is published, and of all that may
    /// still be kept.
    pub fn every_reader(&self, is: impl Fn(&str) -> bool) -> bool {
        let shelf = locked(&self.shelf);
        let kept = shelf.before.iter().filter(|(_, replaced)| replaced.elapsed() < self.kept);
        kept.map(|(text, _)| text).chain([&shelf.text]).all(|text| is(text))
    }
}

impl Drop for Published {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(acceptor: &TlsAcceptor, stream: TcpStream, shelf: &Mutex<Shelf>, seconds: u64) -> std::io::Result<()> {
    let mut stream = acceptor.accept(stream).await?;
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut read).await? == 0 {
            return Ok(());
        }
    }
    let body = locked(shelf).text.clone();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/jwk-set+json\r\nconnection: close";
    let head = format!("{head}\r\ncache-control: public, max-age={seconds}\r\ncontent-length: {}", body.len());
    stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).await?;
    stream.shutdown().await
}

/// A server that presents a certificate and says nothing else. It ends when it is dropped.
#[derive(Debug)]
pub struct Presenter {
    address: SocketAddr,
    acceptor: Arc<Mutex<Loaded>>,
    task: JoinHandle<()>,
}

struct Loaded(TlsAcceptor);

impl std::fmt::Debug for Loaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Loaded")
    }
}

impl Presenter {
    /// Presents the certificate of a PEM that has its key too.
    pub async fn start(pem: &str) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let acceptor = Arc::new(Mutex::new(loaded(pem)?));
        let current = Arc::clone(&acceptor);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = locked(&current).0.clone();
                tokio::spawn(async move { acceptor.accept(stream).await.map(drop) });
            }
        });
        Ok(Self { address, acceptor, task })
    }

    /// Its host and port.
    pub fn address(&self) -> String {
        format!("localhost:{}", self.address.port())
    }

    /// Loads another one.
    pub fn load(&self, pem: &str) -> Result<()> {
        *locked(&self.acceptor) = loaded(pem)?;
        Ok(())
    }
}

impl Drop for Presenter {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn loaded(pem: &str) -> Result<Loaded> {
    let chain: std::result::Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    acceptor(chain.map_err(told)?, PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(told)?).map(Loaded)
}

fn acceptor(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<TlsAcceptor> {
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(told)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(told)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

type Issued = (String, Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// An authority of its own, as PEM, and what it issued for 127.0.0.1.
fn issued() -> std::result::Result<Issued, rcgen::Error> {
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "Brightwater Test Authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate()?;
    let root = authority.self_signed(&authority_key)?;
    let key = KeyPair::generate()?;
    let leaf = CertificateParams::new(vec!["127.0.0.1".to_owned()])?;
    let leaf = leaf.signed_by(&key, &Issuer::new(authority, authority_key))?;
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    Ok((root.pem(), vec![leaf.der().clone()], key))
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn told(error: impl Display) -> Failure {
    Failure::new(error.to_string())
}
