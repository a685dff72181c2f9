//! What an address publishes, looked at through its own authority.

use contract::{ConsumerWire, NameRun, RotationNote, RotationWire};
use domain::{Algorithm, Curve, Kind, Result};

use super::{Rotated, assert_refused, by_hand, consumer, keystore, lock, receiver::Receiver, run, whole};

const SET: &str = "login";

fn set_at(receiver: &Receiver) -> ConsumerWire {
    let url = receiver.url("/jwks.json");
    let fields =
        [("url", url.as_str()), ("cache_minutes", "0"), ("token_minutes", "0"), ("authority", &receiver.authority)];
    consumer("jwks-endpoint", SET, &fields)
}

async fn distributing(receiver: &Receiver) -> Rotated {
    let home = keystore(&Algorithm::Ec(Curve::P256)).await;
    let rotated = Rotated::at_create(home, vec![set_at(receiver), by_hand("a")], "halt").await;
    rotated.to_distribute().await;
    rotated
}

impl Rotated {
    async fn looks(&self) -> Result<RotationWire> {
        let request = NameRun { rotation: self.id.clone(), consumer: self.number(SET).await };
        self.app().look_at_consumer(request).await
    }

    /// The sets that its instructions say to publish: both keys, and in the end the new one alone.
    async fn both_keys(&self) -> String {
        run(&self.open().await, SET).update.texts[0].text.clone()
    }

