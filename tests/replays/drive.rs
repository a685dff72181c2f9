//! Makes, through the official crates, the very calls that were recorded.

use std::{path::Path, sync::Arc};

use async_trait::async_trait;
use azure_core::{
    credentials::{AccessToken, TokenCredential, TokenRequestOptions},
    http::{ClientOptions, Pager, RequestContent, Response, RetryOptions, Transport},
    time::{Duration, OffsetDateTime},
};
use azure_security_keyvault_certificates::{CertificateClient, CertificateClientOptions, models as certificates};
use azure_security_keyvault_keys::{KeyClient, KeyClientOptions, models as keys};
use azure_security_keyvault_secrets::{SecretClient, SecretClientOptions, models as secrets};
use futures::StreamExt;
use reqwest::{Client, StatusCode};
use serde_json::Value;
use servers::Replay;

use crate::{read, recording::Call};

/// Gives a token without asking anybody.
#[derive(Debug)]
pub(crate) struct Token;

#[async_trait]
impl TokenCredential for Token {
    async fn get_token(&self, _: &[&str], _: Option<TokenRequestOptions<'_>>) -> azure_core::Result<AccessToken> {
        Ok(AccessToken::new("e30.e30.e30", OffsetDateTime::now_utc() + Duration::hours(1)))
    }
}

/// The three clients, unmodified, with their challenge check on.
pub(crate) struct Crates {
    keys: KeyClient,
    secrets: SecretClient,
    certificates: CertificateClient,
    http: Client,
}

/// What came back: the status, and the body where the crate has one for it.
type Came = azure_core::Result<Value>;

pub(crate) async fn play(file: &Path) -> Result<(), String> {
    let recording = read(file)?;
    let replay = Replay::start(file, false).await.map_err(|failure| failure.to_string())?;
    let crates = Crates::new(replay.http()).map_err(|error| error.to_string())?;
    for call in &recording.calls {
        let named = || format!("{} {}", call.method, call.path.join("/"));
        if call.is_of_vault() && call.query.contains("skiptoken") {
            // Asked for by the list that it belongs to.
            continue;
        }
        if !call.is_of_vault() || call.path.first().is_some_and(|part| part == "storage") {
            crates.raw(call).await.map_err(|why| format!("{}: {why}", named()))?;
            continue;
        }
        let came = crates.make(call).await.ok_or_else(|| format!("{}: the crates have no such call", named()))?;
        compare(call, came).map_err(|why| format!("{}: {why}", named()))?;
    }
    let (strange, mut left) = replay.outcome().await.map_err(|failure| failure.to_string())?;
    left.retain(|call| !call.contains("graph.windows.net") && !call.starts_with("PUT management."));
    if strange.is_empty() && left.is_empty() {
        return Ok(());
    }
    Err(format!("asked and not recorded: {strange:?}; recorded and not asked: {left:?}"))
}

/// The crate's answer against the recorded one.
fn compare(call: &Call, came: Came) -> Result<(), String> {
    match (call.status, came) {
        (200..=299, Ok(body)) => same(&call.body, &body),
        (200..=299, Err(error)) => Err(format!("it was answered {}, and came out as {error:?}", call.status)),
        (status, Ok(_)) => Err(format!("it was refused with {status}, and came out as a success")),
        (status, Err(error)) => match error.http_status().map(u16::from) {
            Some(told) if told == status => Ok(()),
            told => Err(format!("it was refused with {status}, and came out as {told:?}")),
        },
    }
}

/// Whether the crate's model, written again, says what was recorded, but for hosts. What a client never sends the crates do
/// not write; our own provider reads the bodies as they came.
fn same(recorded: &Value, came: &Value) -> Result<(), String> {
    match (recorded, came) {
        (Value::Object(recorded), Value::Object(came)) => recorded.iter().try_for_each(|(name, value)| {
            came.get(name).map_or(Ok(()), |here| same(value, here).map_err(|why| format!("{name}.{why}")))
        }),
        (Value::Array(recorded), Value::Array(came)) if recorded.len() == came.len() => {
            recorded.iter().zip(came).try_for_each(|(one, here)| same(one, here))
        }
        (Value::String(recorded), Value::String(came)) => {
            let tail = |text: &str| {
                text.split_once(".azure.net").map_or(text, |(_, tail)| tail).trim_end_matches('=').to_owned()
            };
            if tail(recorded) == tail(came) { Ok(()) } else { Err(format!(" is {came}, not {recorded}")) }
        }
        (recorded, came) if recorded == came => Ok(()),
        (recorded, came) => Err(format!(" is {came}, not {recorded}")),
    }
}

