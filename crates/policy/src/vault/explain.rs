//! A policy of Vault in sentences, one or more for each rule.

use super::{Capability, Rule, api::Endpoint, parse, pattern::Pattern};
use crate::{Sentence, Severity, Surroundings, either, listed};

/// Says what the policy says.
pub fn explain(text: &str, _surroundings: &Surroundings) -> Vec<Sentence> {
    let document = parse(text);
    let refused = document.malformed.iter().find(|finding| finding.severity == Severity::Error);
    let mut sentences: Vec<Sentence> = refused
        .map(|finding| Sentence::new(format!("The servers refuse this text: {}", finding.message), finding.span))
        .into_iter()
        .collect();
    if document.rules.is_empty() && sentences.is_empty() {
        sentences.push(Sentence::new("The policy has no rule, so it gives nothing.", document.span));
    }
    sentences.extend(document.rules.iter().flat_map(of_rule));
    sentences
}

fn of_rule(rule: &Rule) -> Vec<Sentence> {
    let place = place(rule);
    let granted = rule.granted();
    if rule.denies() {
        let text = format!("Nothing may be done with {place}, unless a rule with a more exact path allows it.");
        return vec![Sentence::new(text, rule.span)];
    }
    if granted.is_empty() {
        let text = format!("Nothing may be done with {place}: the rule gives no capability.");
        return vec![Sentence::new(text, rule.span)];
    }
    let verbs: Vec<&str> = granted.iter().map(verb).collect();
    let narrowed = rule.narrowed();
    let condition = if narrowed.is_empty() { String::new() } else { format!(", if {}", listed(&narrowed)) };
    let mut sentences =
        vec![Sentence::new(format!("Whoever holds it may {} {place}{condition}.", listed(&verbs)), rule.span)];
    let does = consequences(rule);
    if !does.is_empty() {
        sentences.push(Sentence::new(format!("With that one can {}.", listed(&does)), rule.span));
    }
    sentences.extend(of_parameters(rule));
    sentences
}

/// What the path is, in words.
pub(super) fn place(rule: &Rule) -> String {
    let written = rule.path.value.strip_prefix('/').unwrap_or(&rule.path.value);
    let place = match rule.pattern() {
        Pattern::Prefix(prefix) if prefix.is_empty() => "every path".to_owned(),
        Pattern::Prefix(prefix) if prefix.ends_with('/') => format!("everything below {prefix}"),
        Pattern::Prefix(prefix) => format!("every path that begins with {prefix}"),
        Pattern::Segments(path) if path.ends_with('*') => {
            format!("every path that begins as {written}, where + is any one segment")
        }
        Pattern::Segments(_) => format!("{written}, where + is any one segment"),
        Pattern::Exact(_) => written.to_owned(),
    };
    if rule.is_templated() { format!("{place}, where {{{{ }}}} is the caller's own") } else { place }
}

fn verb(capability: Capability) -> &'static str {
    match capability {
        Capability::Deny => "do nothing with",
        Capability::Create => "create",
        Capability::Read => "read",
        Capability::Update => "update or call",
        Capability::Delete => "delete",
        Capability::List => "list",
        Capability::Sudo => "use with root's rights",
        Capability::Patch => "change parts of",
        Capability::Scan => "list, with all that is below,",
        Capability::Subscribe => "be told of events of",
        Capability::Recover => "bring back from a snapshot",
    }
}

/// What the rule's path and capabilities mean, where its path is of one engine for certain: more is said by [`super::who`].
fn consequences(rule: &Rule) -> Vec<&'static str> {
    let pattern = rule.pattern();
    if rule.is_templated() || matches!(&pattern, Pattern::Prefix(prefix) if !prefix.trim_end_matches('/').contains('/'))
    {
        return Vec::new();
    }
    let granted = rule.granted();
    let mut does: Vec<&'static str> = Vec::new();
    for (endpoint, path) in Endpoint::anywhere() {
        if granted.has(endpoint.needs) && !does.contains(&endpoint.does) && pattern.meets(path) {
            does.push(endpoint.does);
        }
    }
    does
}

fn of_parameters(rule: &Rule) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    if let Some(allowed) = rule.allowed.as_ref().filter(|allowed| !allowed.entries.is_empty()) {
        let each: Vec<String> = allowed
            .entries
            .iter()
            .map(|(name, values)| match values.as_slice() {
                [] => name.value.clone(),
                values => format!("{} ({})", name.value, either(values)),
            })
            .collect();
        sentences.push(Sentence::new(format!("Of parameters only {} may be sent.", listed(&each)), allowed.span));
    }
    if let Some(denied) = rule.denied.as_ref().filter(|denied| !denied.entries.is_empty()) {
        let each: Vec<String> = denied
            .entries
            .iter()
            .map(|(name, values)| match (name.value.as_str(), values.as_slice()) {
                ("*", _) => "any parameter".to_owned(),
                (name, []) => name.to_owned(),
                (name, values) => format!("{name} as {}", either(values)),
            })
            .collect();
        sentences.push(Sentence::new(format!("It is refused if {} is sent.", either(&each)), denied.span));
    }
    if let Some(first) = rule.required.first() {
        let names: Vec<&str> = rule.required.iter().map(|name| name.value.as_str()).collect();
        sentences.push(Sentence::new(format!("It is refused unless {} is sent.", listed(&names)), first.span));
    }
    sentences
}
