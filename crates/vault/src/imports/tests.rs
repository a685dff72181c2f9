//! Imports before a server that answers by a script: what is asked, planned and sent, and how each answer ends it.

use std::sync::{Arc, Mutex};

use base64ct::Encoding;
use domain::{
    Answers, Change, Changes, Event, Finding, ItemKey, Ledger, Order, OrderId, Outcome, Record, Timestamp, Wrapped,
};
use encoding::wrap;

use super::*;
use crate::{
    fake::{Fake, RESET, Seen, json},
    mounts::{Mount, Mounts},
    session::Credentials,
};

const BLOB: &[u8] = b"canary-blob";
const IMPORT: &str = "POST /v1/transit/keys/new/import";
/// Recorded of OpenBao 2.7.2.
const UNREADABLE: &str = r#"{"errors":["1 error occurred:\n\t* crypto/rsa: decryption error\n\n"]}"#;
const TAKEN: &str = r#"{"errors":["1 error occurred:\n\t* the import path cannot be used with an existing key; use import-version to rotate an existing imported key\n\n"]}"#;
const IMPORTED: &str = r#"{"data":{"type":"aes256-gcm96","imported_key":true,"latest_version":1,
    "keys":{"1":4102444800},"exportable":true}}"#;
/// An RSA key of 2,048 bits that nobody holds the private half of.
const PUBLIC: &str = include_str!("public.pem");

#[derive(Default)]
struct Book(Mutex<Vec<Record>>);

impl Ledger for Book {
    fn append(&self, event: Event) -> Result<Record> {
        let record = Record { at: Timestamp::now(), event };
        self.0.lock().unwrap().push(record.clone());
        Ok(record)
    }

    fn history(&self, _: &OrderId) -> Result<Vec<Record>> {
        Ok(self.0.lock().unwrap().clone())
    }
}

