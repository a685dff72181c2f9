//! Lints of what a statement allows or denies: names that do not exist, names of other services, too much at once.

use super::{
    Sight,
    codes::{
        BARE_WILDCARD, FOREIGN_ACTION, NOT_ACTION_ALLOW, REPEATED_ACTION, UNKNOWN_ACTION, WILDCARD_ACTION,
        WITHOUT_EFFECT,
    },
    facts::{is_own_account, means_everything, named, other_account, speaks_of},
};
use crate::{
    Edit, Finding, Spanned,
    aws::{
        actions::KMS_ACTIONS,
        document::{Entries, Statement},
        identity::{Identity, is_everybody},
        pattern::{action_matches, has_wildcard, kms_action_matches},
    },
    json::quoted,
    nearest::nearest,
};

pub(super) fn look(sight: &mut Sight<'_>, statement: &Statement) {
    let Some(actions) = &statement.actions else { return };
    if actions.negated && statement.allows() {
        let left = if speaks_of(statement, "PutKeyPolicy") { ", changing the policy included" } else { "" };
        let message = format!("NotAction with Allow allows everything else{left}, and whatever KMS adds later.");
        sight.found.push(NOT_ACTION_ALLOW.at(actions.name_span, message).with_next("Name in Action what is meant."));
    }
    for (index, action) in actions.values.iter().enumerate() {
        let finding = nameless(sight, statement, action)
            .or_else(|| repeated(sight, statement, actions, index))
            .or_else(|| bare(actions, action));
        sight.found.extend(finding);
        let wide = wide(sight, statement, actions, action);
        sight.found.extend(wide);
    }
}

/// A name that is no action of a key.
fn nameless(sight: &Sight<'_>, statement: &Statement, action: &Spanned<String>) -> Option<Finding> {
    let value = action.value.as_str();
    if value == "*" {
        return None;
    }
    let full = |name: &str| format!("kms:{name}");
    let Some((service, name)) = value.split_once(':') else {
        let message = format!("\"{value}\" names no service. The actions of KMS begin with kms:.");
        let finding = UNKNOWN_ACTION.at(action.span, message);
        return Some(match KMS_ACTIONS.iter().find(|known| action_matches(value, known.name)) {
            Some(_) => renamed(finding, action, &full(value)),
            None => finding,
        });
    };
    if !service.eq_ignore_ascii_case("kms") && !has_wildcard(service) {
        let message = format!("{value} is of another service. A key policy decides about actions of KMS alone.");
        return Some(sight.without_value(FOREIGN_ACTION.at(action.span, message), statement, action.span));
    }
    let matched: Vec<_> = KMS_ACTIONS.iter().filter(|known| kms_action_matches(value, known.name)).collect();
    if matched.is_empty() {
        let message = format!("KMS has no action {value}, so this has no effect.");
        let finding = UNKNOWN_ACTION.at(action.span, message);
        let near = nearest(name, KMS_ACTIONS.iter().map(|known| known.name)).filter(|_| !has_wildcard(name));
        return Some(near.map_or(finding.clone(), |near| renamed(finding, action, &full(near))));
    }
    if matched.iter().any(|known| known.of_key) {
        return None;
    }
    let message = format!("No request of {value} names a key, so a key policy does not decide it. IAM policies do.");
    Some(sight.without_value(WITHOUT_EFFECT.at(action.span, message), statement, action.span))
}

fn renamed(finding: Finding, action: &Spanned<String>, to: &str) -> Finding {
    finding.with_fix(format!("Write {to}"), vec![Edit { span: action.span, text: quoted(to) }])
}

/// A name that another one of the list covers.
fn repeated(sight: &Sight<'_>, statement: &Statement, actions: &Entries<String>, index: usize) -> Option<Finding> {
    let action = &actions.values[index];
    let covering = actions.values.iter().enumerate().find(|(other, covering)| {
        let equal = covering.value.eq_ignore_ascii_case(&action.value);
        let earlier = *other < index;
        *other != index && action_matches(&covering.value, &action.value) && (!equal || earlier)
    });
    let (_, covering) = covering?;
    let message = format!("{} says this already.", covering.value);
    Some(sight.without_value(REPEATED_ACTION.at(action.span, message), statement, action.span))
}

fn bare(actions: &Entries<String>, action: &Spanned<String>) -> Option<Finding> {
    if action.value != "*" || actions.negated {
        return None;
    }
    let message = "In a key policy this is kms:*, which says so to whoever reads it.";
    Some(renamed(BARE_WILDCARD.at(action.span, message), action, "kms:*"))
}

/// Everything, for somebody other than the account of the key.
fn wide(
    sight: &Sight<'_>,
    statement: &Statement,
    actions: &Entries<String>,
    action: &Spanned<String>,
) -> Option<Finding> {
    if actions.negated || !statement.allows() || !means_everything(&action.value) {
        return None;
    }
    let around = sight.around;
    let somebody = named(statement).iter().find(|principal| {
        let principal = &principal.value;
        let own = is_own_account(principal, around);
        let known = Identity::of_principal(principal).is_some();
        known && !own && !is_everybody(principal) && other_account(principal, around).is_none()
    })?;
    let message = format!(
        "{} may do everything with the key, also change its policy and have it destroyed.",
        somebody.value.value
    );
    Some(WILDCARD_ACTION.at(action.span, message).with_next("Name the actions that are needed."))
}
