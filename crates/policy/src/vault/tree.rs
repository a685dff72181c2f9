//! The tree that both notations of a policy are read into, with the place of every part.

use crate::{Span, Spanned};

/// One entry of an object: its keys (`path "secret/*"` has two) and its value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Entry {
    pub(super) keys: Vec<Spanned<String>>,
    pub(super) value: Node,
    pub(super) span: Span,
}

/// A value with its place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) span: Span,
}

/// What a value is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Text(String),
    /// As written.
    Number(String),
    Bool(bool),
    Null,
    List(Vec<Node>),
    Object(Vec<Entry>),
}

impl Entry {
    /// The first key.
    pub(super) fn name(&self) -> &str {
        self.keys.first().map_or("", |key| key.value.as_str())
    }

    /// Where the first key stands.
    pub(super) fn name_span(&self) -> Span {
        self.keys.first().map_or(self.span, |key| key.span)
    }
}

impl Node {
    /// A text, or a number as the text that the servers make of it.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) | Kind::Number(text) => Some(text),
            Kind::Bool(_) | Kind::Null | Kind::List(_) | Kind::Object(_) => None,
        }
    }
}

/// The first thing in a text that is not of its notation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Wrong {
    pub(super) span: Span,
    pub(super) message: String,
}

impl Wrong {
    pub(super) fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into() }
    }
}
