//! A server with TLS and an authority of its own: it reads HTTP/1.1 by hand, keeps what came, and answers as it was told.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, PrivateKeyDer},
    },
};

use crate::script::PATIENCE;

/// What is done with a request once it was read.
#[derive(Clone)]
pub(crate) enum Answer {
    /// These bytes, in which `PORT` stands for the server's own, then the end of the connection.
    Say(String),
    /// By path; what is not there is answered with 404.
    ByPath(HashMap<&'static str, String>),
    /// A success whose body never ends.
    Flood,
    /// Nothing, for ever.
    Hang,
    /// The connection is closed.
    Drop,
}

impl Answer {
    /// A whole answer: status line, headers and body.
    pub(crate) fn of(status: &str, headers: &str, body: &str) -> String {
        format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
    }

    pub(crate) fn say(status: &str, headers: &str, body: &str) -> Self {
        Self::Say(Self::of(status, headers, body))
    }
}

/// A request as it came.
#[derive(Debug)]
pub(crate) struct Heard {
    /// Such as `POST /hook HTTP/1.1`.
    pub(crate) line: String,
    /// By name in lower case.
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// It listens until it is dropped.
pub(crate) struct Server {
    pub(crate) port: u16,
    /// PEM.
    pub(crate) authority: Vec<u8>,
    /// DER.
    pub(crate) leaf: Vec<u8>,
    heard: mpsc::UnboundedReceiver<Heard>,
    connections: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Listens on 127.0.0.1, for which its certificate is, and for `localhost`.
    pub(crate) async fn start(answer: Answer) -> Self {
        Self::named(answer, &["127.0.0.1", "localhost"]).await
    }

    /// Its certificate is for `names`.
    pub(crate) async fn named(answer: Answer, names: &[&str]) -> Self {
        let (authority, leaf, key) = issued(names);
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![leaf.clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (tell, heard) = mpsc::unbounded_channel();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let (acceptor, tell, answer) = (acceptor.clone(), tell.clone(), answer.clone());
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    let Some(request) = request(&mut stream).await else { return };
                    let path = request.line.split(' ').nth(1).unwrap().to_owned();
                    tell.send(request).unwrap();
                    let text = match answer {
                        Answer::Say(text) => text,
                        Answer::ByPath(paths) => {
                            let missing = || Answer::of("404 Not Found", "", "");
                            paths.get(path.as_str()).cloned().unwrap_or_else(missing)
                        }
                        Answer::Flood => return flood(&mut stream).await,
                        Answer::Hang => std::future::pending().await,
                        Answer::Drop => return,
                    };
                    // The other side need not read all of it.
                    let _ = stream.write_all(text.replace("PORT", &port.to_string()).as_bytes()).await;
                    let _ = stream.shutdown().await;
                });
            }
        });
        Self { port, authority, leaf: leaf.to_vec(), heard, connections, task }
    }

    /// Ends it and frees its port.
    pub(crate) async fn stop(&mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://127.0.0.1:{}{path}", self.port)
    }

    /// The next request, which has come or is under way.
    pub(crate) async fn heard(&mut self) -> Heard {
        tokio::time::timeout(PATIENCE, self.heard.recv()).await.expect("no request came").unwrap()
    }

    /// Asserts that no request is there that was not asked for.
    pub(crate) fn heard_no_more(&mut self) {
        if let Ok(request) = self.heard.try_recv() {
            panic!("an unexpected request: {request:?}");
        }
    }

    /// How many connections were made.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

fn issued(names: &[&str]) -> (Vec<u8>, CertificateDer<'static>, PrivateKeyDer<'static>) {
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "Claviger's test authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().unwrap();
    let root = authority.self_signed(&authority_key).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>()).unwrap();
    let leaf = leaf.signed_by(&key, &Issuer::new(authority, authority_key)).unwrap();
    (root.pem().into_bytes(), leaf.der().clone(), PrivateKeyDer::try_from(key.serialize_der()).unwrap())
}

/// Writes until the other side has had enough.
async fn flood(stream: &mut (impl AsyncWrite + Unpin)) {
    let mut next: &[u8] = b"HTTP/1.1 200 OK\r\n\r\n\"";
    while stream.write_all(next).await.is_ok() {
        next = &[b'x'; 4096];
    }
}

/// `None` if the connection ended before there was one.
async fn request(stream: &mut (impl AsyncRead + Unpin)) -> Option<Heard> {
    let mut read = Vec::new();
    let end = loop {
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut read).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(read[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let line = lines.next().unwrap().to_owned();
    let pair = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned())).unwrap();
    let headers: HashMap<String, String> = lines.map(pair).collect();
    let length: usize = headers.get("content-length").map_or(0, |text| text.parse().unwrap());
    while read.len() < end + 4 + length {
        if stream.read_buf(&mut read).await.ok()? == 0 {
            return None;
        }
    }
    Some(Heard { line, headers, body: read.split_off(end + 4) })
}
