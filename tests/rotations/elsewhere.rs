//! Somebody else goes about it at the same time, past Claviger: that is a conflict, and the plan is where it was.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use contract::RotationNote;
use serde_json::{Value, json};
use servers::{
    AmazonServer, OpenBao,
    hostile::{Asked, Hostile, Said},
};

use crate::{
    amazon::{self, ALIAS},
    azure::{self, Place},
    consumers::consumer,
    local::File,
    openbao,
    person::Person,
    walk::{Walk, conflict},
};

/// Until the new material would be made.
async fn prepared(person: Person, address: &str, method: &str) -> Walk {
    let mut walk = Walk::begin(person, address).await;
    walk.keep(consumer("by-hand", "somebody", &[])).await;
    walk.prepare(method).await;
    walk
}

/// Until the old material could be disabled.
async fn in_use(walk: &mut Walk) {
    let somebody = walk.now.runs.first().map(|run| run.consumer.id.clone()).unwrap();
    walk.go_on("distribute").await;
    walk.takes_its_word(&somebody).await;
    walk.go_on("verify").await;
    walk.go_on("switch").await;
    let confirm = RotationNote::ConfirmSwitch { evidence: "it was seen".to_owned() };
    match walk.now.switch.as_deref() {
        Some("by-alias") => walk.step("switch").await,
        _ => walk.note(confirm).await,
    }
    walk.go_on("retire").await;
}

/// Another rotates it between the reading of the plan and the press, and once more before the old material ends.
async fn is_noticed(person: Person, address: &str, method: &str, rotate: impl AsyncFn()) {
    const SAYS: &str = "was rotated elsewhere in the meantime";
    let mut walk = prepared(person, address, method).await;
    let plan = walk.plan("create").await.unwrap();
    rotate().await;
    conflict(&walk.confirm("create", &plan).await.map(|_| ()).unwrap_err(), SAYS);
    walk.stays().await;
    assert!(walk.now.orders.is_empty(), "an order was taken up");
    conflict(&walk.refuses_step("create").await, SAYS);
    walk.note(RotationNote::Discard).await;
    walk.is_over("rolled-back").await;

    let before = walk.now.old.version.clone();
    let mut walk = Walk::begin(walk.person, address).await;
    assert_ne!(walk.now.old.version, before, "it is begun from what is there now");
    walk.prepare(method).await;
    walk.step("create").await;
    in_use(&mut walk).await;
    if walk.absent().contains(&"disable-old") {
        return;
    }
    let plan = walk.plan("disable-old").await.unwrap();
    rotate().await;
    conflict(&walk.confirm("disable-old", &plan).await.map(|_| ()).unwrap_err(), SAYS);
    walk.stays().await;
    conflict(&walk.refuses_step("disable-old").await, SAYS);
    walk.person.is_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transit_key_that_another_rotates() {
    let server = OpenBao::start().await.unwrap();
    server.call("POST", "sys/mounts/transit", json!({"type": "transit"})).await.unwrap();
    server.call("POST", &openbao::path("keys"), json!({"type": "ed25519"})).await.unwrap();
    let rotate = async || {
        server.call("POST", &format!("{}/rotate", openbao::path("keys")), Value::Null).await.unwrap();
    };
    let person = openbao::person(server.address()).await;
    is_noticed(person, &openbao::address(server.address()), "new-version", rotate).await;
    assert_eq!(openbao::newest(&server).await, 4, "two by us and two by another");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_azure_key_that_another_rotates() {
    const KEY: &str = "keys/shared";
    let place = Place::start().await;
    place.call("POST", &format!("{KEY}/create"), json!({"kty": "EC", "crv": "P-256"})).await;
    let rotate = async || drop(place.call("POST", &format!("{KEY}/rotate"), Value::Null).await);
    is_noticed(place.person().await, &azure::address(KEY), "new-version", rotate).await;
    assert_eq!(azure::versions(&place, KEY).await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_another_rotates() {
    let file = File::new();
    let other = file.person().await;
    let rotate = async || other.change("rotate", &file.address()).await;
    is_noticed(file.person().await, &file.address(), "new-version", rotate).await;
    assert_eq!(file.versions(), [false; 4]);
}

/// What fakecloud does not tell of a key, and KMS does: which generation of its material is current. The line adds it.
const GAP: &str = "CurrentKeyMaterialId";

#[tokio::test(flavor = "multi_thread")]
async fn a_kms_key_that_another_rotates_in_place() {
    let server = AmazonServer::fakecloud().await.unwrap();
    let key = amazon::make(&server, "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", None).await;
    let told = amazon::kms(&server, "DescribeKey", json!({"KeyId": key})).await;
    assert!(told["KeyMetadata"].get(GAP).is_none(), "it tells it after all: the line is not needed any more");
    let generation = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&generation);
    let script = move |asked: &Asked| match asked.operation() {
        "TrentService.RotateKeyOnDemand" => {
            counted.fetch_add(1, Ordering::SeqCst);
            Said::Real
        }
        "TrentService.DescribeKey" => {
            let current = format!("{:064x}", counted.load(Ordering::SeqCst));
            Said::Changed(Box::new(move |mut told: Value| {
                told["KeyMetadata"][GAP] = current.into();
                told
            }))
        }
        _ => Said::Real,
    };
    let line = Hostile::before(server.endpoint(), Arc::new(script)).await.unwrap();
    let rotate = async || {
        generation.fetch_add(1, Ordering::SeqCst);
        amazon::kms(&server, "RotateKeyOnDemand", json!({"KeyId": key})).await;
    };
    is_noticed(amazon::person(&line.address()).await, &key, "in-place", rotate).await;
}

/// A KMS key that signs has no versions: another takes its place by moving the alias.
#[tokio::test(flavor = "multi_thread")]
async fn an_alias_that_another_moves() {
    let server = AmazonServer::fakecloud().await.unwrap();
    let old = amazon::make(&server, "ECC_NIST_P256", "SIGN_VERIFY", Some(ALIAS)).await;
    let foreign = amazon::make(&server, "ECC_NIST_P256", "SIGN_VERIFY", None).await;
    let moved = async |to: &str| {
        amazon::kms(&server, "UpdateAlias", json!({"AliasName": ALIAS, "TargetKeyId": amazon::id(to)})).await;
    };
    let mut walk = prepared(amazon::person(server.endpoint()).await, &old, "new-key").await;
    let plan = walk.plan("create").await.unwrap();
    moved(&foreign).await;
    conflict(&walk.confirm("create", &plan).await.map(|_| ()).unwrap_err(), ALIAS);
    walk.stays().await;
    assert_eq!(amazon::keys(&server).await.len(), 2, "a key was made all the same");

    moved(&old).await;
    walk.step("create").await;
    let somebody = walk.now.runs.first().map(|run| run.consumer.id.clone()).unwrap();
    walk.go_on("distribute").await;
    walk.takes_its_word(&somebody).await;
    walk.go_on("verify").await;
    walk.go_on("switch").await;
    let plan = walk.plan("switch").await.unwrap();
    moved(&foreign).await;
    conflict(&walk.confirm("switch", &plan).await.map(|_| ()).unwrap_err(), ALIAS);
    walk.stays().await;
    assert_eq!(amazon::target(&server, ALIAS).await, amazon::id(&foreign), "what another did was overwritten");

    moved(&old).await;
    walk.step("switch").await;
    walk.go_on("retire").await;
    // Whoever names it would be without a key.
    moved(&old).await;
    conflict(&walk.refuses_step("disable-old").await, ALIAS);
    moved(&walk.made()).await;
    walk.step("disable-old").await;
}
