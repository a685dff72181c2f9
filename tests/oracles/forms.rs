//! Public keys in every form, against what other hands make of the same private key and of our text.

use encoding::{
    PublicKey, export,
    fingerprint::{self, Fingerprints, Verdict},
    proof::Proven,
    snowflake::{self, Slot},
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    cases,
    hands::{Python, bytes, openssl, ssh_keygen, text},
    keys::{FRESH, MAKERS, Pair, make, rsa_pool},
};

/// The hands that judge one test's cases.
struct Judges {
    python: Python,
    folder: TempDir,
}

/// What varies beside the key.
#[derive(Clone, Debug)]
struct Words {
    comment: String,
    user: String,
    second_slot: bool,
}

/// Two fifths of the cases.
#[test]
fn rsa_keys_are_the_same_to_every_hand() {
    let judges = Judges::new();
    let pool = rsa_pool(&judges.python);
    let case = (0..pool.len(), words());
    run(cases() * 2 / 5, &case, |(which, words)| judges.judge(&pool[which], &words));
}

/// Three fifths of the cases.
#[test]
fn curve_keys_are_the_same_to_every_hand() {
    let judges = Judges::new();
    let case = (0..FRESH.len(), 0..MAKERS.len(), words());
    run(cases() - cases() * 2 / 5, &case, |(kind, maker, words)| {
        judges.judge(&make(MAKERS[maker], FRESH[kind], &judges.python), &words)
    });
}

fn run<S: Strategy>(cases: u32, strategy: &S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 40, ..Config::default() };
    TestRunner::new(config).run(strategy, test).unwrap_or_else(|failure| panic!("{failure}"));
}

fn words() -> impl Strategy<Value = Words> {
    let comment = prop_oneof![Just(String::new()), "[ -~]{1,40}", "\\PC{1,20}"];
    let user = prop_oneof![
        "[A-Z_][A-Z0-9_$]{0,12}",
        "[a-z]{1,8}@example[.]com",
        "[ -~]{1,20}",
        "\\PC{1,12}",
        Just("SET".into())
    ]
    .prop_map(|user: String| user.trim().to_owned())
    .prop_filter("a name", |user| !user.is_empty());
    (comment, user, any::<bool>()).prop_map(|(comment, user, second_slot)| Words { comment, user, second_slot })
}

fn form(proven: domain::Result<Proven>) -> Option<String> {
    match proven {
        Ok(proven) => Some(proven.text().unwrap().to_owned()),
        Err(error) if error.kind() == domain::Kind::Unsupported => None,
        Err(error) => panic!("{error}"),
    }
}

impl Judges {
    fn new() -> Self {
        Self { python: Python::start(), folder: tempfile::tempdir().unwrap() }
    }

    fn judge(&self, pair: &Pair, words: &Words) -> Result<(), TestCaseError> {
        let truth = self.python.ask("truth", &[text(&pair.private)]).unwrap();
        let key = PublicKey::from_spki_der(&pair.public).unwrap();
        prop_assert_eq!(key.algorithm().to_string(), pair.kind);
        prop_assert_eq!(key.spki_der(), bytes(&truth["spki"]));
        self.judge_spki(&key, &truth)?;
        self.judge_pkcs1(&key, &truth)?;
        self.judge_openssh(&key, &truth, &words.comment)?;
        self.judge_jwk(&key, &truth)?;
        self.judge_snowflake(&key, &truth, words)
    }

    fn judge_spki(&self, key: &PublicKey, truth: &Value) -> Result<(), TestCaseError> {
        let pem = form(export::spki_pem(key)).unwrap();
        let der = export::spki_der(key).unwrap();
        prop_assert_eq!(&pem, truth["spki_pem"].as_str().unwrap());
        prop_assert!(pem.lines().rev().skip(2).all(|line| line.len() == 64 || line.starts_with('-')));
        let of_pem = openssl(&["pkey", "-pubin", "-outform", "DER"], pem.as_bytes()).unwrap();
        let of_der = openssl(&["pkey", "-pubin", "-inform", "DER", "-outform", "DER"], der.bytes()).unwrap();
        prop_assert_eq!(&of_pem, key.spki_der());
        prop_assert_eq!(&of_der, key.spki_der());
        prop_assert_eq!(self.python.key("read_spki_pem", &pem).unwrap(), key.spki_der());
        prop_assert_eq!(&bytes(&self.python.ask("read_spki_der", &[text(der.bytes())]).unwrap()), key.spki_der());
        Ok(())
    }

