//! What is locked now, and why. The window shows it, and [`Destruction::apply`] refuses by it.

use domain::{DestructionStep, LastUse, Lock, Standing, Timestamp};

use crate::{
    Destruction, Phase,
    evidence::{day, later},
};

/// Something that may be locked: an act without what it carries.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Move {
    /// Saying why something that was found is not in the way, or taking that back.
    Acknowledge,
    /// Learning how an order ended.
    EndOrder,
    /// The end, since the item is gone.
    Finish,
    /// To the next phase.
    GoOn,
    /// Keeping the item.
    Keep,
    /// A look at what is so now.
    Look,
    /// An order for a step.
    Order(DestructionStep),
    /// The settings.
    Settle,
    /// Back to the evidence, after somebody else has changed how the item stands.
    StartOver,
}

fn locked(because: impl Into<String>, next: impl Into<String>) -> Option<Lock> {
    Some(Lock { because: because.into(), next: next.into(), until: None })
}

impl Destruction {
    /// What keeps `what` from being done now; `None` if nothing does.
    pub fn lock(&self, what: &Move, now: Timestamp) -> Option<Lock> {
        // Only learning its end helps while an order is out.
        if let (Some(live), false) = (self.live_order(), *what == Move::EndOrder) {
            return locked(
                format!("it is not known yet how order {} ({}) ended", live.order, live.step.word()),
                "Check the order first: the place is asked what became of it.",
            );
        }
        if self.phase.is_over() {
            return locked("the destruction is over", "Begin another one.");
        }
        match what {
            Move::Acknowledge => match self.evidence {
                Some(_) => None,
                None => locked("nobody has looked yet", "Look who uses it first."),
            },
            Move::EndOrder => match self.live_order() {
                Some(_) => None,
                None => locked("no order is out", "Look at where the destruction is now."),
            },
            Move::Finish => match self.stands() {
                Some(Standing::Gone) => None,
                Some(Standing::InUse | Standing::Pending { .. } | Standing::Stopped) | None => {
                    locked("the item is still there", "Look again when its time is over.")
                }
            },
            Move::GoOn => self.go_on(now),
            Move::Keep => self.keep(),
            Move::Look => None,
            Move::Order(step) => self.order(*step, now),
            Move::Settle => match self.phase {
                Phase::Evidence | Phase::Disable | Phase::Soak | Phase::Schedule => None,
                Phase::Waiting | Phase::Done | Phase::Kept => {
                    locked("its destruction is ordered already", "Cancel that first.")
                }
            },
            Move::StartOver => self.start_over(),
        }
    }

    fn stands(&self) -> Option<Standing> {
        self.evidence.as_ref().map(|evidence| evidence.standing)
    }

    fn go_on(&self, now: Timestamp) -> Option<Lock> {
        match self.phase {
            Phase::Evidence => self.clear(now),
            Phase::Disable if !self.has(DestructionStep::Disable) || self.stands() == Some(Standing::Stopped) => {
                self.clear(now)
            }
            Phase::Disable => locked("it can still be used", "Disable it first."),
            Phase::Soak => self.soaked(now).or_else(|| self.clear(now)),
            Phase::Schedule | Phase::Waiting | Phase::Done | Phase::Kept => {
                locked("there is no next step", "Order its destruction, or keep it.")
            }
        }
    }

    fn keep(&self) -> Option<Lock> {
        match (&self.scheduled, self.stands()) {
            // Somebody else called it off.
            (Some(_), Some(Standing::InUse | Standing::Stopped)) | (None, _) => None,
            (Some(_), Some(Standing::Gone)) => locked("it is gone", "Finish the destruction."),
            (Some(_), Some(Standing::Pending { .. }) | None) => {
                locked("its destruction is ordered, and would come without anybody watching", "Cancel it first.")
            }
        }
    }

    fn start_over(&self) -> Option<Lock> {
        let may_be_used = self.stands() == Some(Standing::InUse);
        let is_back = self.stands() == Some(Standing::Stopped) && self.scheduled.is_some();
        let away = !matches!(self.phase, Phase::Evidence);
        // What this destruction itself has closed is opened by its own step.
        let nothing_closed = self.stopped.is_empty() && self.scheduled.is_none();
        match away && (may_be_used || is_back || nothing_closed) {
            true => None,
            false if !away => locked("it is at its beginning", "Go on."),
            false => locked(
                "the item is as this destruction has left it",
                "Enable it, or cancel its destruction: that leads back to the beginning.",
            ),
        }
    }

    fn order(&self, step: DestructionStep, now: Timestamp) -> Option<Lock> {
        if !self.has(step) {
            return locked("the place has no such step for this item", "Go on without it.");
        }
        match step {
            DestructionStep::Disable => self.only_in(Phase::Disable).or_else(|| self.clear(now)),
            DestructionStep::Enable => self.enable(),
            DestructionStep::Permit => self.only_in(Phase::Schedule).or_else(|| match self.permitted {
                Some(_) => locked("its deletion is allowed already", "Go on."),
                None => self.ready(now),
            }),
            DestructionStep::Forbid => match self.permitted {
                Some(_) => None,
                None => locked("its deletion was not allowed here", "There is nothing to take back."),
            },
            DestructionStep::Schedule => {
                self.only_in(Phase::Schedule).or_else(|| self.may_be_deleted()).or_else(|| self.ready(now))
            }
            DestructionStep::Cancel => self.only_in(Phase::Waiting),
            DestructionStep::Destroy => {
                let last = if self.has(DestructionStep::Schedule) { Phase::Waiting } else { Phase::Schedule };
                self.only_in(last).or_else(|| self.may_be_deleted()).or_else(|| self.ready(now))
            }
        }
    }

