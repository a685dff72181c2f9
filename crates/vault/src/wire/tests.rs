//! The rules of HTTP, against a server that breaks them.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::fake::{Fake, json, with_headers};

async fn get(fake: &Fake) -> Result<Answer> {
    let token = Secret::from_text("s.canary".to_owned());
    fake.wire().await.send(&Request::get("list keys", "transit/keys"), Some(&token)).await
}

#[tokio::test]
async fn a_redirect_to_another_place_is_refused_and_the_token_stays() {
    let other = Fake::start(|_| json(200, "{}")).await;
    let location = format!("Location: {}/v1/transit/keys\r\n", other.address);
    let fake = Fake::start(move |_| with_headers(307, &location, "")).await;
    let error = get(&fake).await.unwrap_err();
    assert_eq!((error.kind(), error.refused_by()), (Kind::Invalid, Some("this app")));
    assert!(error.message().contains(&other.address));
    assert_eq!(other.count(""), 0, "nothing may be sent there");
}

#[tokio::test]
async fn a_redirect_on_the_same_server_is_followed_once_with_the_token() {
    let fake = Fake::start(|seen| match seen.line.as_str() {
        "GET /v1/transit/keys" => with_headers(307, "Location: /v1/active/keys\r\n", ""),
        _ if seen.token.as_deref() == Some("s.canary") => json(200, r#"{"data":{}}"#),
        _ => json(403, "{}"),
    })
    .await;
    assert_eq!(get(&fake).await.unwrap().status, 200);
    let circle = Fake::start(|_| with_headers(307, "Location: /v1/transit/keys\r\n", "")).await;
    assert_eq!(get(&circle).await.unwrap_err().kind(), Kind::Invalid);
    assert_eq!(circle.count(""), 2);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_interrupted() {
    let short = json(200, r#"{"data":{"keys":["a","#).replace("Content-Length: 21", "Content-Length: 5000");
    assert!(short.contains("5000"));
    let fake = Fake::start(move |_| short.clone()).await;
    assert_eq!(get(&fake).await.unwrap_err().kind(), Kind::Interrupted);
    let silent = Fake::start(|_| String::new()).await;
    assert_eq!(get(&silent).await.unwrap_err().kind(), Kind::Interrupted);
}

#[tokio::test]
async fn an_answer_without_end_is_not_taken_in() {
    let fake = Fake::start(|_| json(200, &"x".repeat(LARGEST_ANSWER + 1))).await;
    let error = get(&fake).await.unwrap_err();
    assert_eq!((error.kind(), error.refused_by()), (Kind::Invalid, Some("this app")));
}

#[tokio::test]
async fn a_read_waits_for_a_busy_server_and_a_post_goes_out_once() {
    let asked = AtomicUsize::new(0);
    let fake = Fake::start(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 | 1 => with_headers(429, "Retry-After: 0\r\n", ""),
        _ => json(200, "{}"),
    })
    .await;
    assert_eq!(get(&fake).await.unwrap().status, 200);
    let busy = Fake::start(|_| with_headers(503, "Retry-After: 0\r\n", "")).await;
    let body = Some(Zeroizing::new(b"{}".to_vec()));
    let post = Request { operation: "sign in", path: "auth/userpass/login/maria", query: &[], body };
    assert_eq!(busy.wire().await.send(&post, None).await.unwrap().status, 503);
    assert_eq!(busy.count("POST"), 1);
}

#[tokio::test]
async fn a_sealed_server_is_asked_once() {
    let fake = Fake::start(|_| json(503, r#"{"errors":["Vault is sealed"]}"#)).await;
    assert_eq!(get(&fake).await.unwrap().status, 503);
    assert_eq!(fake.count(""), 1);
}

#[test]
fn pauses_grow_with_jitter_and_have_an_end() {
    for attempt in 1..ATTEMPTS {
        let due = Duration::from_millis(250) * 2_u32.pow(attempt - 1);
        assert!((due.mul_f64(0.7)..due.mul_f64(1.3)).contains(&pause(attempt, None)));
    }
    assert!(pause(1, Some(Duration::from_secs(86_400))) < LONGEST_PAUSE * 2);
}
