//! What a change of a key policy changes in effect: first the powers over the key, then what statements say beside them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    accounts::KNOWN_ACCOUNTS,
    actions::{KMS_ACTIONS, KmsAction, across_accounts, power_of},
    condition::words,
    context::Context,
    document::{Document, Entries, Principal, Statement},
    evaluate::has_resource,
    explain::{named, said},
    identity::{Identity, IdentityKind, is_everybody},
    lint::speaks_of,
    parse::parse,
    who,
};
use crate::{Difference, Holder, Power, Surroundings, Turn, compare, listed, under};

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
    let mut found = compare(&holders(&was, around), &holders(&is, around));
    let (was, is) = (permissions(&was, around), permissions(&is, around));
    let beside: Vec<Difference> =
        [beside(&was, &is, Turn::Gains, &found), beside(&is, &was, Turn::Loses, &found)].concat();
    if !beside.is_empty() {
        found.retain(|difference| difference.turn != Turn::Nothing);
    }
    found.extend(beside);
    found
}

/// With accounts as [`super::explain`] calls them: the key's own as such, those of others with their names.
fn holders(document: &Document, around: &Surroundings) -> Vec<Holder> {
    let mut holders = who::of_document(document, around);
    for holder in &mut holders {
        if let Some(own) = around.account() {
            holder.who = holder.who.replace(&format!("account {own}"), "this account");
        }
        if let Some(known) = KNOWN_ACCOUNTS.iter().find(|known| holder.who.ends_with(known.id)) {
            holder.who = format!("{} ({})", holder.who, known.name);
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
    let people = people(principals, around);
    let actions = KMS_ACTIONS.iter().filter(|action| action.of_key && speaks_of(statement, action.name));
    let mut permissions = Vec::new();
    for (foreign, who, id) in people {
        for action in actions.clone().filter(|action| !foreign || across_accounts(action.name)) {
            permissions.push(Permission {
                denies: statement.denies(),
                who: who.clone(),
                id: id.clone(),
                conditions: conditions.clone(),
                action: action.name,
            });
        }
    }
    permissions
}

/// Whom a statement names: whether they are of another account, as a person reads them, and as [`Holder::id`] has them.
/// Nobody for the id of somebody deleted.
fn people(principals: &Entries<Principal>, around: &Surroundings) -> Vec<(bool, String, String)> {
    let mut people = Vec::new();
    for principal in &principals.values {
        let identity = Identity::of_principal(&principal.value);
        if identity.is_none() && !is_everybody(&principal.value) {
            continue;
        }
        let account = identity.as_ref().and_then(|identity| identity.account.clone());
        let foreign = account.is_some() && around.account().is_some() && account.as_deref() != around.account();
        let as_account = identity.filter(|identity| identity.kind == IdentityKind::Root).and(account);
        let id = as_account.unwrap_or_else(|| principal.value.value.clone());
        people.push((foreign, named(&principal.value, around), id));
    }
    if !principals.negated {
        return people;
    }
    let (who, ids): (Vec<String>, Vec<String>) = people.into_iter().map(|(_, who, id)| (who, id)).unzip();
    vec![(false, format!("everybody but {}", listed(&who)), format!("* but {}", ids.join(", ")))]
}

/// What is only among the second permissions, and is not told by the powers that turned already.
fn beside(
    first: &BTreeSet<Permission>,
    second: &BTreeSet<Permission>,
    turn: Turn,
    told: &[Difference],
) -> Vec<Difference> {
    let mut groups: BTreeMap<Under<'_>, Vec<&'static str>> = BTreeMap::new();
    let mut whole: BTreeMap<Under<'_>, usize> = BTreeMap::new();
    for permission in second {
        *whole.entry(permission.under()).or_default() += 1;
        let power = power_of(permission.action);
        let said = told.iter().any(|difference| {
            (permission.denies || difference.id == permission.id)
                && power.is_some_and(|power| difference.powers.contains(&power))
        });
        if !said && !first.contains(permission) && !covered(permission, first) {
            groups.entry(permission.under()).or_default().push(permission.action);
        }
    }
    let every = KMS_ACTIONS.iter().filter(|action| action.of_key).count();
    groups
        .into_iter()
        .map(|(under, names)| {
            let rest = whole.get(&under).is_some_and(|count| *count == every) && names.len() < every;
            one(under, &names, rest, turn)
        })
        .collect()
}

/// Whether it denies, who, their id, and the conditions.
type Under<'p> = (bool, &'p str, &'p str, &'p BTreeSet<String>);

fn one((denies, who, id, conditions): Under<'_>, names: &[&'static str], rest: bool, turn: Turn) -> Difference {
    let actions: Vec<&KmsAction> = KMS_ACTIONS.iter().filter(|action| names.contains(&action.name)).collect();
    let powers: BTreeSet<Power> = actions.iter().filter_map(|action| action.power).collect();
    let conditions: Vec<String> = conditions.iter().cloned().collect();
    let what = match (rest, denies || turn == Turn::Loses) {
        (true, true) => "do anything else with the key".to_owned(),
        (true, false) => "do everything else with the key".to_owned(),
        (false, _) => said(&actions, listed),
    };
    let verb = if denies { "forbid" } else { "allow" };
    let says = match turn {
        Turn::Loses => format!("No statement will {verb} {who} any more to {what}{}.", under(&conditions)),
        Turn::Gains | Turn::Changes | Turn::Unclear | Turn::Nothing => {
            format!("A statement will {verb} {who} to {what}{}.", under(&conditions))
        }
    };
    // What is no longer denied is gained.
    let turn = if denies { opposite(turn) } else { turn };
    Difference { turn, id: id.to_owned(), powers: powers.into_iter().collect(), says }
}

impl Permission {
    fn under(&self) -> Under<'_> {
        (self.denies, &self.who, &self.id, &self.conditions)
    }
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
