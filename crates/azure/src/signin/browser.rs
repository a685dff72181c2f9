//! The sign-in in the browser: an authorization code with PKCE, brought back to a port of this computer that takes one
//! answer. Source: "Microsoft identity platform and OAuth 2.0 authorization code flow", RFC 7636, RFC 8252.

use std::time::Duration;

use domain::{Error, Kind, Prompt, Result, SignInHost, Timestamp};
use futures::{StreamExt, stream::FuturesUnordered};
use oauth2::{CsrfToken, PkceCodeChallenge, RedirectUrl};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use url::Url;

use super::{
    SIGN_IN,
    oauth::{Entra, Granted, Trouble, over},
};

/// How long the page may take.
const PATIENCE: Duration = Duration::from_secs(300);
/// How long a connection may take to say what it wants.
const SILENCE: Duration = Duration::from_secs(10);
/// The longest request that is read.
const LONGEST: usize = 16 * 1024;

/// What the browser brought.
#[derive(Debug, Eq, PartialEq)]
enum Callback {
    Code(String),
    /// Entra's refusal: OAuth's code and the words.
    Refused {
        code: String,
        words: String,
    },
    /// An answer to another question than ours.
    Foreign,
    /// Not an answer at all, such as the wish for an icon.
    Other,
}

pub(super) async fn sign_in(entra: &Entra, service: &str, host: &dyn SignInHost) -> Result<Granted> {
    let no_port = |cause| {
        Error::new(Kind::Unexpected, SIGN_IN.operation, "no port of this computer could be opened for the answer")
            .with_next("Sign in with a device code.")
            .with_source(cause)
    };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(no_port)?;
    let port = listener.local_addr().map_err(no_port)?.port();
    // Entra takes any port after `http://localhost`, and only after it.
    let back = RedirectUrl::new(format!("http://localhost:{port}")).map_err(|_| over("the port has no address"))?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let endpoints = entra.endpoints.clone().set_redirect_uri(back.clone());
    let (page, state) = endpoints
        .authorize_url(CsrfToken::new_random)
        .add_scopes(Entra::scopes(service))
        .set_pkce_challenge(challenge)
        .add_extra_param("prompt", "select_account")
        .url();
    let until = Timestamp::now().saturating_add(PATIENCE.try_into().unwrap_or(jiff::SignedDuration::ZERO));
    let prompt = Prompt {
        place: entra.place.clone(),
        page: page.into(),
        code: None,
        until: until.unwrap_or_else(|_| Timestamp::now()),
    };
    let brought = tokio::select! {
        () = host.ask(prompt) => return Err(over("it was cancelled")),
        brought = tokio::time::timeout(PATIENCE, callback(&listener, state.secret())) => brought,
    };
    match brought {
        Err(_) => Err(over("the page in the browser was not completed in time")),
        Ok(Callback::Code(code)) => entra.exchange(code, verifier, back).await.map_err(Trouble::into_error),
        Ok(Callback::Refused { code, words }) => Err(Trouble::Said { code, words }.into_error()),
        Ok(Callback::Foreign | Callback::Other) => {
            Err(over("the browser brought an answer to another question (its state is wrong); it was not used")
                .with_refused_by("this app"))
        }
    }
}

/// The first answer that comes. A browser may open connections and ask for nothing by them, so all are heard at once.
async fn callback(listener: &TcpListener, state: &str) -> Callback {
    let mut heard = FuturesUnordered::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    heard.push(tokio::time::timeout(SILENCE, hear(stream, state)));
                }
            }
            Some(said) = heard.next() => match said {
                Ok(Callback::Other) | Err(_) => {}
                Ok(callback) => return callback,
            },
        }
    }
}

async fn hear(mut stream: TcpStream, state: &str) -> Callback {
    let mut request = Vec::new();
    let mut part = [0; 1024];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") && request.len() < LONGEST {
        match stream.read(&mut part).await {
            Ok(0) | Err(_) => return Callback::Other,
            Ok(count) => request.extend_from_slice(part.get(..count).unwrap_or_default()),
        }
    }
    let line = request.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let callback = read(&String::from_utf8_lossy(line), state);
    let (status, words) = match &callback {
        Callback::Code(_) => {
            ("200 OK", "Microsoft Entra has answered. You can close this page and go back to Claviger.")
        }
        Callback::Refused { .. } => ("200 OK", "Nobody was signed in. Claviger says why. You can close this page."),
        Callback::Foreign => ("400 Bad Request", "This answer belongs to another sign-in. It was not used."),
        Callback::Other => ("404 Not Found", "There is nothing here."),
    };
    let length = words.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {length}\r\n\
         X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n\
         Connection: close\r\n\r\n{words}"
    );
    // A browser that is gone already has brought its answer all the same.
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
    callback
}

/// Reads the first line of a request.
fn read(line: &str, state: &str) -> Callback {
    let mut words = line.split(' ');
    let (Some("GET"), Some(target)) = (words.next(), words.next()) else { return Callback::Other };
    let Ok(url) = Url::parse("http://localhost").and_then(|base| base.join(target)) else { return Callback::Other };
    let value = |wanted: &str| url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned());
    let (code, error) = (value("code"), value("error"));
    if url.path() != "/" || (code.is_none() && error.is_none()) {
        return Callback::Other;
    }
    if value("state").as_deref() != Some(state) {
        return Callback::Foreign;
    }
    match (error, code) {
        (Some(code), _) => Callback::Refused { code, words: value("error_description").unwrap_or_default() },
        (None, Some(code)) => Callback::Code(code),
        (None, None) => Callback::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_answer_to_our_question_is_taken() {
        let cases = [
            ("GET /?code=a%2Fb&state=s HTTP/1.1", Callback::Code("a/b".into())),
            ("GET /?state=s&code=a&session_state=x HTTP/1.1", Callback::Code("a".into())),
            ("GET /?code=a&state=t HTTP/1.1", Callback::Foreign),
            ("GET /?code=a HTTP/1.1", Callback::Foreign),
            ("GET /?error=access_denied&state=t HTTP/1.1", Callback::Foreign),
            (
                "GET /?error=access_denied&error_description=AADSTS65004%3A+declined&state=s HTTP/1.1",
                Callback::Refused { code: "access_denied".into(), words: "AADSTS65004: declined".into() },
            ),
            ("GET /favicon.ico HTTP/1.1", Callback::Other),
            ("GET / HTTP/1.1", Callback::Other),
            ("POST /?code=a&state=s HTTP/1.1", Callback::Other),
            ("GET //evil.test/x?code=a&state=s HTTP/1.1", Callback::Other),
            ("", Callback::Other),
        ];
        for (line, callback) in cases {
            assert_eq!(read(line, "s"), callback, "{line}");
        }
    }
}
