//! Lints of two statements together: one says what another says already, or denies all that another allows.

use super::{
    Sight,
    codes::{COVERED, OVERRULED},
    facts::speaks_of,
};
use crate::{
    Finding,
    aws::{
        document::{Condition, Entries, Principal, PrincipalKind, Statement},
        identity::{Identity, IdentityKind, is_everybody},
        pattern::like,
        who::Actions,
    },
    capitalized,
};

pub(super) fn look(sight: &mut Sight<'_>) {
    let sides: Vec<Side<'_>> = sight.document.statements.iter().map(Side::of).collect();
    let found: Vec<Finding> = sides.iter().filter_map(|side| of_side(sight, &sides, side)).collect();
    sight.found.extend(found);
}

/// A statement with the actions it speaks of and whom it names, which are compared again and again.
struct Side<'s> {
    statement: &'s Statement,
    actions: Actions,
    people: Vec<Person<'s>>,
}

/// A principal with whom it names.
struct Person<'s> {
    principal: &'s Principal,
    identity: Option<Identity>,
}

fn of_side(sight: &Sight<'_>, sides: &[Side<'_>], side: &Side<'_>) -> Option<Finding> {
    let statement = side.statement;
    let others = || sides.iter().filter(|other| other.statement.index != statement.index);
    let denying = others().find(|other| statement.allows() && other.statement.denies() && other.covers(side));
    if let Some(denying) = denying {
        return Some(overruled(sight, statement, denying.statement));
    }
    let covering = others().find(|other| {
        let same = statement.effect.is_some() && other.statement.allows() == statement.allows();
        // Of two that say the same, the first may stay.
        same && other.statement.effect.is_some()
            && other.covers(side)
            && (other.statement.index < statement.index || !side.covers(other))
    })?;
    let label = capitalized(&covering.statement.label());
    if covering.statement.conditions.len() < statement.conditions.len() {
        let without = if covering.statement.conditions.is_empty() { "a condition" } else { "some of the conditions" };
        let message = format!("{label} says all of this without {without}, so the conditions here have no effect.");
        return Some(COVERED.at(statement.span, message).with_next("Take it out of the one or of the other."));
    }
    let finding = COVERED.at(statement.span, format!("{label} says all of this already."));
    Some(removable(sight, finding, statement))
}

fn overruled(sight: &Sight<'_>, statement: &Statement, denying: &Statement) -> Finding {
    let message = format!(
        "{} denies all of this, whatever allows it, so {} lets nobody in.",
        capitalized(&denying.label()),
        statement.label()
    );
    let finding = OVERRULED.at(statement.span, message);
    // To take out what lets somebody change the policy would be the wrong end of a denial that goes too far.
    if speaks_of(statement, "PutKeyPolicy") {
        return finding.with_next("Narrow the denial.");
    }
    removable(sight, finding, statement)
}

fn removable(sight: &Sight<'_>, finding: Finding, statement: &Statement) -> Finding {
    match sight.without_statement(statement) {
        Some(edit) => finding.with_fix(format!("Remove {}", statement.label()), vec![edit]),
        None => finding,
    }
}

impl<'s> Side<'s> {
    fn of(statement: &'s Statement) -> Self {
        let principals = statement.principals.iter().flat_map(|entries| &entries.values);
        let people = principals.map(|principal| Person::of(&principal.value)).collect();
        Self { statement, actions: Actions::of(statement), people }
    }

    /// Whether every request that the other speaks of, this one does too.
    fn covers(&self, other: &Self) -> bool {
        let (first, second) = (self.statement, other.statement);
        let (Some(resources), Some(other_resources)) = (&first.resources, &second.resources) else { return false };
        // What KMS adds later is in a Not… element and not in a list.
        let is_negated = |statement: &Statement| statement.actions.as_ref().is_some_and(|entries| entries.negated);
        let later = is_negated(second) && !is_negated(first);
        !later
            && !other.actions.is_empty()
            && other.actions.without(self.actions).is_empty()
            && self.names_all_of(other)
            && conditions_cover(&first.conditions, &second.conditions)
            && resources_cover(resources, other_resources)
    }

    /// Whether whoever is named by the other is named by this one.
    fn names_all_of(&self, other: &Self) -> bool {
        let (Some(first), Some(second)) = (&self.statement.principals, &other.statement.principals) else {
            return false;
        };
        let denies = self.statement.denies();
        let within = |person: &Person<'_>| self.people.iter().any(|wider| wider.reaches(person, denies));
        match (first.negated, second.negated) {
            (false, false) => !other.people.is_empty() && other.people.iter().all(within),
            (false, true) => self.people.iter().any(|person| is_everybody(person.principal)),
            (true, _) => false,
        }
    }
}

impl<'s> Person<'s> {
    fn of(principal: &'s Principal) -> Self {
        Self { principal, identity: Identity::of_principal(principal) }
    }

    /// Whether whoever is named by the other is named by this one. To let an account in leaves it to its IAM policies; to
    /// keep it out keeps out all of it.
    fn reaches(&self, other: &Self, denies: bool) -> bool {
        if is_everybody(self.principal) || self.principal == other.principal {
            return true;
        }
        let root = self.identity.as_ref().filter(|wider| wider.kind == IdentityKind::Root);
        let (Some(wider), Some(narrower)) = (root, &other.identity) else { return false };
        let both_accounts = narrower.kind == IdentityKind::Root && other.principal.kind == PrincipalKind::Aws;
        wider.account == narrower.account && (denies || both_accounts)
    }
}

fn resources_cover(first: &Entries<String>, second: &Entries<String>) -> bool {
    if first.negated || second.negated {
        return first.negated == second.negated && values(first) == values(second);
    }
    second.values.iter().all(|value| first.values.iter().any(|wider| like(&wider.value, &value.value)))
}

fn values(entries: &Entries<String>) -> Vec<&str> {
    let mut values: Vec<&str> = entries.values.iter().map(|value| value.value.as_str()).collect();
    values.sort_unstable();
    values
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
