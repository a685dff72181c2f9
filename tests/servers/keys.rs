//! Public keys as other hands see them: written into a set, and asked whether a signature is theirs.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

/// The last bytes of the SPKI of an RSA key: the public exponent 65537, as DER.
const EXPONENT: [u8; 5] = [2, 3, 1, 0, 1];

/// Whether the key of that SPKI, RSA-2048 or P-256, verifies the signature over SHA-256 of the message.
pub fn verifies(spki: &[u8], message: &[u8], signature: &[u8]) -> bool {
    match spki.ends_with(&EXPONENT) {
        true => UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, spki).verify(message, signature).is_ok(),
        false => {
            let point = &spki[spki.len() - 65..];
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature).is_ok()
        }
    }
}

/// A key set with that key alone, as its owner published it before anybody thought of Claviger.
pub fn set_of(spki: &[u8]) -> String {
    let text = |bytes: &[u8]| Base64UrlUnpadded::encode_string(bytes);
    let end = spki.len();
    let key = match spki.ends_with(&EXPONENT) {
        true => json!({"kty": "RSA", "n": text(&spki[end - 261..end - 5]), "e": text(&[1, 0, 1])}),
        false => {
            let (x, y) = spki[end - 64..].split_at(32);
            json!({"kty": "EC", "crv": "P-256", "x": text(x), "y": text(y)})
        }
    };
    json!({"keys": [key]}).to_string()
}

/// Whether a set has the key: all of its numbers stand in the SPKI.
pub fn is_in(set: &str, spki: &[u8]) -> bool {
    let Ok(set) = serde_json::from_str::<Value>(set) else { return false };
    let stands = |key: &Value, name: &str| {
        let number = Base64UrlUnpadded::decode_vec(key[name].as_str().unwrap_or_default()).unwrap_or_default();
        number.len() > 30 && spki.windows(number.len()).any(|window| window == number)
    };
    let has = |key: &Value| match key["kty"].as_str() {
        Some("RSA") => stands(key, "n"),
        _ => stands(key, "x") && stands(key, "y"),
    };
    set["keys"].as_array().is_some_and(|keys| keys.iter().any(has))
}
