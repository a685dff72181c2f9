//! Where something stands in a policy's text.

use serde::{Deserialize, Serialize};

/// Offsets in bytes of the UTF-8 text, always at the borders of characters; the end is not part of it.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// A value and where it stands.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Spanned<T> {
    /// It.
    pub value: T,
    /// Where.
    pub span: Span,
}

impl Span {
    /// From the first byte to the one after the last.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The whole of a text.
    pub fn whole(text: &str) -> Self {
        Self { start: 0, end: text.len() }
    }

    /// The text that stands there; empty if the span is not one of this text.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }

    /// Whether both ends are in the text, in order, and between characters.
    pub fn fits(self, text: &str) -> bool {
        text.get(self.start..self.end).is_some()
    }
}

impl<T> Spanned<T> {
    /// A value at its place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}
