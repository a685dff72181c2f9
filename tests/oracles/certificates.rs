//! Certificates made by Python and OpenSSL: our reading against theirs, and our exports read by them.

use encoding::{export, x509::Certificate};
use serde_json::{Value, json};

use crate::{
    cases,
    hands::{Python, bytes, openssl, text},
    keys::{FRESH, Maker, Pair, make},
};

const KEY_USAGES: [(&str, &str); 7] = [
    ("digital_signature", "digital signature"),
    ("content_commitment", "non-repudiation"),
    ("key_encipherment", "key encipherment"),
    ("data_encipherment", "data encipherment"),
    ("key_agreement", "key agreement"),
    ("key_cert_sign", "certificate signing"),
    ("crl_sign", "CRL signing"),
];

const EXTENDED: [(&str, &str); 4] = [
    ("1.3.6.1.5.5.7.3.1", "TLS server"),
    ("1.3.6.1.5.5.7.3.2", "TLS client"),
    ("1.3.6.1.5.5.7.3.3", "code signing"),
    ("1.3.6.1.5.5.7.3.4", "e-mail protection"),
];

/// One key of each kind that signs certificates.
fn signers(python: &Python) -> Vec<Pair> {
    let rsa = ["RSA 2048", "RSA 3072"].map(|kind| make(Maker::Python, kind, python));
    rsa.into_iter().chain(FRESH.map(|kind| make(Maker::Python, kind, python))).collect()
}

/// A tenth as many certificates as keys.
#[test]
fn certificates_read_as_python_reads_them() {
    let python = Python::start();
    let signers = signers(&python);
    for case in 0..cases() as usize / 10 {
        let subject = &signers[case % signers.len()];
        // Every other one signs itself.
        let issuer = if case % 2 == 0 { subject } else { &signers[case / 2 % signers.len()] };
        // The same numbers in every run, so that a failure can be looked at again; the keys vary.
        let seed = format!("certificate {case}");
        let made =
            python.ask("make_certificate", &[json!(seed), text(&subject.private), text(&issuer.private)]).unwrap();
        let der = bytes(&made);
        let theirs = python.ask("read_certificate", &[text(&der)]).unwrap();
        let ours = Certificate::parse(&der).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        compare(&ours, &theirs, &seed);
        assert_eq!(ours.algorithm.to_string(), subject.kind);
        let pem = export::certificate_pem(&der).unwrap();
        assert_eq!(pem.text(), theirs["pem"].as_str());
        assert_eq!(export::certificate_der(&der).unwrap().bytes(), der);
    }
}

fn compare(ours: &Certificate, theirs: &Value, seed: &str) {
    for (name, ours) in [
        ("subject", &ours.subject),
        ("issuer", &ours.issuer),
        ("serial", &ours.serial),
        ("sha1", &ours.sha1),
        ("sha256", &ours.sha256),
        ("x5t", &ours.x5t),
        ("x5t_s256", &ours.x5t_s256),
        ("spki_pin", &ours.spki_pin),
    ] {
        assert_eq!(theirs[name].as_str(), Some(ours.as_str()), "{seed}: {name}");
    }
    assert_eq!(ours.not_before.as_second(), theirs["not_before"], "{seed}");
    assert_eq!(ours.not_after.as_second(), theirs["not_after"], "{seed}");
    assert_eq!(json!(ours.names), theirs["names"], "{seed}");
    assert_eq!(ours.is_authority, theirs["is_authority"], "{seed}");
    assert_eq!(ours.self_signed, theirs["self_signed"], "{seed}");
    assert_eq!(ours.public_key().unwrap().spki_der(), bytes(&theirs["spki"]), "{seed}");
    let words = |list: &Value, table: &[(&str, &str)]| -> Vec<String> {
        let word = |name: &Value| {
            let name = name.as_str().unwrap();
            table.iter().find(|(theirs, _)| *theirs == name).map_or(name, |(_, ours)| *ours).to_owned()
        };
        list.as_array().unwrap().iter().map(word).collect()
    };
    let usages = [words(&theirs["key_usages"], &KEY_USAGES), words(&theirs["extended"], &EXTENDED)].concat();
    assert_eq!(ours.usages, usages, "{seed}");
    assert_eq!(ours.signature_algorithm, signature(theirs), "{seed}");
}