fn json<T>(answer: azure_core::Result<Response<T>>) -> Came
where
    T: serde::de::DeserializeOwned + serde::Serialize,
{
    let model: T = answer?.into_model()?;
    Ok(serde_json::to_value(model)?)
}

fn empty<T, F>(answer: azure_core::Result<Response<T, F>>) -> Came {
    answer.map(|_| Value::Null)
}

/// The first page of a list, when all of them were read.
async fn first<T>(pager: azure_core::Result<Pager<T>>) -> Came
where
    T: serde::de::DeserializeOwned + serde::Serialize + Send + 'static,
    Response<T>: azure_core::http::pager::Page + Send,
{
    let mut pages = pager?.into_pages();
    let first = match pages.next().await {
        Some(page) => json(page)?,
        None => return Ok(Value::Null),
    };
    while let Some(page) = pages.next().await {
        page?;
    }
    Ok(first)
}

fn content<T>() -> RequestContent<T> {
    RequestContent::from(b"{}".to_vec())
}

impl Crates {
    pub(crate) fn new(http: Client) -> azure_core::Result<Self> {
        let options = || ClientOptions {
            retry: RetryOptions::none(),
            transport: Some(Transport::new(Arc::new(http.clone()))),
            ..ClientOptions::default()
        };
        let endpoint = format!("https://{}", Replay::HOST);
        Ok(Self {
            keys: KeyClient::new(
                &endpoint,
                Arc::new(Token),
                Some(KeyClientOptions { client_options: options(), ..KeyClientOptions::default() }),
            )?,
            secrets: SecretClient::new(
                &endpoint,
                Arc::new(Token),
                Some(SecretClientOptions { client_options: options(), ..SecretClientOptions::default() }),
            )?,
            certificates: CertificateClient::new(
                &endpoint,
                Arc::new(Token),
                Some(CertificateClientOptions { client_options: options(), ..CertificateClientOptions::default() }),
            )?,
            http: http.clone(),
        })
    }

    /// What the crates have no call for is asked for plainly.
    async fn raw(&self, call: &Call) -> Result<(), String> {
        if call.host.contains("graph") || call.method != "GET" {
            // Claviger asks Graph nothing, and changes nothing at Resource Manager.
            return Ok(());
        }
        let host = if call.is_of_vault() { Replay::HOST } else { &call.host };
        let method = reqwest::Method::from_bytes(call.method.as_bytes()).map_err(|error| error.to_string())?;
        let request = self.http.request(method, format!("https://{host}/{}?{}", call.path.join("/"), call.query));
        let answer = request.bearer_auth("e30.e30.e30").send().await.map_err(|error| error.to_string())?;
        match answer.status() {
            StatusCode::OK | StatusCode::NOT_FOUND => Ok(()),
            other => Err(format!("it was answered {other}")),
        }
    }

    /// The call of the crate that makes this request; `None` if there is none.
    pub(crate) async fn make(&self, call: &Call) -> Option<Came> {
        let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
        match path.first()?.trim_start_matches("deleted") {
            "keys" | "rng" => self.key(&call.method, &path).await,
            "secrets" => self.secret(&call.method, &path).await,
            "certificates" => self.certificate(&call.method, &path).await,
            _ => None,
        }
    }

