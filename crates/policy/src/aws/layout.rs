//! Where the parts of a policy stand in its text, for changes that leave the rest as it is.

use jsonc_parser::{
    CollectOptions,
    ast::{Object, Value},
    common::Ranged,
    parse_to_ast,
};

use super::parse::STRICT;
use crate::{
    Edit, Span,
    json::{Shape, Style, append, without},
};

/// A policy's parts.
#[derive(Debug)]
pub(super) struct Layout {
    /// The elements of the document.
    pub(super) elements: Vec<Part>,
    /// The list of statements; `None` if there is one statement that stands by itself.
    list: Option<Span>,
    /// The statements by their index.
    pub(super) statements: Vec<Written>,
}

/// A statement's parts.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) span: Span,
    pub(super) parts: Vec<Part>,
}

/// A name with its value.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) span: Span,
    /// The value.
    pub(super) value: Span,
    /// The values of a list.
    values: Vec<Span>,
    /// The parts of an object.
    pub(super) parts: Vec<Self>,
}

impl Layout {
    /// Takes a text apart; `None` if it is not JSON or has no statements.
    pub(super) fn of(text: &str) -> Option<Self> {
        let parsed = parse_to_ast(text, &CollectOptions::default(), &STRICT).ok()?;
        let Some(Value::Object(root)) = parsed.value else { return None };
        let statement = root.properties.iter().find(|element| element.name.as_str() == "Statement")?;
        let (list, statements) = match &statement.value {
            Value::Array(array) => (Some(span(array)), array.elements.iter().map(written).collect()),
            other => (None, vec![written(other)]),
        };
        Some(Self { elements: parts(&root), list, statements })
    }

    /// Edits that add statements behind the last one.
    pub(super) fn added(&self, text: &str, statements: &[Shape]) -> Vec<Edit> {
        let siblings: Vec<Span> = self.statements.iter().map(|statement| statement.span).collect();
        let Some(last) = siblings.last() else {
            let list = self.list.unwrap_or_default();
            let outer = Style::at(text, list.start);
            return vec![Edit { span: list, text: outer.print(&Shape::List(statements.to_vec())) }];
        };
        let style = Style::beside(text, *last);
        let printed: Vec<String> = statements.iter().map(|statement| style.print(statement)).collect();
        let Some(list) = self.list else {
            let all = printed.join(&format!(",{}", style.separator()));
            let end = Edit { span: Span::new(last.end, last.end), text: format!(",{}{all}]", style.separator()) };
            return vec![Edit { span: Span::new(last.start, last.start), text: "[".to_owned() }, end];
        };
        // All at one place, so that the edits do not touch each other.
        let edits = printed.iter().filter_map(|one| append(text, &siblings, one)).map(|edit| edit.text);
        let span = Span::new(last.end, last.end);
        if span.end <= list.end { vec![Edit { span, text: edits.collect() }] } else { Vec::new() }
    }

    /// An edit that takes out a statement; `None` if it is the only one.
    pub(super) fn removed(&self, index: usize) -> Option<Edit> {
        let siblings: Vec<Span> = self.statements.iter().map(|statement| statement.span).collect();
        without(&siblings, index)
    }

    /// Edits that take one value out of an element of a statement, or with its last value the whole statement, since it
    /// would say nothing. `None` if that would leave a policy without statements, or a `Not…` element without values.
    pub(super) fn without_value(&self, statement: usize, value: Span) -> Option<Vec<Edit>> {
        let written = self.statements.get(statement)?;
        let within = |part: &&Part| part.value.start <= value.start && value.end <= part.value.end;
        let element = written.parts.iter().find(within)?;
        let inner = element.parts.iter().find(within);
        let holder = inner.unwrap_or(element);
        if let Some(at) = holder.values.iter().position(|one| *one == value)
            && holder.values.len() > 1
        {
            return without(&holder.values, at).map(|edit| vec![edit]);
        }
        let others: Vec<Span> = element.parts.iter().map(|part| part.span).collect();
        if let Some(inner) = inner
            && let Some(edit) = without(&others, others.iter().position(|span| *span == inner.span)?)
        {
            return Some(vec![edit]);
        }
        if element.name.starts_with("Not") { None } else { self.removed(statement).map(|edit| vec![edit]) }
    }
}

impl Written {
    /// One of the names, with its value.
    pub(super) fn part(&self, names: &[&str]) -> Option<&Part> {
        self.parts.iter().find(|part| names.contains(&part.name.as_str()))
    }
}

fn written(value: &Value<'_>) -> Written {
    let parts = if let Value::Object(object) = value { parts(object) } else { Vec::new() };
    Written { span: span(value), parts }
}

fn parts(object: &Object<'_>) -> Vec<Part> {
    object
        .properties
        .iter()
        .map(|property| Part {
            name: property.name.as_str().to_owned(),
            span: span(property),
            value: span(&property.value),
            values: if let Value::Array(array) = &property.value {
                array.elements.iter().map(span).collect()
            } else {
                Vec::new()
            },
            parts: if let Value::Object(object) = &property.value { parts(object) } else { Vec::new() },
        })
        .collect()
}

fn span(ranged: &impl Ranged) -> Span {
    Span::new(ranged.start(), ranged.end())
}
