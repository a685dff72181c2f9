//! What may be changed at a KMS key: by whose it is, what it is, its state, and what has been made of it so far.

use aws_sdk_kms::types::{
    AliasListEntry, GrantListEntry, KeyManagerType, KeyMetadata, KeySpec, KeyState, MultiRegionKeyType, OriginType,
};
use domain::{Answer, Ask, Error, Result};
use futures::{TryStreamExt, pin_mut};

use super::refuse;
use crate::{
    Account,
    client::{Client, KEY_ROTATIONS, LIST_ALIASES, LIST_GRANTS},
    error::Call,
    imports::ways,
    keys::{MOST_ON_DEMAND, on_demand, waits_for_rotation},
    locate::Arn,
};

/// The generations of a key's material, as far as changes depend on them.
pub(crate) struct Generations {
    on_demand: usize,
    /// Whether imported material waits for the rotation that takes it into use.
    pub(crate) waits: bool,
}

/// A key as it is now. What could not be read is there as the reason.
pub(crate) struct Key {
    pub(crate) metadata: KeyMetadata,
    region: String,
    /// What calls name it by: its id, or its ARN if it lies in another account.
    pub(crate) id: String,
    /// Whether it lies in another account, where only some calls reach.
    foreign: bool,
    pub(crate) aliases: Result<Vec<String>>,
    /// An alias of another key, if there is one in the Region.
    other_alias: Result<Option<String>>,
    pub(crate) grants: Result<Vec<GrantListEntry>>,
    /// `None` for keys that are not rotated in place.
    pub(crate) rotations: Option<Result<Generations>>,
}

impl Key {
    /// Reads it. `address` is a key id, an alias or an ARN.
    pub(super) async fn read(account: &Account, client: &Client, address: &str) -> Result<Self> {
        let metadata = client.describe_key(address).await?;
        // Only by an ARN can a key of another account be asked for. If one's own number is not told, it may be one.
        let foreign = match Arn::parse(address) {
            Some(arn) => account.number().await.ok().as_deref() != Some(arn.account),
            None => false,
        };
        let id = metadata.arn.as_ref().filter(|_| foreign).unwrap_or(&metadata.key_id).clone();
        let rotations = async {
            match has_rotations(&metadata) {
                true => Some(client.key_rotations(&id).await.map(|rotations| Generations {
                    on_demand: on_demand(&rotations),
                    waits: waits_for_rotation(&rotations),
                })),
                false => None,
            }
        };
        let (aliases, other_alias, grants, rotations) = futures::join!(
            client.aliases(Some(&id)).try_concat(),
            other_alias(client, &metadata.key_id),
            client.grants(&id),
            rotations,
        );
        let aliases = aliases.map(|list| list.into_iter().filter_map(|alias| alias.alias_name).collect());
        let region = client.region().to_owned();
        Ok(Self { metadata, region, id, foreign, aliases, other_alias, grants, rotations })
    }

    /// What a person calls it.
    pub(crate) fn name(&self) -> String {
        let alias = self.aliases.as_ref().ok().and_then(|aliases| aliases.first());
        alias.map_or(self.metadata.key_id.as_str(), |alias| alias.strip_prefix("alias/").unwrap_or(alias)).to_owned()
    }

    pub(crate) fn is(&self, state: &KeyState) -> bool {
        self.metadata.key_state.as_ref() == Some(state)
    }

    /// Whether it may be changed in this way.
    pub(super) fn answer(&self, ask: Ask) -> Answer {
        if let Some(because) = never(ask) {
            return refuse(because);
        }
        if self.metadata.key_manager == Some(KeyManagerType::Aws) {
            return refuse("AWS manages this key: only the AWS service that made it changes it.");
        }
        if self.foreign && !matches!(ask, Ask::CreateGrant | Ask::RetireGrant | Ask::RevokeGrant) {
            return refuse("The key lies in another account: it is changed there.");
        }
        if ask == Ask::CancelDeletion {
            return match self.is(&KeyState::PendingDeletion) || self.is(&KeyState::PendingReplicaDeletion) {
                true => Answer::Allow,
                false => refuse("The key does not wait for its deletion."),
            };
        }
        if self.is(&KeyState::PendingDeletion) || self.is(&KeyState::PendingReplicaDeletion) {
            return refuse("The key waits for its deletion: cancel that first.");
        }
        self.by_state(ask)
    }

