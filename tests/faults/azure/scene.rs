//! One run of a case: a line of its own to the fake, what is spoilt on it, and a connection that goes over it.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use domain::{
    Answers, Ask, Change, Environment, Error, Finding, ItemKey, Kind, Order, OrderId, Outcome as Answered, Performed,
    Provider, Secret, SecretAnswers, Target,
};
use futures::future::BoxFuture;
use libtest_mimic::Failed;
use serde_json::{Value, json};
use servers::{
    Azure, Book, Listing, Vault,
    answers::answers,
    fixtures::azure::{self as fixture, Filled, HARBOUR, MAIN, SECRET},
};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::case::Outcome;

/// Longer than any retries take: what goes on for longer hangs.
const LONGEST: Duration = Duration::from_secs(90);

/// One way in which answers are bad.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// What is spoilt before the check. The control is the same check without it.
    pub(crate) spoil: for<'a> fn(&'a Scene) -> BoxFuture<'a, Outcome>,
    /// What must be seen.
    pub(crate) check: for<'a> fn(&'a Scene) -> BoxFuture<'a, Outcome>,
    /// What is done in the control in place of nothing: what must not be done, with the fault.
    pub(crate) naive: Option<for<'a> fn(&'a Scene) -> BoxFuture<'a, Outcome>>,
}

/// The fake, which is started when the first case needs it.
#[derive(Default)]
pub(crate) struct World(OnceCell<Result<Arc<Filled>, servers::Failure>>);

/// One line to it.
pub(crate) struct Scene {
    pub(crate) filled: Arc<Filled>,
    /// No two scenes have the same: names that are made up bear it.
    pub(crate) mark: String,
    port: u16,
    log: PathBuf,
    /// Whether anything was spoilt in it.
    spoilt: AtomicBool,
    /// For files that a person brings along.
    pub(crate) folder: TempDir,
}

impl World {
    async fn scene(&self) -> Result<Scene, Failed> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let filled = self.0.get_or_init(|| async { fixture::start().await.map(Arc::new) }).await.clone()?;
        Scene::of(filled, format!("f-{}", NEXT.fetch_add(1, Ordering::Relaxed))).await
    }
}

impl Case {
    /// The check holds, and does not hold on the control.
    pub(crate) async fn run(&self, world: &World) -> Outcome {
        let bad = world.scene().await?;
        (self.spoil)(&bad).await?;
        (self.check)(&bad).await?;
        let control = world.scene().await?;
        if let Some(naive) = self.naive {
            (self.spoil)(&control).await?;
            naive(&control).await?;
        }
        match (self.check)(&control).await {
            Ok(()) => Err("the control passed: this check would not see the fault".into()),
            Err(_) => Ok(()),
        }
    }
}

impl Scene {
    async fn of(filled: Arc<Filled>, mark: String) -> Result<Self, Failed> {
        let (port, log) = filled.server.line().await?;
        Ok(Self { filled, port, log, mark, spoilt: AtomicBool::new(false), folder: TempDir::new()? })
    }

    /// The same over a line on which nothing is spoilt.
    pub(crate) async fn honest(&self) -> Result<Self, Failed> {
        Self::of(Arc::clone(&self.filled), self.mark.clone()).await
    }

