//! A server that speaks awsJson 1.1 by script and remembers what it was asked.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex},
};

use domain::{Answers, Entry, Environment, Item, Provider, Result, SecretAnswers, Vault, VaultId};
use futures::StreamExt;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Such as `DescribeKey`.
    pub(crate) operation: String,
    pub(crate) body: Value,
    /// With the access key id and the Region.
    pub(crate) authorization: String,
}

/// What is said to it.
pub(crate) enum Said {
    Json(Value),
    /// An error of AWS: status, code, message.
    Error(u16, &'static str, &'static str),
    /// A status, a content type and these bytes.
    Bytes(u16, &'static str, String),
    /// Half a message, then the end of the connection.
    CutShort,
    /// The end of the connection.
    HangUp,
    /// That, as soon as the semaphore lets one through.
    After(Arc<Semaphore>, Box<Self>),
}

pub(crate) struct Server {
    pub(crate) endpoint: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    pub(crate) async fn start(script: impl Fn(&Asked) -> Said + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (script, log) = (Arc::new(script), Arc::clone(&asked));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (script, log) = (Arc::clone(&script), Arc::clone(&log));
                tokio::spawn(async move { talk(stream, &*script, &log).await });
            }
        });
        Self { endpoint, asked }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn count(&self, operation: &str) -> usize {
        self.asked().iter().filter(|asked| asked.operation == operation).count()
    }

    /// A connection to it, without retries.
    pub(crate) async fn connect(&self, regions: &str) -> Arc<dyn Provider> {
        self.connect_with_attempts(regions, "1").await
    }

    /// A connection to it by somebody who has asked for so many tries of each call.
    pub(crate) async fn connect_with_attempts(&self, regions: &str, attempts: &str) -> Arc<dyn Provider> {
        let answers = [("endpoint_url", self.endpoint.as_str()), ("regions", regions)];
        let keys =
            [("AWS_ACCESS_KEY_ID", "AKIATEST"), ("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_MAX_ATTEMPTS", attempts)];
        connect(&answers, Path::new("/nowhere"), &keys).await.unwrap()
    }
}

pub(crate) async fn connect(
    answers: &[(&str, &str)],
    home: &Path,
    variables: &[(&str, &str)],
) -> Result<Arc<dyn Provider>> {
    let map = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let environment = Environment { home: home.to_owned(), variables: map(variables), host: None };
    let answers: Answers = map(answers);
    aws::connect(&answers, &SecretAnswers::new(), &environment).await
}

