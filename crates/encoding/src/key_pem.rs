//! PEM with a private key and its certificates, as `application/x-pem-file` secrets and web servers have it.

use domain::{Error, KeyAndChain, Kind, Result, Secret};
use zeroize::Zeroizing;

use crate::{material, pem, private_key};

const READ: &str = "read the PEM";
const WRITE: &str = "write the PEM";
const KEY: &str = "PRIVATE KEY";
const CERTIFICATE: &str = "CERTIFICATE";

/// Reads the one private key (PKCS#8, PKCS#1 or SEC 1) and the certificates of a text.
///
/// # Errors
/// `Invalid` if there is not exactly one private key, or no certificate of it, or the key is encrypted; `Unsupported` for a
/// kind of key that is not known.
pub fn read(text: &str) -> Result<KeyAndChain> {
    let invalid = |why: &str| Error::new(Kind::Invalid, READ, why.to_owned());
    let (mut keys, mut chain) = (Vec::new(), Vec::new());
    for (label, der) in pem::decode_all(text)? {
        let mut der = Zeroizing::new(der);
        match label.as_str() {
            CERTIFICATE => chain.push(std::mem::take(&mut *der)),
            KEY => keys.push(Secret::new(std::mem::take(&mut *der))),
            "RSA PRIVATE KEY" => {
                let pair = material::of_pkcs1(&der).map_err(|_| invalid("its RSA key is malformed"))?;
                keys.push(pair.material.bytes);
            }
            "EC PRIVATE KEY" => {
                let pair = material::of_sec1(&der);
                let pair = pair.map_err(|_| invalid("its EC key is malformed, or on a curve not known here"))?;
                keys.push(pair.material.bytes);
            }
            "ENCRYPTED PRIVATE KEY" => {
                return Err(invalid("its private key is encrypted").with_next("Give a PFX instead, with its password."));
            }
            _ => {}
        }
    }
    match (keys.pop(), keys.is_empty(), chain.is_empty()) {
        (Some(key), true, false) => private_key::with_certificates(key, chain, READ),
        (Some(_), false, _) => Err(invalid("it holds several private keys")),
        (Some(_), true, true) => Err(invalid("it holds no certificate")),
        (None, ..) => Err(invalid("it holds no private key")),
    }
}

/// Writes PKCS#8 and the certificates, leaf first, and reads it back.
///
/// # Errors
/// `Invalid` if the first certificate is not the key's; `Unexpected` if what was written does not read back.
pub fn write(held: &KeyAndChain) -> Result<Secret> {
    private_key::check(held, WRITE)?;
    let certificates: usize = held.chain.iter().map(|der| pem::encoded_length(CERTIFICATE, der)).sum();
    let length = pem::encoded_length(KEY, held.key.expose()) + certificates;
    let mut text = String::with_capacity(length);
    pem::push(&mut text, KEY, held.key.expose());
    for der in &held.chain {
        pem::push(&mut text, CERTIFICATE, der);
    }
    let written = Secret::from_text(text);
    let again = read(written.expose_text().unwrap_or_default())?;
    private_key::same(held, &again, WRITE)?;
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::private::{chain, self_signed};

    #[test]
    fn a_key_with_its_certificates_reads_back() {
        for held in [self_signed("example.com"), chain()] {
            let text = write(&held).unwrap();
            let again = read(text.expose_text().unwrap()).unwrap();
            assert_eq!(again.key.expose(), held.key.expose());
            assert_eq!(again.chain, held.chain);
        }
    }

    #[test]
    fn a_key_or_a_certificate_alone_is_not_enough() {
        let made = rcgen::generate_simple_self_signed(vec!["example.com".to_owned()]).unwrap();
        for text in [made.cert.pem(), made.signing_key.serialize_pem(), String::new()] {
            assert_eq!(read(&text).unwrap_err().kind(), Kind::Invalid);
        }
    }

    #[test]
    fn a_key_beside_the_certificate_of_another_is_neither_read_nor_written() {
        let (one, other) = (self_signed("one"), self_signed("other"));
        let mut text = pem::encode(KEY, one.key.expose());
        text.push_str(&pem::encode(CERTIFICATE, &other.chain[0]));
        assert!(read(&text).unwrap_err().message().contains("belongs to none"));
        let mixed = KeyAndChain { key: one.key, chain: other.chain };
        assert!(write(&mixed).unwrap_err().message().contains("another certificate"));
    }

    #[test]
    fn the_certificate_of_the_key_comes_first_wherever_it_stood() {
        let held = chain();
        let mut text = String::new();
        for der in held.chain.iter().rev() {
            text.push_str(&pem::encode(CERTIFICATE, der));
        }
        text.push_str(&pem::encode(KEY, held.key.expose()));
        assert_eq!(read(&text).unwrap().chain, held.chain);
    }
}
