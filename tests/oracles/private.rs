//! Private keys with their certificates: files of other hands read here, and ours read by them. Signing requests too.

use domain::{KeyAndChain, Secret};
use encoding::{export, key_pem, pfx, x509::SigningRequest};
use serde_json::{Value, json};

use crate::{
    hands::{Python, bytes, openssl, text},
    keys::{MAKERS, Maker, make},
};

/// The kinds of key that a certificate with its key has; Ed25519 is in no certificate of a cloud, but in files.
const KINDS: [&str; 6] = ["RSA 2048", "RSA 3072", "EC P-256", "EC P-384", "EC P-521", "EC secp256k1"];
const PASSWORD: &str = "zażółć gęślą jaźń";

fn secret(text: &str) -> Secret {
    Secret::from_text(text.to_owned())
}

/// A key of each kind, by one maker after the other, under an authority of two.
fn samples(python: &Python) -> Vec<KeyAndChain> {
    let [root, middle] = ["EC P-384", "RSA 2048"].map(|kind| make(Maker::Python, kind, python));
    let sample = |(number, kind): (usize, &&'static str)| {
        let pair = make(MAKERS[number % MAKERS.len()], kind, python);
        let chain = python
            .ask("make_chain", &[text(&pair.private), text(&root.private), text(&middle.private)])
            .unwrap_or_else(|error| panic!("{kind}: {error}"));
        let chain = chain.as_array().unwrap().iter().map(bytes).collect();
        KeyAndChain { key: Secret::new(pair.private), chain }
    };
    KINDS.iter().enumerate().map(sample).collect()
}

fn chain(held: &KeyAndChain) -> Value {
    held.chain.iter().map(|der| text(der)).collect()
}

/// The public half, which is the same whatever else a library writes into PKCS#8.
fn public_half(pkcs8: &[u8]) -> Vec<u8> {
    openssl(&["pkey", "-inform", "DER", "-pubout", "-outform", "DER"], pkcs8).unwrap()
}

fn assert_same(read: &KeyAndChain, held: &KeyAndChain, what: &str) {
    assert_eq!(public_half(read.key.expose()), public_half(held.key.expose()), "{what}");
    assert_eq!(read.chain, held.chain, "{what}");
}

fn assert_told(told: &Value, held: &KeyAndChain, what: &str) {
    assert_eq!(public_half(&bytes(&told["pkcs8"])), public_half(held.key.expose()), "{what}");
    let chain: Vec<Vec<u8>> = told["chain"].as_array().unwrap().iter().map(bytes).collect();
    assert_eq!(chain, held.chain, "{what}");
}

#[test]
fn a_pfx_of_other_hands_is_read_with_a_password_and_with_either_way_of_none() {
    let python = Python::start();
    for held in samples(&python) {
        for how in ["none", "empty", "old", "new"] {
            let is_open = matches!(how, "none" | "empty");
            let arguments = [text(held.key.expose()), chain(&held), json!(how), json!(PASSWORD)];
            let file = bytes(&python.ask("write_pfx", &arguments).unwrap_or_else(|error| panic!("{how}: {error}")));
            let right = if is_open { None } else { Some(secret(PASSWORD)) };
            assert_same(&pfx::read(&file, right.as_ref()).unwrap_or_else(|error| panic!("{how}: {error}")), &held, how);
            let wrong = if is_open { secret(PASSWORD) } else { secret("wrong") };
            let refused = pfx::read(&file, Some(&wrong)).unwrap_err();
            assert!(refused.message().contains("password"), "{how}: {refused}");
        }
    }
}

#[test]
fn a_pfx_of_openssl_is_read_whatever_its_ciphers_are() {
    let python = Python::start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("in.pem");
    for held in samples(&python) {
        std::fs::write(&file, key_pem::write(&held).unwrap().expose()).unwrap();
        let ways: [&[&str]; 6] = [
            &[],
            &["-legacy"],
            &["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"],
            &["-keypbe", "AES-128-CBC", "-certpbe", "NONE", "-macalg", "sha512"],
            &["-keypbe", "DES-EDE3-CBC", "-certpbe", "DES-EDE3-CBC", "-macalg", "sha384"],
            &["-nomac"],
        ];
        for more in ways {
            let password = format!("pass:{PASSWORD}");
            let arguments = ["pkcs12", "-export", "-in", file.to_str().unwrap(), "-passout", &password];
            let made =
                openssl(&[&arguments[..], more].concat(), b"").unwrap_or_else(|error| panic!("{more:?}: {error}"));
            let read = pfx::read(&made, Some(&secret(PASSWORD))).unwrap_or_else(|error| panic!("{more:?}: {error}"));
            assert_same(&read, &held, &format!("{more:?}"));
            let refused = pfx::read(&made, Some(&secret("wrong"))).unwrap_err();
            assert!(refused.message().contains("password"), "{more:?}: {refused}");
        }
    }
}

