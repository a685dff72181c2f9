//! Lists that go wrong in the middle, and when reading stops.

use std::sync::atomic::{AtomicUsize, Ordering};

use domain::Secret;

use super::*;
use crate::{
    fake::{Fake, json},
    mounts::Mounts,
    session::Credentials,
};

const AES: &str = r#"{"data":{"type":"aes256-gcm96","keys":{"1":1795438812},"latest_version":1}}"#;
const MISSING: &str = r#"{"errors":["1 error occurred:\n\t* permission denied\n\n"]}"#;
const ENDED: &str = r#"{"errors":["permission denied"]}"#;
const MOUNTS: &str = r#"{"data":{"secret":{"good/":{"type":"transit","options":null},
    "bad/":{"type":"transit","options":null},"kv/":{"type":"kv","options":{"version":"2"}}}}}"#;

async fn cluster(fake: &Fake) -> Cluster {
    let client = fake.client(Credentials::Token(Secret::from_text("s.alive".to_owned()))).await;
    Cluster { client, mounts: Mounts::default() }
}

/// The rows and the end of one vault.
async fn vault(cluster: &Cluster, id: &str) -> (Vec<Item>, Result<()>) {
    let entries: Vec<Entry> = cluster.list().collect().await;
    let (mut rows, mut end) = (Vec::new(), None);
    for entry in entries {
        match entry {
            Entry::Item(item) if item.key.vault.0 == id => rows.push(*item),
            Entry::End { vault, result } if vault.0 == id => end = Some(result),
            Entry::Vault(_) | Entry::Item(_) | Entry::End { .. } => {}
        }
    }
    (rows, end.unwrap_or_else(|| panic!("{id} has no end")))
}

fn names(count: usize) -> String {
    let names: Vec<String> = (0..count).map(|number| format!("k{number:04}")).collect();
    serde_json::json!({ "data": { "keys": names } }).to_string()
}

fn row(kind: Option<Kind>) -> Item {
    let mut item =
        Item::undescribed(ItemKey::new("transit", "keys/a"), "a", "key", Error::new(Kind::Invalid, "read", ""));
    item.trouble = kind.map(|kind| Error::new(kind, "read", "x"));
    item
}

