//! What is written and read back, and what is refused. Files of other hands, and those without a password, are read in the
//! oracle tests.

use super::*;
use crate::samples::private::{chain, self_signed};

fn password(text: &str) -> Secret {
    Secret::from_text(text.to_owned())
}

#[test]
fn what_is_written_opens_with_its_password_alone() {
    for held in [self_signed("example.com"), chain()] {
        let right = password("correct horse");
        let written = write(&held, "app", &right).unwrap();
        let again = read(written.expose(), Some(&right)).unwrap();
        assert_eq!(again.key.expose(), held.key.expose());
        assert_eq!(again.chain, held.chain);
        for wrong in [None, Some(password("wrong")), Some(password(""))] {
            let error = read(written.expose(), wrong.as_ref()).unwrap_err();
            assert_eq!(error.kind(), Kind::Invalid);
            assert!(error.message().contains("password"), "{error}");
        }
    }
}

#[test]
fn none_is_written_without_a_password_or_with_one_that_it_cannot_have() {
    for bad in ["", "horse \u{1f40e}"] {
        assert_eq!(write(&self_signed("a"), "app", &password(bad)).unwrap_err().kind(), Kind::Invalid, "{bad}");
    }
    write(&self_signed("a"), "app", &password("zażółć gęślą")).unwrap();
}

#[test]
fn a_key_never_leaves_under_the_certificate_of_another() {
    let mixed = KeyAndChain { key: self_signed("one").key, chain: self_signed("other").chain };
    let error = write(&mixed, "app", &password("p")).unwrap_err();
    assert!(error.message().contains("another certificate"), "{error}");
}

#[test]
fn a_file_with_two_keys_is_refused() {
    let (one, other) = (self_signed("one"), self_signed("other"));
    let mut store = KeyStore::new();
    for (name, held) in [("one", &one), ("other", &other)] {
        let key = PrivateKey::from_der(held.key.expose()).unwrap();
        let certificate = Certificate::from_der(&held.chain[0]).unwrap();
        store.add_entry(name, KeyStoreEntry::PrivateKeyChain(PrivateKeyChain::new(name, key, [certificate])));
    }
    let error = read(&store.writer("p").write().unwrap(), Some(&password("p"))).unwrap_err();
    assert!(error.message().contains("several private keys"), "{error}");
}

#[test]
fn what_is_no_pfx_is_refused() {
    for bytes in [&b""[..], b"not a PFX", &[0x30, 0x80], &vec![0; (1 << 20) + 1]] {
        assert_eq!(read(bytes, None).unwrap_err().kind(), Kind::Invalid);
    }
}

#[test]
fn no_changed_byte_reads_as_another_key() {
    let (held, right) = (self_signed("a"), password("p"));
    let store = {
        let mut store = KeyStore::new();
        let key = PrivateKey::from_der(held.key.expose()).unwrap();
        let certificate = Certificate::from_der(&held.chain[0]).unwrap();
        store.add_entry("a", KeyStoreEntry::PrivateKeyChain(PrivateKeyChain::new("a", key, [certificate])));
        store
    };
    // Few rounds: a thousand files are opened.
    let written = store.writer("p").encryption_iterations(1).mac_iterations(1).write().unwrap();
    read(&written, Some(&right)).unwrap();
    for at in 0..written.len() {
        let mut changed = written.clone();
        changed[at] ^= 0x40;
        if let Ok(read) = read(&changed, Some(&right)) {
            assert_eq!(read.key.expose(), held.key.expose(), "byte {at}");
            assert_eq!(read.chain, held.chain, "byte {at}");
        }
    }
}
