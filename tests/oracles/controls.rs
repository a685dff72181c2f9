//! The controls: what would be wrong, these hands do notice. Without them, agreement would prove nothing.

use encoding::{PublicKey, export, pem};

use crate::{
    hands::Python,
    keys::{Maker, make},
};

#[test]
fn a_swapped_label_is_noticed() {
    let python = Python::start();
    let key = PublicKey::from_spki_der(&make(Maker::AwsLc, "RSA 2048", &python).public).unwrap();
    let pkcs1 = export::pkcs1_pem(&key).unwrap().text().unwrap().to_owned();
    python.key("read_spki_pem", &pkcs1).unwrap();
    let swapped = pkcs1.replace("RSA PUBLIC KEY", "PUBLIC KEY");
    // OpenSSL 3.0 tolerates this label; Python does not, and neither do the consumers that are built on it.
    python.key("read_spki_pem", &swapped).unwrap_err();
    // Our own reader is tolerant on input, and what it then writes has the right label.
    let read = PublicKey::from_pem(&swapped).unwrap();
    assert!(export::spki_pem(&read).unwrap().text().unwrap().starts_with("-----BEGIN PUBLIC KEY-----\nMIIB"));
}

#[test]
fn a_flipped_byte_and_a_swapped_key_are_noticed() {
    let python = Python::start();
    for kind in ["EC P-256", "Ed25519", "RSA 2048"] {
        let [mine, other] =
            [(); 2].map(|()| PublicKey::from_spki_der(&make(Maker::AwsLc, kind, &python).public).unwrap());
        let text = |key: &PublicKey| export::spki_pem(key).unwrap().text().unwrap().to_owned();
        assert_ne!(python.key("read_spki_pem", &text(&other)).unwrap(), mine.spki_der());
        let mut flipped = mine.spki_der().to_vec();
        *flipped.last_mut().unwrap() ^= 4;
        let read = python.key("read_spki_pem", &pem::encode("PUBLIC KEY", &flipped));
        assert_ne!(read.as_deref().ok(), Some(mine.spki_der()), "{kind}");
    }
}
