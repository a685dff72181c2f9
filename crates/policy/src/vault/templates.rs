//! Rules of Vault that people add again and again. Merged into the text: every other byte stays.

use super::{Document, Rule, parse, pattern::Pattern};
use crate::{Answers, Edit, Fix, Merged, Question, Surroundings, Template, Trouble, template::AnswerKind};

const MOUNT: Question = Question {
    id: "mount",
    label: "Mount",
    hint: "Where the engine is mounted, as transit.",
    kind: AnswerKind::Text,
    optional: false,
};

const KEY: Question =
    Question { id: "key", label: "Key", hint: "The name of one key.", kind: AnswerKind::Text, optional: false };

const PREFIX: Question = Question {
    id: "below",
    label: "Below",
    hint: "Only names below this path, as team/app. Empty: all of the mount.",
    kind: AnswerKind::Text,
    optional: true,
};

const SOURCE: &str =
    "OpenBao API documentation, \"Transit secrets engine\" and \"KV secrets engine, version 2\", 2026-11";

const fn template(
    id: &'static str,
    title: &'static str,
    explains: &'static str,
    questions: &'static [Question],
) -> Template {
    Template { id, title, explains, questions, presets: &[], source: SOURCE }
}

/// Every template.
pub const TEMPLATES: &[Template] = &[
    template(
        "may-sign",
        "May sign with one key",
        "Signs with one transit key and reads its public half. The key stays where it is.",
        &[MOUNT, KEY],
    ),
    template(
        "may-encrypt",
        "May encrypt with one key",
        "Encrypts with one transit key, and cannot read what it encrypted.",
        &[MOUNT, KEY],
    ),
    template(
        "may-decrypt",
        "May decrypt with one key",
        "Decrypts what was encrypted with one transit key.",
        &[MOUNT, KEY],
    ),
    template(
        "key-administrators",
        "Key administrators without export",
        "Makes, rotates and configures the keys of a mount. Export and backup are denied, whatever else a policy says.",
        &[MOUNT],
    ),
    template(
        "read-metadata",
        "Names and metadata only",
        "Lists names and reads metadata of a KV mount of version 2, and no value.",
        &[MOUNT, PREFIX],
    ),
];

/// A rule that a template puts in.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Wanted {
    path: String,
    capabilities: &'static [&'static str],
}

/// Puts a template's rules into a text, in the text's own notation. What is there already is left alone; where the path has
/// a rule, its missing capabilities are added to its list.
///
/// # Errors
/// The text cannot be read, an answer is missing or wrong, a rule of the path denies, or there is no such template.
pub fn merge(text: &str, template: &str, answers: &Answers, _surroundings: &Surroundings) -> Result<Merged, Trouble> {
    let (document, wanted) = prepared(text, template, answers)?;
    let mut result = text.to_owned();
    let mut added = Vec::new();
    for wanted in &wanted {
        if let Some(fix) = put(&parse(&result), &result, wanted)? {
            result = applied(&fix, &result)?;
            added.push(wanted.path.as_str());
        }
    }
    let changed = !added.is_empty();
    let says = match (changed, document.rules.is_empty()) {
        (false, _) => "The policy says that already.".to_owned(),
        (true, _) => format!("Added for {}.", crate::listed(&added)),
    };
    Ok(Merged { text: result, changed, says })
}

/// Takes a template's capabilities out of a text again; rules that give nothing any more go with them.
///
/// # Errors
/// The text cannot be read, an answer is missing or wrong, or there is no such template.
pub fn take_back(
    text: &str,
    template: &str,
    answers: &Answers,
    _surroundings: &Surroundings,
) -> Result<Merged, Trouble> {
    let (_, wanted) = prepared(text, template, answers)?;
    let mut result = text.to_owned();
    let mut removed = Vec::new();
    for wanted in &wanted {
        let document = parse(&result);
        let pattern = Pattern::of(&wanted.path);
        let Some(rule) = document.rules.iter().find(|rule| rule.pattern() == pattern) else { continue };
        if let Some(fix) = taken(&document, rule, &result, wanted) {
            result = applied(&fix, &result)?;
            removed.push(wanted.path.as_str());
        }
    }
    let changed = !removed.is_empty();
    let says = if changed {
        format!("Taken out for {}. What a wider rule allows is still allowed.", crate::listed(&removed))
    } else {
        "The policy has no such rule.".to_owned()
    };
    Ok(Merged { text: result, changed, says })
}

