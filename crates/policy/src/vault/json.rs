//! The JSON notation of a policy, as the servers take it: no comments, but commas may be missing or left over.

use jsonc_parser::{
    CollectOptions, ParseOptions,
    ast::{ObjectPropName, Value},
    common::Ranged,
    parse_to_ast,
};

use super::tree::{Entry, Kind, Node, Wrong};
use crate::{Span, Spanned};

const LENIENT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: true,
    allow_missing_commas: true,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
};

/// Reads a whole text. What stands in `path` is one entry for each pattern, as in HCL.
///
/// # Errors
/// The first thing that is not JSON, at its place.
pub(super) fn entries(text: &str) -> Result<(Vec<Entry>, Span), Wrong> {
    let parsed = parse_to_ast(text, &CollectOptions::default(), &LENIENT).map_err(|error| {
        let span = Span::new(error.range().start, error.range().end);
        let span = if span.fits(text) { span } else { Span::whole(text) };
        Wrong::new(span, format!("This is not JSON: {}.", error.kind()))
    })?;
    let Some(value @ Value::Object(_)) = parsed.value else {
        return Err(Wrong::new(Span::whole(text), "A policy in JSON is an object with the element \"path\"."));
    };
    let span = span(&value);
    let Kind::Object(entries) = node(&value).kind else { return Ok((Vec::new(), span)) };
    Ok((entries.into_iter().flat_map(unfolded).collect(), span))
}

fn span(ranged: &impl Ranged) -> Span {
    Span::new(ranged.start(), ranged.end())
}

/// `"path": {"a": {…}, "b": {…}}` and a list of such objects, as `path "a" {…}` and `path "b" {…}`.
fn unfolded(entry: Entry) -> Vec<Entry> {
    if entry.name() != "path" {
        return vec![entry];
    }
    let Some(path) = entry.keys.first().cloned() else { return vec![entry] };
    let patterns = match &entry.value.kind {
        Kind::Object(patterns) => patterns.clone(),
        Kind::List(objects) if !objects.is_empty() => {
            let mut patterns = Vec::new();
            for object in objects {
                let Kind::Object(inner) = &object.kind else { return vec![entry] };
                patterns.extend(inner.iter().cloned());
            }
            patterns
        }
        Kind::Text(_) | Kind::Number(_) | Kind::Bool(_) | Kind::Null | Kind::List(_) => return vec![entry],
    };
    let with_path = |mut inner: Entry| {
        inner.keys.insert(0, path.clone());
        inner
    };
    patterns.into_iter().map(with_path).collect()
}

fn node(value: &Value<'_>) -> Node {
    let kind = match value {
        Value::StringLit(text) => Kind::Text(text.value.clone().into_owned()),
        Value::NumberLit(number) => Kind::Number(number.value.to_owned()),
        Value::BooleanLit(literal) => Kind::Bool(literal.value),
        Value::NullKeyword(_) => Kind::Null,
        Value::Array(array) => Kind::List(array.elements.iter().map(node).collect()),
        Value::Object(object) => Kind::Object(
            object
                .properties
                .iter()
                .map(|property| {
                    let key = match &property.name {
                        ObjectPropName::String(literal) => {
                            Spanned::new(literal.value.clone().into_owned(), span(literal))
                        }
                        ObjectPropName::Word(word) => Spanned::new(word.value.to_owned(), span(word)),
                    };
                    Entry { keys: vec![key], value: node(&property.value), span: span(property) }
                })
                .collect(),
        ),
    };
    Node { kind, span: span(value) }
}
