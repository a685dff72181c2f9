//! The actions of AWS KMS, as data. Source: Service Authorization Reference, AWS KMS, 2026-11.

use crate::Power;

/// One action of KMS.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KmsAction {
    /// Without the prefix `kms:`.
    pub name: &'static str,
    /// What whoever may do it gains; `None` for reading of metadata and for what changes nothing of the key's use.
    pub power: Option<Power>,
    /// Whether a key policy decides it. Others name no key (`kms:ListKeys`) and have no effect in one.
    pub of_key: bool,
}

const fn of_key(name: &'static str, power: Option<Power>) -> KmsAction {
    KmsAction { name, power, of_key: true }
}

const fn of_account(name: &'static str) -> KmsAction {
    KmsAction { name, power: None, of_key: false }
}

/// Every action, by name.
pub const KMS_ACTIONS: &[KmsAction] = &[
    of_key("CancelKeyDeletion", None),
    of_account("ConnectCustomKeyStore"),
    of_key("CreateAlias", None),
    of_account("CreateCustomKeyStore"),
    of_key("CreateGrant", Some(Power::Delegate)),
    of_account("CreateKey"),
    of_key("Decrypt", Some(Power::Decrypt)),
    of_key("DeleteAlias", None),
    of_account("DeleteCustomKeyStore"),
    of_key("DeleteImportedKeyMaterial", Some(Power::Destroy)),
    of_key("DeriveSharedSecret", Some(Power::Decrypt)),
    of_account("DescribeCustomKeyStores"),
    of_key("DescribeKey", None),
    of_key("DisableKey", Some(Power::Destroy)),
    of_key("DisableKeyRotation", None),
    of_account("DisconnectCustomKeyStore"),
    of_key("EnableKey", None),
    of_key("EnableKeyRotation", None),
    of_key("Encrypt", Some(Power::Encrypt)),
    of_key("GenerateDataKey", Some(Power::Encrypt)),
    of_key("GenerateDataKeyPair", Some(Power::Encrypt)),
    of_key("GenerateDataKeyPairWithoutPlaintext", Some(Power::Encrypt)),
    of_key("GenerateDataKeyWithoutPlaintext", Some(Power::Encrypt)),
    of_key("GenerateMac", Some(Power::Sign)),
    of_account("GenerateRandom"),
    of_key("GetKeyLastUsage", None),
    of_key("GetKeyPolicy", None),
    of_key("GetKeyRotationStatus", None),
    of_key("GetParametersForImport", None),
    of_key("GetPublicKey", None),
    of_key("ImportKeyMaterial", None),
    of_account("ListAliases"),
    of_key("ListGrants", None),
    of_key("ListKeyPolicies", None),
    of_key("ListKeyRotations", None),
    of_account("ListKeys"),
    of_key("ListResourceTags", None),
    of_account("ListRetirableGrants"),
    of_key("PutKeyPolicy", Some(Power::Administer)),
    of_key("ReEncryptFrom", Some(Power::Decrypt)),
    of_key("ReEncryptTo", Some(Power::Encrypt)),
    of_key("ReplicateKey", None),
    of_key("RetireGrant", None),
    of_key("RevokeGrant", None),
    of_key("RotateKeyOnDemand", None),
    of_key("ScheduleKeyDeletion", Some(Power::Destroy)),
    of_key("Sign", Some(Power::Sign)),
    of_key("SynchronizeMultiRegionKey", None),
    of_key("TagResource", None),
    of_key("UntagResource", None),
    of_key("UpdateAlias", None),
    of_account("UpdateCustomKeyStore"),
    of_key("UpdateKeyDescription", None),
    of_key("UpdatePrimaryRegion", None),
    of_key("Verify", None),
    of_key("VerifyMac", None),
];

/// The power an action or a grant's operation gives; with or without `kms:`, in any case of letters.
pub fn power_of(action: &str) -> Option<Power> {
    let name = action.split_once(':').map_or(action, |(_, name)| name);
    KMS_ACTIONS.iter().find(|known| known.name.eq_ignore_ascii_case(name)).and_then(|known| known.power)
}

/// What a key policy can let other accounts do; the rest has no effect for them. Source: KMS Developer Guide, "Allowing
/// users in other accounts to use a KMS key", 2026-11.
const ACROSS_ACCOUNTS: &[&str] = &[
    "CreateGrant",
    "Decrypt",
    "DeriveSharedSecret",
    "DescribeKey",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateDataKeyWithoutPlaintext",
    "GenerateMac",
    "GetKeyRotationStatus",
    "GetPublicKey",
    "ListGrants",
    "ReEncryptFrom",
    "ReEncryptTo",
    "RetireGrant",
    "RevokeGrant",
    "Sign",
    "Verify",
    "VerifyMac",
];

/// Whether somebody of another account than the key's can be let do this at all; with or without `kms:`.
pub fn across_accounts(action: &str) -> bool {
    let name = action.split_once(':').map_or(action, |(_, name)| name);
    ACROSS_ACCOUNTS.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Whether a grant of these operations lets its grantee do this; with or without `kms:`.
pub(super) fn grant_gives(operations: &[String], action: &str) -> bool {
    let name = action.split_once(':').map_or(action, |(_, name)| name);
    operations.iter().any(|operation| operation.eq_ignore_ascii_case(name))
}
