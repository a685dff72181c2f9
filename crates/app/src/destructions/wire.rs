//! A destruction as the window and the shell see it.

use std::collections::BTreeMap;

use contract::{
    DestructionOrderWire, DestructionRow, DestructionSettings, DestructionWire, EvidenceWire, FindingWire, LockWire,
    RotationStepWire, WireError,
};
use destruction::{Destruction, DestructionOrder, Evidence, Finding, FindingKind, Move, Phase};
use domain::{DestructionStep, Kind, LastUse, Lock, Result, Standing, Timestamp, WaitDays};

use super::{Loaded, steps};
use crate::{
    App,
    rotations::{self, Read, connection_of, sentence},
    wire::{instant, lock, log, moment, order_end},
};

impl App {
    /// A destruction as it stands, with what was last read of its item.
    pub(super) async fn destruction_wire(&self, loaded: Loaded) -> Result<DestructionWire> {
        let Loaded { destruction, revision } = loaded;
        let of = &destruction;
        let now = Timestamp::now();
        let seen = match self.0.views.of(&of.id.0) {
            Some(seen) => seen,
            None => self.read_afresh(of).await,
        };
        let read = seen.read();
        let wait = read.as_ref().ok().and_then(|read| wait(read));
        let facts = read.as_ref().ok().and_then(|read| Some(read.destructions().ok()?.facts(&read.detail)));
        // What is gone, as it is to be, is no trouble.
        let gone = of.phase == Phase::Done || of.evidence.as_ref().is_some_and(|seen| seen.standing == Standing::Gone);
        let trouble = read.as_ref().err().filter(|error| !(gone && error.kind() == Kind::NotFound));
        Ok(DestructionWire {
            row: row(of, now),
            revision,
            environment: read.as_ref().ok().and_then(|read| read.found.connection.connection.environment.clone()),
            settings: settings(of),
            least_wait_days: wait.map(|wait| wait.least),
            most_wait_days: wait.map(|wait| wait.most),
            facts: facts.unwrap_or_default().iter().map(rotations::fact).collect(),
            evidence: of.evidence.as_ref().map(|evidence| evidence_wire(of, evidence, now)),
            disabled: of.disabled.as_ref().map(moment),
            soaks_until: of.soaks_until().map(instant),
            permitted: of.permitted.as_ref().map(moment),
            scheduled: of.scheduled.as_ref().map(|scheduled| moment(&scheduled.moment)),
            ended: of.ended.as_ref().map(moment),
            steps: DestructionStep::ALL.into_iter().map(|step| step_wire(of, &read, step, now)).collect(),
            locks: locks(of, now),
            orders: of.orders.iter().map(order).collect(),
            log: of.log.iter().map(log).collect(),
            trouble: trouble.map(WireError::from),
        })
    }
}

/// One destruction in a list.
pub(super) fn row(of: &Destruction, now: Timestamp) -> DestructionRow {
    let waits = waits_for(of, now);
    DestructionRow {
        id: of.id.0.clone(),
        reference: of.reference.clone(),
        name: of.name.clone(),
        connection: connection_of(&of.reference),
        phase: of.phase.word().to_owned(),
        over: of.phase.is_over(),
        until: waits.as_ref().and_then(|lock| lock.until).map(instant),
        waits_for: waits.map(|lock| sentence(&lock.because)).unwrap_or_default(),
        begun: instant(of.begun),
        ends: of.scheduled.as_ref().and_then(|scheduled| scheduled.until).map(instant),
    }
}

/// What is in the way of the next thing that brings it on.
fn waits_for(of: &Destruction, now: Timestamp) -> Option<Lock> {
    let ready =
        |because: &str, until| Some(Lock { because: because.to_owned(), next: "A person goes on.".to_owned(), until });
    let next = match of.phase {
        Phase::Done | Phase::Kept => return None,
        Phase::Waiting if of.live_order().is_none() => {
            let until = of.scheduled.as_ref().and_then(|scheduled| scheduled.until).filter(|until| now < *until);
            return match until {
                Some(_) => ready("it waits for its destruction, and can be called back", until),
                None => ready("its time is over: look whether it is gone", None),
            };
        }
        Phase::Disable if of.has(DestructionStep::Disable) => Move::Order(DestructionStep::Disable),
        Phase::Schedule if of.has(DestructionStep::Permit) && of.permitted.is_none() => {
            Move::Order(DestructionStep::Permit)
        }
        Phase::Schedule if of.has(DestructionStep::Schedule) => Move::Order(DestructionStep::Schedule),
        Phase::Schedule => Move::Order(DestructionStep::Destroy),
        Phase::Evidence | Phase::Disable | Phase::Soak | Phase::Waiting => Move::GoOn,
    };
    of.lock(&next, now).or_else(|| ready("nothing is in the way: a person goes on", None))
}

