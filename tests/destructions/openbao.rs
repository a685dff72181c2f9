//! A transit key and a path of OpenBao: the one is allowed to be deleted and is gone at once, the other hides its values
//! first.

use contract::DestructionNote;
use domain::Environment;
use serde_json::{Value, json};
use servers::OpenBao;

use crate::{
    person::{Person, draft},
    walk::{Walk, conflict},
};

/// A person at that server, over this address.
pub(crate) async fn person(address: &str) -> Person {
    let secrets = [("token", OpenBao::ROOT_TOKEN)];
    Person::new(draft("vault", &[("address", address), ("auth", "token")], &secrets), Environment::default()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transit_key_is_allowed_to_be_deleted_and_is_gone() {
    let server = OpenBao::start().await.unwrap();
    server.call("POST", "sys/mounts/transit", json!({"type": "transit"})).await.unwrap();
    server.call("POST", "transit/keys/old", json!({"type": "aes256-gcm96"})).await.unwrap();
    let address = format!("{}/v1/transit/keys/old", server.address());
    let mut walk = Walk::begin(person(server.address()).await, &address).await;
    assert_eq!(walk.absent(), ["disable", "enable", "schedule", "cancel"]);
    walk.hurry(30).await;
    walk.speak_for_all().await;
    walk.go_on("disable").await;
    walk.go_on("soak").await;
    walk.go_on("schedule").await;
    conflict(&walk.refuses_step("destroy").await, "does not allow its deletion yet");
    walk.step("permit").await;
    let told = server.call("GET", "transit/keys/old", Value::Null).await.unwrap();
    assert_eq!(told["deletion_allowed"], true);
    // There is a way back from that, too.
    walk.step("forbid").await;
    let told = server.call("GET", "transit/keys/old", Value::Null).await.unwrap();
    assert_eq!(told["deletion_allowed"], false);
    walk.step("permit").await;
    walk.step("destroy").await;
    walk.is_over("done").await;
    server.call("GET", "transit/keys/old", Value::Null).await.unwrap_err();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_hides_its_values_and_shows_only_those_again() {
    let server = OpenBao::start().await.unwrap();
    server.call("POST", "sys/mounts/kv", json!({"type": "kv", "options": {"version": "2"}})).await.unwrap();
    for value in ["a", "b", "c"] {
        server.call("POST", "kv/data/old", json!({"data": {"v": value}})).await.unwrap();
    }
    server.call("POST", "kv/delete/old", json!({"versions": [2]})).await.unwrap();
    let address = format!("{}/v1/kv/data/old", server.address());
    let mut walk = Walk::begin(person(server.address()).await, &address).await;
    walk.hurry(30).await;
    walk.speak_for_all().await;
    walk.go_on("disable").await;
    walk.step("disable").await;
    assert_eq!(hidden(&server).await, [true, true, true]);
    walk.step("enable").await;
    assert_eq!(hidden(&server).await, [false, true, false], "what was hidden before stays hidden");
    walk.speak_for_all().await;
    walk.go_on("disable").await;
    walk.step("disable").await;
    walk.go_on("schedule").await;
    walk.step("destroy").await;
    walk.is_over("done").await;
    server.call("GET", "kv/metadata/old", Value::Null).await.unwrap_err();
}

/// Which versions are hidden, oldest first.
async fn hidden(server: &OpenBao) -> Vec<bool> {
    let told = server.call("GET", "kv/metadata/old", Value::Null).await.unwrap();
    ["1", "2", "3"].map(|version| told["versions"][version]["deletion_time"] != "").into()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_is_gone_meanwhile_is_seen_and_finished() {
    let server = OpenBao::start().await.unwrap();
    server.call("POST", "sys/mounts/transit", json!({"type": "transit"})).await.unwrap();
    server.call("POST", "transit/keys/old", json!({"type": "aes256-gcm96"})).await.unwrap();
    let address = format!("{}/v1/transit/keys/old", server.address());
    let mut walk = Walk::begin(person(server.address()).await, &address).await;
    conflict(&walk.refuses(DestructionNote::Finish { evidence: String::new() }).await, "still there");
    server.call("POST", "transit/keys/old/config", json!({"deletion_allowed": true})).await.unwrap();
    server.call("DELETE", "transit/keys/old", Value::Null).await.unwrap();
    walk.note(DestructionNote::Look).await;
    walk.note(DestructionNote::Finish { evidence: "somebody was faster".to_owned() }).await;
    walk.is_over("done").await;
}
