//! Keys of Key Vault and Managed HSM: rows, opened keys with their versions, and public keys.

use domain::{
    Access, Algorithm, Aspect, Curve, Error, Facet, FacetKind, Item, ItemDetail, ItemKey, Kind, Leaves, NativeRow,
    Result, RotationRule, Timestamp, VaultId, Version,
};
use encoding::{PublicKey, x509};

use crate::{
    Tenant,
    client::GET_KEY,
    error,
    inventory::version_of,
    locate,
    object::Object,
    wire::{self, Jwk, Listed, RotationPolicy, instant},
};

/// What a list tells of a key: not even its kind.
pub(crate) fn listed_facets() -> Vec<Facet> {
    vec![Facet::open(FacetKind::Key, Leaves::PublicPart).with_access(Access::Untested)]
}

/// Reads a key afresh, with its versions and its rules. What may not be read is told in its place.
pub(crate) async fn open(tenant: &Tenant, item: &ItemKey) -> Result<ItemDetail> {
    let (_, name) = locate::parts(item)?;
    let (vault, client) = (&item.vault, &tenant.client);
    let (key, versions, rotation, access) = futures::join!(
        read(tenant, vault, name, None),
        client.versions(vault, Object::Key, name),
        client.rotation_policy(vault, name),
        tenant.access(vault, Object::Key, name, false),
    );
    let (key, deleted) = key?;
    if key.managed {
        return Err(managed(name, "key"));
    }
    let current = version_of(key.key.kid.as_deref());
    let mut aspects = Vec::new();
    if deleted {
        aspects.extend(instant(key.scheduled_purge_date).map(|at| Aspect::PendingDeletion { at }));
    }
    let mut rows = native_rows(&key);
    if client.cloud.is_hsm(&vault.0) && !deleted {
        rows.extend(attestation_rows(client.attestation(vault, name, current.as_deref()).await));
    }
    if !deleted {
        match rotation {
            Ok(policy) => aspects.push(rotation_aspect(&policy, instant(key.attributes.created))),
            Err(refused) => rows.push(NativeRow::new("rotationPolicy", refused.message())),
        }
    }
    aspects.extend(release_policy(&key));
    aspects.extend(crate::tags(&key.tags));
    aspects.extend(access);
    aspects.push(Aspect::Native(rows));
    let versions = versions.unwrap_or_else(|error| {
        aspects.push(Aspect::Native(vec![NativeRow::new("versions", error.message())]));
        Vec::new()
    });
    Ok(ItemDetail {
        item: Item {
            key: item.clone(),
            name: name.to_owned(),
            native_kind: Object::Key.word(),
            facets: vec![facet(&key.key)],
            algorithm: Some(algorithm(&key.key)),
            state: crate::state(&key.attributes, deleted),
            created: instant(key.attributes.created),
            expires: instant(if deleted { key.scheduled_purge_date } else { key.attributes.exp }),
            current_version: current.clone(),
            trouble: None,
        },
        versions: listed_versions(versions, current.as_deref(), is_asymmetric(&key.key)),
        aspects,
    })
}

/// Reads a key and whether it is deleted: its newest version is still told then.
pub(crate) async fn read(
    tenant: &Tenant,
    vault: &VaultId,
    name: &str,
    version: Option<&str>,
) -> Result<(wire::Key, bool)> {
    match tenant.client.key(vault, name, version).await {
        Err(missing) if missing.kind() == Kind::NotFound && version.is_none() => {
            Ok((tenant.client.deleted_key(vault, name).await.map_err(|_| missing)?, true))
        }
        read => Ok((read?, false)),
    }
}

/// A key or a secret that is only a face of a certificate.
pub(crate) fn managed(name: &str, word: &str) -> Error {
    Error::new(Kind::NotFound, "open the item", format!("the {word} {name} belongs to the certificate of that name"))
        .with_refused_by("this app")
        .with_next(format!("Open certificates/{name}: it shows the certificate, the key and the secret."))
}