fn wait(read: &Read) -> Option<WaitDays> {
    read.destructions().ok()?.wait(&read.detail)
}

fn settings(of: &Destruction) -> DestructionSettings {
    let of = &of.settings;
    DestructionSettings {
        reason: of.reason.clone(),
        window_days: of.window_days,
        soak_days: of.soak_days,
        wait_days: of.wait_days,
    }
}

fn evidence_wire(of: &Destruction, evidence: &Evidence, now: Timestamp) -> EvidenceWire {
    let in_the_way = evidence.in_the_way(of.window_begins(now));
    let unknown = in_the_way.iter().filter(|finding| finding.kind == FindingKind::Use);
    let (last_use, says, at) = last_use(&evidence.last_use);
    EvidenceWire {
        at: instant(evidence.at),
        actor: evidence.actor.clone(),
        holds_until: instant(evidence.holds_until()),
        standing: standing(evidence.standing).to_owned(),
        last_use: last_use.to_owned(),
        last_use_says: says,
        last_use_at: at.map(instant),
        source: evidence.source.clone(),
        findings: unknown.chain(&evidence.findings).map(|finding| finding_wire(of, finding)).collect(),
    }
}

fn finding_wire(of: &Destruction, finding: &Finding) -> FindingWire {
    FindingWire {
        id: finding.id.clone(),
        kind: finding.kind.word().to_owned(),
        says: finding.says.clone(),
        source: finding.source.clone(),
        blocks: finding.kind.blocks(),
        said: of.said_of(&finding.id).map(|said| moment(&said.moment)),
    }
}

/// The last use as a word, a sentence and a time.
pub(super) fn last_use(last: &LastUse) -> (&'static str, String, Option<Timestamp>) {
    match last {
        LastUse::Used { at, by_day, operation, by } => {
            let when = if *by_day {
                at.strftime("%Y-%m-%d, which is all that is told")
            } else {
                at.strftime("%Y-%m-%d %H:%M:%S UTC")
            };
            let what = operation.as_ref().map(|operation| format!(" for {operation}")).unwrap_or_default();
            let by = by.as_ref().map(|by| format!(" ({by})")).unwrap_or_default();
            ("used", format!("It was last used{what} on {when}{by}."), Some(*at))
        }
        LastUse::NotSince { since, whole_life: true } => {
            ("not-since", "It was never used since it was made.".to_owned(), Some(*since))
        }
        LastUse::NotSince { since, whole_life: false } => {
            let since_day = since.strftime("%Y-%m-%d");
            let says = format!(
                "It was not used since {since_day}, when its use began to be written down; of the time before nothing is known."
            );
            ("not-since", says, Some(*since))
        }
        LastUse::Untold { because } => ("untold", because.clone(), None),
    }
}

pub(super) fn standing(of: Standing) -> &'static str {
    match of {
        Standing::Gone => "gone",
        Standing::InUse => "in-use",
        Standing::Pending { .. } => "pending",
        Standing::Stopped => "stopped",
    }
}

fn step_wire(of: &Destruction, read: &Result<&Read>, step: DestructionStep, now: Timestamp) -> RotationStepWire {
    let absent = read.as_ref().ok().and_then(|read| match steps::stroke(of, read, step) {
        Err(error) if error.kind() == Kind::Unsupported => Some(sentence(error.message())),
        Ok(_) | Err(_) => None,
    });
    RotationStepWire { step: step.word().to_owned(), absent, lock: of.lock(&Move::Order(step), now).map(lock) }
}

fn locks(of: &Destruction, now: Timestamp) -> BTreeMap<String, LockWire> {
    let moves = [
        ("acknowledge", Move::Acknowledge),
        ("finish", Move::Finish),
        ("go-on", Move::GoOn),
        ("keep", Move::Keep),
        ("look", Move::Look),
        ("settle", Move::Settle),
        ("start-over", Move::StartOver),
    ];
    let locked = moves.into_iter().filter_map(|(word, what)| Some((word, of.lock(&what, now)?)));
    locked.map(|(word, why)| (word.to_owned(), lock(why))).collect()
}

fn order(order: &DestructionOrder) -> DestructionOrderWire {
    let (state, because) = order_end(order.end.as_ref());
    DestructionOrderWire {
        step: order.step.word().to_owned(),
        order: order.order.0.clone(),
        at: instant(order.at),
        part: order.part.clone().filter(|part| !part.is_empty()),
        state: state.to_owned(),
        because,
    }
}
