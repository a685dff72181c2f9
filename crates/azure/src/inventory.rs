//! What a tenant holds: vaults side by side, and in each of them the lists of certificates, keys and secrets side by side,
//! live and deleted; each list page by page, as the service hands it out.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use domain::{Entry, Error, Inventory, Item, ItemDetail, ItemKey, Kind, Result, Vault, VaultId};
use futures::{
    SinkExt, StreamExt,
    channel::mpsc::{self, Sender},
    future::ready,
    stream::{self, BoxStream},
};

use crate::{Tenant, certificates, keys, locate, object::Object, secrets, wire::Listed};

/// So many entries of a vault may wait for whoever reads the list.
const WAITING: usize = 256;

#[async_trait]
impl Inventory for Tenant {
    fn list(&self) -> BoxStream<'_, Entry> {
        if let Some(named) = &self.named {
            return stream::iter(named.clone()).map(|vault| self.list_vault(vault)).flatten_unordered(None).boxed();
        }
        self.found_vaults()
            .map(|found| match found {
                Ok(vault) => self.list_vault(vault),
                Err((vault, error)) => ended(vault, error),
            })
            .flatten_unordered(None)
            .boxed()
    }

    async fn open(&self, item: &ItemKey) -> Result<ItemDetail> {
        match locate::parts(item)?.0 {
            Object::Certificate => certificates::open(self, item).await,
            Object::Key => keys::open(self, item).await,
            Object::Secret => secrets::open(self, item).await,
        }
    }

    async fn public_key(&self, item: &ItemKey, version: Option<&str>) -> Result<Vec<u8>> {
        let (object, name) = locate::parts(item)?;
        match object {
            Object::Certificate => certificates::public_key(self, &item.vault, name, version).await,
            Object::Key => keys::public_key(&keys::read(self, &item.vault, name, version).await?.0.key),
            Object::Secret => {
                Err(Error::new(Kind::Unsupported, "read the public key", "a secret is a value, not a key"))
            }
        }
    }

    /// Addresses of keys, secrets and certificates of this cloud, with or without a version, and identifiers of Resource
    /// Manager. A key or secret is found as what it is listed as once it is opened.
    fn locate(&self, address: &str) -> Option<ItemKey> {
        let found = locate::address(address, self.client.cloud)?;
        let ours = self.client.cloud.has(&found.vault.0) || self.knows(&found.vault);
        ours.then(|| found.object.item(&found.vault, &found.name))
    }
}

impl Tenant {
    /// The vault as it is listed.
    pub(crate) fn vault(&self, id: &VaultId) -> Vault {
        let name = id.0.split('.').next().unwrap_or(&id.0).to_owned();
        let native_kind = if self.client.cloud.is_hsm(&id.0) { "Managed HSM" } else { "Key Vault" };
        Vault { id: id.clone(), name, native_kind }
    }

