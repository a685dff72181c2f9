//! The token of a connection and its life: where it comes from, whether it is over, and how a new one is fetched.
//! A refusal (403) can mean a missing permission or a token that is over; only this file tells which.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use domain::{Error, Kind, Result, Secret};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::{
    error::{self, Call, Product},
    wire::{Answer, Request, Wire},
};

/// The call that tells about a token itself.
pub(crate) const LOOKUP: &str = "auth/token/lookup-self";

/// After a sign-in that failed, none is tried for so long: Vault locks users out who fail too often.
const QUIET_AFTER_FAILURE: Duration = Duration::from_secs(30);

const SIGN_IN: &str = "sign in";

/// How one gets a token.
#[derive(Debug)]
pub(crate) enum Credentials {
    /// A role of the AppRole method.
    AppRole { mount: String, role_id: String, secret_id: Secret },
    /// A file that holds a token and may later hold a newer one.
    File(PathBuf),
    /// A token that was given; there is no other.
    Token(Secret),
    /// A user of the userpass method.
    Userpass { mount: String, username: String, password: Secret },
}

/// A token in use.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) value: Secret,
    /// When it ends, as far as its sign-in told.
    until: Option<Timestamp>,
}

/// The token in use, and how to get the next.
#[derive(Debug)]
pub(crate) struct Session {
    credentials: Credentials,
    current: Mutex<Current>,
    /// Held while the token is looked up or replaced, so that of many requests refused at once one asks for all.
    asking: tokio::sync::Mutex<Asked>,
}

#[derive(Debug)]
struct Current {
    token: Arc<Token>,
    over: Option<Over>,
}

/// The token is known to be over and could not be replaced.
#[derive(Debug)]
struct Over {
    error: Error,
    since: Instant,
    /// There is no other way to a token than the one that failed.
    for_good: bool,
}

#[derive(Debug, Default)]
struct Asked {
    /// When the latest look-up that found the token alive was begun.
    alive: Option<Instant>,
}

/// The part of a sign-in's answer that is used. Borrowed, so that the token has one copy that is wiped.
#[derive(Deserialize)]
struct SignedIn<'a> {
    #[serde(borrow)]
    auth: Option<Auth<'a>>,
}

#[derive(Deserialize)]
struct Auth<'a> {
    client_token: &'a str,
    #[serde(default)]
    lease_duration: i64,
    #[serde(default)]
    mfa_requirement: Option<serde_json::Value>,
}

impl Session {
    /// Gets the first token: signs in, or takes the one that is there.
    pub(crate) async fn start(credentials: Credentials, wire: &Wire) -> Result<Self> {
        let token = fresh(&credentials, wire).await?;
        let current = Mutex::new(Current { token: Arc::new(token), over: None });
        Ok(Self { credentials, current, asking: tokio::sync::Mutex::default() })
    }

    /// The token for the next request, or why there is none any more.
    pub(crate) fn token(&self) -> Result<Arc<Token>> {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        match &current.over {
            Some(over) if over.for_good || over.since.elapsed() < QUIET_AFTER_FAILURE => Err(over.error.clone()),
            Some(_) | None => Ok(Arc::clone(&current.token)),
        }
    }

    /// After a 403 with `used`: `Ok(None)` if the token is alive and so a permission is missing, `Ok(Some(_))` with a
    /// fresh token to try again with, or the error that the sign-in is over.
    pub(crate) async fn after_refusal(
        &self,
        used: &Arc<Token>,
        wire: &Wire,
        product: Product,
    ) -> Result<Option<Arc<Token>>> {
        let refused = Instant::now();
        let mut asked = self.asking.lock().await;
        let current = self.token()?;
        if !Arc::ptr_eq(&current, used) {
            return Ok(Some(current));
        }
        // A look-up that began after the refusal, on behalf of another request, answers for this one too.
        if asked.alive.is_some_and(|begun| begun >= refused) {
            return Ok(None);
        }
        let begun = Instant::now();
        if self.is_alive(&current, wire).await {
            asked.alive = Some(begun);
            return Ok(None);
        }
        self.replace(wire, product).await.map(Some)
    }

    async fn is_alive(&self, token: &Token, wire: &Wire) -> bool {
        if token.until.is_some_and(|until| until <= Timestamp::now()) {
            return false;
        }
        match wire.send(&Request::get(SIGN_IN, LOOKUP), Some(&token.value)).await {
            // Looking oneself up is part of the default policy, but a token need not have that policy.
            Ok(answer) => answer.status != 403 || !error::blames_the_token(&answer),
            Err(_) => true,
        }
    }

