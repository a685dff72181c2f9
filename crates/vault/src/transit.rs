//! The transit engine: keys that are used inside the server. Reads `MOUNT/keys/NAME`, whose answer holds public keys
//! and settings, and never a private one.

pub(crate) mod kinds;
mod settings;

use std::collections::BTreeMap;

use base64ct::{Base64, Encoding};
use domain::{
    Algorithm, Aspect, Curve, Error, Facet, FacetKind, Item, ItemDetail, ItemKey, Kind, Leaves, NativeRow, Result,
    State, Timestamp, Version,
};
use encoding::PublicKey;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Map, Value};

use crate::client::{Client, null_is_empty};

/// The first part of an item's id.
pub(crate) const KEYS: &str = "keys/";
/// What one of these is called.
pub(crate) const NATIVE_KIND: &str = "transit key";

const READ: &str = "read the key";
/// So many versions that the server no longer shows are listed at most.
const MOST_HIDDEN: u64 = 1_000;

/// One key as the server tells it.
#[derive(Debug)]
pub(crate) struct Key {
    told: Told,
    rows: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
struct Told {
    #[serde(rename = "type")]
    kind: String,
    /// Absent for some symmetric kinds.
    #[serde(default)]
    keys: Option<BTreeMap<String, ToldVersion>>,
    #[serde(default)]
    latest_version: u64,
    #[serde(default)]
    min_available_version: u64,
    #[serde(default)]
    min_decryption_version: u64,
    #[serde(default)]
    exportable: bool,
    #[serde(default)]
    derived: bool,
    #[serde(default)]
    soft_deleted: bool,
    #[serde(default)]
    key_size: Option<u32>,
    #[serde(default)]
    parameter_set: Option<String>,
    #[serde(default)]
    supports_encryption: bool,
    #[serde(default)]
    supports_decryption: bool,
    #[serde(default)]
    supports_derivation: bool,
    #[serde(default)]
    supports_signing: bool,
}

/// A symmetric version is the second it was made in, an asymmetric one an object. Open: newer servers add forms.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum ToldVersion {
    Made(i64),
    Pair {
        #[serde(default)]
        creation_time: Option<Timestamp>,
        #[serde(default, deserialize_with = "null_is_empty")]
        public_key: String,
        /// PEM, one after the other; OpenBao keeps certificates with a key on request.
        #[serde(default, deserialize_with = "null_is_empty")]
        certificate_chain: String,
    },
    Other(IgnoredAny),
}

/// Lists the names of a mount's keys.
pub(crate) async fn names(client: &Client, mount: &str) -> Result<Vec<String>> {
    let listed = client.list("list keys", &format!("{mount}/keys")).await?;
    // Reading the wrapping key makes a folder `import/` appear; it is no key, and keys cannot lie in folders.
    Ok(listed.keys.into_iter().filter(|name| !name.ends_with('/')).collect())
}

/// Reads one key.
pub(crate) async fn read(client: &Client, key: &ItemKey) -> Result<Key> {
    Key::parse(client.read(READ, &format!("{}/{}", key.vault, key.id)).await?)
}

impl Key {
    fn parse(rows: Map<String, Value>) -> Result<Self> {
        let told = Told::deserialize(Value::Object(rows.clone())).map_err(|cause| {
            Error::new(Kind::Invalid, READ, "what the server tells of this key does not have the form that was due")
                .with_source(cause)
        })?;
        Ok(Self { told, rows })
    }

    /// The key as a row.
    pub(crate) fn item(&self, key: ItemKey) -> Item {
        let first = self.version("1");
        let key_facet = Facet::open(FacetKind::Key, self.leaves()).with_operations(self.operations());
        let certificate = self.version(&self.current()).is_some_and(|version| !version.certificates().is_empty());
        let certificate = certificate.then(|| Facet::open(FacetKind::Certificate, Leaves::PublicPart));
        Item {
            name: key.id.strip_prefix(KEYS).unwrap_or(&key.id).to_owned(),
            key,
            native_kind: NATIVE_KIND,
            facets: certificate.into_iter().chain([key_facet]).collect(),
            algorithm: Some(self.algorithm()),
            state: if self.told.soft_deleted { State::Other("soft-deleted".to_owned()) } else { State::Enabled },
            // The first version's time, or none: a later version's would make the key look younger than it is.
            created: first.and_then(ToldVersion::made),
            expires: None,
            current_version: Some(self.current()),
            trouble: None,
        }
    }

    /// The key with its versions and settings.
    pub(crate) fn detail(&self, key: ItemKey) -> ItemDetail {
        let aspects = vec![Aspect::Native(self.native_rows()), self.rotation()];
        ItemDetail { item: self.item(key), versions: self.versions(), aspects }
    }

