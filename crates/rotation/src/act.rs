//! What can happen to a rotation, and what it becomes by that.

mod becomes;

use domain::{Error, Kind, Log, OrderEnd, OrderId, Result, RotationMethod, RotationStep, Switch, Timestamp};

use crate::{Consumer, ConsumerId, Generation, Move, Rotation, Run, Settings, SlotUse, StepState};

const GO_ON: &str = "go on with the rotation";

/// Something that a person did, or that was found out.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// The rules of the run are settled.
    SetScope(Settings),
    /// The method is chosen.
    Choose {
        /// Which.
        method: RotationMethod,
        /// How users come to the new material by it.
        switch: Switch,
        /// The steps that the place has not by it.
        lacks: Vec<RotationStep>,
    },
    /// The ledger as it is now, in the order in which the consumers are told.
    SetConsumers(Vec<Consumer>),
    /// One more consumer was found while the run is under way, or one that was left out takes part again.
    Join(Consumer),
    /// On to the next phase.
    GoOn,
    /// Back to the phase before, while nothing was sent.
    Back,
    /// Whoever signs names the old version.
    Pin(String),
    /// An order is about to be confirmed.
    TakeOrder {
        /// For which step.
        step: RotationStep,
        /// Its number.
        order: OrderId,
    },
    /// It became known how an order ended.
    EndOrder {
        /// Which.
        order: OrderId,
        /// How.
        end: OrderEnd,
        /// What it made; for [`RotationStep::Create`] that is done.
        made: Option<Generation>,
    },
    /// A consumer was told.
    Tell(ConsumerId),
    /// So many instances of a consumer have the new material, on those grounds.
    Succeed(ConsumerId, u32, String),
    /// A consumer could not be told or updated, or has the new material no more, because.
    Fail(ConsumerId, String),
    /// It was read which slot is free.
    TakeSlots(ConsumerId, SlotUse),
    /// An address was looked at.
    Look {
        /// Whose.
        consumer: ConsumerId,
        /// Whether it publishes the new key.
        has_new: bool,
        /// Whether it publishes the old key.
        has_old: bool,
        /// For how long readers keep it, in seconds.
        cache_seconds: u32,
    },
    /// A consumer works with the new material, on those grounds.
    Verify(ConsumerId, String),
    /// Claviger's own test of the new material.
    Prove(String),
    /// The users came to the new material, where no call does it.
    ConfirmSwitch(String),
    /// Nothing of a consumer needs the old material any more.
    LeaveBackPath(ConsumerId, String),
    /// The old material is gone from a consumer that held both.
    RemoveOld(ConsumerId, String),
    /// A consumer takes no part in the rest.
    LeaveOut(ConsumerId, String),
    /// The rotation is over.
    Finish(String),
    /// The rotation is to be taken back.
    RollBack(String),
    /// It is not taken back after all. What may have been undone in between is shown or done again.
    Forward,
    /// The users are back at the old material, where no call does it.
    ConfirmSwitchBack(String),
    /// A consumer was told that it was taken back, and uses the old material; one that holds two keys has the old one.
    TellBack(ConsumerId, String),
    /// It is taken back.
    FinishRollBack,
    /// The plan is thrown away: nothing was made.
    Discard,
}

