//! The provider against a vault that answers by script: what a real one does only on its worst days.

mod checking;
mod planning;
mod sending;
mod versions;

use std::{
    fmt,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use azure_core::{
    credentials::{AccessToken, Secret as Token, TokenCredential, TokenRequestOptions},
    error::ErrorKind,
    http::{AsyncRawResponse, Body, HttpClient, Request, StatusCode, headers::Headers},
    time::{Duration, OffsetDateTime},
};
use domain::{
    Answers, Ask, Change, Changes, Event, Finding, ItemKey, Ledger, Order, OrderId, Outcome, Performed, Plan, Record,
    Result, Secret, SecretAnswers, Step, Target, Timestamp, VaultId,
};
use serde_json::{Value, json};

use crate::{Tenant, access::Resources, client::Client, cloud::Cloud};

pub(crate) const HOST: &str = "contoso.vault.azure.net";
pub(crate) const ORDER: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

/// A request with a token.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Such as `POST keys/a/create`.
    pub(crate) line: String,
    pub(crate) body: String,
}

/// What is said to it.
pub(crate) enum Said {
    Json(u16, Value),
    Bytes(u16, &'static str),
    /// The connection ends.
    Lost,
    /// No connection comes about.
    Unreachable,
}

type Script = dyn Fn(&Asked) -> Said + Send + Sync;

/// A vault that answers by script, and remembers what it was asked.
pub(crate) struct Scripted {
    script: Box<Script>,
    asked: Mutex<Vec<Asked>>,
    challenged: Mutex<usize>,
    /// What is said to a request without a token, if not the challenge.
    door: Option<Box<dyn Fn() -> Said + Send + Sync>>,
}

pub(crate) struct World {
    pub(crate) tenant: Tenant,
    pub(crate) vault: Arc<Scripted>,
}

impl World {
    pub(crate) fn new(script: impl Fn(&Asked) -> Said + Send + Sync + 'static) -> Self {
        Self::with(script, None, true)
    }

    pub(crate) fn with(
        script: impl Fn(&Asked) -> Said + Send + Sync + 'static,
        door: Option<Box<dyn Fn() -> Said + Send + Sync>>,
        signs_in: bool,
    ) -> Self {
        let vault = Arc::new(Scripted {
            script: Box::new(script),
            asked: Mutex::default(),
            challenged: Mutex::default(),
            door,
        });
        let transport = Arc::clone(&vault);
        let client = Client::new(reqwest::Client::new(), Arc::new(Person { signs_in }), Cloud::Public).over(transport);
        let tenant = Tenant {
            assertion: None,
            client,
            named: Some(vec![VaultId(HOST.to_owned())]),
            subscriptions: Vec::new(),
            resources: Resources::default(),
        };
        Self { tenant, vault }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.vault.asked.lock().unwrap().clone()
    }

    pub(crate) fn count(&self, line: &str) -> usize {
        self.asked().iter().filter(|asked| asked.line == line).count()
    }

    pub(crate) fn challenges(&self) -> usize {
        *self.vault.challenged.lock().unwrap()
    }

    pub(crate) async fn plan(&self, change: &Change) -> Result<Plan> {
        self.tenant.plan(change).await
    }

    pub(crate) async fn send(&self, plan: Plan, secrets: SecretAnswers) -> Outcome {
        let book = Book::default();
        let (seen, name) = (plan.digest(), plan.name.clone());
        let reviewed = plan.reviewed(&seen, Some(&name)).unwrap();
        let order = Order::write_down(&book, order(), "prod", "its place", "maria", reviewed).unwrap();
        let (sending, _) = order.send(&book, Arc::new(secrets)).unwrap();
        self.tenant.perform(sending).await
    }

    /// What a reading says of a step that was sent just now, and whose answer was lost.
    pub(crate) async fn check(&self, step: &Step) -> Finding {
        self.check_at(step, Timestamp::now()).await
    }

