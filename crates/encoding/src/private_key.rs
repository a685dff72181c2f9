//! Private keys in PKCS#8 (RFC 5958), put together with the certificates that they belong to.

use domain::{Error, KeyAndChain, Kind, Result, Secret};

use crate::{PublicKey, key_pem, material, pem, pfx, x509};

/// The public half of a private key in PKCS#8.
///
/// # Errors
/// `Unsupported` if it cannot be computed: the key is malformed, or neither RSA of 2048 to 8192 bits,
/// nor on a curve of ECDSA, nor Ed25519.
pub fn public_half(pkcs8: &Secret) -> Result<PublicKey> {
    material::of_pkcs8(pkcs8.expose()).map(|pair| pair.public).map_err(|_| {
        Error::new(Kind::Unsupported, "read the private key", "it is malformed, or of a kind that is not known here")
            .with_refused_by("this app")
            .with_next("RSA of 2048 to 8192 bits, P-256, P-256K, P-384, P-521 and Ed25519 are known.")
    })
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
