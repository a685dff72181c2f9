//! What is locked now, and why. The window shows it, and [`Rotation::apply`] refuses by it.

mod back;
mod consumers;
mod steps;

use domain::{Lock, RotationStep, Switch, Timestamp};

use crate::{ConsumerId, Phase, Rotation, Run, StepState};

/// Something that may be locked: an act without what it carries.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Move {
    /// To the phase before.
    Back,
    /// The method.
    Choose,
    /// Saying that the users came to the new material.
    ConfirmSwitch,
    /// Saying that they are back at the old.
    ConfirmSwitchBack,
    /// Throwing the plan away.
    Discard,
    /// Learning how an order ended.
    EndOrder,
    /// Saying that a consumer failed.
    Fail(ConsumerId),
    /// The end.
    Finish,
    /// The end of taking it back.
    FinishRollBack,
    /// Going on after all.
    Forward,
    /// To the next phase.
    GoOn,
    /// One more consumer.
    Join,
    /// Saying that a consumer needs the old material no more.
    LeaveBackPath(ConsumerId),
    /// Leaving a consumer out of the rest.
    LeaveOut(ConsumerId),
    /// A look at an address.
    Look(ConsumerId),
    /// An order for a step.
    Order(RotationStep),
    /// Saying that signers name the old version.
    Pin,
    /// Claviger's own test.
    Prove,
    /// Saying that the old material is gone from a consumer.
    RemoveOld(ConsumerId),
    /// Taking it back.
    RollBack,
    /// The ledger.
    SetConsumers,
    /// The rules of the run.
    SetScope,
    /// Saying that a consumer has the new material.
    Succeed(ConsumerId),
    /// Saying which slots there are.
    TakeSlots(ConsumerId),
    /// Telling a consumer.
    Tell(ConsumerId),
    /// Telling a consumer that it is taken back.
    TellBack(ConsumerId),
    /// Saying that a consumer works with the new material.
    Verify(ConsumerId),
}

impl Rotation {
    /// What keeps `what` from being done now; `None` if nothing does.
    pub fn lock(&self, what: &Move, now: Timestamp) -> Option<Lock> {
        // Only learning its end helps while an order is out.
        if let (Some(live), false) = (self.live_order(), *what == Move::EndOrder) {
            return Lock::unsettled(&live.order, live.step.word());
        }
        if self.phase.is_over() {
            return Lock::new("the rotation is over", "Begin another one.");
        }
        match what {
            Move::EndOrder => match self.live_order() {
                Some(_) => None,
                None => Lock::new("no order is out", "Look at where the rotation is now."),
            },
            Move::Choose => self.only_in(&[Phase::Method]),
            Move::SetScope => self.only_in(&[Phase::Scope]),
            Move::SetConsumers => self.only_in(&[Phase::Consumers]),
            Move::Back => self.back(),
            Move::Discard => self.nothing_made("throw the plan away"),
            Move::GoOn => self.go_on(),
            Move::Pin => self.only_in(&[Phase::Create]),
            Move::Join => self.only_in(&[Phase::Distribute, Phase::Verify, Phase::Switch, Phase::Retire]),
            Move::Order(step) => self.order(*step, now),
            Move::Prove => self.only_in(&[Phase::Distribute, Phase::Verify, Phase::Switch, Phase::Retire]),
            Move::ConfirmSwitch => self.confirm_switch(now),
            Move::Finish => self.finish(),
            Move::RollBack => self.roll_back(),
            Move::Forward => self.only_in(&[Phase::RollingBack]),
            Move::ConfirmSwitchBack => self.switch_back(now),
            Move::FinishRollBack => self.only_in(&[Phase::RollingBack]).or_else(|| self.taken_back()),
            Move::Tell(id) => self.of(id, |run| self.tell(run)),
            Move::TakeSlots(id) => self.of(id, |run| self.take_slots(run)),
            Move::Look(id) => self.of(id, |run| self.look(run)),
            Move::Succeed(id) => self.of(id, |run| self.succeed(run)),
            Move::Fail(id) => self.of(id, |run| self.fail(run)),
            Move::Verify(id) => self.of(id, |run| self.verify(run)),
            Move::LeaveBackPath(id) => self.of(id, |run| self.leave_back_path(run)),
            Move::RemoveOld(id) => self.of(id, |run| self.remove_old(run, now)),
            Move::LeaveOut(id) => self.of(id, |run| self.leave_out(run)),
            Move::TellBack(id) => self.of(id, |run| self.tell_back(run)),
        }
    }

    /// How long the old material is kept valid beside the new.
    pub fn soaks_until(&self) -> Option<Timestamp> {
        Some(after(self.switched.as_ref()?.at, u64::from(self.settings.soak_hours) * 3600))
    }

