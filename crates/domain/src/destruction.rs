//! How an item ends where it lies: the steps each place has, as data with its source, and the changes they take.
//!
//! Nothing here changes anything: a [`Wish`] becomes a change only through [`Changes`](crate::Changes).

use serde::{Deserialize, Serialize};

use crate::{Error, ItemDetail, Kind, Result, RotationFact, Timestamp, Wish};

/// A step of a destruction that changes something at the place.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DestructionStep {
    /// Stop every use of the item, so that it can be allowed again.
    Disable,
    /// Allow that use again.
    Enable,
    /// Let the item be deleted at all, where the place wants that said first.
    Permit,
    /// Forbid its deletion again.
    Forbid,
    /// Have it destroyed after a time in which this can be called off.
    Schedule,
    /// Call that off.
    Cancel,
    /// Destroy it now, for good.
    Destroy,
}

/// What a step is about.
#[derive(Clone, Copy, Debug)]
pub struct DestructionSubject<'a> {
    /// The item as it is now.
    pub item: &'a ItemDetail,
    /// For how long its destruction shall wait, in days, where the place asks.
    pub days: u32,
    /// The parts that this destruction has disabled so far, as [`DestructionStroke::part`] named them.
    pub stopped: &'a [String],
}

/// The change that a step takes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DestructionStroke {
    /// It.
    pub wish: Wish,
    /// Which part of the item it is about, where it is not about the whole: one version, or several by commas.
    pub part: Option<String>,
    /// Whether there is no way back from it.
    pub is_final: bool,
}

/// How an item stands on its way to its end.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Standing {
    /// Something of it can be used.
    InUse,
    /// Nothing of it can be used until it is enabled.
    Stopped,
    /// It waits for its destruction.
    Pending {
        /// When that is, if it is told.
        at: Option<Timestamp>,
    },
    /// It is not there any more, or its material is destroyed.
    Gone,
}

/// For how long a destruction may be made to wait, in days.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct WaitDays {
    /// At least.
    pub least: u32,
    /// At most.
    pub most: u32,
}

/// What a place can do to end an item.
pub trait Destructions: Send + Sync {
    /// What must be known before, the most important first. Asks nobody.
    fn facts(&self, item: &ItemDetail) -> Vec<RotationFact>;

    /// What holds for this very item beside that, a sentence each: for how long it could be brought back. Asks nobody.
    fn notes(&self, item: &ItemDetail) -> Vec<String> {
        let _ = item;
        Vec::new()
    }

    /// For how long the destruction may be made to wait; `None` where the place settles that by itself. Asks nobody.
    fn wait(&self, item: &ItemDetail) -> Option<WaitDays>;

    /// How the item stands. Asks nobody.
    fn standing(&self, item: &ItemDetail) -> Standing;

    /// What of the item's users could not be read, a sentence each. Asks nobody.
    fn unread(&self, item: &ItemDetail) -> Vec<String>;

    /// The next change that a step takes. A step may take several, each of another part; it is done when this says
    /// `Conflict`. Asks nobody.
    ///
    /// # Errors
    /// `Unsupported` with the reason where the place has no such step for this item; `Conflict` if the item is so
    /// already.
    fn stroke(&self, subject: &DestructionSubject<'_>, step: DestructionStep) -> Result<DestructionStroke>;
}

impl DestructionStep {
    /// Every step.
    pub const ALL: [Self; 7] =
        [Self::Disable, Self::Enable, Self::Permit, Self::Forbid, Self::Schedule, Self::Cancel, Self::Destroy];

    /// The word for it on the wire and in the shell.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cancel => "cancel",
            Self::Destroy => "destroy",
            Self::Disable => "disable",
            Self::Enable => "enable",
            Self::Forbid => "forbid",
            Self::Permit => "permit",
            Self::Schedule => "schedule",
        }
    }

    /// Whether it leads back from the end.
    pub fn leads_back(self) -> bool {
        match self {
            Self::Cancel | Self::Enable | Self::Forbid => true,
            Self::Destroy | Self::Disable | Self::Permit | Self::Schedule => false,
        }
    }

    /// The error for a step that a place does not have for an item.
    pub fn not_taken(self, because: impl Into<String>) -> Error {
        Error::new(Kind::Unsupported, "plan the destruction's step", because)
            .with_refused_by("this app")
            .with_next("Go on without this step, or use the place's own tool.")
    }

    /// The error for a step that has nothing left to do.
    pub fn is_so_already(self) -> Error {
        Error::new(Kind::Conflict, "plan the destruction's step", format!("{}: it is so already", self.word()))
            .with_refused_by("this app")
            .with_next("Look at the item as it is now, then go on.")
    }
}

impl DestructionStroke {
    /// A change of the whole item that can be taken back.
    pub fn new(wish: Wish) -> Self {
        Self { wish, part: None, is_final: false }
    }

    /// The same of a part of it.
    #[must_use]
    pub fn of(mut self, part: impl Into<String>) -> Self {
        self.part = Some(part.into());
        self
    }

    /// The same without a way back.
    #[must_use]
    pub fn for_good(mut self) -> Self {
        self.is_final = true;
        self
    }
}
