//! How calls that change something go out, and how they end: once, and done, refused or unknown.

use std::sync::atomic::{AtomicBool, Ordering};

use azure_core::http::RequestContent;
use domain::{Ask, Changed, Kind, Outcome, Plan, SecretAnswers, VaultId};
use serde_json::{Value, json};

use super::{Asked, HOST, Said, World, change, item, list, not_found, refusal, secrets, vault, version};

const CREATE: &str = "POST keys/a/create";

/// A vault without anything, in which that is said to what would make a key.
fn empty(said: impl Fn() -> Said + Send + Sync + 'static) -> World {
    World::new(move |asked: &Asked| if asked.line.starts_with("GET ") { not_found() } else { said() })
}

fn new_key() -> [(&'static str, &'static str); 4] {
    [("name", "a"), ("type", "EC"), ("curve", "P-256"), ("ec_operations", "sign,verify")]
}

async fn create_key(world: &World) -> Outcome {
    let plan = world.plan(&change(Ask::CreateKey, vault(), &new_key())).await.unwrap();
    world.send(plan, SecretAnswers::new()).await
}

#[tokio::test]
async fn a_lost_answer_is_sent_once_where_the_crate_itself_would_send_it_again() {
    for lost in [|| Said::Lost, || refusal(500, "InternalServerError", "later"), || Said::Bytes(200, "{\"key\": {")] {
        let world = empty(lost);
        let outcome = create_key(&world).await;
        assert!(matches!(&outcome, Outcome::Unknown(error) if *error.changed() == Changed::Unknown), "{outcome:?}");
        assert_eq!(world.count(CREATE), 1);
    }
    // The control: a client whose calls may be repeated makes two keys where the first answer was lost.
    let lost = AtomicBool::new(false);
    let world = empty(move || match lost.swap(true, Ordering::SeqCst) {
        false => refusal(503, "ServiceUnavailable", "later"),
        true => Said::Json(200, version("keys", "2", 5, &json!({}))),
    });
    let clients = world.tenant.client.reading(&VaultId(HOST.to_owned())).unwrap();
    let body = RequestContent::from(b"{}".to_vec());
    clients.keys.create_key("a", body, None).await.unwrap();
    assert_eq!(world.count(CREATE), 2);
}

