//! The condition keys of KMS and the global ones, as data. Sources: KMS Developer Guide, "AWS KMS condition keys" and
//! "Condition keys for attested platforms"; Service Authorization Reference, AWS KMS; IAM User Guide, "AWS global condition
//! context keys", 2026-11.

use super::actions::{KMS_ACTIONS, KmsAction};

/// A condition key of KMS.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ConditionKey {
    /// With its prefix. If it ends in a colon or a number follows, whatever follows belongs to it.
    pub name: &'static str,
    /// Which requests have it.
    pub of: Requests,
    /// Whether what follows the name is chosen by whoever writes: `kms:EncryptionContext:Department`.
    pub open: bool,
}

/// Which requests have a condition key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Requests {
    /// All that name a key.
    OfAnyKey,
    /// Those of these actions.
    Of(&'static [&'static str]),
}

const CRYPTOGRAPHIC: &[&str] = &[
    "Decrypt",
    "DeriveSharedSecret",
    "DescribeKey",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateDataKeyWithoutPlaintext",
    "GenerateMac",
    "GetPublicKey",
    "ReEncryptFrom",
    "ReEncryptTo",
    "Sign",
    "Verify",
    "VerifyMac",
];
const SYMMETRIC: &[&str] = &[
    "CreateGrant",
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
    "RetireGrant",
];
const ENCRYPTING: &[&str] = &[
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
];
/// Those that take a recipient's attestation document.
pub(super) const ATTESTED: &[&str] =
    &["Decrypt", "DeriveSharedSecret", "GenerateDataKey", "GenerateDataKeyPair", "GenerateRandom"];
const GRANTING: &[&str] = &["CreateGrant", "ListGrants", "RevokeGrant"];

const fn any(name: &'static str) -> ConditionKey {
    ConditionKey { name, of: Requests::OfAnyKey, open: false }
}

