//! Key material of other hands read here, and ours read by them; and what is wrapped, unwrapped by them.

use domain::{Algorithm, Error, Hash, KeyMaterial, Secret, Wrap};
use encoding::{material, pem, wrap};
use serde_json::{Value, json};

use crate::{
    hands::{Python, bytes, openssl, text},
    keys::{MAKERS, Maker, Pair, make},
};

const KINDS: [&str; 8] =
    ["RSA 2048", "RSA 3072", "RSA 4096", "EC P-256", "EC P-384", "EC P-521", "EC secp256k1", "Ed25519"];
const WRAPS: [Wrap; 4] = [Wrap::OaepSha1, Wrap::OaepSha256, Wrap::RsaAesSha1, Wrap::RsaAesSha256];

fn read(file: &[u8]) -> Result<KeyMaterial, Error> {
    material::read(&Secret::new(file.to_vec()))
}

/// Every form that a file may have, by Python and by OpenSSL.
fn forms(pair: &Pair, python: &Python) -> Vec<(&'static str, Vec<u8>)> {
    let of_python = |operation: &str| python.ask(operation, &[text(&pair.private)]).unwrap();
    let by_openssl = |words: &[&str]| openssl(&[&["pkey", "-inform", "DER"], words].concat(), &pair.private).unwrap();
    let mut forms = vec![
        ("PKCS#8 as it was made", pair.private.clone()),
        ("PKCS#8 in PEM by OpenSSL", by_openssl(&[])),
        ("a JWK by Python", of_python("private_jwk").as_str().unwrap().as_bytes().to_vec()),
    ];
    if pair.kind != "Ed25519" {
        let label = if pair.kind.starts_with("RSA") { "RSA PRIVATE KEY" } else { "EC PRIVATE KEY" };
        let der = bytes(&of_python("traditional"));
        forms.extend([
            ("the older form in PEM by Python", pem::encode(label, &der).into_bytes()),
            ("the older form in DER by Python", der),
            ("the older form in PEM by OpenSSL", by_openssl(&["-traditional"])),
        ]);
    }
    if pair.kind.starts_with("EC") {
        let compressed = ["-ec_conv_form", "compressed"];
        forms.push(("a compressed point by OpenSSL", by_openssl(&compressed)));
    }
    forms
}

#[test]
fn pkcs8_made_of_every_form_has_the_same_numbers_by_other_hands() {
    let python = Python::start();
    for (number, kind) in KINDS.into_iter().enumerate() {
        // RSA keys are slow to make, so one maker after the other makes them.
        let makers = if kind.starts_with("RSA") { vec![MAKERS[number % 3]] } else { MAKERS.to_vec() };
        for maker in makers {
            let pair = make(maker, kind, &python);
            let truth = python.ask("numbers", &[text(&pair.private)]).unwrap();
            for (form, file) in forms(&pair, &python) {
                let read = read(&file).unwrap_or_else(|error| panic!("{kind} by {maker:?}, {form}: {error}"));
                assert_eq!(read.algorithm, Algorithm::parse(kind));
                let told = python.ask("numbers", &[text(read.bytes.expose())]).unwrap();
                assert_eq!(told, truth, "{kind} by {maker:?}, {form}");
                // Python and OpenSSL write the very same PKCS#8.
                assert_eq!(bytes(&told["pkcs8"]), read.bytes.expose(), "{kind} by {maker:?}, {form}");
                let public = material::public_key(&read).unwrap().unwrap();
                assert_eq!(public.spki_der(), pair.public, "{kind} by {maker:?}, {form}");
                let members = material::members(&read).unwrap();
                for (name, value) in &members.public {
                    assert_eq!(truth["jwk"][*name], value.as_str(), "{kind}, {name}");
                }
                for (name, value) in &members.private {
                    assert_eq!(truth["jwk"][*name], value.as_str(), "{kind}, a private member");
                }
                assert_eq!(truth["jwk"].as_object().unwrap().len(), members.public.len() + members.private.len());
            }
        }
    }
}

#[test]
fn keys_under_a_password_are_refused_with_the_next_step() {
    let python = Python::start();
    for kind in ["RSA 2048", "EC P-256", "Ed25519"] {
        let pair = make(Maker::Python, kind, &python);
        for form in ["pem", "der", "old"] {
            if (kind, form) == ("Ed25519", "old") {
                continue;
            }
            let file = bytes(&python.ask("encrypted", &[text(&pair.private), json!(form)]).unwrap());
            let refused = read(&file).unwrap_err();
            assert!(refused.message().contains("password") && refused.next().contains("openssl pkey"), "{refused}");
        }
    }
}

