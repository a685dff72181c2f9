//! What a change of a key policy changes in effect: first the powers over the key, then what statements say beside them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    accounts::KNOWN_ACCOUNTS,
    actions::{KMS_ACTIONS, power_of},
    condition::words,
    context::Context,
    document::{Document, Statement},
    evaluate::has_resource,
    explain::{grouped, named},
    identity::{Identity, IdentityKind},
    lint::speaks_of,
    parse::parse,
    who::who,
};
use crate::{Difference, Holder, Power, Surroundings, Turn, capitalized, compare, listed};

/// Who gains and who loses what by a change. One difference says that nothing changes, if nothing does; if one of the
/// texts cannot be read, one says that, since then nothing is certain.
pub fn differences(before: &str, after: &str, around: &Surroundings) -> Vec<Difference> {
    let (was, is) = (parse(before, true), parse(after, true));
    for (document, which) in [(&was, "as it is now"), (&is, "as it would be")] {
        if !document.is_well_formed() {
            let says = format!("The policy {which} cannot be read, so that it cannot be told who gains or loses what.");
            return vec![Difference::unclear(says)];
        }
    }
    let mut found = compare(&with_names(who(before, around)), &with_names(who(after, around)));
    let (was, is) = (permissions(&was, around), permissions(&is, around));
    let beside: Vec<Difference> =
        [beside(&was, &is, Turn::Gains, &found), beside(&is, &was, Turn::Loses, &found)].concat();
    if !beside.is_empty() {
        found.retain(|difference| difference.turn != Turn::Nothing);
    }
    found.extend(beside);
    found
}

/// Accounts that others own, with their names.
fn with_names(mut holders: Vec<Holder>) -> Vec<Holder> {
    for holder in &mut holders {
        let known = KNOWN_ACCOUNTS.iter().find(|known| holder.who == format!("account {}", known.id));
        if let Some(known) = known {
            holder.who = format!("account {} ({})", known.id, known.name);
        }
    }
    holders
}

/// One principal, one action, under conditions.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Permission {
    denies: bool,
    who: String,
    /// As [`Holder::id`] has it.
    id: String,
    conditions: BTreeSet<String>,
    action: &'static str,
}

fn permissions(document: &Document, around: &Surroundings) -> BTreeSet<Permission> {
    let item = around.item.as_deref();
    let speaking = document
        .statements
        .iter()
        .filter(|statement| !has_resource(statement, item, &Context::default(), document.has_variables()).fails());
    speaking.flat_map(|statement| of_statement(statement, around)).collect()
}

fn of_statement(statement: &Statement, around: &Surroundings) -> Vec<Permission> {
    let Some(principals) = &statement.principals else { return Vec::new() };
    let conditions: BTreeSet<String> = statement.conditions.iter().map(|condition| words(condition, true)).collect();
    let people: Vec<(String, String)> = principals
        .values
        .iter()
        .map(|principal| {
            let account = Identity::of_principal(&principal.value)
                .filter(|identity| identity.kind == IdentityKind::Root)
                .and_then(|identity| identity.account);
            (named(&principal.value, around), account.unwrap_or_else(|| principal.value.value.clone()))
        })
        .collect();
    let people = if principals.negated {
        let (who, ids): (Vec<String>, Vec<String>) = people.into_iter().unzip();
        vec![(format!("everybody but {}", listed(&who)), format!("* but {}", ids.join(", ")))]
    } else {
        people
    };
    let actions = KMS_ACTIONS.iter().filter(|action| action.of_key && speaks_of(statement, action.name));
    let one = |(who, id): &(String, String), action| Permission {
        denies: statement.denies(),
        who: who.clone(),
        id: id.clone(),
        conditions: conditions.clone(),
        action,
    };
    actions.flat_map(|action| people.iter().map(move |person| one(person, action.name))).collect()
}

/// What is only among the second permissions, and is not told by the powers that turned already.
fn beside(
    first: &BTreeSet<Permission>,
    second: &BTreeSet<Permission>,
    turn: Turn,
    told: &[Difference],
) -> Vec<Difference> {
    let mut groups: BTreeMap<(bool, &str, &str, &BTreeSet<String>), Vec<&'static str>> = BTreeMap::new();
    for permission in second.difference(first).filter(|permission| !covered(permission, first)) {
        let power = power_of(permission.action);
        let said = told.iter().any(|difference| {
            difference.id == permission.id && power.is_some_and(|power| difference.powers.contains(&power))
        });
        if !said {
            let key = (permission.denies, permission.who.as_str(), permission.id.as_str(), &permission.conditions);
            groups.entry(key).or_default().push(permission.action);
        }
    }
    groups
        .into_iter()
        .map(|((denies, who, id, conditions), names)| {
            let actions: Vec<_> = KMS_ACTIONS.iter().filter(|action| names.contains(&action.name)).collect();
            let powers: BTreeSet<Power> = actions.iter().filter_map(|action| action.power).collect();
            let verb = match (turn, denies) {
                (Turn::Loses, false) => "No statement will allow any more:",
                (Turn::Loses, true) => "No statement will deny any more:",
                (_, false) => "A statement will allow:",
                (_, true) => "A statement will deny:",
            };
            let conditions: Vec<&str> = conditions.iter().map(String::as_str).collect();
            let under = if conditions.is_empty() { String::new() } else { format!(", {}", listed(&conditions)) };
            let says = format!("{verb} {} may {}{under}.", capitalized(who), listed(&grouped(&actions)));
            // What is denied no longer is gained.
            let turn = if denies { opposite(turn) } else { turn };
            Difference { turn, id: id.to_owned(), powers: powers.into_iter().collect(), says }
        })
        .collect()
}

fn opposite(turn: Turn) -> Turn {
    match turn {
        Turn::Gains => Turn::Loses,
        Turn::Loses => Turn::Gains,
        Turn::Changes | Turn::Unclear | Turn::Nothing => turn,
    }
}

/// Whether another permission says the same to the same under fewer conditions.
fn covered(permission: &Permission, by: &BTreeSet<Permission>) -> bool {
    by.iter().any(|other| {
        other.denies == permission.denies
            && other.action == permission.action
            && (other.id == permission.id || other.id == "*")
            && other.conditions.is_subset(&permission.conditions)
    })
}