fn prepared(text: &str, template: &str, answers: &Answers) -> Result<(Document, Vec<Wanted>), Trouble> {
    let known = TEMPLATES.iter().find(|known| known.id == template);
    let known = known.ok_or_else(|| Trouble::NotThere { says: format!("There is no template \"{template}\".") })?;
    known.check(answers)?;
    for question in known.questions {
        let answer = answers.get(question.id).map_or("", String::as_str);
        if answer.contains(['*', '+', '{', '}', '"', '\\']) {
            let says = format!("\"{answer}\" is a pattern; here one name is meant.");
            return Err(Trouble::Answer { question: question.id.to_owned(), says });
        }
    }
    let document = parse(text);
    if let Some(finding) = document.malformed.iter().find(|finding| finding.severity == crate::Severity::Error) {
        return Err(Trouble::Unreadable { says: finding.message.clone() });
    }
    Ok((document, wanted(template, answers)))
}

fn wanted(template: &str, answers: &Answers) -> Vec<Wanted> {
    let answer = |name: &str| answers.get(name).map_or("", |answer| answer.trim().trim_matches('/'));
    let (mount, key, below) = (answer("mount"), answer("key"), answer("below"));
    let rule = |path: String, capabilities: &'static [&'static str]| Wanted { path, capabilities };
    let every: &[&str] = &["create", "read", "update", "delete", "list"];
    match template {
        "may-sign" => vec![
            rule(format!("{mount}/sign/{key}"), &["update"]),
            rule(format!("{mount}/sign/{key}/+"), &["update"]),
            rule(format!("{mount}/keys/{key}"), &["read"]),
        ],
        "may-encrypt" => vec![rule(format!("{mount}/encrypt/{key}"), &["update"])],
        "may-decrypt" => vec![rule(format!("{mount}/decrypt/{key}"), &["update"])],
        "key-administrators" => vec![
            rule(format!("{mount}/keys"), &["list"]),
            rule(format!("{mount}/keys/*"), every),
            rule(format!("{mount}/export/*"), &["deny"]),
            rule(format!("{mount}/byok-export/*"), &["deny"]),
            rule(format!("{mount}/backup/*"), &["deny"]),
        ],
        "read-metadata" if below.is_empty() => vec![rule(format!("{mount}/metadata/*"), &["read", "list"])],
        "read-metadata" => vec![
            rule(format!("{mount}/metadata/{below}"), &["read", "list"]),
            rule(format!("{mount}/metadata/{below}/*"), &["read", "list"]),
        ],
        _ => Vec::new(),
    }
}

fn applied(fix: &Fix, text: &str) -> Result<String, Trouble> {
    let changed = fix.applied(text);
    changed.ok_or_else(|| Trouble::Unreadable { says: "The text could not be changed at that place.".to_owned() })
}

fn edits(edits: Vec<Edit>) -> Fix {
    Fix { says: String::new(), edits }
}

