//! What is said of the three languages of Azure.

mod access;
mod corpus;
mod property;
mod release;
mod roles;

use crate::{Answers, Finding};

pub(super) fn codes(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.code.as_str()).collect()
}

pub(super) fn answers(pairs: &[(&str, &str)]) -> Answers {
    pairs.iter().map(|(name, answer)| ((*name).to_owned(), (*answer).to_owned())).collect()
}

/// Every fix of a code must make it vanish, or at least one of it.
pub(super) fn settled(text: &str, lint: impl Fn(&str) -> Vec<Finding>) {
    for finding in lint(text) {
        assert!(finding.span.fits(text), "{finding:?}");
        let Some(fix) = &finding.fix else { continue };
        let fixed = fix.applied(text).unwrap();
        serde_json::from_str::<serde_json::Value>(&fixed).unwrap_or_else(|error| panic!("{error}: {fixed}"));
        let count = |findings: &[Finding]| findings.iter().filter(|other| other.code == finding.code).count();
        assert!(count(&lint(&fixed)) < count(&lint(text)), "{}: {fixed}", finding.code);
    }
}
