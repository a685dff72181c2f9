//! Secrets of Key Vault: rows, opened secrets without their value, and the value on request.

use async_trait::async_trait;
use domain::{
    Access, Aspect, Error, Facet, FacetKind, Item, ItemDetail, ItemKey, Kind, Leaves, NativeRow, Result, Secret,
    Secrets,
};

use crate::{
    Tenant,
    client::GET_SECRET,
    error,
    inventory::version_of,
    keys::{listed_versions, managed},
    locate,
    object::Object,
    wire::{Listed, instant},
};

/// The one face of a secret. Whether its value may be read, only reading tells.
pub(crate) fn facets(_managed: bool) -> Vec<Facet> {
    vec![Facet::open(FacetKind::Secret, Leaves::PrivateMaterial).with_access(Access::Untested)]
}

/// Reads what is told about a secret without its value: that takes another permission, and is not read unasked.
pub(crate) async fn open(tenant: &Tenant, item: &ItemKey) -> Result<ItemDetail> {
    let (_, name) = locate::parts(item)?;
    let (vault, client) = (&item.vault, &tenant.client);
    let (versions, access) =
        futures::join!(client.versions(vault, Object::Secret, name), tenant.access(vault, Object::Secret, name, true));
    let (newest, versions, deleted) = match versions {
        Ok(versions) if !versions.is_empty() => (newest(&versions).cloned().unwrap_or_default(), versions, false),
        Ok(_) => (client.deleted_secret(vault, name).await?, Vec::new(), true),
        Err(missing) if missing.kind() == Kind::NotFound => {
            (client.deleted_secret(vault, name).await.map_err(|_| missing)?, Vec::new(), true)
        }
        Err(error) => return Err(error),
    };
    if newest.managed {
        return Err(managed(name, "secret"));
    }
    let current = version_of(newest.id.as_deref());
    let mut aspects = Vec::new();
    if deleted {
        aspects.extend(instant(newest.scheduled_purge_date).map(|at| Aspect::PendingDeletion { at }));
    }
    aspects.extend(crate::tags(&newest.tags));
    aspects.extend(access);
    let mut rows: Vec<NativeRow> = newest.id.iter().map(|id| NativeRow::new("id", id)).collect();
    rows.extend(newest.content_type.iter().map(|kind| NativeRow::new("contentType", kind)));
    rows.extend(crate::attribute_rows(&newest.attributes));
    aspects.push(Aspect::Native(rows));
    Ok(ItemDetail {
        item: Item {
            key: item.clone(),
            name: name.to_owned(),
            native_kind: Object::Secret.word(),
            facets: facets(false),
            algorithm: None,
            state: crate::state(&newest.attributes, deleted),
            created: instant(newest.attributes.created),
            expires: instant(if deleted { newest.scheduled_purge_date } else { newest.attributes.exp }),
            current_version: current.clone(),
            trouble: None,
        },
        versions: listed_versions(versions, current.as_deref(), false),
        aspects,
    })
}

/// The version that is read when none is named: the one made last. Of two of one second the service does not tell.
pub(crate) fn newest(versions: &[Listed]) -> Option<&Listed> {
    versions.iter().max_by_key(|version| version.attributes.created)
}

#[async_trait]
impl Secrets for Tenant {
    /// The value as Key Vault keeps it: for a certificate that is PFX in base64, or PEM, by its content type.
    async fn value(&self, item: &ItemKey, version: Option<&str>) -> Result<Secret> {
        let (object, name) = locate::parts(item)?;
        if object == Object::Key {
            return Err(Error::new(Kind::Unsupported, GET_SECRET.operation, "a key never leaves Key Vault"));
        }
        let secret = self.client.secret(&item.vault, name, version).await?;
        let value = secret.value.ok_or_else(|| error::incomplete(GET_SECRET, "value"))?;
        Ok(Secret::new(value.as_bytes().to_vec()))
    }
}
