//! PEM with a private key and its certificates, as `application/x-pem-file` secrets and web servers have it.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa,
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING, EcdsaKeyPair,
    },
};
use domain::{Error, KeyAndChain, Kind, Result, Secret};
use zeroize::Zeroizing;

use crate::{pem, x509};

const READ: &str = "read the PEM";

/// Reads the one private key (PKCS#8, PKCS#1 or SEC 1) and the certificates of a text.
///
/// # Errors
/// `Invalid` if there is not exactly one private key, or no certificate, or the key is encrypted.
pub fn read(text: &str) -> Result<KeyAndChain> {
    let invalid = |why: &str| Error::new(Kind::Invalid, READ, why.to_owned());
    let (mut keys, mut chain) = (Vec::new(), Vec::new());
    for (label, der) in pem::decode_all(text)? {
        match label.as_str() {
            "CERTIFICATE" => chain.push(der),
            "PRIVATE KEY" => keys.push(Secret::new(der)),
            "RSA PRIVATE KEY" => keys.push(of_pkcs1(&Zeroizing::new(der))?),
            "EC PRIVATE KEY" => keys.push(of_sec1(&Zeroizing::new(der))?),
            "ENCRYPTED PRIVATE KEY" => {
                return Err(invalid("its private key is encrypted").with_next("Give a PFX instead, with its password."));
            }
            _ => {}
        }
    }
    match (keys.pop(), keys.is_empty(), chain.is_empty()) {
        (Some(key), true, false) => Ok(KeyAndChain { key, chain: x509::order_chain(chain) }),
        (Some(_), false, _) => Err(invalid("it holds several private keys")),
        (Some(_), true, true) => Err(invalid("it holds no certificate")),
        (None, ..) => Err(invalid("it holds no private key")),
    }
}

/// Writes PKCS#8 and the certificates, leaf first.
pub fn write(held: &KeyAndChain) -> Secret {
    let mut text = Zeroizing::new(pem::encode("PRIVATE KEY", held.key.expose()));
    for der in &held.chain {
        text.push_str(&pem::encode("CERTIFICATE", der));
    }
    Secret::new(text.as_bytes().to_vec())
}

fn of_pkcs1(der: &[u8]) -> Result<Secret> {
    let malformed = |_| Error::new(Kind::Invalid, READ, "its RSA key is malformed");
    let key = rsa::KeyPair::from_der(der).map_err(malformed)?;
    let der: Pkcs8V1Der<'_> = key.as_der().map_err(|_| Error::new(Kind::Invalid, READ, "its RSA key is malformed"))?;
    Ok(Secret::new(der.as_ref().to_vec()))
}

fn of_sec1(der: &[u8]) -> Result<Secret> {
    let curves = [&ECDSA_P256_SHA256_ASN1_SIGNING, &ECDSA_P384_SHA384_ASN1_SIGNING, &ECDSA_P521_SHA512_ASN1_SIGNING];
    let key = curves.iter().find_map(|curve| EcdsaKeyPair::from_private_key_der(curve, der).ok());
    let pkcs8 = key.and_then(|key| key.to_pkcs8v1().ok());
    let der = pkcs8
        .ok_or_else(|| Error::new(Kind::Invalid, READ, "its EC key is malformed, or on a curve not known here"))?;
    Ok(Secret::new(der.as_ref().to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_with_its_certificate_reads_back() {
        let made = rcgen::generate_simple_self_signed(vec!["example.com".to_owned()]).unwrap();
        let held =
            KeyAndChain { key: Secret::new(made.signing_key.serialize_der()), chain: vec![made.cert.der().to_vec()] };
        let text = write(&held);
        let again = read(text.expose_text().unwrap()).unwrap();
        assert_eq!(again.key.expose(), held.key.expose());
        assert_eq!(again.chain, held.chain);
    }

    #[test]
    fn a_key_or_a_certificate_alone_is_not_enough() {
        let made = rcgen::generate_simple_self_signed(vec!["example.com".to_owned()]).unwrap();
        for text in [made.cert.pem(), made.signing_key.serialize_pem(), String::new()] {
            assert_eq!(read(&text).unwrap_err().kind(), Kind::Invalid);
        }
    }
}
