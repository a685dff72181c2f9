//! What a change of a policy changes in effect, whatever the language: who gains what, and who loses what.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    Holder, Power, Standing,
    sentence::{capitalized, listed, under},
};

/// One change of effect, for one somebody.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// Which way.
    pub turn: Turn,
    /// As the policy writes them; empty where it is about nobody ([`Turn::Nothing`]).
    pub id: String,
    /// What of.
    pub powers: Vec<Power>,
    /// The sentence.
    pub says: String,
}

/// Which way an effect changes.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Turn {
    /// Somebody will be able to do more.
    Gains,
    /// Somebody will be able to do less.
    Loses,
    /// Somebody still can, under other conditions.
    Changes,
    /// What a text leaves open cannot be compared.
    Unclear,
    /// The effect stays the same.
    Nothing,
}

/// What one somebody has of one power, of all statements together: the most that any of them gives, unless one denies.
type Standings = BTreeMap<(String, Power), (String, Vec<Standing>)>;

/// Compares who could do what before and can afterwards. Losses come after gains, each by the order of who and power.
pub fn compare(before: &[Holder], after: &[Holder]) -> Vec<Difference> {
    let (before, after) = (gathered(before), gathered(after));
    let mut turned: BTreeMap<(Turn, String, String, String), Vec<Power>> = BTreeMap::new();
    let both: BTreeSet<&(String, Power)> = before.keys().chain(after.keys()).collect();
    for key in both {
        let was = before.get(key).map(|(_, standings)| strongest(standings));
        let is = after.get(key).map(|(_, standings)| strongest(standings));
        let who = after.get(key).or_else(|| before.get(key)).map(|(who, _)| who.clone()).unwrap_or_default();
        if let Some((turn, how)) = turn(was, is) {
            turned.entry((turn, key.0.clone(), who, how)).or_default().push(key.1);
        }
    }
    if turned.is_empty() {
        let says =
            "Nothing changes in effect: the same principals can do the same under the same conditions.".to_owned();
        return vec![Difference { turn: Turn::Nothing, id: String::new(), powers: Vec::new(), says }];
    }
    turned.into_iter().map(|((turn, id, who, how), powers)| said(turn, id, &who, &how, powers)).collect()
}

fn gathered(holders: &[Holder]) -> Standings {
    let mut standings = Standings::new();
    for holder in holders {
        let entry = standings.entry((holder.id.clone(), holder.power));
        let (_, known) = entry.or_insert_with(|| (holder.who.clone(), Vec::new()));
        if !known.contains(&holder.standing) {
            known.push(holder.standing.clone());
            known.sort();
        }
    }
    standings
}

/// What holds in the end: a refusal goes before everything, what is free before what is conditional, and what leaves it
/// to another text before the same under more conditions.
fn strongest(standings: &[Standing]) -> Vec<Standing> {
    for most in [Standing::Denied, Standing::Can] {
        if standings.contains(&most) {
            return vec![most];
        }
    }
    let needless = |standing: &&Standing| standings.iter().any(|other| other != *standing && is_under(standing, other));
    standings.iter().filter(|standing| !needless(standing)).cloned().collect()
}

/// Whether the first asks for all that the second asks for.
fn is_under(first: &Standing, second: &Standing) -> bool {
    match (first, second) {
        (Standing::When { conditions }, Standing::When { conditions: fewer }) => {
            fewer.iter().all(|condition| conditions.contains(condition))
        }
        (Standing::When { conditions }, Standing::DependsOn { on }) => {
            conditions.contains(&format!("only as far as {on} allow it"))
        }
        (Standing::Can | Standing::DependsOn { .. } | Standing::Denied, _)
        | (Standing::When { .. }, Standing::Can | Standing::Denied) => false,
    }
}

/// Which way it turned, and the words after "… will be able to …".
fn turn(was: Option<Vec<Standing>>, is: Option<Vec<Standing>>) -> Option<(Turn, String)> {
    let could = was.as_ref().is_some_and(|standings| !denied(standings));
    let can = is.as_ref().is_some_and(|standings| !denied(standings));
    match (could, can) {
        (false, false) => None,
        (false, true) => Some((Turn::Gains, terms(is.as_deref().unwrap_or_default()))),
        (true, false) => {
            let refused = is.as_deref().is_some_and(denied);
            Some((Turn::Loses, if refused { ": a statement denies it".to_owned() } else { String::new() }))
        }
        (true, true) if was == is => None,
        (true, true) => Some(loosened(was.as_deref().unwrap_or_default(), is.as_deref().unwrap_or_default())),
    }
}

fn denied(standings: &[Standing]) -> bool {
    standings.contains(&Standing::Denied)
}

