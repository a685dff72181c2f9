//! How far a rotation is: everything that a later start needs to go on. It holds no secret.

use domain::{Log, Moment, RotationMethod, RotationStep, StepOrder, Switch, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Consumer, ConsumerId, ErrorStrategy};

/// One order of a rotation.
pub type RotationOrder = StepOrder<RotationStep>;

/// Names a rotation: a ULID.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct RotationId(pub String);

/// One rotation of one item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rotation {
    /// Its number.
    pub id: RotationId,
    /// The item's reference.
    pub reference: String,
    /// What a person calls the item.
    pub name: String,
    /// Where its connection led when the rotation was begun.
    pub place: String,
    /// When it was begun, by this computer's clock.
    pub begun: Timestamp,
    /// How far it is.
    pub phase: Phase,
    /// What was settled for the whole run.
    pub settings: Settings,
    /// By which method, once that is chosen.
    pub method: Option<RotationMethod>,
    /// How users come to the new material, by that method.
    pub switch: Option<Switch>,
    /// The steps that the place has not by that method.
    #[serde(default)]
    pub lacks: Vec<RotationStep>,
    /// What is replaced.
    pub old: Generation,
    /// What was made.
    pub new: Option<Generation>,
    /// Whether it was confirmed that whoever signs names the old version, where the new one is used at once.
    pub pinned: Option<Moment>,
    /// Everybody who must hear of it, in the order in which they are told.
    pub runs: Vec<Run>,
    /// A test of the new material by Claviger itself.
    pub proof: Option<Moment>,
    /// When the users came to the new material.
    pub switched: Option<Moment>,
    /// When they first did. It stays when they go back, as what was made with the new material may stay.
    #[serde(default)]
    pub used: Option<Moment>,
    /// Whether the users may be at the new material although it does not say so in `switched`: they were asked to come or
    /// to go back, by no call, when the rotation was turned round.
    #[serde(default)]
    pub unsure: bool,
    /// When the use of the old material was stopped.
    pub disabled: Option<Moment>,
    /// When its destruction was ordered.
    pub deleted: Option<Moment>,
    /// From which phase it is being taken back.
    pub rolled_from: Option<Phase>,
    /// What was sent to the place, oldest first.
    pub orders: Vec<RotationOrder>,
    /// What happened, oldest first.
    pub log: Vec<Log>,
}

/// How far a rotation is, in order.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// What is rotated, why, and by which rules.
    Scope,
    /// By which method.
    Method,
    /// Who must hear of it.
    Consumers,
    /// The new material is made.
    Create,
    /// Everybody is told.
    Distribute,
    /// The new material is shown to work.
    Verify,
    /// The users come to it.
    Switch,
    /// The old material ends.
    Retire,
    /// It is over, and the new material is in use.
    Done,
    /// It is being taken back.
    RollingBack,
    /// It is over, and the old material is in use.
    RolledBack,
}

/// What was settled for the whole run.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Why; may be empty.
    pub reason: String,
    /// What happens when telling somebody fails.
    pub strategy: ErrorStrategy,
    /// How long both are kept valid after the switch, in hours.
    pub soak_hours: u32,
    /// How long the old material stays disabled before its destruction is ordered, in days.
    pub wait_days: u32,
    /// By when everybody is to be done.
    pub due: Option<Timestamp>,
}

/// One generation of the item's material. Public parts only.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Generation {
    /// The reference of the item that holds it.
    pub reference: String,
    /// Its version, where the place has versions.
    pub version: Option<String>,
    /// The SPKI, base64 of its DER, where there is a public half.
    pub spki: Option<String>,
}

/// How far a consumer is with its own update.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StepState {
    /// Nobody has begun.
    #[default]
    Pending,
    /// It was told, or somebody is at it.
    InProgress,
    /// It has the new material.
    Succeeded,
    /// It could not be told or updated; its error says why.
    Failed,
}

/// One try to update a consumer.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// How far it came.
    pub state: StepState,
    /// On what grounds, or why not.
    pub says: String,
}

/// One consumer in a rotation.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// As it was when it was told.
    pub consumer: Consumer,
    /// How far it is.
    pub state: StepState,
    /// Every try, oldest first.
    pub attempts: Vec<Attempt>,
    /// How many of its instances are updated.
    pub instances_done: u32,
    /// Since when it is shown that it works with the new material.
    pub verified: Option<Moment>,
    /// Since when nothing of it needs the old material any more; only for what is on the back path.
    pub off_back_path: Option<Moment>,
    /// Since when the old material is gone from it; only where it holds two.
    pub old_removed: Option<Moment>,
    /// When it was told that the rotation was taken back.
    pub told_back: Option<Moment>,
    /// Why it is left out of the rest: it is not there any more, or needs neither.
    pub left: Option<Moment>,
    /// Which of its two slots is used how; only where it has two.
    pub slots: Option<SlotUse>,
    /// What its address publishes; only where it has one.
    pub watched: Option<Watched>,
}

