//! Key material in its one form: the bytes of a symmetric key, or PKCS#8 of a key pair. Read from the files that people
//! have, made anew, and used here to show that two places hold the same.
//!
//! PKCS#8 is always written the same way: version 1 of RFC 5958 (a PrivateKeyInfo of RFC 5208) with no attributes; an RSA
//! key as RSAPrivateKey (RFC 8017, A.1.2) under `rsaEncryption` with NULL; an EC key as ECPrivateKey (RFC 5915) with its
//! public point and without a curve of its own, since the AlgorithmIdentifier names it; Ed25519 as RFC 8410, 7.

mod jwk;
mod pkcs8;
mod read;
#[cfg(test)]
mod tests;
mod uses;

use aws_lc_rs::{
    encoding::{AsBigEndian, AsDer, EcPrivateKeyBin, Pkcs8V1Der},
    rand,
    rsa::{self, KeySize},
    signature::EcdsaKeyPair,
};
use domain::{Algorithm, Error, KeyMaterial, Kind, Result, Secret};
use zeroize::Zeroizing;

pub use self::{
    jwk::{Members, members},
    read::read,
    uses::{check_value, mac, open_gcm, seal_gcm},
};
use crate::PublicKey;

pub(crate) use self::pkcs8::{of_pkcs1, of_pkcs8, of_sec1};

const MAKE: &str = "make a key";
const TAKE: &str = "take the key";
/// The longest HMAC key in bits. No place takes a longer one.
const LONGEST_HMAC: u32 = 4096;

/// A symmetric key from its bytes.
///
/// # Errors
/// `Invalid` if there are not exactly as many bytes as the kind says: AES-128, AES-192, AES-256, HMAC of whole bytes up to
/// 4,096 bits, and ChaCha20-Poly1305 of 32 bytes; `Unsupported` for any other kind.
pub fn symmetric(algorithm: Algorithm, bytes: Secret) -> Result<KeyMaterial> {
    let length = length(&algorithm, TAKE)?;
    if bytes.expose().len() != length {
        let message =
            format!("a key of the kind {algorithm} has {length} bytes, and these are {}", bytes.expose().len());
        return Err(Error::new(Kind::Invalid, TAKE, message)
            .with_refused_by("this app")
            .with_next("Choose the kind that the key is of, or the file that holds the bytes of the key alone."));
    }
    Ok(KeyMaterial { algorithm, bytes })
}

/// An Ed25519 key pair from its seed, the 32 bytes that RFC 8032, 5.1.5 calls the private key.
///
/// # Errors
/// `Invalid` for another length.
pub fn ed25519(seed: &[u8]) -> Result<KeyMaterial> {
    pkcs8::of_seed(seed).map(|pair| pair.material)
}

/// The public half, computed from the private one; what the material says of it is compared, not believed. `None` for
/// symmetric keys.
///
/// # Errors
/// `Invalid` if the PKCS#8 is malformed, its numbers do not belong together, or it is of another kind than is said;
/// `Unsupported` for a kind of key that is not known here.
pub fn public_key(material: &KeyMaterial) -> Result<Option<PublicKey>> {
    if material.algorithm.has_public_half() == Some(false) {
        return Ok(None);
    }
    let pair = of_pkcs8(material.bytes.expose())?;
    if pair.material.algorithm == material.algorithm {
        return Ok(Some(pair.public));
    }
    let message = format!("it is said to be {}, and is {}", material.algorithm, pair.material.algorithm);
    Err(Error::new(Kind::Invalid, TAKE, message).with_refused_by("this app").with_next("Nothing was changed."))
}

/// New material from AWS-LC's generator: all of [`Algorithm::BROUGHT`], AES-192, and secp256k1. An RSA key takes up to some
/// seconds.
///
/// # Errors
/// `Unsupported` for any other kind; `Unexpected` if AWS-LC fails.
pub fn generate(algorithm: &Algorithm) -> Result<KeyMaterial> {
    match algorithm {
        Algorithm::Aes(_) | Algorithm::ChaCha20 | Algorithm::Hmac(_) => {
            let bytes = random(length(algorithm, MAKE)?)?;
            Ok(KeyMaterial { algorithm: algorithm.clone(), bytes })
        }
        Algorithm::Ec(curve) => {
            let key = EcdsaKeyPair::generate(pkcs8::signing(*curve)).map_err(|_| failed())?;
            let scalar: EcPrivateKeyBin<'_> = key.private_key().as_be_bytes().map_err(|_| failed())?;
            pkcs8::of_scalar(*curve, scalar.as_ref(), None).map(|pair| pair.material)
        }
        Algorithm::Ed25519 => ed25519(random(pkcs8::SEED_BYTES)?.expose()),
        Algorithm::Rsa(bits) => {
            let size = match bits {
                2048 => KeySize::Rsa2048,
                3072 => KeySize::Rsa3072,
                4096 => KeySize::Rsa4096,
                _ => return Err(not_made(algorithm)),
            };
            let key = rsa::KeyPair::generate(size).map_err(|_| failed())?;
            let der: Pkcs8V1Der<'_> = key.as_der().map_err(|_| failed())?;
            of_pkcs8(der.as_ref()).map(|pair| pair.material)
        }
        Algorithm::Other(_) => Err(not_made(algorithm)),
    }
}

/// How many bytes a symmetric key of that kind has.
fn length(algorithm: &Algorithm, operation: &'static str) -> Result<usize> {
    match algorithm {
        Algorithm::Aes(128) => Ok(16),
        Algorithm::Aes(192) => Ok(24),
        Algorithm::Aes(256) | Algorithm::ChaCha20 => Ok(32),
        Algorithm::Hmac(bits @ 8..=LONGEST_HMAC) if bits % 8 == 0 => Ok(*bits as usize / 8),
        Algorithm::Aes(_)
        | Algorithm::Ec(_)
        | Algorithm::Ed25519
        | Algorithm::Hmac(_)
        | Algorithm::Other(_)
        | Algorithm::Rsa(_) => {
            let message = format!("there is no symmetric key of the kind {algorithm}");
            Err(Error::new(Kind::Unsupported, operation, message).with_refused_by("this app"))
        }
    }
}

fn random(length: usize) -> Result<Secret> {
    let mut bytes = Zeroizing::new(vec![0; length]);
    rand::fill(&mut bytes).map_err(|_| failed())?;
    Ok(Secret::new(std::mem::take(&mut *bytes)))
}

fn failed() -> Error {
    Error::new(Kind::Unexpected, MAKE, "the cryptographic library failed")
        .with_refused_by("AWS-LC")
        .with_next("Nothing was made. Try again.")
}

fn not_made(algorithm: &Algorithm) -> Error {
    Error::new(Kind::Unsupported, MAKE, format!("keys of the kind {algorithm} are not made here"))
        .with_refused_by("this app")
        .with_next("Choose AES, HMAC, ChaCha20-Poly1305, RSA of 2048, 3072 or 4096 bits, an EC key, or Ed25519.")
}
