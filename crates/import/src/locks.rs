//! What is locked now, and why. The window shows it, and [`Import::apply`] refuses by it.

use domain::{Lock, Timestamp, Wrap};

use crate::{Import, ImportStep, Phase};

/// Something that may be locked: an act without what it carries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Move {
    /// Learning how an order ended.
    EndOrder,
    /// Fetching a wrapping key.
    Fetch,
    /// The end.
    Finish,
    /// Giving it up.
    GiveUp,
    /// An order for a step.
    Order(ImportStep),
    /// Showing that it is the same key.
    Prove,
    /// Where from.
    SetSource,
    /// Where to, and how.
    SetTarget,
    /// Wrapping the key.
    Wrap,
}

/// What the app holds in memory, and no file does.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Held {
    /// The fingerprint of the wrapping key that was fetched, if one was.
    pub wrapping_key: Option<String>,
    /// Until when the target takes what is wrapped with it.
    pub until: Option<Timestamp>,
    /// Whether the wrapped key is there.
    pub package: bool,
}

impl Held {
    /// Whether its time is over.
    pub fn has_lapsed(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

impl Move {
    /// The word for it on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::EndOrder => "end-order",
            Self::Fetch => "fetch",
            Self::Finish => "finish",
            Self::GiveUp => "give-up",
            Self::Order(step) => step.word(),
            Self::Prove => "prove",
            Self::SetSource => "set-source",
            Self::SetTarget => "set-target",
            Self::Wrap => "wrap",
        }
    }

    /// Every move that the window shows.
    pub const ALL: [Self; 11] = [
        Self::SetTarget,
        Self::SetSource,
        Self::Order(ImportStep::Prepare),
        Self::Fetch,
        Self::Order(ImportStep::Load),
        Self::Wrap,
        Self::Order(ImportStep::Remove),
        Self::Order(ImportStep::Import),
        Self::Prove,
        Self::Finish,
        Self::GiveUp,
    ];
}

impl Import {
    /// What keeps `what` from being done now; `None` if nothing does.
    pub fn lock(&self, what: Move, held: &Held, now: Timestamp) -> Option<Lock> {
        if let (Some(live), false) = (self.live_order(), what == Move::EndOrder) {
            return Lock::unsettled(&live.order, live.step.word());
        }
        if self.end.is_some() {
            return Lock::new("it is over", "Bring the same key again, or begin another import.");
        }
        match what {
            Move::EndOrder => match self.live_order() {
                Some(_) => None,
                None => Lock::new("no order is out", "There is nothing to learn."),
            },
            Move::Fetch => self.before_wrapping().or_else(|| self.unwrappable()),
            Move::Finish => self.unfinished(),
            Move::GiveUp => self.leftover(),
            Move::Order(ImportStep::Prepare) => self.unprepared(),
            Move::Order(ImportStep::Load) => self.unloaded(held, now),
            Move::Order(ImportStep::Remove) => match self.still_loaded() {
                Some(_) => None,
                None => Lock::new("no wrapping key is in the source's vault", "Nothing is to be removed."),
            },
            Move::Order(ImportStep::Import) => self.unwrapped(held, now),
            Move::Prove => match &self.imported {
                Some(_) => None,
                None => Lock::new("the key is not there yet", "Import it first."),
            },
            Move::SetSource => self.settled(),
            Move::SetTarget => match &self.item {
                Some(_) if self.again.is_none() => Lock::new(
                    "the key is there already that waits for the material",
                    "Give this up to begin elsewhere.",
                ),
                Some(_) | None => self.imported_already(),
            },
            Move::Wrap => self.before_wrapping().or_else(|| self.elsewhere_without(held, now)),
        }
    }

    fn imported_already(&self) -> Option<Lock> {
        self.imported.as_ref()?;
        Lock::new("the target has the key already", "Prove it, then finish.")
    }

    fn settled(&self) -> Option<Lock> {
        match (&self.target, self.still_loaded()) {
            (None, _) => Lock::new("it is not settled where the key goes", "Choose the target first."),
            (Some(_), Some(_)) => self.leftover(),
            (Some(_), None) => self.imported_already(),
        }
    }

    fn unprepared(&self) -> Option<Lock> {
        match (&self.target, &self.source, &self.item) {
            (None, _, _) | (_, None, _) => self.before_wrapping(),
            (Some(target), _, _) if !target.waits => {
                Lock::new("this place makes key and import in one step", "Wrap the key.")
            }
            (Some(_), Some(_), Some(_)) => Lock::new("the key that waits is there", "Fetch its wrapping key."),
            (Some(_), Some(_), None) => None,
        }
    }

