//! A private key in a file: PEM (PKCS#8, PKCS#1, SEC 1), the same as DER, or a JWK.

use der::Decode;
use domain::{Error, KeyMaterial, Kind, Result, Secret};
use pkcs12::pbe_params::EncryptedPrivateKeyInfo;
use zeroize::Zeroizing;

use super::{
    jwk,
    pkcs8::{Pair, of_pkcs1, of_pkcs8, of_sec1},
};
use crate::pem;

const READ: &str = "read the private key";
const DECRYPT: &str = "Decrypt it first, such as with `openssl pkey -in FILE`, then choose that file.";

/// Reads the one private key that is in a file: PEM with `PRIVATE KEY` (PKCS#8, RFC 5958), `RSA PRIVATE KEY` (PKCS#1, RFC
/// 8017) or `EC PRIVATE KEY` (SEC 1, RFC 5915), the same as DER, or a JWK with its private members (RFC 7517; RFC 7518, 6;
/// RFC 8037, 2; RFC 8812, 3.1). In a JWK of the type `oct`, 16 or 32 bytes are an AES key, unless its `alg` says HMAC.
/// RSA of two primes and 2048 to 8192 bits, P-256, P-384, P-521, secp256k1 and Ed25519 are known.
///
/// The public half is computed, and what the file says of it must be the same.
///
/// # Errors
/// `Invalid` with what is wrong, in words that hold nothing of the key; `Unsupported` for kinds of keys not known here.
pub fn read(file: &Secret) -> Result<KeyMaterial> {
    let bytes = file.expose();
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    if text.trim_start().starts_with('{') {
        return jwk::read(text);
    }
    let pair = match pem::text_of(bytes) {
        Some(text) => of_pem(text)?,
        None => of_der(bytes)?,
    };
    Ok(pair.material)
}

fn of_der(der: &[u8]) -> Result<Pair> {
    if EncryptedPrivateKeyInfo::from_der(der).is_ok() {
        return Err(encrypted());
    }
    of_pkcs8(der).or_else(|error| of_pkcs1(der).or_else(|_| of_sec1(der)).map_err(|_| error))
}

fn of_pem(text: &str) -> Result<Pair> {
    if text.lines().any(|line| line.trim_start().starts_with("Proc-Type:")) {
        return Err(invalid("it is encrypted with a password, in an old form").with_next(DECRYPT));
    }
    let blocks: Vec<(String, Zeroizing<Vec<u8>>)> =
        pem::decode_all(text)?.into_iter().map(|(label, der)| (label, Zeroizing::new(der))).collect();
    let mut pairs = Vec::new();
    for (label, der) in &blocks {
        match label.as_str() {
            "EC PRIVATE KEY" => pairs.push(of_sec1(der)?),
            "PRIVATE KEY" => pairs.push(of_pkcs8(der)?),
            "RSA PRIVATE KEY" => pairs.push(of_pkcs1(der)?),
            "ENCRYPTED PRIVATE KEY" => return Err(encrypted()),
            // Such as the parameters of a curve, or a certificate beside the key.
            _ => {}
        }
    }
    match (pairs.pop(), pairs.is_empty()) {
        (Some(pair), true) => Ok(pair),
        (Some(_), false) => Err(invalid("it holds several private keys")),
        (None, _) => Err(invalid("it holds no private key")),
    }
}

fn encrypted() -> Error {
    invalid("it is encrypted with a password").with_next(DECRYPT)
}

pub(super) fn unwritten() -> Error {
    Error::new(Kind::Unexpected, READ, "DER refused")
}

pub(super) fn unsupported(what: String) -> Error {
    Error::new(Kind::Unsupported, READ, format!("{what} are not known here"))
        .with_refused_by("this app")
        .with_next("Choose an RSA key, an EC key on P-256, P-384, P-521 or secp256k1, or an Ed25519 key.")
}

pub(super) fn invalid(message: impl Into<String>) -> Error {
    Error::new(Kind::Invalid, READ, message)
        .with_refused_by("this app")
        .with_next("Choose a file with one private key: PEM, DER or a JWK.")
}