    /// When the destruction of the old material may be ordered.
    pub fn waits_until(&self) -> Option<Timestamp> {
        Some(after(self.disabled.as_ref()?.at, u64::from(self.settings.wait_days) * 86_400))
    }

    /// Whether whoever signs must name the old version before a new one is made: it is used at once, and somebody would
    /// have to accept it before he knows it.
    pub fn needs_pin(&self) -> bool {
        self.switch == Some(Switch::AtOnce) && self.taking_part().any(|run| run.consumer.kind.accepts_signatures())
    }

    fn only_in(&self, phases: &[Phase]) -> Option<Lock> {
        if phases.contains(&self.phase) {
            return None;
        }
        let names: Vec<&str> = phases.iter().map(|phase| phase.word()).collect();
        let (names, here) = (names.join(" or "), self.phase.word());
        Lock::new(format!("the rotation is at \"{here}\", and this belongs to \"{names}\""), "Look at where it is now.")
    }

    fn of(&self, id: &ConsumerId, lock: impl FnOnce(&Run) -> Option<Lock>) -> Option<Lock> {
        let Some(run) = self.run(id) else {
            return Lock::new("this consumer is no part of the rotation", "Add it to the ledger first.");
        };
        if run.left.is_some() {
            return Lock::new(format!("{} was left out", run.consumer.name), "Let it join again if it is needed.");
        }
        lock(run)
    }

    fn nothing_made(&self, to: &str) -> Option<Lock> {
        if self.phase.is_draft() || (self.phase == Phase::Create && self.new.is_none()) {
            return None;
        }
        Lock::new(format!("new material was made, so one cannot {to}"), "Take the rotation back instead.")
    }

    fn back(&self) -> Option<Lock> {
        if self.phase == Phase::Scope {
            return Lock::new("this is the first step", "Go on, or close the plan: it is kept.");
        }
        self.nothing_made("go back")
    }

    fn go_on(&self) -> Option<Lock> {
        match self.phase {
            Phase::Scope => None,
            Phase::Method if self.method.is_none() => Lock::new("no method is chosen", "Choose one first."),
            Phase::Method => None,
            Phase::Consumers if self.runs.is_empty() => Lock::new(
                "nobody is in the ledger, and somebody has to confirm that the new key works",
                "Add at least one consumer, by hand if need be.",
            ),
            Phase::Consumers => None,
            Phase::Create if self.new.is_none() => Lock::new("nothing was made yet", "Make the new material first."),
            Phase::Create => None,
            Phase::Distribute => self.distributed(),
            Phase::Verify => self.all_verified(),
            Phase::Switch if self.switched.is_none() => {
                Lock::new("the users have not come to the new material", "Switch them, or say that they did.")
            }
            Phase::Switch => None,
            Phase::Retire => Lock::new("this is the last step", "Finish the rotation."),
            Phase::Done | Phase::RollingBack | Phase::RolledBack => {
                Lock::new("there is no next step", "Finish taking it back.")
            }
        }
    }

    /// The first that takes part and does not have the new material.
    fn without(&self, passes_over: bool) -> Option<Lock> {
        let open = self.taking_part().find(|run| match run.state {
            StepState::Succeeded => false,
            StepState::Failed => !passes_over,
            StepState::Pending | StepState::InProgress => true,
        })?;
        let name = &open.consumer.name;
        match open.state {
            StepState::Failed => Lock::new(
                format!("{name} failed"),
                "Put it right and try it again, or leave it out if it is not there any more.",
            ),
            StepState::Pending | StepState::InProgress | StepState::Succeeded => {
                Lock::new(format!("{name} does not have the new material yet"), "Tell it, then say that it is done.")
            }
        }
    }

    fn distributed(&self) -> Option<Lock> {
        self.without(self.settings.strategy.passes_over()).or_else(|| {
            match self.taking_part().any(|run| run.state == StepState::Succeeded) {
                true => None,
                false => Lock::new("nobody has the new material", "At least one consumer must have it."),
            }
        })
    }

    fn all_verified(&self) -> Option<Lock> {
        let has_it = |run: &&Run| run.state == StepState::Succeeded;
        if let Some(run) = self.taking_part().filter(has_it).find(|run| run.verified.is_none()) {
            return Lock::new(
                format!("it is not shown that {} works with the new material", run.consumer.name),
                "Check it, and write down what was seen.",
            );
        }
        if self.taking_part().any(|run| run.slots.is_some()) && self.proof.is_none() {
            return Lock::new("the new key has not signed anything yet", "Make the test signature first.");
        }
        match self.is_verified() {
            true => None,
            false => Lock::new("nobody has shown that the new material works", "Check at least one consumer."),
        }
    }
}

fn after(at: Timestamp, seconds: u64) -> Timestamp {
    // A clock near the end of time stays there: then the lock does not open, which is the safe side.
    at.checked_add(std::time::Duration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}
