//! What Key Vault answers, as far as we read it: open to members and words that this version does not know. Source: the
//! definitions of the Key Vault API, 7.3 to 2025-07-01; the official crates hand the bodies out as they came.

use std::collections::BTreeMap;

use base64ct::{Base64UrlUnpadded, Encoding};
use domain::Timestamp;
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

/// One page of any list.
#[derive(Debug, Deserialize)]
pub(crate) struct Page {
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) value: Vec<Listed>,
    #[serde(default, rename = "nextLink")]
    pub(crate) next_link: Option<String>,
}

/// One object of a list: a key, a secret or a certificate, or one version of it, live or deleted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Listed {
    /// The address of a secret or a certificate.
    pub(crate) id: Option<String>,
    /// The address of a key.
    pub(crate) kid: Option<String>,
    pub(crate) attributes: Attributes,
    #[serde(deserialize_with = "or_default")]
    pub(crate) tags: BTreeMap<String, String>,
    /// Whether it belongs to a certificate of the same name.
    #[serde(deserialize_with = "or_default")]
    pub(crate) managed: bool,
    pub(crate) content_type: Option<String>,
    pub(crate) deleted_date: Option<i64>,
    pub(crate) scheduled_purge_date: Option<i64>,
}

/// What all objects have.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Attributes {
    pub(crate) enabled: Option<bool>,
    pub(crate) nbf: Option<i64>,
    pub(crate) exp: Option<i64>,
    pub(crate) created: Option<i64>,
    pub(crate) updated: Option<i64>,
    pub(crate) recovery_level: Option<String>,
    pub(crate) recoverable_days: Option<u32>,
    pub(crate) exportable: Option<bool>,
    pub(crate) hsm_platform: Option<String>,
    /// Given by its own call alone, and by HSMs.
    pub(crate) attestation: Option<Attestation>,
}

/// What an HSM says of a key that it holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Attestation {
    /// The certificates of the HSM, as PEM.
    pub(crate) certificate_pem_file: Option<Number>,
    pub(crate) private_key_attestation: Option<Number>,
    pub(crate) public_key_attestation: Option<Number>,
    pub(crate) version: Option<String>,
}

/// A key, live or deleted.
#[derive(Debug, Deserialize)]
pub(crate) struct Key {
    pub(crate) key: Jwk,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) attributes: Attributes,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) tags: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) managed: bool,
    #[serde(default)]
    pub(crate) release_policy: Option<ReleasePolicy>,
    #[serde(default, rename = "scheduledPurgeDate")]
    pub(crate) scheduled_purge_date: Option<i64>,
}

/// The public numbers of a key (RFC 7517).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Jwk {
    pub(crate) kid: Option<String>,
    pub(crate) kty: String,
    pub(crate) crv: Option<String>,
    pub(crate) key_ops: Option<Vec<String>>,
    pub(crate) n: Option<Number>,
    pub(crate) e: Option<Number>,
    pub(crate) x: Option<Number>,
    pub(crate) y: Option<Number>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReleasePolicy {
    #[serde(default)]
    pub(crate) data: Option<Number>,
    #[serde(default)]
    pub(crate) immutable: Option<bool>,
}

/// A certificate, live or deleted.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Certificate {
    pub(crate) id: Option<String>,
    pub(crate) kid: Option<String>,
    pub(crate) sid: Option<String>,
    pub(crate) x5t: Option<Number>,
    /// DER, in standard base64.
    pub(crate) cer: Option<String>,
    pub(crate) content_type: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) attributes: Attributes,
    #[serde(deserialize_with = "or_default")]
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) policy: Option<Policy>,
    pub(crate) scheduled_purge_date: Option<i64>,
}

/// The rules by which a certificate is made.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Policy {
    #[serde(deserialize_with = "or_default")]
    pub(crate) key_props: KeyProperties,
    #[serde(deserialize_with = "or_default")]
    pub(crate) secret_props: SecretProperties,
    #[serde(deserialize_with = "or_default")]
    pub(crate) x509_props: X509Properties,
    #[serde(deserialize_with = "or_default")]
    pub(crate) lifetime_actions: Vec<LifetimeAction>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) issuer: Issuer,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct KeyProperties {
    pub(crate) exportable: Option<bool>,
    pub(crate) kty: Option<String>,
    pub(crate) key_size: Option<u32>,
    pub(crate) crv: Option<String>,
    pub(crate) reuse_key: Option<bool>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct SecretProperties {
    pub(crate) content_type: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct X509Properties {
    pub(crate) subject: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) sans: Names,
    #[serde(deserialize_with = "or_default")]
    pub(crate) key_usage: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) ekus: Vec<String>,
    pub(crate) validity_months: Option<u32>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Names {
    #[serde(deserialize_with = "or_default")]
    pub(crate) dns_names: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) emails: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) upns: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct LifetimeAction {
    #[serde(deserialize_with = "or_default")]
    pub(crate) trigger: Trigger,
    #[serde(deserialize_with = "or_default")]
    pub(crate) action: Action,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Trigger {
    pub(crate) lifetime_percentage: Option<u32>,
    pub(crate) days_before_expiry: Option<u32>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Action {
    pub(crate) action_type: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Issuer {
    pub(crate) name: Option<String>,
    pub(crate) cty: Option<String>,
}

/// A certificate on its way.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Operation {
    pub(crate) csr: Option<String>,
    pub(crate) cancellation_requested: Option<bool>,
    pub(crate) status: Option<String>,
    pub(crate) status_details: Option<String>,
    pub(crate) request_id: Option<String>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) issuer: Issuer,
    pub(crate) error: Option<Refusal>,
}

/// What an issuer said against it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Refusal {
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
}

/// A secret with its value.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Secret {
    #[serde(default)]
    pub(crate) value: Option<Zeroizing<String>>,
    #[serde(default)]
    pub(crate) content_type: Option<String>,
}

/// A signature.
#[derive(Deserialize)]
pub(crate) struct Signature {
    #[serde(default)]
    pub(crate) value: Option<Number>,
}

/// A backup: base64url text that only the service understands.
#[derive(Deserialize)]
pub(crate) struct Backup {
    #[serde(default)]
    pub(crate) value: Option<String>,
}

/// The rules of a key's rotation. It may come without any.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct RotationPolicy {
    #[serde(deserialize_with = "or_default")]
    pub(crate) lifetime_actions: Vec<RotationAction>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) attributes: RotationAttributes,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct RotationAttributes {
    pub(crate) expiry_time: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RotationAction {
    #[serde(deserialize_with = "or_default")]
    pub(crate) trigger: RotationTrigger,
    #[serde(deserialize_with = "or_default")]
    pub(crate) action: RotationActionType,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct RotationTrigger {
    pub(crate) time_after_create: Option<String>,
    pub(crate) time_before_expiry: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RotationActionType {
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
}

/// Bytes in base64url, as they are in JSON Web Keys; padding is tolerated.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Number(pub(crate) Vec<u8>);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Base64UrlUnpadded::decode_vec(text.trim_end_matches('='))
            .map(Self)
            .map_err(|_| serde::de::Error::custom("it is no base64url"))
    }
}

/// Seconds since 1970 as an instant.
pub(crate) fn instant(seconds: Option<i64>) -> Option<Timestamp> {
    seconds.and_then(|seconds| Timestamp::from_second(seconds).ok())
}

/// `null` where a list, a table or a flag is due.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}
