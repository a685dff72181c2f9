//! Servers that speak AWS: LocalStack, ministack and fakecloud, and the plain HTTP calls by which fixtures fill them.
//!
//! How each behaves, and where each lies, stands in `fixtures::amazon` and beside the cases of `tests/contract`.

use std::process::Command;

use reqwest::Client;
use serde_json::Value;

use crate::{Failure, Result, install, leash};

/// A running server that speaks AWS. It keeps everything in memory; dropping it ends it.
#[derive(Debug)]
pub struct AmazonServer {
    // Held for its drop.
    _leash: leash::Leash,
    name: &'static str,
    endpoint: String,
    client: Client,
}

/// An access key.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// `AWS_ACCESS_KEY_ID`.
    pub access_key_id: String,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret_access_key: String,
}

impl Credentials {
    /// The key that may do everything on each of these servers; fakecloud takes it for the account's root.
    pub fn root() -> Self {
        Self { access_key_id: "test".into(), secret_access_key: "test".into() }
    }
}

impl AmazonServer {
    /// The account that all of them serve, under [`Credentials::root`].
    pub fn account(&self) -> &'static str {
        if self.name == "fakecloud" { "123456789012" } else { "000000000000" }
    }

    /// LocalStack: KMS with right paging, Secrets Manager, ACM, IAM, STS. Checks neither signatures nor policies.
    pub async fn localstack() -> Result<Self> {
        leash::with_retries(|| async {
            let folder = leash::folder("localstack")?;
            let listen = leash::free_address(0)?;
            let mut command = Command::new(install::installed("venv-localstack/bin/python")?);
            command
                .args(["-m", "localstack.runtime.main"])
                .env("DISABLE_EVENTS", "1")
                .env("DNS_ADDRESS", "0")
                .env("EAGER_SERVICE_LOADING", "0")
                .env("FILESYSTEM_ROOT", folder.path())
                .env("GATEWAY_LISTEN", listen.to_string())
                // Its own choice, Twisted, listens on every interface whatever GATEWAY_LISTEN says.
                .env("GATEWAY_SERVER", "hypercorn")
                .env("LOCALSTACK_VOLUME_DIR", folder.path().join("volume"))
                .env("SERVICES", "acm,iam,kms,secretsmanager,sts")
                .env("SKIP_SSL_CERT_DOWNLOAD", "1")
                .env("TMPDIR", folder.path());
            let health = format!("http://{listen}/_localstack/health");
            Self::start("localstack", &command, folder, &format!("http://{listen}"), &health).await
        })
        .await
    }

    /// ministack: KMS, Secrets Manager, ACM, STS. Does not page `ListKeys`: keep it under 1,000 keys.
    pub async fn ministack() -> Result<Self> {
        leash::with_retries(|| async {
            let folder = leash::folder("ministack")?;
            let listen = leash::free_address(0)?;
            let mut command = Command::new(install::installed("venv-ministack/bin/ministack")?);
            command
                .env("BIND_HOST", "127.0.0.1")
                .env("GATEWAY_PORT", listen.port().to_string())
                // It would listen on every interface, on a fixed port.
                .env("IOT_MTLS_ENABLED", "0")
                .env("TMPDIR", folder.path());
            let health = format!("http://{listen}/_ministack/health");
            Self::start("ministack", &command, folder, &format!("http://{listen}"), &health).await
        })
        .await
    }

    /// fakecloud, strict: KMS, IAM and STS, where signatures, IAM policies and key policies count. A program of its
    /// own (AGPL-3.0), see `fakecloud-host`.
    pub async fn fakecloud() -> Result<Self> {
        leash::with_retries(|| async {
            let folder = leash::folder("fakecloud")?;
            let listen = leash::free_address(0)?;
            let mut command = Command::new(install::fakecloud_host()?);
            command.arg(listen.to_string());
            let endpoint = format!("http://{listen}");
            Self::start("fakecloud", &command, folder, &endpoint, &endpoint).await
        })
        .await
    }

    async fn start(
        name: &'static str,
        command: &Command,
        folder: tempfile::TempDir,
        endpoint: &str,
        health: &str,
    ) -> Result<Self> {
        let client = Client::builder().no_proxy().build()?;
        let mut leash = leash::Leash::start(command, folder)?;
        leash.until(name, || async { client.get(health).send().await.is_ok() }).await?;
        Ok(Self { _leash: leash, name, endpoint: endpoint.to_owned(), client })
    }

    /// `localstack`, `ministack` or `fakecloud`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its address, as `AWS_ENDPOINT_URL` or `--endpoint-url` take it: `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// What calls it.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// One call of a service that speaks awsJson 1.1, as root: `target` is the service's prefix and the operation, such
    /// as `TrentService.CreateKey`, `secretsmanager.CreateSecret` or `CertificateManager.ImportCertificate`.
    pub async fn call(&self, region: &str, target: &str, body: Value) -> Result<Value> {
        let service = match target.split('.').next().unwrap_or_default() {
            "TrentService" => "kms",
            "CertificateManager" => "acm",
            other => other,
        };
        let answer = self
            .client
            .post(&self.endpoint)
            .header("Content-Type", "application/x-amz-json-1.1")
            .header("X-Amz-Target", target)
            .header("Authorization", authorization(region, service))
            .body(body.to_string())
            .send()
            .await?;
        let status = answer.status();
        let text = answer.text().await?;
        if !status.is_success() {
            return Err(Failure::new(format!("{}: {target} in {region}: {status} {text}", self.name)));
        }
        Ok(if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? })
    }

    /// One call of a service that speaks the Query protocol (`iam`, `sts`), as root; gives the XML as it came.
    pub async fn query(&self, service: &str, version: &str, parameters: &[(&str, &str)]) -> Result<String> {
        let mut form = vec![("Version", version)];
        form.extend_from_slice(parameters);
        let body: Vec<String> = form.iter().map(|(name, value)| format!("{name}={}", percent(value))).collect();
        let answer = self
            .client
            .post(&self.endpoint)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Authorization", authorization("us-east-1", service))
            .body(body.join("&"))
            .send()
            .await?;
        let status = answer.status();
        let text = answer.text().await?;
        if status.is_success() { Ok(text) } else { Err(Failure::new(format!("{}: {status} {text}", self.name))) }
    }
}

/// The form of a signature is enough: LocalStack and ministack never check it, and fakecloud never for `test`.
fn authorization(region: &str, service: &str) -> String {
    let key = Credentials::root().access_key_id;
    format!(
        "AWS4-HMAC-SHA256 Credential={key}/20260101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=00"
    )
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
