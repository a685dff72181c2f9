//! Access policies in sentences, who can what by them, and what a change of them changes.

use super::{Document, Entry, parse, words::KINDS};
use crate::{
    Difference, Holder, Lockout, Power, Retention, Sentence, Severity, Standing, Surroundings, compare, listed,
};

/// Says what the policies say.
pub fn explain(text: &str, _surroundings: &Surroundings) -> Vec<Sentence> {
    let document = parse(text);
    let refused = document.malformed.iter().find(|finding| finding.severity == Severity::Error);
    let mut sentences: Vec<Sentence> = refused
        .map(|finding| Sentence::new(format!("Azure refuses this text: {}", finding.message), finding.span))
        .into_iter()
        .collect();
    for entry in &document.entries {
        let what: Vec<String> = KINDS
            .into_iter()
            .filter_map(|kind| {
                let words: Vec<&str> = entry
                    .permissions
                    .iter()
                    .filter(|(of, _)| *of == kind)
                    .map(|(_, word)| if word.value.eq_ignore_ascii_case("all") { "do everything" } else { &word.value })
                    .collect();
                (!words.is_empty()).then(|| format!("{} {}", listed(&words), kind.name()))
            })
            .collect();
        let what = if what.is_empty() { "do nothing".to_owned() } else { what.join("; ") };
        let condition =
            if entry.application.is_some() { ", while the named application asks on their behalf" } else { "" };
        let text = format!("{} may {what}{condition}.", crate::capitalized(&who_of(entry)));
        sentences.push(Sentence::new(text, entry.span));
    }
    if document.entries.is_empty() && sentences.is_empty() {
        sentences.push(Sentence::new("Nobody may use the keys, secrets and certificates of the vault.", document.span));
    }
    sentences
}

fn id_of(entry: &Entry) -> String {
    entry.object.as_ref().map_or_else(|| "no object id".to_owned(), |object| object.value.to_lowercase())
}

fn who_of(entry: &Entry) -> String {
    format!("object {}", id_of(entry))
}

/// Who can do what with what is in the vault.
pub fn who(text: &str, _surroundings: &Surroundings) -> Vec<Holder> {
    holders(&parse(text))
}

fn holders(document: &Document) -> Vec<Holder> {
    let mut holders: Vec<Holder> = Vec::new();
    for entry in &document.entries {
        for kind in KINDS {
            for word in kind.words().iter().filter(|word| entry.has(kind, word.word)) {
                let Some(power) = word.power else { continue };
                let holder = Holder {
                    who: who_of(entry),
                    id: id_of(entry),
                    power,
                    standing: standing(document, entry, power),
                    by: entry.label(),
                    span: Some(entry.span),
                };
                if !holders.contains(&holder) {
                    holders.push(holder);
                }
            }
        }
    }
    holders
}

fn standing(document: &Document, entry: &Entry, power: Power) -> Standing {
    if !document.is_well_formed() {
        return Standing::DependsOn { on: "the text, which Azure refuses as it stands".to_owned() };
    }
    let mut conditions = Vec::new();
    if let Some(application) = &entry.application {
        conditions.push(format!("the application {} asks on their behalf", application.value));
    }
    let release = entry.has(super::Kind::Keys, "release") && !entry.has(super::Kind::Secrets, "get");
    if power == Power::Extract && release {
        conditions.push("the key's release policy attests the environment".to_owned());
    }
    if conditions.is_empty() { Standing::Can } else { Standing::When { conditions } }
}

/// What a change of the text changes in effect.
pub fn differences(before: &str, after: &str, _surroundings: &Surroundings) -> Vec<Difference> {
    let (old, new) = (parse(before), parse(after));
    if !new.is_well_formed() {
        return vec![Difference::unclear("Azure refuses the new text, so it would change nothing.")];
    }
    if !old.is_well_formed() {
        return vec![Difference::unclear("The old text cannot be read, so what changes cannot be said.")];
    }
    compare(&holders(&old), &holders(&new))
}

/// Who may change access policies is decided by rights on the vault as a resource, which no access policy speaks of.
pub fn lockout(text: &str, _surroundings: &Surroundings) -> Lockout {
    let refused = !parse(text).is_well_formed();
    let says = if refused {
        "Azure refuses this text, so it would change nothing. Who may change access policies afterwards cannot be told."
    } else {
        "Who may change access policies is decided by roles on the vault's resource, which are not in this text. Whether you still can cannot be told from it."
    };
    Lockout {
        caller: Retention::CannotTell,
        says: says.to_owned(),
        next: Some(
            "Look for Microsoft.KeyVault/vaults/accessPolicies/write among your roles on the vault, its resource group and its subscription."
                .to_owned(),
        ),
        others: vec![Holder {
            who: "whoever has Owner, Contributor or Key Vault Contributor on the vault".to_owned(),
            id: "Microsoft.KeyVault/vaults/accessPolicies/write".to_owned(),
            power: Power::Administer,
            standing: Standing::DependsOn { on: "the role assignments of the vault and of what it is in".to_owned() },
            by: "role assignments".to_owned(),
            span: None,
        }],
    }
}