impl Act {
    /// What is asked of the locks before it.
    fn wants(&self) -> Move {
        match self {
            Self::Back => Move::Back,
            Self::Choose { .. } => Move::Choose,
            Self::ConfirmSwitch(_) => Move::ConfirmSwitch,
            Self::ConfirmSwitchBack(_) => Move::ConfirmSwitchBack,
            Self::Discard => Move::Discard,
            Self::EndOrder { .. } => Move::EndOrder,
            Self::Fail(id, _) => Move::Fail(id.clone()),
            Self::Finish(_) => Move::Finish,
            Self::FinishRollBack => Move::FinishRollBack,
            Self::Forward => Move::Forward,
            Self::GoOn => Move::GoOn,
            Self::Join(_) => Move::Join,
            Self::LeaveBackPath(id, _) => Move::LeaveBackPath(id.clone()),
            Self::LeaveOut(id, _) => Move::LeaveOut(id.clone()),
            Self::Look { consumer, .. } => Move::Look(consumer.clone()),
            Self::Pin(_) => Move::Pin,
            Self::Prove(_) => Move::Prove,
            Self::RemoveOld(id, _) => Move::RemoveOld(id.clone()),
            Self::RollBack(_) => Move::RollBack,
            Self::SetConsumers(_) => Move::SetConsumers,
            Self::SetScope(_) => Move::SetScope,
            Self::Succeed(id, ..) => Move::Succeed(id.clone()),
            Self::TakeOrder { step, .. } => Move::Order(*step),
            Self::TakeSlots(id, _) => Move::TakeSlots(id.clone()),
            Self::Tell(id) => Move::Tell(id.clone()),
            Self::TellBack(id, _) => Move::TellBack(id.clone()),
            Self::Verify(id, _) => Move::Verify(id.clone()),
        }
    }

    /// What a person has to write with it, if anything.
    fn evidence(&self) -> Option<&str> {
        match self {
            Self::ConfirmSwitch(text)
            | Self::ConfirmSwitchBack(text)
            | Self::Fail(_, text)
            | Self::LeaveBackPath(_, text)
            | Self::LeaveOut(_, text)
            | Self::Pin(text)
            | Self::Prove(text)
            | Self::RemoveOld(_, text)
            | Self::RollBack(text)
            | Self::Succeed(_, _, text)
            | Self::TellBack(_, text)
            | Self::Verify(_, text) => Some(text),
            Self::Back
            | Self::Choose { .. }
            | Self::Discard
            | Self::EndOrder { .. }
            | Self::Finish(_)
            | Self::FinishRollBack
            | Self::Forward
            | Self::GoOn
            | Self::Join(_)
            | Self::Look { .. }
            | Self::SetConsumers(_)
            | Self::SetScope(_)
            | Self::TakeOrder { .. }
            | Self::TakeSlots(..)
            | Self::Tell(_) => None,
        }
    }
}

impl Run {
    /// What is done once it was seen, on those grounds, that the whole consumer works with the new material: whatever of
    /// the way there was not said yet, and that it is verified.
    pub fn shown(&self, evidence: &str) -> Vec<Act> {
        let id = || self.consumer.id.clone();
        let tell = matches!(self.state, StepState::Pending | StepState::Failed).then(|| Act::Tell(id()));
        let has_it = self.state == StepState::Succeeded;
        let done = (!has_it).then(|| Act::Succeed(id(), self.instances_left(), evidence.to_owned()));
        tell.into_iter().chain(done).chain([Act::Verify(id(), evidence.to_owned())]).collect()
    }
}

impl Rotation {
    /// What the rotation becomes by `act`. The rotation itself stays as it is.
    ///
    /// # Errors
    /// `Conflict` with the reason if the act is locked, `Invalid` if it comes without its grounds, `NotFound` for a
    /// consumer or an order that is not part of it.
    pub fn apply(&self, act: Act, actor: &str, now: Timestamp) -> Result<Self> {
        if let Some(lock) = self.lock(&act.wants(), now) {
            return Err(lock.refuses(GO_ON));
        }
        if act.evidence().is_some_and(|text| text.trim().is_empty()) {
            return Err(Error::new(Kind::Invalid, GO_ON, "it is not said on what grounds")
                .with_refused_by("this app")
                .with_next("Write what was seen or done, in a few words; it is kept with the rotation."));
        }
        let mut next = self.clone();
        let says = next.become_by(act, actor, now)?;
        next.log.push(Log { at: now, actor: actor.to_owned(), says });
        Ok(next)
    }
}

#[cfg(test)]
mod tests;