    async fn replace(&self, wire: &Wire, product: Product) -> Result<Arc<Token>> {
        let over = |message: &str| error::signed_out(SIGN_IN, message, product);
        let for_good = matches!(self.credentials, Credentials::Token(_));
        let outcome = match &self.credentials {
            Credentials::Token(_) => Err(over("the token is over, or was revoked")),
            Credentials::AppRole { .. } | Credentials::File(_) | Credentials::Userpass { .. } => {
                fresh(&self.credentials, wire).await
            }
        };
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = outcome.and_then(|token| {
            let same = token.value.expose() == current.token.value.expose();
            if same { Err(over("the token in the file is over, or was revoked")) } else { Ok(Arc::new(token)) }
        });
        match outcome {
            Ok(token) => {
                *current = Current { token: Arc::clone(&token), over: None };
                Ok(token)
            }
            Err(error) => {
                current.over = Some(Over { error: error.clone(), since: Instant::now(), for_good });
                Err(error)
            }
        }
    }
}

/// Fetches a token anew.
async fn fresh(credentials: &Credentials, wire: &Wire) -> Result<Token> {
    match credentials {
        Credentials::AppRole { mount, role_id, secret_id } => {
            let body = pairs(&[("role_id", role_id), ("secret_id", text(secret_id, "secret id")?)])?;
            log_in(wire, &format!("auth/{mount}/login"), body).await
        }
        Credentials::File(path) => {
            let bytes = tokio::fs::read(path).await.map(Zeroizing::new).map_err(|cause| {
                Error::new(Kind::SignedOut, SIGN_IN, format!("{} could not be read: {cause}", path.display()))
                    .with_next("Run `bao login` or `vault login`, then refresh.")
            })?;
            token_of(&bytes)
        }
        Credentials::Token(secret) => token_of(secret.expose()),
        Credentials::Userpass { mount, username, password } => {
            let body = pairs(&[("password", text(password, "password")?)])?;
            log_in(wire, &format!("auth/{mount}/login/{username}"), body).await
        }
    }
}

async fn log_in(wire: &Wire, path: &str, body: Zeroizing<Vec<u8>>) -> Result<Token> {
    let answer = wire.send(&Request { operation: SIGN_IN, path, query: &[], body: Some(body) }, None).await?;
    if answer.status != 200 {
        return Err(refused_sign_in(path, &answer));
    }
    let said: SignedIn<'_> =
        serde_json::from_slice(&answer.body).map_err(|cause| error::of_json(SIGN_IN, &cause, &answer))?;
    let incomplete = |message: &str| Error::new(Kind::Unsupported, SIGN_IN, message.to_owned());
    let auth = said.auth.ok_or_else(|| incomplete("the server signed nobody in"))?;
    if auth.client_token.is_empty() {
        return Err(if auth.mfa_requirement.is_some() {
            incomplete("this sign-in asks for a second factor, which this version cannot give")
                .with_next("Sign in with the provider's own tool, and connect with its token.")
        } else {
            incomplete("the server gave no token")
        });
    }
    let lease = SignedDuration::from_secs(auth.lease_duration);
    let until = (auth.lease_duration > 0).then(|| Timestamp::now().checked_add(lease).ok()).flatten();
    Ok(Token { value: Secret::new(auth.client_token.as_bytes().to_vec()), until })
}

/// A wrong password comes as 400, a method that is not there as 403: neither is a missing permission.
fn refused_sign_in(path: &str, answer: &Answer) -> Error {
    let call = Call { operation: SIGN_IN, capability: "update", path };
    let error = error::of_status(&call, answer, Product::Vault);
    if !matches!(answer.status, 400 | 401 | 403 | 404) {
        return error;
    }
    let words = error::words(answer);
    let what = if words.is_empty() { "nothing there to sign in with".to_owned() } else { words };
    Error::new(Kind::SignedOut, SIGN_IN, format!("the server refused the sign-in at {path}: {what}"))
        .with_next("Check the name, the password or secret id, the path of the method, and the namespace.")
}

fn token_of(bytes: &[u8]) -> Result<Token> {
    let trimmed = bytes.trim_ascii();
    if trimmed.is_empty() {
        return Err(Error::new(Kind::SignedOut, SIGN_IN, "the token is empty").with_next("Give a token."));
    }
    Ok(Token { value: Secret::new(trimmed.to_vec()), until: None })
}

fn text<'a>(secret: &'a Secret, what: &str) -> Result<&'a str> {
    secret.expose_text().ok_or_else(|| Error::new(Kind::Invalid, SIGN_IN, format!("the {what} is not text")))
}

/// A JSON object of texts, written into memory that is wiped.
fn pairs(pairs: &[(&str, &str)]) -> Result<Zeroizing<Vec<u8>>> {
    let longest = pairs.iter().map(|(name, value)| name.len() + 6 * value.len() + 8).sum();
    let mut body = Zeroizing::new(Vec::with_capacity(longest));
    let map: std::collections::BTreeMap<&str, &str> = pairs.iter().copied().collect();
    serde_json::to_writer(&mut *body, &map)
        .map_err(|_| Error::new(Kind::Unexpected, SIGN_IN, "the request could not be written"))?;
    Ok(body)
}
