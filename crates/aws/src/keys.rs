//! KMS keys: what DescribeKey says, as a row and as an opened item.

mod aspects;
mod listing;

use std::cmp::Reverse;

use aws_sdk_kms::types::{
    EncryptionAlgorithmSpec, KeyManagerType, KeyMaterialState, KeyMetadata, KeySpec, KeyState, KeyUsageType,
    OriginType, RotationType, RotationsListEntry,
};
use domain::{
    Access, Algorithm, Aspect, Curve, Error, Facet, FacetKind, Item, ItemDetail, ItemKey, Kind, Leaves, NativeRow,
    Result, State, Version,
};
use encoding::PublicKey;
use futures::TryStreamExt;

use crate::{
    client::{self, Client},
    locate::Service,
    time,
};
pub(crate) use aspects::grant;
pub(crate) use listing::list;

/// So many times may a key be rotated on demand in its life. Source: KMS Developer Guide, "Quotas" (2026-11).
pub(crate) const MOST_ON_DEMAND: usize = 25;

/// The provider's word for it, where nothing else is known.
pub(crate) const KMS_KEY: &str = "KMS key";
/// The word for a key that AWS itself makes and keeps.
pub(crate) const AWS_MANAGED: &str = "AWS managed key";

/// The row that says why the aliases could not be read.
pub(crate) const ALIASES: &str = "Aliases";

/// The row of a described key, under the first of its aliases.
fn item(key: ItemKey, metadata: &KeyMetadata, aliases: &[String]) -> Item {
    let spec = metadata.key_spec.as_ref();
    let public = has_public_half(metadata);
    let facet = if public {
        // Only GetPublicKey itself tells; open() tries it.
        Facet::open(FacetKind::Key, Leaves::PublicPart).with_access(Access::Untested)
    } else {
        Facet::open(FacetKind::Key, Leaves::Nothing)
    };
    Item {
        name: name(aliases, &metadata.key_id),
        native_kind: match metadata.key_manager {
            Some(KeyManagerType::Aws) => AWS_MANAGED,
            Some(_) | None => KMS_KEY,
        },
        facets: vec![facet.with_operations(operations(metadata.key_usage.as_ref()))],
        algorithm: spec.map(algorithm),
        state: state(metadata),
        created: metadata.creation_date.as_ref().and_then(time),
        expires: metadata.valid_to.as_ref().and_then(time),
        current_version: metadata.current_key_material_id.clone(),
        trouble: None,
        key,
    }
}

/// The alias that KMS lists first, without the word that every alias begins with; else the key's id.
fn name(aliases: &[String], id: &str) -> String {
    aliases.first().map_or(id, |alias| alias.strip_prefix("alias/").unwrap_or(alias)).to_owned()
}