const fn of(name: &'static str, actions: &'static [&'static str]) -> ConditionKey {
    ConditionKey { name, of: Requests::Of(actions), open: false }
}

const fn open(name: &'static str, actions: &'static [&'static str]) -> ConditionKey {
    ConditionKey { name, of: Requests::Of(actions), open: true }
}

/// The keys of KMS.
pub const KMS_KEYS: &[ConditionKey] = &[
    of("kms:BypassPolicyLockoutSafetyCheck", &["PutKeyPolicy"]),
    any("kms:CallerAccount"),
    any("kms:CustomerMasterKeySpec"),
    any("kms:CustomerMasterKeyUsage"),
    of("kms:DataKeyPairSpec", &["GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext"]),
    of("kms:EncryptionAlgorithm", ENCRYPTING),
    open("kms:EncryptionContext:", SYMMETRIC),
    of("kms:EncryptionContextKeys", SYMMETRIC),
    of("kms:ExpirationModel", &["ImportKeyMaterial"]),
    of("kms:GrantConstraintSourceArn", &["CreateGrant"]),
    of("kms:GrantConstraintType", &["CreateGrant", "RetireGrant"]),
    of("kms:GrantIsForAWSResource", GRANTING),
    of("kms:GrantOperations", &["CreateGrant"]),
    of("kms:GranteePrincipal", &["CreateGrant"]),
    of("kms:GranteeServicePrincipal", &["CreateGrant"]),
    of("kms:KeyAgreementAlgorithm", &["DeriveSharedSecret"]),
    any("kms:KeyOrigin"),
    any("kms:KeySpec"),
    any("kms:KeyUsage"),
    of("kms:MacAlgorithm", &["GenerateMac", "VerifyMac"]),
    of("kms:MessageType", &["Sign", "Verify"]),
    any("kms:MultiRegion"),
    any("kms:MultiRegionKeyType"),
    of("kms:PrimaryRegion", &["UpdatePrimaryRegion"]),
    of("kms:ReEncryptOnSameKey", &["ReEncryptFrom", "ReEncryptTo"]),
    of("kms:RecipientAttestation:ImageSha384", ATTESTED),
    open("kms:RecipientAttestation:NitroTPMPCR", ATTESTED),
    open("kms:RecipientAttestation:PCR", ATTESTED),
    of("kms:ReplicaRegion", &["ReplicateKey"]),
    of("kms:RequestAlias", CRYPTOGRAPHIC),
    any("kms:ResourceAliases"),
    of("kms:RetiringPrincipal", &["CreateGrant"]),
    of("kms:RetiringServicePrincipal", &["CreateGrant"]),
    of("kms:RotationPeriodInDays", &["EnableKeyRotation"]),
    of("kms:ScheduleKeyDeletionPendingWindowInDays", &["ScheduleKeyDeletion"]),
    of("kms:SigningAlgorithm", &["Sign", "Verify"]),
    of("kms:TrailingDaysWithoutKeyUsage", &["DisableKey", "ScheduleKeyDeletion"]),
    of("kms:ValidTo", &["ImportKeyMaterial"]),
    any("kms:ViaService"),
    of("kms:WrappingAlgorithm", &["GetParametersForImport"]),
    of("kms:WrappingKeySpec", &["GetParametersForImport"]),
];

/// The global keys. Those that end in a slash are followed by a tag's name.
pub const GLOBAL_KEYS: &[&str] = &[
    "aws:AssumedRoot",
    "aws:CalledVia",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:ChatbotSourceArn",
    "aws:CurrentTime",
    "aws:Ec2InstanceSourcePrivateIPv4",
    "aws:Ec2InstanceSourceVpc",
    "aws:EpochTime",
    "aws:FederatedProvider",
    "aws:IsMcpServiceAction",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:PrincipalTag/",
    "aws:PrincipalType",
    "aws:Referer",
    "aws:RequestTag/",
    "aws:RequestedRegion",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
    "aws:ResourceTag/",
    "aws:SecureTransport",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIdentity",
    "aws:SourceIp",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:TagKeys",
    "aws:TokenIssueTime",
    "aws:UserAgent",
    "aws:ViaAWSMCPService",
    "aws:ViaAWSService",
    "aws:VpcSourceIp",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "aws:userid",
    "aws:username",
    "ec2:RoleDelivery",
    "ec2:SourceInstanceARN",
    "glue:RoleAssumedBy",
    "lambda:SourceFunctionArn",
    "ssm:SourceInstanceARN",
];

/// The key of KMS that a condition names. Upper and lower case are the same.
pub(super) fn kms_key(name: &str) -> Option<&'static ConditionKey> {
    KMS_KEYS.iter().find(|key| key.is(name))
}

/// Whether requests of an action (`kms:Decrypt`) never have a condition key. Of keys that are not of KMS nothing is known.
pub(super) fn is_never_with(key: &str, action: &str) -> bool {
    let name = action.split_once(':').map_or(action, |(_, name)| name);
    let of_action = KMS_ACTIONS.iter().find(|known| known.name.eq_ignore_ascii_case(name));
    of_action.zip(kms_key(key)).is_some_and(|(action, key)| !key.fits(action))
}

/// Whether a condition names a global key.
pub(super) fn is_global(name: &str) -> bool {
    GLOBAL_KEYS.iter().any(|known| {
        (known.eq_ignore_ascii_case(name) && !known.ends_with('/'))
            || (known.ends_with('/') && starts_with(name, known) && name.len() > known.len())
    })
}

/// Whether a condition speaks of what a recipient's attestation document says.
pub(super) fn is_attestation(name: &str) -> bool {
    starts_with(name, "kms:RecipientAttestation:")
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(start))
}

impl ConditionKey {
    fn is(&self, name: &str) -> bool {
        let numbered = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
        match self.open {
            false => self.name.eq_ignore_ascii_case(name),
            true if !starts_with(name, self.name) => false,
            true if self.name.ends_with(':') => name.len() > self.name.len(),
            true => name.get(self.name.len()..).is_some_and(numbered),
        }
    }

    /// Whether requests of an action have the key.
    pub fn fits(&self, action: &KmsAction) -> bool {
        match self.of {
            Requests::OfAnyKey => true,
            Requests::Of(names) => names.contains(&action.name),
        }
    }
}
