//! JSON Web Keys (RFC 7517, RFC 7518 section 6, RFC 8037, RFC 8812) and their thumbprints (RFC 7638).

use base64ct::{Base64UrlUnpadded, Encoding};
use domain::{Curve, Error, Kind, Result};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::{PublicKey, spki::Material};

/// One key: its numbers, `alg`, `use` and, as `kid`, its thumbprint.
///
/// # Errors
/// [`Kind::Unsupported`] for a kind that JWK has not.
pub(crate) fn jwk(key: &PublicKey) -> Result<Value> {
    let mut object = Map::new();
    for (name, value) in required(key)? {
        object.insert(name.into(), Value::String(value));
    }
    object.insert("alg".into(), Value::from(signature_algorithm(key)?));
    object.insert("use".into(), Value::from("sig"));
    object.insert("kid".into(), Value::String(thumbprint(key)?));
    Ok(Value::Object(object))
}

/// A set of keys in the given order.
///
/// # Errors
/// As [`jwk`], for the first key that has no such form.
pub(crate) fn set(keys: &[PublicKey]) -> Result<Value> {
    let keys: Vec<Value> = keys.iter().map(jwk).collect::<Result<_>>()?;
    Ok(json!({ "keys": keys }))
}

/// The RFC 7638 thumbprint: base64url of SHA-256 over the required members in the order of their names.
///
/// # Errors
/// As [`jwk`].
pub(crate) fn thumbprint(key: &PublicKey) -> Result<String> {
    // No value needs escaping: each is base64url or a registered name.
    let members: Vec<String> =
        required(key)?.into_iter().map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
    Ok(Base64UrlUnpadded::encode_string(&Sha256::digest(format!("{{{}}}", members.join(",")))))
}

/// The members that make the key (RFC 7638, 3.2; RFC 8037, 2), in the order of their names.
fn required(key: &PublicKey) -> Result<Vec<(&'static str, String)>> {
    let number = |bytes: &[u8]| Base64UrlUnpadded::encode_string(bytes);
    match key.material() {
        Material::Ec { curve, x, y } => {
            Ok(vec![("crv", curve.to_string()), ("kty", "EC".into()), ("x", number(x)), ("y", number(y))])
        }
        Material::Ed25519(raw) => Ok(vec![("crv", "Ed25519".into()), ("kty", "OKP".into()), ("x", number(raw))]),
        Material::Other(name) => Err(unsupported(name)),
        Material::Rsa(numbers) => {
            Ok(vec![("e", number(&numbers.exponent)), ("kty", "RSA".into()), ("n", number(&numbers.modulus))])
        }
    }
}

/// RSA gets `RS256`, which every client knows; a client of `PS256` overrides it.
fn signature_algorithm(key: &PublicKey) -> Result<&'static str> {
    match key.material() {
        Material::Ec { curve: Curve::P256, .. } => Ok("ES256"),
        Material::Ec { curve: Curve::P384, .. } => Ok("ES384"),
        Material::Ec { curve: Curve::P521, .. } => Ok("ES512"),
        Material::Ec { curve: Curve::P256k1, .. } => Ok("ES256K"),
        Material::Ed25519(_) => Ok("EdDSA"),
        Material::Other(name) => Err(unsupported(name)),
        Material::Rsa(_) => Ok("RS256"),
    }
}

fn unsupported(name: &str) -> Error {
    Error::new(Kind::Unsupported, "write a JWK", format!("this version writes no JWK for {name}"))
        .with_next("Take the SPKI form.")
}
