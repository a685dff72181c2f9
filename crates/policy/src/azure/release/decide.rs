//! Whether a release policy would hand out the key to an environment with these claims, and which authority answers.

use serde_json::Value as Json;

use super::{Authority, Claim, Condition, Operator, Value, parse};
use crate::Sentence;

/// What a release policy answers to claims. Whether the attestation is signed by its authority is not looked at.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outcome {
    /// Whether the key would be released.
    pub released: bool,
    /// The authority that answers, by its number from 0.
    pub by: Option<usize>,
    /// For each authority why it does or does not.
    pub says: Vec<Sentence>,
}

/// Answers for the claims of an attestation, as the JSON object that is its payload; `iss` in it is the authority.
///
/// # Errors
/// A sentence, if one of the texts cannot be read: then nothing is known.
pub fn decide(policy: &str, claims: &str) -> Result<Outcome, String> {
    let document = parse(policy);
    if let Some(finding) = document.malformed.iter().find(|finding| finding.severity == crate::Severity::Error) {
        return Err(format!("The policy cannot be read: {}", finding.message));
    }
    let claims: Json = serde_json::from_str(claims).map_err(|error| format!("The claims are not JSON: {error}."))?;
    if !claims.is_object() {
        return Err("The claims are a JSON object, the payload of the attestation.".to_owned());
    }
    let mut outcome = Outcome { released: false, by: None, says: Vec::new() };
    for authority in &document.authorities {
        let (fits, why) = answer(authority, &claims);
        if fits && outcome.by.is_none() {
            outcome.released = true;
            outcome.by = Some(authority.index);
        }
        outcome.says.push(why);
    }
    Ok(outcome)
}

fn answer(authority: &Authority, claims: &Json) -> (bool, Sentence) {
    let url = authority.url.as_ref().map_or("", |url| url.value.as_str());
    let issuer = claims.get("iss").and_then(Json::as_str).unwrap_or_default();
    if issuer.trim_end_matches('/') != url.trim_end_matches('/') {
        let issuer = if issuer.is_empty() { "nobody (iss is missing)" } else { issuer };
        let text = format!("{url} does not answer: the claims are made by {issuer}.");
        return (false, Sentence::new(text, authority.span));
    }
    let Some(condition) = &authority.condition else {
        return (false, Sentence::new(format!("{url} has no conditions."), authority.span));
    };
    match failing(condition, claims) {
        None => (true, Sentence::new(format!("{url} answers: every condition is met."), authority.span)),
        Some(why) => (false, Sentence::new(format!("{url} does not release the key: {}", why.text), why.span)),
    }
}

/// The first condition that is not met; `None` if all that have to be are.
fn failing(condition: &Condition, claims: &Json) -> Option<Sentence> {
    match condition {
        Condition::All(inner, _) => inner.iter().find_map(|one| failing(one, claims)),
        Condition::Any(inner, span) => {
            let met = inner.iter().any(|one| failing(one, claims).is_none());
            (!met).then(|| Sentence::new("none of the alternatives is met.", *span))
        }
        Condition::Claim(claim) => unmet(claim, claims),
    }
}

fn unmet(claim: &Claim, claims: &Json) -> Option<Sentence> {
    let found = claim.name.value.split('.').try_fold(claims, |inside, part| inside.get(part));
    let name = &claim.name.value;
    let due = claim.value.value.said();
    let Some(found) = found else {
        let wants_none = claim.operator == Operator::Exists && claim.value.value == Value::Bool(false);
        return (!wants_none).then(|| Sentence::new(format!("the claim {name} is not made."), claim.span));
    };
    let met = match claim.operator {
        Operator::Equals => equal(found, &claim.value.value),
        Operator::NotEquals => !equal(found, &claim.value.value),
        Operator::Exists => claim.value.value != Value::Bool(false),
        Operator::Less => ordered(found, &claim.value.value).is_some_and(|it| it.is_lt()),
        Operator::LessOrEquals => ordered(found, &claim.value.value).is_some_and(|it| it.is_le()),
        Operator::Greater => ordered(found, &claim.value.value).is_some_and(|it| it.is_gt()),
        Operator::GreaterOrEquals => ordered(found, &claim.value.value).is_some_and(|it| it.is_ge()),
    };
    (!met).then(|| {
        Sentence::new(format!("{name} is {found}, where the policy wants {} {due}.", claim.operator.word()), claim.span)
    })
}

/// Values of different types are never equal.
fn equal(found: &Json, due: &Value) -> bool {
    match due {
        Value::Text(text) => found.as_str() == Some(text),
        Value::Bool(value) => found.as_bool() == Some(*value),
        Value::Number(_) => ordered(found, due).is_some_and(std::cmp::Ordering::is_eq),
    }
}

fn ordered(found: &Json, due: &Value) -> Option<std::cmp::Ordering> {
    let Value::Number(due) = due else { return None };
    found.as_f64()?.partial_cmp(&due.parse().ok()?)
}
