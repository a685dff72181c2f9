//! An order: a reviewed plan that stands in the journal, and how its steps go out one by one.
//!
//! `Order --send--> (Sending, Sent)`, `Sent --observed, settle--> Stage`. Each arrow writes a record before it is true.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use super::{Event, Ledger, Note, OrderId, Plan, Record, Reviewed, Step};
use crate::{Changed, Error, Kind, Result, Secret, SecretAnswers, Timestamp};

const CARRY_OUT: &str = "carry out the change";

/// An order whose next step may be sent. Made by writing down a review, or read back from the journal.
#[derive(Debug)]
pub struct Order(Journalled);

/// The right to send one step, once. Used up by the call; made only by [`Order::send`].
#[derive(Debug)]
pub struct Sending {
    performed: Performed,
    secrets: Arc<SecretAnswers>,
}

/// An order one of whose steps is out.
#[derive(Debug)]
pub struct Sent {
    order: Journalled,
    at: Timestamp,
    /// Whether the provider said that it is done.
    answered: bool,
}

/// A step that was sent, for the reading that tells what became of it.
#[derive(Clone, Debug)]
pub struct Performed {
    /// Of which order.
    pub order: OrderId,
    /// The step.
    pub step: Step,
    /// What this and the earlier steps made, as far as known, by name.
    pub results: BTreeMap<String, String>,
    /// When it was sent, by this computer's clock.
    pub sent: Timestamp,
}

/// How a call ended. A change has three ends, not two.
#[derive(Debug)]
pub enum Outcome {
    /// The provider said that it is done.
    Done {
        /// The provider's request id.
        request_id: Option<String>,
        /// What was made, by name: `KeyId`, `version`. Nothing secret.
        results: BTreeMap<String, String>,
    },
    /// The provider said no; nothing was changed.
    Refused(Error),
    /// No answer that could be understood came back: it may have happened or not.
    Unknown(Error),
}

/// What a reading says about a step that was sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// It happened, once.
    Done {
        /// What was read, as a sentence.
        evidence: String,
        /// What was made, by name, where the answer with it was lost.
        results: BTreeMap<String, String>,
    },
    /// Everything is as before.
    NotDone {
        /// What was read, as a sentence.
        evidence: String,
    },
    /// It cannot be told: somebody else changed the same thing, or there is more than one candidate.
    Unclear {
        /// What was read, as a sentence, with every candidate by name.
        evidence: String,
    },
}

/// How far an order is.
#[derive(Debug)]
pub enum Stage {
    /// Its next step may be sent.
    Ready(Order),
    /// A step is out, and what became of it is not settled.
    Out(Sent),
    /// Every step is verified.
    Finished,
    /// It ended before its last step.
    Abandoned(Note),
}

#[derive(Debug)]
struct Journalled {
    id: OrderId,
    connection: String,
    place: String,
    plan: Arc<Plan>,
    next: usize,
    results: BTreeMap<String, String>,
}

impl Order {
    /// Writes a reviewed plan down. From here on it is an order.
    ///
    /// # Errors
    /// What the ledger says; then nothing was sent and nothing may be.
    pub fn write_down(
        ledger: &dyn Ledger,
        id: OrderId,
        connection: &str,
        place: &str,
        actor: &str,
        reviewed: Reviewed,
    ) -> Result<Self> {
        let plan = reviewed.plan().clone();
        ledger.append(Event::Intent {
            order: id.clone(),
            connection: connection.to_owned(),
            place: place.to_owned(),
            actor: actor.to_owned(),
            plan: plan.clone(),
        })?;
        let (connection, place) = (connection.to_owned(), place.to_owned());
        Ok(Self(Journalled { id, connection, place, plan: Arc::new(plan), next: 0, results: BTreeMap::new() }))
    }

    /// Writes down that the next step is going out, and hands out the right to send it.
    ///
    /// # Errors
    /// What the ledger says; then nothing was sent and nothing may be.
    pub fn send(self, ledger: &dyn Ledger, secrets: Arc<SecretAnswers>) -> Result<(Sending, Sent)> {
        let step = self.0.step()?.clone();
        if let Some(missing) = step.secrets.iter().find(|name| !secrets.contains_key(*name)) {
            return Err(Error::new(
                Kind::Conflict,
                CARRY_OUT,
                format!("the secret value \"{missing}\" is not known any more"),
            )
            .with_refused_by("this app")
            .with_next("Give the order up, then make the change anew."));
        }
        let record = ledger.append(Event::Sent { order: self.0.id.clone(), step: self.0.next })?;
        let sent = Sent { order: self.0, at: record.at, answered: false };
        Ok((Sending { performed: sent.performed()?, secrets }, sent))
    }

