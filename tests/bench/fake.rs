//! A fake KMS: awsJson 1.1 over plain HTTP with kept connections, every answer late by the same time, no quota. Secrets
//! Manager and ACM answer with empty lists. It counts what it is asked.

use std::{
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde_json::{Value, json};
use servers::Result;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpSocket, TcpStream},
    time::Instant,
};

/// Asks for the counts by operation since the last time, at once.
pub(crate) const COUNTS: &str = "Fake.TakeCounts";

/// Every so manieth key has an alias. Then the aliases, a hundred a page, come in before the descriptions are through,
/// so that DescribeKey is what binds; with an alias each they would bind instead, which is easier to keep up with.
const KEYS_AN_ALIAS: usize = 2;

const ACCOUNT: &str = "111122223333";
const REGION: &str = "eu-west-1";

/// How many aliases the fake has.
pub(crate) fn aliases(keys: usize) -> usize {
    keys.div_ceil(KEYS_AN_ALIAS)
}

/// Serves until its standard input ends, and says its port in one line first.
pub(crate) async fn serve(keys: usize, latency: Duration) -> Result<()> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    // The usual 128 overflow when a client opens all its connections at once, and each one lost costs a second.
    let listener = socket.listen(1024)?;
    println!("{}", listener.local_addr()?);
    let fake = Arc::new(Fake::new(keys));
    let accepting = async {
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            // A client that goes away ends its connection; nobody else is concerned.
            tokio::spawn(talk(Arc::clone(&fake), stream, latency));
        }
    };
    let mut end = [0];
    tokio::select! {
        failed = accepting => failed,
        _ = read_stdin(&mut end) => Ok(()),
    }
}

async fn read_stdin(end: &mut [u8]) -> std::io::Result<usize> {
    tokio::io::stdin().read(end).await
}

async fn talk(fake: Arc<Fake>, stream: TcpStream, latency: Duration) -> Result<()> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    loop {
        let (mut target, mut length) = (String::new(), 0);
        loop {
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            match line.trim_end().split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case("x-amz-target") => target = value.trim().to_owned(),
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse().unwrap_or_default();
                }
                Some(_) => {}
                None if line == "\r\n" => break,
                None => {}
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await?;
        let arrived = Instant::now();
        let message = fake.answer(&target, &body);
        if target != COUNTS {
            tokio::time::sleep_until(arrived + latency).await;
        }
        stream.write_all(&message).await?;
    }
}

struct Fake {
    /// In the order of ListKeys, which has nothing to do with that of ListAliases.
    ids: Vec<String>,
    /// The whole answer of DescribeKey by key id, made beforehand: the fake's own work should not be measured.
    descriptions: HashMap<String, Message>,
    counts: Mutex<BTreeMap<String, usize>>,
}

/// An answer with its head.
type Message = Arc<[u8]>;

impl Fake {
    fn new(keys: usize) -> Self {
        // An odd multiplier scatters the numbers over all of 32 bits, each once.
        let scattered = |number: usize| (number as u32).wrapping_mul(2_654_435_761);
        let mut ids: Vec<String> =
            (0..keys).map(|number| format!("{:08x}-0000-4000-8000-{number:012x}", scattered(number))).collect();
        ids.sort();
        let descriptions = ids.iter().map(|id| (id.clone(), message(&describe(id)))).collect();
        Self { ids, descriptions, counts: Mutex::default() }
    }

    fn answer(&self, target: &str, body: &[u8]) -> Message {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if target == COUNTS {
            return message(&json!(std::mem::take(&mut *counts)));
        }
        let operation = target.rsplit('.').next().unwrap_or_default();
        *counts.entry(operation.to_owned()).or_default() += 1;
        drop(counts);
        let asked: Value = serde_json::from_slice(body).unwrap_or_default();
        let answer = match operation {
            "ListKeys" => self.page(&asked, self.ids.len(), "Keys", |at| {
                let id = &self.ids[at];
                json!({"KeyId": id, "KeyArn": arn(id)})
            }),
            "ListAliases" => self.page(&asked, aliases(self.ids.len()), "Aliases", |at| self.alias(at)),
            "DescribeKey" => match self.descriptions.get(asked["KeyId"].as_str().unwrap_or_default()) {
                Some(description) => return Arc::clone(description),
                None => json!({}),
            },
            "ListSecrets" => json!({"SecretList": []}),
            "ListCertificates" => json!({"CertificateSummaryList": []}),
            _ => json!({}),
        };
        message(&answer)
    }

    fn page(&self, asked: &Value, of: usize, name: &str, one: impl Fn(usize) -> Value) -> Value {
        let start = asked["Marker"].as_str().and_then(|marker| marker.parse().ok()).unwrap_or(0);
        let limit = asked["Limit"].as_u64().unwrap_or(100) as usize;
        let end = of.min(start + limit);
        let mut page = json!({name: (start..end).map(one).collect::<Vec<_>>(), "Truncated": end < of});
        if end < of {
            page["NextMarker"] = end.to_string().into();
        }
        page
    }

    /// In the order of their names; the key a name points at lies anywhere. The step shares no factor with round numbers
    /// of keys, so no key gets two.
    fn alias(&self, at: usize) -> Value {
        let name = format!("alias/service-{at:05}");
        let key = at * 7919 % self.ids.len();
        json!({
            "AliasName": name,
            "AliasArn": format!("arn:aws:kms:{REGION}:{ACCOUNT}:{name}"),
            "TargetKeyId": self.ids[key],
            "CreationDate": 1_700_000_000.5,
            "LastUpdatedDate": 1_700_000_000.5,
        })
    }
}

fn arn(id: &str) -> String {
    format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/{id}")
}

/// As much as KMS says of a signing key.
fn describe(id: &str) -> Value {
    json!({"KeyMetadata": {
        "AWSAccountId": ACCOUNT,
        "KeyId": id,
        "Arn": arn(id),
        "CreationDate": 1_700_000_000.123,
        "Enabled": true,
        "Description": "signs the tokens of a service",
        "KeyUsage": "SIGN_VERIFY",
        "KeyState": "Enabled",
        "Origin": "AWS_KMS",
        "KeyManager": "CUSTOMER",
        "CustomerMasterKeySpec": "RSA_2048",
        "KeySpec": "RSA_2048",
        "SigningAlgorithms": [
            "RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PKCS1_V1_5_SHA_384", "RSASSA_PKCS1_V1_5_SHA_512",
            "RSASSA_PSS_SHA_256", "RSASSA_PSS_SHA_384", "RSASSA_PSS_SHA_512",
        ],
        "MultiRegion": false,
    }})
}

fn message(answer: &Value) -> Message {
    let text = answer.to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: {}\r\n\r\n",
        text.len()
    );
    [head.as_bytes(), text.as_bytes()].concat().into()
}
