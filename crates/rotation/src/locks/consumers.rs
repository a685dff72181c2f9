//! What keeps something from being said of a consumer.

use domain::{Lock, Timestamp};

use super::after;
use crate::{Check, Phase, Rotation, Run, StepState};

/// The phases in which consumers are told and checked.
const UNDER_WAY: [Phase; 4] = [Phase::Distribute, Phase::Verify, Phase::Switch, Phase::Retire];

impl Rotation {
    pub(super) fn tell(&self, run: &Run) -> Option<Lock> {
        self.only_in(&UNDER_WAY).or_else(|| {
            let name = &run.consumer.name;
            match run.state {
                StepState::Succeeded => return Lock::new(format!("{name} has the new material"), "Check it."),
                StepState::InProgress => return Lock::new(format!("{name} was told"), "Say how it went."),
                StepState::Pending | StepState::Failed => {}
            }
            let others = self.taking_part().filter(|other| other.consumer.id != run.consumer.id);
            let failed = others.into_iter().find(|other| other.state == StepState::Failed);
            let failed = failed.filter(|_| self.settings.strategy.stops_the_others())?;
            Lock::new(
                format!("the run is halted: {} failed", failed.consumer.name),
                "Put that right and try it again first; the others wait.",
            )
        })
    }

    pub(super) fn take_slots(&self, run: &Run) -> Option<Lock> {
        if run.consumer.kind.check() != Check::Slots {
            return Lock::new(format!("{} has no slots", run.consumer.name), "Tell it.");
        }
        self.only_in(&UNDER_WAY).or_else(|| match run.state {
            StepState::InProgress => None,
            StepState::Pending | StepState::Failed | StepState::Succeeded => self.tell(run),
        })
    }

    pub(super) fn fail(&self, run: &Run) -> Option<Lock> {
        self.only_in(&UNDER_WAY).or_else(|| match run.state {
            // It may have lost again what it had, or not work with it.
            StepState::InProgress | StepState::Succeeded => None,
            StepState::Pending | StepState::Failed => in_progress(run),
        })
    }

    pub(super) fn succeed(&self, run: &Run) -> Option<Lock> {
        self.only_in(&UNDER_WAY).or_else(|| in_progress(run)).or_else(|| {
            let name = &run.consumer.name;
            if run.consumer.kind.check() == Check::Slots && run.slots.is_none() {
                return Lock::new(
                    format!("it is not known which slot of {name} is free"),
                    "Paste its description first.",
                );
            }
            let publishes = run.watched.as_ref().is_some_and(|seen| seen.new_since.is_some());
            match run.consumer.kind.check() == Check::Published && !publishes {
                true => Lock::new(format!("{name} was not seen to publish the new key"), "Look at it first."),
                false => None,
            }
        })
    }

    pub(super) fn look(&self, run: &Run) -> Option<Lock> {
        match run.consumer.kind.check() {
            Check::Published => {
                self.only_in(&[Phase::Distribute, Phase::Verify, Phase::Switch, Phase::Retire, Phase::RollingBack])
            }
            Check::Slots | Check::Presented | Check::Fingerprint | Check::Said => Lock::new(
                format!("{} publishes nothing that could be looked at", run.consumer.name),
                "Check it by hand.",
            ),
        }
    }

    pub(super) fn verify(&self, run: &Run) -> Option<Lock> {
        self.only_in(&UNDER_WAY).or_else(|| match run.state {
            StepState::Succeeded => None,
            StepState::Pending | StepState::InProgress | StepState::Failed => {
                Lock::new(format!("{} does not have the new material yet", run.consumer.name), "Update it first.")
            }
        })
    }

    pub(super) fn leave_back_path(&self, run: &Run) -> Option<Lock> {
        self.only_in(&UNDER_WAY).or_else(|| {
            let name = &run.consumer.name;
            match run.is_on_back_path() {
                true => None,
                false => Lock::new(format!("{name} is not on the back path"), "There is nothing to say."),
            }
        })
    }

    pub(super) fn remove_old(&self, run: &Run, now: Timestamp) -> Option<Lock> {
        self.only_in(&[Phase::Retire]).or_else(|| {
            let name = &run.consumer.name;
            if !run.consumer.kind.holds_two() || run.old_removed.is_some() {
                return Lock::new(format!("{name} holds no old key"), "There is nothing to take away.");
            }
            if run.verified.is_none() {
                return Lock::new(format!("it is not shown that {name} works with the new key"), "Check it first.");
            }
            if run.is_on_back_path() {
                return Lock::new(
                    format!("{name} is still on the back path"),
                    "Wait until it needs the old key no more.",
                );
            }
            match self.may_go_from(run) {
                Some(until) if now < until => {
                    Lock::until(until, "what was signed with the old key is still valid until then")
                }
                Some(_) => None,
                None => Lock::new("the users have not come to the new material", "Switch them first."),
            }
        })
    }

    /// When the old key may be taken away from a consumer: both were valid for a time, and no token lives any more that
    /// it signed before the switch.
    pub(crate) fn may_go_from(&self, run: &Run) -> Option<Timestamp> {
        let tokens = after(self.switched.as_ref()?.at, run.consumer.token_seconds());
        Some(self.soaks_until()?.max(tokens))
    }

    pub(super) fn leave_out(&self, run: &Run) -> Option<Lock> {
        self.only_in(&UNDER_WAY).or_else(|| {
            if run.is_on_back_path() {
                return Lock::new(
                    format!("{} is on the back path", run.consumer.name),
                    "Let it say first that it needs the old material no more.",
                );
            }
            let others = self.taking_part().filter(|other| other.consumer.id != run.consumer.id).count();
            match others {
                0 => Lock::new("nobody else takes part", "Let somebody else join first."),
                _ => None,
            }
        })
    }

    pub(super) fn tell_back(&self, run: &Run) -> Option<Lock> {
        self.only_in(&[Phase::RollingBack]).or_else(|| self.old_usable()).or_else(|| match run.told_back {
            Some(_) => Lock::new(format!("{} was told already", run.consumer.name), "Tell the next one."),
            None => None,
        })
    }
}

fn in_progress(run: &Run) -> Option<Lock> {
    match run.state {
        StepState::InProgress => None,
        StepState::Succeeded => Lock::new(format!("{} has the new material", run.consumer.name), "Check it."),
        StepState::Pending | StepState::Failed => {
            Lock::new(format!("{} was not told", run.consumer.name), "Tell it first.")
        }
    }
}
