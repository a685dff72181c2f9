//! Lints of two statements together: one says what another says already, or denies all that another allows.

use super::{
    Sight,
    codes::{COVERED, OVERRULED},
    facts::actions,
};
use crate::aws::{
    document::{Condition, Entries, Principal, PrincipalKind, Statement},
    identity::{Identity, IdentityKind, is_everybody},
    pattern::{Case, Pattern},
};

pub(super) fn look(sight: &mut Sight<'_>) {
    let statements = &sight.document.statements;
    let mut found = Vec::new();
    for statement in statements {
        let others = || statements.iter().filter(|other| other.index != statement.index);
        let covering = others().find(|other| {
            let same = statement.effect.is_some() && other.allows() == statement.allows();
            let first = other.index < statement.index || !covers(statement, other);
            same && other.effect.is_some() && covers(other, statement) && first
        });
        let denying = others().find(|other| statement.allows() && other.denies() && covers(other, statement));
        let finding = match (denying, covering) {
            (Some(denying), _) => {
                let message = format!(
                    "{} denies all of this, whatever allows it, so {} lets nobody in.",
                    crate::capitalized(&denying.label()),
                    statement.label()
                );
                OVERRULED.at(statement.span, message)
            }
            (None, Some(covering)) if covering.conditions.len() < statement.conditions.len() => {
                let message = format!(
                    "{} says all of this without {}, so the conditions here have no effect.",
                    crate::capitalized(&covering.label()),
                    if covering.conditions.is_empty() { "a condition" } else { "some of the conditions" }
                );
                found.push(COVERED.at(statement.span, message).with_next("Take it out of the one or of the other."));
                continue;
            }
            (None, Some(covering)) => COVERED
                .at(statement.span, format!("{} says all of this already.", crate::capitalized(&covering.label()))),
            (None, None) => continue,
        };
        found.push(match sight.without_statement(statement) {
            Some(edit) => finding.with_fix(format!("Remove {}", statement.label()), vec![edit]),
            None => finding,
        });
    }
    sight.found.extend(found);
}

/// Whether every request that the second statement speaks of, the first does too.
fn covers(first: &Statement, second: &Statement) -> bool {
    let (Some(principals), Some(others)) = (&first.principals, &second.principals) else { return false };
    let (Some(resources), Some(other_resources)) = (&first.resources, &second.resources) else { return false };
    conditions_cover(&first.conditions, &second.conditions)
        && resources_cover(resources, other_resources)
        && principals_cover(principals, others, first.denies())
        && actions_cover(first, second)
}

fn actions_cover(first: &Statement, second: &Statement) -> bool {
    let (of_first, of_second) = (actions(first), actions(second));
    // What KMS adds later is in a Not… element and not in a list.
    let later = second.actions.as_ref().is_some_and(|entries| entries.negated)
        && first.actions.as_ref().is_some_and(|entries| !entries.negated);
    !later && !of_second.is_empty() && of_second.iter().all(|action| of_first.contains(action))
}

fn resources_cover(first: &Entries<String>, second: &Entries<String>) -> bool {
    if first.negated || second.negated {
        return first.negated == second.negated && values(first) == values(second);
    }
    second
        .values
        .iter()
        .all(|value| first.values.iter().any(|wider| Pattern::read(&wider.value).matches(&value.value, Case::Counts)))
}

fn values(entries: &Entries<String>) -> Vec<&str> {
    let mut values: Vec<&str> = entries.values.iter().map(|value| value.value.as_str()).collect();
    values.sort_unstable();
    values
}

fn principals_cover(first: &Entries<Principal>, second: &Entries<Principal>, denies: bool) -> bool {
    let within = |principal: &Principal| first.values.iter().any(|wider| reaches(&wider.value, principal, denies));
    match (first.negated, second.negated) {
        (false, false) => !second.values.is_empty() && second.values.iter().all(|principal| within(&principal.value)),
        (false, true) => first.values.iter().any(|principal| is_everybody(&principal.value)),
        (true, _) => false,
    }
}

/// Whether whoever is named by the second is named by the first. To let an account in leaves it to its IAM policies; to
/// keep it out keeps out all of it.
fn reaches(first: &Principal, second: &Principal, denies: bool) -> bool {
    if is_everybody(first) || first == second {
        return true;
    }
    let (Some(wider), Some(narrower)) = (Identity::of_principal(first), Identity::of_principal(second)) else {
        return false;
    };
    let of_account = wider.kind == IdentityKind::Root && wider.account == narrower.account;
    let both_accounts = narrower.kind == IdentityKind::Root && second.kind == PrincipalKind::Aws;
    of_account && (denies || both_accounts)
}

/// Whether whatever fulfils the second conditions fulfils the first: all of the first are among the second.
fn conditions_cover(first: &[Condition], second: &[Condition]) -> bool {
    let same = |one: &Condition, other: &Condition| {
        let mut values: Vec<&str> = one.values.iter().map(|value| value.value.as_str()).collect();
        let mut others: Vec<&str> = other.values.iter().map(|value| value.value.as_str()).collect();
        values.sort_unstable();
        others.sort_unstable();
        one.operator.value == other.operator.value
            && one.key.value.eq_ignore_ascii_case(&other.key.value)
            && values == others
    };
    first.iter().all(|condition| second.iter().any(|other| same(condition, other)))
}