    fn by_state(&self, ask: Ask) -> Answer {
        let (enabled, disabled) = (self.is(&KeyState::Enabled), self.is(&KeyState::Disabled));
        let state = self.metadata.key_state.as_ref().map_or("unknown", |state| state.as_str());
        match ask {
            Ask::ChangeDescription | Ask::ChangePolicy | Ask::ChangeTags | Ask::CreateAlias | Ask::ScheduleDeletion => {
                Answer::Allow
            }
            Ask::DeleteAlias => any(self.aliases.as_deref(), LIST_ALIASES, "No alias points at the key."),
            Ask::MoveAlias => {
                let others = self.other_alias.as_ref().map(Option::as_slice);
                any(others, LIST_ALIASES, "No alias in this Region points at another key.")
            }
            Ask::Disable if enabled => Answer::Allow,
            Ask::Disable => refuse(format!("The key is not enabled: its state is {state}.")),
            Ask::Enable if disabled => Answer::Allow,
            Ask::Enable => refuse(format!("The key is not disabled: its state is {state}.")),
            Ask::ImportMaterial => self.by_origin(),
            Ask::RetireGrant | Ask::RevokeGrant => any(self.grants.as_deref(), LIST_GRANTS, "The key has no grants."),
            Ask::CreateGrant | Ask::Rotate | Ask::SetRotation if !enabled => {
                refuse(format!("AWS does this with an enabled key only: the state of this one is {state}."))
            }
            Ask::CreateGrant => Answer::Allow,
            Ask::Rotate | Ask::SetRotation => self.by_rotation(ask),
            // Answered before: they never are, or depend on nothing here.
            Ask::BackUp
            | Ask::CancelDeletion
            | Ask::CancelIssuance
            | Ask::ChangeCertificatePolicy
            | Ask::Configure
            | Ask::CreateCertificate
            | Ask::CreateKey
            | Ask::CreateSecret
            | Ask::Delete
            | Ask::DeleteIssuer
            | Ask::DeleteVersions
            | Ask::ExportCertificate
            | Ask::ExportPrivateKey
            | Ask::ExportPublicKey
            | Ask::ExportSigningRequest
            | Ask::ImportCertificate
            | Ask::ImportKey
            | Ask::MergeCertificate
            | Ask::Restore
            | Ask::RevealSecret
            | Ask::RollBack
            | Ask::SetContacts
            | Ask::SetIssuer
            | Ask::Trim
            | Ask::UndeleteVersions
            | Ask::WriteValue => refuse("A KMS key has no such thing."),
        }
    }

    /// Whether it takes material.
    fn by_origin(&self) -> Answer {
        match &self.metadata.origin {
            Some(OriginType::External) => {}
            Some(OriginType::AwsKms) => {
                return refuse(
                    "KMS made the material of this key: only a key that was made for it (EXTERNAL) takes any.",
                );
            }
            Some(_) | None => {
                return refuse("The material of this key lies in a custom key store: KMS takes none for it.");
            }
        }
        let spec = self.metadata.key_spec.as_ref().map_or("", KeySpec::as_str);
        if ways::of_spec(spec, &self.region).is_empty() {
            return refuse(format!("KMS takes no material for {spec} keys that is wrapped for an RSA key."));
        }
        let takes = [KeyState::PendingImport, KeyState::Enabled, KeyState::Disabled];
        match takes.iter().any(|state| self.is(state)) {
            true => Answer::Allow,
            false => refuse(format!(
                "A key takes material while it waits for it, is enabled or disabled: the state of this one is {}.",
                self.metadata.key_state.as_ref().map_or("unknown", KeyState::as_str)
            )),
        }
    }

