//! Records of the chain as one entry of the window.

use contract::{ChangedWire, JournalEntry, OrderState, OrderStep, OrderWire, RecordWire, UndoWire, WireError};
use domain::{Event, ItemKey, ItemRef, Note, OrderId, Plan, Record, Result, Stage};
use journal::Chained;

use crate::{changes, wire::instant};

/// The entry of these records; `None` if they are not an entry. `is_held` tells whether somebody carries the order out.
pub(super) fn of(records: &[Chained], is_held: impl Fn(&OrderId) -> Result<bool>) -> Result<Option<JournalEntry>> {
    let Some(first) = records.first() else { return Ok(None) };
    let (sequence, at) = (first.sequence, instant(first.record.at));
    Ok(match &first.record.event {
        Event::Accepted { because } => Some(JournalEntry::Accepted { sequence, at, because: because.clone() }),
        Event::Told { connection, reference, rotation, consumer, target, end } => Some(JournalEntry::Told {
            sequence,
            at,
            connection: connection.clone(),
            reference: reference.clone(),
            rotation: rotation.clone(),
            consumer: consumer.clone(),
            target: target.clone(),
            done: end.as_ref().map(|end| end.done),
            says: end.as_ref().map(|end| end.says.clone()).unwrap_or_default(),
        }),
        Event::WriteMode { connection, until } => {
            Some(JournalEntry::WriteMode { sequence, at, connection: connection.clone(), until: until.map(instant) })
        }
        Event::Intent { order, connection, actor, plan, .. } => {
            let plain: Vec<Record> = records.iter().map(|one| one.record.clone()).collect();
            let state = match Stage::of(&plain) {
                Some(Stage::Finished) => OrderState::Done,
                Some(Stage::Abandoned(_)) => OrderState::Abandoned,
                Some(Stage::Out(_) | Stage::Ready(_)) if is_held(order)? => OrderState::Running,
                Some(Stage::Ready(_)) => OrderState::Paused,
                // Records that do not fit together tell nothing for sure.
                Some(Stage::Out(_)) | None => OrderState::Unknown,
            };
            let order = OrderWire {
                order: order.0.clone(),
                sequence,
                at,
                connection: connection.clone(),
                actor: actor.clone(),
                ask: plan.ask.word().to_owned(),
                title: plan.title.clone(),
                reference: reference(connection, plan, &plain),
                state,
                steps: steps(plan, &plain),
                error: error(state, &plain),
                undo: if state == OrderState::Done { changes::undo(plan) } else { UndoWire::No },
                records: records.iter().map(record).collect(),
            };
            Some(JournalEntry::Order { order: Box::new(order) })
        }
        Event::Abandoned { .. }
        | Event::Observed { .. }
        | Event::Sent { .. }
        | Event::Unknown { .. }
        | Event::Verified { .. } => None,
    })
}

/// What was made, or else what the plan is about.
fn reference(connection: &str, plan: &Plan, records: &[Record]) -> Option<String> {
    let made = records.iter().rev().find_map(|record| {
        let (Event::Verified { results, .. } | Event::Observed { results, .. }) = &record.event else { return None };
        let key = ItemKey::new(results.get("vault")?.clone(), results.get("item")?.clone());
        Some(ItemRef { connection: connection.to_owned(), key })
    });
    made.or_else(|| changes::reference(connection, plan)).map(|reference| reference.to_string())
}

fn steps(plan: &Plan, records: &[Record]) -> Vec<OrderStep> {
    let mut steps: Vec<OrderStep> = plan
        .steps
        .iter()
        .map(|step| OrderStep {
            says: step.says.clone(),
            operation: step.operation.clone(),
            command: step.command.clone(),
            state: "intent".to_owned(),
            evidence: None,
            request_id: None,
        })
        .collect();
    for record in records {
        let number = match &record.event {
            Event::Abandoned { step, .. }
            | Event::Observed { step, .. }
            | Event::Sent { step, .. }
            | Event::Unknown { step, .. }
            | Event::Verified { step, .. } => *step,
            Event::Accepted { .. } | Event::Intent { .. } | Event::Told { .. } | Event::WriteMode { .. } => continue,
        };
        let Some(step) = steps.get_mut(number) else { continue };
        step.state = word(&record.event).to_owned();
        match &record.event {
            Event::Observed { request_id, .. } => step.request_id.clone_from(request_id),
            Event::Verified { evidence, .. } => step.evidence = Some(evidence.clone()),
            Event::Unknown { note, .. } | Event::Abandoned { note, .. } if note.request_id.is_some() => {
                step.request_id.clone_from(&note.request_id);
            }
            Event::Abandoned { .. }
            | Event::Accepted { .. }
            | Event::Intent { .. }
            | Event::Sent { .. }
            | Event::Unknown { .. }
            | Event::Told { .. }
            | Event::WriteMode { .. } => {}
        }
    }
    steps
}

fn error(state: OrderState, records: &[Record]) -> Option<WireError> {
    let last = records.iter().rev().find_map(|record| match &record.event {
        Event::Abandoned { note, .. } => Some((note, false)),
        Event::Unknown { note, .. } => Some((note, true)),
        _ => None,
    });
    match (state, last) {
        (OrderState::Abandoned | OrderState::Unknown, Some((note, unknown))) => Some(noted(note, unknown)),
        _ => None,
    }
}

fn noted(note: &Note, unknown: bool) -> WireError {
    let changed = match (unknown, note.changed.is_empty()) {
        (true, _) => ChangedWire::Unknown,
        (false, true) => ChangedWire::Nothing,
        (false, false) => ChangedWire::Exactly(note.changed.clone()),
    };
    WireError {
        kind: note.kind.clone(),
        operation: note.operation.clone(),
        message: note.message.clone(),
        changed,
        next: note.next.clone(),
        permission: note.permission.clone(),
        refused_by: note.refused_by.clone(),
        request_id: note.request_id.clone(),
    }
}

fn record(one: &Chained) -> RecordWire {
    RecordWire {
        sequence: one.sequence,
        at: instant(one.record.at),
        event: word(&one.record.event).to_owned(),
        hash: one.hash.clone(),
    }
}

fn word(event: &Event) -> &'static str {
    match event {
        Event::Abandoned { .. } => "abandoned",
        Event::Accepted { .. } => "accepted",
        Event::Intent { .. } => "intent",
        Event::Observed { .. } => "observed",
        Event::Sent { .. } => "sent",
        Event::Unknown { .. } => "unknown",
        Event::Verified { .. } => "verified",
        Event::Told { .. } => "told",
        Event::WriteMode { .. } => "write-mode",
    }
}
