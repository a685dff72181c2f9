//! From text to [`Document`]. Never fails: what cannot be read is a finding with its place.

use jsonc_parser::{
    CollectOptions, ParseOptions,
    ast::{Object, ObjectProp, ObjectPropName, Value},
    common::Ranged,
    errors::ParseError,
    parse_to_ast,
};

use super::document::{Condition, Document, Effect, Entries, Principal, PrincipalKind, Statement};
use crate::{Finding, Severity, Span, Spanned};

/// Strict JSON (RFC 8259), as the service takes it: no comments, no trailing commas.
pub(super) const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
};

/// Reads a policy. `resource_policy` says that statements have principals, as key policies do and identity policies do not.
pub fn parse(text: &str, resource_policy: bool) -> Document {
    let mut reader = Reader { malformed: Vec::new(), resource_policy };
    let mut document = match parse_to_ast(text, &CollectOptions::default(), &STRICT) {
        Ok(parsed) => match parsed.value {
            Some(Value::Object(object)) => reader.document(&object),
            Some(other) => reader.not_an_object(span(&other)),
            None => reader.not_an_object(Span::whole(text)),
        },
        Err(error) => reader.not_json(text, &error),
    };
    document.malformed = reader.malformed;
    document
}

struct Reader {
    malformed: Vec<Finding>,
    resource_policy: bool,
}

fn span(ranged: &impl Ranged) -> Span {
    Span::new(ranged.start(), ranged.end())
}

fn name_span(name: &ObjectPropName<'_>) -> Span {
    match name {
        ObjectPropName::String(literal) => span(literal),
        ObjectPropName::Word(word) => span(word),
    }
}

impl Reader {
    fn error(&mut self, code: &str, span: Span, message: impl Into<String>) {
        self.malformed.push(Finding::new(code, Severity::Error, span, message));
    }

    fn not_an_object(&mut self, span: Span) -> Document {
        self.error("not-an-object", span, "A policy is a JSON object with the elements Version and Statement.");
        Document { span, ..Document::default() }
    }

    fn not_json(&mut self, text: &str, error: &ParseError) -> Document {
        let range = error.range();
        let found = Span::new(range.start, range.end);
        let found = if found.fits(text) { found } else { Span::whole(text) };
        self.error("not-json", found, format!("This is not JSON: {}.", error.kind()));
        Document { span: Span::whole(text), ..Document::default() }
    }

    /// Each element once; a second one of the same name is a finding.
    fn elements<'o, 't>(&mut self, object: &'o Object<'t>) -> Vec<&'o ObjectProp<'t>> {
        let mut seen: Vec<&ObjectProp<'t>> = Vec::with_capacity(object.properties.len());
        for element in &object.properties {
            if seen.iter().any(|before| before.name.as_str() == element.name.as_str()) {
                let message = format!("\"{}\" is given twice. Only one of them would count.", element.name.as_str());
                self.error("duplicate-element", name_span(&element.name), message);
            } else {
                seen.push(element);
            }
        }
        seen
    }

    fn document(&mut self, object: &Object<'_>) -> Document {
        let mut document = Document { span: span(object), ..Document::default() };
        let mut has_statements = false;
        for element in self.elements(object) {
            match element.name.as_str() {
                "Version" => document.version = self.text("Version", &element.value),
                "Id" => document.id = self.text("Id", &element.value),
                "Statement" => {
                    has_statements = true;
                    document.statements = self.statements(&element.value);
                }
                other => self.unknown(other, &element.name, "a policy has Version, Id and Statement"),
            }
        }
        if !has_statements {
            self.error("no-statement", document.span, "The policy has no Statement, so nobody is let in.");
        }
        document
    }

    fn unknown(&mut self, word: &str, name: &ObjectPropName<'_>, instead: &str) {
        let message = format!("\"{word}\" is not an element here: {instead}. Upper and lower case count.");
        self.error("unknown-element", name_span(name), message);
    }

