//! A KMS key that signs under an alias: another key takes its place, once each reader of the key set knows it.

use std::collections::BTreeMap;

use base64ct::{Base64, Encoding};
use contract::{ConsumerWire, RotationNote};
use domain::Environment;
use serde_json::{Value, json};
use servers::{AmazonServer, Credentials, Published, fixtures::amazon::REGION};

use crate::{
    consumers::consumer,
    hands,
    person::{Person, draft},
    walk::{Walk, conflict, text},
};
use servers::keys::{is_in, set_of, verifies};

pub(crate) const ALIAS: &str = "alias/payments-sign";
/// For how long readers of the set may keep it, in seconds: longer than the steps take that lie between.
const KEPT: u64 = 8;
const TOKEN: &[u8] = b"a token of the shop";

/// A person at that server, over this address.
pub(crate) async fn person(endpoint: &str) -> Person {
    let Credentials { access_key_id, secret_access_key } = Credentials::root();
    let mut environment = Environment::default();
    environment.variables.insert("AWS_ACCESS_KEY_ID".into(), access_key_id);
    environment.variables.insert("AWS_SECRET_ACCESS_KEY".into(), secret_access_key);
    Person::new(draft("aws", &[("endpoint_url", endpoint), ("regions", REGION)], &[]), environment).await
}

pub(crate) async fn kms(server: &AmazonServer, operation: &str, body: Value) -> Value {
    server.call(REGION, &format!("TrentService.{operation}"), body).await.unwrap()
}

/// A key of that kind, with an alias if one is given; its ARN.
pub(crate) async fn make(server: &AmazonServer, spec: &str, usage: &str, alias: Option<&str>) -> String {
    let tags = json!([{"TagKey": "team", "TagValue": "payments"}]);
    let body = json!({"KeySpec": spec, "KeyUsage": usage, "Description": "Signs receipts", "Tags": tags});
    let made = kms(server, "CreateKey", body).await;
    if let Some(alias) = alias {
        let body = json!({"AliasName": alias, "TargetKeyId": made["KeyMetadata"]["KeyId"]});
        kms(server, "CreateAlias", body).await;
    }
    made["KeyMetadata"]["Arn"].as_str().unwrap().to_owned()
}

/// The ids of all keys but AWS's own.
pub(crate) async fn keys(server: &AmazonServer) -> Vec<String> {
    let listed = kms(server, "ListKeys", json!({})).await;
    let mut own = Vec::new();
    for key in listed["Keys"].as_array().unwrap() {
        let told = kms(server, "DescribeKey", json!({"KeyId": key["KeyId"]})).await;
        if told["KeyMetadata"]["KeyManager"] == "CUSTOMER" {
            own.push(key["KeyId"].as_str().unwrap().to_owned());
        }
    }
    own
}

/// The id of the key that an alias points at.
pub(crate) async fn target(server: &AmazonServer, alias: &str) -> String {
    let listed = kms(server, "ListAliases", json!({})).await;
    let one = listed["Aliases"].as_array().unwrap().iter().find(|one| one["AliasName"] == alias).unwrap();
    one["TargetKeyId"].as_str().unwrap().to_owned()
}

pub(crate) fn id(text: &str) -> String {
    text.rsplit('/').next().unwrap().to_owned()
}

async fn public_key(server: &AmazonServer, key: &str) -> Vec<u8> {
    let told = kms(server, "GetPublicKey", json!({"KeyId": key})).await;
    Base64::decode_vec(told["PublicKey"].as_str().unwrap()).unwrap()
}

async fn state(server: &AmazonServer, key: &str) -> String {
    let told = kms(server, "DescribeKey", json!({"KeyId": key})).await;
    told["KeyMetadata"]["KeyState"].as_str().unwrap().to_owned()
}

