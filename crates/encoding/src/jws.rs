//! Signatures in the form of JWS (RFC 7515): what is signed, the digest of it, and whether a signature is right.

use aws_lc_rs::{
    digest::{self, SHA256, SHA384, SHA512},
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256K1_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED,
        RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
    },
};
use base64ct::{Base64UrlUnpadded, Encoding};
use domain::{Algorithm, Curve, Error, Kind, Result, SignatureAlgorithm};
use serde_json::Value;

use crate::{PublicKey, second::der};

/// The algorithms that a kind of key signs with, the one to prefer first. None for a kind that has no form here.
pub fn algorithms(key: &Algorithm) -> &'static [SignatureAlgorithm] {
    match key {
        Algorithm::Rsa(_) => &[SignatureAlgorithm::Ps256, SignatureAlgorithm::Rs256],
        Algorithm::Ec(Curve::P256) => &[SignatureAlgorithm::Es256],
        Algorithm::Ec(Curve::P256k1) => &[SignatureAlgorithm::Es256K],
        Algorithm::Ec(Curve::P384) => &[SignatureAlgorithm::Es384],
        Algorithm::Ec(Curve::P521) => &[SignatureAlgorithm::Es512],
        _ => &[],
    }
}

/// Header and claims as they are signed: each as base64url, with a dot between them.
pub fn signing_input(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
    format!("{}.{}", part(header), part(claims))
}

/// The digest that a service signs.
pub fn digest(algorithm: SignatureAlgorithm, input: &str) -> Vec<u8> {
    let hash = match algorithm {
        SignatureAlgorithm::Es256
        | SignatureAlgorithm::Es256K
        | SignatureAlgorithm::Ps256
        | SignatureAlgorithm::Rs256 => &SHA256,
        SignatureAlgorithm::Es384 => &SHA384,
        SignatureAlgorithm::Es512 => &SHA512,
    };
    digest::digest(hash, input.as_bytes()).as_ref().to_vec()
}

/// The token in its compact form (RFC 7515, 7.1).
pub fn compact(input: &str, signature: &[u8]) -> String {
    format!("{input}.{}", Base64UrlUnpadded::encode_string(signature))
}

/// An ECDSA signature in DER (X9.62) as the two numbers side by side, each of the field's length (RFC 7518, 3.4).
///
/// # Errors
/// [`Kind::Invalid`] if it is no such signature, or a number is longer than the field.
pub fn fixed(curve: Curve, signature: &[u8]) -> Result<Vec<u8>> {
    let length = curve.field_bytes();
    let numbers = || {
        let mut inside = der::only(signature, der::SEQUENCE)?.value;
        let r = der::expect(&mut inside, der::INTEGER)?.value;
        let s = der::only(inside, der::INTEGER)?.value;
        let padded = |number: &[u8]| {
            let bare = number.strip_prefix(&[0]).unwrap_or(number);
            let zeros = length.checked_sub(bare.len())?;
            Some([&vec![0; zeros][..], bare].concat())
        };
        Some([padded(r)?, padded(s)?].concat())
    };
    numbers().ok_or_else(|| Error::new(Kind::Invalid, "read a signature", "it is no ECDSA signature of this curve"))
}

/// Whether AWS-LC verifies the signature, in the form that JWS has (RFC 7518, 3.3 to 3.5).
pub fn verifies(key: &PublicKey, algorithm: SignatureAlgorithm, input: &str, signature: &[u8]) -> bool {
    let verification: &'static dyn VerificationAlgorithm = match algorithm {
        SignatureAlgorithm::Es256 => &ECDSA_P256_SHA256_FIXED,
        SignatureAlgorithm::Es256K => &ECDSA_P256K1_SHA256_FIXED,
        SignatureAlgorithm::Es384 => &ECDSA_P384_SHA384_FIXED,
        SignatureAlgorithm::Es512 => &ECDSA_P521_SHA512_FIXED,
        SignatureAlgorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
        SignatureAlgorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
    };
    UnparsedPublicKey::new(verification, key.spki_der()).verify(input.as_bytes(), signature).is_ok()
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::{
        encoding::AsDer,
        rand::SystemRandom,
        rsa::KeySize,
        signature::{
            ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PSS_SHA256,
            RsaKeyPair,
        },
    };

    use super::*;

    fn read(key: &impl AsDer<aws_lc_rs::encoding::PublicKeyX509Der<'static>>) -> PublicKey {
        PublicKey::from_spki_der(key.as_der().unwrap().as_ref()).unwrap()
    }

    #[test]
    fn a_signature_is_right_for_its_text_its_key_and_its_algorithm_alone() {
        let input = signing_input(&serde_json::json!({"alg": "ES384"}), &serde_json::json!({"sub": "x"}));
        let curve = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
        let signature = curve.sign(&SystemRandom::new(), input.as_bytes()).unwrap();
        let key = read(curve.public_key());
        assert_eq!(algorithms(&key.algorithm()), [SignatureAlgorithm::Es384]);
        assert!(verifies(&key, SignatureAlgorithm::Es384, &input, signature.as_ref()));
        assert!(!verifies(&key, SignatureAlgorithm::Es384, &format!("{input}A"), signature.as_ref()));
        assert!(!verifies(&key, SignatureAlgorithm::Es256, &input, signature.as_ref()));

        // The same as DER, as KMS gives it.
        let asn1 =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_ASN1_SIGNING, curve.to_pkcs8v1().unwrap().as_ref()).unwrap();
        for _ in 0..50 {
            let der = asn1.sign(&SystemRandom::new(), input.as_bytes()).unwrap();
            let bare = fixed(Curve::P384, der.as_ref()).unwrap();
            assert!(verifies(&key, SignatureAlgorithm::Es384, &input, &bare));
            assert!(fixed(Curve::P256, der.as_ref()).is_err(), "too long for another curve");
            assert!(fixed(Curve::P384, &der.as_ref()[1..]).is_err());
        }

        let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let mut signature = vec![0; rsa.public_modulus_len()];
        rsa.sign(&RSA_PSS_SHA256, &SystemRandom::new(), input.as_bytes(), &mut signature).unwrap();
        let key = read(rsa.public_key());
        assert!(verifies(&key, SignatureAlgorithm::Ps256, &input, &signature));
        assert!(!verifies(&key, SignatureAlgorithm::Rs256, &input, &signature), "the padding is part of it");
    }
}
