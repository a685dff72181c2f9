//! Lints of the document as a text: its size, its version, its Sids, its characters.

use std::collections::HashSet;

use super::{
    Sight,
    codes::{
        DUPLICATE_SID, REFUSED_CHARACTERS, SID_CHARACTERS, TOO_LARGE, VERSION_MISSING, VERSION_OLD, VERSION_UNKNOWN,
    },
};
use crate::{
    Edit, Span, Spanned,
    json::{Style, prepend, quoted},
};

/// Source: KMS Developer Guide, "Resource quotas": key policy document size, 32 KB.
const MOST_BYTES: usize = 32_768;
const CURRENT: &str = "2012-10-17";

pub(super) fn look(sight: &mut Sight<'_>) {
    size(sight);
    version(sight);
    sids(sight);
    characters(sight);
}

fn size(sight: &mut Sight<'_>) {
    let text = sight.text;
    if text.len() <= MOST_BYTES {
        return;
    }
    let message = format!("The policy has {} bytes. KMS takes 32,768 at most.", text.len());
    let span = Span::new(0, text.char_indices().nth(1).map_or(text.len(), |(at, _)| at));
    let mut finding = TOO_LARGE.at(span, message).with_next("Put statements together that differ in principals alone.");
    let dense = serde_json::from_str::<serde_json::Value>(text).map(|value| value.to_string()).unwrap_or_default();
    if !dense.is_empty() && dense.len() <= MOST_BYTES {
        let edit = Edit { span: Span::whole(text), text: dense };
        finding = finding.with_fix("Write it without white space", vec![edit]);
    }
    sight.found.push(finding);
}

fn version(sight: &mut Sight<'_>) {
    let Some(version) = &sight.document.version else {
        missing(sight);
        return;
    };
    let edit = vec![Edit { span: version.span, text: quoted(CURRENT) }];
    let finding = match version.value.as_str() {
        CURRENT => return,
        "2008-10-17" => {
            let message = "This is the language of 2008. In it, variables such as ${aws:username} are plain text.";
            let finding = VERSION_OLD.at(version.span, message);
            // With the newer version, what stands in ${…} would begin to mean something.
            if sight.text.contains("${") {
                finding.with_next("Look at every ${…}, then write 2012-10-17.")
            } else {
                finding.with_fix("Write 2012-10-17", edit)
            }
        }
        other => {
            let message =
                format!("\"{other}\" is no version of the policy language. It is not the date of your policy.");
            VERSION_UNKNOWN.at(version.span, message).with_fix("Write 2012-10-17", edit)
        }
    };
    sight.found.push(finding);
}

fn missing(sight: &mut Sight<'_>) {
    let Some(first) = sight.layout.as_ref().and_then(|layout| layout.elements.first()) else { return };
    if sight.layout.as_ref().is_some_and(|layout| layout.elements.iter().any(|part| part.name == "Version")) {
        return;
    }
    let message = "The policy has no Version, so it is read in the language of 2008, which has no variables.";
    let start = sight.document.span.start;
    let mut finding = VERSION_MISSING.at(Span::new(start, start + 1), message);
    if !sight.text.contains("${") {
        let printed =
            Style::beside(sight.text, sight.document.span).property("Version", &crate::json::Shape::text(CURRENT));
        finding = finding.with_fix("Add Version 2012-10-17", vec![prepend(sight.text, first.span, &printed)]);
    }
    sight.found.push(finding);
}

fn sids(sight: &mut Sight<'_>) {
    let sids: Vec<&Spanned<String>> =
        sight.document.statements.iter().filter_map(|statement| statement.sid.as_ref()).collect();
    let all: HashSet<&str> = sids.iter().map(|sid| sid.value.as_str()).collect();
    let mut taken: HashSet<String> = HashSet::new();
    for sid in &sids {
        if taken.contains(&sid.value) && !sid.value.is_empty() {
            let free = free_sid(&sid.value, |candidate| all.contains(candidate) || taken.contains(candidate));
            let message = format!("Two statements have the Sid \"{}\". A Sid is to name one statement.", sid.value);
            let edit = vec![Edit { span: sid.span, text: quoted(&free) }];
            sight.found.push(DUPLICATE_SID.at(sid.span, message).with_fix(format!("Call it \"{free}\""), edit));
            taken.insert(free);
        } else {
            taken.insert(sid.value.clone());
        }
    }
}

/// The first Sid that nobody has: the wanted one, or with a number behind it.
pub(in crate::aws) fn free_sid(wanted: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(wanted) {
        return wanted.to_owned();
    }
    // Among more numbers than there can be statements, one is free.
    (2..usize::MAX).map(|number| format!("{wanted} {number}")).find(|candidate| !taken(candidate)).unwrap_or_default()
}

/// KMS takes tabs, line ends and what lies between the space and ÿ (PutKeyPolicy, the pattern of Policy).
fn is_taken(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | '\u{20}'..='\u{ff}')
}

fn characters(sight: &mut Sight<'_>) {
    let mut found = Vec::new();
    for statement in &sight.document.statements {
        for (sid, refused) in statement.sid.iter().filter_map(|sid| refused(sid).map(|refused| (sid, refused))) {
            let plain: String = sid.value.chars().map(plain).filter(|letter| is_taken(*letter)).collect();
            let plain = plain.trim();
            let message = format!("The Sid has the character {}, which KMS refuses.", named(refused));
            let edit = vec![Edit { span: sid.span, text: quoted(plain) }];
            found.push(SID_CHARACTERS.at(sid.span, message).with_fix(format!("Call it \"{plain}\""), edit));
        }
        let actions = statement.actions.iter().flat_map(|entries| &entries.values);
        let resources = statement.resources.iter().flat_map(|entries| &entries.values);
        let conditions = statement.conditions.iter().flat_map(|condition| &condition.values);
        for value in actions.chain(resources).chain(conditions) {
            found.extend(refused(value).map(|letter| elsewhere(value.span, letter)));
        }
        for principal in statement.principals.iter().flat_map(|entries| &entries.values) {
            let letter = principal.value.value.chars().find(|letter| !is_taken(*letter));
            found.extend(letter.map(|letter| elsewhere(principal.span, letter)));
        }
    }
    sight.found.extend(found);
}

fn elsewhere(span: Span, letter: char) -> crate::Finding {
    let message = format!("This has the character {}, which KMS refuses in a policy.", named(letter));
    REFUSED_CHARACTERS.at(span, message).with_next("Write it anew by hand; such characters come with pasted text.")
}

fn refused(value: &Spanned<String>) -> Option<char> {
    value.value.chars().find(|letter| !is_taken(*letter))
}

fn named(letter: char) -> String {
    if letter.is_control() || letter.is_whitespace() || (letter as u32) >= 0x2000 && (letter as u32) < 0x2010 {
        format!("U+{:04X}", letter as u32)
    } else {
        format!("{letter} (U+{:04X})", letter as u32)
    }
}

/// The letter that somebody would have typed where a word processor put another.
fn plain(letter: char) -> char {
    match letter {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{2002}'..='\u{200a}' | '\u{202f}' => ' ',
        other => other,
    }
}
