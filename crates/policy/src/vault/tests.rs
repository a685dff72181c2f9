//! What the servers do with a policy, and what is said of it.

mod corpus;
mod evaluated;
mod linted;
mod merged;
mod property;

use super::{Capabilities, capabilities, lint};
use crate::{Finding, NamedPolicy, Surroundings};

pub(super) fn named(name: &str, text: &str) -> NamedPolicy {
    NamedPolicy { name: name.to_owned(), text: text.to_owned(), limits: false }
}

fn given(texts: &[&str], path: &str) -> Capabilities {
    let policies: Vec<NamedPolicy> =
        texts.iter().enumerate().map(|(at, text)| named(&format!("p{at}"), text)).collect();
    capabilities(&policies, path)
}

/// The words at a path, as the server answers.
pub(super) fn words(texts: &[&str], path: &str) -> String {
    given(texts, path).words().join(" ")
}

pub(super) fn codes(text: &str) -> Vec<String> {
    found(text, &Surroundings::default()).into_iter().map(|finding| finding.code).collect()
}

pub(super) fn found(text: &str, surroundings: &Surroundings) -> Vec<Finding> {
    lint(text, surroundings)
}

/// One rule in HCL.
pub(super) fn rule(path: &str, list: &str) -> String {
    let list: Vec<String> = list.split_whitespace().map(|word| format!("\"{word}\"")).collect();
    format!("path \"{path}\" {{\n  capabilities = [{}]\n}}\n", list.join(", "))
}
