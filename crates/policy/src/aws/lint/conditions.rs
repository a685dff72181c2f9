//! Lints of operators and condition keys: whether they exist, and whether the requests in question have them.

use super::{
    Sight,
    codes::{ALWAYS_DENIED, KEY_DOES_NOT_FIT, LITERAL_WILDCARD, SOURCE_AND_SERVICES, UNKNOWN_KEY, UNKNOWN_OPERATOR},
    facts::{actions, is_on},
};
use crate::{
    Edit, Finding,
    aws::{
        actions::KmsAction,
        condition::{Base, Operator},
        document::{Condition, Statement},
        keys::{GLOBAL_KEYS, KMS_KEYS, is_global, kms_key},
        pattern::has_wildcard,
    },
    json::quoted,
    nearest::nearest,
};

pub(super) fn look(sight: &mut Sight<'_>, statement: &Statement) {
    for condition in &statement.conditions {
        let Some(operator) = Operator::read(&condition.operator.value) else {
            sight.found.push(unknown_operator(statement, condition));
            continue;
        };
        let finding = unknown_key(condition);
        sight.found.extend(finding);
        let finding = unfit(statement, condition, operator);
        sight.found.extend(finding);
        let finding = literal(statement, condition, operator);
        sight.found.extend(finding);
        let finding = from_elsewhere(statement, condition, operator);
        sight.found.extend(finding);
    }
}

fn unknown_operator(statement: &Statement, condition: &Condition) -> Finding {
    let written = condition.operator.value.as_str();
    let message = format!("There is no operator {written}, so KMS refuses the policy.");
    let finding = UNKNOWN_OPERATOR.at(condition.operator.span, message);
    let (set, rest) = match written.split_once(':') {
        Some((set, rest)) => (nearest(set, ["ForAllValues", "ForAnyValue"]).map(|set| format!("{set}:")), rest),
        None => (Some(String::new()), written),
    };
    let (base, suffix) = rest.strip_suffix("IfExists").map_or((rest, ""), |base| (base, "IfExists"));
    let near = nearest(base, Operator::names()).zip(set).map(|(near, set)| format!("{set}{near}{suffix}"));
    match near.filter(|near| Operator::read(near).is_some() && is_free(statement, near)) {
        Some(near) => {
            let edit = Edit { span: condition.operator.span, text: quoted(&near) };
            finding.with_fix(format!("Write {near}"), vec![edit])
        }
        None => finding,
    }
}

/// Whether a statement's conditions do not have the operator yet. It may be there once.
fn is_free(statement: &Statement, operator: &str) -> bool {
    statement.conditions.iter().all(|condition| condition.operator.value != operator)
}

fn unknown_key(condition: &Condition) -> Option<Finding> {
    let key = condition.key.value.as_str();
    let (prefix, _) = key.split_once(':').unwrap_or(("", key));
    let known = match prefix.to_ascii_lowercase().as_str() {
        "kms" => kms_key(key).is_some(),
        "aws" => is_global(key),
        "" => false,
        // Keys of identity providers are named after the provider, whatever that is.
        _ => true,
    };
    if known {
        return None;
    }
    let message = format!("No request has a condition key {key}.");
    let finding = UNKNOWN_KEY.at(condition.key.span, message);
    let names = KMS_KEYS.iter().filter(|key| !key.open).map(|key| key.name);
    let names = names.chain(GLOBAL_KEYS.iter().copied().filter(|key| !key.ends_with('/')));
    Some(match nearest(key, names) {
        Some(near) => {
            let edit = Edit { span: condition.key.span, text: quoted(near) };
            finding.with_fix(format!("Write {near}"), vec![edit])
        }
        None => finding,
    })
}

/// Actions whose requests never have the key.
fn unfit(statement: &Statement, condition: &Condition, operator: Operator) -> Option<Finding> {
    let key = kms_key(&condition.key.value)?;
    if operator.base == Base::Null {
        return None;
    }
    let (fit, unfit): (Vec<&KmsAction>, Vec<&KmsAction>) =
        actions(statement).into_iter().partition(|action| key.fits(action));
    if unfit.is_empty() {
        return None;
    }
    let named: Vec<&str> = unfit.iter().map(|action| action.name).collect();
    let which = match named.len() {
        1..=4 => crate::listed(&named),
        many if fit.is_empty() => format!("all {many} actions of this statement"),
        many => format!("{many} of the actions of this statement, such as {},", named[0]),
    };
    let name = &condition.key.value;
    let span = condition.span;
    Some(match (statement.denies(), operator.holds_without_key()) {
        (true, true) => ALWAYS_DENIED
            .at(
                span,
                format!("Requests of {which} never have {name}. As the condition is negated, all of them are denied."),
            )
            .with_next("Name in Action only what the condition key is for."),
        (true, false) => KEY_DOES_NOT_FIT
            .at(span, format!("Requests of {which} never have {name}, so this denies none of them."))
            .with_next("Put them into a statement without this condition."),
        (false, true) => KEY_DOES_NOT_FIT
            .at(span, format!("Requests of {which} never have {name}, so the condition holds for all of them."))
            .with_next("Put them into a statement of their own, with the condition that is meant."),
        (false, false) => KEY_DOES_NOT_FIT
            .at(span, format!("Requests of {which} never have {name}, so this lets nobody do that."))
            .with_next("Put them into a statement without this condition."),
    })
}

/// Wildcards that are compared letter by letter.
fn literal(statement: &Statement, condition: &Condition, operator: Operator) -> Option<Finding> {
    if !matches!(operator.base, Base::Text | Base::TextIgnoringCase) {
        return None;
    }
    let value = condition.values.iter().find(|value| has_wildcard(&value.value))?;
    let written = &condition.operator.value;
    let message = format!("{written} compares \"{}\" as it is written: * and ? are no wildcards here.", value.value);
    let finding = LITERAL_WILDCARD.at(value.span, message);
    let like = match operator.base {
        Base::Text => Some(written.replace("NotEquals", "NotLike").replace("StringEquals", "StringLike")),
        _ => None,
    };
    Some(match like.filter(|like| is_free(statement, like)) {
        Some(like) => {
            let edit = Edit { span: condition.operator.span, text: quoted(&like) };
            finding.with_fix(format!("Write {like}"), vec![edit])
        }
        None => finding.with_next("Write the value in full, or use StringLike."),
    })
}

/// A denial by where a request comes from also denies what services do on somebody's behalf: it comes from them.
fn from_elsewhere(statement: &Statement, condition: &Condition, operator: Operator) -> Option<Finding> {
    let place = ["aws:SourceIp", "aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp"].iter();
    let exempt = ["kms:ViaService", "aws:ViaAWSService", "aws:PrincipalIsAWSService", "aws:CalledVia"];
    if !statement.denies() || !operator.negated || !place.into_iter().any(|key| is_on(condition, key)) {
        return None;
    }
    if statement.conditions.iter().any(|other| exempt.iter().any(|key| is_on(other, key))) {
        return None;
    }
    let message =
        "This also denies what AWS services do with the key on behalf of somebody, since that comes from them.";
    let finding = SOURCE_AND_SERVICES.at(condition.span, message);
    Some(finding.with_next("Add the condition Bool aws:ViaAWSService false, if services are to go on."))
}
