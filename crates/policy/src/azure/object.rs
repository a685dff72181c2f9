//! JSON as the three languages need it: strict, with the place of every part, and found faults collected.

use jsonc_parser::{
    CollectOptions, ParseOptions,
    ast::{Object, ObjectProp, ObjectPropName, Value},
    common::Ranged,
    parse_to_ast,
};

use crate::{Edit, Finding, Severity, Span, Spanned};

const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
};

/// Faults as they are found.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Faults(pub(super) Vec<Finding>);

/// Reads a text and gives its one value to `take`; what is no JSON is a fault.
pub(super) fn read<T: Default>(text: &str, take: impl FnOnce(&Value<'_>, &mut Faults) -> T) -> (T, Vec<Finding>) {
    let mut faults = Faults::default();
    let taken = match parse_to_ast(text, &CollectOptions::default(), &STRICT) {
        Ok(parsed) => match parsed.value {
            Some(value) => take(&value, &mut faults),
            None => {
                faults.error("not-json", Span::whole(text), "There is no text yet.");
                T::default()
            }
        },
        Err(error) => {
            let span = Span::new(error.range().start, error.range().end);
            let span = if span.fits(text) { span } else { Span::whole(text) };
            faults.error("not-json", span, format!("This is not JSON: {}.", error.kind()));
            T::default()
        }
    };
    faults.0.sort_by_key(|finding| finding.span);
    (taken, faults.0)
}

/// Where a value stands.
pub(super) fn span(ranged: &impl Ranged) -> Span {
    Span::new(ranged.start(), ranged.end())
}

/// Where a property's name stands, with its quotation marks.
pub(super) fn name_span(property: &ObjectProp<'_>) -> Span {
    match &property.name {
        ObjectPropName::String(literal) => span(literal),
        ObjectPropName::Word(word) => span(word),
    }
}

impl Faults {
    pub(super) fn error(&mut self, code: &str, span: Span, message: impl Into<String>) {
        self.0.push(Finding::new(code, Severity::Error, span, message));
    }

    pub(super) fn push(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    /// An object, or a fault that says what it should have been.
    pub(super) fn object<'v, 't>(&mut self, value: &'v Value<'t>, what: &str) -> Option<&'v Object<'t>> {
        if let Value::Object(object) = value {
            return Some(object);
        }
        self.error("wrong-type", span(value), format!("{what} is an object."));
        None
    }

    /// Each property once, without regard to upper and lower case as ARM reads them.
    pub(super) fn properties<'o, 't>(&mut self, object: &'o Object<'t>) -> Vec<&'o ObjectProp<'t>> {
        let mut seen: Vec<&ObjectProp<'t>> = Vec::with_capacity(object.properties.len());
        for property in &object.properties {
            let name = property.name.as_str();
            if seen.iter().any(|before| before.name.as_str().eq_ignore_ascii_case(name)) {
                self.error("duplicate-element", name_span(property), format!("\"{name}\" is given twice."));
            } else {
                seen.push(property);
            }
        }
        seen
    }

    pub(super) fn text(&mut self, name: &str, value: &Value<'_>) -> Option<Spanned<String>> {
        match value {
            Value::StringLit(literal) => Some(Spanned::new(literal.value.clone().into_owned(), span(literal))),
            Value::NullKeyword(_) => None,
            Value::NumberLit(_) | Value::BooleanLit(_) | Value::Object(_) | Value::Array(_) => {
                self.error("wrong-type", span(value), format!("{name} is a text."));
                None
            }
        }
    }

    pub(super) fn texts(&mut self, name: &str, value: &Value<'_>) -> Vec<Spanned<String>> {
        match value {
            Value::Array(array) => array.elements.iter().filter_map(|value| self.text(name, value)).collect(),
            Value::NullKeyword(_) => Vec::new(),
            other => {
                self.error("wrong-type", span(other), format!("{name} is a list of texts."));
                Vec::new()
            }
        }
    }

    /// The elements of a list, of its `value` as ARM answers, or a single object.
    pub(super) fn list<'v, 't>(&mut self, value: &'v Value<'t>, inside: &[&str], what: &str) -> Vec<&'v Value<'t>> {
        match value {
            Value::Array(array) => array.elements.iter().collect(),
            Value::Object(object) => {
                let inner = object
                    .properties
                    .iter()
                    .find(|property| inside.iter().any(|name| property.name.as_str().eq_ignore_ascii_case(name)));
                match inner {
                    Some(property) => self.list(&property.value, inside, what),
                    None => vec![value],
                }
            }
            other => {
                self.error("wrong-type", span(other), format!("This is a list of {what}."));
                Vec::new()
            }
        }
    }
}

/// A UUID as Azure writes them, in any case of letters.
pub(super) fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Takes an element out of its list, with the comma that parts it from the next or the one before.
pub(super) fn removal(text: &str, element: Span) -> Edit {
    let (mut start, mut end) = (element.start, element.end);
    let after = text.get(end..).unwrap_or_default();
    let before = text.get(..start).unwrap_or_default();
    if let Some(rest) = after.trim_start().strip_prefix(',') {
        end = text.len() - rest.trim_start().len();
    } else if let Some(rest) = before.trim_end().strip_suffix(',') {
        start = rest.trim_end().len();
    }
    Edit { span: Span::new(start, end), text: String::new() }
}
