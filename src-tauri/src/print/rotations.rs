//! Rotations in the shell: a table for people, one JSON object a line for programs.

use std::io::Write;

use contract::{RotationRow, RotationWire, RunWire};
use domain::Result;

use super::{safe, table, unwritten};

/// The rows of `rotations`.
pub(crate) fn list(rows: &[RotationRow], as_json: bool) -> Result<()> {
    let mut out = std::io::stdout().lock();
    if as_json {
        for row in rows {
            writeln!(out, "{}", serde_json::json!(row)).map_err(unwritten)?;
        }
        return Ok(());
    }
    if rows.is_empty() {
        eprintln!("No rotation is under way. Begin one in the window, at an item.");
        return Ok(());
    }
    let head = ["NAME", "PHASE", "UPDATED", "FAILED", "DUE", "WAITS FOR", "ID"].map(str::to_owned);
    let cells = rows.iter().map(|row| {
        [
            safe(&row.name),
            row.phase.clone(),
            format!("{}/{}", row.updated, row.consumers),
            row.failed.to_string(),
            row.due.as_deref().map(day).unwrap_or_default(),
            safe(&row.waits_for),
            row.id.clone(),
        ]
    });
    table(&mut out, std::iter::once(head).chain(cells).collect())
}

/// One rotation.
pub(crate) fn rotation(rotation: &RotationWire, as_json: bool) -> Result<()> {
    let mut out = std::io::stdout().lock();
    if as_json {
        return writeln!(out, "{}", serde_json::json!(rotation)).map_err(unwritten);
    }
    let row = &rotation.row;
    let mut lines = vec![
        format!("Rotation {} of {}", row.id, safe(&row.name)),
        format!("Item: {}", safe(&row.reference)),
        format!("Phase: {}", row.phase),
        format!("Begun: {}", row.begun),
    ];
    lines.extend(rotation.method.iter().map(|method| format!("Method: {method}")));
    for (which, generation) in [("Old", Some(&rotation.old)), ("New", rotation.new.as_ref())] {
        let Some(generation) = generation else { continue };
        let version = generation.version.as_deref().map(|version| format!(" version {}", safe(version)));
        let print = generation.fingerprint.as_deref().map(|print| format!(" {print}"));
        lines.push(format!("{which}:{}{}", version.unwrap_or_default(), print.unwrap_or_default()));
    }
    lines.extend(rotation.runs.iter().flat_map(run));
    lines.extend(
        rotation
            .orders
            .iter()
            .filter(|order| order.state == "live")
            .map(|order| format!("Order {} ({}) is out: its end is not known yet.", order.order, order.step)),
    );
    if !row.waits_for.is_empty() {
        let until = row.until.as_deref().map(|until| format!(" Opens at {until}.")).unwrap_or_default();
        lines.push(format!("Waits for: {}{until}", safe(&row.waits_for)));
    }
    if let Some(trouble) = &rotation.trouble {
        lines.push(format!("The item could not be read: {}. {}", safe(&trouble.message), safe(&trouble.next)));
    }
    writeln!(out, "{}", lines.join("\n")).map_err(unwritten)
}

/// A calendar as it is.
pub(crate) fn calendar(text: &str) -> Result<()> {
    std::io::stdout().lock().write_all(text.as_bytes()).map_err(unwritten)
}

fn run(run: &RunWire) -> Vec<String> {
    let consumer = &run.consumer;
    let mut notes = Vec::new();
    if run.left.is_some() {
        notes.push("left out".to_owned());
    }
    if run.verified.is_some() {
        notes.push("verified".to_owned());
    }
    if run.on_back_path {
        notes.push("on the back path".to_owned());
    }
    if run.old_removed.is_some() {
        notes.push("old key removed".to_owned());
    }
    let owner = if consumer.owner.is_empty() { String::new() } else { format!(", {}", safe(&consumer.owner)) };
    let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
    let mut lines = vec![format!("  {:<11} {} [{}{owner}]{notes}", run.state, safe(&consumer.name), consumer.kind)];
    if let (true, Some(last)) = (run.state == "FAILED", run.attempts.last()) {
        lines.push(format!("              {}: {}", last.at, safe(&last.says)));
    }
    lines
}

fn day(at: &str) -> String {
    at.chars().take(10).collect()
}
