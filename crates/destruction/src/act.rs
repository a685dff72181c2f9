//! What can happen to a destruction, and what it becomes by that.

use domain::{DestructionStep, Error, Kind, Log, Moment, OrderEnd, OrderId, Result, Standing, Timestamp};

use crate::{Acknowledged, Destruction, DestructionOrder, Evidence, Move, Phase, Scheduled, Settings};

const GO_ON: &str = "go on with the destruction";

/// Something that a person did, or that was found out.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// The settings.
    Settle(Settings),
    /// What was found when somebody looked, and the steps that the place has not for the item.
    Look(Evidence, Vec<DestructionStep>),
    /// Why something that was found is not in the way: its name, and the reason.
    Acknowledge(String, String),
    /// That is taken back.
    Withdraw(String),
    /// On to the next phase.
    GoOn,
    /// An order is about to be confirmed.
    TakeOrder {
        /// For which step.
        step: DestructionStep,
        /// Its number.
        order: OrderId,
        /// Which part of the item it is about.
        part: Option<String>,
        /// Whether there is no way back from it.
        is_final: bool,
    },
    /// It became known how an order ended.
    EndOrder {
        /// Which.
        order: OrderId,
        /// How.
        end: OrderEnd,
        /// How the item stands after it; only if it is done.
        after: Option<After>,
    },
    /// Back to the evidence, because.
    StartOver(String),
    /// The item is gone; anything to keep with it.
    Finish(String),
    /// The item is kept, because.
    Keep(String),
}

/// How the item stands after a step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct After {
    /// How.
    pub standing: Standing,
    /// Whether the step has another part to go.
    pub rest: bool,
}

impl Act {
    /// What is asked of the locks before it.
    fn wants(&self) -> Move {
        match self {
            Self::Acknowledge(..) | Self::Withdraw(_) => Move::Acknowledge,
            Self::EndOrder { .. } => Move::EndOrder,
            Self::Finish(_) => Move::Finish,
            Self::GoOn => Move::GoOn,
            Self::Keep(_) => Move::Keep,
            Self::Look(..) => Move::Look,
            Self::Settle(_) => Move::Settle,
            Self::StartOver(_) => Move::StartOver,
            Self::TakeOrder { step, .. } => Move::Order(*step),
        }
    }

    /// What a person has to write with it, if anything.
    fn reason(&self) -> Option<&str> {
        match self {
            Self::Acknowledge(_, text) | Self::Keep(text) | Self::StartOver(text) => Some(text),
            Self::EndOrder { .. }
            | Self::Finish(_)
            | Self::GoOn
            | Self::Look(..)
            | Self::Settle(_)
            | Self::TakeOrder { .. }
            | Self::Withdraw(_) => None,
        }
    }
}

impl Destruction {
    /// What the destruction becomes by `act`. It itself stays as it is.
    ///
    /// # Errors
    /// `Conflict` with the reason if the act is locked, `Invalid` if it comes without its reason, `NotFound` for a finding
    /// or an order that is not part of it.
    pub fn apply(&self, act: Act, actor: &str, now: Timestamp) -> Result<Self> {
        if let Some(lock) = self.lock(&act.wants(), now) {
            return Err(lock.refuses(GO_ON));
        }
        if act.reason().is_some_and(|text| text.trim().is_empty()) {
            return Err(refused(
                Kind::Invalid,
                "it is not said why",
                "Write the reason in a few words; it is kept with the destruction.",
            ));
        }
        let mut next = self.clone();
        let says = next.become_by(act, actor, now)?;
        next.log.push(Log { at: now, actor: actor.to_owned(), says });
        Ok(next)
    }

    fn become_by(&mut self, act: Act, actor: &str, now: Timestamp) -> Result<String> {
        let moment = |evidence: String| Moment { at: now, actor: actor.to_owned(), evidence };
        Ok(match act {
            Act::Settle(settings) => {
                let (window, soak) = (settings.window_days, settings.soak_days);
                self.settings = settings;
                format!(
                    "Settled: a use in the last {window} days is in the way, and nobody touches it for {soak} days."
                )
            }
            Act::Look(evidence, lacks) => {
                (self.evidence, self.lacks) = (Some(evidence), lacks);
                "Somebody looked who uses it.".to_owned()
            }
            Act::Acknowledge(finding, reason) => self.acknowledge(finding, moment(reason), now)?,
            Act::Withdraw(finding) => {
                let before = self.acknowledged.len();
                self.acknowledged.retain(|said| said.finding != finding);
                if self.acknowledged.len() == before {
                    return Err(unknown_finding());
                }
                "What was said of a finding was taken back.".to_owned()
            }
            Act::GoOn => self.go_on_by(moment),
            Act::TakeOrder { step, order, part, is_final } => {
                if self.orders.iter().any(|one| one.order == order) {
                    return Err(refused(
                        Kind::Conflict,
                        format!("order {order} is part of this destruction already"),
                        "Plan the step anew: every order has a number of its own.",
                    ));
                }
                let said = format!("Order {order} was taken up: {}.", step.word());
                self.orders.push(DestructionOrder { step, order, at: now, part, is_final, end: None });
                said
            }
            Act::EndOrder { order, end, after } => self.end_order(&order, end, after, moment)?,
            Act::StartOver(reason) => {
                self.begin_anew();
                format!("Started over: {reason}")
            }
            Act::Finish(text) => {
                (self.phase, self.ended) = (Phase::Done, Some(moment(text)));
                "The item is gone.".to_owned()
            }
            Act::Keep(reason) => {
                let stays = match (self.stopped.is_empty(), &self.permitted) {
                    (false, _) => " It stays disabled.",
                    (true, Some(_)) => " Its deletion stays allowed.",
                    (true, None) => "",
                };
                let said = format!("The item is kept.{stays}");
                (self.phase, self.ended) = (Phase::Kept, Some(moment(reason)));
                said
            }
        })
    }