    /// What must be settled before there is anything to wrap with.
    fn before_wrapping(&self) -> Option<Lock> {
        match (&self.target, &self.source) {
            (None, _) => Lock::new("it is not settled where the key goes", "Choose the target first."),
            (Some(_), None) => Lock::new("it is not settled where the key comes from", "Choose your key first."),
            (Some(target), Some(_)) if target.waits && self.item.is_none() => Lock::new(
                "the key at the target is not made that waits for the material",
                "Make it first: its wrapping key is its own.",
            ),
            (Some(_), Some(_)) => self.imported_already(),
        }
    }

    fn unwrappable(&self) -> Option<Lock> {
        let plain = self.target.as_ref().is_some_and(|target| target.wrap.wrap == Wrap::Plain);
        if plain {
            return Lock::new("this place takes the key unwrapped, inside TLS", "Go on: there is no wrapping key.");
        }
        None
    }

    fn unloaded(&self, held: &Held, now: Timestamp) -> Option<Lock> {
        if let Some(lock) = self.before_wrapping() {
            return Some(lock);
        }
        if !self.source.as_ref().is_some_and(crate::Source::is_inside) {
            return Lock::new("this key is not wrapped inside its place", "Wrap it here.");
        }
        if self.still_loaded().is_some() {
            return Lock::new("a wrapping key is loaded already", "Wrap with it, or remove it first.");
        }
        no_key(held, now)
    }

    fn elsewhere_without(&self, held: &Held, now: Timestamp) -> Option<Lock> {
        match self.source {
            Some(crate::Source::Offline) => return no_key(held, now),
            Some(crate::Source::Item { inside: true, .. }) => {}
            Some(_) | None => return None,
        }
        if let Some(lock) = no_key(held, now) {
            return Some(lock);
        }
        match self.still_loaded() {
            None => Lock::new("the wrapping key is not in the source's vault", "Load it there first."),
            Some(loaded) if Some(&loaded.fingerprint) != held.wrapping_key.as_ref() => Lock::new(
                "what is loaded in the source's vault is an earlier wrapping key",
                "Remove it, then load the one that was fetched last.",
            ),
            Some(_) => None,
        }
    }

    fn unwrapped(&self, held: &Held, now: Timestamp) -> Option<Lock> {
        if let Some(lock) = self.before_wrapping() {
            return Some(lock);
        }
        if self.wrapped.is_none() {
            return Lock::new("the key is not wrapped", "Wrap it first.");
        }
        if held.has_lapsed(now) {
            return Lock::new(
                "the import token has lapsed",
                "Fetch a new wrapping key and wrap the key again: nothing was sent.",
            );
        }
        if !held.package {
            return Lock::new(
                "the wrapped key is not in memory any more",
                "Wrap the key again: it is kept nowhere else, and nothing was sent.",
            );
        }
        None
    }

    fn unfinished(&self) -> Option<Lock> {
        match (&self.imported, &self.proof) {
            (None, _) => Lock::new("the key is not there yet", "Import it first."),
            (Some(_), None) => Lock::new("it is not shown that it is the same key", "Prove it first."),
            (Some(_), Some(proof)) if !proof.holds => Lock::new(
                "the target holds another key than the one that was wrapped",
                "Do not use it. Disable or delete it there, then give this up.",
            ),
            (Some(_), Some(_)) => self.leftover(),
        }
    }

    fn leftover(&self) -> Option<Lock> {
        let loaded = self.still_loaded()?;
        Lock::new(
            format!("the wrapping key {} is still in the source's vault", loaded.reference),
            "Remove it first: whoever can load one like it could take the key out.",
        )
    }

    /// What it waits for, as a sentence; empty if it is over.
    pub fn waits_for(&self, held: &Held, now: Timestamp) -> String {
        let next = match self.phase() {
            Phase::Done | Phase::GivenUp => return String::new(),
            Phase::Target => Move::SetTarget,
            Phase::Source => Move::SetSource,
            Phase::WrappingKey => Move::Order(ImportStep::Prepare),
            Phase::Wrap => Move::Wrap,
            Phase::Import => Move::Order(ImportStep::Import),
            Phase::Prove if self.proof.as_ref().is_some_and(|proof| proof.holds) => Move::Finish,
            Phase::Prove => Move::Prove,
        };
        match self.lock(next, held, now) {
            None => "Nothing is in the way: a person goes on.".to_owned(),
            Some(lock) => format!("{}. {}", capital(&lock.because), lock.next),
        }
    }
}

fn no_key(held: &Held, now: Timestamp) -> Option<Lock> {
    match &held.wrapping_key {
        None => Lock::new("no wrapping key is in memory", "Fetch it first."),
        Some(_) if held.has_lapsed(now) => Lock::new("the wrapping key has lapsed", "Fetch a new one."),
        Some(_) => None,
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
