//! Receivers that take a delivery, refuse it, send it elsewhere, break off, or are somebody else.

use std::{
    io::Write,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use domain::{Changed, Error, Kind, Result, Secret, Timestamp};
use reach::{
    Limits, Report,
    webhook::{self, Delivery, Webhook},
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::{
    script::PATIENCE,
    server::{Answer, Server},
};

const SECRET: &str = "a secret of the receiver's, ü";
const SECONDS: i64 = 1_790_000_123;

fn body() -> Value {
    json!({ "event": "rotated", "key": "signing/ü", "version": 7 })
}

async fn post(url: String, authority: Option<Vec<u8>>, limits: Limits, cancel: &CancellationToken) -> Result<Report> {
    let (hook, secret) = (Webhook { url, authority }, Secret::from_text(SECRET.to_owned()));
    let body = body();
    // A part of a second is not sent.
    let at = Timestamp::new(SECONDS, 999_000_000).unwrap();
    let delivery = Delivery { id: "01K-delivery", body: &body, at };
    let call = webhook::post(&hook, &secret, &delivery, &limits, cancel);
    tokio::time::timeout(PATIENCE * 2, call).await.expect("it hangs past its deadline")
}

async fn to(server: &Server) -> Result<Report> {
    post(server.url("/hook?token=t0ken"), Some(server.authority.clone()), Limits::WEBHOOK, &CancellationToken::new())
        .await
}

async fn refused(answer: Answer) -> Error {
    let mut server = Server::start(answer).await;
    let error = to(&server).await.unwrap_err();
    server.heard().await;
    server.heard_no_more();
    assert_eq!(server.connections(), 1, "it was sent more than once");
    assert_eq!(error.changed(), &Changed::Unknown, "{error}");
    assert!(!format!("{error} {error:?} {}", error.next()).contains("t0ken"), "{error:?}");
    error
}

#[tokio::test]
async fn a_delivery_carries_what_the_receiver_needs_to_check_it() {
    let mut server = Server::start(Answer::say("204 No Content", "", "")).await;
    let report = to(&server).await.unwrap();
    assert!(report.evidence.starts_with("204 after "), "{}", report.evidence);
    assert_eq!((report.output.as_str(), report.bytes), ("", 0));
    let heard = server.heard().await;
    assert_eq!(heard.line, "POST /hook?token=t0ken HTTP/1.1");
    assert_eq!(heard.headers["content-type"], "application/json");
    assert_eq!(heard.headers["user-agent"], concat!("claviger/", env!("CARGO_PKG_VERSION")));
    assert_eq!(heard.headers["claviger-delivery"], "01K-delivery");
    assert_eq!(heard.headers["claviger-timestamp"], SECONDS.to_string());
    assert_eq!(serde_json::from_slice::<Value>(&heard.body).unwrap(), body());
    assert_eq!(heard.headers["claviger-signature"], format!("v1={}", by_python(&heard.body)));
}

/// The signature as another hand makes it.
fn by_python(body: &[u8]) -> String {
    let program = "import hashlib, hmac, sys; secret, seconds = sys.argv[1:]; \
                   said = seconds.encode() + b'.' + sys.stdin.buffer.read(); \
                   print(hmac.new(secret.encode(), said, hashlib.sha256).hexdigest())";
    let mut python = Command::new("python3")
        .args(["-c", program, SECRET, &SECONDS.to_string()])
        .env("PYTHONUTF8", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(body).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[tokio::test]
async fn every_refusal_is_told_by_what_can_be_done_about_it() {
    for (status, kind) in [
        ("400 Bad Request", Kind::Invalid),
        ("401 Unauthorized", Kind::Denied),
        ("403 Forbidden", Kind::Denied),
        ("404 Not Found", Kind::Invalid),
        ("429 Too Many Requests", Kind::Throttled),
        ("500 Internal Server Error", Kind::Interrupted),
        ("503 Service Unavailable", Kind::Interrupted),
    ] {
        let error = refused(Answer::say(status, "retry-after: 0\r\n", "it repeats: signing/ü")).await;
        assert_eq!(error.kind(), kind, "{status}");
        assert!(error.message().contains(&status[..3]), "{error}");
        assert!(!error.message().contains("signing"), "{error}");
        assert!(error.next().contains("01K-delivery"), "{}", error.next());
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_says_where_it_leads() {
    let mut other = Server::start(Answer::say("204 No Content", "", "")).await;
    for status in ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let location = format!("location: https://localhost:{}/x?token=t0ken\r\n", other.port);
        let error = refused(Answer::say(status, &location, "")).await;
        assert_eq!((error.kind(), error.refused_by()), (Kind::Invalid, Some("this app")));
        assert!(error.message().contains(&format!("to localhost:{};", other.port)), "{error}");
        // To itself as little as to another.
        let error = refused(Answer::say(status, "location: /again\r\n", "")).await;
        assert!(error.message().contains("to 127.0.0.1:"), "{error}");
    }
    other.heard_no_more();
    assert_eq!(other.connections(), 0);
    let error = refused(Answer::say("302 Found", "", "")).await;
    assert!(error.message().contains("an address that cannot be read"), "{error}");
}

#[tokio::test]
async fn an_answer_that_is_lost_leaves_a_doubt() {
    let error = refused(Answer::Drop).await;
    assert_eq!(error.kind(), Kind::Interrupted);
    assert!(error.message().contains("broke off before it had answered"), "{error}");
    assert!(error.next().contains("same delivery id"), "{}", error.next());
    assert_eq!(refused(Answer::Say("HTTP/1.1 20".to_owned())).await.kind(), Kind::Interrupted);
}

#[tokio::test]
async fn a_receiver_that_is_silent_is_waited_for_until_the_deadline() {
    let mut server = Server::start(Answer::Hang).await;
    let limits = Limits { deadline: Duration::from_secs(2), ..Limits::WEBHOOK };
    let cancel = CancellationToken::new();
    let error = post(server.url("/"), Some(server.authority.clone()), limits, &cancel).await.unwrap_err();
    assert_eq!((error.kind(), error.changed()), (Kind::Interrupted, &Changed::Unknown));
    assert!(error.message().ends_with("did not answer within 2.0 s"), "{error}");
    server.heard().await;
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn when_cancelled_under_way_there_is_a_doubt_and_before_there_is_none() {
    let mut server = Server::start(Answer::Hang).await;
    let cancel = CancellationToken::new();
    let call = post(server.url("/"), Some(server.authority.clone()), Limits::WEBHOOK, &cancel);
    let (call, ()) = tokio::join!(call, async {
        server.heard().await;
        cancel.cancel();
    });
    let error = call.unwrap_err();
    assert_eq!((error.kind(), error.changed()), (Kind::Interrupted, &Changed::Unknown));

    let call = post(server.url("/"), Some(server.authority.clone()), Limits::WEBHOOK, &cancel);
    let error = call.await.unwrap_err();
    assert_eq!((error.kind(), error.changed()), (Kind::Interrupted, &Changed::Nothing));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn of_a_long_answer_the_beginning_is_kept() {
    let started = Instant::now();
    for answer in [Answer::say("200 OK", "", &"\"xxxxxxxx".repeat(1_000_000)), Answer::Flood] {
        let report = to(&Server::start(answer).await).await.unwrap();
        assert_eq!((report.output.len(), report.bytes), (8 * 1024, 8 * 1024));
        assert!(report.output.starts_with("\"xxxxxxxx"));
    }
    assert!(started.elapsed() < PATIENCE, "it was read on until the deadline");
}

#[tokio::test]
async fn a_success_whose_words_break_off_is_one() {
    let text = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\ntaken".to_owned();
    let report = to(&Server::start(Answer::Say(text)).await).await.unwrap();
    assert_eq!(report.output, "taken");
}

#[tokio::test]
async fn nothing_is_sent_to_a_server_that_is_not_trusted() {
    let taken = || Answer::say("204 No Content", "", "");
    let (other, cancel) = (Server::start(Answer::Hang).await, CancellationToken::new());
    let (unknown, another) = (Server::start(taken()).await, Server::start(taken()).await);
    let wrong_name = Server::named(taken(), &["127.0.0.2", "example.com"]).await;
    let (others, own) = (other.authority.clone(), wrong_name.authority.clone());
    for (mut server, authority) in [(unknown, None), (another, Some(others)), (wrong_name, Some(own))] {
        let call = post(server.url("/"), authority, Limits::WEBHOOK, &cancel);
        let error = call.await.unwrap_err();
        assert_eq!((error.kind(), error.changed()), (Kind::Interrupted, &Changed::Nothing), "{error}");
        assert!(error.message().contains("was not accepted, and nothing was sent"), "{error}");
        assert_eq!(server.connections(), 1);
        server.heard_no_more();
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_got_nothing() {
    let mut server = Server::start(Answer::Hang).await;
    let (url, authority) = (server.url("/"), server.authority.clone());
    server.stop().await;
    let error = post(url, Some(authority), Limits::WEBHOOK, &CancellationToken::new()).await.unwrap_err();
    assert_eq!((error.kind(), error.changed()), (Kind::Interrupted, &Changed::Nothing));
    assert!(error.message().contains("could not be reached, and nothing was sent"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_sent_safely_is_not_sent() {
    let server = Server::start(Answer::Hang).await;
    let cancel = CancellationToken::new();
    let at = format!("127.0.0.1:{}", server.port);
    for url in [format!("http://{at}/"), format!("https://user@{at}/"), format!("https://:pass@{at}/"), at.clone()] {
        let error = post(url.clone(), Some(server.authority.clone()), Limits::WEBHOOK, &cancel).await.unwrap_err();
        assert_eq!((error.kind(), error.changed()), (Kind::Invalid, &Changed::Nothing), "{url}");
        assert!(!error.message().contains("pass@"));
    }
    for authority in ["", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let error = post(server.url("/"), Some(authority.into()), Limits::WEBHOOK, &cancel).await.unwrap_err();
        assert_eq!((error.kind(), error.changed()), (Kind::Invalid, &Changed::Nothing), "{authority:?}");
    }
    let hook = Webhook { url: server.url("/"), authority: Some(server.authority.clone()) };
    let (at, body) = (Timestamp::UNIX_EPOCH, body());
    for (secret, id) in [("", "id"), (SECRET, ""), (SECRET, "two\r\nlines")] {
        let secret = Secret::from_text(secret.to_owned());
        let delivery = Delivery { id, body: &body, at };
        let error = webhook::post(&hook, &secret, &delivery, &Limits::WEBHOOK, &cancel).await.unwrap_err();
        assert_eq!((error.kind(), error.changed()), (Kind::Invalid, &Changed::Nothing), "{id:?}");
    }
    assert_eq!(server.connections(), 0);
}