/// Reads one key afresh. `address` is what KMS shall be asked for: a key id, an alias or an ARN.
pub(crate) async fn open(client: &Client, key: &ItemKey, address: &str) -> Result<ItemDetail> {
    let metadata = client.describe_key(address).await?;
    // An alias is not enough for the other calls, and an id alone not for a key of another account.
    let id = metadata.arn.as_deref().filter(|_| address.starts_with("arn:")).unwrap_or(&metadata.key_id);
    let public = has_public_half(&metadata);
    let rotates = rotates(&metadata);
    let (aliases, tags, grants, public_key, rotations, status) = futures::join!(
        client.aliases(Some(id)).try_concat(),
        client.key_tags(id),
        client.grants(id),
        on(public, client.public_key(id)),
        on(rotates, client.key_rotations(id)),
        on(rotates, client.key_rotation_status(id)),
    );
    let mut rows = native_rows(&metadata);
    let aliases = aliases.map(|list| list.into_iter().filter_map(|alias| alias.alias_name).collect::<Vec<_>>());
    let aliases = or_row(aliases, ALIASES, &mut rows);
    let tags = or_row(tags, "Tags", &mut rows);
    let grants = or_row(grants.map(Some), "Grants", &mut rows);
    let status = status.and_then(|status| or_row(status.map(Some), "KeyRotationEnabled", &mut rows));
    rows.extend(status.iter().flat_map(rotation_rows));
    let rotations = rotations.and_then(|rotations| or_row(rotations.map(Some), "KeyRotations", &mut rows));
    let key = if crate::locate::is_key_id(address) || address.starts_with("arn:") {
        key.clone()
    } else {
        Service::Kms.key(client.region(), &metadata.key_id)
    };
    let mut item = item(key, &metadata, &aliases);
    if let (Some(public_key), Some(facet)) = (public_key, item.facets.first_mut()) {
        facet.access = match public_key {
            Ok(_) => Access::Open,
            Err(error) if error.kind() == Kind::Denied => Access::Closed {
                permission: client::GET_PUBLIC_KEY.permission.to_owned(),
                because: error.message().to_owned(),
            },
            Err(error) => {
                rows.push(not_told("PublicKey", &error));
                Access::Untested
            }
        };
    }
    let mut aspects = Vec::new();
    aspects.extend((!aliases.is_empty()).then_some(Aspect::Aliases(aliases)));
    aspects.extend(metadata.description.clone().filter(|text| !text.is_empty()).map(Aspect::Description));
    aspects.extend(metadata.deletion_date.as_ref().and_then(time).map(|at| Aspect::PendingDeletion { at }));
    aspects.extend((!tags.is_empty()).then_some(Aspect::Tags(tags)));
    aspects.extend(grants.map(|grants| Aspect::Grants(grants.into_iter().filter_map(grant).collect())));
    aspects.extend(status.map(|status| aspects::rotation(&status, rotations.as_deref())));
    aspects.push(Aspect::Native(rows));
    let versions = versions(rotations.as_deref().unwrap_or_default(), metadata.current_key_material_id.as_deref());
    Ok(ItemDetail { item, versions, aspects })
}

/// The public key as DER, read once by our own parser so that nothing else is handed on.
pub(crate) async fn public_key(client: &Client, address: &str, version: Option<&str>) -> Result<Vec<u8>> {
    let operation = client::GET_PUBLIC_KEY.operation;
    if let Some(version) = version {
        let message = format!("a KMS key pair is never rotated in place, so there is no version {version:?}");
        return Err(Error::new(Kind::NotFound, operation, message));
    }
    let der = client.public_key(address).await?;
    PublicKey::from_spki_der(&der).map_err(|error| {
        Error::new(Kind::Invalid, operation, format!("AWS sent a public key that does not parse: {}", error.message()))
    })?;
    Ok(der)
}

/// The answer of a call that makes sense for this key only if `wanted`.
async fn on<T>(wanted: bool, call: impl Future<Output = Result<T>>) -> Option<Result<T>> {
    if wanted { Some(call.await) } else { None }
}

/// What was read; or nothing, and a row that says why.
pub(crate) fn or_row<T: Default>(answer: Result<T>, name: &str, rows: &mut Vec<NativeRow>) -> T {
    answer.unwrap_or_else(|error| {
        rows.push(not_told(name, &error));
        T::default()
    })
}

fn not_told(name: &str, error: &Error) -> NativeRow {
    let value = match error.permission() {
        Some(permission) => format!("not permitted ({permission})"),
        None => format!("not told: {}", error.message()),
    };
    NativeRow::new(name, value)
}

