//! What kind of key it is. Clouds add kinds without asking, so the enum is open: [`Algorithm::Other`] keeps their word.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kind and size of a key, as an admin says it.
///
/// `Display` and `FromStr`-like parsing by [`Algorithm::parse`] round-trip, so the text can be stored.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Algorithm {
    /// AES with its key length in bits.
    Aes(u32),
    /// ChaCha20-Poly1305.
    ChaCha20,
    /// A key on a named elliptic curve, for ECDSA or ECDH.
    Ec(Curve),
    /// Edwards curve 25519 signatures (RFC 8032).
    Ed25519,
    /// HMAC with its key length in bits.
    Hmac(u32),
    /// Anything this version does not know, in the provider's own word, such as `ML_DSA_65`.
    Other(String),
    /// RSA with its modulus length in bits.
    Rsa(u32),
}

/// A named elliptic curve.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Curve {
    /// NIST P-256, secp256r1.
    P256,
    /// SEC 2 secp256k1.
    P256k1,
    /// NIST P-384, secp384r1.
    P384,
    /// NIST P-521, secp521r1.
    P521,
}

impl Curve {
    /// Every curve, in the order they are offered to a person.
    pub const ALL: [Self; 4] = [Self::P256, Self::P384, Self::P521, Self::P256k1];

    /// Length of one field element in bytes; JWK coordinates are padded to it (RFC 7518, 6.2.1.2).
    pub fn field_bytes(self) -> usize {
        match self {
            Self::P256 | Self::P256k1 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P256k1 => "secp256k1",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
        }
    }
}

impl Algorithm {
    /// The kinds of key that are brought from one place to another, in the order they are shown to a person.
    pub const BROUGHT: [Self; 14] = [
        Self::Aes(128),
        Self::Aes(256),
        Self::ChaCha20,
        Self::Hmac(224),
        Self::Hmac(256),
        Self::Hmac(384),
        Self::Hmac(512),
        Self::Rsa(2048),
        Self::Rsa(3072),
        Self::Rsa(4096),
        Self::Ec(Curve::P256),
        Self::Ec(Curve::P384),
        Self::Ec(Curve::P521),
        Self::Ed25519,
    ];

    /// Whether the key has a public half that may be handed out. `None` for kinds this version does not know.
    pub fn has_public_half(&self) -> Option<bool> {
        match self {
            Self::Ec(_) | Self::Ed25519 | Self::Rsa(_) => Some(true),
            Self::Aes(_) | Self::ChaCha20 | Self::Hmac(_) => Some(false),
            Self::Other(_) => None,
        }
    }

    /// Reads back what `Display` wrote; unknown text becomes [`Algorithm::Other`].
    pub fn parse(text: &str) -> Self {
        let bits = |rest: &str| rest.parse::<u32>().ok();
        let known = match text {
            "ChaCha20-Poly1305" => Some(Self::ChaCha20),
            "Ed25519" => Some(Self::Ed25519),
            _ => text
                .strip_prefix("RSA ")
                .and_then(bits)
                .map(Self::Rsa)
                .or_else(|| text.strip_prefix("AES-").and_then(bits).map(Self::Aes))
                .or_else(|| text.strip_prefix("HMAC-").and_then(bits).map(Self::Hmac))
                .or_else(|| {
                    let name = text.strip_prefix("EC ")?;
                    Curve::ALL.into_iter().find(|curve| curve.name() == name).map(Self::Ec)
                }),
        };
        known.unwrap_or_else(|| Self::Other(text.to_owned()))
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Aes(bits) => write!(f, "AES-{bits}"),
            Self::ChaCha20 => f.write_str("ChaCha20-Poly1305"),
            Self::Ec(curve) => write!(f, "EC {curve}"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::Hmac(bits) => write!(f, "HMAC-{bits}"),
            Self::Other(word) => f.write_str(word),
            Self::Rsa(bits) => write!(f, "RSA {bits}"),
        }
    }
}

impl fmt::Display for Curve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<String> for Algorithm {
    fn from(text: String) -> Self {
        Self::parse(&text)
    }
}

impl From<Algorithm> for String {
    fn from(algorithm: Algorithm) -> Self {
        algorithm.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_reads_back_to_the_same_algorithm() {
        let mut all = vec![
            Algorithm::Aes(256),
            Algorithm::ChaCha20,
            Algorithm::Ed25519,
            Algorithm::Hmac(512),
            Algorithm::Other("ML_DSA_65".into()),
            Algorithm::Rsa(3072),
        ];
        all.extend(Curve::ALL.map(Algorithm::Ec));
        for algorithm in all {
            assert_eq!(Algorithm::parse(&algorithm.to_string()), algorithm);
        }
    }
}