#[tokio::test]
async fn an_outcome_is_refused_only_if_key_vault_understood_and_said_no() {
    let refused: [(u16, &'static str, Kind); 6] = [
        (400, "BadParameter", Kind::Invalid),
        (401, "Unauthorized", Kind::SignedOut),
        (403, "Forbidden", Kind::Denied),
        (404, "KeyNotFound", Kind::NotFound),
        (409, "Conflict", Kind::Conflict),
        (429, "Throttled", Kind::Throttled),
    ];
    for (status, code, kind) in refused {
        let world = empty(move || refusal(status, code, "its own words"));
        let outcome = create_key(&world).await;
        let Outcome::Refused(error) = outcome else { panic!("{outcome:?}") };
        assert_eq!((error.kind(), error.changed()), (kind, &Changed::Nothing), "{error:?}");
        assert!(error.message().contains("its own words"), "{error}");
        assert_eq!((error.refused_by(), error.request_id()), (Some("Azure"), Some("request-7")));
        if kind == Kind::Denied {
            assert!(error.permission().unwrap().contains("keys/create"), "{error:?}");
        }
        assert_eq!(world.count(CREATE), 1);
    }
    let unknown: [fn() -> Said; 9] = [
        || refusal(500, "InternalServerError", "later"),
        || refusal(503, "ServiceUnavailable", "later"),
        || refusal(408, "RequestTimeout", "too slow"),
        || Said::Bytes(400, "<html>proxy</html>"),
        || Said::Json(403, json!({"detail": "a gateway"})),
        || Said::Json(302, json!({})),
        || Said::Bytes(200, "not json"),
        || Said::Json(200, json!({})),
        || Said::Lost,
    ];
    for (at, said) in unknown.into_iter().enumerate() {
        let world = empty(said);
        let outcome = create_key(&world).await;
        let Outcome::Unknown(error) = outcome else { panic!("{at}: {outcome:?}") };
        assert_eq!(error.changed(), &Changed::Unknown, "{at}");
        assert_eq!(world.count(CREATE), 1, "{at}");
    }
}

#[tokio::test]
async fn what_never_left_with_a_token_is_refused() {
    // The plan is read in one world and sent in another, in which the way there is broken.
    let plan = || async {
        let world = empty(|| Said::Lost);
        world.plan(&change(Ask::CreateKey, vault(), &new_key())).await.unwrap()
    };
    type Door = Option<Box<dyn Fn() -> Said + Send + Sync>>;
    let doors: [(Door, bool); 5] = [
        (None, false),
        (Some(Box::new(|| Said::Lost)), true),
        (Some(Box::new(|| Said::Unreachable)), true),
        (Some(Box::new(|| refusal(500, "InternalServerError", "later"))), true),
        (Some(Box::new(|| refusal(403, "Forbidden", "the firewall"))), true),
    ];
    for (at, (door, signs_in)) in doors.into_iter().enumerate() {
        let world = World::with(|_: &Asked| panic!("a call went out"), door, signs_in);
        let outcome = world.send(plan().await, SecretAnswers::new()).await;
        let Outcome::Refused(error) = outcome else { panic!("{at}: {outcome:?}") };
        assert!(error.message().starts_with("nothing was sent: "), "{at}: {error}");
        assert_eq!((error.changed(), world.challenges()), (&Changed::Nothing, 1), "{at}");
    }
    let world = empty(|| Said::Unreachable);
    assert!(matches!(world.send(plan().await, SecretAnswers::new()).await, Outcome::Refused(_)));
}

#[tokio::test]
async fn what_was_shown_is_what_is_sent_with_the_orders_mark() {
    let world = empty(|| Said::Json(200, version("keys", "1", 5, &json!({}))));
    let mut answers = new_key().to_vec();
    answers.extend([("expires", "2031-01-31"), ("tags", r#"[["team","payments"]]"#), ("enabled", "false")]);
    let plan = world.plan(&change(Ask::CreateKey, vault(), &answers)).await.unwrap();
    assert!(world.asked().iter().all(|asked| asked.line.starts_with("GET ")), "planning changed something");
    let step = plan.steps[0].clone();
    let outcome = world.send(plan, SecretAnswers::new()).await;
    let Outcome::Done { request_id, results } = outcome else { panic!("{outcome:?}") };
    assert_eq!(request_id.as_deref(), Some("request-7"));
    let made = [("item", "keys/a"), ("vault", HOST), ("version", "1")];
    assert_eq!(results.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>(), made);
    let sent = world.asked().into_iter().find(|asked| asked.line == CREATE).unwrap();
    let body: Value = serde_json::from_str(&sent.body).unwrap();
    assert_eq!(body, step.parameters["body"]);
    assert_eq!(body["tags"], json!({"team": "payments", "claviger-order": super::ORDER}));
    assert_eq!(body["attributes"], json!({"enabled": false, "exp": 1_927_584_000}));
    let line = "az keyvault key create --vault-name contoso --name a --kty EC --curve P-256 --ops sign verify --expires \
                2031-01-31T00:00:00Z --disabled true --tags claviger-order=01ARZ3NDEKTSV4RRFFQ69G5FAV team=payments";
    assert_eq!(step.command, line);
}

#[tokio::test]
async fn a_value_is_in_the_call_and_nowhere_else() {
    const VALUE: &str = "hunter2 \"quoted\" \u{1f}\n";
    let world = empty(|| Said::Json(200, version("secrets", "1", 5, &json!({}))));
    let mut wanted = change(Ask::CreateSecret, vault(), &[("name", "a"), ("content_type", "text/plain")]);
    wanted.secrets = secrets("value", VALUE.as_bytes());
    let plan = world.plan(&wanted).await.unwrap();
    assert!(!serde_json::to_string(&plan).unwrap().contains("hunter2"));
    assert!(plan.steps[0].command.contains("--file /dev/stdin"), "{}", plan.steps[0].command);
    let outcome = world.send(plan, wanted.secrets).await;
    assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
    let sent = world.asked().into_iter().find(|asked| asked.line == "PUT secrets/a").unwrap();
    let body: Value = serde_json::from_str(&sent.body).unwrap();
    assert_eq!(body["value"], VALUE);
    assert_eq!(body["contentType"], "text/plain");
}

#[tokio::test]
async fn a_value_that_does_not_fit_never_leaves() {
    let world = empty(|| panic!("a call went out"));
    let plan = world.plan(&change(Ask::CreateSecret, vault(), &[("name", "a")])).await.unwrap();
    for value in [vec![b'x'; 25 * 1024 + 1], vec![0xff, 0xfe]] {
        let outcome = world.send(plan.clone(), secrets("value", &value)).await;
        let Outcome::Refused(error) = outcome else { panic!("{outcome:?}") };
        assert_eq!(error.kind(), Kind::Invalid);
        let mut wanted = change(Ask::CreateSecret, vault(), &[("name", "a")]);
        wanted.secrets = secrets("value", &value);
        assert_eq!(world.plan(&wanted).await.unwrap_err().kind(), Kind::Invalid);
    }
}

/// A key that is there, and whatever else is asked is done.
fn with_key() -> World {
    World::new(|asked: &Asked| match asked.line.as_str() {
        "GET keys/a" => Said::Json(200, version("keys", "2", 9, &json!({}))),
        "GET keys/a/versions" => list(vec![version("keys", "1", 5, &json!({})), version("keys", "2", 9, &json!({}))]),
        "GET keys/a/rotationpolicy" => Said::Json(200, json!({"attributes": {}})),
        line if line.starts_with("GET ") => not_found(),
        _ => Said::Json(200, version("keys", "3", 12, &json!({}))),
    })
}

#[tokio::test]
async fn each_call_goes_to_its_own_place_once() {
    type Answered<'a> = &'a [(&'a str, &'a str)];
    let calls: [(Ask, Answered<'_>, &str, &str); 7] = [
        (Ask::Disable, &[], "PATCH keys/a/2", r#"{"attributes":{"enabled":false}}"#),
        (Ask::ChangeTags, &[("tags", r#"[["a","b"]]"#)], "PATCH keys/a/2", r#"{"tags":{"a":"b"}}"#),
        (Ask::ChangeTags, &[("tags", "[]")], "", ""),
        (Ask::Configure, &[("operations", "sign")], "PATCH keys/a/2", r#"{"key_ops":["sign"]}"#),
        (Ask::Rotate, &[], "POST keys/a/rotate", ""),
        (Ask::ScheduleDeletion, &[], "DELETE keys/a", ""),
        (
            Ask::SetRotation,
            &[("automatic", "true"), ("rotate_after", "P90D")],
            "PUT keys/a/rotationpolicy",
            r#"{"attributes":{},"lifetimeActions":[{"action":{"type":"Rotate"},"trigger":{"timeAfterCreate":"P90D"}}]}"#,
        ),
    ];
    for (ask, answers, line, body) in calls {
        let world = with_key();
        let plan: Plan = match world.plan(&change(ask, item("keys/a"), answers)).await {
            Ok(plan) => plan,
            // Nothing is to be changed.
            Err(error) => {
                assert_eq!((error.kind(), line), (Kind::Conflict, ""), "{ask:?}: {error}");
                continue;
            }
        };
        let outcome = world.send(plan, SecretAnswers::new()).await;
        assert!(matches!(outcome, Outcome::Done { .. }), "{ask:?}: {outcome:?}");
        let sent: Vec<Asked> = world.asked().into_iter().filter(|asked| !asked.line.starts_with("GET ")).collect();
        assert_eq!(sent.len(), 1, "{ask:?}: {sent:?}");
        // Members have no order.
        let json = |text: &str| serde_json::from_str::<Value>(text).ok();
        assert_eq!((sent[0].line.as_str(), json(&sent[0].body)), (line, json(body)), "{ask:?}");
    }
}
