//! What somebody who edits access policies should know.

use super::{
    Document, Entry, parse,
    words::{KINDS, Kind},
};
use crate::{Edit, Finding, Severity, Span, Surroundings, azure::object::removal};

/// Azure takes no more entries than this in one vault. Source: "Assign a Key Vault access policy", 2026-11.
const MOST_ENTRIES: usize = 1024;

/// Every finding, in the order of the text.
pub fn lint(text: &str, _surroundings: &Surroundings) -> Vec<Finding> {
    let document = parse(text);
    let mut findings = document.malformed.clone();
    if document.is_well_formed() {
        findings.extend(of_list(&document));
    }
    for entry in &document.entries {
        findings.extend(of_entry(entry, text));
    }
    findings.extend(twice(&document, text));
    Finding::in_order(findings)
}

fn finding(code: &str, severity: Severity, span: Span, message: impl Into<String>) -> Finding {
    Finding::new(code, severity, span, message)
}

fn of_list(document: &Document) -> Vec<Finding> {
    let mut findings = Vec::new();
    if document.entries.is_empty() {
        let message = "Nobody is let in: neither keys nor secrets of the vault can be used by anyone.";
        findings.push(finding("nobody", Severity::Warning, document.span, message));
    }
    if document.entries.len() > MOST_ENTRIES {
        let message = format!("There are {} entries; a vault takes {MOST_ENTRIES}.", document.entries.len());
        findings.push(finding("too-many-entries", Severity::Error, document.span, message).with_next("Use groups."));
    }
    let mut tenants: Vec<String> =
        document.entries.iter().filter_map(|entry| entry.tenant.as_ref()).map(|id| id.value.to_lowercase()).collect();
    tenants.sort();
    tenants.dedup();
    if let (true, Some(other)) = (tenants.len() > 1, document.entries.last()) {
        let message = "The entries name several tenants. All have to name the vault's own; the others never fit.";
        let span = other.tenant.as_ref().map_or(other.span, |tenant| tenant.span);
        findings.push(finding("several-tenants", Severity::Error, span, message));
    }
    findings
}

fn of_entry(entry: &Entry, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (kind, word) in &entry.permissions {
        if word.value.eq_ignore_ascii_case("all") {
            findings.push(all(entry, *kind, word.span));
        } else if word.value.eq_ignore_ascii_case("purge") {
            let message = format!(
                "purge ends deleted {} for good, before the days of soft-delete are over, unless purge protection is on.",
                kind.name()
            );
            findings.push(
                finding("purge", Severity::Warning, word.span, message)
                    .with_fix("Remove purge", vec![removal(text, word.span)]),
            );
        }
    }
    if entry.permissions.is_empty() {
        let message = format!("{} gives nothing.", crate::capitalized(&entry.label()));
        findings.push(
            finding("no-permissions", Severity::Warning, entry.span, message)
                .with_fix("Remove the entry", vec![removal(text, entry.span)]),
        );
    }
    findings.extend(leaving(entry));
    findings.extend(ids(entry));
    findings.extend(repeated_words(entry, text));
    findings
}

/// `all` gives what no list names today, and what Azure adds tomorrow.
fn all(entry: &Entry, kind: Kind, span: Span) -> Finding {
    let message = format!(
        "all gives every permission for {}, also those that Azure adds later; purge is not part of it.",
        kind.name()
    );
    let found = finding("all-permissions", Severity::Warning, span, message);
    let Some((_, list)) = entry.lists.iter().find(|(list, _)| *list == kind) else { return found };
    let words: Vec<String> =
        kind.words().iter().filter(|word| !word.purges).map(|word| format!("\"{}\"", word.word)).collect();
    let kept = if entry.permissions.iter().any(|(of, word)| *of == kind && word.value.eq_ignore_ascii_case("purge")) {
        ", \"purge\""
    } else {
        ""
    };
    let edit = Edit { span: *list, text: format!("[{}{kept}]", words.join(", ")) };
    found.with_fix("Name them one by one", vec![edit])
}