/// What has to be edited so that the rule is there; nothing if it is.
fn put(document: &Document, text: &str, wanted: &Wanted) -> Result<Option<Fix>, Trouble> {
    let pattern = Pattern::of(&wanted.path);
    let same: Vec<&Rule> = document.rules.iter().filter(|rule| rule.pattern() == pattern).collect();
    let has = |word: &str| same.iter().any(|rule| rule.granted().iter().any(|one| one.word() == word));
    let denies = wanted.capabilities == ["deny"];
    if same.iter().any(|rule| rule.denies()) && !denies {
        let says = format!("A rule denies {}. Remove it first, if that is meant.", wanted.path);
        return Err(Trouble::NotThere { says });
    }
    let missing: Vec<&str> = wanted.capabilities.iter().copied().filter(|word| !has(word)).collect();
    if missing.is_empty() {
        return Ok(None);
    }
    let Some(list) = same.iter().find_map(|rule| rule.list.filter(|_| rule.policy.is_none() && !denies)) else {
        return Ok(Some(edits(vec![new_rule(document, text, wanted)])));
    };
    let words: Vec<String> = missing.iter().map(|word| format!("\"{word}\"")).collect();
    let inside = &text[list.start + 1..list.end - 1];
    let filled = inside.trim_end();
    let parted = filled.trim().is_empty() || filled.ends_with(',');
    let at = list.start + 1 + filled.len();
    // Behind a comment at the end of the line a word would be part of it.
    let last = filled.rsplit('\n').next().unwrap_or_default();
    let commented = last.contains('#') || last.contains("//") || filled.ends_with("*/");
    if commented {
        let begin = list.start + 1;
        let comma = if filled.trim().is_empty() { "" } else { ", " };
        return Ok(Some(edits(vec![Edit {
            span: crate::Span::new(begin, begin),
            text: format!("{}{comma}", words.join(", ")),
        }])));
    }
    let comma = if parted { if filled.trim().is_empty() { "" } else { " " } } else { ", " };
    Ok(Some(edits(vec![Edit { span: crate::Span::new(at, at), text: format!("{comma}{}", words.join(", ")) }])))
}

fn new_rule(document: &Document, text: &str, wanted: &Wanted) -> Edit {
    let words: Vec<String> = wanted.capabilities.iter().map(|word| format!("\"{word}\"")).collect();
    let words = words.join(", ");
    if !document.json {
        let gap = match (text.trim().is_empty(), text.ends_with('\n')) {
            (true, _) => "",
            (false, true) => "\n",
            (false, false) => "\n\n",
        };
        let at = text.len();
        let rule = format!("{gap}path \"{}\" {{\n  capabilities = [{words}]\n}}\n", wanted.path);
        return Edit { span: crate::Span::new(at, at), text: rule };
    }
    let rule = format!("\"{}\": {{\"capabilities\": [{words}]}}", wanted.path);
    match document.rules.last() {
        Some(last) => Edit { span: crate::Span::new(last.span.end, last.span.end), text: format!(", {rule}") },
        None => Edit { span: document.span, text: format!("{{\"path\": {{{rule}}}}}") },
    }
}

fn taken(document: &Document, rule: &Rule, text: &str, wanted: &Wanted) -> Option<Fix> {
    let list = rule.list.filter(|_| rule.policy.is_none())?;
    let is_there = rule.capabilities.iter().any(|word| wanted.capabilities.contains(&word.value.as_str()));
    if !is_there {
        return None;
    }
    let rest: Vec<String> = rule
        .capabilities
        .iter()
        .filter(|word| !wanted.capabilities.contains(&word.value.as_str()))
        .map(|word| word.span.of(text).to_owned())
        .collect();
    if !rest.is_empty() {
        return Some(edits(vec![Edit { span: list, text: format!("[{}]", rest.join(", ")) }]));
    }
    Some(edits(vec![Edit { span: whole(document, rule, text), text: String::new() }]))
}

/// A rule with what parts it from its neighbour: the empty line before it in HCL, a comma in JSON.
fn whole(document: &Document, rule: &Rule, text: &str) -> crate::Span {
    let (mut start, mut end) = (rule.span.start, rule.span.end);
    if document.json {
        let after = &text[end..];
        let before = &text[..start];
        if let Some(comma) = after.trim_start().strip_prefix(',') {
            end = text.len() - comma.trim_start().len();
        } else if before.trim_end().ends_with(',') {
            start = before.trim_end().len() - 1;
        }
        return crate::Span::new(start, end);
    }
    if text[end..].starts_with(',') {
        end += 1;
    }
    if text[end..].starts_with('\n') && text[..start].ends_with('\n') {
        end += 1;
        if text[..start].ends_with("\n\n") {
            start -= 1;
        }
    } else if text[..start].is_empty() && text[end..].starts_with('\n') {
        end += 1;
    }
    crate::Span::new(start, end)
}