#[test]
fn what_is_written_is_read_by_other_hands_and_with_its_password_alone() {
    let python = Python::start();
    for held in samples(&python) {
        let ours = pfx::write(&held, "größer", &secret(PASSWORD)).unwrap();
        let told = python.ask("read_pfx", &[text(ours.expose()), json!(PASSWORD)]).unwrap();
        assert_told(&told, &held, "a PFX, by Python");
        let by_openssl =
            |password: &str| openssl(&["pkcs12", "-nodes", "-passin", &format!("pass:{password}")], ours.expose());
        // Beside the blocks it prints names, in no encoding that one could rely on.
        let printed = String::from_utf8_lossy(&by_openssl(PASSWORD).unwrap()).into_owned();
        assert_same(&key_pem::read(&printed).unwrap(), &held, "a PFX, by OpenSSL");
        for wrong in ["", "wrong"] {
            python.ask("read_pfx", &[text(ours.expose()), json!(wrong)]).unwrap_err();
            by_openssl(wrong).unwrap_err();
        }

        let ours = key_pem::write(&held).unwrap();
        let told = python.ask("read_key_pem", &[json!(ours.expose_text().unwrap())]).unwrap();
        assert_told(&told, &held, "PEM, by Python");
        openssl(&["pkey", "-noout", "-check"], ours.expose()).unwrap();
    }
}

#[test]
fn older_forms_of_a_key_in_pem_are_read() {
    let python = Python::start();
    for held in samples(&python) {
        let pem = key_pem::write(&held).unwrap();
        let old = openssl(&["pkey", "-traditional"], pem.expose()).unwrap();
        let (_, certificates) = pem.expose_text().unwrap().split_once("-----END PRIVATE KEY-----\n").unwrap();
        let old = format!("{}{certificates}", String::from_utf8(old).unwrap());
        assert!(!old.contains("BEGIN PRIVATE KEY"), "an older form: {}", old.lines().next().unwrap());
        assert_same(&key_pem::read(&old).unwrap(), &held, "the older form");
    }
}

#[test]
fn signing_requests_are_read_and_written_as_others_read_them() {
    let python = Python::start();
    let folder = tempfile::tempdir().unwrap();
    for (number, kind) in KINDS.iter().chain(&["Ed25519"]).enumerate() {
        let pair = make(MAKERS[number % MAKERS.len()], kind, &python);
        let names = json!(["app.example.com", "www.example.com"]);
        let der = bytes(&python.ask("make_request", &[text(&pair.private), names]).unwrap());
        let read = SigningRequest::parse(&der).unwrap_or_else(|error| panic!("{kind}: {error}"));
        let ours = export::signing_request_pem(&der).unwrap();
        let pem = ours.text().unwrap();
        let told = python.ask("read_request", &[json!(pem)]).unwrap();
        assert_eq!(told["signed"], true, "{kind}");
        assert_eq!(bytes(&told["der"]), der, "{kind}");
        assert_eq!(told["subject"], read.subject.as_str(), "{kind}");
        assert_eq!(told["names"], json!(read.names), "{kind}");
        assert_eq!(bytes(&told["spki"]), read.key.spki_der(), "{kind}");
        assert_eq!(pair.public, read.key.spki_der(), "{kind}");
        openssl(&["req", "-verify", "-noout"], pem.as_bytes()).unwrap();

        // One of OpenSSL's own.
        let file = folder.path().join("key.der");
        std::fs::write(&file, &pair.private).unwrap();
        let arguments = ["req", "-new", "-keyform", "DER", "-key", file.to_str().unwrap(), "-subj", "/CN=by openssl"];
        let made = openssl(&[&arguments[..], &["-outform", "DER"]].concat(), b"").unwrap();
        assert_eq!(SigningRequest::parse(&made).unwrap().subject, "CN=by openssl", "{kind}");
    }
}