    async fn key(&self, method: &str, path: &[&str]) -> Option<Came> {
        let client = &self.keys;
        let version = |version: &str| Some(version.to_owned());
        Some(match (method, path) {
            ("POST", ["rng"]) => json(client.get_random_bytes(content(), None).await),
            ("GET", ["keys"]) => first(client.list_key_properties(None)).await,
            ("GET", ["deletedkeys"]) => first(client.list_deleted_key_properties(None)).await,
            ("GET", ["keys", name, "versions"]) => first(client.list_key_properties_versions(name, None)).await,
            ("GET", ["keys", name, "rotationpolicy"]) => json(client.get_key_rotation_policy(name, None).await),
            ("PUT", ["keys", name, "rotationpolicy"]) => {
                json(client.update_key_rotation_policy(name, content(), None).await)
            }
            ("GET", ["keys", name]) => json(client.get_key(name, None).await),
            ("GET", ["keys", name, one]) => {
                let options = keys::KeyClientGetKeyOptions { key_version: version(one), ..Default::default() };
                json(client.get_key(name, Some(options)).await)
            }
            ("POST", ["keys", "restore"]) => json(client.restore_key(content(), None).await),
            ("POST", ["keys", name, "create"]) => json(client.create_key(name, content(), None).await),
            ("POST", ["keys", name, "rotate"]) => json(client.rotate_key(name, None).await),
            ("POST", ["keys", name, "backup"]) => json(client.backup_key(name, None).await),
            ("PUT", ["keys", name]) => json(client.import_key(name, content(), None).await),
            ("PATCH", ["keys", name, one]) => {
                let options =
                    keys::KeyClientUpdateKeyPropertiesOptions { key_version: version(one), ..Default::default() };
                json(client.update_key_properties(name, content(), Some(options)).await)
            }
            ("PATCH", ["keys", name]) => json(client.update_key_properties(name, content(), None).await),
            ("DELETE", ["keys", name]) => json(client.delete_key(name, None).await),
            ("GET", ["deletedkeys", name]) => json(client.get_deleted_key(name, None).await),
            ("POST", ["deletedkeys", name, "recover"]) => json(client.recover_deleted_key(name, None).await),
            ("DELETE", ["deletedkeys", name]) => empty(client.purge_deleted_key(name, None).await),
            ("POST", ["keys", name, one, verb]) => return self.use_key(name, one, verb).await,
            _ => return None,
        })
    }

    /// Asks for a certificate, and leaves it at that: what follows is a call of its own.
    async fn begin(&self, name: &str) -> Came {
        match self.certificates.begin_create_certificate(name, content(), None)?.next().await {
            Some(begun) => json(begun),
            None => Ok(Value::Null),
        }
    }

    async fn use_key(&self, name: &str, version: &str, verb: &str) -> Option<Came> {
        let (client, key_version) = (&self.keys, Some(version.to_owned()));
        Some(match verb.to_ascii_lowercase().as_str() {
            "sign" => {
                let options = keys::KeyClientSignOptions { key_version, ..Default::default() };
                json(client.sign(name, content(), Some(options)).await)
            }
            "verify" => json(client.verify(name, version, content(), None).await),
            "encrypt" => {
                let options = keys::KeyClientEncryptOptions { key_version, ..Default::default() };
                json(client.encrypt(name, content(), Some(options)).await)
            }
            "decrypt" => json(client.decrypt(name, version, content(), None).await),
            "wrapkey" => {
                let options = keys::KeyClientWrapKeyOptions { key_version, ..Default::default() };
                json(client.wrap_key(name, content(), Some(options)).await)
            }
            "unwrapkey" => json(client.unwrap_key(name, version, content(), None).await),
            _ => return None,
        })
    }

