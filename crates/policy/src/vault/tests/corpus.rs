//! The corpus: policies with the findings, the powers and the verdict on lockout that are expected of them.
//!
//! The shapes are those of the servers' documentation, of what a real OpenBao takes and refuses, and of policies that
//! nobody could write any more; every text is our own.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{found, named, words};
use crate::{
    Caller, Known, NamedPolicy, Power, Retention, Standing, Surroundings,
    vault::{explain, lockout, who},
};

/// One line of `corpus/vault/*.jsonl`.
#[derive(Debug, Deserialize)]
struct Case {
    name: String,
    item: String,
    /// The policy's own name.
    named: String,
    /// Whether the caller holds the policy itself.
    holds: bool,
    /// The other policies that the caller holds: name and text.
    held: Vec<(String, String)>,
    findings: Vec<String>,
    /// `keeps`, `loses` or `cannot-tell`.
    lockout: Retention,
    /// What whoever holds it can do with the item for certain.
    can: Vec<Power>,
    /// What they can do under conditions.
    may: Vec<Power>,
    /// What the server answers at these paths.
    paths: BTreeMap<String, String>,
    policy: String,
}

impl Case {
    fn around(&self) -> Surroundings {
        let mut held: Vec<NamedPolicy> = self.held.iter().map(|(name, text)| named(name, text)).collect();
        if self.holds {
            held.push(named(&self.named, &self.policy));
        }
        Surroundings {
            item: Some(self.item.clone()),
            name: Some(self.named.clone()),
            caller: Some(Caller { id: "token".to_owned(), policies: Known::Read(held) }),
            ..Surroundings::default()
        }
    }

    fn powers(&self, fits: impl Fn(&Standing) -> bool) -> Vec<String> {
        let holders = who(&self.policy, &self.around());
        let all = Power::ALL
            .into_iter()
            .filter(|power| holders.iter().any(|holder| holder.power == *power && fits(&holder.standing)));
        all.map(|power| format!("{power:?}")).collect()
    }
}

fn cases() -> Vec<Case> {
    crate::corpus::cases("vault", 90)
}

#[test]
fn every_policy_is_judged_as_expected() {
    let mut wrong = Vec::new();
    for case in cases() {
        let mut codes: Vec<String> =
            found(&case.policy, &case.around()).into_iter().map(|finding| finding.code).collect();
        codes.sort();
        if codes != case.findings {
            wrong.push(format!("{}: expected {:?}, found {codes:?}", case.name, case.findings));
        }
        let said = |powers: &[Power]| {
            let all = Power::ALL.into_iter().filter(|power| powers.contains(power));
            all.map(|power| format!("{power:?}")).collect::<Vec<_>>()
        };
        let can = case.powers(|standing| *standing == Standing::Can);
        let may = case.powers(|standing| matches!(standing, Standing::When { .. }));
        if (&can, &may) != (&said(&case.can), &said(&case.may)) {
            wrong.push(format!("{}: can {can:?}, may {may:?}", case.name));
        }
        for (path, due) in &case.paths {
            let words = words(&[&case.policy], path);
            if words != *due {
                wrong.push(format!("{}: {path} is {words:?}, expected {due:?}", case.name));
            }
        }
        assert!(!explain(&case.policy, &case.around()).is_empty(), "{}", case.name);
    }
    assert!(wrong.is_empty(), "{} of them:\n  {}", wrong.len(), wrong.join("\n  "));
}

#[test]
fn no_policy_that_locks_out_is_called_safe() {
    let mut wrong = Vec::new();
    for case in cases() {
        let answer = lockout(&case.policy, &case.around());
        if answer.caller != case.lockout {
            wrong.push(format!("{}: expected {:?}, is {:?}: {}", case.name, case.lockout, answer.caller, answer.says));
        }
    }
    assert!(wrong.is_empty(), "{} of them:\n  {}", wrong.len(), wrong.join("\n  "));
}