#[test]
fn what_is_made_here_is_a_key_to_other_hands() {
    let python = Python::start();
    for algorithm in Algorithm::BROUGHT {
        let made = material::generate(&algorithm).unwrap();
        if let Some(public) = material::public_key(&made).unwrap() {
            let told = python.ask("numbers", &[text(made.bytes.expose())]).unwrap();
            assert_eq!(bytes(&told["spki"]), public.spki_der(), "{algorithm}");
            assert_eq!(bytes(&told["pkcs8"]), made.bytes.expose(), "{algorithm}");
            openssl(&["pkey", "-inform", "DER", "-noout", "-check"], made.bytes.expose()).unwrap();
        }
    }
}

#[test]
fn every_wrap_is_unwrapped_by_other_hands_and_an_altered_one_is_not() {
    let python = Python::start();
    let ask = |place: &Pair, way: Wrap, blob: &[u8]| {
        python.ask("unwrap", &[text(&place.private), json!(way.word()), text(blob)])
    };
    for (number, kind) in ["RSA 2048", "RSA 3072", "RSA 4096"].into_iter().enumerate() {
        let place = make(MAKERS[number], kind, &python);
        let bits = kind[4..].parse().unwrap();
        for algorithm in Algorithm::BROUGHT {
            if matches!(algorithm, Algorithm::Rsa(3072 | 4096)) && bits != 2048 {
                continue;
            }
            let made = material::generate(&algorithm).unwrap();
            let length = made.bytes.expose().len();
            for way in WRAPS {
                let wrapped = wrap::wrap(&place.public, way, &made);
                if wrap::longest(way, bits).is_some_and(|most| length > most) {
                    assert!(wrapped.unwrap_err().message().contains(&format!("{length} bytes")));
                    continue;
                }
                let blob = wrapped.unwrap();
                let found = ask(&place, way, &blob).unwrap_or_else(|error| panic!("{way:?} of {algorithm}: {error}"));
                assert_eq!(bytes(&found), made.bytes.expose(), "{way:?} of {algorithm} with {kind}");
                for at in [1, bits as usize / 8 - 1, blob.len() - 1] {
                    let mut altered = blob.clone();
                    altered[at] ^= 4;
                    ask(&place, way, &altered).unwrap_err();
                }
                let other = if matches!(way, Wrap::OaepSha1 | Wrap::RsaAesSha1) { 1 } else { 0 };
                ask(&place, [WRAPS[other], WRAPS[other + 2]][usize::from(way >= Wrap::RsaAesSha1)], &blob).unwrap_err();
            }
        }
    }
}

#[test]
fn check_values_are_those_of_openssl() {
    for bits in [128, 192, 256] {
        for _ in 0..10 {
            let made = material::generate(&Algorithm::Aes(bits)).unwrap();
            let key: String = made.bytes.expose().iter().map(|byte| format!("{byte:02x}")).collect();
            let cipher = format!("-aes-{bits}-ecb");
            let block = openssl(&["enc", &cipher, "-nopad", "-K", &key], &[0; 16]).unwrap();
            let theirs: String = block[..3].iter().map(|byte| format!("{byte:02X}")).collect();
            assert_eq!(material::check_value(&made), Some(theirs));
        }
    }
}

#[test]
fn macs_and_sealed_texts_are_those_of_other_hands() {
    let python = Python::start();
    let message = b"the same at both places";
    for bits in [224, 256, 384, 512] {
        let made = material::generate(&Algorithm::Hmac(bits)).unwrap();
        for (hash, name) in
            [(Hash::Sha224, "SHA224"), (Hash::Sha256, "SHA256"), (Hash::Sha384, "SHA384"), (Hash::Sha512, "SHA512")]
        {
            let theirs = python.ask("mac", &[text(made.bytes.expose()), json!(name), text(message)]).unwrap();
            assert_eq!(material::mac(&made, hash, message).unwrap(), bytes(&theirs), "{name}");
        }
    }
    for (algorithm, kind) in
        [(Algorithm::Aes(128), "AES"), (Algorithm::Aes(256), "AES"), (Algorithm::ChaCha20, "ChaCha20")]
    {
        let made = material::generate(&algorithm).unwrap();
        let key: Value = text(made.bytes.expose());
        let sealed = material::seal_gcm(&made, message).unwrap();
        let opened = python.ask("open_sealed", &[json!(kind), key.clone(), text(&sealed)]).unwrap();
        assert_eq!(bytes(&opened), message);
        let theirs = python.ask("seal", &[json!(kind), key.clone(), text(&[9; 12]), text(message)]).unwrap();
        assert_eq!(material::open_gcm(&made, &bytes(&theirs)).unwrap().expose(), message);
        let mut altered = sealed;
        altered[12] ^= 1;
        python.ask("open_sealed", &[json!(kind), key, text(&altered)]).unwrap_err();
    }
}