/// The same power under other terms: more if it became free, less if it no longer is.
fn loosened(was: &[Standing], is: &[Standing]) -> (Turn, String) {
    let free = |standings: &[Standing]| standings.contains(&Standing::Can);
    let turn = match (free(was), free(is)) {
        (false, true) => Turn::Gains,
        (true, false) => Turn::Loses,
        (true, true) | (false, false) => Turn::Changes,
    };
    (turn, format!("{}; until now{}", or_free(terms(is)), or_free(terms(was))))
}

fn or_free(terms: String) -> String {
    if terms.is_empty() { ", without conditions".to_owned() } else { terms }
}

/// What follows the verb: ", only through X", ", as far as Y allow it".
fn terms(standings: &[Standing]) -> String {
    let ways: Vec<String> = standings
        .iter()
        .filter_map(|standing| match standing {
            Standing::Can | Standing::Denied => None,
            Standing::When { conditions } => Some(under(conditions)),
            Standing::DependsOn { on } => Some(format!(", as far as {on} allow it")),
        })
        .collect();
    ways.join("; or")
}

fn said(turn: Turn, id: String, who: &str, how: &str, powers: Vec<Power>) -> Difference {
    let verbs: Vec<&str> = powers.iter().map(|power| power.verb()).collect();
    let (who, verbs) = (capitalized(who), listed(&verbs));
    let says = match turn {
        // Who could before can still, and says under which terms.
        Turn::Gains | Turn::Loses | Turn::Changes if how.contains("; until now") => {
            format!("{who} will be able to {verbs}{how}.")
        }
        Turn::Gains => format!("{who} will be able to {verbs}{how}."),
        Turn::Loses => format!("{who} will no longer be able to {verbs}{how}."),
        Turn::Changes => format!("{who} will be able to {verbs}{how}."),
        Turn::Unclear | Turn::Nothing => format!("{who}: {verbs}{how}."),
    };
    Difference { turn, id, powers, says }
}

impl Difference {
    /// Said where a text cannot be read, so that nothing may be concluded from it.
    pub fn unclear(says: impl Into<String>) -> Self {
        Self { turn: Turn::Unclear, id: String::new(), powers: Vec::new(), says: says.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::{Turn, compare};
    use crate::{Holder, Power, Standing};

    fn holder(who: &str, power: Power, standing: Standing) -> Holder {
        Holder { who: who.to_owned(), id: who.to_owned(), power, standing, by: "statement 1".to_owned(), span: None }
    }

    #[test]
    fn powers_of_one_who_are_one_sentence() {
        let after = [holder("role A", Power::Decrypt, Standing::Can), holder("role A", Power::Encrypt, Standing::Can)];
        let found = compare(&[], &after);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].says, "Role A will be able to decrypt and encrypt.");
        assert_eq!(compare(&after, &[])[0].says, "Role A will no longer be able to decrypt and encrypt.");
    }

    #[test]
    fn a_denial_is_a_loss_even_beside_what_lets_in() {
        let before = [holder("role A", Power::Sign, Standing::Can)];
        let after = [before[0].clone(), holder("role A", Power::Sign, Standing::Denied)];
        let found = compare(&before, &after);
        assert_eq!(found[0].turn, Turn::Loses);
        assert!(found[0].says.contains("a statement denies it"), "{}", found[0].says);
    }

    #[test]
    fn another_condition_is_said_with_the_old_one() {
        let when = |text: &str| Standing::When { conditions: vec![text.to_owned()] };
        let found = compare(
            &[holder("role A", Power::Sign, when("only through a"))],
            &[holder("role A", Power::Sign, when("only through b"))],
        );
        assert_eq!(found[0].turn, Turn::Changes);
        assert!(found[0].says.contains("sign, only through b; until now, only through a"), "{}", found[0].says);
    }

    #[test]
    fn what_another_statement_gives_under_less_adds_nothing() {
        let on = "IAM policies of account 111122223333".to_owned();
        let free = holder("account A", Power::Sign, Standing::DependsOn { on: on.clone() });
        let conditions = vec!["only through a".to_owned(), format!("only as far as {on} allow it")];
        let narrowed = holder("account A", Power::Sign, Standing::When { conditions });
        assert_eq!(compare(std::slice::from_ref(&free), &[free.clone(), narrowed.clone()])[0].turn, Turn::Nothing);
        assert_eq!(compare(&[narrowed], &[free])[0].turn, Turn::Changes);
    }

    #[test]
    fn where_or_by_which_statement_does_not_matter() {
        let mut moved = holder("role A", Power::Sign, Standing::Can);
        moved.by = "statement 7".to_owned();
        assert_eq!(compare(&[holder("role A", Power::Sign, Standing::Can)], &[moved])[0].turn, Turn::Nothing);
    }
}
