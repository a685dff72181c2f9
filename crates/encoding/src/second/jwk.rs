//! JSON Web Keys, read from their text: numbers to AWS-LC, `kid` recomputed, `alg` and `use` checked.

use std::collections::BTreeMap;

use domain::Curve;
use serde_json::{Map, Value};

use crate::second::{
    aws_lc::{self, Reading},
    base64,
};

/// Reads one key.
pub(crate) fn one(text: &str) -> Option<Reading> {
    key(&serde_json::from_str(text).ok()?)
}

/// Reads a set, in its order.
pub(crate) fn set(text: &str) -> Option<Vec<Reading>> {
    let set: Map<String, Value> = serde_json::from_str(text).ok()?;
    (set.len() == 1).then_some(())?;
    set.get("keys")?.as_array()?.iter().map(key).collect()
}

/// The thumbprint (RFC 7638, 3) of a key in JSON text, as bytes.
pub(crate) fn thumbprint(text: &str) -> Option<Vec<u8>> {
    digest(serde_json::from_str::<Value>(text).ok()?.as_object()?)
}

fn key(value: &Value) -> Option<Reading> {
    let object = value.as_object()?;
    let member = |name: &str| object.get(name)?.as_str();
    let number = |name: &str| base64::url(member(name)?).filter(|bytes| !bytes.is_empty());
    let (reading, algorithm) = match (member("kty")?, member("crv")) {
        ("EC", Some(name)) => {
            let (curve, algorithm) = match name {
                "P-256" => (Curve::P256, "ES256"),
                "P-384" => (Curve::P384, "ES384"),
                "P-521" => (Curve::P521, "ES512"),
                "secp256k1" => (Curve::P256k1, "ES256K"),
                _ => return None,
            };
            let coordinate = |name: &str| number(name).filter(|bytes| bytes.len() == curve.field_bytes());
            (aws_lc::point(curve, &[vec![4], coordinate("x")?, coordinate("y")?].concat())?, algorithm)
        }
        ("OKP", Some("Ed25519")) => (aws_lc::ed25519(&number("x").filter(|bytes| bytes.len() == 32)?)?, "EdDSA"),
        // AWS-LC refuses numbers with a leading zero byte, which RFC 7518, 2 forbids.
        ("RSA", None) => (aws_lc::rsa(&number("n")?, &number("e")?)?, "RS256"),
        _ => return None,
    };
    let said = member("alg")? == algorithm && member("use")? == "sig" && number("kid")? == digest(object)?;
    said.then_some(reading)
}

fn digest(object: &Map<String, Value>) -> Option<Vec<u8>> {
    // RFC 7638, 3.2 and RFC 8037, 2.
    let required: &[&str] = match object.get("kty")?.as_str()? {
        "EC" => &["crv", "kty", "x", "y"],
        "OKP" => &["crv", "kty", "x"],
        "RSA" => &["e", "kty", "n"],
        _ => return None,
    };
    let members: BTreeMap<&str, &str> =
        required.iter().map(|name| Some((*name, object.get(*name)?.as_str()?))).collect::<Option<_>>()?;
    Some(aws_lc::sha256(serde_json::to_string(&members).ok()?.as_bytes()))
}
