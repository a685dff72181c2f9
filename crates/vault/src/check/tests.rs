//! Every finding of every kind of change, from what a server tells afterwards.

use domain::{ItemKey, OrderId, Secret, Step};
use serde_json::json;

use super::*;
use crate::{
    fake::{Fake, json as answer},
    plan::{Method, Seen, Source},
    session::Credentials,
};

/// When everything here was sent.
const SENT: &str = "2026-11-25T12:00:00Z";
const EARLIER: &str = "2026-11-25T11:00:00Z";
const LATER: &str = "2026-11-25T12:00:01Z";

fn before(id: &str, seen: Seen) -> Before {
    Before { item: ItemKey::new("m", id), seen }
}

/// What a reading finds where the server tells `now`, or nothing.
async fn found(before: &Before, body: Value, results: &[(&str, &str)], now: Option<Value>) -> Finding {
    let told =
        now.map_or_else(|| answer(404, r#"{"errors":[]}"#), |now| answer(200, &json!({ "data": now }).to_string()));
    let fake = Fake::start(move |_| told.clone()).await;
    let client = fake.client(Credentials::Token(Secret::from_text("s.x".into()))).await;
    let Value::Object(body) = body else { panic!("{body}") };
    let data = before.item.id.starts_with("data/").then_some(Source::Json);
    let parameters = Parameters { method: Method::Post, path: "m/x".into(), body, data };
    let step = Step {
        says: String::new(),
        operation: String::new(),
        parameters: serde_json::to_value(parameters).unwrap(),
        command: String::new(),
        before: serde_json::to_value(before).unwrap(),
        secrets: Vec::new(),
    };
    let results = results.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let performed = Performed { order: OrderId("01JDX".into()), step, results, sent: SENT.parse().unwrap() };
    let finding = check(&client, &performed).await.unwrap();
    assert_eq!(fake.count("POST"), 0, "a reading changes nothing");
    assert_eq!(fake.count("/data/"), 0, "a reading never reads a value");
    finding
}

fn word(finding: &Finding) -> &'static str {
    match finding {
        Finding::Done { .. } => "done",
        Finding::NotDone { .. } => "not done",
        Finding::Unclear { .. } => "unclear",
    }
}

/// A key of these versions, each with the time it was made.
fn key(versions: &[&str]) -> Value {
    let keys: Map<String, Value> = versions
        .iter()
        .enumerate()
        .map(|(at, made)| ((at + 1).to_string(), json!({ "creation_time": made, "public_key": "" })))
        .collect();
    json!({ "type": "ed25519", "keys": keys, "latest_version": versions.len(), "min_decryption_version": 1,
        "deletion_allowed": false, "auto_rotate_period": 0 })
}

/// A path of these versions.
fn path(versions: &[(&str, &str, bool)]) -> Value {
    let told: Map<String, Value> = versions
        .iter()
        .enumerate()
        .map(|(at, (made, deleted, destroyed))| {
            ((at + 1).to_string(), json!({ "created_time": made, "deletion_time": deleted, "destroyed": destroyed }))
        })
        .collect();
    json!({ "created_time": versions.first().map(|(made, ..)| made), "current_version": versions.len(),
        "versions": told, "custom_metadata": null, "delete_version_after": "1h30m0s" })
}

#[tokio::test]
async fn a_rotation_is_told_by_the_newest_version_and_when_it_was_made() {
    let rotate = before("keys/x", Seen::Latest(1));
    for (now, results, due) in [
        (Some(key(&[EARLIER])), &[][..], "not done"),
        (Some(key(&[EARLIER, LATER])), &[], "done"),
        // Made by somebody else, after the plan was read and before this was sent.
        (Some(key(&[EARLIER, EARLIER])), &[], "unclear"),
        (Some(key(&[EARLIER, LATER, LATER])), &[], "unclear"),
        (Some(key(&[EARLIER, LATER, LATER])), &[("version", "2")], "done"),
        (None, &[], "unclear"),
    ] {
        let finding = found(&rotate, json!({}), results, now.clone()).await;
        assert_eq!(word(&finding), due, "{now:?}: {finding:?}");
        if let Finding::Done { results, .. } = finding {
            assert_eq!(results["version"], "2");
        }
    }
}

#[tokio::test]
async fn a_new_key_is_ours_only_if_it_is_as_wanted_and_made_since() {
    let create = before("keys/x", Seen::Absent);
    let hmac = json!({ "type": "hmac", "latest_version": 1 });
    for (wanted, results, now, due) in [
        ("ed25519", &[][..], None, "not done"),
        ("ed25519", &[], Some(key(&[LATER])), "done"),
        ("ed25519", &[], Some(key(&[EARLIER])), "unclear"),
        ("rsa-2048", &[], Some(key(&[LATER])), "unclear"),
        // The server tells no time for these; the answer that came back is enough, the name alone is not.
        ("hmac", &[], Some(hmac.clone()), "unclear"),
        ("hmac", &[("item", "keys/x")], Some(hmac), "done"),
    ] {
        let finding = found(&create, json!({ "type": wanted }), results, now).await;
        assert_eq!(word(&finding), due, "{wanted}: {finding:?}");
        if let Finding::Done { results, .. } = finding {
            assert_eq!((results["vault"].as_str(), results["item"].as_str()), ("m", "keys/x"));
        }
    }
}

#[tokio::test]
async fn a_write_is_told_by_the_version_that_only_one_write_could_become() {
    let write = before("data/x", Seen::Current(1));
    let old = (EARLIER, "", false);
    let new = (LATER, "", false);
    for (now, results, due) in [
        (Some(path(&[old])), &[][..], "not done"),
        (Some(path(&[old, new])), &[], "done"),
        (Some(path(&[old, old])), &[], "unclear"),
        (Some(path(&[old, new, new])), &[], "unclear"),
        (Some(path(&[old, new, new])), &[("version", "2")], "done"),
        (None, &[], "unclear"),
    ] {
        let finding = found(&write, json!({ "options": { "cas": 1 } }), results, now.clone()).await;
        assert_eq!(word(&finding), due, "{now:?}: {finding:?}");
    }
    let create = before("data/x", Seen::Absent);
    for (now, due) in [
        (None, "not done"),
        (Some(path(&[])), "not done"),
        (Some(path(&[new])), "done"),
        (Some(path(&[old])), "unclear"),
    ] {
        let finding = found(&create, json!({}), &[], now.clone()).await;
        assert_eq!(word(&finding), due, "{now:?}: {finding:?}");
        if let Finding::Done { results, .. } = finding {
            assert_eq!((results["item"].as_str(), results["version"].as_str()), ("data/x", "1"));
        }
    }
}

#[tokio::test]
async fn an_unclear_finding_names_every_version_and_its_time() {
    let now = path(&[(EARLIER, "", false), (EARLIER, "", false), (LATER, "", false)]);
    let Finding::Unclear { evidence } = found(&before("data/x", Seen::Current(1)), json!({}), &[], Some(now)).await
    else {
        panic!("it cannot be told");
    };
    for word in ["Version 3 is current", "3 at 2026-11-25T12:00:01Z", "2 at 2026-11-25T11:00:00Z", "check-and-set"] {
        assert!(evidence.contains(word), "{evidence}");
    }
}

#[tokio::test]
async fn settings_are_as_wanted_as_before_or_neither() {
    let were = |value: Value| Seen::Settings(Map::from_iter([("deletion_allowed".to_owned(), value)]));
    for (wanted, was, due) in [(false, true, "done"), (true, false, "not done")] {
        let configure = before("keys/x", were(json!(was)));
        let finding = found(&configure, json!({ "deletion_allowed": wanted }), &[], Some(key(&[EARLIER]))).await;
        assert_eq!(word(&finding), due, "{finding:?}");
    }
    let period = Seen::Settings(Map::from_iter([("auto_rotate_period".to_owned(), json!(7_200))]));
    let finding =
        found(&before("keys/x", period), json!({ "auto_rotate_period": 3_600 }), &[], Some(key(&[EARLIER]))).await;
    assert_eq!(word(&finding), "unclear", "{finding:?}");

    // What Go writes as 1h30m0s, and a counter that is sent along but no setting.
    let after = Seen::Settings(Map::from_iter([("delete_version_after".to_owned(), json!("0s"))]));
    let sent = json!({ "delete_version_after": "5400s", "metadata_cas": 4 });
    let finding = found(&before("data/x", after), sent, &[], Some(path(&[]))).await;
    assert_eq!(word(&finding), "done", "{finding:?}");
}

#[tokio::test]
async fn what_is_destroyed_is_gone_and_what_is_there_is_the_same() {
    let first = |time: &str| Seen::Made(Some(time.parse().unwrap()));
    let old = (EARLIER, "", false);
    for (id, there) in [("keys/x", key(&[EARLIER])), ("data/x", path(&[old]))] {
        for (now, made, due) in [
            (None, EARLIER, "done"),
            (Some(there.clone()), EARLIER, "not done"),
            // Somebody made another of the same name since.
            (Some(there), "2020-01-01T00:00:00Z", "unclear"),
        ] {
            let finding = found(&before(id, first(made)), json!({}), &[], now).await;
            assert_eq!(word(&finding), due, "{id}: {finding:?}");
        }
    }
}

#[tokio::test]
async fn hidden_versions_are_told_one_by_one() {
    let (live, deleted, destroyed) = ((EARLIER, "", false), (EARLIER, EARLIER, false), (EARLIER, "", true));
    for (were_deleted, now, due) in [
        (false, [deleted, deleted], "done"),
        (false, [live, live], "not done"),
        (false, [live, deleted], "unclear"),
        (true, [live, live], "done"),
        (true, [deleted, deleted], "not done"),
        (true, [live, destroyed], "unclear"),
    ] {
        let seen = before("data/x", Seen::Versions { deleted: were_deleted });
        let finding = found(&seen, json!({ "versions": [1, 2] }), &[], Some(path(&now))).await;
        assert_eq!(word(&finding), due, "{now:?}: {finding:?}");
    }
}

#[tokio::test]
async fn a_reading_that_is_denied_settles_nothing() {
    let fake = Fake::start(|_| answer(403, r#"{"errors":["1 error occurred:\n\t* permission denied\n\n"]}"#)).await;
    let client = fake.client(Credentials::Token(Secret::from_text("s.x".into()))).await;
    let step = Step {
        says: String::new(),
        operation: String::new(),
        parameters: json!({ "method": "POST", "path": "m/keys/x/rotate" }),
        command: String::new(),
        before: serde_json::to_value(before("keys/x", Seen::Latest(1))).unwrap(),
        secrets: Vec::new(),
    };
    let performed =
        Performed { order: OrderId("01JDX".into()), step, results: BTreeMap::new(), sent: SENT.parse().unwrap() };
    assert!(check(&client, &performed).await.is_err());
}
