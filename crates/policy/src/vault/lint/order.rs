//! How the rules of one policy work together: what adds up, and what takes away.

use super::{Document, Rule, note, warning};
use crate::{Finding, vault::Capability};

pub(super) fn findings(document: &Document) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, rule) in document.rules.iter().enumerate() {
        let (earlier, _) = document.rules.split_at(at);
        if let Some(first) = earlier.iter().find(|other| other.pattern() == rule.pattern()) {
            findings.push(repeated(first, rule));
        } else {
            findings.extend(narrower(document, rule));
        }
    }
    findings
}

fn repeated(first: &Rule, second: &Rule) -> Finding {
    let path = &second.path.value;
    let message = if first.denies() || second.denies() {
        format!("{path} has two rules, and one of them is a denial: it takes what the other gives.")
    } else {
        format!("{path} has two rules. They add up; the second does not replace the first.")
    };
    warning("repeated-path", second.path.span, message).with_next("Write one rule for the path.")
}

/// A rule with a more exact path does not add to the wider one, it takes its place.
fn narrower(document: &Document, rule: &Rule) -> Option<Finding> {
    if rule.is_templated() {
        return None;
    }
    let pattern = rule.pattern();
    let wider = document
        .rules
        .iter()
        .filter(|other| !other.is_templated() && other.pattern() != pattern && other.pattern().covers(&pattern));
    // The one that would decide if this rule were not there, as far as their length tells.
    let wider = wider.max_by_key(|other| other.path.value.len())?;
    let (path, wide) = (&rule.path.value, &wider.path.value);
    if wider.denies() && !rule.granted().is_denied() {
        let message =
            format!("{wide} is denied, but this rule has the more exact path and allows {path} all the same.");
        return Some(warning("denial-with-a-hole", rule.path.span, message));
    }
    if rule.denies() && !wider.granted().is_denied() {
        let message = format!("This takes {path} out of what {wide} allows.");
        return Some(note("taken-out", rule.path.span, message));
    }
    let lost: Vec<&str> =
        wider.granted().iter().filter(|capability| !rule.granted().has(*capability)).map(Capability::word).collect();
    if lost.is_empty() || rule.granted().is_denied() || wider.granted().is_denied() {
        return None;
    }
    let message = format!(
        "{wide} gives {} too, but rules of different paths do not add up: at {path} only this one counts.",
        crate::listed(&lost)
    );
    Some(warning("narrower-takes-away", rule.path.span, message).with_next("Name here everything that is meant."))
}