/// Which of two slots is used how.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct SlotUse {
    /// The property that the new key is set in.
    pub set: String,
    /// The property that keeps the working key; `None` if neither has it.
    pub keeps: Option<String>,
    /// The fingerprint of a key that is replaced, which nobody uses any more.
    pub replaces: Option<String>,
}

/// What an address was last seen to publish.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Watched {
    /// When it was looked at last; `None` since the rotation was turned round.
    pub looked: Option<Timestamp>,
    /// Since when it publishes the new key without a break.
    pub new_since: Option<Timestamp>,
    /// Whether it publishes the old key.
    pub has_old: bool,
    /// Since when it publishes the old key without a break.
    #[serde(default)]
    pub old_since: Option<Timestamp>,
    /// For how long readers may keep what they read, in seconds: the longest of all that it said and of what was settled.
    pub cache_seconds: u32,
}

impl Phase {
    /// Every phase, in order.
    pub const ALL: [Self; 11] = [
        Self::Scope,
        Self::Method,
        Self::Consumers,
        Self::Create,
        Self::Distribute,
        Self::Verify,
        Self::Switch,
        Self::Retire,
        Self::Done,
        Self::RollingBack,
        Self::RolledBack,
    ];

    /// The word for it on the wire and in the shell.
    pub fn word(self) -> &'static str {
        match self {
            Self::Consumers => "consumers",
            Self::Create => "create",
            Self::Distribute => "distribute",
            Self::Done => "done",
            Self::Method => "method",
            Self::Retire => "retire",
            Self::RolledBack => "rolled-back",
            Self::RollingBack => "rolling-back",
            Self::Scope => "scope",
            Self::Switch => "switch",
            Self::Verify => "verify",
        }
    }

    /// Whether nothing more can happen.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::RolledBack)
    }

    /// Whether the plan can still be thrown away: nothing was sent yet.
    pub fn is_draft(self) -> bool {
        self < Self::Create
    }
}

impl Settings {
    /// What a run begins with: both valid for a day after the switch, and a week between the end of use and the end.
    pub fn usual(strategy: ErrorStrategy) -> Self {
        Self { reason: String::new(), strategy, soak_hours: 24, wait_days: 7, due: None }
    }
}

impl Run {
    /// A consumer nobody has told yet.
    pub fn new(consumer: Consumer) -> Self {
        Self {
            consumer,
            state: StepState::Pending,
            attempts: Vec::new(),
            instances_done: 0,
            verified: None,
            off_back_path: None,
            old_removed: None,
            told_back: None,
            left: None,
            slots: None,
            watched: None,
        }
    }

    /// How many of its instances are still to be updated.
    pub fn instances_left(&self) -> u32 {
        self.consumer.instances.saturating_sub(self.instances_done)
    }

    /// Whether something of it still needs the old material.
    pub fn is_on_back_path(&self) -> bool {
        self.consumer.round_trip && self.off_back_path.is_none()
    }

    /// Whether it was touched, so that it must be told if the rotation is taken back.
    pub fn is_touched(&self) -> bool {
        self.left.is_none() && (self.state != StepState::Pending || self.slots.is_some() || self.watched.is_some())
    }
}

impl Rotation {
    /// A plan of nothing yet.
    pub fn begin(id: RotationId, old: Generation, name: String, place: String, at: Timestamp) -> Self {
        Self {
            id,
            reference: old.reference.clone(),
            name,
            place,
            begun: at,
            phase: Phase::Scope,
            settings: Settings::usual(ErrorStrategy::default()),
            method: None,
            switch: None,
            lacks: Vec::new(),
            old,
            new: None,
            pinned: None,
            runs: Vec::new(),
            proof: None,
            switched: None,
            used: None,
            unsure: false,
            disabled: None,
            deleted: None,
            rolled_from: None,
            orders: Vec::new(),
            log: Vec::new(),
        }
    }

    /// The run of a consumer.
    pub fn run(&self, consumer: &ConsumerId) -> Option<&Run> {
        self.runs.iter().find(|run| run.consumer.id == *consumer)
    }

    /// Whether somebody has shown that the new material works.
    pub fn is_verified(&self) -> bool {
        self.runs.iter().any(|run| run.verified.is_some())
    }

    /// The consumers that are still part of it.
    pub fn taking_part(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter().filter(|run| run.left.is_none())
    }

    /// The order whose end is not known, if there is one. There is never more than one.
    pub fn live_order(&self) -> Option<&RotationOrder> {
        self.orders.iter().find(|order| order.is_live())
    }
}
