//! What is wrong with a key policy, dangerous or without effect, each at its place and with the edit that settles it.
//!
//! A fix is given only where it is certain: applied, the text can still be read and the finding is gone.

mod accounts;
mod actions;
mod attestation;
mod codes;
mod conditions;
mod facts;
mod overlap;
mod principals;
mod resources;
mod text;
mod values;
mod whole;

pub use codes::{LINTS, Lint};
pub(super) use facts::speaks_of;
pub(super) use text::free_sid;

use super::{
    document::{Document, Statement},
    layout::Layout,
    parse::parse,
};
use crate::{Edit, Finding, Span, Surroundings};

/// Lints a key policy. Sorted by place, then by code.
pub fn lint(text: &str, around: &Surroundings) -> Vec<Finding> {
    let document = parse(text, true);
    let layout = Layout::of(text);
    let mut sight = Sight { text, document: &document, layout, around, found: Vec::new() };
    sight.found.extend(document.malformed.iter().map(|finding| whole::mended(text, finding)));
    text::look(&mut sight);
    for statement in &document.statements {
        principals::look(&mut sight, statement);
        actions::look(&mut sight, statement);
        accounts::look(&mut sight, statement);
        resources::look(&mut sight, statement);
        conditions::look(&mut sight, statement);
        values::look(&mut sight, statement);
    }
    overlap::look(&mut sight);
    attestation::look(&mut sight);
    if document.is_well_formed() {
        whole::look(&mut sight);
    }
    Finding::in_order(sight.found)
}

/// What a lint looks at.
struct Sight<'a> {
    text: &'a str,
    document: &'a Document,
    /// `None` if the text has no statements.
    layout: Option<Layout>,
    around: &'a Surroundings,
    found: Vec<Finding>,
}

impl Sight<'_> {
    /// The finding with a fix that takes one value out of a statement, if that can be done.
    fn without_value(&self, finding: Finding, statement: &Statement, value: Span) -> Finding {
        let edits = self.layout.as_ref().and_then(|layout| layout.without_value(statement.index, value));
        match edits {
            Some(edits) => {
                let whole = edits.iter().any(|edit| edit.span.start <= statement.span.start);
                let says = if whole || edits.iter().any(|edit| edit.span.end >= statement.span.end) {
                    format!("Remove {}", statement.label())
                } else {
                    format!("Remove {}", value.of(self.text))
                };
                finding.with_fix(says, edits)
            }
            None => finding,
        }
    }

    /// The edit that takes out a statement, if it is not the only one.
    fn without_statement(&self, statement: &Statement) -> Option<Edit> {
        self.layout.as_ref().and_then(|layout| layout.removed(statement.index))
    }
}
