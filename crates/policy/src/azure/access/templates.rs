//! Entries of access policies that people add again and again; every other byte of the text stays.

use super::{Document, Entry, Kind, parse};
use crate::{
    Answers, Edit, Fix, Merged, Question, Severity, Span, Surroundings, Template, Trouble, azure::object::removal,
    template::AnswerKind,
};

const TENANT: Question = Question {
    id: "tenant",
    label: "Tenant",
    hint: "The id of the vault's tenant. Empty: that of the other entries.",
    kind: AnswerKind::Uuid,
    optional: true,
};

const OBJECT: Question = Question {
    id: "object",
    label: "Object id",
    hint: "Of the user, group or service principal; not the application's own id.",
    kind: AnswerKind::Uuid,
    optional: false,
};

const SOURCE: &str = "Azure Resource Manager, Microsoft.KeyVault 2023-02-01, AccessPolicyEntry";

const fn template(id: &'static str, title: &'static str, explains: &'static str) -> Template {
    Template { id, title, explains, questions: &[OBJECT, TENANT], presets: &[], source: SOURCE }
}

/// Every template.
pub const TEMPLATES: &[Template] = &[
    template("sign-only", "May sign", "Signs with every key of the vault and reads public halves. No key leaves."),
    template("encrypt-only", "May encrypt", "Encrypts and wraps with every key of the vault, and reads nothing back."),
    template("unwrap-only", "May decrypt", "Decrypts and unwraps with every key of the vault."),
    template("read-metadata", "Names and metadata only", "Lists keys and certificates and reads their public halves."),
];

fn wanted(template: &str) -> Option<&'static [(Kind, &'static [&'static str])]> {
    Some(match template {
        "sign-only" => &[(Kind::Keys, &["get", "sign"])],
        "encrypt-only" => &[(Kind::Keys, &["get", "encrypt", "wrapKey"])],
        "unwrap-only" => &[(Kind::Keys, &["get", "decrypt", "unwrapKey"])],
        "read-metadata" => &[(Kind::Keys, &["get", "list"]), (Kind::Certificates, &["get", "list"])],
        _ => return None,
    })
}

/// What is asked for, once it is known to be in order.
#[derive(Debug)]
struct Asked<'a> {
    document: Document,
    object: &'a str,
    tenant: String,
    words: &'static [(Kind, &'static [&'static str])],
}

fn asked<'a>(text: &str, template: &str, answers: &'a Answers) -> Result<Asked<'a>, Trouble> {
    let known = TEMPLATES.iter().find(|known| known.id == template).zip(wanted(template));
    let (known, words) =
        known.ok_or_else(|| Trouble::NotThere { says: format!("There is no template \"{template}\".") })?;
    known.check(answers)?;
    let document = parse(if text.trim().is_empty() { "[]" } else { text });
    if let Some(finding) = document.malformed.iter().find(|finding| finding.severity == Severity::Error) {
        return Err(Trouble::Unreadable { says: finding.message.clone() });
    }
    let answer = |name: &str| answers.get(name).map_or("", |answer| answer.trim());
    let tenant = match answer("tenant") {
        "" => document.entries.iter().find_map(|entry| entry.tenant.as_ref()).map(|tenant| tenant.value.clone()),
        tenant => Some(tenant.to_owned()),
    };
    let missing = || Trouble::Answer {
        question: "tenant".to_owned(),
        says: "No other entry names the tenant, so it has to be answered.".to_owned(),
    };
    Ok(Asked { document, object: answer("object"), tenant: tenant.ok_or_else(missing)?, words })
}

impl Asked<'_> {
    fn entry(&self) -> Option<&Entry> {
        let own = |entry: &&Entry| {
            entry.application.is_none()
                && entry.object.as_ref().is_some_and(|object| object.value.eq_ignore_ascii_case(self.object))
        };
        self.document.entries.iter().find(own)
    }
}

/// Puts a template's permissions into a text: into the principal's entry, or as an entry of its own.
///
/// # Errors
/// The text cannot be read or has no list, an answer is missing or wrong, or there is no such template.
pub fn merge(text: &str, template: &str, answers: &Answers, _surroundings: &Surroundings) -> Result<Merged, Trouble> {
    let asked = asked(text, template, answers)?;
    let base = if text.trim().is_empty() { "[]" } else { text };
    let edits = match asked.entry() {
        Some(entry) => added_to(entry, asked.words, base)?,
        None => vec![new_entry(&asked, base)?],
    };
    if edits.is_empty() {
        let says = "The principal may do that already.".to_owned();
        return Ok(Merged { text: text.to_owned(), changed: false, says });
    }
    finished(base, edits, format!("Added for object {}.", asked.object))
}

