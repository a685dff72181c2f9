//! How a sending ends for each thing that can happen to it, and that it goes out once.

use std::sync::{Arc, Mutex};

use domain::{
    Answers, Ask, Change, Event, ItemKey, Ledger, Order, OrderId, Plan, Record, Secret, SecretAnswers, Target,
    Timestamp, VaultId,
};

use super::*;
use crate::{
    Cluster,
    fake::{Fake, RESET, Seen as Asked, json, with_headers},
    mounts::{Engine, Mount, Mounts},
    plan,
    session::Credentials,
};

const KEY: &str = r#"{"data":{"type":"ed25519","keys":{"1":{},"2":{},"3":{}},"latest_version":3,"min_available_version":0,
    "min_decryption_version":1,"min_encryption_version":0,"deletion_allowed":true,"auto_rotate_period":0,"name":"x"}}"#;
const PATH: &str = r#"{"data":{"current_version":2,"versions":{
    "1":{"created_time":"2026-11-23T13:00:14Z","deletion_time":"","destroyed":false},
    "2":{"created_time":"2026-11-23T13:00:15Z","deletion_time":"","destroyed":false}}}}"#;
const ROTATED: &str = r#"{"request_id":"r-1","data":{"latest_version":4}}"#;
const DENIED: &str = r#"{"errors":["1 error occurred:\n\t* permission denied\n\n"]}"#;

/// A journal in memory.
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

async fn cluster(fake: &Fake) -> Cluster {
    let client = fake.client(Credentials::Token(Secret::from_text("s.canary".into()))).await;
    let mount = |path: &str, engine| Mount { path: path.to_owned(), engine };
    Cluster { client, mounts: Mounts::knowing(vec![mount("transit", Engine::Transit), mount("kv", Engine::Kv)]) }
}

