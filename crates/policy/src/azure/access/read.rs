//! From the text of access policies to entries.

use jsonc_parser::ast::Value;

use super::words::{KINDS, Kind};
use crate::{
    Finding, Severity, Span, Spanned,
    azure::object::{Faults, is_uuid, name_span, read, span},
    nearest::nearest,
};

/// Access policies as they are written.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Document {
    /// One by one.
    pub entries: Vec<Entry>,
    /// What ARM refuses, or does not take as it is meant.
    pub malformed: Vec<Finding>,
    /// The list with its brackets, if there is one.
    pub list: Option<Span>,
    /// The whole text's value.
    pub span: Span,
}

/// Who, and what they may do.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Entry {
    /// Its number, from 0.
    pub index: usize,
    /// `tenantId`.
    pub tenant: Option<Spanned<String>>,
    /// `objectId`: a user, a group, or a service principal.
    pub object: Option<Spanned<String>>,
    /// `applicationId`: only when that application asks for them.
    pub application: Option<Spanned<String>>,
    /// The words of each list, as written.
    pub permissions: Vec<(Kind, Spanned<String>)>,
    /// Each list with its brackets.
    pub lists: Vec<(Kind, Span)>,
    /// The whole entry.
    pub span: Span,
}

impl Document {
    /// Whether ARM would take the text.
    pub fn is_well_formed(&self) -> bool {
        self.malformed.iter().all(|finding| finding.severity != Severity::Error)
    }
}

impl Entry {
    /// How people speak of it.
    pub fn label(&self) -> String {
        format!("entry {}", self.index + 1)
    }

    /// Whether a word of a list is given, by itself or by `all`.
    pub fn has(&self, kind: Kind, word: &str) -> bool {
        self.permissions.iter().any(|(list, given)| {
            let all = given.value.eq_ignore_ascii_case("all") && word != "purge";
            *list == kind && (all || given.value.eq_ignore_ascii_case(word))
        })
    }
}

/// Reads a list of access policies, a vault's answer with `accessPolicies` in it, or one entry.
pub fn parse(text: &str) -> Document {
    let (mut document, malformed) = read(text, |value, faults| {
        let mut document = Document { span: span(value), ..Document::default() };
        if let Value::Array(array) = value {
            document.list = Some(span(array));
        }
        let values = faults.list(value, &["properties", "accessPolicies", "value"], "access policies");
        for value in values {
            let index = document.entries.len();
            document.entries.extend(entry(index, value, faults));
        }
        document
    });
    document.malformed = malformed;
    document
}

fn entry(index: usize, value: &Value<'_>, faults: &mut Faults) -> Option<Entry> {
    let object = faults.object(value, "An access policy")?;
    let mut entry = Entry { index, span: span(object), ..Entry::default() };
    for property in faults.properties(object) {
        let name = property.name.as_str();
        match name.to_lowercase().as_str() {
            "tenantid" => entry.tenant = id("tenantId", &property.value, faults),
            "objectid" => entry.object = id("objectId", &property.value, faults),
            "applicationid" => entry.application = id("applicationId", &property.value, faults),
            "permissions" => permissions(&mut entry, &property.value, faults),
            _ => unknown(name, name_span(property), &["tenantId", "objectId", "applicationId", "permissions"], faults),
        }
    }
    for (name, there) in [("tenantId", entry.tenant.is_some()), ("objectId", entry.object.is_some())] {
        if !there {
            faults.error("missing-element", entry.span, format!("{} has no {name}.", entry.label()));
        }
    }
    let named = object.properties.iter().any(|property| property.name.as_str().eq_ignore_ascii_case("permissions"));
    if !named {
        faults.error("missing-element", entry.span, format!("{} has no permissions.", entry.label()));
    }
    Some(entry)
}

fn unknown(name: &str, span: Span, known: &[&str], faults: &mut Faults) {
    let finding = Finding::new(
        "unknown-element",
        Severity::Error,
        span,
        format!("\"{name}\" is not part of an access policy: it has {}.", crate::listed(known)),
    );
    faults.push(match nearest(name, known.iter().copied()) {
        Some(near) => {
            let edit = crate::Edit { span, text: format!("\"{near}\"") };
            finding.with_fix(format!("Write {near}"), vec![edit])
        }
        None => finding,
    });
}

fn id(name: &str, value: &Value<'_>, faults: &mut Faults) -> Option<Spanned<String>> {
    let id = faults.text(name, value)?;
    if !is_uuid(&id.value) {
        let message =
            format!("{name} is an id as 00000000-0000-0000-0000-000000000000 is, which \"{}\" is not.", id.value);
        faults.error("not-an-id", id.span, message);
    }
    Some(id)
}

fn permissions(entry: &mut Entry, value: &Value<'_>, faults: &mut Faults) {
    let Some(object) = faults.object(value, "permissions") else { return };
    for property in faults.properties(object) {
        let name = property.name.as_str();
        let kind = KINDS.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name));
        let Some(kind) = kind else {
            unknown(name, name_span(property), &KINDS.map(Kind::name), faults);
            continue;
        };
        entry.lists.push((kind, span(&property.value)));
        for word in faults.texts(kind.name(), &property.value) {
            check_word(kind, &word, faults);
            entry.permissions.push((kind, word));
        }
    }
}

fn check_word(kind: Kind, word: &Spanned<String>, faults: &mut Faults) {
    if kind.word(&word.value).is_some() || word.value.eq_ignore_ascii_case("all") {
        return;
    }
    let words: Vec<&str> = kind.words().iter().map(|word| word.word).collect();
    let message = format!("\"{}\" is not a permission for {}; Azure refuses it.", word.value, kind.name());
    let finding = Finding::new("unknown-permission", Severity::Error, word.span, message);
    faults.push(match nearest(&word.value, words.iter().copied()) {
        Some(near) => {
            let edit = crate::Edit { span: word.span, text: format!("\"{near}\"") };
            finding.with_fix(format!("Write \"{near}\""), vec![edit])
        }
        None => finding.with_next(format!("It is one of {}.", crate::either(&words))),
    });
}