/// The face of a key.
pub(crate) fn facet(key: &Jwk) -> Facet {
    let leaves = if is_asymmetric(key) { Leaves::PublicPart } else { Leaves::Nothing };
    Facet::open(FacetKind::Key, leaves).with_operations(key.key_ops.clone().unwrap_or_default())
}

/// Whether there is a public half. Unknown kinds are taken to have one: reading it will tell.
pub(crate) fn is_asymmetric(key: &Jwk) -> bool {
    !key.kty.to_ascii_lowercase().starts_with("oct")
}

/// The kind of key. The words for those in an HSM end in `-HSM`.
pub(crate) fn algorithm(key: &Jwk) -> Algorithm {
    let kind = key.kty.trim_end_matches("-HSM");
    match (kind, curve(key.crv.as_deref()), &key.n) {
        ("RSA", _, Some(modulus)) => {
            let zeros = modulus.0.iter().take_while(|byte| **byte == 0).count();
            let bytes = &modulus.0[zeros..];
            let unused = bytes.first().map_or(0, |byte| byte.leading_zeros());
            Algorithm::Rsa(u32::try_from(bytes.len() * 8).unwrap_or(u32::MAX).saturating_sub(unused))
        }
        ("EC", Some(curve), _) => Algorithm::Ec(curve),
        _ => Algorithm::Other(key.kty.clone()),
    }
}

pub(crate) fn curve(name: Option<&str>) -> Option<Curve> {
    match name? {
        "P-256" => Some(Curve::P256),
        // The standard's name (RFC 8812), and Key Vault's own.
        "secp256k1" | "P-256K" | "SECP256K1" => Some(Curve::P256k1),
        "P-384" => Some(Curve::P384),
        "P-521" => Some(Curve::P521),
        _ => None,
    }
}

/// The SPKI of a key, without loss.
///
/// # Errors
/// `Unsupported` for a key without a public half; `Invalid` if its numbers are missing or malformed.
pub(crate) fn public_key(key: &Jwk) -> Result<Vec<u8>> {
    let kind = key.kty.trim_end_matches("-HSM");
    let read = match (kind, &key.n, &key.e, &key.x, &key.y) {
        ("RSA", Some(n), Some(e), ..) => PublicKey::from_rsa_numbers(&n.0, &e.0)?,
        ("EC", _, _, Some(x), Some(y)) => match curve(key.crv.as_deref()) {
            Some(curve) => PublicKey::from_point(curve, &x.0, &y.0)?,
            None => {
                let name = error::tidy(key.crv.as_deref().unwrap_or("no curve"));
                let message = format!("this version does not know the curve {name}");
                return Err(Error::new(Kind::Unsupported, GET_KEY.operation, message));
            }
        },
        ("RSA" | "EC", ..) => return Err(error::incomplete(GET_KEY, "numbers of the key")),
        _ => {
            let message = format!("a key of the kind {} is symmetric: it has no public half", error::tidy(&key.kty));
            return Err(Error::new(Kind::Unsupported, GET_KEY.operation, message));
        }
    };
    Ok(read.spki_der().to_vec())
}

/// Versions, newest first.
pub(crate) fn listed_versions(listed: Vec<Listed>, current: Option<&str>, has_public_key: bool) -> Vec<Version> {
    let mut listed: Vec<(Option<i64>, Version)> = listed
        .into_iter()
        .filter_map(|listed| {
            let id = version_of(listed.id.as_deref().or(listed.kid.as_deref()))?;
            let version = Version {
                state: crate::state(&listed.attributes, false),
                created: instant(listed.attributes.created),
                expires: instant(listed.attributes.exp),
                current: current == Some(id.as_str()),
                has_public_key,
                id,
            };
            Some((listed.attributes.created, version))
        })
        .collect();
    // Two of one second keep the service's order, but the current one stands first.
    listed.sort_by_key(|(created, version)| (std::cmp::Reverse(*created), !version.current));
    listed.into_iter().map(|(_, version)| version).collect()
}