/// A place that answers the import with `answer`, and tells `after` of the new key once it was asked for.
async fn place(answer: String, after: &'static str) -> (Fake, Cluster) {
    let sent = Mutex::new(false);
    let fake = Fake::start(move |asked: &Seen| match asked.line.as_str() {
        "GET /v1/sys/health" => json(200, r#"{"version":"2.7.2"}"#),
        "GET /v1/transit/keys/new" if *sent.lock().unwrap() && !after.is_empty() => json(200, after),
        line if line.starts_with("POST ") => {
            *sent.lock().unwrap() = true;
            answer.clone()
        }
        _ => json(404, r#"{"errors":[]}"#),
    })
    .await;
    let client = fake.client(Credentials::Token(domain::Secret::from_text("s.x".into()))).await;
    let mount = |path: &str, engine| Mount { path: path.to_owned(), engine };
    let mounts = Mounts::knowing(vec![mount("transit", Engine::Transit), mount("kv", Engine::Kv)]);
    (fake, Cluster { client, mounts })
}

fn vault() -> VaultId {
    VaultId("transit".into())
}

fn package() -> Package {
    Package::Wrapped(Wrapped { blob: BLOB.to_vec(), sha256: wrap::sha256(BLOB), token: None, wrapped_for: None })
}

fn bringing(cluster: &Cluster, algorithm: &Algorithm, into: Option<&ItemKey>, new_material: bool) -> Result<Bringing> {
    let (vault, wrap) = (vault(), offer(Wrap::RsaAesSha256));
    let answers = Answers::from([("name".to_owned(), "new".to_owned()), ("exportable".to_owned(), "true".to_owned())]);
    let subject = ImportSubject { vault: &vault, algorithm, answers: &answers, wrap: &wrap, into, new_material };
    cluster.bring(&subject, package())
}

fn change(wish: Wish, secrets: SecretAnswers) -> Change {
    Change { order: OrderId("01JDX".into()), ask: wish.ask, target: wish.target, answers: wish.answers, secrets }
}

/// Sends the first step with these secrets, and reads what became of it as if no answer had come.
async fn sent(cluster: &Cluster, change: Change, secrets: SecretAnswers) -> (Outcome, Finding) {
    let plan = cluster.plan(&change).await.unwrap();
    let (seen, name, book) = (plan.digest(), plan.name.clone(), Book::default());
    let reviewed = plan.reviewed(&seen, Some(&name)).unwrap();
    let order = Order::write_down(&book, change.order, "prod", "its place", "maria", reviewed).unwrap();
    let (sending, out) = order.send(&book, Arc::new(secrets)).unwrap();
    let outcome = cluster.perform(sending).await;
    (outcome, cluster.check(&out.performed().unwrap()).await.unwrap())
}

async fn imported(answer: String, after: &'static str) -> (Fake, Outcome, Finding) {
    let (fake, cluster) = place(answer, after).await;
    let wanted = bringing(&cluster, &Algorithm::Aes(256), None, false).unwrap();
    let secrets = SecretAnswers::from([(MATERIAL.to_owned(), domain::Secret::new(BLOB.to_vec()))]);
    let (outcome, finding) = sent(&cluster, change(wanted.wish, wanted.secrets), secrets).await;
    (fake, outcome, finding)
}

#[tokio::test]
async fn the_material_goes_out_once_and_stands_in_no_plan() {
    let (fake, cluster) = place(json(204, ""), IMPORTED).await;
    let wanted = bringing(&cluster, &Algorithm::Aes(256), None, false).unwrap();
    let planned = cluster.plan(&change(wanted.wish, wanted.secrets)).await.unwrap();
    let [step] = planned.steps.as_slice() else { panic!("{:?}", planned.steps) };
    assert_eq!(step.operation, "POST transit/keys/new/import");
    assert_eq!(step.secrets, [MATERIAL]);
    assert_eq!(
        step.command,
        "openssl base64 -A | bao write transit/keys/new/import type=aes256-gcm96 hash_function=SHA256 exportable=true \
         ciphertext=-"
    );
    let text = serde_json::to_string(&planned).unwrap();
    let in_base64 = base64ct::Base64::encode_string(BLOB);
    assert!(!text.contains("canary") && !text.contains(&in_base64), "{text}");
    assert!(text.contains(&wrap::sha256(BLOB)), "{text}");
    assert!(planned.warnings.iter().any(|warning| warning.contains("cannot be taken back")), "{planned:?}");
    assert_eq!(fake.count("POST "), 0);

    let (fake, outcome, finding) = imported(json(204, ""), IMPORTED).await;
    let Outcome::Done { results, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(results["item"], "keys/new");
    assert!(matches!(finding, Finding::Done { .. }), "{finding:?}");
    let bodies = fake.bodies(IMPORT);
    let due =
        format!(r#"{{"type":"aes256-gcm96","hash_function":"SHA256","exportable":true,"ciphertext":"{in_base64}"}}"#);
    assert_eq!(bodies, [due]);
}

#[tokio::test]
async fn a_refusal_is_told_from_a_doubt_and_a_lost_answer_is_read() {
    for (answer, after, end, found) in [
        (json(500, UNREADABLE), "", "refused", "not done"),
        (json(500, TAKEN), "", "refused", "not done"),
        (json(500, r#"{"errors":["internal error"]}"#), IMPORTED, "unknown", "done"),
        (json(500, "<html>gateway</html>"), "", "unknown", "not done"),
        (RESET.to_owned(), "", "unknown", "not done"),
        (RESET.to_owned(), IMPORTED, "unknown", "done"),
        // There, but not with what was sent: somebody else made it meanwhile.
        (
            RESET.to_owned(),
            r#"{"data":{"type":"aes256-gcm96","latest_version":1,"keys":{"1":4102444800},"exportable":true}}"#,
            "unknown",
            "unclear",
        ),
    ] {
        let (fake, outcome, finding) = imported(answer.clone(), after).await;
        let is = match outcome {
            Outcome::Done { .. } => "done",
            Outcome::Refused(_) => "refused",
            Outcome::Unknown(_) => "unknown",
        };
        let read = match finding {
            Finding::Done { .. } => "done",
            Finding::NotDone { .. } => "not done",
            Finding::Unclear { .. } => "unclear",
        };
        assert_eq!((is, read), (end, found), "{answer}");
        assert_eq!(fake.count("POST "), 1, "{answer}");
    }
}

#[tokio::test]
async fn another_blob_than_was_planned_for_is_not_sent() {
    let (fake, cluster) = place(json(204, ""), "").await;
    let wanted = bringing(&cluster, &Algorithm::Aes(256), None, false).unwrap();
    let other = SecretAnswers::from([(MATERIAL.to_owned(), domain::Secret::new(b"other".to_vec()))]);
    let (outcome, _) = sent(&cluster, change(wanted.wish, wanted.secrets), other).await;
    let Outcome::Refused(error) = outcome else { panic!("{outcome:?}") };
    assert!(error.message().contains("another"), "{error}");
    assert_eq!(fake.count("POST "), 0);
}

#[tokio::test]
async fn a_public_half_comes_alone_and_may_be_removed_again() {
    let (_fake, cluster) = place(json(204, ""), "").await;
    let spki = PublicKey::from_pem(PUBLIC).unwrap().spki_der().to_vec();
    let wish = domain::Exports::load(&cluster, &vault(), "new", &spki).unwrap();
    let planned = cluster.plan(&change(wish.clone(), SecretAnswers::new())).await.unwrap();
    let [import, config] = planned.steps.as_slice() else { panic!("{:?}", planned.steps) };
    assert_eq!(import.parameters["body"]["type"], "rsa-2048");
    assert_eq!(import.parameters["body"]["public_key"].as_str().unwrap().trim(), PUBLIC.trim());
    assert!(import.secrets.is_empty());
    assert_eq!(config.command, "bao write transit/keys/new/config deletion_allowed=true");
    for (name, value, because) in [
        ("type", "rsa-4096", "is of the kind RSA 2048"),
        ("type", "aes256-gcm96", "symmetric"),
        ("exportable", "true", "does not go with"),
        ("kind", "both", "private or public"),
        ("name", "a/b", "a transit key's name"),
    ] {
        let wrong = wish.clone().answer(name, value);
        let refused = cluster.plan(&change(wrong, SecretAnswers::new())).await.unwrap_err();
        assert!(refused.message().contains(because), "{refused}");
    }
}

#[tokio::test]
async fn what_does_not_fit_is_refused_while_planning() {
    let (fake, cluster) = place(json(204, ""), "").await;
    for (name, value, because) in [
        ("sha256", "00", "not the 00 that was told"),
        ("hash", "SHA512", "SHA256 or SHA1"),
        ("type", "rsa-1024", "takes no keys of type"),
    ] {
        let wanted = bringing(&cluster, &Algorithm::Aes(256), None, false).unwrap();
        let wish = wanted.wish.answer(name, value);
        let refused = cluster.plan(&change(wish, wanted.secrets)).await.unwrap_err();
        assert!(refused.message().contains(because), "{refused}");
    }
    let wanted = bringing(&cluster, &Algorithm::Aes(256), None, false).unwrap();
    let missing = cluster.plan(&change(wanted.wish, SecretAnswers::new())).await.unwrap_err();
    assert!(missing.message().contains("missing"), "{missing}");
    assert_eq!(fake.count("POST "), 0);
}

#[tokio::test]
async fn the_seam_says_what_it_takes() {
    let (_fake, cluster) = place(json(204, ""), "").await;
    let takes = cluster.takes(&vault()).await.unwrap();
    let refused: Vec<_> = takes.iter().filter(|taking| taking.refused.is_some()).collect();
    assert_eq!(refused.iter().map(|taking| &taking.algorithm).collect::<Vec<_>>(), [&Algorithm::Hmac(224)]);
    assert!(takes.iter().filter(|taking| taking.refused.is_none()).all(|taking| {
        taking.wraps.iter().map(|offer| (offer.wrap, offer.bits, offer.legacy)).collect::<Vec<_>>()
            == [(Wrap::RsaAesSha256, 4096, false), (Wrap::RsaAesSha1, 4096, true)]
    }));
    assert_eq!(cluster.takes(&VaultId("kv".into())).await.unwrap_err().kind(), Kind::Unsupported);
    let names = |algorithm: &Algorithm| -> Vec<_> {
        Imports::questions(&cluster, &vault(), algorithm).iter().map(|question| question.name).collect()
    };
    let common = ["name", "exportable", "allow_plaintext_backup", "allow_rotation"];
    assert_eq!(names(&Algorithm::Rsa(2048)), [&common[..], &["deletion_allowed"]].concat());
    assert_eq!(names(&Algorithm::Aes(256)), [&common[..], &["derived", "deletion_allowed"]].concat());
    let item = ItemKey::new("transit", "keys/x");
    let version = bringing(&cluster, &Algorithm::Aes(256), Some(&item), true).unwrap().wish;
    assert_eq!((version.ask, version.target), (Ask::ImportMaterial, Target::Item(item.clone())));
    let again = bringing(&cluster, &Algorithm::Aes(256), Some(&item), false).unwrap_err();
    assert_eq!(again.kind(), Kind::Unsupported);
}