/// Kinds of keys as KMS names them (API reference, KeyMetadata.KeySpec); what this version does not know keeps its word.
pub(crate) fn algorithm(spec: &KeySpec) -> Algorithm {
    match spec {
        KeySpec::SymmetricDefault => Algorithm::Aes(256),
        KeySpec::Rsa2048 => Algorithm::Rsa(2048),
        KeySpec::Rsa3072 => Algorithm::Rsa(3072),
        KeySpec::Rsa4096 => Algorithm::Rsa(4096),
        KeySpec::EccNistP256 => Algorithm::Ec(Curve::P256),
        KeySpec::EccNistP384 => Algorithm::Ec(Curve::P384),
        KeySpec::EccNistP521 => Algorithm::Ec(Curve::P521),
        KeySpec::EccSecgP256K1 => Algorithm::Ec(Curve::P256k1),
        KeySpec::EccNistEdwards25519 => Algorithm::Ed25519,
        KeySpec::Hmac224 => Algorithm::Hmac(224),
        KeySpec::Hmac256 => Algorithm::Hmac(256),
        KeySpec::Hmac384 => Algorithm::Hmac(384),
        KeySpec::Hmac512 => Algorithm::Hmac(512),
        other => Algorithm::Other(other.as_str().to_owned()),
    }
}

/// Whether GetPublicKey can have an answer. For kinds that are not known, what the key is used for tells.
pub(crate) fn has_public_half(metadata: &KeyMetadata) -> bool {
    let known = metadata.key_spec.as_ref().and_then(|spec| algorithm(spec).has_public_half());
    known.unwrap_or_else(|| match metadata.key_usage {
        Some(KeyUsageType::GenerateVerifyMac) | None => false,
        Some(KeyUsageType::EncryptDecrypt) => {
            !metadata.encryption_algorithms().contains(&EncryptionAlgorithmSpec::SymmetricDefault)
        }
        Some(_) => true,
    })
}

/// Whether KMS keeps generations of its material: symmetric encryption keys of KMS's own or of imported material.
fn rotates(metadata: &KeyMetadata) -> bool {
    matches!(metadata.key_spec, Some(KeySpec::SymmetricDefault))
        && matches!(metadata.origin, Some(OriginType::AwsKms | OriginType::External))
}

/// How many of these rotations were made on demand.
pub(crate) fn on_demand(rotations: &[RotationsListEntry]) -> usize {
    rotations.iter().filter(|it| it.rotation_type == Some(RotationType::OnDemand)).count()
}

/// Whether material that was imported waits for its first use: a rotation on demand brings that. Source: API reference,
/// RotationsListEntry.
pub(crate) fn waits_for_rotation(rotations: &[RotationsListEntry]) -> bool {
    rotations.iter().any(|it| it.key_material_state == Some(KeyMaterialState::PendingRotation))
}

fn operations(usage: Option<&KeyUsageType>) -> Vec<&str> {
    match usage {
        Some(KeyUsageType::EncapsulateDecapsulate) => vec!["Encapsulate", "Decapsulate"],
        Some(KeyUsageType::EncryptDecrypt) => vec!["Encrypt", "Decrypt"],
        Some(KeyUsageType::GenerateVerifyMac) => vec!["GenerateMac", "VerifyMac"],
        Some(KeyUsageType::KeyAgreement) => vec!["DeriveSharedSecret"],
        Some(KeyUsageType::SignVerify) => vec!["Sign", "Verify"],
        Some(other) => vec![other.as_str()],
        None => Vec::new(),
    }
}

fn state(metadata: &KeyMetadata) -> State {
    match &metadata.key_state {
        Some(KeyState::Enabled) => State::Enabled,
        Some(KeyState::Disabled) => State::Disabled,
        Some(KeyState::PendingDeletion) => State::PendingDeletion,
        Some(KeyState::PendingImport) => State::PendingImport,
        Some(other) => State::Other(other.as_str().to_owned()),
        None => State::Unknown,
    }
}

fn versions(rotations: &[RotationsListEntry], current: Option<&str>) -> Vec<Version> {
    let mut versions: Vec<Version> = rotations
        .iter()
        .filter_map(|rotation| {
            let id = rotation.key_material_id.clone()?;
            Some(Version {
                state: match &rotation.key_material_state {
                    Some(KeyMaterialState::Current | KeyMaterialState::NonCurrent) => State::Enabled,
                    Some(other) => State::Other(other.as_str().to_owned()),
                    None => State::Unknown,
                },
                created: rotation.rotation_date.as_ref().and_then(time),
                expires: rotation.valid_to.as_ref().and_then(time),
                current: current == Some(&id) || rotation.key_material_state == Some(KeyMaterialState::Current),
                has_public_key: false,
                id,
            })
        })
        .collect();
    // The first material has no rotation date, and is the oldest.
    versions.sort_by_key(|version| (Reverse(version.created), !version.current));
    versions
}