    fn acknowledge(&mut self, finding: String, moment: Moment, now: Timestamp) -> Result<String> {
        let window = self.window_begins(now);
        let found = self.evidence.iter().flat_map(|evidence| evidence.in_the_way(window));
        let Some(found) = found.into_iter().find(|one| one.id == finding) else { return Err(unknown_finding()) };
        let said = format!("Not in the way: {} Because: {}", found.says, moment.evidence);
        self.acknowledged.retain(|said| said.finding != finding);
        self.acknowledged.push(Acknowledged { finding, says: found.says, moment });
        Ok(said)
    }

    fn go_on_by(&mut self, moment: impl Fn(String) -> Moment) -> String {
        match self.phase {
            Phase::Evidence => self.phase = Phase::Disable,
            Phase::Disable => {
                let stopped = self.evidence.as_ref().is_some_and(|seen| seen.standing == Standing::Stopped);
                if stopped {
                    self.disabled = Some(moment("it was disabled already".to_owned()));
                }
                self.watched = Some(moment(String::new()));
                self.phase = Phase::Soak;
            }
            Phase::Soak => self.phase = Phase::Schedule,
            Phase::Schedule | Phase::Waiting | Phase::Done | Phase::Kept => {}
        }
        format!("On to {}.", self.phase.word())
    }

    fn end_order(
        &mut self,
        order: &OrderId,
        end: OrderEnd,
        after: Option<After>,
        moment: impl Fn(String) -> Moment,
    ) -> Result<String> {
        let Some(found) = self.orders.iter_mut().find(|one| one.order == *order && one.end.is_none()) else {
            return Err(refused(Kind::NotFound, format!("order {order} is not out"), "Look at where it is now."));
        };
        let (step, part, is_final) = (found.step, found.part.clone(), found.is_final);
        found.end = Some(end.clone());
        match end {
            OrderEnd::Done => {}
            OrderEnd::NotDone { because } => return Ok(format!("Order {order} was not done: {because}")),
            OrderEnd::NeverSent => return Ok(format!("Order {order} was never sent.")),
        }
        self.stepped(step, part, is_final, after, moment(format!("order {order}")));
        Ok(format!("Order {order} is done: {}.", step.word()))
    }

    fn stepped(
        &mut self,
        step: DestructionStep,
        part: Option<String>,
        is_final: bool,
        after: Option<After>,
        moment: Moment,
    ) {
        let rest = after.is_some_and(|after| after.rest);
        match step {
            DestructionStep::Disable => {
                let part = part.unwrap_or_default();
                if !self.stopped.contains(&part) {
                    self.stopped.push(part);
                }
                if !rest {
                    (self.disabled, self.watched) = (Some(moment.clone()), Some(moment));
                    self.phase = Phase::Soak;
                }
            }
            DestructionStep::Enable if rest => {}
            DestructionStep::Enable => {
                self.stopped.clear();
                self.begin_anew();
            }
            DestructionStep::Permit => self.permitted = Some(moment),
            DestructionStep::Forbid => self.permitted = None,
            DestructionStep::Schedule if is_final => (self.phase, self.ended) = (Phase::Done, Some(moment)),
            DestructionStep::Schedule => {
                let until = match after.map(|after| after.standing) {
                    Some(Standing::Pending { at }) => at,
                    Some(Standing::Gone | Standing::InUse | Standing::Stopped) | None => None,
                };
                (self.phase, self.scheduled) = (Phase::Waiting, Some(Scheduled { moment, until }));
            }
            DestructionStep::Cancel => (self.phase, self.scheduled) = (Phase::Schedule, None),
            DestructionStep::Destroy => (self.phase, self.ended) = (Phase::Done, Some(moment)),
        }
        if let (Some(after), Some(evidence)) = (after, &mut self.evidence) {
            evidence.standing = after.standing;
        }
    }

    /// What was said of the findings is said anew: time has passed, and the reason for going back may be one of them. What
    /// was disabled here stays known, so that it can be enabled.
    fn begin_anew(&mut self) {
        self.phase = Phase::Evidence;
        (self.disabled, self.watched, self.scheduled) = (None, None, None);
        self.acknowledged.clear();
    }
}

fn unknown_finding() -> Error {
    refused(Kind::NotFound, "nothing of that name is in the way", "Look at what was found last.")
}

fn refused(kind: Kind, message: impl Into<String>, next: &str) -> Error {
    Error::new(kind, GO_ON, message).with_refused_by("this app").with_next(next)
}
