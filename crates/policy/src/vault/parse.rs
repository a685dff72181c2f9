//! From text to [`Document`]. Never fails: what the servers would refuse is a finding with its place.

use super::{
    Capability, attributes,
    document::{Document, Parameters, Rule},
    grammar, json,
    tree::{Entry, Kind, Node},
};
use crate::{Edit, Finding, Severity, Span, Spanned, either, nearest::nearest};

/// Reads a policy, in JSON if it begins with a brace.
pub fn parse(text: &str) -> Document {
    let json = text.trim_start().starts_with('{');
    let read =
        if json { json::entries(text) } else { grammar::entries(text).map(|entries| (entries, Span::whole(text))) };
    let mut document = Document { json, span: Span::whole(text), ..Document::default() };
    match read {
        Ok((entries, span)) => {
            document.span = span;
            let mut reader = Reader { document: &mut document };
            entries.iter().for_each(|entry| reader.top(entry));
        }
        Err(wrong) => {
            let code = if json { "not-json" } else { "not-hcl" };
            document.malformed.push(Finding::new(code, Severity::Error, wrong.span, wrong.message));
        }
    }
    document.malformed.sort_by_key(|finding| finding.span);
    document
}

#[derive(Debug)]
struct Reader<'d> {
    document: &'d mut Document,
}

