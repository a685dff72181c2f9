//! What a lint says of a policy.

use serde::{Deserialize, Serialize};

use crate::Span;

/// Something that whoever edits a policy should know.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Names the lint for good, in kebab-case: `public-principal`.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// The part of the text it is about.
    pub span: Span,
    /// What is so, and what follows from it.
    pub message: String,
    /// What to do.
    pub next: Option<String>,
    /// Edits that would settle it, where they are certain.
    pub fix: Option<Fix>,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Works, but seldom as meant.
    Warning,
    /// The place refuses it, or somebody is let in or locked out who should not be.
    Error,
}

/// Edits that belong together.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Fix {
    /// What they do, as a button says it: "Remove NotPrincipal".
    pub says: String,
    /// Non-overlapping, in the order of the text.
    pub edits: Vec<Edit>,
}

/// One replacement.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    /// What is replaced; an empty span inserts.
    pub span: Span,
    /// By what.
    pub text: String,
}

impl Finding {
    /// A finding without advice.
    pub fn new(code: &str, severity: Severity, span: Span, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), severity, span, message: message.into(), next: None, fix: None }
    }

    /// Something worth knowing.
    pub(crate) fn note(code: &str, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Note, span, message)
    }

    /// Something that works, but seldom as meant.
    pub(crate) fn warning(code: &str, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, span, message)
    }

    /// Something that the place refuses, or that lets in or locks out whom it should not.
    pub(crate) fn error(code: &str, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, span, message)
    }

    /// In the order of the text, each once.
    pub(crate) fn in_order(mut findings: Vec<Self>) -> Vec<Self> {
        findings.sort_by(|left, right| (left.span, &left.code).cmp(&(right.span, &right.code)));
        findings.dedup();
        findings
    }

    /// The same with what to do.
    #[must_use]
    pub fn with_next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }

    /// The same with edits that settle it.
    #[must_use]
    pub fn with_fix(mut self, says: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.fix = Some(Fix { says: says.into(), edits });
        self
    }
}

impl Fix {
    /// The text after the edits; `None` if they do not fit it.
    pub fn applied(&self, text: &str) -> Option<String> {
        let mut result = String::with_capacity(text.len());
        let mut at = 0;
        for edit in &self.edits {
            result.push_str(text.get(at..edit.span.start)?);
            result.push_str(&edit.text);
            text.get(edit.span.start..edit.span.end)?;
            at = edit.span.end;
        }
        result.push_str(text.get(at..)?);
        Some(result)
    }
}