fn native_rows(metadata: &KeyMetadata) -> Vec<NativeRow> {
    let joined = |words: Vec<&str>| (!words.is_empty()).then(|| words.join(", "));
    let multi_region = metadata.multi_region_configuration.as_ref();
    let primary = multi_region.and_then(|it| it.primary_key.as_ref()).and_then(|key| key.arn.clone());
    let replicas = multi_region.map(|it| it.replica_keys().iter().filter_map(|key| key.arn.as_deref()).collect());
    [
        ("KeyId", Some(metadata.key_id.clone())),
        ("Arn", metadata.arn.clone()),
        ("AWSAccountId", metadata.aws_account_id.clone()),
        ("KeyManager", metadata.key_manager.as_ref().map(ToString::to_string)),
        ("KeySpec", metadata.key_spec.as_ref().map(ToString::to_string)),
        ("KeyUsage", metadata.key_usage.as_ref().map(ToString::to_string)),
        ("KeyState", metadata.key_state.as_ref().map(ToString::to_string)),
        ("Origin", metadata.origin.as_ref().map(ToString::to_string)),
        ("EncryptionAlgorithms", joined(metadata.encryption_algorithms().iter().map(|it| it.as_str()).collect())),
        ("SigningAlgorithms", joined(metadata.signing_algorithms().iter().map(|it| it.as_str()).collect())),
        ("MacAlgorithms", joined(metadata.mac_algorithms().iter().map(|it| it.as_str()).collect())),
        ("KeyAgreementAlgorithms", joined(metadata.key_agreement_algorithms().iter().map(|it| it.as_str()).collect())),
        ("EncapsulationAlgorithms", joined(metadata.encapsulation_algorithms().iter().map(|it| it.as_str()).collect())),
        ("ExpirationModel", metadata.expiration_model.as_ref().map(ToString::to_string)),
        ("ValidTo", metadata.valid_to.as_ref().and_then(time).map(|at| at.to_string())),
        ("CurrentKeyMaterialId", metadata.current_key_material_id.clone()),
        ("CustomKeyStoreId", metadata.custom_key_store_id.clone()),
        ("CloudHsmClusterId", metadata.cloud_hsm_cluster_id.clone()),
        ("XksKeyId", metadata.xks_key_configuration.as_ref().and_then(|key| key.id.clone())),
        ("MultiRegion", metadata.multi_region.map(|it| it.to_string())),
        ("MultiRegionKeyType", multi_region.and_then(|it| it.multi_region_key_type.as_ref()).map(ToString::to_string)),
        ("PrimaryKey", primary),
        ("ReplicaKeys", replicas.and_then(joined)),
        ("PendingDeletionWindowInDays", metadata.pending_deletion_window_in_days.map(|days| days.to_string())),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some(NativeRow::new(name, value?)))
    .collect()
}

fn rotation_rows(
    status: &aws_sdk_kms::operation::get_key_rotation_status::GetKeyRotationStatusOutput,
) -> Vec<NativeRow> {
    let instant = |at: Option<&aws_sdk_kms::primitives::DateTime>| at.and_then(time).map(|at| at.to_string());
    [
        ("KeyRotationEnabled", Some(status.key_rotation_enabled.to_string())),
        ("RotationPeriodInDays", status.rotation_period_in_days.map(|days| days.to_string())),
        ("NextRotationDate", instant(status.next_rotation_date.as_ref())),
        ("OnDemandRotationStartDate", instant(status.on_demand_rotation_start_date.as_ref())),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some(NativeRow::new(name, value?)))
    .collect()
}
