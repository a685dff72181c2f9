//! How far a destruction is: everything that a later start needs to go on. It holds no secret.

use domain::{DestructionStep, Due, Log, Moment, OrderEnd, OrderId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Evidence, evidence::later};

const DAY: u64 = 86_400;

/// Names a destruction: a ULID.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct DestructionId(pub String);

/// The destruction of one item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Destruction {
    /// Its number.
    pub id: DestructionId,
    /// The item's reference.
    pub reference: String,
    /// What a person calls the item.
    pub name: String,
    /// Where its connection led when it was begun.
    pub place: String,
    /// When it was begun, by this computer's clock.
    pub begun: Timestamp,
    /// How far it is.
    pub phase: Phase,
    /// What was settled.
    pub settings: Settings,
    /// The steps that the place has not for this item.
    pub lacks: Vec<DestructionStep>,
    /// What was found when somebody looked last.
    pub evidence: Option<Evidence>,
    /// What a person has said of what was found.
    pub acknowledged: Vec<Acknowledged>,
    /// The parts that this destruction has disabled; an empty text for the whole item.
    pub stopped: Vec<String>,
    /// When nothing of it could be used any more.
    pub disabled: Option<Moment>,
    /// Since when it is watched whether anybody misses it.
    pub watched: Option<Moment>,
    /// When its deletion was allowed, where that is a step.
    pub permitted: Option<Moment>,
    /// When its destruction was ordered, where that waits.
    pub scheduled: Option<Scheduled>,
    /// When it ended: the item is gone, or kept.
    pub ended: Option<Moment>,
    /// What was sent to the place, oldest first.
    pub orders: Vec<DestructionOrder>,
    /// What happened, oldest first.
    pub log: Vec<Log>,
}

/// How far a destruction is, in order.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// What is known of its users is gathered.
    Evidence,
    /// Its use is stopped.
    Disable,
    /// Nobody touches it for some days.
    Soak,
    /// Its destruction is ordered.
    Schedule,
    /// It waits for that, and can be called back.
    Waiting,
    /// It is over, and the item is gone.
    Done,
    /// It is over, and the item was kept.
    Kept,
}

/// What was settled.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Why; may be empty.
    pub reason: String,
    /// A use in so many last days is in the way.
    pub window_days: u32,
    /// For how many days nobody touches it once it is disabled.
    pub soak_days: u32,
    /// For how many days its destruction shall wait, where the place asks.
    pub wait_days: u32,
}

/// What a person has said of something that was found.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// Of which finding.
    pub finding: String,
    /// What that said then.
    pub says: String,
    /// When, by whom, and why it is not in the way.
    pub moment: Moment,
}

/// A destruction that was ordered and waits.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Scheduled {
    /// When, by whom.
    pub moment: Moment,
    /// Until when it can be called off, if the place tells that.
    pub until: Option<Timestamp>,
}

/// One order of a destruction. It is written down before the order itself, so that a later start finds it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct DestructionOrder {
    /// For which step.
    pub step: DestructionStep,
    /// Its number in the journal.
    pub order: OrderId,
    /// When it was taken up.
    pub at: Timestamp,
    /// Which part of the item it is about, where it is not about the whole.
    pub part: Option<String>,
    /// Whether there is no way back from it.
    pub is_final: bool,
    /// How it ended; `None` while that is not known.
    pub end: Option<OrderEnd>,
}

impl Phase {
    /// Every phase, in order.
    pub const ALL: [Self; 7] =
        [Self::Evidence, Self::Disable, Self::Soak, Self::Schedule, Self::Waiting, Self::Done, Self::Kept];

    /// The word for it on the wire and in the shell.
    pub fn word(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Done => "done",
            Self::Evidence => "evidence",
            Self::Kept => "kept",
            Self::Schedule => "schedule",
            Self::Soak => "soak",
            Self::Waiting => "waiting",
        }
    }

    /// Whether nothing more can happen.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Kept)
    }
}

impl Default for Settings {
    /// A use in the last 30 days is in the way; 14 days without it; 30 days to call it off.
    fn default() -> Self {
        Self { reason: String::new(), window_days: 30, soak_days: 14, wait_days: 30 }
    }
}

impl Destruction {
    /// One of which nothing is known yet.
    pub fn begin(id: DestructionId, reference: String, name: String, place: String, at: Timestamp) -> Self {
        Self {
            id,
            reference,
            name,
            place,
            begun: at,
            phase: Phase::Evidence,
            settings: Settings::default(),
            lacks: Vec::new(),
            evidence: None,
            acknowledged: Vec::new(),
            stopped: Vec::new(),
            disabled: None,
            watched: None,
            permitted: None,
            scheduled: None,
            ended: None,
            orders: Vec::new(),
            log: Vec::new(),
        }
    }

    /// Whether the place has that step for this item.
    pub fn has(&self, step: DestructionStep) -> bool {
        !self.lacks.contains(&step)
    }

    /// The order whose end is not known, if there is one. There is never more than one.
    pub fn live_order(&self) -> Option<&DestructionOrder> {
        self.orders.iter().find(|order| order.end.is_none())
    }

    /// Until when nobody touches it; `None` before that began.
    pub fn soaks_until(&self) -> Option<Timestamp> {
        let since = self.watched.as_ref()?.at;
        Some(later(since, u64::from(self.settings.soak_days) * DAY))
    }

    /// A use since then is in the way: counted back from the moment in which the item was disabled, so that the soak does
    /// not push a use out of sight.
    pub fn window_begins(&self, now: Timestamp) -> Timestamp {
        let from = self.disabled.as_ref().map_or(now, |disabled| disabled.at.min(now));
        let days = std::time::Duration::from_secs(u64::from(self.settings.window_days) * DAY);
        from.checked_sub(days).unwrap_or(Timestamp::MIN)
    }

    /// What was said of a finding, if anything was.
    pub fn said_of(&self, finding: &str) -> Option<&Acknowledged> {
        self.acknowledged.iter().find(|said| said.finding == finding)
    }
}

/// What is due in a destruction that is not over.
pub fn due_dates(destruction: &Destruction) -> Vec<Due> {
    let name = &destruction.name;
    let due = |what: &str, at: Option<Timestamp>, title: String| {
        at.map(|at| Due {
            uid: format!("{}-{what}@claviger", destruction.id.0),
            at,
            title,
            detail: format!("Destruction of {name} ({})", destruction.reference),
        })
    };
    let soaks = destruction.soaks_until().filter(|_| destruction.phase == Phase::Soak);
    let ends = destruction.scheduled.as_ref().and_then(|scheduled| scheduled.until);
    let ends = ends.filter(|_| destruction.phase == Phase::Waiting);
    [
        due("soaked", soaks, format!("Nobody missed {name}: go on with its destruction")),
        due("destroyed", ends, format!("{name} is destroyed: the last day to call it off")),
    ]
    .into_iter()
    .flatten()
    .collect()
}
