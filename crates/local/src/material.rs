//! What the versions of entries are made of. The shapes here are also the encrypted body's JSON.
//!
//! Every enum is tagged from outside (serde's default): the other taggings buffer a whole value in memory that nobody
//! wipes.

use domain::{Algorithm, Error, Kind, Result, Secret, Timestamp};
use serde::{Deserialize, Serialize};

use crate::entries::ADD;

/// What a version is made of.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Material {
    /// An X.509 certificate with the private key of its subject.
    Certificate {
        /// The subject's key.
        key: KeyPair,
        /// The certificate itself.
        leaf: Der,
        /// Those who issued it, nearest first, as far as they are kept.
        issuers: Vec<Der>,
    },
    /// A private key that stays inside.
    Key(KeyPair),
    /// A value that can be read out.
    Secret {
        /// The value, text or bytes.
        #[serde(with = "secret_base64")]
        value: Secret,
        /// A media type such as `text/plain`; empty if unknown.
        content_type: String,
    },
    /// A symmetric key that stays inside.
    Symmetric {
        /// Its kind.
        algorithm: Algorithm,
        /// Its bytes.
        #[serde(with = "secret_base64")]
        key: Secret,
    },
}

/// An asymmetric key.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyPair {
    pub(crate) algorithm: Algorithm,
    /// DER of PKCS#8 PrivateKeyInfo, version 1 (RFC 5208).
    #[serde(with = "secret_base64")]
    pub(crate) private: Secret,
    /// DER of SubjectPublicKeyInfo.
    pub(crate) public: Der,
}

/// DER of something public, in base64 in the file.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Der(#[serde(with = "bytes_base64")] pub(crate) Vec<u8>);

impl Material {
    /// A secret value with its media type.
    pub fn secret(value: Secret, content_type: &str) -> Self {
        Self::Secret { value, content_type: content_type.to_owned() }
    }

    pub(crate) fn algorithm(&self) -> Option<&Algorithm> {
        match self {
            Self::Certificate { key, .. } | Self::Key(key) => Some(&key.algorithm),
            Self::Secret { .. } => None,
            Self::Symmetric { algorithm, .. } => Some(algorithm),
        }
    }

    /// DER of SubjectPublicKeyInfo, where there is a public half.
    pub(crate) fn public_key(&self) -> Option<&[u8]> {
        match self {
            Self::Certificate { key, .. } | Self::Key(key) => Some(&key.public.0),
            Self::Secret { .. } | Self::Symmetric { .. } => None,
        }
    }

    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Certificate { .. } => "certificate",
            Self::Key(_) => "key",
            Self::Secret { .. } => "secret",
            Self::Symmetric { .. } => "symmetric key",
        }
    }
}

impl KeyPair {
    /// When its certificate `leaf` ends.
    ///
    /// # Errors
    /// `Invalid` if the certificate does not parse or is of another key.
    pub(crate) fn end_of(&self, leaf: &Der) -> Result<Timestamp> {
        let certificate = encoding::x509::Certificate::parse(&leaf.0)?;
        if certificate.public_key()?.spki_der() != self.public.0 {
            return Err(Error::new(Kind::Invalid, ADD, "the certificate is of another key"));
        }
        Ok(certificate.not_after)
    }
}

/// Secret bytes as base64 text, without a copy that outlives the call.
mod secret_base64 {
    use base64ct::{Base64, Encoding};
    use domain::Secret;
    use serde::{Deserializer, Serializer};
    use zeroize::Zeroizing;

    pub(super) fn serialize<S: Serializer>(secret: &Secret, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&Zeroizing::new(Base64::encode_string(secret.expose())))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Secret, D::Error> {
        super::bytes_base64::deserialize(from).map(Secret::new)
    }
}

/// Bytes as base64 text.
mod bytes_base64 {
    use std::fmt;

    use base64ct::{Base64, Encoding};
    use serde::{Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&Base64::encode_string(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        from.deserialize_str(Text)
    }

    struct Text;

    impl de::Visitor<'_> for Text {
        type Value = Vec<u8>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("base64")
        }

        // Reads straight from the decrypted buffer: base64 needs no JSON escapes, so serde_json lends its own text.
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            Base64::decode_vec(text).map_err(|_| E::custom("not base64"))
        }
    }
}
