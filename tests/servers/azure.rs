//! The fake of Azure Key Vault (`keyvault-fake/`), with Entra and Resource Manager behind the same port, and the plain HTTPS
//! calls by which fixtures fill it.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
};

use reqwest::{Certificate, Client, Method, StatusCode};
use serde_json::{Value, json};

use crate::{Failure, Result, install, leash};

/// The hosts that are not vaults.
const HOSTS: [&str; 3] = ["localhost", "login.microsoftonline.com", "management.azure.com"];

/// What was published of the real service, beside the checkout: its API definitions, recordings and cassettes.
pub fn published() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/azure")
}

/// A running fake. It keeps everything in memory; dropping it ends it.
#[derive(Debug)]
pub struct Azure {
    leash: leash::Leash,
    port: u16,
    client: Client,
    vaults: Vec<String>,
}

impl Azure {
    /// The directory, by its id.
    pub const TENANT: &'static str = "5f2a1c3e-0b7d-4c8e-9a11-0d6f4e2b8c70";
    /// The one subscription.
    pub const SUBSCRIPTION: &'static str = "0c0ffee0-1111-4222-8333-444455556666";

    /// Starts one with vaults of these hosts and the way that each lets people in.
    pub async fn start(vaults: &[Vault<'_>]) -> Result<Self> {
        let folder = leash::folder("keyvault-fake")?;
        let mut command = Command::new(install::oracle_python()?);
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("servers/keyvault-fake/main.py");
        // No caches beside the sources.
        command.arg("-B").arg(program).arg(folder.path()).arg(published().join("openapi"));
        let mut leash = leash::Leash::start(&command, folder)?;
        let port_file = leash.folder().join("port");
        leash.until("the fake of Key Vault", || async { port_file.exists() }).await?;
        let port: u16 = std::fs::read_to_string(&port_file)?
            .trim()
            .parse()
            .map_err(|_| Failure::new("the fake of Key Vault wrote no port"))?;
        let hosts: Vec<String> = vaults.iter().map(Vault::host).collect();
        let ca = Certificate::from_pem(&std::fs::read(leash.folder().join("ca.pem"))?)?;
        let mut builder = Client::builder().no_proxy().tls_certs_only([ca]);
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        for host in HOSTS.iter().copied().chain(hosts.iter().map(String::as_str)) {
            builder = builder.resolve(host, address);
        }
        let azure = Self { leash, port, client: builder.build()?, vaults: hosts };
        for vault in vaults {
            let said = json!({
                "name": vault.name, "suffix": vault.suffix, "rbac": vault.rbac, "purge_protection": vault.purge_protection,
                "hidden": vault.hidden,
            });
            azure.control("POST", "vault", said).await?;
        }
        Ok(azure)
    }

    /// The file with the CA that signed its certificate.
    pub fn ca_file(&self) -> PathBuf {
        self.leash.folder().join("ca.pem")
    }

    /// The fixed addresses of all its hosts, as the connect form takes them.
    pub fn resolve(&self) -> String {
        self.resolve_at(self.port)
    }

    /// The same over another port.
    pub fn resolve_at(&self, port: u16) -> String {
        let hosts = HOSTS[1..].iter().map(ToString::to_string).chain(self.vaults.iter().cloned());
        hosts.map(|host| format!("{host}=127.0.0.1:{port}")).collect::<Vec<_>>().join(",")
    }

    /// The address that one of its hosts has.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    /// Makes an identity: `client_id`, and as the fake's `control.py` takes it `secret`, `certificates` (PEM),
    /// `federated` (tokens of another issuer), `platform` (the header of a managed identity), `roles`, `policies`, `manager`.
    pub async fn identity(&self, said: Value) -> Result<()> {
        self.control("POST", "identity", said).await.map(drop)
    }

    /// Answers the next requests otherwise: `path` (a regular expression), `host`, `method`, `unsigned` (those without a token
    /// too), `times`, `status` (`acted`: after it was acted upon), `body`, `headers`, `delay` (seconds), `drop` (`before` or `after` it was acted upon), `hang` (seconds, after
    /// that), `half` (of the `json`, or of the `message`), and over which `line`.
    pub async fn fault(&self, said: Value) -> Result<()> {
        self.control("POST", "fault", said).await.map(drop)
    }

    /// Opens another port to the same vaults: with its number, and the file in which every request that comes over it and
    /// changes something is written down. A fault with its `line` (that file) strikes there alone.
    pub async fn line(&self) -> Result<(u16, PathBuf)> {
        let said = self.control("POST", "line", Value::Null).await?;
        let port = said["port"].as_u64().and_then(|port| u16::try_from(port).ok());
        let port = port.ok_or_else(|| Failure::new(format!("no line: {said}")))?;
        Ok((port, PathBuf::from(said["log"].as_str().unwrap_or_default())))
    }

    /// Sets the times of an object back or forth, as no client can.
    pub async fn age(&self, vault: &str, kind: &str, name: &str, attributes: Value) -> Result<()> {
        let said = json!({"vault": vault, "kind": kind, "name": name, "attributes": attributes});
        self.control("POST", "age", said).await.map(drop)
    }

    /// The person does this with the code of a device: `accept`, `decline` or `expire`.
    pub async fn device(&self, user_code: &str, verdict: &str) -> Result<()> {
        self.control("POST", "device", json!({"user_code": user_code, "verdict": verdict})).await.map(drop)
    }

    /// What was given to renew sign-ins is worth nothing any more.
    pub async fn revoke(&self) -> Result<()> {
        self.control("POST", "revoke", Value::Null).await.map(drop)
    }

    /// The requests so far: `line`, `host`, `method`, `path`, `status`, and whether a `token` came along.
    pub async fn log(&self) -> Result<Vec<Value>> {
        Ok(self.control("GET", "log", Value::Null).await?.as_array().cloned().unwrap_or_default())
    }

    /// The client assertions that were taken so far.
    pub async fn assertions(&self) -> Result<Vec<String>> {
        let said = self.control("GET", "assertions", Value::Null).await?;
        Ok(said.as_array().into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect())
    }

    /// Forgets the requests so far.
    pub async fn forget_log(&self) -> Result<()> {
        self.control("DELETE", "log", Value::Null).await.map(drop)
    }

    /// A token for a host's service, as an application with a secret.
    pub async fn token(&self, client_id: &str, secret: &str, audience: &str) -> Result<String> {
        let url = format!("https://login.microsoftonline.com/{}/oauth2/v2.0/token", Self::TENANT);
        let scope = format!("{audience}/.default");
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", client_id),
            ("client_secret", secret),
            ("scope", &scope),
        ];
        let form: Vec<String> = form.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = self
            .client
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.join("&").replace("://", "%3A%2F%2F"))
            .send()
            .await?;
        let said: Value = serde_json::from_str(&answer.text().await?)?;
        said["access_token"].as_str().map(str::to_owned).ok_or_else(|| Failure::new(format!("no token: {said}")))
    }

    /// One call of the data plane, with whatever came back.
    pub async fn call(
        &self,
        token: &str,
        method: &str,
        host: &str,
        path: &str,
        body: Value,
    ) -> Result<(StatusCode, Value)> {
        let method = Method::from_bytes(method.as_bytes()).map_err(|error| Failure::new(error.to_string()))?;
        let url = format!("https://{host}/{path}{}api-version=7.4", if path.contains('?') { "&" } else { "?" });
        let mut request = self.client.request(method, url);
        request = request.bearer_auth(token);
        if !body.is_null() {
            request = request.json(&body);
        }
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        Ok((status, if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? }))
    }

    /// The same, and any status that is no success is a failure with the server's words.
    pub async fn must(&self, token: &str, method: &str, host: &str, path: &str, body: Value) -> Result<Value> {
        match self.call(token, method, host, path, body).await? {
            (status, answer) if status.is_success() => Ok(answer),
            (status, answer) => Err(Failure::new(format!("{method} {path}: {status} {answer}"))),
        }
    }

    async fn control(&self, method: &str, path: &str, body: Value) -> Result<Value> {
        let method = Method::from_bytes(method.as_bytes()).map_err(|error| Failure::new(error.to_string()))?;
        let answer = self.client.request(method, format!("https://localhost/_fake/{path}")).json(&body).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        if !status.is_success() {
            return Err(Failure::new(format!("{path}: {status} {text}")));
        }
        Ok(serde_json::from_str(&text)?)
    }
}