    /// The kinds of object that such a vault has: a Managed HSM holds keys alone.
    pub(crate) fn objects(&self, vault: &VaultId) -> &'static [Object] {
        if self.client.cloud.is_hsm(&vault.0) { &[Object::Key] } else { &Object::ALL }
    }

    fn list_vault(&self, vault: VaultId) -> BoxStream<'_, Entry> {
        let (mut sender, receiver) = mpsc::channel(WAITING);
        let driver = async move {
            // Nobody listens any more if sending fails; the stream is being dropped then, and this with it.
            let _ = sender.send(Entry::Vault(self.vault(&vault))).await;
            let managed = Managed::default();
            let lists = self.objects(&vault).iter().flat_map(|object| [(*object, false), (*object, true)]);
            let (managed, vault_of) = (&managed, &vault);
            let lists = lists.map(|(object, deleted)| {
                let mut sender = sender.clone();
                async move { self.list_objects(vault_of, object, deleted, managed, &mut sender).await }
            });
            let results: Vec<_> = futures::future::join_all(lists).await;
            let failures = results.into_iter().filter_map(Result::err).collect::<Vec<_>>();
            for item in managed.left(&vault, &failures) {
                let _ = sender.send(Entry::Item(Box::new(item))).await;
            }
            let result = Error::together("list the vault", failures).map_or(Ok(()), Err);
            let _ = sender.send(Entry::End { vault, result }).await;
        };
        stream::select(receiver, stream::once(driver).filter_map(|()| ready(None))).boxed()
    }

    async fn list_objects(
        &self,
        vault: &VaultId,
        object: Object,
        deleted: bool,
        managed: &Managed,
        sender: &mut Sender<Entry>,
    ) -> Result<()> {
        let mut pages = self.client.list(vault, object, deleted);
        // A list that turns back on itself is told as such at its end; what it shows twice is one object.
        let mut seen = BTreeSet::new();
        while let Some(page) = pages.next().await {
            for listed in page? {
                let Some(name) = name_of(&listed).filter(|name| seen.insert(name.clone())) else { continue };
                if object == Object::Certificate {
                    managed.shown(&name);
                } else if listed.managed {
                    // It is a face of the certificate of this name.
                    managed.met(name, deleted, listed);
                    continue;
                }
                let item = row(object, vault, &name, &listed, deleted);
                if sender.send(Entry::Item(Box::new(item))).await.is_err() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// Keys and secrets that belong to certificates. Where certificates may not be listed, they alone tell of them.
#[derive(Default)]
struct Managed(Mutex<Met>);

#[derive(Default)]
struct Met {
    /// The certificates that were listed.
    shown: BTreeSet<String>,
    /// The faces that were: the name, whether it is deleted, and the entry.
    faces: Vec<(String, bool, Listed)>,
}

impl Managed {
    fn shown(&self, certificate: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).shown.insert(certificate.to_owned());
    }

    fn met(&self, name: String, deleted: bool, listed: Listed) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).faces.push((name, deleted, listed));
    }

    /// The certificates that no list of certificates showed, each with the reason as its trouble.
    fn left(&self, vault: &VaultId, failures: &[Error]) -> Vec<Item> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let trouble = failures.iter().find(|error| error.operation() == "list certificates");
        let mut left = BTreeSet::new();
        let shown = &state.shown;
        state
            .faces
            .iter()
            .filter(|(name, ..)| trouble.is_some() && !shown.contains(name) && left.insert(name.clone()))
            .map(|(name, deleted, listed)| {
                let mut item = row(Object::Certificate, vault, name, listed, *deleted);
                item.trouble = trouble.cloned();
                item
            })
            .collect()
    }
}

/// The row of an object, as far as a list tells.
fn row(object: Object, vault: &VaultId, name: &str, listed: &Listed, deleted: bool) -> Item {
    let facets = match object {
        Object::Certificate => certificates::listed_facets(),
        Object::Key => keys::listed_facets(),
        Object::Secret => secrets::facets(),
    };
    Item {
        key: object.item(vault, name),
        name: name.to_owned(),
        native_kind: object.word(),
        facets,
        algorithm: None,
        state: crate::state(&listed.attributes, deleted),
        created: crate::wire::instant(listed.attributes.created),
        expires: crate::wire::instant(if deleted { listed.scheduled_purge_date } else { listed.attributes.exp }),
        current_version: None,
        trouble: None,
    }
}

/// The name in the address of a listed object; none where the service gave no address.
pub(crate) fn name_of(listed: &Listed) -> Option<String> {
    let address = listed.id.as_deref().or(listed.kid.as_deref())?;
    name_in(address).filter(|name| crate::object::is_name(name))
}

/// The name that an address holds.
pub(crate) fn name_in(address: &str) -> Option<String> {
    Some(url::Url::parse(address).ok()?.path_segments()?.nth(1)?.to_owned())
}

/// The version in the address of a listed object.
pub(crate) fn version_of(address: Option<&str>) -> Option<String> {
    let version = url::Url::parse(address?).ok()?.path_segments()?.nth(2)?.to_owned();
    Some(version).filter(|version| !version.is_empty())
}

fn ended(vault: Vault, error: Error) -> BoxStream<'static, Entry> {
    let end = Entry::End { vault: vault.id.clone(), result: Err(error) };
    stream::iter([Entry::Vault(vault), end]).boxed()
}