/// What carries the value itself away.
fn leaving(entry: &Entry) -> Vec<Finding> {
    let mut findings = Vec::new();
    let place = |kind: Kind, name: &str| {
        let named = entry.permissions.iter().find(|(of, word)| *of == kind && word.value.eq_ignore_ascii_case(name));
        named.map(|(_, word)| word.span)
    };
    if let Some(span) = place(Kind::Secrets, "get") {
        let message = "get for secrets gives their values, and the private key of every exportable certificate.";
        findings.push(finding("secret-values", Severity::Note, span, message));
    }
    for kind in KINDS {
        if let (Some(backup), Some(_)) = (place(kind, "backup"), place(kind, "restore")) {
            let message = format!(
                "backup with restore copies {} into another vault of the subscription, where other rights hold.",
                kind.name()
            );
            findings.push(finding("backup-and-restore", Severity::Note, backup, message));
        }
    }
    if let Some(span) = place(Kind::Keys, "release") {
        let message = "release hands out exportable keys, to whom the key's release policy attests.";
        findings.push(
            finding("release-given", Severity::Note, span, message)
                .with_next("Look at the release policy of each exportable key."),
        );
    }
    if entry.lists.iter().any(|(kind, _)| *kind == Kind::Storage) && place_any(entry, Kind::Storage) {
        let message = "Key Vault no longer manages keys of storage accounts; these permissions do nothing.";
        let span = entry.lists.iter().find(|(kind, _)| *kind == Kind::Storage).map_or(entry.span, |(_, span)| *span);
        findings.push(finding("storage-permissions", Severity::Note, span, message));
    }
    findings
}

fn place_any(entry: &Entry, kind: Kind) -> bool {
    entry.permissions.iter().any(|(of, _)| *of == kind)
}

fn ids(entry: &Entry) -> Vec<Finding> {
    let mut findings = Vec::new();
    let zero = |id: &str| id.bytes().all(|byte| matches!(byte, b'0' | b'-'));
    if let Some(object) = entry.object.as_ref().filter(|object| zero(&object.value)) {
        let message = "The object id is all zeros, which is nobody: a deleted principal, or an example.";
        findings.push(finding("nobody-id", Severity::Warning, object.span, message));
    }
    if let (Some(object), Some(application)) = (&entry.object, &entry.application) {
        if object.value.eq_ignore_ascii_case(&application.value) {
            let message = "The object id and the application id are the same. An application's own id is not that of its service principal.";
            findings.push(finding("application-as-object", Severity::Warning, object.span, message));
        } else {
            let message = "With an application id this holds only while that application asks on their behalf.";
            findings.push(finding("on-behalf", Severity::Note, application.span, message));
        }
    }
    findings
}

fn repeated_words(entry: &Entry, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, (kind, word)) in entry.permissions.iter().enumerate() {
        let before = entry.permissions[..at]
            .iter()
            .find(|(of, other)| of == kind && other.value.eq_ignore_ascii_case(&word.value));
        if before.is_some() {
            let message = format!("\"{}\" is named twice for {}, which changes nothing.", word.value, kind.name());
            findings.push(
                finding("repeated-permission", Severity::Note, word.span, message)
                    .with_fix("Name it once", vec![removal(text, word.span)]),
            );
        }
    }
    findings
}

fn twice(document: &Document, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, entry) in document.entries.iter().enumerate() {
        let same = |other: &&Entry| {
            let id = |entry: &Entry| {
                let lower = |id: &Option<crate::Spanned<String>>| id.as_ref().map(|id| id.value.to_lowercase());
                (lower(&entry.object), lower(&entry.application))
            };
            id(other) == id(entry) && entry.object.is_some()
        };
        let Some(first) = document.entries[..at].iter().find(same) else { continue };
        let message =
            format!("The same principal is named in {} already. Azure refuses two entries for one.", first.label());
        let found = finding("repeated-principal", Severity::Error, entry.span, message);
        let words = |entry: &Entry| {
            entry.permissions.iter().map(|(kind, word)| (*kind, word.value.to_lowercase())).collect::<Vec<_>>()
        };
        let contained = words(entry).iter().all(|word| words(first).contains(word));
        findings.push(if contained {
            found.with_fix("Remove the second", vec![removal(text, entry.span)])
        } else {
            found.with_next("Put both into one entry.")
        });
    }
    findings
}