    /// One version's public key, the current one's without a version.
    pub(crate) fn public_key(&self, version: Option<&str>) -> Result<PublicKey> {
        let current = self.current();
        let id = version.unwrap_or(&current);
        let operation = "read the public key";
        let none = |kind, why: String| Err(Error::new(kind, operation, why));
        let text = match self.version(id) {
            Some(ToldVersion::Pair { public_key, .. }) if !public_key.is_empty() => public_key,
            Some(ToldVersion::Pair { .. }) if self.told.derived => {
                let why = "each context derives a key of its own from this one, so it has no public key";
                return none(Kind::Unsupported, why.to_owned());
            }
            Some(ToldVersion::Pair { .. } | ToldVersion::Other(_)) => {
                return none(
                    Kind::Unsupported,
                    format!("the server shows no public key of this {} key", self.told.kind),
                );
            }
            Some(ToldVersion::Made(_)) => {
                return none(Kind::Unsupported, format!("a key of type {} has no public half", self.told.kind));
            }
            None if self.told.keys.is_none() => {
                return none(Kind::Unsupported, format!("a key of type {} has no public half", self.told.kind));
            }
            None => return Err(self.hidden(operation, id)),
        };
        self.parse_public_key(operation, text)
    }

    /// The certificates kept with one version, leaf first, as DER.
    pub(crate) fn chain(&self, version: Option<&str>) -> Result<Vec<Vec<u8>>> {
        let current = self.current();
        let id = version.unwrap_or(&current);
        let text = match self.version(id) {
            Some(version) => version.certificates(),
            None if self.told.keys.is_some() => return Err(self.hidden("read the certificate", id)),
            None => "",
        };
        if text.is_empty() {
            let message = format!("no certificate is kept with version {id} of this key");
            return Err(Error::new(Kind::NotFound, "read the certificate", message));
        }
        Ok(encoding::pem::decode_all(text)?.into_iter().map(|(_, der)| der).collect())
    }

    /// Vault gives PEM, but for Ed25519 the base64 of the 32 bytes alone.
    fn parse_public_key(&self, operation: &'static str, text: &str) -> Result<PublicKey> {
        if text.trim_start().starts_with("-----BEGIN") {
            return PublicKey::from_pem(text);
        }
        if self.told.kind != "ed25519" {
            let message =
                format!("the public key of a {} key comes in a form this version does not know", self.told.kind);
            return Err(Error::new(Kind::Unsupported, operation, message));
        }
        let raw = Base64::decode_vec(text.trim())
            .map_err(|_| Error::new(Kind::Invalid, operation, "the Ed25519 public key is not base64"))?;
        PublicKey::from_ed25519_raw(&raw)
    }

    fn hidden(&self, operation: &'static str, id: &str) -> Error {
        match id.parse::<u64>() {
            Ok(number) if number == 0 || number > self.told.latest_version => {
                Error::new(Kind::NotFound, operation, format!("the key has no version {id}"))
            }
            Ok(number) if number < self.told.min_available_version => {
                Error::new(Kind::NotFound, operation, format!("version {id} was trimmed: its material is gone"))
            }
            Ok(_) => {
                let least = self.told.min_decryption_version;
                let message =
                    format!("version {id} is below min_decryption_version {least}, so the server keeps it to itself");
                Error::new(Kind::NotFound, operation, message)
                    .with_next("Somebody who may configure the key can lower min_decryption_version.")
            }
            Err(_) => Error::new(Kind::NotFound, operation, format!("the key has no version {id:?}")),
        }
    }

    fn version(&self, id: &str) -> Option<&ToldVersion> {
        self.told.keys.as_ref()?.get(id)
    }

    fn current(&self) -> String {
        self.told.latest_version.to_string()
    }

    fn has_public_key(&self) -> bool {
        let keys = self.told.keys.iter().flat_map(BTreeMap::values);
        keys.into_iter().any(ToldVersion::has_public_key)
    }

    fn leaves(&self) -> Leaves {
        if self.told.exportable {
            Leaves::PrivateMaterial
        } else if self.has_public_key() {
            Leaves::PublicPart
        } else {
            Leaves::Nothing
        }
    }