async fn talk(stream: TcpStream, script: &(dyn Fn(&Asked) -> Said + Send + Sync), log: &Mutex<Vec<Asked>>) {
    let mut stream = BufReader::new(stream);
    loop {
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return;
            }
            match line.trim_end().split_once(':') {
                Some((name, value)) => drop(headers.insert(name.to_ascii_lowercase(), value.trim().to_owned())),
                None if line == "\r\n" => break,
                None => {}
            }
        }
        let header = |name: &str| headers.get(name).cloned().unwrap_or_default();
        let mut body = vec![0; header("content-length").parse().unwrap_or(0)];
        stream.read_exact(&mut body).await.unwrap();
        let asked = Asked {
            operation: match header("x-amz-target").rsplit('.').next() {
                Some(operation) if !operation.is_empty() => operation.to_owned(),
                // STS speaks another protocol: a form with the operation in it.
                _ => String::from_utf8_lossy(&body).split(['=', '&']).nth(1).unwrap_or_default().to_owned(),
            },
            body: serde_json::from_slice(&body).unwrap_or_default(),
            authorization: header("authorization"),
        };
        let mut said = script(&asked);
        log.lock().unwrap().push(asked);
        while let Said::After(semaphore, then) = said {
            semaphore.acquire().await.unwrap().forget();
            said = *then;
        }
        let (status, kind, text) = match said {
            Said::Json(value) => (200, "application/x-amz-json-1.1", value.to_string()),
            Said::Error(status, code, message) => {
                (status, "application/x-amz-json-1.1", json!({"__type": code, "message": message}).to_string())
            }
            Said::Bytes(status, kind, text) => (status, kind, text),
            Said::CutShort => {
                let half = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"Keys\": [";
                let _ = stream.write_all(half.as_bytes()).await;
                return;
            }
            Said::HangUp => return,
            Said::After(..) => unreachable!("waited for above"),
        };
        let message = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nx-amzn-RequestId: request-7\r\nContent-Length: {}\r\n\r\n{text}",
            text.len()
        );
        if stream.write_all(message.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// A whole listing.
#[derive(Default)]
pub(crate) struct Listed {
    pub(crate) vaults: Vec<Vault>,
    pub(crate) items: Vec<Item>,
    pub(crate) ends: BTreeMap<VaultId, Result<()>>,
}

impl Listed {
    pub(crate) async fn of(provider: &dyn Provider) -> Self {
        let mut listed = Self::default();
        let mut entries = provider.inventory().list();
        while let Some(entry) = entries.next().await {
            listed.add(entry);
        }
        listed
    }

    pub(crate) fn add(&mut self, entry: Entry) {
        match entry {
            Entry::Vault(vault) => self.vaults.push(vault),
            Entry::Item(item) => self.items.push(*item),
            Entry::End { vault, result } => assert!(self.ends.insert(vault, result).is_none()),
        }
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.items.iter().map(|item| item.name.as_str()).collect()
    }

    pub(crate) fn end(&self, region: &str) -> &Result<()> {
        &self.ends[&VaultId(region.to_owned())]
    }
}

/// Empty lists for what a script does not care about.
pub(crate) fn nothing(asked: &Asked) -> Said {
    Said::Json(match asked.operation.as_str() {
        "ListKeys" => json!({"Keys": []}),
        "ListAliases" => json!({"Aliases": []}),
        "ListGrants" => json!({"Grants": []}),
        "ListSecrets" => json!({"SecretList": []}),
        "ListCertificates" => json!({"CertificateSummaryList": []}),
        "ListResourceTags" => json!({"Tags": []}),
        other => panic!("nobody expected {other}"),
    })
}

/// The answer of GetCallerIdentity.
pub(crate) fn caller(account: &str) -> Said {
    let answer = format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
         <Arn>arn:aws:sts::{account}:assumed-role/KeyAdmin/maria</Arn><UserId>x</UserId><Account>{account}</Account>\
         </GetCallerIdentityResult></GetCallerIdentityResponse>"
    );
    Said::Bytes(200, "text/xml", answer)
}

pub(crate) fn key_arn(id: &str) -> String {
    format!("arn:aws:kms:eu-west-1:111122223333:key/{id}")
}

/// A page of ListKeys.
pub(crate) fn keys(ids: &[String], next: Option<&str>) -> Said {
    let keys: Vec<Value> = ids.iter().map(|id| json!({"KeyId": id, "KeyArn": key_arn(id)})).collect();
    Said::Json(json!({"Keys": keys, "NextMarker": next, "Truncated": next.is_some()}))
}

/// A page of ListAliases.
pub(crate) fn aliases(pairs: &[(&str, &str)], next: Option<&str>) -> Said {
    let aliases: Vec<Value> =
        pairs.iter().map(|(name, id)| json!({"AliasName": format!("alias/{name}"), "TargetKeyId": id})).collect();
    Said::Json(json!({"Aliases": aliases, "NextMarker": next, "Truncated": next.is_some()}))
}

/// The answer of DescribeKey.
pub(crate) fn described(asked: &Asked, spec: &str, usage: &str) -> Said {
    described_as(asked.body["KeyId"].as_str().unwrap().rsplit('/').next().unwrap(), spec, usage)
}

/// The answer of DescribeKey for a key that was asked for by an alias.
pub(crate) fn described_as(id: &str, spec: &str, usage: &str) -> Said {
    Said::Json(json!({"KeyMetadata": {
        "KeyId": id, "Arn": key_arn(id), "KeySpec": spec, "KeyUsage": usage, "KeyState": "Enabled", "Origin": "AWS_KMS",
        "KeyManager": "CUSTOMER", "CreationDate": 1_700_000_000, "Enabled": true,
    }}))
}
