//! How an item is rotated where it lies: what each place can do, as data with its source, and the changes that it takes.
//!
//! Nothing here changes anything: a [`Wish`] becomes a change only through [`Changes`](crate::Changes).

use serde::{Deserialize, Serialize};

use crate::{Answers, Ask, Error, ItemDetail, ItemKey, Kind, Result, Target};

const ROTATE: &str = "plan the rotation";

/// A way to bring new material into use. Closed over all providers.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RotationMethod {
    /// The place makes new material behind the same key and keeps the old for what was made with it.
    InPlace,
    /// Another key is made, and the name that its users know is pointed at it.
    NewKey,
    /// A new version of the same name, the old one beside it.
    NewVersion,
    /// The certificate is issued anew, with a new key under the rules that it has.
    Renew,
}

/// One method at one item: whether the kind of item allows it, and what is known of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RotationOffer {
    /// Which method.
    pub method: RotationMethod,
    /// Why it does not work with this kind of item; `None` if it does. Whether it is allowed here and now is for the
    /// item's offers to say.
    pub refused: Option<String>,
    /// How the users of the item come to the new material.
    pub switch: Switch,
    /// What must be known of it, the most important first. At least one.
    pub facts: Vec<RotationFact>,
}

/// Something a place does or does not do, as its documentation says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RotationFact {
    /// One sentence.
    pub says: &'static str,
    /// The page that says so.
    pub source: &'static str,
    /// When that was looked up: `2026-11-24`.
    pub checked: &'static str,
}

/// How users come to the new material.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Switch {
    /// Whoever names no version uses the new material from the moment in which it is made.
    AtOnce,
    /// By this name, which is pointed at the new key as a step of its own.
    ByAlias {
        /// The name: `alias/payments-sign`.
        alias: String,
    },
    /// Each user is told the new name.
    ByHand,
}

/// A step of a rotation that changes something at the place.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RotationStep {
    /// Make the new material.
    Create,
    /// Point the name at the new key.
    Switch,
    /// Stop the use of the old material, so that it can be allowed again.
    DisableOld,
    /// Have the old material destroyed, after a time where the place grants one.
    DeleteOld,
    /// Call that destruction off.
    KeepOld,
    /// Allow the old material again.
    EnableOld,
    /// Point the name back at the old key.
    SwitchBack,
    /// Stop the use of the new material.
    DisableNew,
}

/// What a step is about.
#[derive(Clone, Debug)]
pub struct RotationSubject<'a> {
    /// By which method.
    pub method: RotationMethod,
    /// The item that is rotated, as it is now.
    pub item: &'a ItemDetail,
    /// The version that is replaced, where the place has versions.
    pub old_version: Option<&'a str>,
    /// What was made: the same item where it is a version of it. `None` before.
    pub new: Option<&'a ItemKey>,
    /// The version that was made, where the place has versions.
    pub new_version: Option<&'a str>,
    /// The name that is pointed at the new key, by [`Switch::ByAlias`].
    pub alias: Option<&'a str>,
}

/// A change that is wanted, before it is planned.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Wish {
    /// The verb.
    pub ask: Ask,
    /// Of what.
    pub target: Target,
    /// The answers to the questions of that change.
    pub answers: Answers,
}

/// What a place can do to bring new material into use.
pub trait Rotations: Send + Sync {
    /// One offer for each of [`RotationMethod::ALL`], in that order. Asks nobody.
    fn methods(&self, item: &ItemDetail) -> Vec<RotationOffer>;

    /// The change that a step takes. Asks nobody.
    ///
    /// # Errors
    /// `Unsupported` with the reason, where the place has no such step or it is not needed there; `Invalid` if the
    /// subject lacks what the step is about; `Conflict` if the item shows that somebody else went about it meanwhile.
    fn wish(&self, subject: &RotationSubject<'_>, step: RotationStep) -> Result<Wish>;
}

impl RotationMethod {
    /// Every method, in alphabetical order.
    pub const ALL: [Self; 4] = [Self::InPlace, Self::NewKey, Self::NewVersion, Self::Renew];

    /// The word for it on the wire and in the shell.
    pub fn word(self) -> &'static str {
        match self {
            Self::InPlace => "in-place",
            Self::NewKey => "new-key",
            Self::NewVersion => "new-version",
            Self::Renew => "renew",
        }
    }
}

impl Switch {
    /// The name that is pointed at the new key, where one is.
    pub fn alias(&self) -> Option<&str> {
        match self {
            Self::ByAlias { alias } => Some(alias),
            Self::AtOnce | Self::ByHand => None,
        }
    }
}

impl RotationStep {
    /// Every step.
    pub const ALL: [Self; 8] = [
        Self::Create,
        Self::Switch,
        Self::DisableOld,
        Self::DeleteOld,
        Self::KeepOld,
        Self::EnableOld,
        Self::SwitchBack,
        Self::DisableNew,
    ];

    /// The word for it on the wire and in the shell.
    pub fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::DeleteOld => "delete-old",
            Self::DisableNew => "disable-new",
            Self::DisableOld => "disable-old",
            Self::EnableOld => "enable-old",
            Self::KeepOld => "keep-old",
            Self::Switch => "switch",
            Self::SwitchBack => "switch-back",
        }
    }

    /// The error for a step that a place does not have, or does not need.
    pub fn not_taken(self, because: impl Into<String>) -> Error {
        Error::new(Kind::Unsupported, ROTATE, because)
            .with_refused_by("this app")
            .with_next("Go on without this step, or change the item by itself.")
    }
}

impl RotationFact {
    /// A fact, with the page that says so and the day on which it was looked up.
    pub const fn new(says: &'static str, source: &'static str, checked: &'static str) -> Self {
        Self { says, source, checked }
    }
}

impl<'a> RotationSubject<'a> {
    /// The version that is replaced.
    ///
    /// # Errors
    /// `Invalid` if it is not told.
    pub fn replaced(&self) -> Result<&'a str> {
        self.old_version.ok_or_else(|| missing("which version is replaced"))
    }

    /// What was made.
    ///
    /// # Errors
    /// `Invalid` before it is there.
    pub fn made(&self) -> Result<&'a ItemKey> {
        self.new.ok_or_else(|| missing("what was made"))
    }

    /// The version that was made.
    ///
    /// # Errors
    /// `Invalid` before it is there.
    pub fn made_version(&self) -> Result<&'a str> {
        self.new_version.ok_or_else(|| missing("which version was made"))
    }

    /// The item that is rotated, as the target of a change.
    pub fn target(&self) -> Target {
        Target::Item(self.item.item.key.clone())
    }
}

fn missing(what: &str) -> Error {
    Error::new(Kind::Invalid, ROTATE, format!("it is not known yet {what}"))
        .with_refused_by("this app")
        .with_next("Take the steps in their order.")
}

impl Wish {
    /// A wish without answers.
    pub fn new(ask: Ask, target: Target) -> Self {
        Self { ask, target, answers: Answers::new() }
    }

    /// The same with an answer.
    #[must_use]
    pub fn answer(mut self, name: &str, value: impl Into<String>) -> Self {
        self.answers.insert(name.to_owned(), value.into());
        self
    }
}
