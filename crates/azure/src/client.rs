//! The calls we make, over the official crates: one set of clients for each vault, all over the connection's one transport.
//!
//! The crates follow a `nextLink` to whatever host it names, with the token. So the transport of a vault's clients goes to
//! that vault's host alone, and says so before anything is sent.

mod pinned;

use std::{
    collections::{HashMap, HashSet},
    fmt,
    future::ready,
    sync::{Arc, Mutex, PoisonError},
};

use azure_core::{
    credentials::TokenCredential,
    error::ErrorKind,
    http::{ClientOptions, HttpClient, Pager, RequestContent, Response, RetryOptions, Transport, pager},
};
use azure_security_keyvault_certificates::{
    CertificateClient, CertificateClientOptions, models::CertificateClientGetCertificateOptions,
};
use azure_security_keyvault_keys::{
    KeyClient, KeyClientOptions,
    models::{KeyClientGetKeyAttestationOptions, KeyClientGetKeyOptions, KeyClientSignOptions},
};
use azure_security_keyvault_secrets::{SecretClient, SecretClientOptions, models::SecretClientGetSecretOptions};
use base64ct::{Base64UrlUnpadded, Encoding};
use domain::{Result, SignatureAlgorithm, VaultId};
use futures::{
    StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::{
    Cloud,
    error::{self, Astray, Call},
    object::Object,
    wire::{self, Listed, Page},
};
pub(crate) use pinned::{Left, REQUEST_ID};
use pinned::{Pinned, Repeat};

const REACH: Call = Call { operation: "reach the vault", policy: "", action: "" };

/// The three clients of one vault.
pub(crate) struct Clients {
    pub(crate) certificates: CertificateClient,
    pub(crate) keys: KeyClient,
    pub(crate) secrets: SecretClient,
}

/// The three clients of one vault for one call that changes something.
pub(crate) struct Once {
    pub(crate) clients: Clients,
    pub(crate) left: Arc<Left>,
}

/// One connection's way to its vaults.
pub(crate) struct Client {
    pub(crate) http: reqwest::Client,
    pub(crate) credential: Arc<dyn TokenCredential>,
    pub(crate) cloud: Cloud,
    /// What requests to vaults go over: `http`.
    transport: Arc<dyn HttpClient>,
    reading: Mutex<HashMap<VaultId, Arc<Clients>>>,
}

macro_rules! calls {
    ($($name:ident = $operation:literal, $policy:literal, $action:literal;)*) => {
        $(pub(crate) const $name: Call =
            Call { operation: $operation, policy: $policy, action: concat!("Microsoft.KeyVault/vaults/", $action) };)*
    };
}
// The permissions by both models. Sources: each operation's page of the Key Vault API; "Azure built-in roles for Key Vault
// data plane operations".
calls! {
    LIST_CERTIFICATES = "list certificates", "certificates/list", "certificates/read";
    LIST_KEYS = "list keys", "keys/list", "keys/read";
    LIST_SECRETS = "list secrets", "secrets/list", "secrets/readMetadata/action";
    GET_CERTIFICATE = "read the certificate", "certificates/get", "certificates/read";
    GET_KEY = "read the key", "keys/get", "keys/read";
    GET_ROTATION = "read the rotation policy", "keys/getrotationpolicy", "keyrotationpolicies/read";
    GET_SECRET = "read the secret value", "secrets/get", "secrets/getSecret/action";
    BACK_UP_KEY = "back up the key", "keys/backup", "keys/backup/action";
    BACK_UP_SECRET = "back up the secret", "secrets/backup", "secrets/backup/action";
    BACK_UP_CERTIFICATE = "back up the certificate", "certificates/backup", "certificates/backup/action";
    SIGN = "sign", "keys/sign", "keys/sign/action";
}

/// The call that lists objects of that kind.
pub(crate) fn list_call(object: Object) -> Call {
    match object {
        Object::Certificate => LIST_CERTIFICATES,
        Object::Key => LIST_KEYS,
        Object::Secret => LIST_SECRETS,
    }
}

impl Client {
    pub(crate) fn new(http: reqwest::Client, credential: Arc<dyn TokenCredential>, cloud: Cloud) -> Self {
        let transport = Arc::new(http.clone());
        Self { http, credential, cloud, transport, reading: Mutex::default() }
    }

    /// The same, with what answers in place of all vaults.
    #[cfg(test)]
    pub(crate) fn over(mut self, transport: Arc<dyn HttpClient>) -> Self {
        self.transport = transport;
        self
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
        let clients = Arc::new(self.clients(vault, &Repeat::MayBe)?);
        known.insert(vault.clone(), Arc::clone(&clients));
        Ok(clients)
    }

    /// Clients for one call that changes something. The first request of such a client carries no body and no token: Key
    /// Vault answers it with its challenge and does nothing. One request with a token follows, and no second one.
    ///
    /// # Errors
    /// `Invalid` if the vault's name is no host.
    pub(crate) fn once(&self, vault: &VaultId) -> Result<Once> {
        let left = Arc::new(Left::default());
        Ok(Once { clients: self.clients(vault, &Repeat::Never(Arc::clone(&left)))?, left })
    }

    /// The objects of one kind, live or deleted, page by page; in series, as the service hands them out.
    pub(crate) fn list(
        &self,
        vault: &VaultId,
        object: Object,
        deleted: bool,
    ) -> BoxStream<'static, Result<Vec<Listed>>> {
        let call = list_call(object);
        let clients = match self.reading(vault) {
            Ok(clients) => clients,
            Err(error) => return stream::once(ready(Err(error))).boxed(),
        };
        match (object, deleted) {
            (Object::Certificate, false) => pages(call, clients.certificates.list_certificate_properties(None)),
            (Object::Certificate, true) => pages(call, clients.certificates.list_deleted_certificate_properties(None)),
            (Object::Key, false) => pages(call, clients.keys.list_key_properties(None)),
            (Object::Key, true) => pages(call, clients.keys.list_deleted_key_properties(None)),
            (Object::Secret, false) => pages(call, clients.secrets.list_secret_properties(None)),
            (Object::Secret, true) => pages(call, clients.secrets.list_deleted_secret_properties(None)),
        }
    }

    /// Every version of an object.
    pub(crate) async fn versions(&self, vault: &VaultId, object: Object, name: &str) -> Result<Vec<Listed>> {
        let clients = self.reading(vault)?;
        let call = list_call(object);
        let versions = match object {
            Object::Certificate => pages(call, clients.certificates.list_certificate_properties_versions(name, None)),
            Object::Key => pages(call, clients.keys.list_key_properties_versions(name, None)),
            Object::Secret => pages(call, clients.secrets.list_secret_properties_versions(name, None)),
        };
        versions.try_concat().await
    }

    /// A key: of that version, or the newest.
    pub(crate) async fn key(&self, vault: &VaultId, name: &str, version: Option<&str>) -> Result<wire::Key> {
        let options = KeyClientGetKeyOptions { key_version: version.map(str::to_owned), ..Default::default() };
        body(GET_KEY, self.reading(vault)?.keys.get_key(name, Some(options)).await)
    }

    pub(crate) async fn deleted_key(&self, vault: &VaultId, name: &str) -> Result<wire::Key> {
        body(GET_KEY, self.reading(vault)?.keys.get_deleted_key(name, None).await)
    }

    /// The rotation policy of a key: as it is written there, or what we know of it.
    pub(crate) async fn rotation_policy<T: DeserializeOwned>(&self, vault: &VaultId, name: &str) -> Result<T> {
        body(GET_ROTATION, self.reading(vault)?.keys.get_key_rotation_policy(name, None).await)
    }

    /// A certificate: of that version, or the newest.
    pub(crate) async fn certificate(
        &self,
        vault: &VaultId,
        name: &str,
        version: Option<&str>,
    ) -> Result<wire::Certificate> {
        let options = CertificateClientGetCertificateOptions {
            certificate_version: version.map(str::to_owned),
            ..Default::default()
        };
        body(GET_CERTIFICATE, self.reading(vault)?.certificates.get_certificate(name, Some(options)).await)
    }

    pub(crate) async fn deleted_certificate(&self, vault: &VaultId, name: &str) -> Result<wire::Certificate> {
        body(GET_CERTIFICATE, self.reading(vault)?.certificates.get_deleted_certificate(name, None).await)
    }

    /// The policy of a certificate: as it is written there, or what we know of it.
    pub(crate) async fn certificate_policy<T: DeserializeOwned>(&self, vault: &VaultId, name: &str) -> Result<T> {
        body(GET_CERTIFICATE, self.reading(vault)?.certificates.get_certificate_policy(name, None).await)
    }

    /// The certificate that is being issued under that name.
    pub(crate) async fn issuance(&self, vault: &VaultId, name: &str) -> Result<wire::Operation> {
        body(GET_CERTIFICATE, self.reading(vault)?.certificates.get_certificate_operation(name, None).await)
    }

    /// A secret with its value: of that version, or the newest.
    pub(crate) async fn secret(&self, vault: &VaultId, name: &str, version: Option<&str>) -> Result<wire::Secret> {
        let options = SecretClientGetSecretOptions { secret_version: version.map(str::to_owned), ..Default::default() };
        body(GET_SECRET, self.reading(vault)?.secrets.get_secret(name, Some(options)).await)
    }

    /// What an object that waits for its purge has in common with all others.
    pub(crate) async fn deleted(&self, vault: &VaultId, object: Object, name: &str) -> Result<Listed> {
        let clients = self.reading(vault)?;
        match object {
            Object::Certificate => {
                body(GET_CERTIFICATE, clients.certificates.get_deleted_certificate(name, None).await)
            }
            Object::Key => body(GET_KEY, clients.keys.get_deleted_key(name, None).await),
            Object::Secret => body(GET_SECRET, clients.secrets.get_deleted_secret(name, None).await),
        }
    }

    /// What an HSM says of a key that it holds.
    pub(crate) async fn attestation(
        &self,
        vault: &VaultId,
        name: &str,
        version: Option<&str>,
    ) -> Result<wire::Attestation> {
        let options =
            KeyClientGetKeyAttestationOptions { key_version: version.map(str::to_owned), ..Default::default() };
        let key: wire::Key = body(GET_KEY, self.reading(vault)?.keys.get_key_attestation(name, Some(options)).await)?;
        key.attributes.attestation.ok_or_else(|| error::incomplete(GET_KEY, "attestation"))
    }

    /// A signature over a digest, as JWS has it: Key Vault hands out r and s side by side.
    pub(crate) async fn sign(
        &self,
        vault: &VaultId,
        name: &str,
        version: Option<&str>,
        algorithm: SignatureAlgorithm,
        digest: &[u8],
    ) -> Result<Vec<u8>> {
        let wanted = serde_json::json!({"alg": algorithm.name(), "value": Base64UrlUnpadded::encode_string(digest)});
        let options = KeyClientSignOptions { key_version: version.map(str::to_owned), ..Default::default() };
        let content = RequestContent::from(wanted.to_string().into_bytes());
        let answer = self.reading(vault)?.keys.sign(name, content, Some(options)).await;
        let result: wire::Signature = body(SIGN, answer)?;
        result.value.map(|signature| signature.0).ok_or_else(|| error::incomplete(SIGN, "signature"))
    }

    /// What Key Vault gives as a backup of an object, which it alone can read.
    pub(crate) async fn back_up(&self, vault: &VaultId, object: Object, name: &str) -> Result<Vec<u8>> {
        let clients = self.reading(vault)?;
        let (call, backup): (Call, Result<wire::Backup>) = match object {
            Object::Certificate => {
                let answer = clients.certificates.backup_certificate(name, None).await;
                (BACK_UP_CERTIFICATE, body(BACK_UP_CERTIFICATE, answer))
            }
            Object::Key => (BACK_UP_KEY, body(BACK_UP_KEY, clients.keys.backup_key(name, None).await)),
            Object::Secret => (BACK_UP_SECRET, body(BACK_UP_SECRET, clients.secrets.backup_secret(name, None).await)),
        };
        backup?
            .value
            .filter(|value| !value.is_empty())
            .map(String::into_bytes)
            .ok_or_else(|| error::incomplete(call, "backup"))
    }

    fn clients(&self, vault: &VaultId, repeat: &Repeat) -> Result<Clients> {
        let endpoint = format!("https://{vault}");
        let options = || ClientOptions {
            retry: match repeat {
                Repeat::MayBe => RetryOptions::default(),
                Repeat::Never(_) => RetryOptions::none(),
            },
            transport: Some(Transport::new(Arc::new(Pinned {
                transport: Arc::clone(&self.transport),
                host: vault.0.clone(),
                repeat: repeat.clone(),
            }))),
            ..ClientOptions::default()
        };
        let failed = |cause: azure_core::Error| error::of(REACH, &cause);
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

// Not derived: a credential may print more than it should.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("cloud", &self.cloud).finish_non_exhaustive()
    }
}