/// How new versions come about. A policy without rules is one, too.
pub(crate) fn rotation_aspect(policy: &RotationPolicy, created: Option<Timestamp>) -> Aspect {
    let mut rules = Vec::new();
    let expiry = policy.attributes.expiry_time.as_deref().filter(|text| !text.is_empty());
    let mut automatic = false;
    let mut rotates = None;
    for action in &policy.lifetime_actions {
        let kind = action.action.kind.as_deref().unwrap_or_default();
        let is_rotation = kind.eq_ignore_ascii_case("rotate");
        let what = if is_rotation { "Rotate" } else { "Notify" };
        let (says, written, next) = match (&action.trigger.time_after_create, &action.trigger.time_before_expiry) {
            (Some(after), _) => {
                let next = created.and_then(|at| crate::period::after(at, after));
                (format!("{what} {} after a version was made", crate::period::words(after)), after.clone(), next)
            }
            (None, Some(before)) => {
                let ends = expiry.and_then(|expiry| crate::period::after(created?, expiry));
                let next = ends.and_then(|end| crate::period::before(end, before));
                (format!("{what} {} before a version expires", crate::period::words(before)), before.clone(), next)
            }
            (None, None) => continue,
        };
        automatic |= is_rotation;
        rotates = if is_rotation { next } else { rotates };
        rules.push(RotationRule { says, written, next });
    }
    if let Some(expiry) = expiry {
        let next = created.and_then(|at| crate::period::after(at, expiry));
        let says = format!("A new version expires {} after it was made", crate::period::words(expiry));
        rules.push(RotationRule { says, written: expiry.to_owned(), next });
    }
    Aspect::Rotation { automatic: Some(automatic), period_seconds: None, next: rotates, left_on_demand: None, rules }
}

fn release_policy(key: &wire::Key) -> Option<Aspect> {
    let policy = key.release_policy.as_ref()?;
    let text = String::from_utf8(policy.data.as_ref()?.0.clone()).ok()?;
    Some(Aspect::ReleasePolicy { text, immutable: policy.immutable == Some(true) })
}

fn native_rows(key: &wire::Key) -> Vec<NativeRow> {
    let mut rows = Vec::new();
    let mut row = |name: &str, value: Option<String>| rows.extend(value.map(|value| NativeRow::new(name, value)));
    row("kid", key.key.kid.clone());
    row("kty", Some(key.key.kty.clone()));
    row("crv", key.key.crv.clone());
    row("hsmPlatform", key.attributes.hsm_platform.clone());
    row("exportable", key.attributes.exportable.map(|flag| flag.to_string()));
    rows.extend(crate::attribute_rows(&key.attributes));
    rows
}

/// What the HSM says of the key it holds, for whoever checks it with the maker's tool; or why it says nothing.
fn attestation_rows(read: Result<wire::Attestation>) -> Vec<NativeRow> {
    let attestation = match read {
        Ok(attestation) => attestation,
        Err(error) => return vec![NativeRow::new("attestation", error.message())],
    };
    let pem = attestation.certificate_pem_file.map(|pem| String::from_utf8_lossy(&pem.0).into_owned());
    let ders = pem.and_then(|pem| x509::of_file(pem.as_bytes()).ok()).unwrap_or_default();
    let subjects: Vec<String> =
        ders.iter().filter_map(|der| Some(x509::Certificate::parse(der).ok()?.subject)).collect();
    let size = |bytes: Option<wire::Number>| bytes.map(|bytes| format!("{} bytes", bytes.0.len()));
    [
        ("attestation version", attestation.version),
        ("attestation by", Some(subjects.join(" < ")).filter(|subjects| !subjects.is_empty())),
        ("attestation of the private key", size(attestation.private_key_attestation)),
        ("attestation of the public key", size(attestation.public_key_attestation)),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some(NativeRow::new(name, value?)))
    .collect()
}

/// The key of a certificate, or why it may not be read.
pub(crate) async fn of_certificate(tenant: &Tenant, vault: &VaultId, name: &str) -> Result<Jwk> {
    tenant.client.key(vault, name, None).await.map(|key| key.key).map_err(|error| match error.kind() {
        Kind::Denied if error.permission().is_none() => error.with_permission(GET_KEY.action),
        _ => error,
    })
}