/// Our words for the object identifier and the hash that Python found.
fn signature(theirs: &Value) -> String {
    let hash = match theirs["hash"].as_str() {
        Some("sha256") => "SHA-256",
        Some("sha384") => "SHA-384",
        Some("sha512") => "SHA-512",
        _ => return "Ed25519".into(),
    };
    match theirs["signature"].as_str().unwrap() {
        "1.2.840.113549.1.1.10" => format!("RSA-PSS with {hash}"),
        rsa if rsa.starts_with("1.2.840.113549.") => format!("RSA with {hash}"),
        _ => format!("ECDSA with {hash}"),
    }
}

#[test]
fn python_and_openssl_read_the_same_certificates_in_a_p7b() {
    let python = Python::start();
    for kind in ["RSA 2048", "EC P-521", "Ed25519"] {
        let chain: Vec<Vec<u8>> = (0..3)
            .map(|case| {
                let pair = make(Maker::Python, kind, &python);
                let key = text(&pair.private);
                bytes(
                    &python.ask("make_certificate", &[json!(format!("p7b {kind} {case}")), key.clone(), key]).unwrap(),
                )
            })
            .collect();
        let bag = export::certificates_p7b(&chain).unwrap();
        let read = python.ask("read_p7b", &[json!(bag.text().unwrap())]).unwrap();
        let mut theirs: Vec<Vec<u8>> = read.as_array().unwrap().iter().map(bytes).collect();
        let mut ours = chain.clone();
        theirs.sort();
        ours.sort();
        assert_eq!(theirs, ours, "{kind}");
        let printed = openssl(&["pkcs7", "-print_certs"], bag.bytes()).unwrap();
        let printed = String::from_utf8(printed).unwrap();
        for der in &chain {
            let one = export::certificate_pem(der).unwrap();
            assert!(printed.contains(one.text().unwrap()), "{kind}");
        }
        // The control: a certificate left out is missed by both.
        let fewer = export::certificates_p7b(&chain[1..]).unwrap();
        assert_ne!(python.ask("read_p7b", &[json!(fewer.text().unwrap())]).unwrap(), read);
    }
}

#[test]
fn openssl_agrees_on_thumbprints_and_serial() {
    let python = Python::start();
    for kind in ["RSA 2048", "EC P-256", "EC P-521", "Ed25519"] {
        let pair = make(Maker::OpenSsl, kind, &python);
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key.der");
        std::fs::write(&key, &pair.private).unwrap();
        let subject = "/C=PL/O=Klucze i S-ka/CN=api.example.com";
        let alternative =
            "subjectAltName=DNS:api.example.com,IP:10.0.0.1,otherName:1.3.6.1.4.1.311.20.2.3;UTF8:maria@corp";
        let arguments = ["req", "-x509", "-new", "-keyform", "DER", "-key", key.to_str().unwrap(), "-subj", subject];
        let more = ["-addext", alternative, "-days", "30", "-outform", "DER"];
        let der = openssl(&[&arguments[..], &more[..]].concat(), &[]).unwrap();
        let ours = Certificate::parse(&der).unwrap();
        assert_eq!(ours.subject, "CN=api.example.com,O=Klucze i S-ka,C=PL");
        assert_eq!(ours.names, ["DNS:api.example.com", "IP:10.0.0.1", "UPN:maria@corp"]);
        assert!(ours.self_signed && ours.is_authority);
        let pem = export::certificate_pem(&der).unwrap();
        let ask = |what: &[&str]| {
            let said = openssl(&[&["x509", "-noout"], what].concat(), pem.bytes()).unwrap();
            String::from_utf8(said).unwrap().trim().split_once('=').unwrap().1.to_owned()
        };
        assert_eq!(ask(&["-fingerprint", "-sha1"]), ours.sha1);
        assert_eq!(ask(&["-fingerprint", "-sha256"]), ours.sha256);
        assert_eq!(ask(&["-serial"]), ours.serial.replace(':', ""));
        assert_eq!(ask(&["-subject", "-nameopt", "RFC2253"]), ours.subject);
        let public = openssl(&["x509", "-noout", "-pubkey"], pem.bytes()).unwrap();
        let exported = export::spki_pem(&ours.public_key().unwrap()).unwrap();
        assert_eq!(public, exported.bytes());
        let chain = export::certificate_chain_pem(std::slice::from_ref(&der)).unwrap();
        let read = python.ask("read_chain", &[json!(chain.text().unwrap())]).unwrap();
        assert_eq!(read, json!([text(&der)]));
    }
}
