//! What is done with material here: its check value, a MAC, and encryption, to compare it with what another place does.

use aws_lc_rs::{
    aead::{self, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    cipher::{self, EncryptingKey, UnboundCipherKey},
    hmac, rand,
};
use domain::{Algorithm, Error, Hash, KeyMaterial, Kind, Result, Secret};
use zeroize::Zeroizing;

const USE: &str = "use the key";
/// The length of an authentication tag (NIST SP 800-38D, 5.2.1.2; RFC 8439, 2.8).
const TAG_BYTES: usize = 16;
const CHECK_BYTES: usize = 3;

/// The key check value of an AES key: the first three bytes of the encryption of one block of zeros under it, in upper-case
/// hex. It is `CKA_CHECK_VALUE` of PKCS#11, and what HSMs print as KCV since ANSI X9.24-1; the 2017 edition of that standard
/// has another one for AES, made by CMAC, which this is not. `None` for all other kinds of keys.
pub fn check_value(material: &KeyMaterial) -> Option<String> {
    let algorithm = match material.algorithm {
        Algorithm::Aes(128) => &cipher::AES_128,
        Algorithm::Aes(192) => &cipher::AES_192,
        Algorithm::Aes(256) => &cipher::AES_256,
        Algorithm::Aes(_)
        | Algorithm::ChaCha20
        | Algorithm::Ec(_)
        | Algorithm::Ed25519
        | Algorithm::Hmac(_)
        | Algorithm::Other(_)
        | Algorithm::Rsa(_) => return None,
    };
    let mut block = [0; 16];
    let key = UnboundCipherKey::new(algorithm, material.bytes.expose()).ok()?;
    EncryptingKey::ecb(key).ok()?.encrypt(&mut block).ok()?;
    Some(block.iter().take(CHECK_BYTES).map(|byte| format!("{byte:02X}")).collect())
}

/// HMAC (RFC 2104) of a message under an HMAC key, whole.
///
/// # Errors
/// `Unsupported` if the material is no HMAC key.
pub fn mac(material: &KeyMaterial, hash: Hash, message: &[u8]) -> Result<Vec<u8>> {
    let Algorithm::Hmac(_) = material.algorithm else { return Err(unsupported(material, "for HMAC")) };
    let algorithm = match hash {
        Hash::Sha224 => hmac::HMAC_SHA224,
        Hash::Sha256 => hmac::HMAC_SHA256,
        Hash::Sha384 => hmac::HMAC_SHA384,
        Hash::Sha512 => hmac::HMAC_SHA512,
    };
    let key = hmac::Key::new(algorithm, material.bytes.expose());
    Ok(hmac::sign(&key, message).as_ref().to_vec())
}

/// Encrypts by AES-GCM (NIST SP 800-38D), or by ChaCha20-Poly1305 (RFC 8439) under a ChaCha20 key: a random nonce of 12
/// bytes, the ciphertext, and the tag of 16 bytes. Nothing else is authenticated.
///
/// # Errors
/// `Unsupported` if the material is no such key; `Invalid` if its length is not that of its kind.
pub fn seal_gcm(material: &KeyMaterial, plaintext: &[u8]) -> Result<Vec<u8>> {
    let key = cipher(material)?;
    let mut nonce = [0; NONCE_LEN];
    rand::fill(&mut nonce).map_err(|_| failed())?;
    // Room for all of it at once: it is the plaintext until it is encrypted where it lies.
    let mut sealed = Zeroizing::new(Vec::with_capacity(NONCE_LEN + plaintext.len() + TAG_BYTES));
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plaintext);
    let (_, body) = sealed.split_at_mut(NONCE_LEN);
    let nonce = Nonce::assume_unique_for_key(nonce);
    let tag = key.seal_in_place_separate_tag(nonce, Aad::empty(), body).map_err(|_| failed())?;
    sealed.extend_from_slice(tag.as_ref());
    Ok(std::mem::take(&mut *sealed))
}

/// Decrypts what [`seal_gcm`] gave, or what another place made in the same form.
///
/// # Errors
/// `Invalid` if it was made with another key or is not whole; otherwise as [`seal_gcm`].
pub fn open_gcm(material: &KeyMaterial, sealed: &[u8]) -> Result<Secret> {
    let key = cipher(material)?;
    let refused = || {
        Error::new(Kind::Invalid, USE, "it was encrypted with another key, or has been altered")
            .with_refused_by("this app")
            .with_next("Compare with the key that it was encrypted with.")
    };
    let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or_else(refused)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| refused())?;
    let mut body = Zeroizing::new(body.to_vec());
    let length = key.open_in_place(nonce, Aad::empty(), &mut body).map_err(|_| refused())?.len();
    body.truncate(length);
    Ok(Secret::new(std::mem::take(&mut *body)))
}

fn cipher(material: &KeyMaterial) -> Result<LessSafeKey> {
    let algorithm = match material.algorithm {
        Algorithm::Aes(128) => &aead::AES_128_GCM,
        Algorithm::Aes(192) => &aead::AES_192_GCM,
        Algorithm::Aes(256) => &aead::AES_256_GCM,
        Algorithm::ChaCha20 => &aead::CHACHA20_POLY1305,
        Algorithm::Aes(_)
        | Algorithm::Ec(_)
        | Algorithm::Ed25519
        | Algorithm::Hmac(_)
        | Algorithm::Other(_)
        | Algorithm::Rsa(_) => return Err(unsupported(material, "for AES-GCM or ChaCha20-Poly1305")),
    };
    let key = UnboundKey::new(algorithm, material.bytes.expose()).map_err(|_| {
        let message = format!("its length is not that of {}", material.algorithm);
        Error::new(Kind::Invalid, USE, message).with_refused_by("this app")
    })?;
    Ok(LessSafeKey::new(key))
}

fn unsupported(material: &KeyMaterial, what_for: &str) -> Error {
    let message = format!("a key of the kind {} is not {what_for}", material.algorithm);
    Error::new(Kind::Unsupported, USE, message).with_refused_by("this app")
}

fn failed() -> Error {
    Error::new(Kind::Unexpected, USE, "the cryptographic library failed").with_refused_by("AWS-LC")
}
