//! Documents and certificates as they are published, and what must not pass for one.

use std::{collections::HashMap, time::Duration};

use domain::{Changed, Error, Kind, Result};
use reach::{
    Limits,
    endpoint::{self, Fetched},
};
use tokio_util::sync::CancellationToken;

use crate::{
    script::PATIENCE,
    server::{Answer, Server},
};

const JWKS: &str = r#"{"keys":[{"kty":"EC","kid":"1"}]}"#;

async fn get(server: &Server, path: &str) -> Result<Fetched> {
    let cancel = CancellationToken::new();
    let get =
        async { endpoint::get_json(&server.url(path), Some(&server.authority), &Limits::ENDPOINT, &cancel).await };
    tokio::time::timeout(PATIENCE * 2, get).await.expect("it hangs past its deadline")
}

async fn refused(answer: Answer) -> Error {
    let error = get(&Server::start(answer).await, "/jwks").await.unwrap_err();
    assert_eq!(error.changed(), &Changed::Nothing);
    error
}

#[tokio::test]
async fn a_document_is_read_with_the_time_that_it_may_be_kept() {
    let headers = "cache-control: public, max-age=300\r\nage: 40\r\n";
    let mut server = Server::start(Answer::say("200 OK", headers, JWKS)).await;
    let fetched = get(&server, "/jwks").await.unwrap();
    assert_eq!(fetched, Fetched { text: JWKS.to_owned(), max_age: Some(260) });
    let heard = server.heard().await;
    assert_eq!(heard.line, "GET /jwks HTTP/1.1");
    assert_eq!(heard.headers["cache-control"], "no-cache");
}

#[tokio::test]
async fn what_is_no_document_is_not_taken_for_one() {
    let page = refused(Answer::say("200 OK", "", "<html>Sign in</html>")).await;
    assert_eq!(page.kind(), Kind::Invalid);
    assert!(!page.message().contains("Sign"), "{page}");
    for (status, kind) in [
        ("403 Forbidden", Kind::Denied),
        ("404 Not Found", Kind::NotFound),
        ("429 Too Many Requests", Kind::Throttled),
        ("500 Internal Server Error", Kind::Interrupted),
        ("304 Not Modified", Kind::Invalid),
    ] {
        assert_eq!(refused(Answer::say(status, "", JWKS)).await.kind(), kind, "{status}");
    }
}

#[tokio::test]
async fn half_a_document_is_none() {
    let text = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{JWKS}", JWKS.len() + 10);
    assert_eq!(refused(Answer::Say(text)).await.kind(), Kind::Interrupted);
    assert_eq!(refused(Answer::Drop).await.kind(), Kind::Interrupted);
}

#[tokio::test]
async fn a_document_without_end_is_not_read_to_it() {
    let long = |length: usize| Answer::say("200 OK", "", &format!("\"{}\"", "x".repeat(length - 2)));
    let error = refused(long(10_000_000)).await;
    assert_eq!(error.kind(), Kind::Invalid);
    assert!(error.message().contains("longer than 1024 KiB"), "{error}");
    assert!(refused(Answer::Flood).await.message().contains("longer than 1024 KiB"));
    assert_eq!(refused(long(1024 * 1024 + 1)).await.kind(), Kind::Invalid);
    let whole = get(&Server::start(long(1024 * 1024)).await, "/").await.unwrap();
    assert_eq!(whole.text.len(), 1024 * 1024);
}

fn to(location: &str) -> String {
    Answer::of("302 Found", &format!("location: {location}\r\n"), "")
}

