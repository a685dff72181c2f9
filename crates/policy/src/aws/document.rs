//! A policy of AWS as it is written, with the place of every part.
//!
//! The model keeps what is wrong beside what is right: an element that is missing is `None`, an unknown one is a finding
//! of the parser. So that a lint can speak of it, and the evaluator can refuse to guess.

use crate::{Finding, Span, Spanned};

/// A policy document.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Document {
    /// `Version`.
    pub version: Option<Spanned<String>>,
    /// `Id`.
    pub id: Option<Spanned<String>>,
    /// `Statement`, one or more.
    pub statements: Vec<Statement>,
    /// What is not of the language: wrong types, unknown elements, elements given twice. If one of these is an error,
    /// the service refuses the text, and nothing can be said of its effect.
    pub malformed: Vec<Finding>,
    /// The whole object.
    pub span: Span,
}

/// One statement.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Statement {
    /// Its number, from 0.
    pub index: usize,
    /// `Sid`.
    pub sid: Option<Spanned<String>>,
    /// `Effect`; `None` if it is missing or neither word.
    pub effect: Option<Spanned<Effect>>,
    /// `Principal` or `NotPrincipal`; `None` in identity policies, which have none.
    pub principals: Option<Entries<Principal>>,
    /// `Action` or `NotAction`, as written.
    pub actions: Option<Entries<String>>,
    /// `Resource` or `NotResource`, as written.
    pub resources: Option<Entries<String>>,
    /// `Condition`, flattened: every one has to hold.
    pub conditions: Vec<Condition>,
    /// The whole statement.
    pub span: Span,
}

/// `Allow` or `Deny`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effect {
    /// Lets in.
    Allow,
    /// Keeps out, whatever lets in.
    Deny,
}

/// The values of an element or of its `Not…` twin.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entries<T> {
    /// Whether it is the `Not…` element: everything but these.
    pub negated: bool,
    /// The name of the element in the text, with its quotation marks.
    pub name_span: Span,
    /// The value.
    pub span: Span,
    /// One by one.
    pub values: Vec<Spanned<T>>,
}

/// One principal as written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Principal {
    /// Under which name it stands.
    pub kind: PrincipalKind,
    /// The text: `*`, an account, an ARN, a service, a unique id.
    pub value: String,
}

/// Under which name a principal stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PrincipalKind {
    /// `"Principal": "*"`.
    Everyone,
    /// `AWS`.
    Aws,
    /// `Service`.
    Service,
    /// `Federated`.
    Federated,
    /// `CanonicalUser`.
    CanonicalUser,
    /// Another word, which the service refuses.
    Other(String),
}

/// One operator with one key and its values.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Condition {
    /// Such as `StringEquals`, `ForAnyValue:StringLike`, `BoolIfExists`.
    pub operator: Spanned<String>,
    /// Such as `kms:ViaService`.
    pub key: Spanned<String>,
    /// Any of them has to match (none, for negated operators). Booleans and numbers stand here as they are written.
    pub values: Vec<Spanned<String>>,
    /// The key with its values.
    pub span: Span,
}

impl Statement {
    /// How people speak of it: its Sid, or its number from 1.
    pub fn label(&self) -> String {
        match &self.sid {
            Some(sid) if !sid.value.is_empty() => format!("\"{}\"", sid.value),
            Some(_) | None => format!("statement {}", self.index + 1),
        }
    }

    /// Whether it lets in.
    pub fn allows(&self) -> bool {
        self.effect.as_ref().is_some_and(|effect| effect.value == Effect::Allow)
    }

    /// Whether it keeps out.
    pub fn denies(&self) -> bool {
        self.effect.as_ref().is_some_and(|effect| effect.value == Effect::Deny)
    }
}

impl Document {
    /// Whether the service would take the text at all, as far as its form goes.
    pub fn is_well_formed(&self) -> bool {
        self.malformed.iter().all(|finding| finding.severity != crate::Severity::Error)
    }

    /// Whether `${aws:username}` is a variable in it: only in the newer version of the language.
    pub fn has_variables(&self) -> bool {
        self.version.as_ref().is_some_and(|version| version.value == "2012-10-17")
    }
}
