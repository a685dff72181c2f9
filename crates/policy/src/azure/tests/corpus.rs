//! The corpus: policies of Azure with the findings, the powers and the verdict on lockout that are expected of them.
//!
//! The shapes are those of the service's documentation and API definitions; every text is our own.

use serde::Deserialize;

use crate::{Caller, Known, PolicyLanguage, Power, Retention, Standing, Surroundings};

/// One line of `corpus/azure/*.jsonl`.
#[derive(Debug, Deserialize)]
struct Case {
    name: String,
    language: PolicyLanguage,
    item: Option<String>,
    caller: Option<String>,
    findings: Vec<String>,
    lockout: Retention,
    /// What somebody can do for certain.
    can: Vec<Power>,
    /// Under conditions.
    may: Vec<Power>,
    /// As another text decides.
    open: Vec<Power>,
    /// A value of JSON; or a text, where there is no such value in it.
    policy: serde_json::Value,
}

impl Case {
    fn text(&self) -> String {
        match &self.policy {
            serde_json::Value::String(text) => text.clone(),
            other => serde_json::to_string_pretty(other).unwrap(),
        }
    }

    fn around(&self) -> Surroundings {
        let caller = self.caller.as_ref().map(|id| Caller { id: id.clone(), policies: Known::Read(Vec::new()) });
        Surroundings { item: self.item.clone(), caller, ..Surroundings::default() }
    }

    fn powers(&self, fits: impl Fn(&Standing) -> bool) -> Vec<Power> {
        let holders = crate::who(self.language, &self.text(), &self.around());
        let held = |power: &Power| holders.iter().any(|holder| holder.power == *power && fits(&holder.standing));
        Power::ALL.into_iter().filter(held).collect()
    }
}

fn sorted(powers: &[Power]) -> Vec<Power> {
    Power::ALL.into_iter().filter(|power| powers.contains(power)).collect()
}

fn cases() -> Vec<Case> {
    crate::corpus::cases("azure", 65)
}

#[test]
fn every_policy_is_judged_as_expected() {
    let mut wrong = Vec::new();
    for case in cases() {
        let (text, around) = (case.text(), case.around());
        let mut codes: Vec<String> =
            crate::lint(case.language, &text, &around).into_iter().map(|finding| finding.code).collect();
        codes.sort();
        if codes != case.findings {
            wrong.push(format!("{}: expected {:?}, found {codes:?}", case.name, case.findings));
        }
        let can = case.powers(|standing| *standing == Standing::Can);
        let may = case.powers(|standing| matches!(standing, Standing::When { .. }));
        let open = case.powers(|standing| matches!(standing, Standing::DependsOn { .. }));
        if (&can, &may, &open) != (&sorted(&case.can), &sorted(&case.may), &sorted(&case.open)) {
            wrong.push(format!("{}: can {can:?}, may {may:?}, open {open:?}", case.name));
        }
        let lockout = crate::lockout(case.language, &text, &around);
        if lockout.caller != case.lockout {
            wrong.push(format!("{}: {:?}: {}", case.name, lockout.caller, lockout.says));
        }
        super::settled(&text, |text| {
            let findings = crate::lint(case.language, text, &around);
            findings.into_iter().filter(|finding| finding.fix.is_some()).collect()
        });
    }
    assert!(wrong.is_empty(), "{} of them:\n  {}", wrong.len(), wrong.join("\n  "));
}
