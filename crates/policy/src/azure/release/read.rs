//! From the text of a release policy to [`Document`].

use jsonc_parser::ast::{Object, ObjectProp, Value as Json};

use crate::{
    Edit, Finding, Severity, Span, Spanned,
    azure::object::{Faults, name_span, read, span},
    nearest::nearest,
};

/// A release policy as it is written.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Document {
    /// `version`.
    pub version: Option<Spanned<String>>,
    /// Each authority with its conditions; any one of them is enough.
    pub authorities: Vec<Authority>,
    /// The list of authorities with its brackets.
    pub list: Option<Span>,
    /// What is not of the grammar.
    pub malformed: Vec<Finding>,
    /// The whole policy.
    pub span: Span,
}

/// Who attests, and what has to be attested.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Authority {
    /// Its number, from 0.
    pub index: usize,
    /// `authority`: the issuer of the attestation.
    pub url: Option<Spanned<String>>,
    /// What has to hold.
    pub condition: Option<Condition>,
    /// The whole entry.
    pub span: Span,
}

/// What has to hold.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Condition {
    /// Every one.
    All(Vec<Self>, Span),
    /// At least one.
    Any(Vec<Self>, Span),
    /// One claim.
    Claim(Claim),
}

/// A claim compared with a value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Claim {
    /// Its name; dots lead into objects.
    pub name: Spanned<String>,
    /// How it is compared.
    pub operator: Operator,
    /// With what.
    pub value: Spanned<Value>,
    /// The whole condition.
    pub span: Span,
}

/// How a claim is compared.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Operator {
    /// `equals`.
    Equals,
    /// `notEquals`.
    NotEquals,
    /// `less`.
    Less,
    /// `lessOrEquals`.
    LessOrEquals,
    /// `greater`.
    Greater,
    /// `greaterOrEquals`.
    GreaterOrEquals,
    /// `exists`.
    Exists,
}

/// What a claim is compared with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Value {
    /// A text.
    Text(String),
    /// A number as written.
    Number(String),
    /// true or false.
    Bool(bool),
}

impl Operator {
    /// Every operator.
    pub const ALL: [Self; 7] = [
        Self::Equals,
        Self::NotEquals,
        Self::Less,
        Self::LessOrEquals,
        Self::Greater,
        Self::GreaterOrEquals,
        Self::Exists,
    ];

    /// As policies write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Equals => "equals",
            Self::NotEquals => "notEquals",
            Self::Less => "less",
            Self::LessOrEquals => "lessOrEquals",
            Self::Greater => "greater",
            Self::GreaterOrEquals => "greaterOrEquals",
            Self::Exists => "exists",
        }
    }

    fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operator| operator.word() == word)
    }
}

impl Value {
    /// As people read it.
    pub fn said(&self) -> String {
        match self {
            Self::Text(text) => format!("\"{text}\""),
            Self::Number(number) => number.clone(),
            Self::Bool(value) => value.to_string(),
        }
    }
}

impl Condition {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Self::All(_, span) | Self::Any(_, span) => *span,
            Self::Claim(claim) => claim.span,
        }
    }

    /// Every claim in it.
    pub fn claims(&self) -> Vec<&Claim> {
        match self {
            Self::All(inner, _) | Self::Any(inner, _) => inner.iter().flat_map(Self::claims).collect(),
            Self::Claim(claim) => vec![claim],
        }
    }
}

impl Document {
    /// Whether the service would take the text, as far as its grammar goes.
    pub fn is_well_formed(&self) -> bool {
        self.malformed.iter().all(|finding| finding.severity != Severity::Error)
    }
}

/// Reads a release policy.
pub fn parse(text: &str) -> Document {
    let (mut document, malformed) = read(text, |value, faults| {
        let mut document = Document { span: span(value), ..Document::default() };
        if let Some(object) = faults.object(value, "A release policy") {
            policy(&mut document, object, faults);
        }
        document
    });
    document.malformed = malformed;
    document
}