/// A recording of the real service, played back.
#[derive(Debug)]
pub struct Replay {
    leash: leash::Leash,
    address: SocketAddr,
    client: Client,
}

impl Replay {
    /// The host under which every recorded vault is.
    pub const HOST: &'static str = "recorded.vault.azure.net";

    /// Plays the file back: in order, or steady as it was at the end.
    pub async fn start(recording: &Path, steady: bool) -> Result<Self> {
        let folder = leash::folder("replay")?;
        let mut command = Command::new(install::oracle_python()?);
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("servers/keyvault-fake/replay.py");
        command.arg("-B").arg(program).arg(folder.path()).arg(recording.canonicalize()?);
        if steady {
            command.arg("steady");
        }
        let mut leash = leash::Leash::start(&command, folder)?;
        let port_file = leash.folder().join("port");
        leash.until("the replay", || async { port_file.exists() }).await?;
        let port: u16 = std::fs::read_to_string(&port_file)?
            .trim()
            .parse()
            .map_err(|_| Failure::new("the replay wrote no port"))?;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let client = Self::client(&leash.folder().join("ca.pem"), address)?;
        Ok(Self { leash, address, client })
    }

    /// A client that reaches the recorded hosts there.
    pub fn http(&self) -> Client {
        self.client.clone()
    }