    fn judge_pkcs1(&self, key: &PublicKey, truth: &Value) -> Result<(), TestCaseError> {
        let pem = form(export::pkcs1_pem(key));
        prop_assert_eq!(pem.as_deref(), truth["pkcs1_pem"].as_str());
        if let Some(pem) = pem {
            let read = openssl(&["rsa", "-RSAPublicKey_in", "-pubout", "-outform", "DER"], pem.as_bytes()).unwrap();
            prop_assert_eq!(&read, key.spki_der());
            prop_assert_eq!(self.python.key("read_spki_pem", &pem).unwrap(), key.spki_der());
        }
        Ok(())
    }

    fn judge_openssh(&self, key: &PublicKey, truth: &Value, comment: &str) -> Result<(), TestCaseError> {
        let line = form(export::openssh(key, comment));
        let fingerprint = Fingerprints::of(key).openssh_sha256;
        prop_assert_eq!(line.is_some(), truth["openssh"].is_string());
        prop_assert_eq!(line.is_some(), fingerprint.is_some());
        let (Some(line), Some(fingerprint)) = (line, fingerprint) else { return Ok(()) };
        let bare = truth["openssh"].as_str().unwrap();
        let expected = [bare, comment.trim()].join(" ");
        prop_assert_eq!(line.trim_end(), expected.trim_end());
        prop_assert_eq!(self.python.key("read_openssh", &line).unwrap(), key.spki_der());
        let listed = ssh_keygen(self.folder.path(), &["-l", "-f"], &line).unwrap();
        prop_assert_eq!(listed.lines().count(), 1);
        prop_assert_eq!(listed.split(' ').nth(1), Some(fingerprint.as_str()));
        prop_assert_eq!(fingerprint::compare(key, &listed), Verdict::SshFingerprint);
        // This ssh-keygen converts no Ed25519.
        if !bare.starts_with("ssh-ed25519") {
            let pem = form(export::spki_pem(key)).unwrap();
            let converted = ssh_keygen(self.folder.path(), &["-i", "-m", "PKCS8", "-f"], &pem).unwrap();
            prop_assert_eq!(converted.trim_end(), bare);
        }
        Ok(())
    }

    fn judge_jwk(&self, key: &PublicKey, truth: &Value) -> Result<(), TestCaseError> {
        let jwk = form(export::jwk(key)).unwrap();
        let read: Value = serde_json::from_str(&jwk).unwrap();
        for (name, value) in truth["jwk"].as_object().unwrap() {
            prop_assert_eq!(&read[name], value);
        }
        prop_assert_eq!(&read["kid"], &truth["thumbprint"]);
        prop_assert_eq!(read.as_object().unwrap().len(), truth["jwk"].as_object().unwrap().len() + 3);
        prop_assert_eq!(self.python.key("read_jwk", &jwk).unwrap(), key.spki_der());
        let set: Value = serde_json::from_str(&form(export::jwks(std::slice::from_ref(key))).unwrap()).unwrap();
        prop_assert_eq!(set, json!({ "keys": [read] }));
        Ok(())
    }

    fn judge_snowflake(&self, key: &PublicKey, truth: &Value, words: &Words) -> Result<(), TestCaseError> {
        prop_assert_eq!(&Fingerprints::of(key).spki_sha256, truth["spki_sha256"].as_str().unwrap());
        let slot = if words.second_slot { Slot::Second } else { Slot::First };
        let statement = form(export::snowflake(key, &words.user, slot));
        let rsa_2048 = truth["snowflake"].is_string() && key.algorithm() != domain::Algorithm::Rsa(1024);
        prop_assert_eq!(statement.is_some(), rsa_2048);
        let Some(statement) = statement else { return Ok(()) };
        let read = self.python.ask("read_snowflake", &[json!(statement)]).unwrap();
        prop_assert_eq!(&read["user"], &words.user);
        prop_assert_eq!(&read["slot"], if words.second_slot { "RSA_PUBLIC_KEY_2" } else { "RSA_PUBLIC_KEY" });
        prop_assert_eq!(&bytes(&read["spki"]), key.spki_der());
        let shown = truth["snowflake"].as_str().unwrap();
        prop_assert_eq!(snowflake::expected(key), shown);
        prop_assert_eq!(fingerprint::compare(key, shown), Verdict::Match);
        Ok(())
    }
}
