//! A JSON Web Key Set that somebody publishes (RFC 7517, 5), read to find a key in it. The keys are told by their
//! thumbprints (RFC 7638), since a `kid` is whatever its publisher likes.

use base64ct::{Base64UrlUnpadded, Encoding};
use domain::{Curve, Error, Kind, Result};
use serde_json::{Map, Value};

use crate::{PublicKey, jwk};

/// The most that is read of a set, in bytes.
const LONGEST_SET: usize = 1024 * 1024;
const READ: &str = "read a JSON Web Key Set";

/// The members of a key that nobody but its owner may know (RFC 7518, 6.2.2, 6.3.2 and 6.4; RFC 8037, 2), and that of the
/// keys of ML-DSA.
const PRIVATE: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

/// The kinds of `OKP` (RFC 8037, 2) that have no form here, and the bytes of their `x`.
const OTHER_OKP: [(&str, usize); 3] = [("Ed448", 57), ("X25519", 32), ("X448", 56)];

/// One key of a published set.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PublishedKey {
    /// What its publisher calls it.
    pub kid: Option<String>,
    /// The RFC 7638 thumbprint of its canonical form, whatever zeros and padding it was written with. Absent for a kind
    /// that has none here (`oct`, an unknown curve), and for a key that is malformed: its readers pass over both
    /// (RFC 7517, 5).
    pub thumbprint: Option<String>,
    /// It was published with its private half, or it is a secret. Whoever can read the set can sign: the key is lost.
    pub is_private: bool,
}

/// Reads a set, in its order.
///
/// # Errors
/// [`Kind::Invalid`] if the text is longer than 1 MiB, no JSON, has no array `keys`, or holds something in it that is no
/// object.
pub fn published(text: &str) -> Result<Vec<PublishedKey>> {
    if text.len() > LONGEST_SET {
        return Err(invalid("the text is longer than 1 MiB").with_next("Check the address: no key set is that long."));
    }
    let read: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
        invalid(format!("it is no JSON: line {}, column {}", error.line(), error.column()))
            .with_next("Check the address: an error page or a sign-in page may have come instead.")
    })?;
    let Some(keys) = read.get("keys").and_then(Value::as_array) else {
        let message = if read.get("kty").is_some() {
            "it is a single key, and no set with an array \"keys\""
        } else {
            "it has no array \"keys\", so it is no key set"
        };
        return Err(invalid(message).with_next("Take the address that \"jwks_uri\" names in the issuer's metadata."));
    };
    let entry = |(at, key): (usize, &Value)| match key.as_object() {
        Some(key) => Ok(one(key)),
        None => Err(invalid(format!("entry {} of \"keys\" is no key", at + 1))
            .with_next("Have its publisher correct the set: its readers may refuse all of it.")),
    };
    keys.iter().enumerate().map(entry).collect()
}

/// Whether `key` is among the keys of a set, under whatever `kid`.
pub fn publishes(keys: &[PublishedKey], key: &PublicKey) -> bool {
    jwk::thumbprint(key).is_ok_and(|own| keys.iter().any(|key| key.thumbprint.as_ref() == Some(&own)))
}

fn one(key: &Map<String, Value>) -> PublishedKey {
    PublishedKey {
        kid: key.get("kid").and_then(Value::as_str).map(str::to_owned),
        thumbprint: thumbprint(key),
        is_private: PRIVATE.iter().any(|member| key.contains_key(*member)),
    }
}

