//! Private keys as OpenSSL writes them, read and written as a JWK.

use std::process::Command;

use encoding::PublicKey;

use super::*;

/// What OpenSSL makes of these words.
fn openssl(words: &[&str]) -> Vec<u8> {
    let out = Command::new("openssl").args(words).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    out.stdout
}

fn read(file: &[u8]) -> Result<Material> {
    Material::read(&Secret::new(file.to_vec()))
}

#[test]
fn every_form_of_a_key_becomes_the_same_jwk_with_the_public_part_that_openssl_tells() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.pem");
    let path = path.to_str().unwrap();
    for (kind, option, shape, size) in [
        ("RSA", "rsa_keygen_bits:2048", Shape::Rsa, "2048"),
        ("EC", "ec_paramgen_curve:P-256", Shape::Ec, "P-256"),
        ("EC", "ec_paramgen_curve:secp256k1", Shape::Ec, "P-256K"),
        ("EC", "ec_paramgen_curve:P-384", Shape::Ec, "P-384"),
        ("EC", "ec_paramgen_curve:P-521", Shape::Ec, "P-521"),
    ] {
        let pkcs8 = openssl(&["genpkey", "-algorithm", kind, "-pkeyopt", option]);
        std::fs::write(path, &pkcs8).unwrap();
        let spki = openssl(&["pkey", "-in", path, "-pubout", "-outform", "DER"]);
        let key = read(&pkcs8).unwrap();
        assert_eq!(
            (key.shape, key.size.as_str(), key.public_key.spki_der()),
            (shape, size, spki.as_slice()),
            "{option}"
        );
        PublicKey::from_spki_der(key.public_key.spki_der()).unwrap();
        let jwk = key.jwk(&key.public).unwrap();
        for file in [
            openssl(&["pkey", "-in", path, "-traditional"]),
            openssl(&["pkey", "-in", path, "-outform", "DER"]),
            [b"Bag Attributes\n".as_slice(), pkcs8.as_slice()].concat(),
            jwk.to_vec(),
        ] {
            let again = read(&file).unwrap();
            assert_eq!(
                (again.public_key.spki_der(), &again.jwk(&key.public).unwrap()),
                (spki.as_slice(), &jwk),
                "{option}"
            );
        }
    }
}

#[test]
fn what_cannot_be_imported_is_refused_without_a_word_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.pem");
    let path = path.to_str().unwrap();
    std::fs::write(path, openssl(&["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"])).unwrap();
    let encrypted = openssl(&["pkey", "-in", path, "-aes256", "-passout", "pass:secret"]);
    let cases = [
        (encrypted, "password"),
        (openssl(&["pkey", "-in", path, "-pubout"]), "no private key"),
        (openssl(&["genpkey", "-algorithm", "ED25519"]), "does not import keys of the kind Ed25519"),
        (openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"]), "2048 to 8192"),
        (openssl(&["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-224"]), "on the curve"),
        (b"{\"kty\":\"oct\",\"k\":\"AAAA\"}".to_vec(), "of the kind \"oct\""),
        (b"{\"kty\":\"oct\",\"k\":\"AAAAAAAAAAAAAAAAAAAAAA\"}".to_vec(), "does not import keys of the kind AES-128"),
        (b"{\"kty\":\"RSA\",\"n\":\"AQAB\"}".to_vec(), "lacks one of"),
        (b"{".to_vec(), "no JWK"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA".to_vec(), "no end"),
        (b"-----BEGIN PRIVATE KEY-----\nA*\n-----END PRIVATE KEY-----".to_vec(), "not base64"),
        (b"rubbish".to_vec(), "PKCS#8"),
        (Vec::new(), "PKCS#8"),
    ];
    for (file, word) in cases {
        let error = read(&file).err().unwrap();
        assert!(error.message().contains(word), "{word}: {error}");
    }
    // The public part of another key beside the private one.
    let swapped = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"}"#;
    assert!(read(swapped.as_bytes()).err().unwrap().message().contains("another key"));
}
