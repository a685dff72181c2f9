//! A place: a server with known items, and the people who can sign in there. Plain data; `places` makes them.

use std::{any::Any, sync::Arc};

use domain::{Answers, Environment, Error, Form, ItemKey, Provider, Secret, SecretAnswers, SignIn as Found};
use futures::future::BoxFuture;
use libtest_mimic::Failed;
use servers::{Failure, Known, KnownItem};
use tokio::sync::{Mutex, OnceCell};

/// A place that is started when the first promise needs it.
pub(crate) struct Lazy {
    pub(crate) name: &'static str,
    start: fn() -> BoxFuture<'static, servers::Result<Place>>,
    subject: OnceCell<Result<Subject, Failure>>,
    /// Another of the same, for promises that change something.
    scratch: OnceCell<Result<Subject, Failure>>,
}

/// A place, seen by one who may do everything there.
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    pub(crate) place: Arc<Place>,
    pub(crate) provider: Arc<dyn Provider>,
    /// Held by a promise that changes something, so that no other counts meanwhile.
    pub(crate) turn: Mutex<()>,
}

/// One server and what is known of it.
pub(crate) struct Place {
    /// The four things that every provider crate exports.
    pub(crate) crate_: ProviderCrate,
    /// What the fixture put in.
    pub(crate) known: Known,
    /// A word by which the owner recognises himself.
    pub(crate) identity: String,
    /// The address of an item that is not there.
    pub(crate) missing: String,
    /// The name of the item that [`Who::Denied`] may not read.
    pub(crate) denied: &'static str,
    /// The name of the item that [`Who::Reader`] may read.
    pub(crate) readable: &'static str,
    /// The names of what [`Who::Elsewhere`] sees, and nothing else.
    pub(crate) elsewhere: &'static [&'static str],
    /// Whether a list tells the kind of each key, without a reading of each.
    pub(crate) lists_kinds: bool,
    /// Who can sign in, or why nobody of that kind can.
    pub(crate) people: Vec<(Who, Result<SignIn, &'static str>)>,
    /// Held until the place is no longer needed.
    pub(crate) _server: Box<dyn Any + Send + Sync>,
}

/// What every provider crate exports.
pub(crate) struct ProviderCrate {
    pub(crate) form: &'static Form,
    pub(crate) discover: fn(&Environment) -> Vec<Found>,
    pub(crate) connect: Connect,
    pub(crate) place: fn(&Answers) -> String,
}

type Connect =
    for<'a> fn(&'a Answers, &'a SecretAnswers, &'a Environment) -> BoxFuture<'a, domain::Result<Arc<dyn Provider>>>;

/// Who signs in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Who {
    /// May list everything, and read everything but one item.
    Denied,
    /// May do everything in another part of the same server: another Region, another namespace.
    Elsewhere,
    /// Trusts only the authorities of the system, which did not sign the server's certificate.
    Distrusting,
    /// Knocks where nobody answers.
    Nowhere,
    /// May do everything.
    Owner,
    /// May read one item and list nothing.
    Reader,
    /// May list one vault and not another.
    Regional,
    /// Has a secret that is wrong.
    Stranger,
}

/// The answers by which somebody signs in.
#[derive(Clone, Default)]
pub(crate) struct SignIn {
    pub(crate) answers: Answers,
    pub(crate) secrets: Vec<(&'static str, String)>,
    pub(crate) environment: Environment,
}

impl Lazy {
    /// The place that `start` starts.
    pub(crate) fn new(name: &'static str, start: fn() -> BoxFuture<'static, servers::Result<Place>>) -> Self {
        Self { name, start, subject: OnceCell::new(), scratch: OnceCell::new() }
    }

    /// The running place. Why it is not there, for every promise that asks.
    pub(crate) async fn subject(&self) -> Result<&Subject, Failed> {
        self.in_cell(&self.subject).await
    }

    /// Another running place of the same kind, in which promises may change things.
    pub(crate) async fn scratch(&self) -> Result<&Subject, Failed> {
        self.in_cell(&self.scratch).await
    }

    async fn in_cell<'a>(&self, cell: &'a OnceCell<Result<Subject, Failure>>) -> Result<&'a Subject, Failed> {
        let subject = cell.get_or_init(|| async {
            let place = (self.start)().await?;
            let provider = place.connect(Who::Owner).await.map_err(|error| Failure::new(error.to_string()))?;
            Ok(Subject { name: self.name, place: Arc::new(place), provider, turn: Mutex::default() })
        });
        subject.await.as_ref().map_err(|failure| format!("{} is not there: {failure}", self.name).into())
    }
}

impl Subject {
    /// The key of a known item, by its address.
    pub(crate) fn key(&self, item: &KnownItem) -> Result<ItemKey, Failed> {
        let key = self.provider.inventory().locate(&item.address);
        key.ok_or_else(|| format!("{} is not located", item.address).into())
    }

    /// The known item of that name.
    pub(crate) fn known(&self, name: &str) -> Result<&KnownItem, Failed> {
        self.place.known.item(name).ok_or_else(|| format!("the fixture has no {name:?}").into())
    }
}

impl Place {
    /// Somebody's answers, or why there is nobody of that kind.
    pub(crate) fn sign_in(&self, who: Who) -> Result<&SignIn, &'static str> {
        let found = self.people.iter().find(|(one, _)| *one == who);
        found.map_or(Err("nobody said how"), |(_, sign_in)| sign_in.as_ref().map_err(|reason| *reason))
    }

    /// Signs somebody in.
    pub(crate) async fn connect(&self, who: Who) -> domain::Result<Arc<dyn Provider>> {
        let sign_in = self.sign_in(who).map_err(|reason| Error::new(domain::Kind::Unsupported, "sign in", reason))?;
        self.connect_with(sign_in).await
    }

    /// Signs in with these answers.
    pub(crate) async fn connect_with(&self, sign_in: &SignIn) -> domain::Result<Arc<dyn Provider>> {
        let secrets =
            sign_in.secrets.iter().map(|(name, value)| ((*name).to_owned(), Secret::from_text(value.clone())));
        (self.crate_.connect)(&sign_in.answers, &secrets.collect(), &sign_in.environment).await
    }

    /// Every secret text of every sign-in: none of them may ever be shown.
    pub(crate) fn secret_texts(&self) -> Vec<&str> {
        let people = self.people.iter().filter_map(|(_, sign_in)| sign_in.as_ref().ok());
        let texts = people.flat_map(|sign_in| {
            let given = sign_in.secrets.iter().map(|(_, value)| value.as_str());
            let found = sign_in.environment.variables.iter();
            given.chain(
                found.filter(|(name, _)| name.contains("SECRET") || name.contains("TOKEN")).map(|(_, v)| v.as_str()),
            )
        });
        // LocalStack takes the secret `test`, which is a word of its own.
        texts.filter(|text| text.len() > 4).collect()
    }
}

impl SignIn {
    /// These answers.
    pub(crate) fn new(answers: &[(&str, &str)]) -> Self {
        let answers = answers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { answers, ..Self::default() }
    }

    /// The same with a secret answer.
    pub(crate) fn with_secret(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.secrets.push((name, value.into()));
        self
    }

    /// The same with an answer.
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.answers.insert(name.to_owned(), value.into());
        self
    }

    /// The same with a variable of the environment.
    pub(crate) fn with_variable(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.variables.insert(name.to_owned(), value.into());
        self
    }
}