fn thumbprint(key: &Map<String, Value>) -> Option<String> {
    let member = |name: &str| key.get(name)?.as_str();
    // RFC 7515, 2 leaves the padding out; some publishers write it, and most readers take it.
    let number = |name: &str| Base64UrlUnpadded::decode_vec(member(name)?.trim_end_matches('=')).ok();
    let read = match (member("kty")?, member("crv")) {
        ("EC", Some(name)) => {
            let curve = Curve::ALL.into_iter().find(|curve| curve.to_string() == name)?;
            PublicKey::from_point(curve, &number("x")?, &number("y")?)
        }
        ("OKP", Some("Ed25519")) => PublicKey::from_ed25519_raw(&number("x")?),
        ("OKP", Some(curve)) => {
            let (curve, length) = OTHER_OKP.into_iter().find(|(name, _)| *name == curve)?;
            let x = number("x").filter(|x| x.len() == length)?;
            let x = Base64UrlUnpadded::encode_string(&x);
            return Some(jwk::digest(&[("crv", curve.into()), ("kty", "OKP".into()), ("x", x)]));
        }
        ("RSA", _) => PublicKey::from_rsa_numbers(&number("n")?, &number("e")?),
        _ => return None,
    };
    jwk::thumbprint(&read.ok()?).ok()
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(Kind::Invalid, READ, message)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::{export, samples::SAMPLES};

    /// A set with one key, with `change` applied to it.
    fn changed(key: &PublicKey, change: impl FnOnce(&mut Map<String, Value>)) -> Vec<PublishedKey> {
        let mut jwk = jwk::jwk(key).unwrap();
        change(jwk.as_object_mut().unwrap());
        published(&json!({ "keys": [jwk], "more": 1 }).to_string()).unwrap()
    }

    fn decoded(key: &Map<String, Value>, member: &str) -> Vec<u8> {
        Base64UrlUnpadded::decode_vec(key[member].as_str().unwrap()).unwrap()
    }

    #[test]
    fn the_keys_of_our_own_set_are_found() {
        let s = &*SAMPLES;
        let keys = [&s.rsa_1024, &s.rsa_2048, &s.p256, &s.p384, &s.p521, &s.p256k1, &s.ed25519].map(Clone::clone);
        let set = published(export::jwks(&keys).unwrap().text().unwrap()).unwrap();
        assert_eq!(set.len(), keys.len());
        for (read, key) in set.iter().zip(&keys) {
            assert_eq!(read.thumbprint.as_ref(), Some(&jwk::thumbprint(key).unwrap()));
            assert_eq!(read.kid, read.thumbprint);
            assert!(!read.is_private && publishes(&set, key));
        }
        assert!(!publishes(&set, &s.another_rsa_2048) && !publishes(&set, &s.ml_dsa_65) && !publishes(&[], &s.p256));
    }

    #[test]
    fn zeros_padding_and_other_members_do_not_change_the_thumbprint() {
        let s = &*SAMPLES;
        for (key, members) in [(&s.rsa_2048, ["n", "e"]), (&s.p256, ["x", "y"]), (&s.p521, ["x", "y"])] {
            for zeros in [1, 2, 3] {
                let set = changed(key, |jwk| {
                    for member in members {
                        let number = [vec![0; zeros], decoded(jwk, member)].concat();
                        jwk[member] = json!(base64ct::Base64Url::encode_string(&number));
                    }
                    jwk["kid"] = json!("2025-02");
                    jwk.insert("x5c".into(), json!(["MII"]));
                    jwk.remove("alg");
                });
                assert!(publishes(&set, key), "{key:?} {zeros}");
                assert_eq!(set[0].kid.as_deref(), Some("2025-02"));
            }
        }
        let set = changed(&s.ed25519, |jwk| jwk["x"] = json!(format!("{}=", jwk["x"].as_str().unwrap())));
        assert!(publishes(&set, &s.ed25519));
    }

    #[test]
    fn a_coordinate_without_its_leading_zeros_is_the_same_point() {
        let short = PublicKey::from_point(Curve::P256, &[7; 31], &[9; 32]).unwrap();
        let set = changed(&short, |jwk| {
            assert_eq!(decoded(jwk, "x").len(), 32);
            jwk["x"] = json!(Base64UrlUnpadded::encode_string(&[7; 31]));
        });
        assert!(publishes(&set, &short));
    }

    #[test]
    fn a_private_member_is_told_whatever_the_kind() {
        for member in PRIVATE {
            let set = changed(&SAMPLES.rsa_2048, |jwk| drop(jwk.insert(member.into(), json!("AQ"))));
            assert!(set[0].is_private && publishes(&set, &SAMPLES.rsa_2048), "{member}");
        }
        let secret = published(r#"{"keys": [{"kty": "oct", "k": "AQ", "kid": "s"}]}"#).unwrap();
        assert_eq!(secret, [PublishedKey { kid: Some("s".into()), thumbprint: None, is_private: true }]);
        let null = published(r#"{"keys": [{"kty": "OKP", "crv": "Ed25519", "d": null}]}"#).unwrap();
        assert!(null[0].is_private);
    }

    #[test]
    fn a_key_of_another_kind_or_a_malformed_one_has_no_thumbprint() {
        let x = Base64UrlUnpadded::encode_string(&[1; 32]);
        for key in [
            json!({}),
            json!({ "kty": "oct" }),
            json!({ "kty": 1 }),
            json!({ "kty": "AKP", "alg": "ML-DSA-65", "pub": "AQ" }),
            json!({ "kty": "RSA", "n": "AQAB" }),
            json!({ "kty": "RSA", "n": "", "e": "AQAB" }),
            json!({ "kty": "RSA", "n": "AQ+B", "e": "AQAB" }),
            json!({ "kty": "RSA", "n": 65537, "e": "AQAB" }),
            json!({ "kty": "EC", "crv": "BP-256", "x": x, "y": x }),
            json!({ "kty": "EC", "crv": "P-256", "x": x }),
            json!({ "kty": "EC", "crv": "P-256", "x": x, "y": format!("{x}AAAA") }),
            json!({ "kty": "OKP", "crv": "Ed25519", "x": "AQ" }),
            json!({ "kty": "OKP", "crv": "X448", "x": x }),
            json!({ "kty": "OKP", "x": x }),
        ] {
            let set = published(&json!({ "keys": [key] }).to_string()).unwrap();
            assert_eq!(set, [PublishedKey { kid: None, thumbprint: None, is_private: false }], "{key}");
        }
    }

    #[test]
    fn thumbprints_of_the_rfcs() {
        // RFC 8037, A.3, and the same rule (RFC 7638, 3) for the key of A.6.
        let set = published(
            r#"{"keys": [
                {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
                {"x": "3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08=", "crv": "X25519", "kty": "OKP"}]}"#,
        )
        .unwrap();
        assert_eq!(set[0].thumbprint.as_deref(), Some("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"));
        let canonical = r#"{"crv":"X25519","kty":"OKP","x":"3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08"}"#;
        let digest = crate::second::aws_lc::sha256(canonical.as_bytes());
        assert_eq!(set[1].thumbprint, Some(Base64UrlUnpadded::encode_string(&digest)));
    }

    #[test]
    fn what_is_no_set_is_refused_with_its_own_sentence() {
        let deep = format!("{{\"keys\": {}", "[".repeat(1000));
        let long = format!("{{\"keys\": [] {}}}", " ".repeat(LONGEST_SET));
        for (text, said) in [
            ("", "no JSON"),
            ("<html>", "no JSON"),
            (r#"{"keys": []} x"#, "no JSON"),
            (&deep, "no JSON"),
            ("[]", "no array \"keys\""),
            (r#"{"keys": {}}"#, "no array \"keys\""),
            (r#"{"kty": "RSA"}"#, "single key"),
            (r#"{"keys": [{}, 7]}"#, "entry 2"),
            (&long, "1 MiB"),
        ] {
            let error = published(text).unwrap_err();
            assert_eq!(error.kind(), Kind::Invalid);
            assert!(error.message().contains(said), "{error}");
            assert_ne!(error.next(), invalid("").next(), "{error}");
        }
        assert_eq!(published("\u{feff}{\"keys\": []}").unwrap(), []);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        /// Written in any of the usual ways, the thumbprint is the one of the second parser's canonical form.
        #[test]
        fn an_rsa_key_keeps_its_thumbprint(
            mut modulus in prop::collection::vec(any::<u8>(), 128..=512),
            first in 1_u8..,
            zeros in 0_usize..4,
            padded: bool,
        ) {
            modulus[0] = first;
            let bare = |bytes: &[u8]| Base64UrlUnpadded::encode_string(bytes);
            let canonical = json!({ "kty": "RSA", "n": bare(&modulus), "e": "AQAB" }).to_string();
            let written = [vec![0; zeros], modulus].concat();
            let n = if padded { base64ct::Base64Url::encode_string(&written) } else { bare(&written) };
            let set = published(&json!({ "keys": [{ "e": "AAEAAQ", "n": n, "kty": "RSA" }] }).to_string()).unwrap();
            let expected = crate::second::jwk::thumbprint(&canonical).map(|digest| bare(&digest));
            prop_assert!(expected.is_some());
            prop_assert_eq!(&set[0].thumbprint, &expected);
        }

        #[test]
        fn no_text_makes_it_panic(text in r#"\{"keys":\[(\{("(kty|crv|x|y|n|e|d)":("(RSA|EC|P-256|[A-Za-z0-9_=-]{0,9})"|1),){0,4}"a":1\},){0,2}\{\}\]\}"#) {
            prop_assert!(published(&text).is_ok());
        }
    }
}
