//! Azure: keys, secrets and certificates of Key Vaults and Managed HSMs, over the official crates.
//!
//! A connection is a tenant and a credential; a vault is a Key Vault or a Managed HSM. One object of Key Vault is one item:
//! a certificate has all three facets, and the key and the secret that Azure keeps under its name are no rows of their own.
//! Beside the files that every provider has there is one for each kind of object (`certificates`, `keys`, `secrets`), one
//! for how Azure names things (`locate`), for the clouds and their hosts (`cloud`), for Resource Manager (`manager`), for
//! who is let in (`access`), for ISO 8601 periods (`period`), for the shapes of answers (`wire`), for the sign-ins
//! (`signin`), for the rules of a rotation policy (`rotation_policy`); and for changes, what an object is now (`standing`), the kinds of keys that there are (`kinds`), and private
//! keys that are brought along (`material`), as they are or wrapped for an HSM (`byok`).
//!
//! Readings may be repeated by the crates when an answer was lost. Whatever changes something is sent by `perform` alone,
//! over clients of its own that send each call once.

mod access;
mod byok;
mod certificates;
mod changes;
mod check;
mod client;
mod cloud;
mod connect;
mod destruction;
mod error;
mod imports;
mod inventory;
mod issuers;
mod keys;
mod kinds;
mod locate;
mod logged;
mod manager;
mod material;
mod members;
mod object;
mod offers;
mod operation;
mod parameters;
mod perform;
mod period;
mod plan;
mod questions;
mod rotation;
mod rotation_policy;
mod secrets;
mod shell;
mod signin;
mod standing;
mod state;
#[cfg(test)]
mod tests;
mod wire;

use std::{collections::BTreeMap, fmt};

use async_trait::async_trait;
use domain::{
    AccessCheck, Aspect, Backups, Certificates, Changes, Destructions, Identity, Imports, Inventory, Item, ItemKey,
    NativeRow, Offer, Provider, Result, Rotations, Secrets, SignatureAlgorithm, Signing, State, Timestamp, VaultId,
};

use crate::{client::Client, cloud::Cloud, wire::Attributes};
pub use connect::{FORM, connect, discover, place};

/// One tenant, seen with one credential.
pub(crate) struct Tenant {
    pub(crate) client: Client,
    /// The vaults that were named; without any, Resource Manager is asked.
    named: Option<Vec<VaultId>>,
    /// The subscriptions that were named.
    subscriptions: Vec<String>,
    /// The assertion by which one signs in with a key of a vault, in words.
    assertion: Option<String>,
    /// What Resource Manager tells of vaults, as far as it was asked.
    resources: access::Resources,
}

impl Tenant {
    /// Whether the vault was named in the connection.
    pub(crate) fn knows(&self, vault: &VaultId) -> bool {
        self.named.as_ref().is_some_and(|named| named.contains(vault))
    }
}

#[async_trait]
impl Provider for Tenant {
    async fn identity(&self) -> Result<Identity> {
        signin::identity(&self.client).await
    }

    async fn check_access(&self) -> Vec<AccessCheck> {
        access::check(self).await
    }

    fn inventory(&self) -> &dyn Inventory {
        self
    }

    fn certificates(&self) -> Option<&dyn Certificates> {
        Some(self)
    }

    fn secrets(&self) -> Option<&dyn Secrets> {
        Some(self)
    }

    fn backups(&self) -> Option<&dyn Backups> {
        Some(self)
    }

    fn signing(&self) -> Option<&dyn Signing> {
        Some(self)
    }

    fn imports(&self) -> Option<&dyn Imports> {
        Some(self)
    }

    fn changes(&self) -> &dyn Changes {
        self
    }

    fn rotations(&self) -> Option<&dyn Rotations> {
        Some(self)
    }

    fn destructions(&self) -> Option<&dyn Destructions> {
        Some(self)
    }

    async fn offers(&self, item: &Item) -> Vec<Offer> {
        offers::offers(self, item).await
    }
}

#[async_trait]
impl Backups for Tenant {
    async fn back_up(&self, item: &ItemKey) -> Result<Vec<u8>> {
        let (object, name) = locate::parts(item)?;
        self.client.back_up(&item.vault, object, name).await
    }
}

#[async_trait]
impl Signing for Tenant {
    async fn sign(
        &self,
        item: &ItemKey,
        version: Option<&str>,
        algorithm: SignatureAlgorithm,
        digest: &[u8],
    ) -> Result<Vec<u8>> {
        let (_, name) = locate::parts(item)?;
        self.client.sign(&item.vault, name, version, algorithm, digest).await
    }
}

// Not derived: a credential may print more than it should.
impl fmt::Debug for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tenant").field("named", &self.named).finish_non_exhaustive()
    }
}

/// Whether an object can be used now. Key Vault refuses what is outside of its time.
pub(crate) fn state(attributes: &Attributes, deleted: bool) -> State {
    let now = Timestamp::now().as_second();
    match attributes.enabled {
        _ if deleted => State::PendingDeletion,
        Some(false) => State::Disabled,
        _ if attributes.exp.is_some_and(|end| end <= now) => State::Expired,
        _ if attributes.nbf.is_some_and(|begin| begin > now) => State::Other("not yet valid".to_owned()),
        Some(true) => State::Enabled,
        None => State::Unknown,
    }
}

/// The pairs that its owner set, if there are any.
pub(crate) fn tags(tags: &BTreeMap<String, String>) -> Option<Aspect> {
    (!tags.is_empty()).then(|| Aspect::Tags(tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect()))
}

/// What the service tells of any object, word for word.
pub(crate) fn attribute_rows(attributes: &Attributes) -> Vec<NativeRow> {
    let instant = |seconds: Option<i64>| wire::instant(seconds).map(|at| at.to_string());
    [
        ("enabled", attributes.enabled.map(|flag| flag.to_string())),
        ("nbf", instant(attributes.nbf)),
        ("exp", instant(attributes.exp)),
        ("created", instant(attributes.created)),
        ("updated", instant(attributes.updated)),
        ("recoveryLevel", attributes.recovery_level.clone()),
        ("recoverableDays", attributes.recoverable_days.map(|days| days.to_string())),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some(NativeRow::new(name, value?)))
    .collect()
}
