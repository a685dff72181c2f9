//! One consumer of a rotation as the window and the shell see it.

use std::time::Duration;

use contract::{AttemptWire, InstructionWire, InstructionsWire, RunWire, SlotsWire, WatchedWire, WireError};
use domain::{Result, Timestamp};
use rotation::{Instruction, Material, Move, Rotation, Run, StepState, message};

use super::{Keys, moment};
use crate::{
    consumers::{check_word, consumer_wire},
    wire::instant,
};

pub(super) fn run(rotation: &Rotation, keys: &Keys, run: &Run) -> RunWire {
    let material = keys.material(rotation, run);
    let (consumer, kind) = (&run.consumer, run.consumer.kind);
    RunWire {
        consumer: consumer_wire(consumer),
        state: state(run.state).to_owned(),
        attempts: run
            .attempts
            .iter()
            .map(|attempt| AttemptWire {
                at: instant(attempt.at),
                actor: attempt.actor.clone(),
                state: state(attempt.state).to_owned(),
                says: attempt.says.clone(),
            })
            .collect(),
        instances_done: run.instances_done,
        verified: run.verified.as_ref().map(moment),
        on_back_path: run.is_on_back_path(),
        off_back_path: run.off_back_path.as_ref().map(moment),
        holds_two: kind.holds_two(),
        old_removed: run.old_removed.as_ref().map(moment),
        told_back: run.told_back.as_ref().map(moment),
        left: run.left.as_ref().map(moment),
        check: check_word(kind.check()).to_owned(),
        slots: run.slots.as_ref().map(|slots| SlotsWire {
            set: slots.set.clone(),
            keeps: slots.keeps.clone(),
            replaces: slots.replaces.clone(),
        }),
        watched: run.watched.as_ref().map(|seen| {
            let cache = Duration::from_secs(seen.cache_seconds.into());
            let known = seen.new_since.map(|since| since.checked_add(cache).unwrap_or(Timestamp::MAX));
            WatchedWire {
                looked: seen.looked.map(instant),
                new_since: seen.new_since.map(instant),
                has_old: seen.has_old,
                known_at: known.map(instant),
            }
        }),
        update: instructions(consumer.update(&material)),
        removal: removal(rotation, run, &material),
        back: instructions(consumer.go_back(&material)),
        message: message(consumer, &material),
    }
}

/// What takes the old key away is not handed out before that may be done: its clients may still sign with it.
fn removal(rotation: &Rotation, run: &Run, material: &Material<'_>) -> InstructionsWire {
    let removing = Move::RemoveOld(run.consumer.id.clone());
    match rotation.lock(&removing, Timestamp::now()).filter(|_| run.consumer.kind.holds_two()) {
        None => instructions(run.consumer.remove_old(material)),
        Some(_) if run.old_removed.is_some() => instructions(Ok(Vec::new())),
        Some(lock) => instructions(Err(lock.refuses("take the old key away"))),
    }
}

fn instructions(texts: Result<Vec<Instruction>>) -> InstructionsWire {
    match texts {
        Err(error) => InstructionsWire { texts: Vec::new(), missing: Some(WireError::from(&error)) },
        Ok(texts) => InstructionsWire {
            texts: texts
                .into_iter()
                .map(|one| InstructionWire { label: one.label, text: one.text, proof: one.proof })
                .collect(),
            missing: None,
        },
    }
}

fn state(state: StepState) -> &'static str {
    match state {
        StepState::Failed => "FAILED",
        StepState::InProgress => "IN_PROGRESS",
        StepState::Pending => "PENDING",
        StepState::Succeeded => "SUCCEEDED",
    }
}
