//! The calls we make, over the official crates: one set of clients for each vault, all over the connection's one transport.
//!
//! The crates follow a `nextLink` to whatever host it names, with the token. So the transport of a vault's clients goes to
//! that vault's host alone, and says so before anything is sent.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use azure_core::{
    credentials::TokenCredential,
    error::ErrorKind,
    http::{AsyncRawResponse, ClientOptions, HttpClient, Request, RetryOptions, Transport},
};
use azure_security_keyvault_certificates::{CertificateClient, CertificateClientOptions};
use azure_security_keyvault_keys::{KeyClient, KeyClientOptions};
use azure_security_keyvault_secrets::{SecretClient, SecretClientOptions};
use domain::{Result, VaultId};

use crate::{Cloud, error};

/// The three clients of one vault.
pub(crate) struct Clients {
    pub(crate) certificates: CertificateClient,
    pub(crate) keys: KeyClient,
    pub(crate) secrets: SecretClient,
}

/// Whether a call may be repeated.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Repeat {
    /// A reading: the crates repeat it when its answer was lost, or when they are told to come later.
    MayBe,
    /// A change: it is sent once.
    Never,
}

/// One connection's way to its vaults.
pub(crate) struct Client {
    pub(crate) http: reqwest::Client,
    pub(crate) credential: Arc<dyn TokenCredential>,
    pub(crate) cloud: Cloud,
    reading: Mutex<HashMap<VaultId, Arc<Clients>>>,
}

impl Client {
    pub(crate) fn new(http: reqwest::Client, credential: Arc<dyn TokenCredential>, cloud: Cloud) -> Self {
        Self { http, credential, cloud, reading: Mutex::default() }
    }

    /// The clients that read a vault. They know its challenge from the first answer on.
    ///
    /// # Errors
    /// `Invalid` if the vault's name is no host.
    pub(crate) fn reading(&self, vault: &VaultId) -> Result<Arc<Clients>> {
        let mut known = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(clients) = known.get(vault) {
            return Ok(Arc::clone(clients));
        }
        let clients = Arc::new(self.clients(vault, Repeat::MayBe)?);
        known.insert(vault.clone(), Arc::clone(&clients));
        Ok(clients)
    }

    /// Clients for calls that change something. The first request of such a client carries no body and no token: Key Vault
    /// answers it with its challenge and does nothing.
    ///
    /// # Errors
    /// `Invalid` if the vault's name is no host.
    pub(crate) fn once(&self, vault: &VaultId) -> Result<Clients> {
        self.clients(vault, Repeat::Never)
    }

    fn clients(&self, vault: &VaultId, repeat: Repeat) -> Result<Clients> {
        let endpoint = format!("https://{vault}");
        let options = || ClientOptions {
            retry: match repeat {
                Repeat::MayBe => RetryOptions::default(),
                Repeat::Never => RetryOptions::none(),
            },
            transport: Some(Transport::new(Arc::new(Pinned { http: self.http.clone(), host: vault.0.clone() }))),
            ..ClientOptions::default()
        };
        let failed = |cause: azure_core::Error| error::of_azure("reach the vault", cause);
        Ok(Clients {
            certificates: CertificateClient::new(
                &endpoint,
                Arc::clone(&self.credential),
                Some(CertificateClientOptions { client_options: options(), ..CertificateClientOptions::default() }),
            )
            .map_err(failed)?,
            keys: KeyClient::new(
                &endpoint,
                Arc::clone(&self.credential),
                Some(KeyClientOptions { client_options: options(), ..KeyClientOptions::default() }),
            )
            .map_err(failed)?,
            secrets: SecretClient::new(
                &endpoint,
                Arc::clone(&self.credential),
                Some(SecretClientOptions { client_options: options(), ..SecretClientOptions::default() }),
            )
            .map_err(failed)?,
        })
    }
}

/// A transport that goes to one host only.
#[derive(Debug)]
struct Pinned {
    http: reqwest::Client,
    host: String,
}

#[async_trait]
impl HttpClient for Pinned {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let url = request.url();
        let own = url.scheme() == "https" && url.host_str() == Some(&self.host) && url.port().is_none();
        if !own {
            let elsewhere =
                error::Elsewhere { host: self.host.clone(), named: url.host_str().unwrap_or("").to_owned() };
            return Err(azure_core::Error::with_error(ErrorKind::Other, elsewhere, "the answer leads to another host"));
        }
        self.http.execute_request(request).await
    }
}

// Not derived: a credential may print more than it should.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("cloud", &self.cloud).finish_non_exhaustive()
    }
}