    /// Gives up what has not been sent.
    ///
    /// # Errors
    /// What the ledger says.
    pub fn abandon(self, ledger: &dyn Ledger, because: &Error) -> Result<Note> {
        self.0.abandon(ledger, because)
    }

    /// Its number.
    pub fn id(&self) -> &OrderId {
        &self.0.id
    }

    /// The connection it is for.
    pub fn connection(&self) -> &str {
        &self.0.connection
    }

    /// Where that led when it was confirmed.
    pub fn place(&self) -> &str {
        &self.0.place
    }

    /// What it carries out.
    pub fn plan(&self) -> &Plan {
        &self.0.plan
    }

    /// The step that is next, from 0.
    pub fn next(&self) -> usize {
        self.0.next
    }
}

impl Sending {
    /// What is to be sent: the operation and its parameters, and nothing else.
    pub fn step(&self) -> &Step {
        &self.performed.step
    }

    /// The parameters.
    pub fn parameters(&self) -> &Value {
        &self.performed.step.parameters
    }

    /// What an earlier step of the order made.
    pub fn result(&self, name: &str) -> Option<&str> {
        self.performed.results.get(name).map(String::as_str)
    }

    /// A secret answer that the step names.
    pub fn secret(&self, name: &str) -> Option<&Secret> {
        self.secrets.get(name)
    }

    /// The order it belongs to.
    pub fn order(&self) -> &OrderId {
        &self.performed.order
    }
}

impl Sent {
    /// Its order's number.
    pub fn id(&self) -> &OrderId {
        &self.order.id
    }

    /// The connection it is for.
    pub fn connection(&self) -> &str {
        &self.order.connection
    }

    /// Where that led when it was confirmed.
    pub fn place(&self) -> &str {
        &self.order.place
    }

    /// What it carries out.
    pub fn plan(&self) -> &Plan {
        &self.order.plan
    }

    /// Whether the provider answered that it is done.
    pub fn answered(&self) -> bool {
        self.answered
    }

    /// What a reading needs to tell what became of it.
    ///
    /// # Errors
    /// `Unexpected` if the journal names a step that the plan has not.
    pub fn performed(&self) -> Result<Performed> {
        Ok(Performed {
            order: self.order.id.clone(),
            step: self.order.step()?.clone(),
            results: self.order.results.clone(),
            sent: self.at,
        })
    }

    /// Takes down how the call ended. A refusal ends the order.
    ///
    /// # Errors
    /// What the ledger says. The step is out all the same; the next start reads what became of it.
    pub fn observed(mut self, ledger: &dyn Ledger, outcome: &Outcome) -> Result<Stage> {
        let (order, step) = (self.order.id.clone(), self.order.next);
        match outcome {
            Outcome::Done { request_id, results } => {
                let (request_id, made) = (request_id.clone(), results.clone());
                ledger.append(Event::Observed { order, step, request_id, results: made })?;
                self.order.results.extend(results.clone());
                self.answered = true;
                Ok(Stage::Out(self))
            }
            Outcome::Refused(error) => Ok(Stage::Abandoned(self.order.abandon(ledger, error)?)),
            Outcome::Unknown(error) => Ok(Stage::Out(self.unknown(ledger, error)?)),
        }
    }

    /// Takes down that it is not known what became of the step.
    ///
    /// # Errors
    /// What the ledger says.
    pub fn unknown(self, ledger: &dyn Ledger, error: &Error) -> Result<Self> {
        let (order, step) = (self.order.id.clone(), self.order.next);
        ledger.append(Event::Unknown { order, step, note: Note::from(error) })?;
        Ok(self)
    }

