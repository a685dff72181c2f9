//! The token's life as calls see it: who is asked how often when it ends.

use std::sync::atomic::{AtomicUsize, Ordering};

use domain::Secret;
use futures::future::join_all;

use super::*;
use crate::{
    fake::{Fake, json},
    session::Credentials,
};

const MISSING: &str = r#"{"errors":["1 error occurred:\n\t* permission denied\n\n"]}"#;
const ENDED: &str = r#"{"errors":["permission denied"]}"#;
const HEALTH: &str = r#"{"initialized":true,"sealed":false,"version":"2.7.2"}"#;

fn token(text: &str) -> Credentials {
    Credentials::Token(Secret::from_text(text.to_owned()))
}

fn maria() -> Credentials {
    let password = Secret::from_text("pw".to_owned());
    Credentials::Userpass { mount: "userpass".into(), username: "maria".into(), password }
}

async fn read(client: &Client) -> Result<serde_json::Value> {
    client.read("read the key", "transit/keys/x").await
}

#[test]
fn the_token_in_its_own_description_is_not_read() {
    let body = r#"{"data":{"id":"s.secret","display_name":"userpass-maria","entity_id":"f61b55a3","expire_time":
        "2026-11-23T14:00:14.906830395Z","path":"auth/userpass/login/maria","policies":["default","limited"]}}"#;
    let info = serde_json::from_str::<Envelope<TokenInfo<'_>>>(body).unwrap().data;
    assert!(!format!("{info:?}").contains("s.secret"));
    assert_eq!(info.expire_time.unwrap().to_string(), "2026-11-23T14:00:14.906830395Z");
}

#[tokio::test]
async fn a_missing_permission_is_no_end_of_the_sign_in() {
    let fake = Fake::start(|seen| match seen.line.as_str() {
        "GET /v1/sys/health" => json(200, HEALTH),
        "GET /v1/auth/token/lookup-self" => json(200, r#"{"data":{}}"#),
        _ => json(403, MISSING),
    })
    .await;
    let client = fake.client(token("s.alive")).await;
    let error = read(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.refused_by()), (Kind::Denied, Some("OpenBao")));
    assert_eq!(error.permission(), Some("read on transit/keys/x"));
}

#[tokio::test]
async fn a_token_that_may_not_look_itself_up_is_alive() {
    let fake = Fake::start(|_| json(403, MISSING)).await;
    assert_eq!(read(&fake.client(token("s.alive")).await).await.unwrap_err().kind(), Kind::Denied);
}

#[tokio::test]
async fn once_a_token_is_over_nothing_more_is_sent() {
    let fake = Fake::start(|_| json(403, ENDED)).await;
    let client = fake.client(token("s.ended")).await;
    assert_eq!(read(&client).await.unwrap_err().kind(), Kind::SignedOut);
    let sent = fake.count("");
    assert_eq!(client.list("list keys", "transit/keys").await.unwrap_err().kind(), Kind::SignedOut);
    assert_eq!(fake.count(""), sent);
}

#[tokio::test]
async fn of_many_calls_whose_token_ended_one_signs_in_again() {
    let logins = AtomicUsize::new(0);
    let fake = Fake::start(move |seen| match (seen.line.as_str(), seen.token.as_deref()) {
        ("POST /v1/auth/userpass/login/maria", _) => {
            let number = logins.fetch_add(1, Ordering::SeqCst);
            json(200, &format!(r#"{{"auth":{{"client_token":"s.{number}","lease_duration":3600}}}}"#))
        }
        ("GET /v1/transit/keys/x", Some("s.1")) => json(200, r#"{"data":{"type":"aes256-gcm96"}}"#),
        _ => json(403, ENDED),
    })
    .await;
    let client = fake.client(maria()).await;
    let answers = join_all((0..50).map(|_| read(&client))).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(fake.count("login"), 2, "at the start, and once again");
}

#[tokio::test]
async fn a_password_that_no_longer_works_is_tried_once_and_not_for_every_call() {
    let logins = AtomicUsize::new(0);
    let fake = Fake::start(move |seen| match seen.line.as_str() {
        "POST /v1/auth/userpass/login/maria" if logins.fetch_add(1, Ordering::SeqCst) == 0 => {
            json(200, r#"{"auth":{"client_token":"s.0","lease_duration":0}}"#)
        }
        "POST /v1/auth/userpass/login/maria" => json(400, r#"{"errors":["invalid username or password"]}"#),
        _ => json(403, ENDED),
    })
    .await;
    let client = fake.client(maria()).await;
    let answers = join_all((0..50).map(|_| read(&client))).await;
    assert!(answers.iter().all(|answer| answer.as_ref().is_err_and(|error| error.kind() == Kind::SignedOut)));
    assert_eq!(fake.count("login"), 2, "more would lock the user out");
}

#[tokio::test]
async fn a_newer_token_in_the_file_is_taken_up() {
    let folder = std::env::temp_dir().join(format!("claviger-vault-token-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(".vault-token");
    std::fs::write(&path, "s.old\n").unwrap();
    let fake = Fake::start(|seen| match seen.token.as_deref() {
        Some("s.new") => json(200, r#"{"data":{}}"#),
        _ => json(403, ENDED),
    })
    .await;
    let client = fake.client(Credentials::File(path.clone())).await;
    std::fs::write(&path, "s.new\n").unwrap();
    let answer = read(&client).await;
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(answer.is_ok());
}

#[tokio::test]
async fn a_sign_in_that_wants_a_second_factor_says_so() {
    let body = r#"{"auth":{"client_token":"","mfa_requirement":{"mfa_request_id":"x"}}}"#;
    let fake = Fake::start(move |_| json(200, body)).await;
    let error = Session::start(maria(), &fake.wire().await).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unsupported);
    assert!(error.message().contains("second factor"));
}

#[tokio::test]
async fn an_empty_list_is_no_error_and_a_missing_mount_is() {
    let fake = Fake::start(|seen| match seen.line.as_str() {
        "GET /v1/empty/keys?list=true" => json(404, r#"{"errors":[]}"#),
        _ => json(404, r#"{"errors":["no handler for route \"nope/keys\". route entry not found."]}"#),
    })
    .await;
    let client = fake.client(token("s")).await;
    assert!(client.list("list keys", "empty/keys").await.unwrap().keys.is_empty());
    assert_eq!(client.list("list keys", "nope/keys").await.unwrap_err().kind(), Kind::NotFound);
}
