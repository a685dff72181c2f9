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
    required(key).map(|members| digest(&members))
}

/// The thumbprint of these members, which stand in the order of their names.
pub(crate) fn digest(members: &[(&'static str, String)]) -> String {
    // No value needs escaping: each is base64url or a registered name.
    let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
    Base64UrlUnpadded::encode_string(&Sha256::digest(format!("{{{}}}", members.join(","))))
}

/// The members that make the key (RFC 7638, 3.2; RFC 8037, 2), in the order of their names.
pub(crate) fn required(key: &PublicKey) -> Result<Vec<(&'static str, String)>> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::second::{aws_lc, base64};

    fn rebuilt(reading: Option<aws_lc::Reading>) -> PublicKey {
        PublicKey::from_spki_der(&reading.unwrap().spki).unwrap()
    }

    #[test]
    fn thumbprint_of_rfc_7638_section_3_1() {
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV\
                 4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d\
                 0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-\
                 csFCur-kEgU8awapJzKnqDKgw";
        let key = rebuilt(aws_lc::rsa(&base64::url(n).unwrap(), &[1, 0, 1]));
        assert_eq!(thumbprint(&key).unwrap(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
        assert_eq!(jwk(&key).unwrap()["n"], n);
        assert_eq!(jwk(&key).unwrap()["e"], "AQAB");
    }

    #[test]
    fn thumbprint_of_rfc_8037_appendix_a_3() {
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let key = rebuilt(aws_lc::ed25519(&base64::url(x).unwrap()));
        assert_eq!(thumbprint(&key).unwrap(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!(jwk(&key).unwrap()["x"], x);
    }

    #[test]
    fn coordinates_keep_their_leading_zeros() {
        // About one key in 256 has such a point, so one is looked for.
        let key = (0..20_000).find_map(|_| {
            let private = aws_lc_rs::agreement::PrivateKey::generate(&aws_lc_rs::agreement::ECDH_P256).unwrap();
            let point = private.compute_public_key().unwrap();
            (point.as_ref()[1] == 0).then(|| rebuilt(aws_lc::point(Curve::P256, point.as_ref())))
        });
        let jwk = jwk(&key.unwrap()).unwrap();
        assert_eq!(jwk["x"].as_str().unwrap().len(), 43);
        assert!(jwk["x"].as_str().unwrap().starts_with('A'));
    }
}
