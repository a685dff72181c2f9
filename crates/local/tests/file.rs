//! The keystore's file from outside: opened, reopened, refused, read by another implementation.

// `allow-unwrap-in-tests` covers test functions only, not the helpers they share.
#![allow(clippy::unwrap_used)]

use std::{
    collections::BTreeSet,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use domain::{Algorithm, Kind, Secret, Timestamp};
use local::{Entry, EntryState, Keystore, Lock, LockKind, Locked, Material, make};

const PLAIN: &str = "a-plaintext-to-search-for-0123456789";

fn home() -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("keys.keystore");
    (home, path)
}

fn passphrase(text: &str) -> Lock {
    Lock::Passphrase(Secret::from_text(text.to_owned()))
}

fn secret(name: &str) -> Entry {
    let value = Secret::from_text(PLAIN.to_owned());
    Entry::new(name, Timestamp::UNIX_EPOCH, Material::secret(value, "text/plain")).unwrap()
}

/// The body of the file as `read_keystore.py` decrypts it.
fn read_by_python(path: &Path, given: &[u8]) -> serde_json::Value {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/read_keystore.py");
    let mut python = Command::new("python3")
        .args([script.as_ref(), path.as_os_str()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(given).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn what_was_saved_is_there_when_opened_again() {
    let (_home, path) = home();
    let lock = passphrase("correct horse");
    let mut keystore = Keystore::create(&path, &lock).unwrap();
    keystore.add(secret("b").with_state(EntryState::Disabled)).unwrap();
    keystore.add(Entry::new("a", Timestamp::UNIX_EPOCH, make::aes(256).unwrap()).unwrap()).unwrap();
    assert_eq!(keystore.add(secret("b")).unwrap_err().kind(), Kind::Conflict);
    keystore.save().unwrap();

    let locked = Locked::read(&path).unwrap();
    assert_eq!(locked.kind(), LockKind::Passphrase);
    let again = locked.unlock(&lock).unwrap();
    assert_eq!(again.entries().iter().map(Entry::name).collect::<Vec<_>>(), ["a", "b"]);
    assert!(again.entry("c").is_none());
}

#[test]
fn the_wrong_passphrase_and_the_wrong_key_are_told_from_damage() {
    let (_home, path) = home();
    Keystore::create(&path, &passphrase("correct horse")).unwrap();
    for wrong in ["", "Correct horse", "correct horse "] {
        let error = Keystore::open(&path, &passphrase(wrong)).unwrap_err();
        assert_eq!((error.kind(), error.message()), (Kind::SignedOut, "the passphrase is wrong"));
    }
    assert_eq!(Keystore::open(&path, &Lock::Key(Secret::new(vec![1; 32]))).unwrap_err().kind(), Kind::SignedOut);

    let other = path.with_extension("other");
    Keystore::create(&other, &Lock::Key(Secret::new(vec![1; 32]))).unwrap();
    let error = Keystore::open(&other, &Lock::Key(Secret::new(vec![2; 32]))).unwrap_err();
    assert_eq!((error.kind(), error.message().contains("key")), (Kind::SignedOut, true));
    assert_eq!(Keystore::open(&other, &passphrase("x")).unwrap_err().kind(), Kind::SignedOut);
}

#[test]
fn an_empty_passphrase_makes_no_keystore() {
    let (_home, path) = home();
    assert_eq!(Keystore::create(&path, &passphrase("")).unwrap_err().kind(), Kind::Invalid);
    assert!(!path.exists());
}

#[test]
fn a_file_that_exists_is_not_overwritten() {
    let (_home, path) = home();
    std::fs::write(&path, "precious").unwrap();
    let error = Keystore::create(&path, &Lock::Key(Secret::new(vec![1; 32]))).unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict);
    assert_eq!(std::fs::read(&path).unwrap(), b"precious");
}

#[test]
fn another_implementation_reads_the_same_entries() {
    let (_home, path) = home();
    let key = Lock::fresh_key_text().unwrap();
    Keystore::create_with(&path, &Lock::from_key_text(&key).unwrap(), vec![secret("tea")]).unwrap();
    let body = read_by_python(&path, key.expose());
    assert_eq!(body["entries"][0]["name"], "tea");

    let by_passphrase = path.with_extension("passphrase");
    Keystore::create_with(&by_passphrase, &passphrase("zażółć gęślą jaźń"), vec![secret("tea")]).unwrap();
    assert_eq!(read_by_python(&by_passphrase, "zażółć gęślą jaźń".as_bytes()), body);
}

#[test]
fn neither_names_nor_values_stand_in_the_file() {
    let (_home, path) = home();
    let lock = Lock::Key(Secret::new(vec![1; 32]));
    let entry = secret("a-name-to-search-for").with_description("a-description-to-search-for");
    Keystore::create_with(&path, &lock, vec![entry]).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let all = String::from_utf8(bytes).unwrap();
    let body = all.split("\"body\":\"").nth(1).unwrap().split('"').next().unwrap();
    let body = <base64ct::Base64 as base64ct::Encoding>::decode_vec(body).unwrap();
    let in_base64 = <base64ct::Base64 as base64ct::Encoding>::encode_string(PLAIN.as_bytes());
    for needle in [PLAIN, &in_base64, "a-name-to", "a-description-to", "text/plain", "entries"] {
        assert!(!all.contains(needle), "{needle}");
        assert!(!body.windows(needle.len()).any(|window| window == needle.as_bytes()), "{needle}");
    }
}

#[test]
fn no_two_writes_share_a_nonce() {
    let (_home, path) = home();
    let lock = Lock::Key(Secret::new(vec![1; 32]));
    Keystore::create(&path, &lock).unwrap();
    let mut nonces = BTreeSet::new();
    let written = |nonces: &mut BTreeSet<String>| {
        let file: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        assert!(nonces.insert(file["nonce"].as_str().unwrap().to_owned()), "a nonce was used twice");
    };
    written(&mut nonces);
    for _ in 0..20 {
        // Both start from the same bytes and write the same body with the same key.
        let (before, mut one, mut other) = {
            let before = std::fs::read(&path).unwrap();
            (before, Keystore::open(&path, &lock).unwrap(), Keystore::open(&path, &lock).unwrap())
        };
        one.save().unwrap();
        written(&mut nonces);
        assert_eq!(other.save().unwrap_err().kind(), Kind::Conflict, "a lost update");
        std::fs::write(&path, before).unwrap();
        let mut other = Keystore::open(&path, &lock).unwrap();
        other.save().unwrap();
        written(&mut nonces);
    }
    assert_eq!(nonces.len(), 41);
}

#[test]
fn a_cut_or_changed_file_is_refused_whatever_locks_it() {
    let (_home, path) = home();
    let lock = passphrase("correct horse");
    Keystore::create_with(&path, &lock, vec![secret("a")]).unwrap();
    let whole = std::fs::read(&path).unwrap();
    for position in (0..whole.len()).step_by(7) {
        std::fs::write(&path, &whole[..position]).unwrap();
        assert_eq!(Keystore::open(&path, &lock).unwrap_err().kind(), Kind::Invalid, "cut at {position}");
        let mut changed = whole.clone();
        changed[position] ^= 1;
        std::fs::write(&path, &changed).unwrap();
        let kind = Keystore::open(&path, &lock).unwrap_err().kind();
        assert!(matches!(kind, Kind::Invalid | Kind::Unsupported), "byte {position}: {kind}");
    }
    assert_eq!(Keystore::open(&path.with_extension("absent"), &lock).unwrap_err().kind(), Kind::NotFound);
}

#[test]
fn kinds_that_this_keystore_cannot_make_are_refused() {
    for algorithm in [Algorithm::Rsa(1024), Algorithm::Hmac(256), Algorithm::Other("ML_DSA_65".into())] {
        assert_eq!(make::key(&algorithm).unwrap_err().kind(), Kind::Unsupported);
    }
    assert_eq!(make::aes(257).unwrap_err().kind(), Kind::Unsupported);
}

#[test]
fn no_debug_text_shows_a_secret() {
    let (_home, path) = home();
    let lock = passphrase("correct horse");
    let keystore = Keystore::create_with(&path, &lock, vec![secret("a")]).unwrap();
    for text in [format!("{lock:?}"), format!("{keystore:?}"), format!("{:?}", keystore.entries())] {
        assert!(!text.contains("correct horse") && !text.contains(PLAIN), "{text}");
        // Nor as a list of byte values.
        assert!(!text.contains("97, 45, 112"), "{text}");
    }
}