#[tokio::test]
async fn a_redirect_is_followed_on_the_same_host_only() {
    let mut other = Server::start(Answer::say("200 OK", "", JWKS)).await;
    let there = format!("https://127.0.0.1:{}/jwks", other.port);
    let paths = HashMap::from([
        ("/one", to("/two")),
        ("/two", to("three")),
        ("/three", to("/jwks")),
        ("/jwks", Answer::of("200 OK", "", JWKS)),
        ("/zero", to("/one")),
        ("/round", to("/round")),
        ("/away", to(&there)),
        ("/plain", to("http://127.0.0.1:PORT/jwks")),
    ]);
    let mut server = Server::start(Answer::ByPath(paths)).await;
    assert_eq!(get(&server, "/one").await.unwrap().text, JWKS);
    for _ in 0..4 {
        server.heard().await;
    }
    for path in ["/zero", "/round"] {
        let error = get(&server, path).await.unwrap_err();
        assert_eq!((error.kind(), error.refused_by()), (Kind::Invalid, Some("this app")), "{path}");
        assert!(error.message().contains("more than 3 times"), "{error}");
    }
    let error = get(&server, "/away").await.unwrap_err();
    assert!(error.message().ends_with(&format!("elsewhere, to https://127.0.0.1:{}", other.port)), "{error}");
    let error = get(&server, "/plain").await.unwrap_err();
    assert!(error.message().ends_with(&format!("elsewhere, to http://127.0.0.1:{}", server.port)), "{error}");
    other.heard_no_more();
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn a_look_is_given_up_when_cancelled_or_late() {
    let mut server = Server::start(Answer::Hang).await;
    let (cancel, url) = (CancellationToken::new(), server.url("/"));
    let authority = server.authority.clone();
    let get = endpoint::get_json(&url, Some(&authority), &Limits::ENDPOINT, &cancel);
    let (get, ()) = tokio::join!(get, async {
        server.heard().await;
        cancel.cancel();
    });
    let error = get.unwrap_err();
    assert_eq!((error.kind(), error.changed()), (Kind::Interrupted, &Changed::Nothing));
    let limits = Limits { deadline: Duration::from_secs(1), ..Limits::ENDPOINT };
    let late = endpoint::get_json(&url, Some(&authority), &limits, &CancellationToken::new()).await.unwrap_err();
    assert!(late.message().ends_with("did not answer within 1.0 s"), "{late}");
}

#[tokio::test]
async fn only_https_is_read_and_only_from_whom_is_trusted() {
    let mut server = Server::start(Answer::say("200 OK", "", JWKS)).await;
    let (cancel, limits) = (CancellationToken::new(), Limits::ENDPOINT);
    let plain = format!("http://127.0.0.1:{}/", server.port);
    let error = endpoint::get_json(&plain, None, &limits, &cancel).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Invalid);
    assert_eq!(server.connections(), 0);
    let error = endpoint::get_json(&server.url("/"), None, &limits, &cancel).await.unwrap_err();
    assert!(error.message().contains("the certificate of"), "{error}");
    server.heard_no_more();
}

#[tokio::test]
async fn the_certificate_is_the_one_that_the_server_shows() {
    let mut server = Server::start(Answer::Hang).await;
    let (cancel, limits) = (CancellationToken::new(), Limits::ENDPOINT);
    let at = format!("127.0.0.1:{}", server.port);
    let shown = endpoint::certificate(&at, Some(&server.authority), &limits, &cancel).await.unwrap();
    assert_eq!(shown, server.leaf);
    let by_name = format!("localhost:{}", server.port);
    let shown = endpoint::certificate(&by_name, Some(&server.authority), &limits, &cancel).await.unwrap();
    assert_eq!(shown, server.leaf);
    server.heard_no_more();
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_not_told() {
    let (cancel, limits) = (CancellationToken::new(), Limits::ENDPOINT);
    let server = Server::start(Answer::Hang).await;
    let wrong_name = Server::named(Answer::Hang, &["example.com"]).await;
    for (server, authority) in [(&server, None), (&wrong_name, Some(&wrong_name.authority[..]))] {
        let at = format!("127.0.0.1:{}", server.port);
        let error = endpoint::certificate(&at, authority, &limits, &cancel).await.unwrap_err();
        assert_eq!((error.kind(), error.changed()), (Kind::Interrupted, &Changed::Nothing));
        assert!(error.message().contains("was not accepted"), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_never_shakes_hands_is_given_up() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap().to_string();
    let (cancel, limits) =
        (CancellationToken::new(), Limits { deadline: Duration::from_millis(300), ..Limits::ENDPOINT });
    let error = endpoint::certificate(&at, None, &limits, &cancel).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Interrupted);
    assert!(error.message().ends_with("did not answer within 300 ms"), "{error}");
    cancel.cancel();
    let limits = Limits::ENDPOINT;
    let error = endpoint::certificate(&at, None, &limits, &cancel).await.unwrap_err();
    assert!(error.message().contains("was stopped"), "{error}");
}

#[tokio::test]
async fn what_is_no_host_is_not_looked_at() {
    for text in
        ["", "https://example.com", "example.com/", "example.com/path", "me@example.com", "example.com:x", "a?b"]
    {
        let cancel = CancellationToken::new();
        let error = endpoint::certificate(text, None, &Limits::ENDPOINT, &cancel).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid, "{text:?}");
    }
}