    fn statements(&mut self, value: &Value<'_>) -> Vec<Statement> {
        let values: Vec<&Value<'_>> = match value {
            Value::Array(array) => array.elements.iter().collect(),
            other => vec![other],
        };
        let mut statements = Vec::with_capacity(values.len());
        for (index, value) in values.into_iter().enumerate() {
            match value {
                Value::Object(object) => statements.push(self.statement(index, object)),
                other => self.error("wrong-type", span(other), "A statement is an object."),
            }
        }
        statements
    }

    fn statement(&mut self, index: usize, object: &Object<'_>) -> Statement {
        let mut statement = Statement { index, span: span(object), ..Statement::default() };
        for element in self.elements(object) {
            let (name, value) = (&element.name, &element.value);
            let negated = name.as_str().starts_with("Not");
            match name.as_str() {
                "Sid" => statement.sid = self.text("Sid", value),
                "Effect" => statement.effect = self.effect(value),
                "Principal" | "NotPrincipal" if self.resource_policy => {
                    self.once(statement.principals.is_some(), name);
                    statement.principals = Some(self.principals(negated, name, value));
                }
                "Action" | "NotAction" => {
                    self.once(statement.actions.is_some(), name);
                    statement.actions = Some(self.entries(negated, name, value));
                }
                "Resource" | "NotResource" => {
                    self.once(statement.resources.is_some(), name);
                    statement.resources = Some(self.entries(negated, name, value));
                }
                "Condition" => statement.conditions = self.conditions(value),
                other => self.unknown(
                    other,
                    name,
                    "a statement has Sid, Effect, Principal, Action, Resource and Condition, and some as Not…",
                ),
            }
        }
        self.complete(&statement);
        statement
    }

    fn once(&mut self, there_already: bool, name: &ObjectPropName<'_>) {
        if there_already {
            let message = format!("\"{}\" stands beside its opposite. A statement has one of them.", name.as_str());
            self.error("element-and-opposite", name_span(name), message);
        }
    }

    fn complete(&mut self, statement: &Statement) {
        let mut missing = Vec::new();
        if statement.effect.is_none() {
            missing.push("Effect (Allow or Deny)");
        }
        if self.resource_policy && statement.principals.is_none() {
            missing.push("Principal");
        }
        if statement.actions.is_none() {
            missing.push("Action");
        }
        if statement.resources.is_none() {
            missing.push("Resource");
        }
        for element in missing {
            let message = format!("{} has no {element}.", statement.label());
            self.error("missing-element", statement.span, message);
        }
    }

    fn text(&mut self, element: &str, value: &Value<'_>) -> Option<Spanned<String>> {
        if let Value::StringLit(literal) = value {
            return Some(Spanned::new(literal.value.clone().into_owned(), span(literal)));
        }
        self.error("wrong-type", span(value), format!("{element} is a text."));
        None
    }

    fn effect(&mut self, value: &Value<'_>) -> Option<Spanned<Effect>> {
        let word = self.text("Effect", value)?;
        match word.value.as_str() {
            "Allow" => Some(Spanned::new(Effect::Allow, word.span)),
            "Deny" => Some(Spanned::new(Effect::Deny, word.span)),
            other => {
                let message = format!("Effect is Allow or Deny, in this case of letters, not \"{other}\".");
                self.error("unknown-effect", word.span, message);
                None
            }
        }
    }

    fn entries(&mut self, negated: bool, name: &ObjectPropName<'_>, value: &Value<'_>) -> Entries<String> {
        let values = self.texts(name.as_str(), value);
        if values.is_empty() {
            self.error("empty-element", span(value), format!("{} is empty.", name.as_str()));
        }
        Entries { negated, name_span: name_span(name), span: span(value), values }
    }

    fn texts(&mut self, element: &str, value: &Value<'_>) -> Vec<Spanned<String>> {
        match value {
            Value::Array(array) => array.elements.iter().filter_map(|value| self.text(element, value)).collect(),
            other => self.text(element, other).into_iter().collect(),
        }
    }

    fn principals(&mut self, negated: bool, name: &ObjectPropName<'_>, value: &Value<'_>) -> Entries<Principal> {
        let mut entries = Entries { negated, name_span: name_span(name), span: span(value), values: Vec::new() };
        match value {
            Value::StringLit(literal) if literal.value == "*" => {
                let everyone = Principal { kind: PrincipalKind::Everyone, value: "*".to_owned() };
                entries.values.push(Spanned::new(everyone, span(literal)));
            }
            Value::Object(object) => {
                for element in self.elements(object) {
                    let kind = self.kind(&element.name);
                    for text in self.texts(element.name.as_str(), &element.value) {
                        let principal = Principal { kind: kind.clone(), value: text.value };
                        entries.values.push(Spanned::new(principal, text.span));
                    }
                }
            }
            other => {
                let message = "A principal is \"*\", or an object such as {\"AWS\": \"arn:aws:iam::…\"}.";
                self.error("wrong-type", span(other), message);
            }
        }
        if entries.values.is_empty() {
            self.error("empty-element", entries.span, format!("{} names nobody.", name.as_str()));
        }
        entries
    }

    fn kind(&mut self, name: &ObjectPropName<'_>) -> PrincipalKind {
        match name.as_str() {
            "AWS" => PrincipalKind::Aws,
            "Service" => PrincipalKind::Service,
            "Federated" => PrincipalKind::Federated,
            "CanonicalUser" => PrincipalKind::CanonicalUser,
            other => {
                self.unknown(other, name, "principals are AWS, Service, Federated or CanonicalUser");
                PrincipalKind::Other(other.to_owned())
            }
        }
    }

    fn conditions(&mut self, value: &Value<'_>) -> Vec<Condition> {
        let Value::Object(operators) = value else {
            self.error("wrong-type", span(value), "Condition is an object of operators.");
            return Vec::new();
        };
        let mut conditions = Vec::new();
        for operator in self.elements(operators) {
            let Value::Object(keys) = &operator.value else {
                self.error("wrong-type", span(&operator.value), "An operator holds an object of keys and values.");
                continue;
            };
            for key in self.elements(keys) {
                conditions.push(Condition {
                    operator: Spanned::new(operator.name.as_str().to_owned(), name_span(&operator.name)),
                    key: Spanned::new(key.name.as_str().to_owned(), name_span(&key.name)),
                    values: self.condition_values(&key.value),
                    span: span(key),
                });
            }
        }
        conditions
    }

    fn condition_values(&mut self, value: &Value<'_>) -> Vec<Spanned<String>> {
        let values: Vec<&Value<'_>> = match value {
            Value::Array(array) => array.elements.iter().collect(),
            other => vec![other],
        };
        values.into_iter().filter_map(|value| self.condition_value(value)).collect()
    }

    fn condition_value(&mut self, value: &Value<'_>) -> Option<Spanned<String>> {
        let text = match value {
            Value::StringLit(literal) => literal.value.clone().into_owned(),
            Value::BooleanLit(literal) => literal.value.to_string(),
            Value::NumberLit(literal) => literal.value.to_owned(),
            Value::Object(_) | Value::Array(_) | Value::NullKeyword(_) => {
                self.error("wrong-type", span(value), "A condition compares with texts, numbers or true and false.");
                return None;
            }
        };
        Some(Spanned::new(text, span(value)))
    }
}
