//! The fake of Azure Key Vault under the matrix of lost answers. Each line is a port of its own to the same vaults: what is
//! lost there is lost by the fake, over TLS, after it has acted or before.

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use contract::ConnectionDraft;
use domain::{Changes, Outcome, Sending};
use serde_json::{Value, json};
use servers::{
    Azure, Failure, Result, State, Vault,
    fixtures::azure::{self, Filled, HARBOUR, HSM, MAIN, QUAY, SECRET},
};

use super::{
    fault::{Fault, Strike},
    person::CONNECTION,
    place::{Line, Made, Place, Scene},
};
use crate::between::{Between, Connecting};

const VAULTS: [Vault<'static>; 4] = [MAIN, HARBOUR, QUAY, HSM];

pub(crate) struct AzurePlace {
    filled: Arc<Filled>,
    port: u16,
    token: String,
    hsm_token: String,
}

/// Starts it, with the port of the server that holds everything.
pub(crate) async fn start() -> Result<(Arc<dyn Place>, String)> {
    let filled = Arc::new(azure::start().await?);
    let token = filled.server.token("owner", SECRET, "https://vault.azure.net").await?;
    let hsm_token = filled.server.token("owner", SECRET, "https://managedhsm.azure.net").await?;
    let port = filled.server.address().port();
    Ok((Arc::new(AzurePlace { filled, port, token, hsm_token }), port.to_string()))
}

#[async_trait]
impl Place for AzurePlace {
    fn draft(&self, through: &str) -> ConnectionDraft {
        let server = &self.filled.server;
        let resolve = server.resolve_at(through.parse().unwrap_or_default());
        let vaults = VAULTS.map(|vault| format!("https://{}", vault.host())).join(",");
        let ca = server.ca_file().display().to_string();
        let answers = [
            ("auth", "client-secret"),
            ("tenant", Azure::TENANT),
            ("client_id", "owner"),
            ("ca", &ca),
            ("resolve", &resolve),
            ("vaults", &vaults),
        ];
        ConnectionDraft {
            name: CONNECTION.to_owned(),
            provider: "azure".to_owned(),
            environment: None,
            answers: answers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            secrets: [("client_secret".to_owned(), SECRET.to_owned())].into(),
            keep: true,
        }
    }

    async fn scene(&self, like: Option<&str>, mark: &str) -> Result<Scene> {
        let item = match like {
            Some(like) => Some(self.twin(like, &format!("twin-{mark}")).await?),
            None => {
                // Something to save, of which no other trial knows, in two vaults, since one is where it is taken back.
                for vault in [&MAIN, &QUAY] {
                    let path = format!("keys/saved-{mark}-in-{}/create", vault.name);
                    self.must("POST", vault, &path, json!({"kty": "EC"})).await?;
                }
                None
            }
        };
        Ok(Scene { place: self.port.to_string(), item, mark: mark.to_owned() })
    }

    async fn line(&self, _: &Scene, strike: Arc<Strike>) -> Result<Line> {
        let (port, log) = self.filled.server.line().await?;
        let lossy = Lossy { filled: Arc::clone(&self.filled), strike, log: log.clone() };
        let sent = move || {
            let log = std::fs::read_to_string(&log).unwrap_or_default();
            log.lines().map(str::to_owned).collect()
        };
        Ok(Line { through: port.to_string(), connector: Arc::new(Connecting(Arc::new(lossy))), sent: Box::new(sent) })
    }

    async fn state(&self, scene: &Scene, made: &Made) -> Result<State> {
        let name = match &scene.item {
            Some(address) => address.rsplit('/').next().unwrap_or_default(),
            None => &made.name,
        };
        let (mut state, marks) = (State::default(), [scene.mark.as_str(), &made.order, name]);
        for vault in &VAULTS {
            for kind in ["keys", "secrets", "certificates"] {
                if vault.suffix == HSM.suffix && kind != "keys" {
                    continue;
                }
                let mut paths =
                    vec![format!("{kind}/{name}"), format!("{kind}/{name}/versions"), format!("deleted{kind}/{name}")];
                paths.extend((kind == "keys").then(|| format!("keys/{name}/rotationpolicy")));
                paths.extend((kind == "certificates").then(|| format!("certificates/{name}/pending")));
                for path in paths {
                    let (status, said) = self.call("GET", vault, &path, Value::Null).await?;
                    if status {
                        let title = path.replace(name, "it");
                        state.add(&title, &without_numbers(said), &marks);
                    }
                }
            }
            if scene.item.is_none() && vault.suffix != HSM.suffix && made.ask.word().contains("issuer") {
                let (status, said) =
                    self.call("GET", vault, &format!("certificates/issuers/{name}"), Value::Null).await?;
                if status {
                    state.add("issuer", &said, &marks);
                }
            }
        }
        Ok(state)
    }
}

impl AzurePlace {
    async fn call(&self, method: &str, vault: &Vault<'_>, path: &str, body: Value) -> Result<(bool, Value)> {
        let token = if vault.suffix == HSM.suffix { &self.hsm_token } else { &self.token };
        let (status, said) = self.filled.server.call(token, method, &vault.host(), path, body).await?;
        Ok((status.is_success(), said))
    }

    async fn must(&self, method: &str, vault: &Vault<'_>, path: &str, body: Value) -> Result<Value> {
        match self.call(method, vault, path, body).await? {
            (true, said) => Ok(said),
            (false, said) => Err(Failure::new(format!("{method} {path}: {said}"))),
        }
    }

    /// A thing like the fixture's of that name. Its address.
    async fn twin(&self, like: &str, name: &str) -> Result<String> {
        for vault in &VAULTS {
            for kind in ["certificates", "keys", "secrets"] {
                let (live, said) = self.call("GET", vault, &format!("{kind}/{like}"), Value::Null).await?;
                let waits = !live && self.call("GET", vault, &format!("deleted{kind}/{like}"), Value::Null).await?.0;
                if !live && !waits {
                    continue;
                }
                let enabled = said["attributes"]["enabled"] != json!(false);
                let tags = json!({"team": "payments"});
                match kind {
                    "certificates" => {
                        let policy = json!({
                            "key_props": {"kty": "EC", "crv": "P-256", "exportable": true},
                            "secret_props": {"contentType": "application/x-pem-file"},
                            "x509_props": {"subject": "CN=twin", "validity_months": 12},
                            "issuer": {"name": "Self"},
                        });
                        let path = format!("certificates/{name}/create");
                        self.must("POST", vault, &path, json!({"policy": policy, "tags": tags})).await?;
                    }
                    "keys" => {
                        let body = json!({"kty": "EC", "tags": tags, "attributes": {"enabled": enabled}});
                        self.must("POST", vault, &format!("keys/{name}/create"), body).await?;
                    }
                    _ => {
                        let body = json!({"value": "first", "tags": tags, "attributes": {"enabled": enabled}});
                        self.must("PUT", vault, &format!("secrets/{name}"), body).await?;
                    }
                }
                if waits {
                    self.must("DELETE", vault, &format!("{kind}/{name}"), Value::Null).await?;
                }
                return Ok(format!("https://{}/{kind}/{name}", vault.host()));
            }
        }
        Err(Failure::new(format!("nothing is like {like:?}")))
    }
}

/// What is said, without what only this one thing has: the numbers of its key, and the certificate made of it.
fn without_numbers(said: Value) -> Value {
    const UNLIKE: [&str; 8] = ["n", "e", "x", "y", "cer", "x5t", "csr", "request_id"];
    match said {
        Value::Object(members) => {
            let of_certificate = members.contains_key("kid");
            let pem = |value: &Value| value.as_str().is_some_and(|text| text.contains("-----BEGIN"));
            let members = members.into_iter().filter(|(name, value)| {
                !(UNLIKE.contains(&name.as_str()) || pem(value) || of_certificate && name == "value")
            });
            Value::Object(members.map(|(name, value)| (name, without_numbers(value))).collect())
        }
        Value::Array(all) => all.into_iter().map(without_numbers).collect(),
        plain => plain,
    }
}

/// What the fake does to one request of a line.
fn said(fault: Fault, log: &str) -> Value {
    let trouble = json!({"error": {"code": "ServiceUnavailable", "message": "try again"}});
    let mut said = match fault {
        Fault::BrokenJson => json!({"half": "json"}),
        Fault::Busy => json!({"status": 503, "body": trouble}),
        Fault::BusyAfterwards => json!({"status": 503, "body": trouble, "acted": true}),
        Fault::CutBody => json!({"half": "message"}),
        Fault::Failed => json!({"status": 500, "body": trouble, "acted": true}),
        Fault::Hang => json!({"hang": 45}),
        Fault::ResetAfterwards => json!({"drop": "after"}),
        Fault::ResetBefore => json!({"drop": "before"}),
    };
    if let Some(said) = said.as_object_mut() {
        // Readings are no changes; they have no method of these.
        said.extend([("line".to_owned(), json!(log)), ("path".to_owned(), json!("."))]);
    }
    said
}

/// Has the fake lose an answer.
#[derive(Debug)]
struct Lossy {
    filled: Arc<Filled>,
    strike: Arc<Strike>,
    log: PathBuf,
}

#[async_trait]
impl Between for Lossy {
    /// The next request with a token over this line is the one that changes something: it alone is struck.
    async fn perform(&self, behind: &dyn Changes, sending: Sending) -> Outcome {
        let fault = self.strike.next();
        if let Some(fault) = fault {
            let armed = self.filled.server.fault(said(fault, &self.log.display().to_string())).await;
            armed.expect("the fake takes faults");
        }
        let outcome = behind.perform(sending).await;
        if fault.is_some() {
            self.strike.done();
        }
        outcome
    }
}
