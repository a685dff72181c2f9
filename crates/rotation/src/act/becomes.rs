//! What a rotation becomes by each act that its locks let through.

use domain::{Error, Kind, Moment, OrderEnd, OrderId, Result, RotationStep, Timestamp};

use super::{Act, GO_ON};
use crate::{Attempt, Consumer, ConsumerId, Generation, Phase, Rotation, RotationOrder, Run, StepState, Watched};

impl Rotation {
    #[expect(clippy::too_many_lines, reason = "a table of all acts")]
    pub(super) fn become_by(&mut self, act: Act, actor: &str, now: Timestamp) -> Result<String> {
        let moment = |evidence: String| Some(Moment { at: now, actor: actor.to_owned(), evidence });
        Ok(match act {
            Act::SetScope(settings) => {
                self.settings = settings;
                "The rules of the run were settled.".to_owned()
            }
            Act::Choose { method, switch, lacks } => {
                let said = format!("The method is {}.", method.word());
                (self.method, self.switch, self.lacks) = (Some(method), Some(switch), lacks);
                said
            }
            Act::SetConsumers(consumers) => {
                one_each(&consumers)?;
                self.runs = consumers.into_iter().map(Run::new).collect();
                format!("{} must hear of it.", self.runs.len())
            }
            Act::Join(consumer) => self.join(consumer)?,
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
                if self.orders.iter().any(|one| one.order == order) {
                    return Err(refused(
                        Kind::Conflict,
                        format!("order {order} is part of this rotation already"),
                        "Plan the step anew: every order has a number of its own.",
                    ));
                }
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
                if instances == 0 {
                    return Err(refused(Kind::Invalid, "no instance was updated", "Say how many were, at least one."));
                }
                let run = self.run_mut(&id)?;
                run.instances_done = run.instances_done.saturating_add(instances).min(run.consumer.instances);
                if run.instances_done == run.consumer.instances {
                    run.state = StepState::Succeeded;
                }
                run.tried(&evidence, actor, now);
                format!("{}: {} of {} updated.", run.consumer.name, run.instances_done, run.consumer.instances)
            }
            Act::Fail(id, error) => {
                let run = self.run_mut(&id)?;
                if run.state == StepState::Succeeded {
                    (run.instances_done, run.verified) = (0, None);
                }
                run.state = StepState::Failed;
                run.tried(&error, actor, now);
                format!("{} failed.", run.consumer.name)
            }
            Act::TakeSlots(id, slots) => {
                if slots.keeps.as_ref() == Some(&slots.set) {
                    return Err(refused(
                        Kind::Invalid,
                        format!("{} holds the working key, which is not overwritten", slots.set),
                        "Set the other slot.",
                    ));
                }
                let run = self.run_mut(&id)?;
                let said = format!("{}: the new key goes into {}.", run.consumer.name, slots.set);
                run.slots = Some(slots);
                said
            }
            Act::Look { consumer, has_new, has_old, cache_seconds } => {
                let run = self.run_mut(&consumer)?;
                run.watched.get_or_insert_with(Watched::default).see(has_new, has_old, cache_seconds, now);
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
                self.come(moment(evidence));
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
                if let Some(seen) = &mut run.watched {
                    (seen.has_old, seen.old_since) = (false, None);
                }
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
                self.turn_back(now);
                if self.unsure {
                    self.used = self.used.take().or_else(|| moment(reason.clone()));
                }
                format!("The rotation is taken back: {reason}")
            }
            Act::Forward => {
                self.turn_forward();
                "The rotation goes on after all.".to_owned()
            }
            Act::ConfirmSwitchBack(evidence) => {
                (self.switched, self.unsure) = (None, false);
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
        let not_there = || {
            let message = format!("order {order} is not the one of this rotation whose end is not known");
            refused(Kind::NotFound, message, "Open the rotation again, and check the order that it waits for.")
        };
        let live = self.orders.iter_mut().find(|one| one.order == *order && one.is_live()).ok_or_else(not_there)?;
        let step = live.step;
        if step == RotationStep::Create && end == OrderEnd::Done && made.is_none() {
            return Err(refused(
                Kind::Unexpected,
                "it is not known what was made",
                "Look at the item at its place, then check the order once more.",
            ));
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
            (OrderEnd::Done, RotationStep::Switch) => self.come(moment),
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

    /// The users came to the new material. Until then they worked with the old one, so whoever said before that nothing
    /// needs it says so again.
    fn come(&mut self, moment: Option<Moment>) {
        self.used = self.used.take().or_else(|| moment.clone());
        (self.switched, self.unsure) = (moment, false);
        for run in &mut self.runs {
            run.off_back_path = None;
        }
    }

    fn join(&mut self, consumer: Consumer) -> Result<String> {
        let said = format!("{} was found and takes part.", consumer.name);
        match self.runs.iter_mut().find(|run| run.consumer.id == consumer.id) {
            None => self.runs.push(Run::new(consumer)),
            // How far it came is kept, so that it hears of it if the rotation is taken back. That it works is shown anew.
            Some(run) if run.left.is_some() => (run.left, run.verified, run.consumer) = (None, None, consumer),
            Some(_) => {
                return Err(refused(
                    Kind::Conflict,
                    "this consumer is part of the rotation already",
                    "Look at it among those who take part.",
                ));
            }
        }
        Ok(said)
    }

    fn turn_back(&mut self, now: Timestamp) {
        for run in 0..self.runs.len() {
            // Where the old key could be taken away already, that may have been done without being said.
            let gone = self.phase == Phase::Retire && self.may_go_from(&self.runs[run]).is_some_and(|at| now >= at);
            if let Some(seen) = &mut self.runs[run].watched {
                seen.looked = None;
                if gone {
                    (seen.has_old, seen.old_since) = (false, None);
                }
            }
        }
        self.rolled_from = Some(self.phase);
        self.unsure |= self.phase == Phase::Switch && self.switched.is_none() && !self.by_call();
        self.phase = Phase::RollingBack;
    }

    fn turn_forward(&mut self) {
        let was = self.rolled_from.take().unwrap_or(Phase::Create);
        let stayed = self.switched.is_some() && self.by_call();
        if self.switched.is_some() && !stayed {
            // They may have gone back already, without that being said.
            (self.switched, self.unsure) = (None, true);
        }
        for run in &mut self.runs {
            run.turn_forward(stayed);
        }
        self.phase = was;
        if !stayed {
            self.proof = None;
            let untold = self.taking_part().any(|run| run.state == StepState::Pending);
            self.phase = was.min(if untold { Phase::Distribute } else { Phase::Verify });
        }
    }

    fn run_mut(&mut self, id: &ConsumerId) -> Result<&mut Run> {
        self.runs.iter_mut().find(|run| run.consumer.id == *id).ok_or_else(|| {
            refused(Kind::NotFound, "this consumer is no part of the rotation", "Add it to the ledger first.")
        })
    }
}

impl Run {
    fn tried(&mut self, says: &str, actor: &str, at: Timestamp) {
        self.attempts.push(Attempt { at, actor: actor.to_owned(), state: self.state, says: says.to_owned() });
    }

    /// It goes on after all. `stayed` says that the users were at the new material all the while.
    fn turn_forward(&mut self, stayed: bool) {
        let told = self.told_back.take().is_some();
        // It may have been put back.
        self.old_removed = None;
        if !stayed {
            (self.verified, self.off_back_path, self.watched) = (None, None, None);
        }
        if self.state != StepState::Succeeded {
            self.slots = None;
        }
        // Who holds two keys keeps the new one for as long as the users are there.
        if told && !(stayed && self.consumer.kind.holds_two()) {
            (self.state, self.instances_done, self.verified, self.slots) = (StepState::Pending, 0, None, None);
        }
    }
}

impl Watched {
    fn see(&mut self, has_new: bool, has_old: bool, cache_seconds: u32, now: Timestamp) {
        let since = |before: Option<Timestamp>, has: bool| before.filter(|_| has).or(has.then_some(now));
        self.new_since = since(self.new_since, has_new);
        self.old_since = since(self.old_since, has_old);
        (self.looked, self.has_old) = (Some(now), has_old);
        // Who read before keeps what it read for as long as was said then.
        self.cache_seconds = self.cache_seconds.max(cache_seconds);
    }
}

fn one_each(consumers: &[Consumer]) -> Result<()> {
    let twice = consumers.iter().enumerate().find(|(at, one)| consumers[..*at].iter().any(|other| other.id == one.id));
    match twice {
        None => Ok(()),
        Some((_, consumer)) => Err(refused(
            Kind::Invalid,
            format!("{} is in the ledger twice", consumer.name),
            "Remove one of the two from the ledger.",
        )),
    }
}

fn refused(kind: Kind, message: impl Into<String>, next: &str) -> Error {
    Error::new(kind, GO_ON, message).with_refused_by("this app").with_next(next)
}
