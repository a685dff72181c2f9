//! Private keys in PKCS#8 (RFC 5958): made from the older forms, and put together with the certificate that they belong to.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rsa,
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256K1_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING,
        ECDSA_P521_SHA512_ASN1_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair,
    },
};
use domain::{Error, KeyAndChain, Kind, Result, Secret};

use crate::{PublicKey, key_pem, pem, pfx, x509};

const CURVES: [&EcdsaSigningAlgorithm; 4] = [
    &ECDSA_P256_SHA256_ASN1_SIGNING,
    &ECDSA_P256K1_SHA256_ASN1_SIGNING,
    &ECDSA_P384_SHA384_ASN1_SIGNING,
    &ECDSA_P521_SHA512_ASN1_SIGNING,
];

/// The public half of a private key in PKCS#8.
///
/// # Errors
/// `Unsupported` if AWS-LC, which computes it, does not take the key: it is malformed, or neither RSA of 2048 to 8192 bits,
/// nor on a curve of ECDSA, nor Ed25519.
pub fn public_half(pkcs8: &Secret) -> Result<PublicKey> {
    let der = pkcs8.expose();
    let spki = |key: &dyn AsDer<PublicKeyX509Der<'static>>| key.as_der().ok().map(|der| der.as_ref().to_vec());
    let of_rsa = || spki(rsa::KeyPair::from_pkcs8(der).ok()?.public_key());
    let of_curve = || CURVES.iter().find_map(|curve| spki(EcdsaKeyPair::from_pkcs8(curve, der).ok()?.public_key()));
    let of_edwards = || spki(Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok()?.public_key());
    let spki = of_rsa().or_else(of_curve).or_else(of_edwards).ok_or_else(|| {
        Error::new(Kind::Unsupported, "read the private key", "it is malformed, or of a kind that is not known here")
            .with_refused_by("this app")
            .with_next("RSA of 2048 to 8192 bits, P-256, P-256K, P-384, P-521 and Ed25519 are known.")
    })?;
    PublicKey::from_spki_der(&spki)
}

/// The private key of a file with its certificates: PEM, or a PFX under a password.
///
/// # Errors
/// As [`key_pem::read`] or [`pfx::read`].
pub fn of_file(file: &Secret, password: Option<&Secret>) -> Result<KeyAndChain> {
    match pem::text_of(file.expose()) {
        Some(text) => key_pem::read(text),
        None => pfx::read(file.expose(), password),
    }
}

/// A key with its own certificate first, then the issuers of that one; what belongs to neither keeps its order behind them.
///
/// # Errors
/// `Invalid` if no certificate is the key's, or as [`public_half`].
pub(crate) fn with_certificates(
    key: Secret,
    certificates: Vec<Vec<u8>>,
    operation: &'static str,
) -> Result<KeyAndChain> {
    let public = public_half(&key)?;
    let chain = x509::order_chain_of(&public, certificates).ok_or_else(|| {
        Error::new(Kind::Invalid, operation, "the private key belongs to none of the certificates")
            .with_refused_by("this app")
            .with_next("Put the key together with the certificate that was issued for it.")
    })?;
    Ok(KeyAndChain { key, chain })
}

/// PKCS#8 of an RSAPrivateKey (RFC 8017, A.1.2).
pub(crate) fn of_pkcs1(der: &[u8]) -> Option<Secret> {
    let der: Pkcs8V1Der<'_> = rsa::KeyPair::from_der(der).ok()?.as_der().ok()?;
    Some(Secret::new(der.as_ref().to_vec()))
}

/// PKCS#8 of an ECPrivateKey (RFC 5915) that names its curve.
pub(crate) fn of_sec1(der: &[u8]) -> Option<Secret> {
    let key = CURVES.iter().find_map(|curve| EcdsaKeyPair::from_private_key_der(curve, der).ok())?;
    Some(Secret::new(key.to_pkcs8v1().ok()?.as_ref().to_vec()))
}

/// Checks that the first certificate is the key's.
///
/// # Errors
/// `Invalid` if it is another's or there is none, or as [`public_half`].
pub(crate) fn check(held: &KeyAndChain, operation: &'static str) -> Result<()> {
    let invalid = |why: &str| Error::new(Kind::Invalid, operation, why.to_owned()).with_refused_by("this app");
    let leaf = held.chain.first().ok_or_else(|| invalid("there is no certificate"))?;
    let its = x509::Certificate::parse(leaf)?.public_key()?;
    if its.spki_der() == public_half(&held.key)?.spki_der() {
        return Ok(());
    }
    Err(invalid("the private key belongs to another certificate; nothing was handed out"))
}

/// Compares what was written with what reads back from it.
///
/// # Errors
/// `Unexpected` if a byte of the key or of a certificate is another.
pub(crate) fn same(held: &KeyAndChain, again: &KeyAndChain, operation: &'static str) -> Result<()> {
    if again.key.expose() == held.key.expose() && again.chain == held.chain {
        return Ok(());
    }
    Err(Error::new(Kind::Unexpected, operation, "what was written does not read back; it was thrown away"))
}