impl Reader<'_> {
    fn error(&mut self, code: &str, span: Span, message: impl Into<String>) {
        self.document.malformed.push(Finding::new(code, Severity::Error, span, message));
    }

    fn wrong_type(&mut self, name: &str, due: &str, node: &Node) {
        self.error("wrong-type", node.span, format!("{name} is {due}."));
    }

    fn top(&mut self, entry: &Entry) {
        match entry.name() {
            "path" => self.rule(entry),
            "name" if entry.value.text().is_some() => {}
            "name" => self.wrong_type("name", "a text", &entry.value),
            other => {
                let message = format!("\"{other}\" is not part of a policy: it consists of path \"…\" {{ … }}.");
                let mut finding = Finding::new("unknown-element", Severity::Error, entry.name_span(), message);
                if nearest(other, ["path"]).is_some() {
                    finding = finding.with_fix("Write path", vec![self.word(entry.name_span(), "path")]);
                }
                self.document.malformed.push(finding);
            }
        }
    }

    /// A word at a place; in JSON names stand in quotation marks.
    fn word(&self, span: Span, word: &str) -> Edit {
        let text = if self.document.json { format!("\"{word}\"") } else { word.to_owned() };
        Edit { span, text }
    }

    fn rule(&mut self, entry: &Entry) {
        let Kind::Object(attributes) = &entry.value.kind else {
            self.wrong_type("path", "a pattern with an object of its attributes", &entry.value);
            return;
        };
        let path = match entry.keys.get(1) {
            Some(path) => path.clone(),
            None => {
                let message = "There is no path in quotation marks. The servers take this as the path named \"path\".";
                let finding = Finding::new("no-pattern", Severity::Warning, entry.name_span(), message);
                self.document.malformed.push(finding.with_next("Write path \"secret/…\" { … }."));
                Spanned::new("path".to_owned(), entry.name_span())
            }
        };
        if let Some(second) = entry.keys.get(2) {
            let message = format!("\"{}\" is passed over: a rule has one path.", second.value);
            self.document.malformed.push(Finding::new("second-label", Severity::Warning, second.span, message));
        }
        self.check_path(&path);
        let index = self.document.rules.len();
        let mut rule = Rule { index, path, span: entry.span, ..Rule::default() };
        attributes.iter().for_each(|attribute| self.attribute(&mut rule, attribute));
        self.check_capabilities(&rule);
        self.check_wrapping(&rule);
        self.document.rules.push(rule);
    }

    fn check_path(&mut self, path: &Spanned<String>) {
        if path.value.contains("+*") {
            let message = "A path cannot hold +*: the servers refuse it. A + is a whole segment.";
            self.error("plus-before-star", path.span, message);
        }
        if !balanced(&path.value) {
            self.error("unbalanced-template", path.span, "The braces of a template {{ … }} do not fit together.");
        }
    }

    fn attribute(&mut self, rule: &mut Rule, attribute: &Entry) {
        let (name, value) = (attribute.name(), &attribute.value);
        match name {
            "capabilities" => {
                let words = self.words(name, value);
                rule.capabilities.extend(words);
                rule.list = Some(value.span);
            }
            "policy" => {
                rule.policy = self.old_word(value);
                rule.policy_span = Some(attribute.span);
            }
            "allowed_parameters" => rule.allowed = self.parameters(name, value, rule.allowed.take()),
            "denied_parameters" => rule.denied = self.parameters(name, value, rule.denied.take()),
            "required_parameters" => rule.required.extend(self.words(name, value)),
            "mfa_methods" => rule.mfa_methods.extend(self.words(name, value)),
            "min_wrapping_ttl" => rule.min_wrapping = self.duration(name, value),
            "max_wrapping_ttl" => rule.max_wrapping = self.duration(name, value),
            "expiration" => match value.text() {
                Some(text) => rule.expiration = Some(Spanned::new(text.to_owned(), value.span)),
                None => self.wrong_type(name, "a moment, as 2030-01-31T00:00:00Z", value),
            },
            "control_group" => rule.control_group = Some(Spanned::new(approvals(value), value.span)),
            "pagination_limit" => {
                if value.text().is_none_or(|text| text.parse::<i64>().is_err()) {
                    self.wrong_type(name, "a whole number", value);
                }
            }
            "comment" | "list_scan_response_keys_filter_path" | "subscribe_event_types" => {}
            other => self.unknown_attribute(other, attribute),
        }
        if let Some(server) = attributes::only_of(name) {
            let message = format!("{name} is known to {server} alone; the other server refuses the policy.");
            self.document.malformed.push(Finding::new(
                "one-server-only",
                Severity::Note,
                attribute.name_span(),
                message,
            ));
        }
    }

    fn unknown_attribute(&mut self, name: &str, attribute: &Entry) {
        let message = format!("\"{name}\" is not an attribute of a rule; the servers refuse the whole policy.");
        let mut finding = Finding::new("unknown-attribute", Severity::Error, attribute.name_span(), message);
        if let Some(near) = nearest(name, attributes::NAMES.iter().copied()) {
            let edit = self.word(attribute.name_span(), near);
            finding = finding.with_fix(format!("Write {near}"), vec![edit]);
        }
        self.document.malformed.push(finding);
    }

    fn words(&mut self, name: &str, value: &Node) -> Vec<Spanned<String>> {
        let Kind::List(values) = &value.kind else {
            self.wrong_type(name, "a list of texts, as [\"read\"]", value);
            return Vec::new();
        };
        let mut words = Vec::with_capacity(values.len());
        for value in values {
            match value.text() {
                Some(text) => words.push(Spanned::new(text.to_owned(), value.span)),
                None => self.wrong_type(name, "a list of texts", value),
            }
        }
        words
    }

    fn old_word(&mut self, value: &Node) -> Option<Spanned<String>> {
        let Some(text) = value.text() else {
            self.wrong_type("policy", "one of the texts deny, read, write and sudo", value);
            return None;
        };
        if Capability::of_old_word(text).is_none() {
            let message = format!("\"{text}\" is none of deny, read, write and sudo; the servers refuse the policy.");
            self.error("unknown-policy-word", value.span, message);
        }
        Some(Spanned::new(text.to_owned(), value.span))
    }

    fn parameters(&mut self, name: &str, value: &Node, before: Option<Parameters>) -> Option<Parameters> {
        let Kind::Object(entries) = &value.kind else {
            self.wrong_type(name, "an object of parameters, each with a list of values", value);
            return before;
        };
        let mut parameters = before.unwrap_or_default();
        parameters.span = value.span;
        for entry in entries {
            let Kind::List(values) = &entry.value.kind else {
                self.wrong_type(entry.name(), "a list of values; an empty one stands for every value", &entry.value);
                continue;
            };
            let key = Spanned::new(entry.name().to_owned(), entry.name_span());
            parameters.entries.push((key, values.iter().map(shown).collect()));
        }
        Some(parameters)
    }

    fn duration(&mut self, name: &str, value: &Node) -> Option<Spanned<u64>> {
        let seconds = value.text().and_then(attributes::seconds);
        if seconds.is_none() {
            self.wrong_type(name, "a duration, as \"90s\", \"1h\" or a number of seconds", value);
        }
        seconds.map(|seconds| Spanned::new(seconds, value.span))
    }

    /// As the servers do: what stands behind `deny` is not looked at any more.
    fn check_capabilities(&mut self, rule: &Rule) {
        if rule.policy.as_ref().is_some_and(|word| word.value == "deny") {
            return;
        }
        for word in &rule.capabilities {
            match Capability::of(&word.value) {
                Some(Capability::Deny) => return,
                Some(capability) => {
                    if let Some(server) = capability.only_of() {
                        let message =
                            format!("{} is known to {server} alone; the other server refuses the policy.", word.value);
                        self.document.malformed.push(Finding::new(
                            "one-server-only",
                            Severity::Note,
                            word.span,
                            message,
                        ));
                    }
                }
                None => self.unknown_capability(word),
            }
        }
    }

    fn unknown_capability(&mut self, word: &Spanned<String>) {
        let words: Vec<&str> = Capability::ALL.iter().map(|capability| capability.word()).collect();
        let message = format!("\"{}\" is not a capability; the servers refuse the whole policy.", word.value);
        let finding = Finding::new("unknown-capability", Severity::Error, word.span, message);
        let finding = match nearest(&word.value, words.iter().copied()) {
            Some(near) => {
                let edit = Edit { span: word.span, text: format!("\"{near}\"") };
                finding.with_fix(format!("Write \"{near}\""), vec![edit])
            }
            None => finding.with_next(format!("Use {}.", either(&words))),
        };
        self.document.malformed.push(finding);
    }

    fn check_wrapping(&mut self, rule: &Rule) {
        if rule.denies() {
            return;
        }
        if let (Some(min), Some(max)) = (&rule.min_wrapping, &rule.max_wrapping)
            && min.value > 0
            && max.value > 0
            && max.value < min.value
        {
            let message = "max_wrapping_ttl is shorter than min_wrapping_ttl; the servers refuse the policy.";
            self.error("wrapping-contradiction", max.span, message);
        }
    }
}

/// How many approvals all factors of a control group ask for.
fn approvals(value: &Node) -> u32 {
    let Kind::Object(entries) = &value.kind else { return 0 };
    let each = entries.iter().map(|entry| match entry.name() {
        "approvals" => entry.value.text().and_then(|text| text.parse().ok()).unwrap_or(0),
        _ => approvals(&entry.value),
    });
    each.fold(0, u32::saturating_add)
}

fn shown(value: &Node) -> String {
    match &value.kind {
        Kind::Text(text) | Kind::Number(text) => text.clone(),
        Kind::Bool(value) => value.to_string(),
        Kind::Null => "null".to_owned(),
        Kind::List(_) | Kind::Object(_) => "…".to_owned(),
    }
}

/// Whether every `{{` has its `}}`, none inside another.
fn balanced(path: &str) -> bool {
    let mut rest = path;
    loop {
        let (open, close) = (rest.find("{{"), rest.find("}}"));
        match (open, close) {
            (None, None) => return true,
            (Some(open), Some(close)) if open < close => {
                let inside = &rest[open + 2..close];
                if inside.contains("{{") {
                    return false;
                }
                rest = &rest[close + 2..];
            }
            (Some(_) | None, Some(_) | None) => return false,
        }
    }
}