/// The objects of a list, page by page, each page as soon as it is there. A link that was followed before ends the list:
/// the crates would follow it for ever.
fn pages<P>(call: Call, pager: azure_core::Result<Pager<P>>) -> BoxStream<'static, Result<Vec<Listed>>>
where
    P: Send + 'static,
    Response<P>: pager::Page + Send,
{
    let pager = match pager {
        Ok(pager) => pager.into_pages(),
        Err(failure) => return stream::once(ready(Err(error::of(call, &failure)))).boxed(),
    };
    let begun = (pager, HashSet::new(), false);
    stream::try_unfold(begun, move |(mut pages, mut followed, in_circles)| async move {
        if in_circles {
            let astray = azure_core::Error::with_error(ErrorKind::Other, Astray::InCircles, "the list does not end");
            return Err(error::of(call, &astray));
        }
        let Some(page) = pages.next().await else { return Ok(None) };
        let page: Page = body(call, page)?;
        let in_circles = page.next_link.is_some_and(|link| !link.is_empty() && !followed.insert(link));
        Ok(Some((page.value, (pages, followed, in_circles))))
    })
    .boxed()
}

/// What an answer holds, in our own form.
pub(crate) fn body<T: DeserializeOwned, M>(call: Call, answer: azure_core::Result<Response<M>>) -> Result<T> {
    let answer = answer.map_err(|failure| error::of(call, &failure))?;
    let bytes = Zeroizing::new(Vec::from(answer.into_body().as_ref()));
    serde_json::from_slice(&bytes).map_err(|cause| error::of_json(call, &cause))
}
