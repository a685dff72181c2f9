//! Offers, plans, orders and the journal, as text for people or one JSON object a line for programs.

use std::{fmt::Write as _, io::Write as _};

use contract::{ChainWire, JournalEntry, OfferWire, OrderState, OrderWire, PlanWire, QuestionWire, TierWire, UndoWire};
use domain::Result;
use serde::Serialize;

use super::{safe, unwritten};

/// What may be changed, and why the rest may not.
pub(crate) fn offers(offers: &[OfferWire], as_json: bool) -> Result<()> {
    let mut out = std::io::stdout().lock();
    for offer in offers.iter().filter(|offer| offer.changes) {
        if as_json {
            line(&mut out, offer)?;
            continue;
        }
        let because = safe(offer.because.as_deref().unwrap_or_default());
        match offer.allowed {
            Some(true) => writeln!(out, "{:<20} yes", offer.ask),
            Some(false) => writeln!(out, "{:<20} no: {because}", offer.ask),
            None => writeln!(out, "{:<20} only trying will tell ({because})", offer.ask),
        }
        .map_err(unwritten)?;
    }
    Ok(())
}

/// What is asked before a change.
pub(crate) fn questions(questions: &[QuestionWire], as_json: bool) -> Result<()> {
    let mut out = std::io::stdout().lock();
    for question in questions {
        if as_json {
            line(&mut out, question)?;
            continue;
        }
        let required = if question.required { ", required" } else { "" };
        writeln!(out, "{} ({}{required}): {}", question.name, question.kind, safe(&question.label))
            .map_err(unwritten)?;
        if !question.help.is_empty() {
            writeln!(out, "    {}", safe(&question.help)).map_err(unwritten)?;
        }
        if let Some((name, values)) = &question.shown_when {
            writeln!(out, "    asked where {} is {}", safe(name), safe(&values.join(", "))).map_err(unwritten)?;
        }
        if let (Some(least), Some(most)) = (&question.least, &question.most) {
            writeln!(out, "    from {} to {}", safe(least), safe(most)).map_err(unwritten)?;
        }
        for (value, label) in &question.choices {
            writeln!(out, "    {} = {}", safe(value), safe(label)).map_err(unwritten)?;
        }
        if let Some(preset) = &question.preset {
            writeln!(out, "    preset: {}", safe(preset)).map_err(unwritten)?;
        }
    }
    Ok(())
}

/// A plan.
pub(crate) fn plan(plan: &PlanWire, as_json: bool) -> Result<()> {
    let mut out = std::io::stdout().lock();
    if as_json { line(&mut out, plan) } else { out.write_all(plan_text(plan).as_bytes()).map_err(unwritten) }
}

/// A plan as a person reads it.
pub(crate) fn plan_text(plan: &PlanWire) -> String {
    let mut text = format!("{}\n", safe(&plan.title));
    let mark = plan.environment.as_ref().map(|mark| format!(" [{mark}]")).unwrap_or_default();
    let _ = writeln!(text, "  through {}{mark} as {}", safe(&plan.connection), safe(&plan.actor));
    for effect in &plan.effects {
        let _ = writeln!(text, "  - {}", safe(effect));
    }
    for warning in &plan.warnings {
        let _ = writeln!(text, "  ! {}", safe(warning));
    }
    for (number, step) in plan.steps.iter().enumerate() {
        let _ =
            writeln!(text, "  {}. {} ({})\n     {}", number + 1, safe(&step.says), step.operation, safe(&step.command));
    }
    text.push_str(match plan.undo {
        UndoWire::No => "  It cannot be undone.\n",
        UndoWire::RollBack => "  It can be rolled back in part.\n",
        UndoWire::Whole => "  It can be undone.\n",
    });
    if plan.tier == TierWire::Name {
        let _ = writeln!(text, "  To confirm, its name is typed: {}", safe(&plan.name));
    }
    text
}

/// What became of an order.
pub(crate) fn order(order: &OrderWire, as_json: bool) -> Result<()> {
    let mut out = std::io::stdout().lock();
    if as_json {
        return line(&mut out, order);
    }
    writeln!(out, "{}", entry_line(order)).map_err(unwritten)?;
    for step in &order.steps {
        let evidence = step.evidence.as_deref().map(|evidence| format!(": {}", safe(evidence))).unwrap_or_default();
        writeln!(out, "    {} [{}]{evidence}", safe(&step.says), step.state).map_err(unwritten)?;
    }
    Ok(())
}

/// Entries of the journal.
pub(crate) fn entries(entries: &[JournalEntry], as_json: bool) -> Result<()> {
    let mut out = std::io::stdout().lock();
    for entry in entries {
        if as_json {
            line(&mut out, entry)?;
            continue;
        }
        let text = match entry {
            JournalEntry::Accepted { sequence, at, because } => {
                format!("{sequence:>6}  {at}  journal accepted as it is: {}", safe(because))
            }
            JournalEntry::Order { order } => entry_line(order),
            JournalEntry::Told { sequence, at, consumer, target, done, says, .. } => {
                let (consumer, target, says) = (safe(consumer), safe(target), safe(says));
                match done {
                    None => format!("{sequence:>6}  {at}  telling {consumer} by {target}"),
                    Some(true) => format!("{sequence:>6}  {at}  told {consumer} by {target}: {says}"),
                    Some(false) => format!("{sequence:>6}  {at}  could not tell {consumer} by {target}: {says}"),
                }
            }
            JournalEntry::WriteMode { sequence, at, connection, until } => match until {
                Some(until) => format!("{sequence:>6}  {at}  changes allowed until {until}: {}", safe(connection)),
                None => format!("{sequence:>6}  {at}  read-only again: {}", safe(connection)),
            },
        };
        writeln!(out, "{text}").map_err(unwritten)?;
    }
    Ok(())
}

/// The place of an entry in the chain.
pub(crate) fn sequence(entry: &JournalEntry) -> u32 {
    match entry {
        JournalEntry::Accepted { sequence, .. }
        | JournalEntry::Told { sequence, .. }
        | JournalEntry::WriteMode { sequence, .. } => *sequence,
        JournalEntry::Order { order } => order.sequence,
    }
}

/// Whether the chain is whole.
pub(crate) fn chain(chain: &ChainWire, as_json: bool) -> Result<()> {
    let mut out = std::io::stdout().lock();
    if as_json {
        return line(&mut out, chain);
    }
    let verdict = if chain.sound { "as it was written" } else { "NOT as it was written" };
    writeln!(out, "The journal is {verdict}: {} records, head {}.", chain.records, chain.head).map_err(unwritten)?;
    let seal = match chain.seal.as_str() {
        "keyring" => "Its head is sealed in the keyring.",
        _ => "There is no keyring: records cut off at its end between two starts would not be seen.",
    };
    writeln!(out, "{seal}").map_err(unwritten)
}

fn entry_line(order: &OrderWire) -> String {
    let state = match order.state {
        OrderState::Abandoned => "given up",
        OrderState::Done => "done",
        OrderState::Paused => "PAUSED",
        OrderState::Running => "running",
        OrderState::Unknown => "UNKNOWN",
    };
    format!(
        "{:>6}  {}  {state:<8}  {}  ({}, {}, {})",
        order.sequence,
        order.at,
        safe(&order.title),
        safe(&order.connection),
        safe(&order.actor),
        order.order,
    )
}

fn line(out: &mut impl std::io::Write, value: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string(value).map_err(|error| unwritten(error.into()))?;
    writeln!(out, "{text}").map_err(unwritten)
}