    async fn secret(&self, method: &str, path: &[&str]) -> Option<Came> {
        let client = &self.secrets;
        Some(match (method, path) {
            ("GET", ["secrets"]) => first(client.list_secret_properties(None)).await,
            ("GET", ["deletedsecrets"]) => first(client.list_deleted_secret_properties(None)).await,
            ("GET", ["secrets", name, "versions"]) => first(client.list_secret_properties_versions(name, None)).await,
            ("GET", ["secrets", name]) => json(client.get_secret(name, None).await),
            ("GET", ["secrets", name, one]) => {
                let options = secrets::SecretClientGetSecretOptions {
                    secret_version: Some((*one).to_owned()),
                    ..Default::default()
                };
                json(client.get_secret(name, Some(options)).await)
            }
            ("POST", ["secrets", "restore"]) => json(client.restore_secret(content(), None).await),
            ("POST", ["secrets", name, "backup"]) => json(client.backup_secret(name, None).await),
            ("PUT", ["secrets", name]) => json(client.set_secret(name, content(), None).await),
            ("PATCH", ["secrets", name, one]) => {
                let options = secrets::SecretClientUpdateSecretPropertiesOptions {
                    secret_version: Some((*one).to_owned()),
                    ..Default::default()
                };
                json(client.update_secret_properties(name, content(), Some(options)).await)
            }
            ("DELETE", ["secrets", name]) => json(client.delete_secret(name, None).await),
            ("GET", ["deletedsecrets", name]) => json(client.get_deleted_secret(name, None).await),
            ("POST", ["deletedsecrets", name, "recover"]) => json(client.recover_deleted_secret(name, None).await),
            ("DELETE", ["deletedsecrets", name]) => empty(client.purge_deleted_secret(name, None).await),
            _ => return None,
        })
    }

    async fn certificate(&self, method: &str, path: &[&str]) -> Option<Came> {
        let client = &self.certificates;
        Some(match (method, path) {
            ("GET", ["certificates", "contacts"]) => json(client.get_contacts(None).await),
            ("PUT", ["certificates", "contacts"]) => json(client.set_contacts(content(), None).await),
            ("DELETE", ["certificates", "contacts"]) => json(client.delete_contacts(None).await),
            ("GET", ["certificates", "issuers"]) => first(client.list_issuer_properties(None)).await,
            ("GET", ["certificates", "issuers", name]) => json(client.get_issuer(name, None).await),
            ("PUT", ["certificates", "issuers", name]) => json(client.set_issuer(name, content(), None).await),
            ("PATCH", ["certificates", "issuers", name]) => json(client.update_issuer(name, content(), None).await),
            ("DELETE", ["certificates", "issuers", name]) => json(client.delete_issuer(name, None).await),
            ("GET", ["certificates"]) => first(client.list_certificate_properties(None)).await,
            ("GET", ["deletedcertificates"]) => first(client.list_deleted_certificate_properties(None)).await,
            ("GET", ["certificates", name, "versions"]) => {
                first(client.list_certificate_properties_versions(name, None)).await
            }
            ("GET", ["certificates", name, "pending"]) => json(client.get_certificate_operation(name, None).await),
            ("GET", ["certificates", name, "policy"]) => json(client.get_certificate_policy(name, None).await),
            ("GET", ["certificates", name]) => json(client.get_certificate(name, None).await),
            ("GET", ["certificates", name, one]) => {
                let certificate_version = Some((*one).to_owned());
                let options =
                    certificates::CertificateClientGetCertificateOptions { certificate_version, ..Default::default() };
                json(client.get_certificate(name, Some(options)).await)
            }
            ("POST", ["certificates", "restore"]) => json(client.restore_certificate(content(), None).await),
            ("POST", ["certificates", name, "create"]) => {
                // The crate has no plain call for it: making one is a poller's first step.
                return Some(self.begin(name).await);
            }
            ("POST", ["certificates", name, "import"]) => json(client.import_certificate(name, content(), None).await),
            ("POST", ["certificates", name, "backup"]) => json(client.backup_certificate(name, None).await),
            ("PATCH", ["certificates", name, one]) => {
                let certificate_version = Some((*one).to_owned());
                let options = certificates::CertificateClientUpdateCertificatePropertiesOptions {
                    certificate_version,
                    ..Default::default()
                };
                json(client.update_certificate_properties(name, content(), Some(options)).await)
            }
            ("DELETE", ["certificates", name]) => json(client.delete_certificate(name, None).await),
            ("GET", ["deletedcertificates", name]) => json(client.get_deleted_certificate(name, None).await),
            ("POST", ["deletedcertificates", name, "recover"]) => {
                json(client.recover_deleted_certificate(name, None).await)
            }
            ("DELETE", ["deletedcertificates", name]) => empty(client.purge_deleted_certificate(name, None).await),
            _ => return None,
        })
    }
}
