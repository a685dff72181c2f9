//! A server for this crate's tests that answers by a script: what no healthy OpenBao would send, and when a token ends.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{
    client::Client,
    session::{Credentials, Session},
    wire::{Tls, Wire},
};

/// A scripted server on a free port of this computer. It ends with the test's runtime.
pub(crate) struct Fake {
    pub(crate) address: String,
    requests: Arc<Mutex<Vec<Seen>>>,
}

/// The answer of a script that resets the connection instead.
pub(crate) const RESET: &str = "RESET";

/// One request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// Method and target: `GET /v1/transit/keys?list=true`.
    pub(crate) line: String,
    /// The value of `X-Vault-Token`.
    pub(crate) token: Option<String>,
    /// What was posted.
    pub(crate) body: String,
}

impl Fake {
    /// Starts a server that answers each request with the bytes that `script` gives for it.
    pub(crate) async fn start(script: impl Fn(&Seen) -> String + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (script, log) = (Arc::new(script), Arc::clone(&requests));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&script), Arc::clone(&log)));
            }
        });
        Self { address, requests }
    }

    /// How many requests so far have `part` in their line.
    pub(crate) fn count(&self, part: &str) -> usize {
        self.requests.lock().unwrap().iter().filter(|seen| seen.line.contains(part)).count()
    }

    /// What was posted by the requests that have `part` in their line.
    pub(crate) fn bodies(&self, part: &str) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        requests.iter().filter(|seen| seen.line.contains(part)).map(|seen| seen.body.clone()).collect()
    }

    pub(crate) async fn wire(&self) -> Wire {
        let address = crate::address::Address::parse(&self.address).unwrap();
        Wire::new(address, None, &Tls::default()).await.unwrap()
    }

    pub(crate) async fn client(&self, credentials: Credentials) -> Client {
        let wire = self.wire().await;
        let session = Session::start(credentials, &wire).await.unwrap();
        Client::new(wire, session)
    }
}

/// A complete answer.
pub(crate) fn json(status: u16, body: &str) -> String {
    with_headers(status, "Content-Type: application/json\r\n", body)
}

/// A complete answer with headers, each ended by a line break.
pub(crate) fn with_headers(status: u16, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}", body.len())
}

async fn answer(
    mut stream: TcpStream,
    script: Arc<impl Fn(&Seen) -> String + Send + Sync>,
    log: Arc<Mutex<Vec<Seen>>>,
) {
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    let head = loop {
        let count = stream.read(&mut buffer).await.unwrap_or(0);
        text.extend_from_slice(&buffer[..count]);
        let head = String::from_utf8_lossy(&text).split_once("\r\n\r\n").map(|(head, _)| head.to_owned());
        match head {
            Some(head) if text.len() >= head.len() + 4 + content_length(&head) => break head,
            _ if count == 0 => return,
            _ => {}
        }
    };
    let line = head.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1").to_owned();
    let body = String::from_utf8_lossy(text.get(head.len() + 4..).unwrap_or_default()).into_owned();
    let seen = Seen { line, token: header(&head, "x-vault-token").map(str::to_owned), body };
    let bytes = script(&seen);
    log.lock().unwrap().push(seen);
    if bytes == RESET {
        return;
    }
    let _ = stream.write_all(bytes.as_bytes()).await;
    let _ = stream.shutdown().await;
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut headers = head.lines().filter_map(|line| line.split_once(": "));
    headers.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn content_length(head: &str) -> usize {
    header(head, "content-length").and_then(|value| value.parse().ok()).unwrap_or(0)
}
