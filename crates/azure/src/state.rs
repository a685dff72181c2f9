//! What was there before a step, and what is there now, as plans and checks compare it.

use domain::{Kind, Result, VaultId};
use futures::TryStreamExt;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    Tenant,
    inventory::{name_in, version_of},
    object::{Named, Object},
    wire::Listed,
};

/// What was there before a step, as far as the reading that follows needs it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Before {
    /// The object was deleted at this second, and waits.
    Deleted(Option<i64>),
    /// These members of one version, in the form in which they are sent.
    Members(Map<String, Value>),
    /// Nothing of this name, and others of these names.
    Names { name: String, object: Object, others: Vec<String> },
    /// The request that was last made for a certificate, and its versions.
    Issuance { request: Option<String>, versions: Vec<String> },
    /// This was written there: a policy, the contacts, an issuer; null for nothing.
    Policy(Value),
    /// The object is there.
    There,
    /// These versions of that name; none if there was no such object.
    Versions(Vec<String>),
}

/// What was read; `None` if there is no such thing, which tells as much.
pub(crate) fn if_there<T>(read: Result<T>) -> Result<Option<T>> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) if error.kind() == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The versions of an object, newest first; none if there is no such object.
pub(crate) async fn versions(tenant: &Tenant, of: &Named) -> Result<Vec<Listed>> {
    let mut versions = if_there(tenant.client.versions(&of.vault, of.object, &of.name).await)?.unwrap_or_default();
    versions.sort_by_key(|version| std::cmp::Reverse(version.attributes.created));
    Ok(versions)
}

/// The identifier of a version that was listed.
pub(crate) fn version(listed: &Listed) -> Option<String> {
    version_of(listed.id.as_deref().or(listed.kid.as_deref()))
}

/// The object among those that wait for their purge; `None` if it does not.
pub(crate) async fn deleted(tenant: &Tenant, of: &Named) -> Result<Option<Listed>> {
    if_there(tenant.client.deleted(&of.vault, of.object, &of.name).await)
}

/// The names of all objects of a kind that are there, in alphabetical order.
pub(crate) async fn names(tenant: &Tenant, vault: &VaultId, object: Object) -> Result<Vec<String>> {
    let listed = tenant.client.list(vault, object, false).try_concat().await?;
    let addresses = listed.iter().filter_map(|one| one.id.as_deref().or(one.kid.as_deref()));
    let mut names: Vec<String> = addresses.filter_map(name_in).collect();
    names.sort();
    Ok(names)
}
