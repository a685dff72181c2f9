//! The types of keys that a server makes, and what each of them can be.
//!
//! Those of Vault's enterprise edition alone (managed keys, CMAC, ML-DSA) are made with its own tool.

use domain::{Algorithm, Curve};

use crate::error::Product;

/// The type that needs a size.
pub(crate) const HMAC: &str = "hmac";
/// Bounds of an HMAC key's size in bytes.
pub(crate) const LEAST_HMAC: u64 = 32;
pub(crate) const MOST_HMAC: u64 = 512;

const COMMON: [(&str, &str); 11] = [
    ("aes256-gcm96", "AES-256 (GCM)"),
    ("aes128-gcm96", "AES-128 (GCM)"),
    ("chacha20-poly1305", "ChaCha20-Poly1305"),
    ("ed25519", "Ed25519"),
    ("ecdsa-p256", "ECDSA P-256"),
    ("ecdsa-p384", "ECDSA P-384"),
    ("ecdsa-p521", "ECDSA P-521"),
    ("rsa-2048", "RSA 2048"),
    ("rsa-3072", "RSA 3072"),
    ("rsa-4096", "RSA 4096"),
    (HMAC, "HMAC"),
];

/// The types, each with its name for a person; the server's own preset first.
pub(crate) fn known(product: Product) -> Vec<(&'static str, &'static str)> {
    let mut all = COMMON.to_vec();
    match product {
        Product::OpenBao => all.insert(3, ("xchacha20-poly1305", "XChaCha20-Poly1305")),
        Product::Vault => {}
    }
    all
}

/// The type of the keys of an algorithm, where there is one.
pub(crate) fn of_algorithm(algorithm: &Algorithm) -> Option<&'static str> {
    Some(match algorithm {
        Algorithm::Aes(128) => "aes128-gcm96",
        Algorithm::Aes(256) => "aes256-gcm96",
        Algorithm::ChaCha20 => "chacha20-poly1305",
        Algorithm::Ec(Curve::P256) => "ecdsa-p256",
        Algorithm::Ec(Curve::P384) => "ecdsa-p384",
        Algorithm::Ec(Curve::P521) => "ecdsa-p521",
        Algorithm::Ed25519 => "ed25519",
        Algorithm::Hmac(bits) if (LEAST_HMAC * 8..=MOST_HMAC * 8).contains(&u64::from(*bits)) => HMAC,
        Algorithm::Rsa(2048) => "rsa-2048",
        Algorithm::Rsa(3072) => "rsa-3072",
        Algorithm::Rsa(4096) => "rsa-4096",
        Algorithm::Aes(_)
        | Algorithm::Ec(Curve::P256k1)
        | Algorithm::Hmac(_)
        | Algorithm::Other(_)
        | Algorithm::Rsa(_) => {
            return None;
        }
    })
}

/// Whether keys of this type are brought from one place to another.
pub(crate) fn is_brought(kind: &str) -> bool {
    Algorithm::BROUGHT.iter().any(|algorithm| of_algorithm(algorithm) == Some(kind))
}

/// Whether a key of this type has a public half, which can be brought without its private one.
pub(crate) fn has_public_half(kind: &str) -> bool {
    kind == "ed25519" || kind.starts_with("ecdsa-") || kind.starts_with("rsa-")
}

/// Whether a context can derive keys from a key of this type.
pub(crate) fn derives(kind: &str) -> bool {
    converges(kind) || kind == "ed25519"
}

/// Whether a derived key of this type can encrypt the same to the same.
pub(crate) fn converges(kind: &str) -> bool {
    matches!(kind, "aes256-gcm96" | "aes128-gcm96" | "chacha20-poly1305" | "xchacha20-poly1305")
}

/// Whether the server takes this as a key's name: `\w(([\w-.]+)?\w)?` in its own words.
pub(crate) fn is_name(name: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.starts_with(word) && name.ends_with(word) && name.chars().all(|c| word(c) || c == '-' || c == '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_the_server_takes() {
        for name in ["a", "payments-sign", "v1.2_x", "_"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "-a", "a.", "a/b", "a b", "ä", "a\n"] {
            assert!(!is_name(name), "{name:?}");
        }
    }

    #[test]
    fn only_openbao_makes_xchacha() {
        assert!(known(Product::OpenBao).iter().any(|(kind, _)| *kind == "xchacha20-poly1305"));
        assert!(!known(Product::Vault).iter().any(|(kind, _)| *kind == "xchacha20-poly1305"));
    }
}
