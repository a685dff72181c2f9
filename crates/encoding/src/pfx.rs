//! PKCS#12 (RFC 7292): a certificate with its private key, under a password.
//!
//! What is read may be old: services still write 3DES with a SHA-1 MAC, and an empty password. What is written is not:
//! AES-256 with PBKDF2 and a SHA-256 MAC, and never without a password.

use domain::{Error, KeyAndChain, Kind, Result, Secret};
use p12_keystore::{
    Certificate, EncryptionAlgorithm, KeyStore, KeyStoreEntry, MacAlgorithm, Pkcs12ImportPolicy, PrivateKey,
    PrivateKeyChain,
};
use sha1::{Digest, Sha1};

use crate::x509;

const READ: &str = "read the PFX";
const WRITE: &str = "write the PFX";
/// Rounds of PBKDF2. OWASP's figure for HMAC-SHA256 is higher, but some consumers take seconds for more.
const ROUNDS: u32 = 100_000;
/// More than any certificate with its chain has, in bytes.
const MOST: usize = 1 << 20;

/// Reads one. A password that is not given is the empty one.
///
/// # Errors
/// `Invalid` if it is no PKCS#12, the password does not open it, or there is no private key with a certificate in it.
pub fn read(bytes: &[u8], password: Option<&Secret>) -> Result<KeyAndChain> {
    let invalid = |why: &str| Error::new(Kind::Invalid, READ, why.to_owned());
    if bytes.len() > MOST {
        return Err(invalid("it has more than 1 MiB"));
    }
    let password = match password {
        Some(password) => password.expose_text().ok_or_else(|| invalid("the password is not text"))?,
        None => "",
    };
    let store = KeyStore::from_pkcs12(bytes, password, Pkcs12ImportPolicy::Relaxed).map_err(|cause| match cause {
        p12_keystore::error::Error::MacError(_) => {
            invalid("the password does not open it").with_next("Give the password that it was written with.")
        }
        // The cause may quote what it read.
        _ => invalid("it is no PKCS#12 that could be read"),
    })?;
    let (_, chain) = store.private_key_chain().ok_or_else(|| invalid("it holds no private key"))?;
    let mut certificates: Vec<Vec<u8>> = chain.certs().iter().map(|one| one.as_der().to_vec()).collect();
    let others = store.entries().filter_map(|(_, entry)| match entry {
        KeyStoreEntry::Certificate(one) => Some(one.as_der().to_vec()),
        KeyStoreEntry::PrivateKeyChain(_) | KeyStoreEntry::Secret(_) => None,
    });
    certificates.extend(others);
    if certificates.is_empty() {
        return Err(invalid("it holds no certificate"));
    }
    Ok(KeyAndChain { key: Secret::new(chain.key().as_der().to_vec()), chain: x509::order_chain(certificates) })
}

/// Writes one under a new password, and reads it back.
///
/// # Errors
/// `Invalid` for an empty password or a key that does not belong to the certificate; `Unexpected` if what was written does
/// not read back.
pub fn write(held: &KeyAndChain, name: &str, password: &Secret) -> Result<Secret> {
    let invalid = |why: &str| Error::new(Kind::Invalid, WRITE, why.to_owned());
    let failed = |_| Error::new(Kind::Unexpected, WRITE, "the key or a certificate was refused");
    let text = password.expose_text().filter(|text| !text.is_empty()).ok_or_else(|| {
        invalid("it has no password").with_next("Give a password: without one, whoever has the file has the key.")
    })?;
    let key = PrivateKey::from_der(held.key.expose()).map_err(failed)?;
    let chain: Vec<Certificate> = held
        .chain
        .iter()
        .map(|der| Certificate::from_der(der))
        .collect::<std::result::Result<_, _>>()
        .map_err(failed)?;
    let leaf = held.chain.first().ok_or_else(|| invalid("there is no certificate"))?;
    let id = Sha1::digest(leaf).to_vec();
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
    let again = read(written.expose(), Some(password))?;
    if again.key.expose() != held.key.expose() || again.chain.first() != held.chain.first() {
        return Err(Error::new(Kind::Unexpected, WRITE, "what was written does not read back; it was thrown away"));
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held() -> KeyAndChain {
        let made = rcgen::generate_simple_self_signed(vec!["example.com".to_owned()]).unwrap();
        KeyAndChain { key: Secret::new(made.signing_key.serialize_der()), chain: vec![made.cert.der().to_vec()] }
    }

    #[test]
    fn what_is_written_opens_with_its_password_alone() {
        let (held, password) = (held(), Secret::from_text("correct horse".into()));
        let written = write(&held, "app", &password).unwrap();
        let again = read(written.expose(), Some(&password)).unwrap();
        assert_eq!(again.key.expose(), held.key.expose());
        assert_eq!(again.chain, held.chain);
        for wrong in [None, Some(Secret::from_text("wrong".into())), Some(Secret::from_text(String::new()))] {
            let error = read(written.expose(), wrong.as_ref()).unwrap_err();
            assert_eq!(error.kind(), Kind::Invalid);
            assert!(error.message().contains("password"), "{error}");
        }
    }

    #[test]
    fn none_is_written_without_a_password() {
        assert_eq!(write(&held(), "app", &Secret::from_text(String::new())).unwrap_err().kind(), Kind::Invalid);
    }

    #[test]
    fn what_is_no_pfx_is_refused() {
        for bytes in [&b""[..], b"not a PFX", &[0x30, 0x80], &vec![0; (1 << 20) + 1]] {
            assert_eq!(read(bytes, None).unwrap_err().kind(), Kind::Invalid);
        }
    }
}
