//! Policies in the shell: sentences and tables for people, JSON for programs, and the text as it is.

use std::io::Write;

use contract::{CopyableRow, PoliciesWire, PolicyReading, ProofWire, ProofsWire, SimulatedAccess, StandingWire};
use domain::Result;

use super::{Gap, missing, safe, table, unwritten};

/// The text as it is.
pub(crate) fn text(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    let end = if text.ends_with('\n') { "" } else { "\n" };
    write!(out, "{text}{end}").map_err(unwritten)
}

/// The policies of an item by their names.
pub(crate) fn list(policies: &PoliciesWire, as_json: bool) -> Result<()> {
    let mut out = std::io::stdout().lock();
    if as_json {
        return writeln!(out, "{}", serde_json::json!(policies)).map_err(unwritten);
    }
    let head = ["NAME", "WHAT", "OF THE ITEM"].map(str::to_owned);
    let rows = policies.policies.iter().map(|policy| {
        let of_item = if policy.of_item { "yes" } else { "" };
        [safe(&policy.id), safe(&policy.title), of_item.to_owned()]
    });
    table(&mut out, std::iter::once(head).chain(rows).collect())
}

/// What the text says.
pub(crate) fn sentences(reading: &PolicyReading, as_json: bool) -> Result<()> {
    if as_json {
        return json(&reading.sentences);
    }
    lines(reading.sentences.iter().map(|sentence| safe(&sentence.says)))
}

/// What should be known, by line and column.
pub(crate) fn findings(text: &str, reading: &PolicyReading, as_json: bool) -> Result<()> {
    if as_json {
        return json(&reading.findings);
    }
    lines(reading.findings.iter().map(|finding| {
        let (line, column) = place(text, finding.from as usize);
        let next = finding.next.iter().map(|next| format!(" {}", safe(next))).collect::<String>();
        format!("{line}:{column}: {} [{}] {}{next}", finding.severity, finding.code, safe(&finding.message))
    }))
}

/// Who can do what.
pub(crate) fn who(reading: &PolicyReading, as_json: bool) -> Result<()> {
    if as_json {
        return json(&reading.who);
    }
    let head = ["POWER", "WHO", "HOW", "BY"].map(str::to_owned);
    let rows = reading.who.iter().filter_map(|holder| {
        let now = holder.after.as_ref()?;
        Some([holder.power.clone(), safe(&holder.who), safe(&standing(now)), safe(&now.by.join(", "))])
    });
    table(&mut std::io::stdout().lock(), std::iter::once(head).chain(rows).collect())
}

/// Something around items that could not be read.
pub(crate) struct Unread {
    /// The first item that it was said of.
    pub(crate) reference: String,
    /// The sentences.
    pub(crate) says: Vec<String>,
}

/// Who is let in to an item by what, the weakest first.
pub(crate) fn proofs(told: &ProofsWire, as_json: bool) -> Result<()> {
    if as_json {
        return json(told);
    }
    let head = ["GRADE", "WHO", "CAN", "BY", "BECAUSE"].map(str::to_owned);
    table(&mut std::io::stdout().lock(), std::iter::once(head).chain(told.proofs.iter().map(proof)).collect())?;
    told.unread.iter().for_each(|says| eprintln!("Not read: {}", safe(says)));
    Ok(())
}

/// The same over many items; of an item that could not be looked at, why not.
pub(crate) fn copyable(rows: &[CopyableRow], unread: &[Unread], gaps: &[Gap<'_>], as_json: bool) -> Result<()> {
    if as_json {
        let mut out = std::io::stdout().lock();
        rows.iter().try_for_each(|row| writeln!(out, "{}", serde_json::json!(row)).map_err(unwritten))?;
        for Unread { reference, says } in unread {
            writeln!(out, "{}", serde_json::json!({ "ref": reference, "unread": says })).map_err(unwritten)?;
        }
        return super::gaps(&mut out, gaps);
    }
    let head = ["GRADE", "WHO", "CAN", "BY", "BECAUSE", "REF"].map(str::to_owned);
    let found = rows.iter().filter_map(|row| {
        let [grade, who, can, by, because] = proof(row.proof.as_ref()?);
        Some([grade, who, can, by, because, safe(&row.reference)])
    });
    table(&mut std::io::stdout().lock(), std::iter::once(head).chain(found).collect())?;
    for (row, error) in rows.iter().filter_map(|row| Some((row, row.trouble.as_ref()?))) {
        eprintln!("Not looked at: {}: {}", safe(&row.reference), safe(&error.message));
    }
    unread.iter().flat_map(|one| &one.says).for_each(|says| eprintln!("Not read: {}", safe(says)));
    gaps.iter().for_each(missing);
    Ok(())
}

fn proof(proof: &ProofWire) -> [String; 5] {
    let can = safe(&proof.verbs.join(", "));
    [proof.grade.clone(), safe(&proof.who), can, safe(&proof.by), safe(&proof.because)]
}

/// What a new text would change, and whether it locks anybody out.
pub(crate) fn differences(reading: &PolicyReading, as_json: bool) -> Result<()> {
    if as_json {
        return json(&serde_json::json!({ "differences": reading.differences, "lockout": reading.lockout }));
    }
    let differences = reading.differences.iter().map(|difference| {
        let mark = match difference.turn.as_str() {
            "gains" => "+",
            "loses" => "-",
            "changes" => "~",
            "unclear" => "?",
            _ => "=",
        };
        format!("{mark} {}", safe(&difference.says))
    });
    let lockout = &reading.lockout;
    let next = lockout.next.iter().map(|next| safe(next));
    let verdict = format!("Could you change it again? {}: {}", lockout.caller, safe(&lockout.says));
    lines(differences.chain([verdict]).chain(next))
}

/// What a request would be answered.
pub(crate) fn simulated(told: &SimulatedAccess, as_json: bool) -> Result<()> {
    if as_json {
        return json(told);
    }
    let verdict = format!("{}: {}", told.verdict, safe(&told.says));
    lines([verdict].into_iter().chain(told.by.iter().map(|by| safe(&by.says))))
}

fn standing(now: &StandingWire) -> String {
    match (now.is.as_str(), now.terms.join("; ")) {
        ("can", _) => "yes".to_owned(),
        ("denied", _) => "denied".to_owned(),
        ("when", terms) => format!("if {terms}"),
        (_, terms) => format!("depends on {terms}"),
    }
}

/// Line and column, from 1, of a place that is counted in UTF-16 code units.
fn place(text: &str, unit: usize) -> (usize, usize) {
    let (mut line, mut column, mut at) = (1, 1, 0);
    for c in text.chars() {
        if at >= unit {
            break;
        }
        at += c.len_utf16();
        if c == '\n' {
            (line, column) = (line + 1, 1);
        } else {
            column += 1;
        }
    }
    (line, column)
}

fn lines(lines: impl IntoIterator<Item = String>) -> Result<()> {
    let mut out = std::io::stdout().lock();
    lines.into_iter().try_for_each(|line| writeln!(out, "{line}").map_err(unwritten))
}

fn json(value: &impl serde::Serialize) -> Result<()> {
    writeln!(std::io::stdout().lock(), "{}", serde_json::json!(value)).map_err(unwritten)
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn a_place_is_told_by_line_and_column() {
        let text = "{\n  \"é😀\": 1\n}";
        assert_eq!(place(text, 0), (1, 1));
        assert_eq!(place(text, 4), (2, 3));
        // After the é and the two units of the key.
        assert_eq!(place(text, 8), (2, 6));
        assert_eq!(place(text, 999), (3, 2));
    }
}