    fn enable(&self) -> Option<Lock> {
        if self.stopped.is_empty() {
            return locked("nothing of it was disabled here", "There is nothing to enable.");
        }
        match self.phase {
            Phase::Evidence | Phase::Disable | Phase::Soak | Phase::Schedule => None,
            Phase::Waiting => locked("its destruction is ordered", "Cancel that first."),
            Phase::Done | Phase::Kept => locked("the destruction is over", "Begin another one."),
        }
    }

    fn may_be_deleted(&self) -> Option<Lock> {
        match self.has(DestructionStep::Permit) && self.permitted.is_none() {
            true => locked("the place does not allow its deletion yet", "Allow its deletion first."),
            false => None,
        }
    }

    fn only_in(&self, phase: Phase) -> Option<Lock> {
        match self.phase == phase {
            true => None,
            false => locked(
                format!("that belongs to \"{}\", and the destruction is at \"{}\"", phase.word(), self.phase.word()),
                "Take the steps in their order.",
            ),
        }
    }

    /// What keeps the end itself from being ordered.
    fn ready(&self, now: Timestamp) -> Option<Lock> {
        self.soaked(now).or_else(|| self.clear(now))
    }

    fn soaked(&self, now: Timestamp) -> Option<Lock> {
        let Some(until) = self.soaks_until() else {
            return locked("nobody has waited yet whether it is missed", "Disable it first.");
        };
        (now < until).then(|| Lock {
            because: "nobody touches it for a time first, so that whoever misses it can say so".to_owned(),
            next: "Nothing else is needed: it opens by itself at that time.".to_owned(),
            until: Some(until),
        })
    }

    /// What of the evidence is in the way: it is missing or old, shows a use, or names a user nobody has spoken for.
    fn clear(&self, now: Timestamp) -> Option<Lock> {
        let Some(evidence) = &self.evidence else {
            return locked("nobody has looked who uses it", "Look first.");
        };
        // A clock that was set back makes it old, too.
        if now >= evidence.holds_until() || now < evidence.at {
            return locked(
                format!("what is known of its users is of {} and older than a day", day(evidence.at)),
                "Look again first.",
            );
        }
        self.stands_as_left(evidence.standing).or_else(|| self.used(&evidence.last_use, now)).or_else(|| {
            let open = evidence.in_the_way(self.window_begins(now)).into_iter();
            let finding = open.into_iter().find(|finding| self.said_of(&finding.id).is_none())?;
            let says = finding.says.trim_end_matches('.');
            locked(
                format!("somebody may still use it: {says}"),
                "End that use first, or say by name why it is not in the way.",
            )
        })
    }

    /// Whether somebody else went about the item meanwhile.
    fn stands_as_left(&self, standing: Standing) -> Option<Lock> {
        match (standing, self.phase) {
            (Standing::Gone, _) => locked("the item is not there any more", "Finish the destruction."),
            (Standing::InUse, Phase::Soak | Phase::Schedule) if self.disabled.is_some() => locked(
                "somebody has enabled it since it was disabled",
                "Find out who did that and why. Then keep it, or start over.",
            ),
            (Standing::InUse | Standing::Stopped, Phase::Waiting) => {
                locked("somebody has called its destruction off", "Find out who did that. Then keep it, or start over.")
            }
            (Standing::Pending { .. }, Phase::Evidence | Phase::Disable | Phase::Soak | Phase::Schedule) => locked(
                "somebody else has ordered its destruction",
                "Find out who did that. Cancel it at the item itself, or keep out of it.",
            ),
            (Standing::InUse | Standing::Pending { .. } | Standing::Stopped, _) => None,
        }
    }

    /// An observed use is never spoken away.
    fn used(&self, last: &LastUse, now: Timestamp) -> Option<Lock> {
        let latest = last.latest()?;
        let LastUse::Used { at, operation, .. } = last else { return None };
        let what = operation.as_ref().map(|operation| format!(" ({operation})")).unwrap_or_default();
        let said = format!("it was used on {}{what}", day(*at));
        if self.disabled.as_ref().is_some_and(|disabled| *at > disabled.at) {
            return locked(
                format!("{said}, after it was disabled"),
                "Somebody needs it: enable it again and find out who.",
            );
        }
        if latest <= self.window_begins(now) {
            return None;
        }
        let days = self.settings.window_days;
        let because = format!("{said}, within {days} days");
        match self.disabled {
            Some(_) => locked(
                format!("{because} before it was disabled"),
                "Somebody needs it: enable it again and find out who.",
            ),
            None => Some(Lock {
                because,
                next: "Find out who used it. It opens when nobody did for that long, and after another look."
                    .to_owned(),
                until: Some(later(latest, u64::from(days) * 86_400)),
            }),
        }
    }
}