fn policy(document: &mut Document, object: &Object<'_>, faults: &mut Faults) {
    let mut has_list = false;
    for property in faults.properties(object) {
        match property.name.as_str() {
            "version" => document.version = faults.text("version", &property.value),
            "anyOf" => {
                has_list = true;
                document.list = Some(span(&property.value));
                for (index, value) in list("anyOf", &property.value, faults).into_iter().enumerate() {
                    document.authorities.extend(authority(index, value, faults));
                }
            }
            "contentType" => has_list = true,
            "data" => {
                let message = "This is the wrapped form of the API. The policy itself is in data, in base64url.";
                faults.error("wrapped-policy", name_span(property), message);
                has_list = true;
            }
            "immutable" => {
                let message = "immutable does not stand in the policy but beside it, in the key's release_policy. Set there, neither it nor the policy can ever be changed again.";
                faults.error("immutable-inside", name_span(property), message);
            }
            "allOf" => {
                let message = "At the top there is only anyOf: one authority that attests is enough.";
                faults.error("all-of-authorities", name_span(property), message);
                has_list = true;
            }
            _ => unknown(property, &["version", "anyOf"], "a release policy", faults),
        }
    }
    if !has_list {
        faults.error("no-authorities", document.span, "The policy has no anyOf, so no environment would get the key.");
    }
}

fn unknown(property: &ObjectProp<'_>, known: &[&str], place: &str, faults: &mut Faults) {
    let (name, span) = (property.name.as_str(), name_span(property));
    let message =
        format!("\"{name}\" is not part of {place}: it has {}. Upper and lower case count.", crate::listed(known));
    let finding = Finding::new("unknown-element", Severity::Error, span, message);
    faults.push(match nearest(name, known.iter().copied()) {
        Some(near) => finding.with_fix(format!("Write {near}"), vec![Edit { span, text: format!("\"{near}\"") }]),
        None => finding,
    });
}

fn list<'v, 't>(name: &str, value: &'v Json<'t>, faults: &mut Faults) -> Vec<&'v Json<'t>> {
    let Json::Array(array) = value else {
        faults.error("wrong-type", span(value), format!("{name} is a list."));
        return Vec::new();
    };
    if array.elements.is_empty() {
        faults.error("empty-list", span(value), format!("{name} is empty: nothing could ever fulfil it."));
    }
    array.elements.iter().collect()
}

fn authority(index: usize, value: &Json<'_>, faults: &mut Faults) -> Option<Authority> {
    let object = faults.object(value, "An authority")?;
    let mut authority = Authority { index, span: span(object), ..Authority::default() };
    for property in faults.properties(object) {
        match property.name.as_str() {
            "authority" => authority.url = faults.text("authority", &property.value),
            "anyOf" | "allOf" if authority.condition.is_some() => both(property, faults),
            "anyOf" | "allOf" => authority.condition = group(property, faults),
            _ => unknown(property, &["authority", "allOf", "anyOf"], "an authority", faults),
        }
    }
    if authority.url.is_none() {
        faults.error("missing-element", authority.span, "The entry names no authority.");
    }
    if authority.condition.is_none() {
        let message = "The authority has no conditions. The service refuses it; whatever it attests would get the key.";
        faults.error("no-claims", authority.span, message);
    }
    Some(authority)
}

fn both(property: &ObjectProp<'_>, faults: &mut Faults) {
    faults.error(
        "all-and-any",
        name_span(property),
        "anyOf and allOf cannot stand side by side. Put one into the other.",
    );
}

fn group(property: &ObjectProp<'_>, faults: &mut Faults) -> Option<Condition> {
    let name = property.name.as_str();
    let values = list(name, &property.value, faults);
    let place = span(&property.value);
    let inner: Vec<Condition> = values.into_iter().filter_map(|value| condition(value, faults)).collect();
    Some(if name == "allOf" { Condition::All(inner, place) } else { Condition::Any(inner, place) })
}

fn condition(value: &Json<'_>, faults: &mut Faults) -> Option<Condition> {
    let object = faults.object(value, "A condition")?;
    let properties = faults.properties(object);
    let groups: Vec<&&ObjectProp<'_>> =
        properties.iter().filter(|property| matches!(property.name.as_str(), "anyOf" | "allOf")).collect();
    if let Some(first) = groups.first() {
        if let Some(second) = groups.get(1) {
            both(second, faults);
        }
        for other in properties.iter().filter(|other| !matches!(other.name.as_str(), "anyOf" | "allOf")) {
            unknown(other, &["anyOf", "allOf"], "a group of conditions", faults);
        }
        return group(first, faults);
    }
    claim(object, &properties, faults).map(Condition::Claim)
}