    /// The file with the CA that signed its certificate.
    pub fn ca_file(&self) -> PathBuf {
        self.leash.folder().join("ca.pem")
    }

    /// The fixed addresses of its hosts, as the connect form takes them.
    pub fn resolve(&self) -> String {
        let hosts = [Self::HOST, HOSTS[1], HOSTS[2]];
        hosts.map(|host| format!("{host}={}", self.address)).join(",")
    }

    /// What was asked and not recorded, and what was recorded and not asked, each with its method, host and path.
    pub async fn outcome(&self) -> Result<(Vec<String>, Vec<String>)> {
        let answer = self.client.get("https://localhost/").send().await?;
        let said: Value = serde_json::from_str(&answer.text().await?)?;
        let texts = |list: Option<&Vec<Value>>| {
            list.into_iter().flatten().filter_map(|it| Some(it.as_str()?.to_owned())).collect()
        };
        let left = said["left"].as_object().into_iter().flatten().map(|(call, _)| call.clone()).collect();
        Ok((texts(said["strange"].as_array()), left))
    }

    fn client(ca: &Path, address: SocketAddr) -> Result<Client> {
        let ca = Certificate::from_pem(&std::fs::read(ca)?)?;
        let mut builder = Client::builder().no_proxy().tls_certs_only([ca]);
        for host in HOSTS.into_iter().chain([Self::HOST]) {
            builder = builder.resolve(host, address);
        }
        Ok(builder.build()?)
    }
}

/// A vault to start with.
#[derive(Clone, Copy, Debug)]
pub struct Vault<'a> {
    /// The first part of its host.
    pub name: &'a str,
    /// The rest of it.
    pub suffix: &'a str,
    /// Whether roles let people in, else access policies.
    pub rbac: bool,
    /// Whether nobody can purge.
    pub purge_protection: bool,
    /// Whether no subscription that anybody can see lists it.
    pub hidden: bool,
}

impl<'a> Vault<'a> {
    /// A Key Vault of the public cloud that goes by roles.
    pub const fn new(name: &'a str) -> Self {
        Self { name, suffix: "vault.azure.net", rbac: true, purge_protection: false, hidden: false }
    }

    /// Its host.
    pub fn host(&self) -> String {
        format!("{}.{}", self.name, self.suffix)
    }

    /// Its identifier in Resource Manager.
    pub fn resource(&self) -> String {
        let kind = if self.suffix.starts_with("managedhsm") { "managedHSMs" } else { "vaults" };
        let group = format!("/subscriptions/{}/resourceGroups/tests", Azure::SUBSCRIPTION);
        format!("{group}/providers/Microsoft.KeyVault/{kind}/{}", self.name)
    }
}
