//! How the rules of one policy work together: what adds up, and what takes away.

use super::{Document, Rule};
use crate::{
    Finding, Severity,
    vault::{Capability, evaluate::outranks, pattern::Pattern},
};

/// A rule with its pattern, which is made once: every rule is compared with every other.
#[derive(Debug)]
struct Placed<'d> {
    rule: &'d Rule,
    pattern: Pattern,
    templated: bool,
    exact: bool,
}

pub(super) fn findings(document: &Document) -> Vec<Finding> {
    let placed: Vec<Placed<'_>> = document
        .rules
        .iter()
        .map(|rule| {
            let pattern = rule.pattern();
            let exact = matches!(pattern, Pattern::Exact(_));
            Placed { rule, pattern, templated: rule.is_templated(), exact }
        })
        .collect();
    let mut findings = Vec::new();
    for (at, one) in placed.iter().enumerate() {
        let (earlier, _) = placed.split_at(at);
        if let Some(first) = earlier.iter().find(|other| other.pattern == one.pattern) {
            findings.push(repeated(first.rule, one.rule));
            continue;
        }
        let wider = |other: &&Placed<'_>| {
            // Most are told apart by how they begin.
            let near = !other.exact && one.pattern.head().starts_with(other.pattern.head());
            near && !other.templated
                && !one.templated
                && other.pattern != one.pattern
                && other.pattern.covers(&one.pattern)
        };
        let wider: Vec<&Placed<'_>> = placed.iter().filter(wider).collect();
        if let Some(over) = wider.iter().find(|over| outranks(&over.pattern, &one.pattern)) {
            findings.push(hidden(over.rule, one.rule));
        } else {
            findings.extend(narrower(&wider, one.rule));
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
    Finding::warning("repeated-path", second.path.span, message).with_next("Write one rule for the path.")
}

/// Of `a/*` and `a/+/b/*` the first decides wherever the second fits: both have their first wildcard at the same place,
/// and the second has a + more.
fn hidden(over: &Rule, rule: &Rule) -> Finding {
    let (path, wide) = (&rule.path.value, &over.path.value);
    let message =
        format!("This rule never decides: wherever {path} fits, {wide} goes before it, since it has fewer +.");
    let severity = if rule.denies() { Severity::Error } else { Severity::Warning };
    Finding::new("never-decides", severity, rule.path.span, message)
        .with_next("Write the segments out, or leave out the * at the end.")
}

/// A rule with a more exact path does not add to the wider one, it takes its place.
fn narrower(wider: &[&Placed<'_>], rule: &Rule) -> Option<Finding> {
    // The one that would decide if this rule were not there, as far as their length tells.
    let wider = wider.iter().map(|wider| wider.rule).max_by_key(|wider| wider.path.value.len())?;
    let (path, wide) = (&rule.path.value, &wider.path.value);
    if wider.denies() && !rule.granted().is_denied() {
        let message =
            format!("{wide} is denied, but this rule has the more exact path and allows {path} all the same.");
        return Some(Finding::warning("denial-with-a-hole", rule.path.span, message));
    }
    if rule.denies() && !wider.granted().is_denied() {
        let message = format!("This takes {path} out of what {wide} allows.");
        return Some(Finding::note("taken-out", rule.path.span, message));
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
    Some(
        Finding::warning("narrower-takes-away", rule.path.span, message)
            .with_next("Name here everything that is meant."),
    )
}
