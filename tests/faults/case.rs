//! A case: what is spoilt, what must be seen, and the control.

use std::{any::Any, sync::Arc, time::Duration};

use domain::{Error, Item, ItemKey, Kind, Provider};
use futures::future::BoxFuture;
use libtest_mimic::Failed;
use servers::{
    Failure, Known, KnownItem, Listing,
    hostile::{Asked, Hostile, Said, Script},
};
use tokio::sync::OnceCell;

/// How a check ends.
pub(crate) type Outcome = Result<(), Failed>;

/// Longer than any retries take: what goes on for longer hangs.
const LONGEST: Duration = Duration::from_secs(90);

/// One way in which answers are bad.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// What is said to whom.
    pub(crate) script: fn(&Place) -> Arc<Script>,
    /// When the listing is looked at; else at its end. For answers that never come.
    pub(crate) enough: Option<fn(&Listing) -> bool>,
    /// What must be seen.
    pub(crate) check: for<'a> fn(&'a Run) -> BoxFuture<'a, Outcome>,
    /// On what the check must fail.
    pub(crate) control: Control,
}

/// On what a check must fail.
pub(crate) enum Control {
    /// A run of the same without the fault.
    Honest,
    /// A run with the fault, after this was done in it.
    After(for<'a> fn(&'a mut Run) -> BoxFuture<'a, Outcome>),
}

/// A real server with known items, and how to connect to whatever stands before it.
pub(crate) struct Place {
    pub(crate) address: String,
    pub(crate) known: Known,
    pub(crate) connect: Connect,
    /// Another host, to which nothing may ever be sent.
    pub(crate) elsewhere: Hostile,
    pub(crate) _server: Box<dyn Any + Send + Sync>,
}

type Connect = fn(String) -> BoxFuture<'static, domain::Result<Arc<dyn Provider>>>;
type Start = fn() -> BoxFuture<'static, servers::Result<Place>>;

/// A place that is started when the first case needs it.
pub(crate) struct World {
    start: Start,
    place: OnceCell<Result<Arc<Place>, Failure>>,
}

/// One listing through the hostile server.
pub(crate) struct Run {
    pub(crate) place: Arc<Place>,
    pub(crate) hostile: Hostile,
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) listing: Listing,
}

impl World {
    pub(crate) fn new(start: Start) -> Self {
        Self { start, place: OnceCell::new() }
    }

    async fn place(&self) -> Result<Arc<Place>, Failed> {
        let place = self.place.get_or_init(|| async { (self.start)().await.map(Arc::new) }).await;
        place.clone().map_err(Failed::from)
    }
}

impl Case {
    /// The check holds, and does not hold on the control.
    pub(crate) async fn run(&self, world: &World) -> Outcome {
        let place = world.place().await?;
        let mut bad = Run::of(&place, (self.script)(&place), self.enough).await?;
        (self.check)(&bad).await?;
        let control = match self.control {
            Control::Honest => Run::of(&place, Arc::new(|_: &Asked| Said::Real), None).await?,
            Control::After(naive) => {
                naive(&mut bad).await?;
                bad
            }
        };
        match (self.check)(&control).await {
            Ok(()) => Err("the control passed: this check would not see the fault".into()),
            Err(_) => Ok(()),
        }
    }
}

impl Run {
    async fn of(place: &Arc<Place>, script: Arc<Script>, enough: Option<fn(&Listing) -> bool>) -> Result<Self, Failed> {
        let hostile = Hostile::before(&place.address, script).await?;
        let provider = (place.connect)(hostile.address()).await?;
        let listing = tokio::time::timeout(LONGEST, async {
            match enough {
                Some(enough) => Listing::until(&*provider, enough).await,
                None => Listing::of(&*provider).await,
            }
        });
        let listing = listing.await.map_err(|_| format!("the listing took more than {} s", LONGEST.as_secs()))?;
        if enough.is_none() {
            listing.in_order()?;
        }
        Ok(Self { place: Arc::clone(place), hostile, provider, listing })
    }

    /// The key of the known item of that name, as it is named through the hostile server.
    pub(crate) fn key(&self, name: &str) -> Result<ItemKey, Failed> {
        let known = self.place.known.item(name).ok_or_else(|| format!("the fixture has no {name:?}"))?;
        self.key_of(known)
    }

    fn key_of(&self, known: &KnownItem) -> Result<ItemKey, Failed> {
        let address = known.address.replace(&self.place.address, &self.hostile.address());
        self.provider.inventory().locate(&address).ok_or_else(|| format!("{address} is not located").into())
    }

    /// The row of the known item of that name.
    pub(crate) fn row(&self, name: &str) -> Result<&Item, Failed> {
        Ok(self.listing.row(&self.key(name)?)?)
    }

    /// The trouble on the row of that name, which must be of that kind, in words, with something to do next.
    pub(crate) fn trouble(&self, name: &str, kind: Kind) -> Result<&Error, Failed> {
        let row = self.row(name)?;
        let trouble = row.trouble.as_ref().ok_or_else(|| format!("{name} has no trouble: {row:?}"))?;
        in_words(trouble, kind)?;
        Ok(trouble)
    }

    /// The error that the list of that vault ended with, in the same way.
    pub(crate) fn broken_off(&self, vault: &str, kind: Kind) -> Result<&Error, Failed> {
        let end = self.listing.end(vault).ok_or_else(|| format!("{vault} has not ended"))?;
        let error = end.as_ref().err().ok_or_else(|| format!("{vault} ended as if it were complete"))?;
        in_words(error, kind)?;
        Ok(error)
    }

    /// Every other item is a row without trouble; every vault but `broken` ended well.
    pub(crate) fn the_rest_is_whole(&self, spoilt: &[&str], broken: &[&str]) -> Outcome {
        for known in &self.place.known.items {
            let key = self.key_of(known)?;
            if spoilt.contains(&known.name.as_str()) || broken.contains(&key.vault.0.as_str()) {
                continue;
            }
            let row = self.listing.row(&key)?;
            if let Some(trouble) = &row.trouble {
                return Err(format!("{} has a trouble: {trouble}", known.name).into());
            }
        }
        for (vault, error) in self.listing.troubles() {
            if !broken.contains(&vault.id.0.as_str()) {
                return Err(format!("{} ended with {error}", vault.id).into());
            }
        }
        Ok(())
    }

    /// Every known item is a row, or its vault says that its list broke off.
    pub(crate) fn nothing_is_dropped(&self) -> Outcome {
        for known in &self.place.known.items {
            let key = self.key_of(known)?;
            let told = matches!(self.listing.end(&key.vault.0), Some(Err(_)));
            if !told && self.listing.row(&key).is_err() {
                return Err(format!("{} was dropped in silence", known.name).into());
            }
        }
        Ok(())
    }
}

/// An error that a person can act on.
fn in_words(error: &Error, kind: Kind) -> Outcome {
    if error.kind() != kind {
        return Err(format!("{error} is of the kind {:?}, not {kind:?}", error.kind()).into());
    }
    if error.message().trim().is_empty() || error.next().trim().is_empty() {
        return Err(format!("{error:?} says nothing").into());
    }
    Ok(())
}

/// Holds, or not, with these words.
pub(crate) fn ensure(condition: bool, words: impl Into<String>) -> Outcome {
    if condition { Ok(()) } else { Err(words.into().into()) }
}
