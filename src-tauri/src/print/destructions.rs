//! Destructions in the shell: a table for people, one JSON object a line for programs, and the sheet as it is.

use std::io::Write;

use contract::{DestructionRow, DestructionWire, EvidenceWire, FindingWire, LockWire};
use domain::Result;

use super::{safe, table, unwritten};

/// What touches nothing at the place, by the words of its locks, which are those of the command line.
const DEEDS: [&str; 6] = ["settle", "acknowledge", "go-on", "start-over", "finish", "keep"];

/// The rows of `destructions`.
pub(crate) fn list(rows: &[DestructionRow], as_json: bool) -> Result<()> {
    let mut out = std::io::stdout().lock();
    if as_json {
        for row in rows {
            writeln!(out, "{}", serde_json::json!(row)).map_err(unwritten)?;
        }
        return Ok(());
    }
    if rows.is_empty() {
        eprintln!("No destruction is under way. Begin one with `claviger destroy REF`, or in the window at an item.");
        return Ok(());
    }
    let head = ["NAME", "PHASE", "ENDS", "OPENS", "WAITS FOR", "ID"].map(str::to_owned);
    let cells = rows.iter().map(|row| {
        [
            safe(&row.name),
            row.phase.clone(),
            row.ends.as_deref().map(day).unwrap_or_default(),
            row.until.as_deref().map(day).unwrap_or_default(),
            safe(&row.waits_for),
            row.id.clone(),
        ]
    });
    table(&mut out, std::iter::once(head).chain(cells).collect())
}

/// One destruction.
pub(crate) fn destruction(of: &DestructionWire, as_json: bool) -> Result<()> {
    let mut out = std::io::stdout().lock();
    if as_json {
        return writeln!(out, "{}", serde_json::json!(of)).map_err(unwritten);
    }
    let row = &of.row;
    let mut lines = vec![
        format!("Destruction {} of {}", row.id, safe(&row.name)),
        format!("Item: {}", safe(&row.reference)),
        format!("Phase: {}", row.phase),
        format!("Begun: {}", row.begun),
    ];
    lines.extend(of.log.last().map(|last| format!("Last: {}", safe(&last.says))));
    lines.extend(of.evidence.iter().flat_map(evidence));
    lines.extend(row.ends.iter().map(|ends| format!("Can be called off until: {ends}")));
    lines.extend(
        of.orders
            .iter()
            .filter(|order| order.state == "live")
            .map(|order| format!("Order {} ({}) is out: its end is not known yet.", order.order, order.step)),
    );
    if !row.waits_for.is_empty() {
        let until = row.until.as_deref().map(|until| format!(" Until {until}.")).unwrap_or_default();
        lines.push(format!("Waits for: {}{until}", safe(&row.waits_for)));
    }
    if !row.over {
        lines.push("What may be done:".to_owned());
        lines.extend(DEEDS.iter().map(|word| may_be(word, of.locks.get(*word))));
        lines.extend(of.steps.iter().map(|step| match &step.absent {
            Some(absent) => format!("  step {:<8} not here: {}", step.step, safe(absent)),
            None => may_be(&format!("step {}", step.step), step.lock.as_ref()),
        }));
    }
    if let Some(trouble) = &of.trouble {
        lines.push(format!("The item could not be read: {}. {}", safe(&trouble.message), safe(&trouble.next)));
    }
    writeln!(out, "{}", lines.join("\n")).map_err(unwritten)
}

/// Whether that may be done now, and if not, why and until when.
fn may_be(word: &str, lock: Option<&LockWire>) -> String {
    let Some(LockWire { because, next, until }) = lock else { return format!("  {word:<13} yes") };
    let until = until.as_deref().map(|until| format!(" It opens at {until}.")).unwrap_or_default();
    format!("  {word:<13} no: {}. {}{until}", safe(because), safe(next))
}

/// A sheet as it is.
pub(crate) fn sheet(text: &str) -> Result<()> {
    std::io::stdout().lock().write_all(text.as_bytes()).map_err(unwritten)
}

fn evidence(seen: &EvidenceWire) -> Vec<String> {
    let mut lines = vec![
        format!("Looked: {} by {}", seen.at, safe(&seen.actor)),
        format!("Stands: {}", seen.standing),
        format!("Last use: {}", safe(&seen.last_use_says)),
    ];
    lines.extend(seen.findings.iter().map(finding));
    lines
}

fn finding(of: &FindingWire) -> String {
    let mark = match (of.blocks, &of.said) {
        (true, None) => "in the way",
        (true, Some(_)) => "spoken for",
        (false, _) => "to know",
    };
    let why = of.said.as_ref().map(|said| format!(" ({})", safe(&said.evidence))).unwrap_or_default();
    format!("  {mark:<11} {} [{}]{why}", safe(&of.says), safe(&of.id))
}

fn day(at: &str) -> String {
    at.chars().take(10).collect()
}
