//! PKCS#12 (RFC 7292): a certificate with its private key, under a password.
//!
//! What is read may be old: services still write 3DES with a SHA-1 MAC, and no password. What is written is not: AES-256 with
//! PBKDF2 and a SHA-256 MAC, and never without a password. Reader and writer are of different hands.

mod bags;

use bags::{Bags, Trouble};
use domain::{Error, KeyAndChain, Kind, Result, Secret};
use p12_keystore::{
    Certificate, EncryptionAlgorithm, KeyStore, KeyStoreEntry, MacAlgorithm, PrivateKey, PrivateKeyChain,
};
use sha1::{Digest, Sha1};

use crate::private_key;

const READ: &str = "read the PFX";
const WRITE: &str = "write the PFX";
/// Rounds of PBKDF2. OWASP's figure for HMAC-SHA256 is higher, but some consumers take seconds for more.
const ROUNDS: u32 = 100_000;
/// More than any certificate with its chain has, in bytes.
const MOST: usize = 1 << 20;

/// Reads one. A password that is not given, or empty, stands for both: the two make different keys, and Azure writes without
/// one (RFC 7292, B.1 and B.2).
///
/// # Errors
/// `Invalid` if it is no PKCS#12, the password does not open it, or it does not hold one private key with its certificate;
/// `Unsupported` for an encryption or a kind of key that is not known.
pub fn read(bytes: &[u8], password: Option<&Secret>) -> Result<KeyAndChain> {
    let invalid = |why: &str| Error::new(Kind::Invalid, READ, why.to_owned());
    if bytes.len() > MOST {
        return Err(invalid("it has more than 1 MiB"));
    }
    let password = match password {
        Some(password) => password.expose_text().ok_or_else(|| invalid("the password is not text"))?,
        None => "",
    };
    // The causes are not told: they may quote what was read.
    let Bags { mut keys, certificates } = bags::open(bytes, password).map_err(|trouble| match trouble {
        Trouble::Malformed => invalid("it is no PKCS#12 that could be read"),
        Trouble::Password => {
            invalid("the password does not open it").with_next("Give the password that it was written with.")
        }
        Trouble::Unknown(what) => Error::new(Kind::Unsupported, READ, format!("it is protected by {what}"))
            .with_refused_by("this app")
            .with_next("Write it anew with `openssl pkcs12 -export`, then choose that file."),
    })?;
    let key = keys.pop().ok_or_else(|| invalid("it holds no private key"))?;
    if !keys.is_empty() {
        return Err(
            invalid("it holds several private keys").with_next("Give a file with one key and its certificates.")
        );
    }
    if certificates.is_empty() {
        return Err(invalid("it holds no certificate"));
    }
    private_key::with_certificates(key, certificates, READ)
}

/// Writes one under a new password, and reads it back.
///
/// # Errors
/// `Invalid` for an empty password or a key that does not belong to the certificate; `Unexpected` if what was written does
/// not read back.
pub fn write(held: &KeyAndChain, name: &str, password: &Secret) -> Result<Secret> {
    let failed = |_| Error::new(Kind::Unexpected, WRITE, "the key or a certificate was refused");
    let text = check_password(password)?;
    private_key::check(held, WRITE)?;
    let key = PrivateKey::from_der(held.key.expose()).map_err(failed)?;
    let chain: Vec<Certificate> = held
        .chain
        .iter()
        .map(|der| Certificate::from_der(der))
        .collect::<std::result::Result<_, _>>()
        .map_err(failed)?;
    let id = held.chain.first().map(|leaf| Sha1::digest(leaf).to_vec()).unwrap_or_default();
    let mut store = KeyStore::new();
    store.add_entry(name, KeyStoreEntry::PrivateKeyChain(PrivateKeyChain::new(id, key, chain)));
    let written = store
        .writer(text)
        .encryption_algorithm(EncryptionAlgorithm::PbeWithHmacSha256AndAes256)
        .encryption_iterations(ROUNDS)
        .mac_algorithm(MacAlgorithm::HmacSha256)
        .mac_iterations(ROUNDS)
        .write()
        .map(Secret::new)
        .map_err(failed)?;
    private_key::same(held, &read(written.expose(), Some(password))?, WRITE)?;
    Ok(written)
}

/// A password that a PFX may be written under. Asked before a key is fetched for nothing.
///
/// # Errors
/// `Invalid` for an empty one, or one that PKCS#12 cannot have: its characters are those of the BMP.
pub fn check_password(password: &Secret) -> Result<&str> {
    let invalid = |why: &str, next: &str| Error::new(Kind::Invalid, WRITE, why.to_owned()).with_next(next.to_owned());
    let text = password.expose_text().filter(|text| !text.is_empty()).ok_or_else(|| {
        invalid("it has no password", "Give a password: without one, whoever has the file has the key.")
    })?;
    if text.chars().any(|one| u32::from(one) > 0xffff) {
        return Err(invalid("a PFX cannot have that password", "Leave out emoji and other characters beyond the BMP."));
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
