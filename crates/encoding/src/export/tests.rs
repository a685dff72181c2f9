//! What each kind of key can become, and that a tampered form is refused by its proof.

use domain::Kind;
use proptest::prelude::*;

use super::*;
use crate::samples::SAMPLES;

type Form = (&'static str, fn(&PublicKey) -> Result<Proven>);

const FORMS: [Form; 7] = [
    ("spki-pem", spki_pem),
    ("spki-der", spki_der),
    ("pkcs1-pem", pkcs1_pem),
    ("openssh", |key| openssh(key, "maria@laptop of May")),
    ("jwk", jwk),
    ("snowflake", |key| snowflake(key, "ETL_USER", Slot::Second)),
    ("fingerprints", fingerprints),
];

/// Swaps one letter of the body, so that it stays base64.
fn with_another_letter(text: &str, at: usize) -> String {
    let mut bytes = text.as_bytes().to_vec();
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    String::from_utf8(bytes).unwrap()
}

#[test]
fn each_kind_of_key_has_exactly_its_forms() {
    let all = ["spki-pem", "spki-der", "pkcs1-pem", "openssh", "jwk", "snowflake", "fingerprints"];
    let without = |missing: &[&str]| -> Vec<&str> { all.into_iter().filter(|form| !missing.contains(form)).collect() };
    let s = &*SAMPLES;
    for (key, forms) in [
        (&s.rsa_1024, without(&["snowflake"])),
        (&s.rsa_2048, without(&[])),
        (&s.p256, without(&["pkcs1-pem", "snowflake"])),
        (&s.p384, without(&["pkcs1-pem", "snowflake"])),
        (&s.p521, without(&["pkcs1-pem", "snowflake"])),
        (&s.p256k1, without(&["pkcs1-pem", "openssh", "snowflake"])),
        (&s.ed25519, without(&["pkcs1-pem", "snowflake"])),
        (&s.ml_dsa_65, without(&["pkcs1-pem", "openssh", "jwk", "snowflake"])),
        (&s.unknown, without(&["pkcs1-pem", "openssh", "jwk", "snowflake"])),
    ] {
        for (name, form) in FORMS {
            match form(key) {
                Ok(proven) => {
                    assert!(forms.contains(&name), "{key:?} {name}");
                    assert!(proven.proof().contains(&format!("the same {} key", key.algorithm())), "{proven:?}");
                    assert_eq!(proven.text().is_none(), name == "spki-der");
                    assert!(proven.text().is_none_or(|text| text.ends_with('\n') && text.as_bytes() == proven.bytes()));
                }
                Err(error) => {
                    assert!(!forms.contains(&name), "{key:?} {name}: {error}");
                    assert_eq!(error.kind(), Kind::Unsupported);
                }
            }
        }
    }
}

#[test]
fn rsa_2048_begins_as_everybody_knows_it() {
    let key = &SAMPLES.rsa_2048;
    let spki = spki_pem(key).unwrap();
    assert!(spki.text().unwrap().starts_with("-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"));
    assert!(spki.text().unwrap().lines().all(|line| line.len() <= 64));
    assert_eq!(spki.proof(), "Parsed back by AWS-LC: the same RSA 2048 key");
    let pkcs1 = pkcs1_pem(key).unwrap();
    assert!(pkcs1.text().unwrap().starts_with("-----BEGIN RSA PUBLIC KEY-----\nMIIBCgKCAQEA"));
    assert_eq!(pem::decode(pkcs1.text().unwrap()).unwrap().1.len(), 270);
}

#[test]
fn a_wrong_label_is_refused_by_the_proof() {
    let key = &SAMPLES.rsa_2048;
    let spki = spki_pem(key).unwrap().text().unwrap().to_owned();
    let pkcs1 = pkcs1_pem(key).unwrap().text().unwrap().to_owned();
    read_back::spki_pem(key, &spki).unwrap();
    read_back::pkcs1_pem(key, &pkcs1).unwrap();
    let swapped = pkcs1.replace("RSA PUBLIC", "PUBLIC");
    for refused in [
        read_back::spki_pem(key, &swapped),
        read_back::pkcs1_pem(key, &swapped),
        read_back::spki_pem(key, &pkcs1),
        read_back::pkcs1_pem(key, &spki),
        read_back::pkcs1_pem(key, &spki.replace("PUBLIC", "RSA PUBLIC")),
    ] {
        assert_eq!(refused.unwrap_err().kind(), Kind::Unexpected);
    }
}

#[test]
fn a_swapped_key_is_refused_by_the_proof() {
    let (key, other) = (&SAMPLES.rsa_2048, &SAMPLES.another_rsa_2048);
    let text = |proven: Result<Proven>| proven.unwrap().text().unwrap().to_owned();
    let refused = [
        read_back::spki_pem(key, &text(spki_pem(other))),
        read_back::spki_der(key, other.spki_der()),
        read_back::pkcs1_pem(key, &text(pkcs1_pem(other))),
        read_back::openssh(key, "c", &text(openssh(other, "c"))),
        read_back::jwk(key, &text(jwk(other))),
        read_back::jwks(&[key.clone(), other.clone()], &text(jwks(&[other.clone(), key.clone()]))),
        read_back::jwks(&[key.clone(), other.clone()], &text(jwks(std::slice::from_ref(key)))),
        read_back::snowflake(key, "U", "RSA_PUBLIC_KEY", &text(snowflake(other, "U", Slot::First))),
        read_back::snowflake(key, "U", "RSA_PUBLIC_KEY", &text(snowflake(key, "V", Slot::First))),
        read_back::snowflake(key, "U", "RSA_PUBLIC_KEY", &text(snowflake(key, "u", Slot::First))),
        read_back::snowflake(key, "U", "RSA_PUBLIC_KEY", &text(snowflake(key, "U", Slot::Second))),
        read_back::fingerprints(key, None, None, &text(fingerprints(key))),
        read_back::fingerprints(other, None, None, &text(fingerprints(key))),
    ];
    for (at, result) in refused.into_iter().enumerate() {
        assert_eq!(result.unwrap_err().kind(), Kind::Unexpected, "case {at}");
    }
}

#[test]
fn a_point_off_its_curve_is_read_and_never_exported() {
    for sample in [&SAMPLES.p256, &SAMPLES.p384, &SAMPLES.p521, &SAMPLES.p256k1] {
        let mut der = sample.spki_der().to_vec();
        *der.last_mut().unwrap() ^= 1;
        let off = PublicKey::from_spki_der(&der).unwrap();
        for (name, form) in FORMS {
            let error = form(&off).unwrap_err();
            assert!(matches!(error.kind(), Kind::Invalid | Kind::Unsupported), "{name}: {error}");
        }
        assert_eq!(jwks(&[off]).unwrap_err().kind(), Kind::Invalid);
    }
}

#[test]
fn a_comment_cannot_bring_a_second_key() {
    for comment in ["a\nssh-ed25519 AAAA", "a\rb", "a\0b", "a\u{85}b"] {
        assert_eq!(openssh(&SAMPLES.ed25519, comment).unwrap_err().kind(), Kind::Invalid, "{comment:?}");
    }
    let bare = openssh(&SAMPLES.ed25519, "").unwrap();
    assert_eq!(bare.text().unwrap().split(' ').count(), 2);
}

#[test]
fn a_slot_is_unset_by_a_proven_statement() {
    let proven = unset("etl", Slot::Second).unwrap();
    assert_eq!(proven.text(), Some("ALTER USER \"etl\" UNSET RSA_PUBLIC_KEY_2;\n"));
    assert_eq!(proven.proof(), "Read back: it unsets RSA_PUBLIC_KEY_2 of the user etl, and nothing else");
    assert_eq!(unset("E\nTL", Slot::First).unwrap_err().kind(), Kind::Invalid);
    for tampered in [
        "ALTER USER ETL UNSET RSA_PUBLIC_KEY_2;\n",
        "ALTER USER etl UNSET RSA_PUBLIC_KEY;\n",
        "ALTER USER ETL UNSET RSA_PUBLIC_KEY, RSA_PUBLIC_KEY_2;\n",
        "ALTER USER ETL UNSET RSA_PUBLIC_KEY",
        "ALTER USER ETL UNSET RSA_PUBLIC_KEY;;\n",
        "ALTER USER ETL SET RSA_PUBLIC_KEY;\n",
        "ALTER USER 'ETL' UNSET RSA_PUBLIC_KEY;\n",
        "ALTER USER ETL UNSET RSA_PUBLIC_KEY; DROP USER ETL;\n",
    ] {
        let read = read_back::unset("ETL", "RSA_PUBLIC_KEY", tampered);
        assert_eq!(read.is_ok(), tampered == "ALTER USER etl UNSET RSA_PUBLIC_KEY;\n", "{tampered}");
    }
}

#[test]
fn a_set_lists_each_key_once_in_order() {
    let (first, second) = (SAMPLES.rsa_2048.clone(), SAMPLES.p256.clone());
    let set = jwks(&[first.clone(), second.clone(), first]).unwrap();
    let read: serde_json::Value = serde_json::from_str(set.text().unwrap()).unwrap();
    let kinds: Vec<&str> = read["keys"].as_array().unwrap().iter().map(|key| key["kty"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["RSA", "EC"]);
    assert_eq!(jwks(&[second, SAMPLES.ml_dsa_65.clone()]).unwrap_err().kind(), Kind::Unsupported);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Any size from 1024 bits, any first byte: SSH puts a zero in front of some numbers, JWK of none.
    #[test]
    fn rsa_of_any_size_takes_every_form(mut modulus in prop::collection::vec(any::<u8>(), 128..=2048), first in 1_u8..) {
        modulus[0] = first;
        *modulus.last_mut().unwrap() |= 1;
        let reading = crate::second::aws_lc::rsa(&modulus, &[1, 0, 1]).unwrap();
        let key = PublicKey::from_spki_der(&reading.spki).unwrap();
        prop_assert_eq!(key.algorithm(), reading.algorithm);
        for form in [spki_pem, spki_der, pkcs1_pem, jwk, fingerprints] {
            prop_assert!(form(&key).is_ok());
        }
        prop_assert!(openssh(&key, "any size").is_ok());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    /// The control of all proofs: one changed letter anywhere in a form is refused, or changes nothing that is read.
    #[test]
    fn a_changed_letter_is_refused_by_the_proof(which in 0_usize..9, form in 0_usize..7, at in any::<prop::sample::Index>()) {
        let key = SAMPLES.all()[which];
        let text = |proven: Result<Proven>| proven.ok().and_then(|proven| proven.text().map(str::to_owned));
        type ReadBack = Box<dyn Fn(&str) -> Result<String>>;
        let owned = key.clone();
        let (good, read_back): (Option<String>, ReadBack) = match form {
            0 => (text(spki_pem(key)), Box::new(move |text| read_back::spki_pem(&owned, text))),
            1 => (text(pkcs1_pem(key)), Box::new(move |text| read_back::pkcs1_pem(&owned, text))),
            2 => (text(openssh(key, "")), Box::new(move |text| read_back::openssh(&owned, "", text))),
            3 => (text(jwk(key)), Box::new(move |text| read_back::jwk(&owned, text))),
            4 => (
                text(snowflake(key, "U", Slot::First)),
                Box::new(move |text| read_back::snowflake(&owned, "U", "RSA_PUBLIC_KEY", text)),
            ),
            5 => (text(unset("U", Slot::Second)), Box::new(|text| read_back::unset("U", "RSA_PUBLIC_KEY_2", text))),
            _ => {
                let (line, jwk) = (text(openssh(key, "")), text(jwk(key)));
                (
                    text(fingerprints(key)),
                    Box::new(move |text| read_back::fingerprints(&owned, line.as_deref(), jwk.as_deref(), text)),
                )
            }
        };
        if let Some(good) = good {
            prop_assert!(read_back(&good).is_ok());
            let at = at.index(good.len());
            let tampered = with_another_letter(&good, at);
            // White space between JSON members, and at the end, is not read; a letter there breaks the syntax.
            prop_assert!(tampered == good || read_back(&tampered).is_err(), "form {} at {}: {}", form, at, tampered);
        }
    }
}
