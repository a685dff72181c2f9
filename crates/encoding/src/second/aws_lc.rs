//! Keys as AWS-LC reads them. Each reading is written again by AWS-LC, so that two forms of one key can be compared as
//! bytes, whatever they were read from.

use aws_lc_rs::{
    digest,
    encoding::AsDer,
    signature::{
        ECDSA_P256_SHA256_ASN1, ECDSA_P256K1_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ECDSA_P521_SHA512_ASN1, ED25519,
        EcdsaVerificationAlgorithm, ML_DSA_44, ML_DSA_65, ML_DSA_87, ParsedPublicKey,
        RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, RsaParameters, RsaPublicKeyComponents, VerificationAlgorithm,
    },
};
use domain::{Algorithm, Curve};

use crate::second::der;

/// A key as AWS-LC read it.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Reading {
    /// The kind and size that AWS-LC found.
    pub(crate) algorithm: Algorithm,
    /// The SubjectPublicKeyInfo that AWS-LC writes for it.
    pub(crate) spki: Vec<u8>,
}

/// Reads a SubjectPublicKeyInfo and nothing else: AWS-LC would also take a bare key, which its own writing shows up.
pub(crate) fn spki(bytes: &[u8]) -> Option<Reading> {
    let reading = pkcs1_or_spki(bytes, der::public_key(bytes)?.key)
        .or_else(|| Curve::ALL.into_iter().find_map(|curve| point(curve, bytes)))
        .or_else(|| ed25519(bytes))
        .or_else(|| ml_dsa(bytes))?;
    (reading.spki == bytes).then_some(reading)
}

/// Reads an RSAPublicKey (PKCS#1) and nothing else.
pub(crate) fn pkcs1(bytes: &[u8]) -> Option<Reading> {
    // This reader of AWS-LC takes PKCS#1 alone.
    RsaParameters::public_modulus_len(bytes).ok()?;
    let reading = pkcs1_or_spki(bytes, bytes)?;
    // AWS-LC passes over bytes after the structure; what it writes has none.
    (der::public_key(&reading.spki)?.key == bytes).then_some(reading)
}

/// An RSA key from its numbers, big-endian without leading zeros.
pub(crate) fn rsa(modulus: &[u8], exponent: &[u8]) -> Option<Reading> {
    let built: Vec<u8> =
        RsaPublicKeyComponents { n: modulus, e: exponent }.as_der().ok().map(|der| der.as_ref().to_vec())?;
    // Building checks nothing; reading does.
    spki(&built)
}

/// A key on `curve` from a point (SEC 1, 2.3.4) or a SubjectPublicKeyInfo. AWS-LC checks that it lies on the curve.
pub(crate) fn point(curve: Curve, bytes: &[u8]) -> Option<Reading> {
    read(ecdsa(curve), bytes, Algorithm::Ec(curve))
}

/// An Ed25519 key from its 32 bytes or a SubjectPublicKeyInfo.
pub(crate) fn ed25519(bytes: &[u8]) -> Option<Reading> {
    read(&ED25519, bytes, Algorithm::Ed25519)
}

/// SHA-256 by AWS-LC.
pub(crate) fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}

fn pkcs1_or_spki(bytes: &[u8], numbers: &[u8]) -> Option<Reading> {
    let bits = RsaParameters::public_modulus_len(numbers).ok()?;
    // The range in its name limits verification, not reading.
    read(&RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, bytes, Algorithm::Rsa(bits))
}

fn ml_dsa(bytes: &[u8]) -> Option<Reading> {
    let named = |name: &str| Algorithm::Other(name.into());
    read(&ML_DSA_44, bytes, named("ML-DSA-44"))
        .or_else(|| read(&ML_DSA_65, bytes, named("ML-DSA-65")))
        .or_else(|| read(&ML_DSA_87, bytes, named("ML-DSA-87")))
}

fn ecdsa(curve: Curve) -> &'static EcdsaVerificationAlgorithm {
    match curve {
        Curve::P256 => &ECDSA_P256_SHA256_ASN1,
        Curve::P256k1 => &ECDSA_P256K1_SHA256_ASN1,
        Curve::P384 => &ECDSA_P384_SHA384_ASN1,
        Curve::P521 => &ECDSA_P521_SHA512_ASN1,
    }
}

fn read(kind: &'static dyn VerificationAlgorithm, bytes: &[u8], algorithm: Algorithm) -> Option<Reading> {
    let key = ParsedPublicKey::new(kind, bytes).ok()?;
    Some(Reading { algorithm, spki: key.as_der().ok()?.as_ref().to_vec() })
}