    async fn is_not_looked_at(&self, kind: Kind, said: &str) {
        let before = whole(&self.open().await);
        assert_refused(&self.looks().await.unwrap_err(), kind, said);
        assert_eq!(whole(&self.open().await), before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_has_the_new_key_when_it_publishes_both_and_may_lose_the_old_one_at_the_end_only() {
    let receiver = Receiver::start().await;
    let rotated = distributing(&receiver).await;
    let id = rotated.number(SET).await;
    receiver.answers(404, &[], "");
    rotated.is_not_looked_at(Kind::NotFound, "404").await;
    receiver.answers(200, &[], "<html>sign in</html>");
    rotated.is_not_looked_at(Kind::Invalid, "no JSON").await;
    receiver.answers(200, &[], r#"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"AA"}]}"#);
    assert!(rotated.looks().await.is_err());
    let both = rotated.both_keys().await;
    receiver.answers(200, &[("cache-control", "max-age=0")], &both);
    let seen = rotated.looks().await.unwrap();
    assert_eq!(run(&seen, SET).state, "PENDING", "it was not told");
    rotated.note(RotationNote::Tell { consumer: id.clone() }).await;
    let seen = rotated.looks().await.unwrap();
    let set = run(&seen, SET);
    assert_eq!((set.state.as_str(), set.verified.is_some(), set.old_removed.is_some()), ("SUCCEEDED", true, false));
    rotated.updates("a").await;
    for phase in ["verify", "switch"] {
        rotated.goes_on(phase).await;
    }
    // Not without a look after every reader knows the new key.
    let seen = rotated.looks().await.unwrap();
    assert!(lock(&seen, "confirm-switch").is_none(), "{:?}", lock(&seen, "confirm-switch"));
    assert!(run(&seen, SET).removal.texts.is_empty(), "the old key still signs");
    rotated.note(RotationNote::ConfirmSwitch { evidence: "the issuer's log".into() }).await;
    rotated.goes_on("retire").await;
    let open = rotated.open().await;
    let alone = run(&open, SET).removal.texts[0].text.clone();
    assert_ne!(alone, both);
    receiver.answers(200, &[], &alone);
    let seen = rotated.looks().await.unwrap();
    assert!(run(&seen, SET).old_removed.is_some());
    rotated.does("disable-old").await;
    let done = rotated.note(RotationNote::Finish { evidence: String::new() }).await;
    assert_eq!(done.row.phase, "done");
}

/// How long readers keep what they read is a matter of time, and it is told until when.
#[tokio::test(flavor = "multi_thread")]
async fn the_switch_waits_for_the_caches_of_its_readers() {
    let receiver = Receiver::start().await;
    let rotated = distributing(&receiver).await;
    let both = rotated.both_keys().await;
    receiver.answers(200, &[("cache-control", "max-age=7200")], &both);
    rotated.note(RotationNote::Tell { consumer: rotated.number(SET).await }).await;
    rotated.looks().await.unwrap();
    rotated.updates("a").await;
    for phase in ["verify", "switch"] {
        rotated.goes_on(phase).await;
    }
    let open = rotated.open().await;
    let held = lock(&open, "confirm-switch").unwrap();
    let since: domain::Timestamp = run(&open, SET).watched.clone().unwrap().new_since.unwrap().parse().unwrap();
    let until: domain::Timestamp = held.until.clone().unwrap().parse().unwrap();
    assert_eq!(until.duration_since(since).as_secs(), 7200);
    assert!(held.because.contains("may keep what they read before"), "{held:?}");
    assert_eq!(open.row.until, held.until);
    let evidence = "the issuer's log".to_owned();
    rotated.refuses(RotationNote::ConfirmSwitch { evidence }, Kind::Conflict, "may keep what they read").await;
}

/// One of two addresses that lost the old key is enough to hold the switch, and one that has it still the end.
#[tokio::test(flavor = "multi_thread")]
async fn each_of_several_addresses_counts() {
    let (one, other) = (Receiver::start().await, Receiver::start().await);
    let urls = format!("{}\n{}", one.url("/jwks.json"), other.url("/jwks.json"));
    let authority = format!("{}\n{}", one.authority, other.authority);
    let fields = [("url", urls.as_str()), ("cache_minutes", "0"), ("token_minutes", "0"), ("authority", &authority)];
    let home = keystore(&Algorithm::Ec(Curve::P256)).await;
    let rotated = Rotated::at_create(home, vec![consumer("jwks-endpoint", SET, &fields)], "halt").await;
    rotated.to_distribute().await;
    let both = rotated.both_keys().await;
    let fresh = [("cache-control", "max-age=0")];
    rotated.note(RotationNote::Tell { consumer: rotated.number(SET).await }).await;
    let mut alone: serde_json::Value = serde_json::from_str(&both).unwrap();
    let (old, new) = (alone["keys"][0].take(), alone["keys"][1].take());
    let set = |key: &serde_json::Value| serde_json::json!({ "keys": [key] }).to_string();
    one.answers(200, &fresh, &both);
    other.answers(200, &fresh, &set(&old));
    assert_eq!(run(&rotated.looks().await.unwrap(), SET).state, "IN_PROGRESS", "one of them lacks the new key");
    other.answers(200, &fresh, &both);
    assert_eq!(run(&rotated.looks().await.unwrap(), SET).state, "SUCCEEDED");
    for phase in ["verify", "switch"] {
        rotated.goes_on(phase).await;
    }
    other.answers(200, &fresh, &set(&new));
    let seen = rotated.looks().await.unwrap();
    let held = lock(&seen, "confirm-switch").unwrap();
    assert!(held.because.contains("does not publish the old key any more"), "{held:?}");
    other.answers(200, &fresh, &both);
    rotated.looks().await.unwrap();
    rotated.note(RotationNote::ConfirmSwitch { evidence: "the issuer's log".into() }).await;
    rotated.goes_on("retire").await;
    other.answers(200, &fresh, &set(&new));
    assert!(run(&rotated.looks().await.unwrap(), SET).old_removed.is_none(), "one of them has the old key still");
    one.answers(200, &fresh, &set(&new));
    assert!(run(&rotated.looks().await.unwrap(), SET).old_removed.is_some());
}

/// Whoever comes back is checked anew, and can be.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_joins_again_is_verified_by_the_next_look() {
    let receiver = Receiver::start().await;
    let rotated = distributing(&receiver).await;
    let id = rotated.number(SET).await;
    let both = rotated.both_keys().await;
    receiver.answers(200, &[], &both);
    rotated.note(RotationNote::Tell { consumer: id.clone() }).await;
    rotated.looks().await.unwrap();
    rotated.note(RotationNote::LeaveOut { consumer: id.clone(), evidence: "it is being moved".into() }).await;
    let joined = rotated.note(RotationNote::Join { consumer: id.clone() }).await;
    let set = run(&joined, SET);
    assert_eq!((set.state.as_str(), set.verified.is_none()), ("SUCCEEDED", true));
    let verify = RotationNote::Verify { consumer: id, evidence: "I saw it".into() };
    rotated.refuses(verify, Kind::Invalid, "not taken on a word").await;
    let seen = rotated.looks().await.unwrap();
    assert!(run(&seen, SET).verified.is_some());
}
