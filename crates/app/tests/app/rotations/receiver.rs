//! A receiver of webhooks, and an address that publishes keys: a server of another hand, with an authority of its own.

use std::{fs, path::Path, process::Stdio, time::Duration};

use contract::{ConsumerWire, TellWire};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use super::by_hand;

pub(super) const SECRET: &str = "a secret of the receiver's to search for, ü";
/// Long enough for a slow computer; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// It checks each signature by Python's own `hmac`, writes down what came, and answers as `answer.json` says.
const SERVER: &str = r#"
import hashlib, hmac, json, os, ssl, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

folder, secret = sys.argv[1], os.environ["SECRET"].encode()
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder + "/leaf.pem", folder + "/key.pem")

class Receiver(BaseHTTPRequestHandler):
    def answer(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        said = self.headers.get("claviger-timestamp", "").encode() + b"." + body
        right = "v1=" + hmac.new(secret, said, hashlib.sha256).hexdigest()
        signed = hmac.compare_digest(right, self.headers.get("claviger-signature", ""))
        headers = {name.lower(): value for name, value in self.headers.items()}
        with open(folder + "/heard.jsonl", "a") as heard:
            heard.write(json.dumps({"path": self.path, "headers": headers, "body": body.decode(), "signed": signed}) + "\n")
        print("heard", flush=True)
        with open(folder + "/answer.json") as file:
            answer = json.load(file)
        if answer["waits"]:
            sys.stdin.readline()
        body = answer["body"].encode()
        self.send_response(answer["status"])
        for name, value in answer["headers"].items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    do_GET = do_POST = answer
    def log_message(self, *_):
        pass

class Server(ThreadingHTTPServer):
    def get_request(self):
        stream, at = super().get_request()
        return context.wrap_socket(stream, server_side=True, do_handshake_on_connect=False), at

server = Server(("127.0.0.1", 0), Receiver)
print(server.server_port, flush=True)
server.serve_forever()
"#;

/// A request as it came.
#[derive(Debug, Deserialize)]
pub(super) struct Heard {
    pub(super) path: String,
    pub(super) headers: std::collections::BTreeMap<String, String>,
    pub(super) body: String,
    /// Whether its signature is right, as Python finds.
    pub(super) signed: bool,
}

/// It listens until it is dropped.
pub(super) struct Receiver {
    folder: tempfile::TempDir,
    _child: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    port: u16,
    /// PEM.
    pub(super) authority: String,
}

impl Receiver {
    /// Answers with 204.
    pub(super) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority = issue(folder.path());
        let mut child = Command::new("python3")
            .args(["-c", SERVER])
            .arg(folder.path())
            .env("SECRET", SECRET)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let (stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut lines = BufReader::new(stdout).lines();
        let first = tokio::time::timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap().unwrap();
        let receiver = Self { folder, _child: child, stdin, lines, port: first.parse().unwrap(), authority };
        receiver.answers(204, &[], "");
        receiver
    }

    /// From now on.
    pub(super) fn answers(&self, status: u16, headers: &[(&str, &str)], body: &str) {
        self.answer(status, headers, body, false);
    }

    /// From now on: with 204, and each not before [`Receiver::go`].
    pub(super) fn waits(&self) {
        self.answer(204, &[], "", true);
    }

    fn answer(&self, status: u16, headers: &[(&str, &str)], body: &str, waits: bool) {
        let headers: serde_json::Map<String, Value> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
        let answer = json!({ "status": status, "headers": headers, "body": body, "waits": waits });
        fs::write(self.folder.path().join("answer.json"), answer.to_string()).unwrap();
    }

    /// Waits for the next request.
    pub(super) async fn hears(&mut self) {
        let line = tokio::time::timeout(PATIENCE, self.lines.next_line()).await.unwrap().unwrap();
        assert_eq!(line.as_deref(), Some("heard"));
    }

    /// Has the request answered that waits.
    pub(super) async fn go(&mut self) {
        self.stdin.write_all(b"go\n").await.unwrap();
        self.stdin.flush().await.unwrap();
    }

    /// Every request, the oldest first.
    pub(super) fn heard(&self) -> Vec<Heard> {
        let text = fs::read_to_string(self.folder.path().join("heard.jsonl")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("https://127.0.0.1:{}{path}", self.port)
    }

    /// A consumer that is told by it.
    pub(super) fn tells(&self, name: &str) -> ConsumerWire {
        let tell = TellWire::Webhook { url: self.url("/hook?token=t0ken"), authority: self.authority.clone() };
        ConsumerWire { tell, ..by_hand(name) }
    }
}

/// Writes the server's certificate and key into `folder`. Answers with its authority.
fn issue(folder: &Path) -> String {
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "Claviger's test authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().unwrap();
    let root = authority.self_signed(&authority_key).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&key, &Issuer::new(authority, authority_key)).unwrap();
    fs::write(folder.join("leaf.pem"), leaf.pem()).unwrap();
    fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    root.pem()
}
