//! What can happen to a rotation, and what it becomes by that.

use domain::{Error, Kind, OrderId, Result, RotationMethod, RotationStep, Switch, Timestamp};

use crate::{
    Attempt, Consumer, ConsumerId, Generation, Log, Moment, Move, OrderEnd, Phase, Rotation, RotationOrder, Run,
    Settings, SlotUse, StepState, Watched,
};

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
    },
    /// The ledger as it is now, in the order in which the consumers are told.
    SetConsumers(Vec<Consumer>),
    /// One more consumer was found while the run is under way.
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
    /// A consumer could not be told or updated, because.
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
    /// It is not taken back after all.
    Forward,
    /// The users are back at the old material, where no call does it.
    ConfirmSwitchBack(String),
    /// A consumer was told that it was taken back, and uses the old material.
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

impl Rotation {
    /// What the rotation becomes by `act`. The rotation itself stays as it is.
    ///
    /// # Errors
    /// `Conflict` with the reason if the act is locked, `Invalid` if it comes without its grounds, `NotFound` for a
    /// consumer or an order that is not part of it.
    pub fn apply(&self, act: Act, actor: &str, now: Timestamp) -> Result<Self> {
        if let Some(lock) = self.lock(&act.wants(), now) {
            return Err(Error::new(Kind::Conflict, GO_ON, lock.because)
                .with_refused_by("this app")
                .with_next(lock.next));
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

    #[expect(clippy::too_many_lines, reason = "a table of all acts")]
    fn become_by(&mut self, act: Act, actor: &str, now: Timestamp) -> Result<String> {
        let moment = |evidence: String| Some(Moment { at: now, actor: actor.to_owned(), evidence });
        Ok(match act {
            Act::SetScope(settings) => {
                self.settings = settings;
                "The rules of the run were settled.".to_owned()
            }
            Act::Choose { method, switch } => {
                let said = format!("The method is {}.", method.word());
                (self.method, self.switch) = (Some(method), Some(switch));
                said
            }
            Act::SetConsumers(consumers) => {
                self.runs = consumers.into_iter().map(Run::new).collect();
                format!("{} must hear of it.", self.runs.len())
            }
            Act::Join(consumer) => {
                if self.run(&consumer.id).is_some() {
                    return Err(Error::new(Kind::Conflict, GO_ON, "this consumer is part of the rotation already"));
                }
                let said = format!("{} was found and takes part.", consumer.name);
                self.runs.push(Run::new(consumer));
                said
            }
            Act::GoOn => {
                self.phase = match self.phase {
                    Phase::Scope => Phase::Method,
                    Phase::Method => Phase::Consumers,
                    Phase::Consumers => Phase::Create,
                    Phase::Create => Phase::Distribute,
                    Phase::Distribute => Phase::Verify,
                    Phase::Verify => Phase::Switch,
                    Phase::Switch => Phase::Retire,
                    Phase::Retire | Phase::Done | Phase::RollingBack | Phase::RolledBack => self.phase,
                };
                format!("On to {}.", self.phase.word())
            }
            Act::Back => {
                self.phase = match self.phase {
                    Phase::Method => Phase::Scope,
                    Phase::Consumers => Phase::Method,
                    Phase::Create => Phase::Consumers,
                    other => other,
                };
                format!("Back to {}.", self.phase.word())
            }
            Act::Pin(evidence) => {
                self.pinned = moment(evidence);
                "It was confirmed that whoever signs names the old version.".to_owned()
            }
            Act::TakeOrder { step, order } => {
                let said = format!("Order {order} was taken up: {}.", step.word());
                self.orders.push(RotationOrder { step, order, at: now, end: None });
                said
            }
            Act::EndOrder { order, end, made } => self.end_order(&order, end, made, actor, now)?,
            Act::Tell(id) => {
                let run = self.run_mut(&id)?;
                run.state = StepState::InProgress;
                run.tried("Told.", actor, now);
                format!("{} was told.", run.consumer.name)
            }
            Act::Succeed(id, instances, evidence) => {
                let run = self.run_mut(&id)?;
                run.instances_done = (run.instances_done + instances).min(run.consumer.instances);
                if run.instances_done == run.consumer.instances {
                    run.state = StepState::Succeeded;
                }
                run.tried(&evidence, actor, now);
                format!("{}: {} of {} updated.", run.consumer.name, run.instances_done, run.consumer.instances)
            }
            Act::Fail(id, error) => {
                let run = self.run_mut(&id)?;
                run.state = StepState::Failed;
                run.tried(&error, actor, now);
                format!("{} failed.", run.consumer.name)
            }
            Act::TakeSlots(id, slots) => {
                let run = self.run_mut(&id)?;
                let said = format!("{}: the new key goes into {}.", run.consumer.name, slots.set);
                run.slots = Some(slots);
                said
            }
            Act::Look { consumer, has_new, has_old, cache_seconds } => {
                let run = self.run_mut(&consumer)?;
                let seen = run.watched.get_or_insert_with(Watched::default);
                seen.new_since = seen.new_since.filter(|_| has_new).or(has_new.then_some(now));
                (seen.looked, seen.has_old, seen.cache_seconds) = (Some(now), has_old, cache_seconds);
                let publishes = match (has_new, has_old) {
                    (true, true) => "both keys",
                    (true, false) => "the new key alone",
                    (false, true) => "the old key alone",
                    (false, false) => "neither key",
                };
                format!("{} publishes {publishes}.", run.consumer.name)
            }
            Act::Verify(id, evidence) => {
                let run = self.run_mut(&id)?;
                run.verified = moment(evidence);
                format!("{} works with the new material.", run.consumer.name)
            }
            Act::Prove(evidence) => {
                self.proof = moment(evidence);
                "Claviger tested the new material.".to_owned()
            }
            Act::ConfirmSwitch(evidence) => {
                self.switched = moment(evidence);
                "The users came to the new material.".to_owned()
            }
            Act::LeaveBackPath(id, evidence) => {
                let run = self.run_mut(&id)?;
                run.off_back_path = moment(evidence);
                format!("Nothing of {} needs the old material any more.", run.consumer.name)
            }
            Act::RemoveOld(id, evidence) => {
                let run = self.run_mut(&id)?;
                run.old_removed = moment(evidence);
                format!("The old material is gone from {}.", run.consumer.name)
            }
            Act::LeaveOut(id, evidence) => {
                let run = self.run_mut(&id)?;
                run.left = moment(evidence);
                format!("{} takes no part any more.", run.consumer.name)
            }
            Act::Finish(evidence) => {
                self.phase = Phase::Done;
                format!("The rotation is done. {evidence}").trim_end().to_owned()
            }
            Act::RollBack(reason) => {
                self.rolled_from = Some(self.phase);
                self.phase = Phase::RollingBack;
                format!("The rotation is taken back: {reason}")
            }
            Act::Forward => {
                let was = self.rolled_from.take().unwrap_or(Phase::Create);
                // What was taken back in between is not skipped.
                self.phase = if self.switched.is_none() { was.min(Phase::Switch) } else { was };
                "The rotation goes on after all.".to_owned()
            }
            Act::ConfirmSwitchBack(evidence) => {
                self.switched = None;
                format!("The users are back at the old material: {evidence}")
            }
            Act::TellBack(id, evidence) => {
                let run = self.run_mut(&id)?;
                run.told_back = moment(evidence);
                format!("{} uses the old material again.", run.consumer.name)
            }
            Act::FinishRollBack => {
                self.phase = Phase::RolledBack;
                "The rotation is taken back.".to_owned()
            }
            Act::Discard => {
                self.phase = Phase::RolledBack;
                "The plan was thrown away; nothing had been made.".to_owned()
            }
        })
    }

    fn end_order(
        &mut self,
        order: &OrderId,
        end: OrderEnd,
        made: Option<Generation>,
        actor: &str,
        now: Timestamp,
    ) -> Result<String> {
        let not_there = || Error::new(Kind::NotFound, GO_ON, format!("order {order} is no part of this rotation"));
        let live = self.orders.iter_mut().find(|one| one.order == *order && one.is_live()).ok_or_else(not_there)?;
        let step = live.step;
        if step == RotationStep::Create && end == OrderEnd::Done && made.is_none() {
            return Err(Error::new(Kind::Unexpected, GO_ON, "it is not known what was made"));
        }
        live.end = Some(end.clone());
        let evidence = format!("Order {order}");
        let moment = Some(Moment { at: now, actor: actor.to_owned(), evidence });
        match (&end, step) {
            (OrderEnd::NotDone { .. } | OrderEnd::NeverSent, _) => {}
            (OrderEnd::Done, RotationStep::Create) => {
                self.new = made;
                // What only the new material has in use begins anew with it.
                self.proof = None;
            }
            (OrderEnd::Done, RotationStep::Switch) => self.switched = moment,
            (OrderEnd::Done, RotationStep::SwitchBack) => self.switched = None,
            (OrderEnd::Done, RotationStep::DisableOld) => self.disabled = moment,
            (OrderEnd::Done, RotationStep::EnableOld) => self.disabled = None,
            (OrderEnd::Done, RotationStep::DeleteOld) => self.deleted = moment,
            (OrderEnd::Done, RotationStep::KeepOld) => self.deleted = None,
            (OrderEnd::Done, RotationStep::DisableNew) => {}
        }
        Ok(match end {
            OrderEnd::Done => format!("Order {order} is done: {}.", step.word()),
            OrderEnd::NotDone { because } => format!("Order {order} did not happen: {because}"),
            OrderEnd::NeverSent => format!("Order {order} was never sent."),
        })
    }

    fn run_mut(&mut self, id: &ConsumerId) -> Result<&mut Run> {
        self.runs
            .iter_mut()
            .find(|run| run.consumer.id == *id)
            .ok_or_else(|| Error::new(Kind::NotFound, GO_ON, "this consumer is no part of the rotation"))
    }
}

impl Run {
    fn tried(&mut self, says: &str, actor: &str, at: Timestamp) {
        self.attempts.push(Attempt { at, actor: actor.to_owned(), state: self.state, says: says.to_owned() });
    }
}
