//! A file from before there were changes: it opens, is changed, and is written as before until then.

use aws_lc_rs::aead::RandomizedNonceKey;
use domain::State;
use zeroize::Zeroizing;

use super::*;
use crate::{envelope::Envelope, lock::LockHeader};

/// As it was written then: no `orders`, no `was_enabled`.
const BODY: &str = r#"{"entries":[
    {"name":"doomed","description":"","tags":[],"state":{"pending-deletion":"2026-01-01T00:00:00Z"},
     "current":{"id":"1","created":"2025-01-01T00:00:00Z","expires":null,"enabled":true,
                "material":{"secret":{"value":"eA==","content_type":"text/plain"}}},"older":[]},
    {"name":"used","description":"","tags":[["team","pay"]],"state":"enabled",
     "current":{"id":"1","created":"2025-01-01T00:00:00Z","expires":null,"enabled":true,
                "material":{"secret":{"value":"eQ==","content_type":""}}},"older":[]}]}"#;

fn parts() -> (LockHeader, RandomizedNonceKey) {
    LockHeader::make(&lock()).unwrap()
}

#[tokio::test]
async fn it_opens_and_is_changed() {
    let world = World::new(Vec::new());
    let (header, key) = parts();
    let body = Zeroizing::new(BODY.as_bytes().to_vec());
    std::fs::write(world.path(), Envelope::seal(header, &key, body).unwrap().encode().unwrap()).unwrap();
    let world = World { provider: open(&world.path()), home: world.home };
    world.does(Ask::WriteValue, "used", &[]).await;
    let (plan, _) = world.does(Ask::CancelDeletion, "doomed", &[]).await;
    assert_eq!(world.open("doomed").await.unwrap().item.state, State::Disabled, "the state before is not known");
    assert!(plan.effects.iter().any(|effect| effect.contains("It is disabled")), "{:?}", plan.effects);
}

#[test]
fn what_no_order_changed_is_written_as_it_was_then() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("keys");
    Keystore::create_with(&path, &lock(), vec![secret("a", "x"), key("b")]).unwrap();
    let envelope = Envelope::decode(&std::fs::read(&path).unwrap(), &path).unwrap();
    let body = envelope.lock.unlock(&lock()).and_then(|key| envelope.open(&key, &path)).unwrap();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let then: serde_json::Value = serde_json::from_str(BODY).unwrap();
    let names = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!((names(&body), names(&body["entries"][0])), (names(&then), names(&then["entries"][0])));
}
