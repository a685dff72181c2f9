//! Imports in the shell: a table for people, one JSON object a line for programs.

use std::io::Write;

use contract::{ImportRow, ImportWire, TakingWire};
use domain::Result;

use super::{safe, table, unwritten};

/// The rows of `imports`.
pub(crate) fn list(rows: &[ImportRow], as_json: bool) -> Result<()> {
    let mut out = std::io::stdout().lock();
    if as_json {
        for row in rows {
            writeln!(out, "{}", serde_json::json!(row)).map_err(unwritten)?;
        }
        return Ok(());
    }
    if rows.is_empty() {
        eprintln!("No key is on its way. Bring one with `claviger import begin`.");
        return Ok(());
    }
    let head = ["KEY", "FROM", "PHASE", "WAITS FOR", "ID"].map(str::to_owned);
    let cells = rows
        .iter()
        .map(|row| [safe(&row.title), safe(&row.source), row.phase.clone(), safe(&row.waits_for), row.id.clone()]);
    table(&mut out, std::iter::once(head).chain(cells).collect())
}

/// What a vault takes.
pub(crate) fn takings(takings: &[TakingWire], as_json: bool) -> Result<()> {
    let mut out = std::io::stdout().lock();
    if as_json {
        for taking in takings {
            writeln!(out, "{}", serde_json::json!(taking)).map_err(unwritten)?;
        }
        return Ok(());
    }
    let head = ["KIND", "COMES BY", "ASKED"].map(str::to_owned);
    let cells = takings.iter().map(|taking| {
        let by = match &taking.refused {
            Some(because) => format!("no: {}", safe(because)),
            None => taking.wraps.iter().map(|wrap| safe(&wrap.native)).collect::<Vec<_>>().join("; "),
        };
        let asked = taking.questions.iter().map(|question| question.name.clone()).collect::<Vec<_>>().join(", ");
        [taking.algorithm.clone(), by, asked]
    });
    table(&mut out, std::iter::once(head).chain(cells).collect())
}

/// One import.
pub(crate) fn import(import: &ImportWire, as_json: bool) -> Result<()> {
    let mut out = std::io::stdout().lock();
    if as_json {
        return writeln!(out, "{}", serde_json::json!(import)).map_err(unwritten);
    }
    let row = &import.row;
    let mut lines = vec![
        format!("Import {}: {}", row.id, safe(&row.title)),
        format!("From: {}", safe(&row.source)),
        format!("Phase: {}", row.phase),
        format!("Begun: {}", row.begun),
    ];
    lines.extend(row.item.iter().map(|item| format!("Item: {}", safe(item))));
    if let Some(wrapped) = &import.wrapped {
        lines.push(format!("Wrapped: {}", safe(&wrapped.native)));
        lines.extend(wrapped.sha256.iter().map(|sha256| format!("SHA-256 of the wrapped key: {sha256}")));
        lines.extend(wrapped.check_value.iter().map(|value| format!("Key check value: {value}")));
        lines.extend(wrapped.fingerprint.iter().map(|print| format!("Public half: {print}")));
    }
    lines.extend(import.imported.iter().map(|moment| format!("Imported: {} by {}", moment.at, safe(&moment.actor))));
    lines.extend(import.proof.iter().map(|proof| format!("Proof: {}", safe(&proof.moment.evidence))));
    lines.extend(row.expires.iter().map(|at| format!("Ends: {at}")));
    for after in &import.afterwards {
        lines.push(format!("{}: {}", safe(&after.title), safe(&after.says)));
        lines.extend(after.lines.iter().flat_map(|line| line.lines()).map(|line| format!("  {}", safe(line))));
    }
    if !row.waits_for.is_empty() {
        lines.push(format!("Next: {}", safe(&row.waits_for)));
    }
    for line in lines {
        writeln!(out, "{line}").map_err(unwritten)?;
    }
    Ok(())
}

/// The wrapping key and the lines for a machine without a connection, for a person to carry there.
pub(crate) fn by_hand(import: &ImportWire) -> Result<()> {
    let Some(key) = &import.wrapping_key else { return Ok(()) };
    let mut out = std::io::stdout().lock();
    write!(out, "{}", key.pem).map_err(unwritten)?;
    eprintln!("{} {}", safe(&key.algorithm), safe(&key.fingerprint));
    for line in &key.by_hand {
        eprintln!("# {}: {}\n{}", safe(&line.program), safe(&line.says), line.command);
    }
    if let Some(until) = &key.until {
        eprintln!("It is taken until {until}, by this run of the command alone.");
    }
    Ok(())
}

/// A text as it is.
pub(crate) fn text(text: &str) -> Result<()> {
    writeln!(std::io::stdout().lock(), "{text}").map_err(unwritten)
}