fn claim(object: &Object<'_>, properties: &[&ObjectProp<'_>], faults: &mut Faults) -> Option<Claim> {
    let whole = span(object);
    let find = |name: &str| properties.iter().find(|property| property.name.as_str() == name);
    let name = find("claim").and_then(|property| faults.text("claim", &property.value));
    if find("condition").is_some() && find("value").is_some() {
        old_form(properties, whole, faults);
        return None;
    }
    let mut compared = None;
    for property in properties.iter().filter(|property| property.name.as_str() != "claim") {
        match Operator::of(property.name.as_str()) {
            Some(_) if compared.is_some() => {
                faults.error("two-operators", name_span(property), "A claim is compared once. Write two conditions.");
            }
            Some(operator) => compared = Some((operator, &property.value)),
            None => {
                let words = Operator::ALL.map(Operator::word);
                unknown_operator(property, &words, faults);
            }
        }
    }
    let Some(name) = name else {
        faults.error("missing-element", whole, "The condition names no claim.");
        return None;
    };
    let Some((operator, value)) = compared else {
        faults.error(
            "missing-element",
            whole,
            format!("The claim {} is not compared with anything: equals is missing.", name.value),
        );
        return None;
    };
    let value = compared_with(value, faults)?;
    Some(Claim { name, operator, value, span: whole })
}

fn unknown_operator(property: &ObjectProp<'_>, words: &[&str], faults: &mut Faults) {
    let (name, span) = (property.name.as_str(), name_span(property));
    let message = format!("There is no operator \"{name}\".");
    let finding = Finding::new("unknown-operator", Severity::Error, span, message);
    faults.push(match nearest(name, words.iter().copied()) {
        Some(near) => finding.with_fix(format!("Write {near}"), vec![Edit { span, text: format!("\"{near}\"") }]),
        None => finding.with_next("Use equals."),
    });
}

/// `"condition": "equals", "value": …`, as some examples of the API still write it.
fn old_form(properties: &[&ObjectProp<'_>], whole: Span, faults: &mut Faults) {
    let message =
        "condition and value are an old form of examples. The grammar writes the operator itself: \"equals\": …";
    let finding = Finding::new("old-form", Severity::Error, whole, message);
    let part = |name: &str| properties.iter().find(|property| property.name.as_str() == name);
    let operator = part("condition").and_then(|property| match &property.value {
        Json::StringLit(literal) => Operator::of(&literal.value).map(|operator| (operator, property)),
        Json::NumberLit(_) | Json::BooleanLit(_) | Json::NullKeyword(_) | Json::Object(_) | Json::Array(_) => None,
    });
    let (Some((operator, condition)), Some(value)) = (operator, part("value")) else {
        faults.push(finding);
        return;
    };
    // The name of the value becomes the operator, and the old one goes with its comma.
    let (condition, value_name) = (span(*condition), name_span(value));
    let mut edits = vec![Edit { span: value_name, text: format!("\"{}\"", operator.word()) }];
    let next = properties.iter().map(|property| span(*property)).filter(|other| other.start > condition.start).min();
    let end = next.map_or(condition.end, |next| next.start);
    let before = properties.iter().map(|property| span(*property)).filter(|other| other.end <= condition.start).max();
    let start = if next.is_some() { condition.start } else { before.map_or(condition.start, |before| before.end) };
    edits.push(Edit { span: Span::new(start, end), text: String::new() });
    edits.sort_by_key(|edit| edit.span);
    faults.push(finding.with_fix("Write it as the grammar does", edits));
}

fn compared_with(value: &Json<'_>, faults: &mut Faults) -> Option<Spanned<Value>> {
    let read = match value {
        Json::StringLit(literal) => Value::Text(literal.value.clone().into_owned()),
        Json::NumberLit(literal) => Value::Number(literal.value.to_owned()),
        Json::BooleanLit(literal) => Value::Bool(literal.value),
        Json::NullKeyword(_) | Json::Object(_) | Json::Array(_) => {
            faults.error("wrong-type", span(value), "A claim is compared with a text, a number, true or false.");
            return None;
        }
    };
    Some(Spanned::new(read, span(value)))
}
