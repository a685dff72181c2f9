//! Sign-ins that a person does, in a browser or with a code: a prompt once, then silently by what was kept.
//!
//! However many calls wait for a token, one sign-in is under way. It ends when the last of them gives up, not the first.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use azure_core::{
    credentials::{AccessToken, TokenCredential, TokenRequestOptions},
    error::ErrorKind,
    time::OffsetDateTime,
};
use domain::{Error, Kind, Result, Secret, SignInHost};
use futures::{
    FutureExt,
    future::{BoxFuture, WeakShared},
};

use super::{
    browser, device,
    oauth::{Entra, Granted},
};

/// A token is not used in its last minutes: the call that carries it takes its time, too.
pub(super) const MARGIN: Duration = Duration::from_secs(300);

/// How the person signs in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Way {
    Browser,
    DeviceCode,
}

/// A credential of a person.
#[derive(Debug)]
pub(super) struct Person(Arc<Inner>);

struct Inner {
    entra: Entra,
    way: Way,
    host: Arc<dyn SignInHost>,
    held: Mutex<Held>,
    /// Sign-ins for several services come one after the other: the second needs no prompt then.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Held {
    tokens: HashMap<String, AccessToken>,
    under_way: HashMap<String, WeakShared<BoxFuture<'static, Result<AccessToken>>>>,
    /// By which the next token is had without a prompt.
    next: Option<Arc<Secret>>,
    /// Why nobody is asked again: a prompt that was refused must not come back by itself.
    over: Option<Error>,
}

impl Person {
    pub(super) fn new(entra: Entra, way: Way, host: Arc<dyn SignInHost>) -> Self {
        Self(Arc::new(Inner { entra, way, host, held: Mutex::default(), turn: tokio::sync::Mutex::default() }))
    }
}

impl Inner {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn sign_in(self: Arc<Self>, service: String) -> Result<AccessToken> {
        let _turn = self.turn.lock().await;
        if let Some(known) = self.known(&service) {
            return known;
        }
        match self.granted(&service).await {
            Ok(granted) => {
                if let Some(next) = granted.next {
                    self.keep(next).await;
                }
                self.held().tokens.insert(service, granted.token.clone());
                Ok(granted.token)
            }
            Err(error) => {
                if !matches!(error.kind(), Kind::Interrupted | Kind::Throttled) {
                    self.held().over = Some(error.clone());
                }
                Err(error)
            }
        }
    }

    /// The token that is there, or the reason why there will be none.
    fn known(&self, service: &str) -> Option<Result<AccessToken>> {
        let held = self.held();
        if let Some(token) = held.tokens.get(service)
            && token.expires_on > OffsetDateTime::now_utc() + MARGIN
        {
            return Some(Ok(token.clone()));
        }
        held.over.clone().map(Err)
    }

    /// Without a prompt if that can be, else with one.
    async fn granted(&self, service: &str) -> Result<Granted> {
        let next = self.held().next.clone();
        let kept = match next {
            Some(next) => Some(next),
            None => self.host.kept().await?.map(Arc::new),
        };
        if let Some(kept) = kept {
            match self.entra.renew(&kept, service).await {
                Ok(granted) => {
                    self.held().next.get_or_insert(kept);
                    return Ok(granted);
                }
                Err(trouble) if trouble.is_spent() => {
                    self.held().next = None;
                    if let Err(error) = self.host.keep(None).await {
                        tracing::warn!(error = ?error, "a sign-in that is over may still be kept");
                    }
                }
                Err(trouble) => return Err(trouble.into_error()),
            }
        }
        match self.way {
            Way::Browser => browser::sign_in(&self.entra, service, &*self.host).await,
            Way::DeviceCode => device::sign_in(&self.entra, service, &*self.host).await,
        }
    }

    /// Keeps what spares the next prompt. Where it cannot be kept, it still serves until the app ends.
    async fn keep(&self, next: Secret) {
        let copy = Secret::new(next.expose().to_vec());
        self.held().next = Some(Arc::new(next));
        if let Err(error) = self.host.keep(Some(copy)).await {
            tracing::warn!(error = ?error, "the sign-in was not kept for the next time");
        }
    }

    /// The sign-in for the service that is under way, or a new one.
    fn under_way(self: &Arc<Self>, service: &str) -> futures::future::Shared<BoxFuture<'static, Result<AccessToken>>> {
        let mut held = self.held();
        let running = held.under_way.get(service).and_then(WeakShared::upgrade);
        if let Some(running) = running.filter(|running| running.peek().is_none()) {
            return running;
        }
        let begun = Arc::clone(self).sign_in(service.to_owned()).boxed().shared();
        if let Some(weak) = begun.downgrade() {
            held.under_way.insert(service.to_owned(), weak);
        }
        begun
    }
}

#[async_trait]
impl TokenCredential for Person {
    async fn get_token(&self, scopes: &[&str], _: Option<TokenRequestOptions<'_>>) -> azure_core::Result<AccessToken> {
        let service = scopes.join(" ");
        let answer = match self.0.known(&service) {
            Some(known) => known,
            None => self.0.under_way(&service).await,
        };
        answer.map_err(|error| azure_core::Error::with_error(ErrorKind::Credential, error, "nobody signed in"))
    }
}

// Not derived: tokens must not be printed.
impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person").field("place", &self.entra.place).field("way", &self.way).finish_non_exhaustive()
    }
}