async fn sign(server: &AmazonServer, key: &str) -> servers::Result<Vec<u8>> {
    let body = json!({
        "KeyId": key, "Message": Base64::encode_string(TOKEN), "MessageType": "RAW", "SigningAlgorithm": "ECDSA_SHA_256",
    });
    let told = server.call(REGION, "TrentService.Sign", body).await?;
    Ok(Base64::decode_vec(told["Signature"].as_str().unwrap()).unwrap())
}

/// The place, the readers of the key set, and one that goes through it.
struct Run {
    server: AmazonServer,
    set: Published,
    walk: Walk,
    old: String,
    reads: String,
    users: String,
}

impl Run {
    async fn begin() -> Self {
        let server = AmazonServer::fakecloud().await.unwrap();
        let old = make(&server, "ECC_NIST_P256", "SIGN_VERIFY", Some(ALIAS)).await;
        let set = Published::start(&set_of(&public_key(&server, &old).await), KEPT).await.unwrap();
        let walk = Walk::begin(person(server.endpoint()).await, &old).await;
        let url = set.url();
        let fields =
            [("url", url.as_str()), ("authority", set.authority()), ("cache_minutes", "0"), ("token_minutes", "0")];
        let reads = walk.keep(consumer("jwks-endpoint", "shop", &fields)).await;
        let found = walk.ledger(&walk.now.row.reference).await.found;
        let users: Vec<ConsumerWire> = found.into_iter().map(|found| found.consumer).collect();
        let [users] = &users[..] else { panic!("who uses the alias is not found: {users:?}") };
        assert!(users.round_trip && users.kind == "aws-alias", "{users:?}");
        let users = walk.keep(users.clone()).await;
        Self { server, set, walk, old: id(&old), reads, users }
    }

    /// What the alias signs with now, each reader of the set accepts.
    async fn holds(&self) {
        let key = target(&self.server, ALIAS).await;
        let (public, signature) = (public_key(&self.server, &key).await, sign(&self.server, ALIAS).await.unwrap());
        assert!(verifies(&public, TOKEN, &signature), "{ALIAS} signs with another key than it points at");
        assert!(self.set.every_reader(|set| is_in(set, &public)), "{key} signs, and not every reader has it");
    }

    async fn note(&mut self, note: RotationNote) {
        self.walk.note(note).await;
        self.holds().await;
    }

    async fn go_on(&mut self, to: &str) {
        self.walk.go_on(to).await;
        self.holds().await;
    }

    async fn step(&mut self, step: &str) {
        self.walk.step(step).await;
        self.holds().await;
    }

    async fn look(&mut self) {
        self.walk.look(&self.reads.clone()).await;
        self.holds().await;
    }

    async fn until_published(&mut self) {
        self.walk.prepare("new-key").await;
        assert_eq!((self.walk.now.switch.as_deref(), self.walk.now.alias.as_deref()), (Some("by-alias"), Some(ALIAS)));
        self.step("create").await;
        let (made, keys) = (id(&self.walk.made()), keys(&self.server).await);
        assert!(keys.len() == 2 && keys.contains(&made) && keys.contains(&self.old), "{keys:?}");
        assert_eq!(target(&self.server, ALIAS).await, self.old, "the alias came along");
        self.go_on("distribute").await;
        self.walk.takes_its_word(&self.users.clone()).await;
        self.note(RotationNote::Tell { consumer: self.reads.clone() }).await;
        let word = RotationNote::Succeed { consumer: self.reads.clone(), instances: 1, evidence: "said".to_owned() };
        let word = self.walk.refuses(word).await;
        assert!(word.message().contains("not taken on a word"), "{word:?}");
        let both = text(&self.walk.run(&self.reads).update, 0);
        let read: Vec<Vec<u8>> = hands::jwks(&both).into_iter().map(|(_, spki)| spki).collect();
        assert_eq!(read, [public_key(&self.server, &self.old).await, public_key(&self.server, &made).await]);
        // Only one that was looked at counts, and this one was not.
        self.look().await;
        conflict(&self.walk.refuses(RotationNote::GoOn).await, "shop does not have the new material yet");
        self.set.publish(&both);
        self.look().await;
        assert!(self.walk.works(&self.reads));
        conflict(&self.walk.refuses_step("switch").await, "belongs to \"switch\"");
        self.go_on("verify").await;
        self.walk.prove().await;
        self.go_on("switch").await;
    }

