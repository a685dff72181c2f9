//! What is there now, as plans and checks compare it: the versions of an object, and an object that waits for its purge.
//!
//! Versions of secrets are listed, never got: only a list tells about them without their values.

use std::collections::{BTreeMap, HashSet};

use azure_core::http::{Pager, Response};
use azure_security_keyvault_keys::models::KeyClientGetKeyOptions;
use domain::{Error, Kind, Result, Timestamp, VaultId};
use futures::TryStreamExt;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{
    Tenant, error,
    object::{Named, Object},
};

/// So much of an object, or of one version, as all three kinds tell in the same form. No value of a secret is kept.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
pub(crate) struct Bundle {
    #[serde(default)]
    pub(crate) attributes: Attributes,
    #[serde(default)]
    pub(crate) tags: Option<BTreeMap<String, String>>,
    #[serde(default)]
    pub(crate) managed: Option<bool>,
    #[serde(default, rename = "contentType")]
    pub(crate) content_type: Option<String>,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    pub(crate) key: Option<Map<String, Value>>,
    #[serde(default, rename = "release_policy")]
    pub(crate) release_policy: Option<Value>,
    #[serde(default, rename = "deletedDate")]
    deleted: Option<i64>,
    #[serde(default, rename = "scheduledPurgeDate")]
    purged: Option<i64>,
}

/// What all three kinds have.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
pub(crate) struct Attributes {
    #[serde(default)]
    pub(crate) enabled: Option<bool>,
    #[serde(default)]
    pub(crate) nbf: Option<i64>,
    #[serde(default)]
    pub(crate) exp: Option<i64>,
    #[serde(default)]
    created: Option<i64>,
    #[serde(default)]
    pub(crate) exportable: Option<bool>,
    #[serde(default, rename = "recoveryLevel")]
    pub(crate) recovery_level: Option<String>,
    #[serde(default, rename = "recoverableDays")]
    pub(crate) recoverable_days: Option<i64>,
}

/// What was there before a step, as far as the reading that follows needs it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Before {
    /// These members of one version, in the form in which they are sent.
    Members(Map<String, Value>),
    /// These versions of that name; none if there was no such object.
    Versions(Vec<String>),
    /// The object is there.
    There,
    /// The object was deleted at this second, and waits.
    Deleted(Option<i64>),
    /// This rotation policy.
    Policy(Value),
}

impl Bundle {
    /// The version that it is of: what its identifier ends with.
    pub(crate) fn version(&self) -> Option<&str> {
        let key = || self.key.as_ref()?.get("kid")?.as_str();
        let id = self.id.as_deref().or(self.kid.as_deref()).or_else(key)?;
        let mut parts = id.split("://").nth(1)?.split('/').skip(3);
        parts.next().filter(|version| !version.is_empty())
    }

    /// The name that its identifier holds.
    pub(crate) fn name(&self) -> Option<&str> {
        let key = || self.key.as_ref()?.get("kid")?.as_str();
        let id = self.id.as_deref().or(self.kid.as_deref()).or_else(key)?;
        id.split("://").nth(1)?.split('/').nth(2)
    }

    /// When it was made.
    pub(crate) fn created(&self) -> Option<Timestamp> {
        self.attributes.created.and_then(|second| Timestamp::from_second(second).ok())
    }

    /// When it was deleted, in seconds.
    pub(crate) fn deleted(&self) -> Option<i64> {
        self.deleted
    }

    /// When it will be purged.
    pub(crate) fn purged(&self) -> Option<Timestamp> {
        self.purged.and_then(|second| Timestamp::from_second(second).ok())
    }

    /// Its tags.
    pub(crate) fn tags(&self) -> BTreeMap<String, String> {
        self.tags.clone().unwrap_or_default()
    }

    /// Whether a certificate owns it.
    pub(crate) fn is_managed(&self) -> bool {
        self.managed == Some(true)
    }
}

/// The answer's body in a form of ours.
///
/// # Errors
/// `Unexpected` for an answer of another form.
pub(crate) fn body<T: DeserializeOwned, A, F>(operation: &'static str, answer: Response<A, F>) -> Result<T> {
    serde_json::from_slice(&answer.into_body()).map_err(|cause| {
        Error::new(Kind::Unexpected, operation, "the answer of the vault has an unknown form").with_source(cause)
    })
}