#[tokio::test]
async fn one_bad_mount_and_one_denied_key_leave_the_rest_alone() {
    let fake = Fake::start(|seen| match seen.line.trim_start_matches("GET /v1/") {
        "sys/internal/ui/mounts" => json(200, MOUNTS),
        "auth/token/lookup-self" => json(200, r#"{"data":{}}"#),
        "bad/keys?list=true" => json(200, "<!doctype html><title>Sign in</title>"),
        "good/keys?list=true" => json(200, r#"{"data":{"keys":["a","denied","import/","odd"]}}"#),
        "good/keys/denied" => json(403, MISSING),
        "good/keys/odd" => json(200, r#"{"data":{"type":["not","a","text"]}}"#),
        "good/keys/a" => json(200, AES),
        _ => json(404, r#"{"errors":[]}"#),
    })
    .await;
    let cluster = cluster(&fake).await;
    let (mut rows, end) = vault(&cluster, "good").await;
    rows.sort_by(|one, other| one.name.cmp(&other.name));
    assert!(end.is_ok());
    assert_eq!(rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["a", "denied", "odd"]);
    assert!(rows[0].trouble.is_none());
    assert_eq!(rows[1].trouble.as_ref().and_then(Error::permission), Some("read on good/keys/denied"));
    assert_eq!(rows[2].trouble.as_ref().map(Error::kind), Some(Kind::Invalid));
    let (rows, end) = vault(&cluster, "bad").await;
    assert_eq!((rows.len(), end.unwrap_err().kind()), (0, Kind::Invalid));
    assert!(vault(&cluster, "kv").await.1.is_ok(), "an empty mount");
}

#[tokio::test]
async fn a_token_that_ends_mid_list_leaves_the_rows_so_far_and_every_name() {
    let reads = AtomicUsize::new(0);
    let fake = Fake::start(move |seen| match seen.line.trim_start_matches("GET /v1/") {
        "sys/internal/ui/mounts" => json(200, MOUNTS),
        "good/keys?list=true" => json(200, &names(300)),
        line if line.starts_with("good/keys/") && reads.fetch_add(1, Ordering::SeqCst) < 100 => json(200, AES),
        "bad/keys?list=true" | "kv/metadata?list=true" => json(404, r#"{"errors":[]}"#),
        _ => json(403, ENDED),
    })
    .await;
    let (rows, end) = vault(&cluster(&fake).await, "good").await;
    assert_eq!(end.unwrap_err().kind(), Kind::SignedOut);
    assert_eq!(rows.len(), 300);
    assert_eq!(rows.iter().filter(|row| row.trouble.is_none()).count(), 100);
    assert!(fake.count("good/keys/") <= 100 + IN_FLIGHT, "no more is sent once it is known");
}

#[tokio::test]
async fn a_folder_that_may_not_be_listed_is_a_gap_with_its_permission() {
    let fake = Fake::start(|seen| match seen.line.trim_start_matches("GET /v1/") {
        "sys/internal/ui/mounts" => json(200, MOUNTS),
        "auth/token/lookup-self" => json(200, r#"{"data":{}}"#),
        "kv/metadata?list=true" => json(200, r#"{"data":{"keys":["closed/","open/","top"]}}"#),
        "kv/metadata/open?list=true" => json(200, r#"{"data":{"keys":["x y%"]}}"#),
        "kv/metadata/closed?list=true" => json(403, MISSING),
        "kv/metadata/top" | "kv/metadata/open/x%20y%25" => {
            json(200, r#"{"data":{"current_version":1,"versions":{"1":{"deletion_time":"","destroyed":false}}}}"#)
        }
        _ => json(404, r#"{"errors":[]}"#),
    })
    .await;
    let (mut rows, end) = vault(&cluster(&fake).await, "kv").await;
    rows.sort_by(|one, other| one.name.cmp(&other.name));
    let told: Vec<_> = rows.iter().map(|row| (row.key.id.as_str(), row.trouble.is_none())).collect();
    assert_eq!(told, [("data/open/x y%", true), ("data/top", true)]);
    assert_eq!(end.unwrap_err().permission(), Some("list on kv/metadata/closed"));
    assert_eq!(fake.count("kv/data"), 0, "a list never reads a value");
}

#[tokio::test]
async fn folders_without_end_end_as_a_gap() {
    let fake = Fake::start(|seen| match seen.line.trim_start_matches("GET /v1/") {
        "sys/internal/ui/mounts" => json(200, MOUNTS),
        line if line.starts_with("kv/metadata") => json(200, r#"{"data":{"keys":["again/"]}}"#),
        _ => json(404, r#"{"errors":[]}"#),
    })
    .await;
    let (rows, end) = vault(&cluster(&fake).await, "kv").await;
    assert!(rows.is_empty());
    assert_eq!(end.unwrap_err().refused_by(), Some("this app"));
    assert_eq!(fake.count("kv/metadata"), DEEPEST);
}

#[test]
fn a_silent_server_stops_the_list_and_one_silent_key_does_not() {
    let stop = Stop::default();
    for _ in 0..100 {
        stop.learn(&row(Some(Kind::Interrupted)));
        stop.learn(&row(Some(Kind::Denied)));
    }
    assert!(stop.error().is_none());
    (0..PATIENCE).for_each(|_| stop.learn(&row(Some(Kind::Interrupted))));
    assert_eq!(stop.error().unwrap().kind(), Kind::Interrupted);
}

#[test]
fn several_gaps_are_counted_and_the_permission_is_named() {
    let denied =
        |path: &str| Error::new(Kind::Denied, "list paths", "refused").with_permission(format!("list on {path}"));
    let mut gaps = Gaps::default();
    gaps.keep::<Vec<String>>(Err(denied("kv/metadata/a")));
    gaps.keep::<Vec<String>>(Err(denied("kv/metadata/b")));
    let error = gaps.into_result().unwrap_err();
    assert_eq!(error.permission(), Some("list on kv/metadata/a"));
    assert!(error.message().contains("1 more"));
}
