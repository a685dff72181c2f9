//! A promise, what it needs of a place, and how a trial of it ends.

use std::time::Duration;

use futures::future::BoxFuture;
use libtest_mimic::{Completion, Failed};

use crate::place::{Lazy, Subject, Who};

/// How a check ends: kept, or broken in this way.
pub(crate) type Outcome = Result<(), Failed>;

/// Far more than any check takes: a hang shall end as a failure with a name.
const LONGEST: Duration = Duration::from_secs(300);

/// One sentence that holds for every provider.
pub(crate) struct Promise {
    /// `noun/sentence`.
    pub(crate) name: &'static str,
    /// What a place must have for it to apply.
    pub(crate) needs: Needs,
    /// Tries it.
    pub(crate) check: for<'a> fn(&'a Subject) -> BoxFuture<'a, Outcome>,
}

/// What a place must have for a promise to apply. The model itself tells, not a list of providers.
#[derive(Clone, Copy)]
pub(crate) enum Needs {
    /// `Provider::certificates` is there.
    Certificates,
    /// `Provider::imports` is there; and a place of its own, in which things may be changed.
    Imports,
    /// Nothing: it applies everywhere.
    Nothing,
    /// `Provider::policies` is there.
    Policies,
    /// A place of its own, in which things may be changed.
    Scratch,
    /// `Provider::secrets` is there.
    Secrets,
    /// `Provider::signing` is there.
    Signing,
    /// Somebody who may do this can sign in.
    SignIn(Who),
}

/// What a server gets wrong, so that a promise cannot be tried on it. The promise must fail there: if it is kept, the
/// gap is no more and the trial says so.
pub(crate) struct Gap {
    pub(crate) place: &'static str,
    pub(crate) promise: &'static str,
    pub(crate) reason: &'static str,
}

/// At `place`, `promise` cannot be kept, because of `reason`.
pub(crate) const fn gap(place: &'static str, promise: &'static str, reason: &'static str) -> Gap {
    Gap { place, promise, reason }
}

/// `promise!("noun", function, needs)`: the promise that the function of that name tries.
macro_rules! promise {
    ($noun:literal, $check:ident, $needs:expr) => {
        $crate::promise::Promise {
            name: concat!($noun, "/", stringify!($check)),
            needs: $needs,
            check: |subject| Box::pin($check(subject)),
        }
    };
}

/// Ends the check as broken unless the condition holds.
macro_rules! ensure {
    ($condition:expr, $($words:tt)+) => {
        if !$condition {
            return Err(format!($($words)+).into());
        }
    };
}

pub(crate) use {ensure, promise};

impl Promise {
    /// Tries it at `place`, which is started if it is not running yet.
    pub(crate) async fn run(&self, place: &Lazy, gap: Option<&Gap>) -> Result<Completion, Failed> {
        let changes = matches!(self.needs, Needs::Imports | Needs::Scratch);
        let subject = if changes { place.scratch().await? } else { place.subject().await? };
        let _turn = if changes { Some(subject.turn.lock().await) } else { None };
        if let Some(reason) = self.needs.missing(subject) {
            return Ok(Completion::ignored_with(format!("does not apply: {reason}")));
        }
        let outcome = tokio::time::timeout(LONGEST, (self.check)(subject)).await;
        let outcome = outcome.unwrap_or_else(|_| Err(format!("not done after {} s", LONGEST.as_secs()).into()));
        match (outcome, gap) {
            (Ok(()), None) => Ok(Completion::Completed),
            (Ok(()), Some(gap)) => Err(format!("kept after all: the gap is closed, remove it ({})", gap.reason).into()),
            (Err(_), Some(gap)) => Ok(Completion::ignored_with(format!("gap: {}", gap.reason))),
            (Err(broken), None) => Err(broken),
        }
    }
}

impl Needs {
    fn missing(self, subject: &Subject) -> Option<String> {
        match self {
            Self::Certificates => {
                subject.provider.certificates().is_none().then(|| "it holds no certificates".to_owned())
            }
            Self::Imports => subject.provider.imports().is_none().then(|| "no keys are brought there".to_owned()),
            Self::Nothing | Self::Scratch => None,
            Self::Policies => subject.provider.policies().is_none().then(|| "it has no policies".to_owned()),
            Self::Secrets => subject.provider.secrets().is_none().then(|| "it holds no secrets".to_owned()),
            Self::Signing => subject.provider.signing().is_none().then(|| "nothing is signed there".to_owned()),
            Self::SignIn(who) => subject.place.sign_in(who).err().map(str::to_owned),
        }
    }
}