/// What was read; `None` if there is no such thing, which tells as much.
pub(crate) fn if_there<T>(read: Result<T>) -> Result<Option<T>> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) if error.kind() == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    value: Vec<Bundle>,
}

/// Every page of a list. A list that leads back to where it was is refused.
async fn all<A: Send, F: Send>(operation: &'static str, pager: azure_core::Result<Pager<A, F>>) -> Result<Vec<Bundle>>
where
    Response<A, F>: azure_core::http::pager::Page + Send,
{
    let failed = |cause| error::of_azure(operation, cause);
    let mut pages = pager.map_err(failed)?.into_pages();
    let (mut bundles, mut seen) = (Vec::new(), HashSet::new());
    while let Some(page) = pages.try_next().await.map_err(failed)? {
        bundles.extend(body::<Page, A, F>(operation, page)?.value);
        if pages.continuation().is_some_and(|link| !seen.insert(link.to_string())) {
            return Err(Error::new(Kind::Unexpected, operation, "the list of the vault leads in a circle")
                .with_refused_by("this app"));
        }
    }
    Ok(bundles)
}

/// The versions of an object, newest first; none if there is no such object.
pub(crate) async fn versions(tenant: &Tenant, of: &Named) -> Result<Vec<Bundle>> {
    let (clients, name) = (tenant.client.reading(&of.vault)?, of.name.as_str());
    let read = match of.object {
        Object::Certificate => {
            let pager = clients.certificates.list_certificate_properties_versions(name, None);
            all("list the versions of the certificate", pager).await
        }
        Object::Key => all("list the versions of the key", clients.keys.list_key_properties_versions(name, None)).await,
        Object::Secret => {
            let pager = clients.secrets.list_secret_properties_versions(name, None);
            all("list the versions of the secret", pager).await
        }
    };
    let mut versions = if_there(read)?.unwrap_or_default();
    versions.sort_by_key(|version| std::cmp::Reverse(version.attributes.created));
    Ok(versions)
}

/// The current version of a key, with what only that tells: its type and operations.
pub(crate) async fn key(tenant: &Tenant, vault: &VaultId, name: &str, version: Option<&str>) -> Result<Bundle> {
    const READ: &str = "read the key";
    let options = KeyClientGetKeyOptions { key_version: version.map(str::to_owned), ..Default::default() };
    let answer = tenant.client.reading(vault)?.keys.get_key(name, Some(options)).await;
    body(READ, answer.map_err(|cause| error::of_azure(READ, cause))?)
}

/// The object among those that wait for their purge; `None` if it does not.
pub(crate) async fn deleted(tenant: &Tenant, of: &Named) -> Result<Option<Bundle>> {
    let (clients, name) = (tenant.client.reading(&of.vault)?, of.name.as_str());
    if_there(match of.object {
        Object::Certificate => {
            const READ: &str = "read the deleted certificate";
            let answer = clients.certificates.get_deleted_certificate(name, None).await;
            answer.map_err(|cause| error::of_azure(READ, cause)).and_then(|answer| body(READ, answer))
        }
        Object::Key => {
            const READ: &str = "read the deleted key";
            let answer = clients.keys.get_deleted_key(name, None).await;
            answer.map_err(|cause| error::of_azure(READ, cause)).and_then(|answer| body(READ, answer))
        }
        Object::Secret => {
            const READ: &str = "read the deleted secret";
            let answer = clients.secrets.get_deleted_secret(name, None).await;
            answer.map_err(|cause| error::of_azure(READ, cause)).and_then(|answer| body(READ, answer))
        }
    })
}

/// The rotation policy of a key as it is written there.
pub(crate) async fn rotation_policy(tenant: &Tenant, vault: &VaultId, name: &str) -> Result<Value> {
    const READ: &str = "read the rotation policy";
    let answer = tenant.client.reading(vault)?.keys.get_key_rotation_policy(name, None).await;
    body(READ, answer.map_err(|cause| error::of_azure(READ, cause))?)
}