    fn operations(&self) -> Vec<&'static str> {
        let told = &self.told;
        let mut operations = Vec::new();
        let mut add = |supported: bool, words: &[&'static str]| {
            if supported {
                operations.extend_from_slice(words);
            }
        };
        add(told.supports_encryption, &["encrypt"]);
        add(told.supports_decryption, &["decrypt"]);
        add(told.supports_derivation, &["derive"]);
        add(told.supports_signing, &["sign", "verify"]);
        add(told.kind == "hmac", &["hmac", "verify"]);
        add(told.exportable, &["export"]);
        operations
    }

    /// What kind of key it is.
    pub(crate) fn algorithm(&self) -> Algorithm {
        let size = || self.told.key_size.map(|bytes| Algorithm::Hmac(bytes.saturating_mul(8)));
        match self.told.kind.as_str() {
            "aes128-gcm96" | "aes128-cmac" => Algorithm::Aes(128),
            "aes192-cmac" => Algorithm::Aes(192),
            "aes256-gcm96" | "aes256-cmac" => Algorithm::Aes(256),
            "chacha20-poly1305" => Algorithm::ChaCha20,
            "ecdsa-p256" => Algorithm::Ec(Curve::P256),
            "ecdsa-p384" => Algorithm::Ec(Curve::P384),
            "ecdsa-p521" => Algorithm::Ec(Curve::P521),
            "ed25519" => Algorithm::Ed25519,
            "hmac" => size().unwrap_or_else(|| Algorithm::Other("hmac".to_owned())),
            "rsa-2048" => Algorithm::Rsa(2048),
            "rsa-3072" => Algorithm::Rsa(3072),
            "rsa-4096" => Algorithm::Rsa(4096),
            kind => Algorithm::Other(match &self.told.parameter_set {
                Some(set) if !set.is_empty() => format!("{kind}-{set}"),
                Some(_) | None => kind.to_owned(),
            }),
        }
    }

    /// Newest first: the versions that are told, and those that are known to exist or to have existed below them.
    fn versions(&self) -> Vec<Version> {
        let told = &self.told;
        let version = |id: String, state, made: Option<&ToldVersion>| Version {
            state,
            created: made.and_then(ToldVersion::made),
            expires: None,
            current: id == self.current(),
            has_public_key: made.is_some_and(ToldVersion::has_public_key),
            id,
        };
        let shown = told.keys.iter().flatten().map(|(id, made)| version(id.clone(), State::Enabled, Some(made)));
        let mut all: Vec<Version> = shown.collect();
        let lowest = told.latest_version.saturating_sub(MOST_HIDDEN) + 1;
        for number in lowest..=told.latest_version {
            let id = number.to_string();
            if told.keys.as_ref().is_some_and(|keys| keys.contains_key(&id)) {
                continue;
            }
            let state = if number < told.min_available_version {
                State::Destroyed
            } else if number < told.min_decryption_version {
                State::Disabled
            } else if told.keys.is_none() {
                State::Enabled
            } else {
                State::Unknown
            };
            all.push(version(id, state, None));
        }
        all.sort_by_key(|version| std::cmp::Reverse(version.id.parse::<u64>().unwrap_or(0)));
        all
    }

    /// The key's settings in the server's words, with what a number means beside it.
    fn native_rows(&self) -> Vec<NativeRow> {
        let value = |name: &str, value: &Value| match (name, value.as_u64()) {
            ("auto_rotate_period", Some(0)) => Some("0 (never)".to_owned()),
            ("auto_rotate_period", Some(seconds)) if seconds % 86_400 == 0 => {
                Some(format!("{seconds} seconds ({} days)", seconds / 86_400))
            }
            ("auto_rotate_period", Some(seconds)) => Some(format!("{seconds} seconds")),
            ("min_encryption_version", Some(0)) => Some("0 (the latest)".to_owned()),
            ("min_available_version", Some(0)) => Some("0 (none trimmed)".to_owned()),
            _ => plain(value),
        };
        self.rows.iter().filter_map(|(name, told)| Some(NativeRow::new(name.clone(), value(name, told)?))).collect()
    }
}

impl ToldVersion {
    fn made(&self) -> Option<Timestamp> {
        match self {
            Self::Made(seconds) => Timestamp::from_second(*seconds).ok(),
            Self::Pair { creation_time, .. } => *creation_time,
            Self::Other(_) => None,
        }
    }

    fn certificates(&self) -> &str {
        match self {
            Self::Pair { certificate_chain, .. } => certificate_chain.trim(),
            Self::Made(_) | Self::Other(_) => "",
        }
    }

    fn has_public_key(&self) -> bool {
        match self {
            Self::Pair { public_key, .. } => !public_key.is_empty(),
            Self::Made(_) | Self::Other(_) => false,
        }
    }
}

/// A single value as text; lists and objects have none.
pub(crate) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Bool(it) => Some(it.to_string()),
        Value::Number(it) => Some(it.to_string()),
        Value::String(it) => Some(it.clone()),
        Value::Array(_) | Value::Null | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests;