    /// Takes down what a reading found. `NotDone` ends the order; `Unclear`, and `NotDone` against an answer that said
    /// it was done, leave it unknown.
    ///
    /// # Errors
    /// What the ledger says.
    pub fn settle(mut self, ledger: &dyn Ledger, finding: Finding) -> Result<Stage> {
        match finding {
            Finding::Done { evidence, results } => {
                let (order, step) = (self.order.id.clone(), self.order.next);
                ledger.append(Event::Verified { order, step, evidence, results: results.clone() })?;
                self.order.results.extend(results);
                self.order.next += 1;
                Ok(self.order.stage())
            }
            Finding::NotDone { evidence } if !self.answered => {
                let because = Error::new(Kind::Interrupted, CARRY_OUT, format!("the step did not happen: {evidence}"))
                    .with_next("If it is still wanted, make the change again: it is not repeated by itself.");
                Ok(Stage::Abandoned(self.order.abandon(ledger, &because)?))
            }
            Finding::NotDone { evidence } => {
                let error = Error::new(
                    Kind::Conflict,
                    CARRY_OUT,
                    format!("the provider said that it is done, but a reading does not show it: {evidence}"),
                )
                .with_changed(Changed::Unknown)
                .with_next("Check again in a minute; some places show a change late.");
                Ok(Stage::Out(self.unknown(ledger, &error)?))
            }
            Finding::Unclear { evidence } => {
                let error = Error::new(Kind::Conflict, CARRY_OUT, evidence)
                    .with_changed(Changed::Unknown)
                    .with_next("Look at what is named here, at the provider's own audit log, then check again.");
                Ok(Stage::Out(self.unknown(ledger, &error)?))
            }
        }
    }
}

impl Stage {
    /// Reads how far an order is from its records.
    ///
    /// # Errors
    /// `NotFound` if the journal has no such order, `Unexpected` if its records do not follow from each other.
    pub fn read(ledger: &dyn Ledger, id: &OrderId) -> Result<Self> {
        let records = ledger.history(id)?;
        Self::of(&records).ok_or_else(|| match records.is_empty() {
            true => Error::new(Kind::NotFound, "read the order", format!("the journal has no order {id}")),
            false => {
                Error::new(Kind::Unexpected, "read the order", format!("the records of order {id} do not fit together"))
                    .with_next("Run `claviger journal verify`.")
            }
        })
    }

    /// How far the order of these records is; `None` if they do not follow from each other.
    pub fn of(records: &[Record]) -> Option<Self> {
        let (first, rest) = records.split_first()?;
        let Event::Intent { order, connection, place, plan, .. } = &first.event else { return None };
        let (id, connection, place) = (order.clone(), connection.clone(), place.clone());
        let plan = Arc::new(plan.clone());
        let order = Journalled { id, connection, place, plan, next: 0, results: BTreeMap::new() };
        let mut stage = order.stage();
        for record in rest {
            stage = stage.followed_by(record)?;
        }
        Some(stage)
    }

    fn followed_by(self, record: &Record) -> Option<Self> {
        match (self, &record.event) {
            (Self::Ready(Order(order)), Event::Sent { step, .. }) if *step == order.next => {
                Some(Self::Out(Sent { order, at: record.at, answered: false }))
            }
            (Self::Ready(Order(order)), Event::Abandoned { step, note, .. }) if *step == order.next => {
                Some(Self::Abandoned(note.clone()))
            }
            (Self::Out(mut sent), event) => match event {
                Event::Observed { step, results, .. } if *step == sent.order.next => {
                    sent.order.results.extend(results.clone());
                    sent.answered = true;
                    Some(Self::Out(sent))
                }
                Event::Unknown { step, .. } if *step == sent.order.next => Some(Self::Out(sent)),
                Event::Abandoned { step, note, .. } if *step == sent.order.next => Some(Self::Abandoned(note.clone())),
                Event::Verified { step, results, .. } if *step == sent.order.next => {
                    sent.order.results.extend(results.clone());
                    sent.order.next += 1;
                    Some(sent.order.stage())
                }
                _ => None,
            },
            _ => None,
        }
    }
}

impl Journalled {
    fn step(&self) -> Result<&Step> {
        self.plan.steps.get(self.next).ok_or_else(|| {
            Error::new(Kind::Unexpected, CARRY_OUT, format!("order {} has no step {}", self.id, self.next + 1))
        })
    }

    fn stage(self) -> Stage {
        if self.next < self.plan.steps.len() { Stage::Ready(Order(self)) } else { Stage::Finished }
    }

    /// Says what earlier steps of the order did change.
    fn abandon(self, ledger: &dyn Ledger, because: &Error) -> Result<Note> {
        let mut note = Note::from(because);
        let done = self.plan.steps.iter().take(self.next).map(|step| format!("{}: done.", step.says));
        note.changed.splice(0..0, done);
        ledger.append(Event::Abandoned { order: self.id, step: self.next, note: note.clone() })?;
        Ok(note)
    }
}
