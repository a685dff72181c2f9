//! `list`, `open`, `public_key` and `locate`: entries as items.

use async_trait::async_trait;
use domain::{
    Algorithm, Aspect, Error, Facet, FacetKind, Inventory, Item, ItemDetail, ItemKey, Kind, Leaves, NativeRow, Result,
    State, Timestamp, Vault, VaultId,
};
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};

use crate::{
    LocalKeystore, VAULT,
    entries::{Entry, EntryState, Version},
    entry_of,
    keystore::Keystore,
    material::Material,
    offers,
};

#[async_trait]
impl Inventory for LocalKeystore {
    fn list(&self) -> BoxStream<'_, domain::Entry> {
        let vault = Vault { id: vault_id(), name: self.vault_name(), native_kind: "keystore" };
        let rest = stream::once(self.read()).flat_map(|read| {
            let now = (self.clock)();
            let (items, result) = match read {
                Ok(keystore) => (keystore.entries().iter().map(|entry| item_of(entry, now)).collect(), Ok(())),
                Err(error) => (Vec::new(), Err(error)),
            };
            let items = items.into_iter().map(|item| domain::Entry::Item(Box::new(item)));
            stream::iter(items.chain(std::iter::once(domain::Entry::End { vault: vault_id(), result })))
        });
        stream::iter([domain::Entry::Vault(vault)]).chain(rest).boxed()
    }

    async fn open(&self, item: &ItemKey) -> Result<ItemDetail> {
        let keystore = self.read().await?;
        let entry = entry_of(&keystore, item, "open an entry")?;
        let now = (self.clock)();
        let versions = entry.newest_first().map(|version| version_of(entry, version, now)).collect();
        Ok(ItemDetail { item: item_of(entry, now), versions, aspects: aspects_of(&keystore, entry) })
    }

    async fn public_key(&self, item: &ItemKey, version: Option<&str>) -> Result<Vec<u8>> {
        const READ: &str = "read the public key";
        let keystore = self.read().await?;
        let material = &entry_of(&keystore, item, READ)?.version(version, READ)?.material;
        let key = material.public_key().map(<[u8]>::to_vec);
        key.ok_or_else(|| Error::new(Kind::Unsupported, READ, offers::no_public_key(material)))
    }

    /// `keystore:NAME`, or the file's path, `#` and the name.
    fn locate(&self, address: &str) -> Option<ItemKey> {
        let keystore = self.last_read();
        let name = address.strip_prefix("keystore:").or_else(|| {
            let path = keystore.path().to_str()?;
            address.strip_prefix(path)?.strip_prefix('#')
        })?;
        (!name.is_empty()).then(|| ItemKey::new(VAULT, name))
    }
}

impl LocalKeystore {
    fn vault_name(&self) -> String {
        let keystore = self.last_read();
        keystore.path().file_name().unwrap_or(keystore.path().as_os_str()).to_string_lossy().into_owned()
    }
}

fn vault_id() -> VaultId {
    VaultId(VAULT.to_owned())
}

fn item_of(entry: &Entry, now: Timestamp) -> Item {
    Item {
        key: ItemKey::new(VAULT, &entry.name),
        name: entry.name.clone(),
        native_kind: native_kind(&entry.current.material),
        facets: facets_of(entry),
        algorithm: entry.current.material.algorithm().cloned(),
        state: state_of(entry, &entry.current, now),
        created: entry.newest_first().last().map(|first| first.created),
        expires: entry.current.expires,
        current_version: Some(entry.current.id.clone()),
        trouble: None,
    }
}

/// What an entry with a secret value is called.
pub(crate) const SECRET_KIND: &str = "secret entry";

fn native_kind(material: &Material) -> &'static str {
    match material {
        Material::Certificate { .. } => "certificate entry",
        Material::Key(_) => "key entry",
        Material::Secret { .. } => SECRET_KIND,
        Material::Symmetric { .. } => "symmetric key entry",
    }
}

/// Certificate, key, secret, as far as the entry has them.
fn facets_of(entry: &Entry) -> Vec<Facet> {
    let key = || Facet::open(FacetKind::Key, Leaves::PublicPart).with_operations(["sign", "verify"]);
    let secret = || Facet::open(FacetKind::Secret, Leaves::PrivateMaterial).with_access(offers::secret_access(entry));
    match &entry.current.material {
        Material::Certificate { .. } => {
            vec![Facet::open(FacetKind::Certificate, Leaves::PublicPart), key(), secret()]
        }
        Material::Key(_) => vec![key()],
        Material::Secret { .. } => vec![secret()],
        Material::Symmetric { algorithm: Algorithm::Hmac(_), .. } => {
            vec![Facet::open(FacetKind::Key, Leaves::Nothing).with_operations(["hmac"])]
        }
        Material::Symmetric { .. } => {
            vec![Facet::open(FacetKind::Key, Leaves::Nothing).with_operations(["encrypt", "decrypt"])]
        }
    }
}

pub(crate) fn state_of(entry: &Entry, version: &Version, now: Timestamp) -> State {
    match entry.state {
        EntryState::PendingDeletion(_) => State::PendingDeletion,
        EntryState::Disabled => State::Disabled,
        EntryState::Enabled if !version.enabled => State::Disabled,
        EntryState::Enabled if version.expires.is_some_and(|end| end <= now) => State::Expired,
        EntryState::Enabled => State::Enabled,
    }
}

fn version_of(entry: &Entry, version: &Version, now: Timestamp) -> domain::Version {
    domain::Version {
        id: version.id.clone(),
        state: state_of(entry, version, now),
        created: Some(version.created),
        expires: version.expires,
        current: version.id == entry.current.id,
        has_public_key: version.material.public_key().is_some(),
    }
}

fn aspects_of(keystore: &Keystore, entry: &Entry) -> Vec<Aspect> {
    let mut aspects = Vec::new();
    if !entry.description.is_empty() {
        aspects.push(Aspect::Description(entry.description.clone()));
    }
    let mut rows = vec![
        NativeRow::new("Address", format!("keystore:{}", entry.name)),
        NativeRow::new("File", keystore.path().display().to_string()),
    ];
    if let Material::Secret { content_type, .. } = &entry.current.material
        && !content_type.is_empty()
    {
        rows.push(NativeRow::new("Content type", content_type));
    }
    aspects.push(Aspect::Native(rows));
    if let EntryState::PendingDeletion(at) = entry.state {
        aspects.push(Aspect::PendingDeletion { at });
    }
    if !entry.tags.is_empty() {
        aspects.push(Aspect::Tags(entry.tags.clone()));
    }
    aspects
}
