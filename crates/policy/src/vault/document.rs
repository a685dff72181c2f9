//! A policy of Vault as it is written, with the place of every part.

use super::{
    Capabilities, Capability,
    pattern::{Pattern, is_templated},
};
use crate::{Finding, Severity, Span, Spanned};

/// A policy.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Document {
    /// Its rules, in the order of the text.
    pub rules: Vec<Rule>,
    /// What is not of the language. If one of these is an error, the servers refuse the text as a whole.
    pub malformed: Vec<Finding>,
    /// Whether it is written in JSON.
    pub json: bool,
    /// From its first part to its last.
    pub span: Span,
}

/// One rule: a path and what may be done with it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Rule {
    /// Its number, from 0.
    pub index: usize,
    /// The path as written: `transit/sign/*`.
    pub path: Spanned<String>,
    /// The words of `capabilities`, as written.
    pub capabilities: Vec<Spanned<String>>,
    /// The list of `capabilities` with its brackets; the last one if there are several.
    pub list: Option<Span>,
    /// The old word of `policy`.
    pub policy: Option<Spanned<String>>,
    /// The whole of `policy = "…"`.
    pub policy_span: Option<Span>,
    /// `allowed_parameters`.
    pub allowed: Option<Parameters>,
    /// `denied_parameters`.
    pub denied: Option<Parameters>,
    /// `required_parameters`.
    pub required: Vec<Spanned<String>>,
    /// `min_wrapping_ttl` in seconds.
    pub min_wrapping: Option<Spanned<u64>>,
    /// `max_wrapping_ttl` in seconds.
    pub max_wrapping: Option<Spanned<u64>>,
    /// `control_group`: how many others have to approve, as far as it says.
    pub control_group: Option<Spanned<u32>>,
    /// `mfa_methods`.
    pub mfa_methods: Vec<Spanned<String>>,
    /// `expiration`, as written.
    pub expiration: Option<Spanned<String>>,
    /// From its first character to its last.
    pub span: Span,
}

/// Parameters of a request with the values each is limited to; none are every value.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Parameters {
    /// Name and values, as written.
    pub entries: Vec<(Spanned<String>, Vec<String>)>,
    /// The object.
    pub span: Span,
}

impl Document {
    /// Whether the servers would take the text.
    pub fn is_well_formed(&self) -> bool {
        self.malformed.iter().all(|finding| finding.severity != Severity::Error)
    }
}

impl Rule {
    /// What it gives, by its old word and by its list. An unknown word gives nothing.
    pub fn granted(&self) -> Capabilities {
        let old = self.policy.as_ref().and_then(|word| Capability::of_old_word(&word.value)).unwrap_or_default();
        let words = self.capabilities.iter().filter_map(|word| Capability::of(&word.value));
        old.iter().copied().chain(words).collect()
    }

    /// Whether it forbids.
    pub fn denies(&self) -> bool {
        self.granted().has(Capability::Deny)
    }

    /// Whether its path depends on who asks.
    pub fn is_templated(&self) -> bool {
        is_templated(&self.path.value)
    }

    /// What narrows it beside its path, each as the end of "if …".
    pub fn narrowed(&self) -> Vec<String> {
        let mut narrowed = Vec::new();
        if let Some(approvals) = &self.control_group {
            narrowed.push(match approvals.value {
                0 | 1 => "somebody else approves it (control group)".to_owned(),
                many => format!("{many} others approve it (control group)"),
            });
        }
        if let Some(expiration) = &self.expiration {
            narrowed.push(format!("it is before {}", expiration.value));
        }
        if !self.mfa_methods.is_empty() {
            narrowed.push("a second factor is shown".to_owned());
        }
        if [&self.min_wrapping, &self.max_wrapping].into_iter().flatten().any(|seconds| seconds.value > 0) {
            narrowed.push("the answer is wrapped".to_owned());
        }
        if self.limits_parameters() {
            narrowed.push("the parameters are those it allows".to_owned());
        }
        narrowed
    }

    /// Whether it looks at a request's parameters.
    pub fn limits_parameters(&self) -> bool {
        let some = |parameters: &Option<Parameters>| parameters.as_ref().is_some_and(|named| !named.entries.is_empty());
        some(&self.allowed) || some(&self.denied) || !self.required.is_empty()
    }

    pub(super) fn pattern(&self) -> Pattern {
        Pattern::of(&self.path.value)
    }
}
