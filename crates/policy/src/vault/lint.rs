//! What somebody who edits a policy of Vault should know: one file for each kind of finding.

mod dangers;
mod form;
mod mounts;
mod order;

use super::{Document, Rule, parse};
use crate::{Edit, Finding, Span, Surroundings};

/// Every finding, in the order of the text.
pub fn lint(text: &str, surroundings: &Surroundings) -> Vec<Finding> {
    let document = parse(text);
    let mut findings = document.malformed.clone();
    findings.extend(form::findings(&document, text));
    findings.extend(order::findings(&document));
    findings.extend(dangers::findings(&document, &surroundings.mounts));
    findings.extend(mounts::findings(&document, surroundings));
    Finding::in_order(findings)
}

/// A path in quotation marks, as both notations write it.
fn quoted(path: &str) -> String {
    let mut text = String::with_capacity(path.len() + 2);
    text.push('"');
    for c in path.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '\r' => text.push_str("\\r"),
            c if c.is_control() => text.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => text.push(c),
        }
    }
    text.push('"');
    text
}

/// Writes the rule's path anew.
fn repath(rule: &Rule, path: &str) -> Vec<Edit> {
    vec![Edit { span: rule.path.span, text: quoted(path) }]
}

/// Writes the rule's list of capabilities anew.
fn relist(span: Span, words: &[&str]) -> Vec<Edit> {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    vec![Edit { span, text: format!("[{}]", words.join(", ")) }]
}

/// The rules that let something happen.
fn allowing(document: &Document) -> impl Iterator<Item = &Rule> {
    document.rules.iter().filter(|rule| !rule.granted().is_denied())
}
