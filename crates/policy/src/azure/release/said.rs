//! A release policy in sentences, who gets the key by it, and what a change of it changes.

use super::{Condition, Document, KnownClaim, Operator, parse};
use crate::{
    Difference, Holder, Lockout, Power, Retention, Sentence, Severity, Standing, Surroundings, compare, either, listed,
};

/// Says what the policy says.
pub fn explain(text: &str, _surroundings: &Surroundings) -> Vec<Sentence> {
    let document = parse(text);
    let refused = document.malformed.iter().find(|finding| finding.severity == Severity::Error);
    let mut sentences: Vec<Sentence> = refused
        .map(|finding| Sentence::new(format!("The service refuses this text: {}", finding.message), finding.span))
        .into_iter()
        .collect();
    for authority in &document.authorities {
        let Some(condition) = &authority.condition else { continue };
        let url = authority.url.as_ref().map_or("an authority without a name", |url| &url.value);
        let text = format!("The key is released to an environment of which {url} attests that {}.", said(condition));
        sentences.push(Sentence::new(text, authority.span));
        for claim in condition.claims() {
            if let Some(known) = KnownClaim::of(&claim.name.value) {
                sentences.push(Sentence::new(format!("{} is {}.", claim.name.value, known.says), claim.span));
            }
        }
    }
    sentences
}

fn said(condition: &Condition) -> String {
    let group = |inner: &[Condition], join: fn(&[String]) -> String| {
        let parts: Vec<String> = inner
            .iter()
            .map(|one| match one {
                Condition::Claim(_) => said(one),
                Condition::All(inner, _) | Condition::Any(inner, _) if inner.len() < 2 => said(one),
                Condition::All(..) | Condition::Any(..) => format!("({})", said(one)),
            })
            .collect();
        join(&parts)
    };
    match condition {
        Condition::All(inner, _) => group(inner, listed),
        Condition::Any(inner, _) => group(inner, either),
        Condition::Claim(claim) => {
            let verb = match claim.operator {
                Operator::Equals => "is",
                Operator::NotEquals => "is not",
                Operator::Less => "is less than",
                Operator::LessOrEquals => "is at most",
                Operator::Greater => "is more than",
                Operator::GreaterOrEquals => "is at least",
                Operator::Exists => "is there:",
            };
            format!("{} {verb} {}", claim.name.value, claim.value.value.said())
        }
    }
}

/// Who gets the key: environments, by what is attested of them.
pub fn who(text: &str, _surroundings: &Surroundings) -> Vec<Holder> {
    holders(&parse(text))
}

fn holders(document: &Document) -> Vec<Holder> {
    let holder = |authority: &super::Authority| {
        let url = authority.url.as_ref().map_or_else(String::new, |url| url.value.clone());
        let standing = match &authority.condition {
            Some(condition) if document.is_well_formed() => {
                // What has to hold together is told one by one.
                let parts = match condition {
                    Condition::All(inner, _) => inner.iter().map(said).collect(),
                    Condition::Any(..) | Condition::Claim(_) => vec![said(condition)],
                };
                let mut conditions = parts;
                conditions.push("it may call release".to_owned());
                Standing::When { conditions }
            }
            Some(_) | None => Standing::DependsOn { on: "the text, which the service refuses as it stands".to_owned() },
        };
        Holder {
            who: format!("an environment attested by {url}"),
            id: url.trim_end_matches('/').to_lowercase(),
            power: Power::Extract,
            standing,
            by: format!("authority {}", authority.index + 1),
            span: Some(authority.span),
        }
    };
    document.authorities.iter().map(holder).collect()
}

/// What a change of the text changes in effect.
pub fn differences(before: &str, after: &str, _surroundings: &Surroundings) -> Vec<Difference> {
    let (old, new) = (parse(before), parse(after));
    if !new.is_well_formed() {
        return vec![Difference::unclear("The service refuses the new text, so it would change nothing.")];
    }
    if !old.is_well_formed() {
        return vec![Difference::unclear("The old text cannot be read, so what changes cannot be said.")];
    }
    compare(&holders(&old), &holders(&new))
}

/// Who may change a release policy is decided by rights on the key, and by whether the policy was made immutable.
pub fn lockout(_text: &str, _surroundings: &Surroundings) -> Lockout {
    Lockout {
        caller: Retention::CannotTell,
        says: "Who may change the release policy is decided by update on the key, which is not in this text. A policy that was marked immutable can never be changed.".to_owned(),
        next: Some("Keep immutable off until the policy has released the key once to the environment that is meant.".to_owned()),
        others: Vec::new(),
    }
}