    /// Spoils something that is no answer of the service.
    pub(crate) fn spoil(&self) {
        self.spoilt.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_spoilt(&self) -> bool {
        self.spoilt.load(Ordering::Relaxed)
    }

    /// Answers requests on this line otherwise, as the fake's `control.py` takes it.
    pub(crate) async fn fault(&self, mut said: Value) -> Outcome {
        self.spoil();
        said["line"] = self.log.display().to_string().into();
        Ok(self.filled.server.fault(said).await?)
    }

    /// Refuses, in the form of the service.
    pub(crate) async fn refuse(&self, at: Value, status: u16, code: &str, inner: &str, words: &str) -> Outcome {
        let mut said = json!({"times": 100, "status": status, "body": {"error": {
            "code": code, "message": words, "innererror": {"code": inner},
        }}});
        if let (Some(said), Some(at)) = (said.as_object_mut(), at.as_object()) {
            said.extend(at.clone());
        }
        self.fault(said).await
    }

    /// A connection over this line to the vaults of these names.
    pub(crate) async fn connect(&self, vaults: &[Vault<'_>]) -> Result<Arc<dyn Provider>, Failed> {
        let vaults: Vec<String> = vaults.iter().map(|vault| format!("https://{}", vault.host())).collect();
        let answers = [("auth", "client-secret"), ("client_id", "owner"), ("vaults", &vaults.join(","))];
        let secrets = [("client_secret", SECRET)];
        Ok(self.connect_with(&answers, &secrets).await?)
    }

    pub(crate) async fn connect_with(
        &self,
        answers: &[(&str, &str)],
        secrets: &[(&str, &str)],
    ) -> domain::Result<Arc<dyn Provider>> {
        let server = &self.filled.server;
        let (ca, resolve) = (server.ca_file().display().to_string(), server.resolve_at(self.port));
        let common = [("tenant", Azure::TENANT), ("ca", &ca), ("resolve", &resolve)];
        let answers: Answers =
            common.iter().chain(answers).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let secrets: SecretAnswers =
            secrets.iter().map(|(name, value)| ((*name).to_owned(), Secret::from_text((*value).to_owned()))).collect();
        ::azure::connect(&answers, &secrets, &Environment::default()).await
    }

    /// The main vault, and everything in it as far as it is told.
    pub(crate) async fn listing(&self) -> Result<Listing, Failed> {
        let provider = self.connect(&[MAIN]).await?;
        let listing = tokio::time::timeout(LONGEST, Listing::of(&*provider)).await;
        let listing = listing.map_err(|_| format!("the listing took more than {} s", LONGEST.as_secs()))?;
        listing.in_order()?;
        Ok(listing)
    }

    /// A listing of two vaults; where something is spoilt, only up to the end of the second.
    pub(crate) async fn listing_beside(&self) -> Result<Listing, Failed> {
        let provider = self.connect(&[MAIN, HARBOUR]).await?;
        let spoilt = self.is_spoilt();
        let ended = |listing: &Listing, vault: Vault<'_>| listing.end(&vault.host()).is_some();
        let enough = |listing: &Listing| ended(listing, HARBOUR) && (spoilt || ended(listing, MAIN));
        let listing = tokio::time::timeout(LONGEST, Listing::until(&*provider, enough)).await;
        Ok(listing.map_err(|_| "one vault holds up the other")?)
    }

    /// The token of who may do everything.
    pub(crate) async fn token(&self) -> Result<String, Failed> {
        Ok(self.filled.server.token("owner", SECRET, "https://vault.azure.net").await?)
    }

    /// Asks the main vault past all faults.
    pub(crate) async fn truly(&self, method: &str, path: &str, body: Value) -> Result<Value, Failed> {
        Ok(self.filled.server.must(&self.token().await?, method, &MAIN.host(), path, body).await?)
    }

    /// How many requests came over this line for that path: to a vault, those with a token.
    pub(crate) async fn asked(&self, method: &str, host: &str, path: &str) -> Result<usize, Failed> {
        let line = self.log.display().to_string();
        let log = self.filled.server.log().await?;
        let same = |one: &&Value| {
            one["line"] == line
                && (one["token"] == true || host.starts_with("login."))
                && one["method"] == method
                && one["host"] == host
                && one["path"].as_str().is_some_and(|asked| path == "*" || asked.trim_end_matches('/') == path)
        };
        Ok(log.iter().filter(same).count())
    }

    /// Plans a change as a person would, and sends its first step once. What came of it, and what tells more by reading.
    pub(crate) async fn send(
        &self,
        provider: &dyn Provider,
        ask: Ask,
        target: Target,
    ) -> Result<(Answered, Performed), Failed> {
        let changes = provider.changes();
        let questions = changes.questions(ask, &target).await?;
        let (answers, secrets) = answers(ask, &questions, &self.mark);
        let digits: String = self.mark.chars().filter(char::is_ascii_digit).collect();
        let id = OrderId(format!("01JDX{digits:0>21}"));
        let change = Change { order: id.clone(), ask, target, answers, secrets };
        let plan = changes.plan(&change).await?;
        let (seen, name) = (plan.digest(), plan.name.clone());
        let book = Book::default();
        let reviewed = plan.reviewed(&seen, Some(&name))?;
        let order = Order::write_down(&book, id, "prod", "its place", "maria", reviewed)?;
        let (sending, sent) = order.send(&book, Arc::new(change.secrets))?;
        let performed = sent.performed()?;
        Ok((changes.perform(sending).await, performed))
    }

    /// The same, and it must be refused with nothing changed.
    pub(crate) async fn refused(&self, ask: Ask, target: Target, kind: Kind) -> Result<Error, Failed> {
        let provider = self.connect(&[MAIN]).await?;
        let (answered, performed) = self.send(&*provider, ask, target).await?;
        let Answered::Refused(error) = answered else { return Err(format!("not refused: {answered:?}").into()) };
        in_words(&error, kind)?;
        if *error.changed() != domain::Changed::Nothing {
            return Err(format!("refused, and yet changed: {error:?}").into());
        }
        match provider.changes().check(&performed).await? {
            Finding::NotDone { .. } => Ok(error),
            other => Err(format!("it was refused, and a reading says {other:?}").into()),
        }
    }
}

/// The item of that address in the main vault.
pub(crate) fn item(provider: &dyn Provider, path: &str) -> Result<ItemKey, Failed> {
    let address = format!("https://{}/{path}", MAIN.host());
    provider.inventory().locate(&address).ok_or_else(|| format!("{address} is not located").into())
}

/// An error that a person can act on.
pub(crate) fn in_words(error: &Error, kind: Kind) -> Outcome {
    if error.kind() != kind || error.message().trim().is_empty() || error.next().trim().is_empty() {
        return Err(format!("{error:?} is not {kind:?} in words").into());
    }
    Ok(())
}