/// A server on which reading works, and a change is answered with `answer`.
async fn server(answer: String) -> Fake {
    Fake::start(move |asked: &Asked| match asked.line.as_str() {
        "GET /v1/sys/health" => json(200, r#"{"version":"2.7.2"}"#),
        "GET /v1/transit/keys/x" => json(200, KEY),
        "GET /v1/kv/metadata/app/db" => json(200, PATH),
        "GET /v1/kv/data/app/db?version=1" => {
            json(200, r#"{"data":{"data":{"pin":12345678901234567890123,"w":"hunter2"},"metadata":{"version":1}}}"#)
        }
        line if line.starts_with("GET ") => json(404, r#"{"errors":[]}"#),
        _ => answer.clone(),
    })
    .await
}

fn change(ask: Ask, target: Target, answers: &[(&str, &str)], value: Option<&str>) -> Change {
    let answers: Answers = answers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let secrets = value.map(|value| (VALUE.to_owned(), Secret::from_text(value.to_owned())));
    Change { order: OrderId("01JDX".into()), ask, target, answers, secrets: secrets.into_iter().collect() }
}

fn key() -> Target {
    Target::Item(ItemKey::new("transit", "keys/x"))
}

fn path() -> Target {
    Target::Item(ItemKey::new("kv", "data/app/db"))
}

/// Plans, confirms, and sends the one step.
async fn sent(cluster: &Cluster, change: Change) -> (Plan, Outcome) {
    let plan = plan::plan(cluster, &change).await.unwrap();
    let (seen, name, book) = (plan.digest(), plan.name.clone(), Book::default());
    let reviewed = plan.clone().reviewed(&seen, Some(&name)).unwrap();
    let order = Order::write_down(&book, change.order, "prod", "its place", "maria", reviewed).unwrap();
    let (sending, _) = order.send(&book, Arc::new(change.secrets)).unwrap();
    (plan, perform(&cluster.client, &sending).await)
}

async fn rotated(answer: String) -> (Outcome, usize) {
    let fake = server(answer).await;
    let (_, outcome) = sent(&cluster(&fake).await, change(Ask::Rotate, key(), &[], None)).await;
    (outcome, fake.count("POST "))
}

#[tokio::test]
async fn each_end_of_a_sending_is_told_apart_and_none_is_sent_again() {
    let length = format!("Content-Length: {}", ROTATED.len());
    let short = json(200, ROTATED).replace(&length, "Content-Length: 4900");
    assert!(short.contains("4900"));
    let page = |status| with_headers(status, "Content-Type: text/html\r\n", "<html>Blocked</html>");
    for (what, answer, end) in [
        ("an answer", json(200, ROTATED), "done"),
        ("no content", json(204, ""), "done"),
        ("a denial", json(403, DENIED), "refused"),
        ("a refusal", json(400, r#"{"errors":["key not found"]}"#), "refused"),
        ("a refusal to hurry", json(429, r#"{"errors":["request path \"x\": rate limit quota exceeded"]}"#), "refused"),
        ("a reset", RESET.to_owned(), "unknown"),
        ("a cut body", short, "unknown"),
        ("broken JSON", json(200, r#"{"data":{"latest_version":4"#), "unknown"),
        ("no JSON", json(200, "ok"), "unknown"),
        ("an answer to something else", json(200, r#"{"data":{}}"#), "unknown"),
        (
            "a failure with a list of errors",
            json(500, r#"{"errors":["imported key x does not allow rotation"]}"#),
            "unknown",
        ),
        ("a busy server", json(503, r#"{"errors":["Vault is sealed"]}"#), "unknown"),
        ("a gateway's page", page(403), "unknown"),
        ("a gateway's failure", page(502), "unknown"),
        ("a redirect elsewhere", with_headers(307, "Location: /v1/transit/keys/x/rotate\r\n", ""), "refused"),
        ("a redirect to a page", with_headers(303, "Location: /done\r\n", ""), "unknown"),
    ] {
        let (outcome, posts) = rotated(answer).await;
        let told = match &outcome {
            Outcome::Done { .. } => "done",
            Outcome::Refused(error) => {
                assert_eq!(*error.changed(), Changed::Nothing, "{what}");
                "refused"
            }
            Outcome::Unknown(error) => {
                assert_eq!(*error.changed(), Changed::Unknown, "{what}");
                "unknown"
            }
        };
        assert_eq!((told, posts), (end, 1), "{what}: {outcome:?}");
    }
}

#[tokio::test]
async fn what_was_made_and_the_request_id_are_told() {
    let (outcome, _) = rotated(json(200, ROTATED)).await;
    let Outcome::Done { request_id, results } = outcome else { panic!("{outcome:?}") };
    assert_eq!(request_id.as_deref(), Some("r-1"));
    assert_eq!(results["version"], "4");
}

#[tokio::test]
async fn a_denial_names_the_permission_and_a_token_that_is_over_is_no_denial() {
    let (denied, _) = rotated(json(403, DENIED)).await;
    let Outcome::Refused(error) = denied else { panic!("{denied:?}") };
    assert_eq!(error.permission(), Some("update on transit/keys/x/rotate"));
    assert_eq!(error.refused_by(), Some("OpenBao"));

    let fake = server(json(403, r#"{"errors":["permission denied"]}"#)).await;
    let (_, over) = sent(&cluster(&fake).await, change(Ask::Rotate, key(), &[], None)).await;
    let Outcome::Refused(error) = over else { panic!("{over:?}") };
    assert_eq!(error.kind(), Kind::SignedOut);
    assert_eq!((fake.count("POST "), fake.count("lookup-self")), (1, 0));
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_sent() {
    let fake = server(json(204, "")).await;
    let there = cluster(&fake).await;
    let change = change(Ask::Rotate, key(), &[], None);
    let plan = plan::plan(&there, &change).await.unwrap();
    let (seen, book) = (plan.digest(), Book::default());
    let order =
        Order::write_down(&book, change.order, "prod", "its place", "maria", plan.reviewed(&seen, None).unwrap())
            .unwrap();
    let (sending, _) = order.send(&book, Arc::default()).unwrap();
    // A port that was free a moment ago.
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let answers = Answers::from([("address".into(), format!("http://{free}")), ("auth".into(), "token".into())]);
    let secrets = SecretAnswers::from([("token".into(), Secret::from_text("s.canary".into()))]);
    let gone = crate::connect(&answers, &secrets, &domain::Environment::default()).await.unwrap();
    let outcome = gone.changes().perform(sending).await;
    let Outcome::Refused(error) = outcome else { panic!("{outcome:?}") };
    assert_eq!((error.kind(), error.changed()), (Kind::Interrupted, &Changed::Nothing));
}

#[tokio::test]
async fn a_value_is_written_with_check_and_set_and_without_being_read() {
    let fake = server(json(200, r#"{"data":{"version":3}}"#)).await;
    let cluster = cluster(&fake).await;
    let answers = [("form", "field"), ("field", "password")];
    let (plan, outcome) = sent(&cluster, change(Ask::WriteValue, path(), &answers, Some("hunter2"))).await;
    let Outcome::Done { results, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(results["version"], "3");
    assert_eq!(fake.bodies("POST /v1/kv/data/app/db"), [r#"{"options":{"cas":2},"data":{"password":"hunter2"}}"#]);
    assert_eq!(fake.count("GET /v1/kv/data"), 0, "the old value is not read");
    assert!(!serde_json::to_string(&plan).unwrap().contains("hunter2"));
    assert_eq!(plan.steps[0].command, "bao kv put -mount=kv -cas=2 app/db password=-");
    assert_eq!(plan.steps[0].secrets, ["value"]);
}

#[tokio::test]
async fn rolling_back_is_one_reading_and_one_write_of_exactly_that_value() {
    let fake = server(json(200, r#"{"data":{"version":3}}"#)).await;
    let (plan, outcome) = sent(&cluster(&fake).await, change(Ask::RollBack, path(), &[("version", "1")], None)).await;
    assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
    let exact = r#"{"options":{"cas":2},"data":{"pin":12345678901234567890123,"w":"hunter2"}}"#;
    assert_eq!(fake.bodies("POST "), [exact]);
    assert_eq!(fake.count("GET /v1/kv/data"), 1);
    assert!(!serde_json::to_string(&plan).unwrap().contains("hunter2"));
    assert!(plan.steps[0].secrets.is_empty());
}

#[tokio::test]
async fn a_value_that_somebody_else_overtook_is_a_conflict() {
    let answer = r#"{"errors":["check-and-set parameter did not match the current version"]}"#;
    let fake = server(json(400, answer)).await;
    let answers = [("form", "json")];
    let (_, outcome) = sent(&cluster(&fake).await, change(Ask::WriteValue, path(), &answers, Some("{}"))).await;
    let Outcome::Refused(error) = outcome else { panic!("{outcome:?}") };
    assert_eq!(error.kind(), Kind::Conflict);
}

#[tokio::test]
async fn a_key_that_was_there_already_is_not_taken_for_a_new_one() {
    let taken = r#"{"data":{"latest_version":1,"type":"ed25519"},"warnings":["key y already existed"]}"#;
    let new = r#"{"data":{"latest_version":1,"type":"ed25519"},"warnings":null}"#;
    for (answer, is_new) in [(taken, false), (new, true)] {
        let fake = server(json(200, answer)).await;
        let answers = [("name", "y"), ("type", "ed25519")];
        let wanted = change(Ask::CreateKey, Target::Vault(VaultId("transit".into())), &answers, None);
        let (_, outcome) = sent(&cluster(&fake).await, wanted).await;
        match outcome {
            Outcome::Done { results, .. } if is_new => {
                assert_eq!((results["vault"].as_str(), results["item"].as_str()), ("transit", "keys/y"));
            }
            Outcome::Unknown(_) if !is_new => {}
            other => panic!("{other:?}"),
        }
    }
}
