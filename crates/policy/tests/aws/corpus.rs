//! The corpus: policies with the findings and the verdict on lockout that are expected of them.
//!
//! The shapes are those of the services' documentation and of public threads about keys that nobody could administer any
//! more; every text is our own.

use std::path::PathBuf;

use policy::{
    Caller, Known, NamedPolicy, Retention, Surroundings,
    aws::{lint, lockout},
};
use serde::Deserialize;

/// One line of `corpus/aws/*.jsonl`.
#[derive(Debug, Deserialize)]
pub(crate) struct Case {
    pub(crate) name: String,
    item: String,
    caller: String,
    /// Texts by name, or `"unread"`.
    iam: Iam,
    /// Codes, sorted.
    findings: Vec<String>,
    /// `safe`, `locked-out` or `cannot-tell`.
    lockout: String,
    /// An object; or a text, if the layout matters or there is no object in it.
    policy: serde_json::Value,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Iam {
    Unread(String),
    Read(Vec<Attached>),
}

#[derive(Debug, Deserialize)]
struct Attached {
    name: String,
    text: String,
    limits: bool,
}

impl Case {
    /// As the console of KMS writes it.
    pub(crate) fn text(&self) -> String {
        match &self.policy {
            serde_json::Value::String(text) => text.clone(),
            other => serde_json::to_string_pretty(other).unwrap(),
        }
    }

    pub(crate) fn around(&self) -> Surroundings {
        let policies = match &self.iam {
            Iam::Unread(why) => Known::Unread(why.clone()),
            Iam::Read(all) => Known::Read(
                all.iter()
                    .map(|one| NamedPolicy { name: one.name.clone(), text: one.text.clone(), limits: one.limits })
                    .collect(),
            ),
        };
        Surroundings {
            item: Some(self.item.clone()),
            caller: Some(Caller { id: self.caller.clone(), policies }),
            ..Surroundings::default()
        }
    }
}

/// Every case of every file.
pub(crate) fn cases() -> Vec<Case> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus/aws");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let lines = files.iter().flat_map(|file| {
        let text = std::fs::read_to_string(file).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
            .collect::<Vec<Case>>()
    });
    let cases: Vec<Case> = lines.collect();
    assert!(cases.len() >= 250, "the corpus shrank to {}", cases.len());
    cases
}

#[test]
fn every_policy_has_the_findings_that_are_expected() {
    let mut wrong = Vec::new();
    for case in cases() {
        let mut found: Vec<String> =
            lint(&case.text(), &case.around()).into_iter().map(|finding| finding.code).collect();
        found.sort();
        if found != case.findings {
            wrong.push(format!("{}: expected {:?}, found {found:?}", case.name, case.findings));
        }
    }
    assert!(wrong.is_empty(), "{} of them:\n  {}", wrong.len(), wrong.join("\n  "));
}

#[test]
fn every_policy_has_the_verdict_on_lockout_that_is_expected() {
    let (mut wrong, mut falsely_unsafe, mut safe) = (Vec::new(), 0, 0);
    for case in cases() {
        let answer = lockout(&case.text(), &case.around());
        let verdict = match answer.caller {
            Retention::Keeps => "safe",
            Retention::Loses => "locked-out",
            Retention::CannotTell => "cannot-tell",
        };
        safe += usize::from(case.lockout == "safe");
        falsely_unsafe += usize::from(case.lockout == "safe" && verdict != "safe");
        assert!(verdict != "safe" || case.lockout == "safe", "{} is called safe: {}", case.name, answer.says);
        if verdict != case.lockout {
            wrong.push(format!("{}: expected {}, is {verdict}: {}", case.name, case.lockout, answer.says));
        }
    }
    assert!(falsely_unsafe * 20 <= safe, "{falsely_unsafe} of {safe} safe policies are called unsafe");
    assert!(wrong.is_empty(), "{} of them:\n  {}", wrong.len(), wrong.join("\n  "));
}

#[test]
fn every_lint_is_in_the_corpus_or_has_a_test_of_its_own() {
    let found: std::collections::BTreeSet<String> = cases().into_iter().flat_map(|case| case.findings).collect();
    let missing: Vec<&str> = policy::aws::LINTS
        .iter()
        .map(|lint| lint.code)
        // Its text would be longer than all others together: `fixes.rs` makes one.
        .filter(|code| *code != "too-large" && !found.contains(*code))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// What an auditor may call a lint by never changes its meaning, so two never share a code.
#[test]
fn codes_are_unique() {
    let mut codes: Vec<&str> = policy::aws::LINTS.iter().map(|lint| lint.code).collect();
    codes.sort_unstable();
    let all = codes.len();
    codes.dedup();
    assert_eq!(codes.len(), all);
}