    fn by_rotation(&self, ask: Ask) -> Answer {
        if !has_rotations(&self.metadata) {
            return refuse("Only symmetric encryption keys outside of custom key stores are rotated in place.");
        }
        let multi_region = self.metadata.multi_region_configuration.as_ref();
        if multi_region.and_then(|it| it.multi_region_key_type.as_ref()) == Some(&MultiRegionKeyType::Replica) {
            return refuse("This is a replica: its material is rotated at the primary key.");
        }
        let imported = self.metadata.origin == Some(OriginType::External);
        match (ask, &self.rotations) {
            (Ask::SetRotation, _) if imported => {
                refuse("KMS rotates by itself only material KMS made: import new material instead.")
            }
            (Ask::Rotate, Some(Ok(made))) if imported && !made.waits => {
                refuse("This is not material KMS made: import new material, which the key is then rotated to.")
            }
            (Ask::Rotate, Some(Ok(made))) if made.on_demand >= MOST_ON_DEMAND => {
                refuse(format!("All {MOST_ON_DEMAND} rotations on demand that a key has are used up."))
            }
            (Ask::Rotate, Some(Err(_))) => Answer::Unknown { probe: KEY_ROTATIONS.permission.to_owned() },
            (_, Some(_) | None) => Answer::Allow,
        }
    }
}

/// The first alias of another key that a person may move.
async fn other_alias(client: &Client, key: &str) -> Result<Option<String>> {
    let pages = client.aliases(None);
    pin_mut!(pages);
    while let Some(page) = pages.try_next().await? {
        if let Some(found) = page.into_iter().find(|alias| movable(alias, key)) {
            return Ok(found.alias_name);
        }
    }
    Ok(None)
}

/// Whether the alias points at another key than this one, and is not one of AWS's own.
pub(crate) fn movable(alias: &AliasListEntry, key: &str) -> bool {
    let name = alias.alias_name().unwrap_or_default();
    !name.starts_with("alias/aws/") && alias.target_key_id().is_some_and(|target| target != key)
}

/// Why no KMS key is ever changed in this way.
fn never(ask: Ask) -> Option<&'static str> {
    match ask {
        Ask::Configure => Some("A KMS key has no settings beside those that are here."),
        Ask::CancelIssuance | Ask::ChangeCertificatePolicy | Ask::MergeCertificate => {
            Some("A KMS key has no certificate.")
        }
        Ask::CreateCertificate
        | Ask::CreateKey
        | Ask::CreateSecret
        | Ask::DeleteIssuer
        | Ask::ImportCertificate
        | Ask::ImportKey
        | Ask::Restore
        | Ask::SetContacts
        | Ask::SetIssuer => Some("That is made in a Region, not at a key."),
        Ask::Delete => Some("KMS destroys no key at once: schedule its deletion."),
        Ask::DeleteVersions | Ask::UndeleteVersions => Some("KMS keeps every generation of a key's material in use."),
        Ask::RollBack => Some("KMS encrypts with the newest material, and decrypts with all of it."),
        Ask::Trim => Some("KMS destroys a key as a whole, never one generation of its material."),
        Ask::WriteValue => Some("A KMS key has no value that can be written."),
        Ask::CancelDeletion
        | Ask::ChangeDescription
        | Ask::ChangePolicy
        | Ask::ChangeTags
        | Ask::CreateAlias
        | Ask::CreateGrant
        | Ask::DeleteAlias
        | Ask::Disable
        | Ask::Enable
        | Ask::BackUp
        | Ask::ExportCertificate
        | Ask::ExportPrivateKey
        | Ask::ExportPublicKey
        | Ask::ExportSigningRequest
        | Ask::ImportMaterial
        | Ask::MoveAlias
        | Ask::RetireGrant
        | Ask::RevealSecret
        | Ask::RevokeGrant
        | Ask::Rotate
        | Ask::ScheduleDeletion
        | Ask::SetRotation => None,
    }
}

/// Whether KMS rotates it in place: imported material, to other that was imported before.
fn has_rotations(metadata: &KeyMetadata) -> bool {
    metadata.key_spec == Some(KeySpec::SymmetricDefault)
        && matches!(metadata.origin, Some(OriginType::AwsKms | OriginType::External))
}

/// Allowed if there is one to choose.
fn any<T>(there: Result<&[T], &Error>, reading: Call, none: &str) -> Answer {
    match there {
        Ok([]) => refuse(none),
        Ok(_) => Answer::Allow,
        Err(_) => Answer::Unknown { probe: reading.permission.to_owned() },
    }
}