    pub(crate) async fn check_at(&self, step: &Step, sent: Timestamp) -> Finding {
        let results = Default::default();
        self.tenant.check(&Performed { order: order(), step: step.clone(), results, sent }).await.unwrap()
    }
}

pub(crate) fn order() -> OrderId {
    OrderId(ORDER.to_owned())
}

pub(crate) fn item(id: &str) -> Target {
    Target::Item(ItemKey::new(HOST, id))
}

pub(crate) fn vault() -> Target {
    Target::Vault(VaultId(HOST.to_owned()))
}

pub(crate) fn change(ask: Ask, target: Target, answers: &[(&str, &str)]) -> Change {
    let answers: Answers = answers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Change { order: order(), ask, target, answers, secrets: SecretAnswers::new() }
}

pub(crate) fn secrets(name: &str, value: &[u8]) -> SecretAnswers {
    [(name.to_owned(), Secret::new(value.to_vec()))].into()
}

/// An error of Key Vault.
pub(crate) fn refusal(status: u16, code: &str, message: &str) -> Said {
    Said::Json(status, json!({"error": {"code": code, "message": message}}))
}

pub(crate) fn not_found() -> Said {
    refusal(404, "KeyNotFound", "There is no such thing.")
}

pub(crate) fn list(versions: Vec<Value>) -> Said {
    Said::Json(200, json!({"value": versions, "nextLink": null}))
}

/// A version as lists and readings of keys and secrets tell it.
pub(crate) fn version(collection: &str, id: &str, created: i64, more: &Value) -> Value {
    let address = format!("https://{HOST}/{collection}/a/{id}");
    let mut told = json!({
        "attributes": {"enabled": true, "created": created, "updated": created,
            "recoveryLevel": "Recoverable+Purgeable", "recoverableDays": 90},
    });
    let member = if collection == "keys" { "kid" } else { "id" };
    told[member] = address.clone().into();
    if collection == "keys" {
        told["key"] = json!({"kid": address, "kty": "EC", "crv": "P-256", "key_ops": ["sign", "verify"]});
    }
    for (name, value) in more.as_object().into_iter().flatten() {
        match (told.get_mut(name), value) {
            (Some(Value::Object(told)), Value::Object(value)) => told.extend(value.clone()),
            _ => told[name] = value.clone(),
        }
    }
    told
}

/// A moment ago, in seconds.
pub(crate) fn now() -> i64 {
    Timestamp::now().as_second()
}

#[derive(Default)]
struct Book(Mutex<Vec<Record>>);

impl Ledger for Book {
    fn append(&self, event: Event) -> Result<Record> {
        let record = Record { at: Timestamp::now(), event };
        self.0.lock().unwrap().push(record.clone());
        Ok(record)
    }

    fn history(&self, _: &OrderId) -> Result<Vec<Record>> {
        Ok(self.0.lock().unwrap().clone())
    }
}

#[derive(Debug)]
struct Person {
    signs_in: bool,
}

#[async_trait]
impl TokenCredential for Person {
    async fn get_token(&self, _: &[&str], _: Option<TokenRequestOptions<'_>>) -> azure_core::Result<AccessToken> {
        if !self.signs_in {
            return Err(azure_core::Error::with_message(ErrorKind::Credential, "the sign-in is over"));
        }
        let expires_on = OffsetDateTime::now_utc() + Duration::hours(1);
        Ok(AccessToken { token: Token::new("a-token"), expires_on })
    }
}

impl fmt::Debug for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scripted").finish_non_exhaustive()
    }
}

#[async_trait]
impl HttpClient for Scripted {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let Body::Bytes(body) = request.body() else { panic!("a body that streams") };
        let body = String::from_utf8_lossy(body).into_owned();
        let said = if request.headers().get_optional_str(&"authorization".into()).is_some() {
            let line = format!("{} {}", request.method(), request.url().path().trim_matches('/'));
            let asked = Asked { line, body };
            self.asked.lock().unwrap().push(asked.clone());
            (self.script)(&asked)
        } else {
            assert_eq!(body, "", "a body went out without a token");
            *self.challenged.lock().unwrap() += 1;
            match &self.door {
                Some(door) => door(),
                None => {
                    let mut headers = Headers::new();
                    let challenge = r#"Bearer authorization="https://login.microsoftonline.com/t", resource="https://vault.azure.net""#;
                    headers.insert("www-authenticate", challenge);
                    return Ok(AsyncRawResponse::from_bytes(StatusCode::Unauthorized, headers, Vec::new()));
                }
            }
        };
        let mut headers = Headers::new();
        headers.insert("x-ms-request-id", "request-7");
        match said {
            Said::Json(status, value) => Ok(AsyncRawResponse::from_bytes(status.into(), headers, value.to_string())),
            Said::Bytes(status, bytes) => Ok(AsyncRawResponse::from_bytes(status.into(), headers, bytes)),
            Said::Lost => Err(azure_core::Error::with_message(ErrorKind::Io, "the connection ended")),
            Said::Unreachable => Err(azure_core::Error::with_message(ErrorKind::Connection, "nobody answers")),
        }
    }
}