    async fn switch(&mut self) {
        let early = self.walk.refuses_step("switch").await;
        let watched = self.walk.run(&self.reads).watched.as_ref().unwrap();
        let known: jiff::Timestamp = watched.known_at.as_ref().unwrap().parse().unwrap();
        if jiff::Timestamp::now() < known {
            conflict(&early, "readers of shop may keep what they read before");
            let until = self.walk.lock("switch").unwrap().until.as_ref().unwrap();
            assert_eq!(until.parse::<jiff::Timestamp>().unwrap(), known);
        }
        self.walk.wait_for("switch").await;
        conflict(&self.walk.refuses_step("switch").await, "was not looked at since its readers know the new key");
        self.look().await;
        self.step("switch").await;
        assert_eq!(target(&self.server, ALIAS).await, id(&self.walk.made()));
        self.go_on("retire").await;
    }

    async fn retire(&mut self) {
        let still = self.walk.refuses_step("disable-old").await;
        conflict(&still, "still has to read what was made with the old material");
        conflict(&self.walk.refuses(RotationNote::Finish { evidence: String::new() }).await, "on the back path");
        let evidence = "receipts of the old key are verified by their archive".to_owned();
        self.note(RotationNote::LeaveBackPath { consumer: self.users.clone(), evidence }).await;
        let alone = text(&self.walk.run(&self.reads).removal, 0);
        self.set.publish(&alone);
        self.look().await;
        sign(&self.server, &self.old).await.expect("the old key is in use until it is disabled");
        self.step("disable-old").await;
        assert_eq!(state(&self.server, &self.old).await, "Disabled");
        sign(&self.server, &self.old).await.unwrap_err();
        self.step("delete-old").await;
        assert_eq!(state(&self.server, &self.old).await, "PendingDeletion");
        self.note(RotationNote::Finish { evidence: "all is well".to_owned() }).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_alias_is_moved_once_every_reader_knows_the_new_key() {
    let mut run = Run::begin().await;
    run.until_published().await;
    run.switch().await;
    run.retire().await;
    run.walk.is_over("done").await;
    // What is known of the old key's users is known of the new key's.
    let handed: BTreeMap<String, String> =
        run.walk.ledger(&run.walk.made()).await.consumers.into_iter().map(|one| (one.kind, one.name)).collect();
    let names: Vec<&str> = handed.values().map(String::as_str).collect();
    assert_eq!(names, [format!("users of {ALIAS}").as_str(), "shop"]);
    assert_eq!(state(&run.server, &id(&run.walk.made())).await, "Enabled");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_taken_back_after_the_alias_was_moved() {
    let mut run = Run::begin().await;
    run.until_published().await;
    run.walk.wait_for("switch").await;
    run.look().await;
    run.step("switch").await;
    run.note(RotationNote::RollBack { reason: "the shop refuses the new receipts".to_owned() }).await;
    conflict(&run.walk.refuses_step("switch-back").await, "was not looked at since it is taken back");
    run.look().await;
    run.walk.wait_for("switch-back").await;
    run.step("switch-back").await;
    assert_eq!(target(&run.server, ALIAS).await, run.old);
    conflict(&run.walk.refuses(RotationNote::FinishRollBack).await, "does not know that it is taken back");
    let evidence = "its owner said so".to_owned();
    run.note(RotationNote::TellBack { consumer: run.users.clone(), evidence }).await;
    let back = text(&run.walk.run(&run.reads).back, 1);
    run.set.publish(&back);
    run.look().await;
    run.note(RotationNote::FinishRollBack).await;
    run.walk.is_over("rolled-back").await;
    assert_eq!((state(&run.server, &run.old).await.as_str(), keys(&run.server).await.len()), ("Enabled", 2));
}