/// Takes a template's permissions from a principal again; an entry that gives nothing any more goes with them.
///
/// # Errors
/// The text cannot be read, an answer is missing or wrong, or there is no such template.
pub fn take_back(
    text: &str,
    template: &str,
    answers: &Answers,
    _surroundings: &Surroundings,
) -> Result<Merged, Trouble> {
    let asked = asked(text, template, answers)?;
    let unchanged = |says: &str| Merged { text: text.to_owned(), changed: false, says: says.to_owned() };
    let Some(entry) = asked.entry() else { return Ok(unchanged("The principal has no entry.")) };
    let taken = |kind: Kind, word: &str| {
        asked.words.iter().any(|(of, words)| *of == kind && words.iter().any(|one| one.eq_ignore_ascii_case(word)))
    };
    let rest = entry.permissions.iter().filter(|(kind, word)| !taken(*kind, &word.value)).count();
    if rest == entry.permissions.len() {
        return Ok(unchanged("The principal has no such permission."));
    }
    let edits = if rest == 0 {
        vec![removal(text, entry.span)]
    } else {
        let lists = entry.lists.iter().filter(|(kind, _)| asked.words.iter().any(|(of, _)| of == kind));
        lists
            .map(|(kind, span)| {
                let kept = entry.permissions.iter().filter(|(of, word)| of == kind && !taken(*kind, &word.value));
                let kept: Vec<&str> = kept.map(|(_, word)| word.span.of(text)).collect();
                Edit { span: *span, text: format!("[{}]", kept.join(", ")) }
            })
            .collect()
    };
    finished(text, edits, format!("Taken from object {}.", asked.object))
}

fn finished(text: &str, mut edits: Vec<Edit>, says: String) -> Result<Merged, Trouble> {
    edits.sort_by_key(|edit| edit.span);
    let changed = Fix { says: String::new(), edits }.applied(text);
    let changed =
        changed.ok_or_else(|| Trouble::Unreadable { says: "The text could not be changed there.".to_owned() })?;
    Ok(Merged { text: changed, changed: true, says })
}

fn added_to(entry: &Entry, wanted: &[(Kind, &[&str])], text: &str) -> Result<Vec<Edit>, Trouble> {
    let mut edits = Vec::new();
    for (kind, words) in wanted {
        let missing: Vec<String> =
            words.iter().filter(|word| !entry.has(*kind, word)).map(|word| format!("\"{word}\"")).collect();
        if missing.is_empty() {
            continue;
        }
        let missing = missing.join(", ");
        let list = entry.lists.iter().find(|(of, _)| of == kind).map(|(_, span)| *span);
        edits.push(match list.filter(|span| span.of(text).starts_with('[')) {
            Some(span) => {
                let inside = text.get(span.start + 1..span.end - 1).unwrap_or_default();
                let at = span.start + 1 + inside.trim_end().len();
                let comma = if inside.trim().is_empty() { "" } else { ", " };
                Edit { span: Span::new(at, at), text: format!("{comma}{missing}") }
            }
            None => return Err(no_place(kind.name())),
        });
    }
    Ok(edits)
}

fn no_place(name: &str) -> Trouble {
    Trouble::NotThere {
        says: format!("The principal's entry has no list \"{name}\" to add to. Add an empty one first."),
    }
}

fn new_entry(asked: &Asked<'_>, text: &str) -> Result<Edit, Trouble> {
    let lists: Vec<String> = asked
        .words
        .iter()
        .map(|(kind, words)| {
            let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
            format!("\"{}\": [{}]", kind.name(), words.join(", "))
        })
        .collect();
    let entry = format!(
        "{{\"tenantId\": \"{}\", \"objectId\": \"{}\", \"permissions\": {{{}}}}}",
        asked.tenant,
        asked.object,
        lists.join(", ")
    );
    match (asked.document.entries.last(), asked.document.list) {
        (Some(last), Some(_)) => {
            Ok(Edit { span: Span::new(last.span.end, last.span.end), text: format!(",\n{entry}") })
        }
        (None, Some(list)) => Ok(Edit { span: Span::new(list.start + 1, list.start + 1), text: entry }),
        (_, None) => Err(Trouble::NotThere {
            says: format!("The text is not a list of access policies ({} bytes), so nothing can be added.", text.len()),
        }),
    }
}
