//! What a change of a policy changes in effect: first the powers over the item, then the paths that no power speaks of.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Document, parse,
    who::{holder_of, of_policy},
};
use crate::{Difference, Holder, Surroundings, Turn, capitalized, compare, listed};

/// What a change of the text changes in effect.
pub fn differences(before: &str, after: &str, surroundings: &Surroundings) -> Vec<Difference> {
    let (old, new) = (parse(before), parse(after));
    if !new.is_well_formed() {
        return vec![Difference::unclear("The servers refuse the new text, so it would change nothing.")];
    }
    if !old.is_well_formed() {
        return vec![Difference::unclear("The old text cannot be read, so what changes cannot be said.")];
    }
    let name = surroundings.name.as_deref();
    let holders = [&old, &new].map(|document| of_policy(document, name, true, surroundings));
    let mut found = compare(&holders[0], &holders[1]);
    let beside = paths(&old, &new, &told(&holders), name);
    if !beside.is_empty() {
        found.retain(|difference| difference.turn != Turn::Nothing);
    }
    found.extend(beside);
    found
}

/// The paths whose rules give another power than before, so that it is said already.
fn told(holders: &[Vec<Holder>; 2]) -> BTreeSet<&str> {
    let said = |holders: &[Holder], holder: &Holder| {
        let same = |other: &Holder| {
            (&other.id, other.power, &other.by) == (&holder.id, holder.power, &holder.by)
                && other.standing == holder.standing
        };
        holders.iter().any(same)
    };
    let [before, after] = holders;
    let gone = before.iter().filter(|holder| !said(after, holder));
    let new = after.iter().filter(|holder| !said(before, holder));
    gone.chain(new).map(|holder| holder.by.as_str()).collect()
}

/// What all rules of one path give together: capabilities, and under which conditions.
type Given = (BTreeSet<&'static str>, BTreeSet<String>);

fn given(document: &Document) -> BTreeMap<&str, Given> {
    let mut paths: BTreeMap<&str, Given> = BTreeMap::new();
    for rule in &document.rules {
        let (words, conditions) = paths.entry(rule.path.value.as_str()).or_default();
        words.extend(rule.granted().words());
        conditions.extend(rule.narrowed());
    }
    // A denial takes everything that other rules of the path give.
    for (words, _) in paths.values_mut().filter(|(words, _)| words.contains("deny")) {
        words.retain(|word| *word == "deny");
    }
    paths
}

/// A sentence for each path whose rules give something else, but for those that are told already.
fn paths(old: &Document, new: &Document, told: &BTreeSet<&str>, name: Option<&str>) -> Vec<Difference> {
    let (was, is) = (given(old), given(new));
    let all: BTreeSet<&str> = was.keys().chain(is.keys()).copied().filter(|path| !told.contains(path)).collect();
    let nothing = Given::default();
    let mut found = Vec::new();
    for path in all {
        let (before, after) = (was.get(path).unwrap_or(&nothing), is.get(path).unwrap_or(&nothing));
        found.extend(of_path(path, before, after, name));
    }
    found
}

fn of_path(path: &str, before: &Given, after: &Given, name: Option<&str>) -> Vec<Difference> {
    let who = capitalized(&holder_of(name));
    let said = |turn, says| Difference { turn, id: name.unwrap_or("this policy").to_owned(), powers: Vec::new(), says };
    let only = |left: &Given, right: &Given| -> Vec<&str> { left.0.difference(&right.0).copied().collect() };
    let (gained, lost) = (only(after, before), only(before, after));
    let denied = |given: &Given| given.0.contains("deny");
    if denied(after) != denied(before) {
        return vec![match denied(after) {
            true => {
                said(Turn::Loses, format!("A rule will deny the path {path}, whatever other policies allow there."))
            }
            false if after.0.is_empty() => {
                said(Turn::Gains, format!("No rule will deny the path {path} any more: other rules decide about it."))
            }
            false => said(
                Turn::Gains,
                format!("{who} will be able to {} on the path {path}, which was denied.", listed(&gained)),
            ),
        }];
    }
    let mut found = Vec::new();
    if !gained.is_empty() {
        found.push(said(Turn::Gains, format!("{who} will be able to {} on the path {path}.", listed(&gained))));
    }
    if !lost.is_empty() {
        found.push(said(Turn::Loses, format!("{who} will no longer be able to {} on the path {path}.", listed(&lost))));
    }
    if found.is_empty() && before.1 != after.1 {
        let conditions: Vec<&String> = after.1.iter().collect();
        let how = match conditions.is_empty() {
            true => "without a condition".to_owned(),
            false => format!("if {}", listed(&conditions)),
        };
        found.push(said(Turn::Changes, format!("What {} may do on the path {path} will hold {how}.", holder_of(name))));
    }
    found
}
