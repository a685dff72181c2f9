//! Secrets of Key Vault: rows, opened secrets without their value, and the value on request.

use async_trait::async_trait;
use domain::{
    Access, Aspect, Error, Facet, FacetKind, Item, ItemDetail, ItemKey, Kind, Leaves, NativeRow, Result, Secret,
    Secrets, VaultId,
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
pub(crate) fn facets() -> Vec<Facet> {
    vec![Facet::open(FacetKind::Secret, Leaves::PrivateMaterial).with_access(Access::Untested)]
}

/// Reads what is told about a secret without its value: that takes another permission, and is not read unasked.
pub(crate) async fn open(tenant: &Tenant, item: &ItemKey) -> Result<ItemDetail> {
    let (_, name) = locate::parts(item)?;
    let (vault, client) = (&item.vault, &tenant.client);
    let (versions, access, readable) = futures::join!(
        client.versions(vault, Object::Secret, name),
        tenant.access(vault, Object::Secret, name, true),
        may_read(tenant, vault, name),
    );
    let (newest, versions, deleted) = match versions {
        Ok(versions) if !versions.is_empty() => (newest(&versions).cloned().unwrap_or_default(), versions, false),
        Ok(_) => (client.deleted(vault, Object::Secret, name).await?, Vec::new(), true),
        Err(missing) if missing.kind() == Kind::NotFound => {
            (client.deleted(vault, Object::Secret, name).await.map_err(|_| missing)?, Vec::new(), true)
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
            facets: facets().into_iter().map(|facet| facet.with_access(readable.clone())).collect(),
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

/// Whether this identity may read the value of a secret. A version that cannot exist is asked for: Key Vault looks at the
/// permission first, so a refusal tells, and no value is read on the way.
pub(crate) async fn may_read(tenant: &Tenant, vault: &VaultId, name: &str) -> Access {
    /// Versions are made up at random.
    const NO_VERSION: &str = "00000000000000000000000000000000";
    match tenant.client.secret(vault, name, Some(NO_VERSION)).await {
        Err(error) if error.kind() == Kind::NotFound => Access::Open,
        Err(error) if error.kind() == Kind::Denied => match error.permission() {
            Some(permission) => Access::Closed {
                permission: permission.to_owned(),
                because: format!(
                    "Reading it takes {permission}. The role Key Vault Secrets User has it; in a vault with access policies it is \
                     secrets get."
                ),
            },
            // A firewall, not a permission.
            None => Access::Closed { permission: String::new(), because: error.message().to_owned() },
        },
        Ok(_) | Err(_) => Access::Untested,
    }
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
