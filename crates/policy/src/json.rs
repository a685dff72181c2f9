//! Changes of a JSON text that leave every other byte of it as it is, and write what is new as its neighbours are written.

use crate::{Edit, Span};

/// What is written into a text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Shape {
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// An object, in this order.
    Map(Vec<(String, Self)>),
}

impl Shape {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// One text by itself, several as a list.
    pub(crate) fn one_or_list(texts: &[String]) -> Self {
        match texts {
            [one] => Self::text(one.as_str()),
            several => Self::List(several.iter().map(Self::text).collect()),
        }
    }
}

/// How the neighbours are written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Style {
    newline: &'static str,
    /// The indentation of the line that the new value ends on.
    indent: String,
    /// One level more.
    unit: String,
    colon: String,
    multiline: bool,
    inline_lists: bool,
}

impl Style {
    /// As the object at `neighbour` is written: its lines, its indentation, what stands around its colons.
    pub(crate) fn beside(text: &str, neighbour: Span) -> Self {
        let body = neighbour.of(text);
        let multiline = body.contains('\n');
        let indent = indent_at(text, if multiline { neighbour.end.saturating_sub(1) } else { neighbour.start });
        let inner = body.find('"').map(|at| indent_at(text, neighbour.start + at)).unwrap_or_default();
        let unit = match inner.strip_prefix(indent.as_str()) {
            Some(more) if multiline && !more.is_empty() => more.to_owned(),
            Some(_) | None => unit_of(text),
        };
        Self {
            newline: newline_of(text),
            indent,
            unit,
            colon: colon_of(body),
            multiline,
            inline_lists: inline_lists(body),
        }
    }

    /// As the text around a place is written, where there is no neighbour: in lines if the text is.
    pub(crate) fn at(text: &str, place: usize) -> Self {
        let multiline = text.contains('\n');
        let (indent, unit) = (indent_at(text, place), unit_of(text));
        Self { newline: newline_of(text), indent, unit, colon: colon_of(text), multiline, inline_lists: false }
    }

    /// The same one level further in.
    pub(crate) fn inside(&self) -> Self {
        Self { indent: format!("{}{}", self.indent, self.unit), ..self.clone() }
    }

    /// What stands before a value on a line of its own; a space where nothing does.
    pub(crate) fn separator(&self) -> String {
        if self.multiline { format!("{}{}", self.newline, self.indent) } else { self.gap().to_owned() }
    }

    fn gap(&self) -> &'static str {
        if self.colon.ends_with(' ') { " " } else { "" }
    }

    /// A value in this style.
    pub(crate) fn print(&self, shape: &Shape) -> String {
        match shape {
            Shape::Text(text) => quoted(text),
            Shape::List(values) => {
                let inner = self.inside();
                let values: Vec<String> = values.iter().map(|value| inner.print(value)).collect();
                self.enclosed('[', &values, ']', self.multiline && !self.inline_lists)
            }
            Shape::Map(values) => {
                let inner = self.inside();
                let values: Vec<String> = values.iter().map(|(name, value)| inner.property(name, value)).collect();
                self.enclosed('{', &values, '}', self.multiline)
            }
        }
    }

    /// A name with its value.
    pub(crate) fn property(&self, name: &str, value: &Shape) -> String {
        format!("{}{}{}", quoted(name), self.colon, self.print(value))
    }

    fn enclosed(&self, open: char, values: &[String], close: char, in_lines: bool) -> String {
        if values.is_empty() || !in_lines {
            return format!("{open}{}{close}", values.join(&format!(",{}", self.gap())));
        }
        let line = format!("{}{}{}", self.newline, self.indent, self.unit);
        format!("{open}{line}{}{}{}{close}", values.join(&format!(",{line}")), self.newline, self.indent)
    }
}

/// An edit that puts `printed` behind the last of the siblings, with what stands between them already.
pub(crate) fn append(text: &str, siblings: &[Span], printed: &str) -> Option<Edit> {
    let last = siblings.last()?;
    let between = space_before(text, last.start);
    let between = if between.is_empty() && text.contains(": ") { " " } else { between };
    Some(Edit { span: Span::new(last.end, last.end), text: format!(",{between}{printed}") })
}

/// An edit that puts `printed` before a sibling.
pub(crate) fn prepend(text: &str, sibling: Span, printed: &str) -> Edit {
    let between = space_before(text, sibling.start);
    Edit { span: Span::new(sibling.start, sibling.start), text: format!("{printed},{between}") }
}

/// An edit that takes out one of several siblings with one comma; `None` if it is the only one.
pub(crate) fn without(siblings: &[Span], index: usize) -> Option<Edit> {
    let taken = siblings.get(index)?;
    let span = match (siblings.get(index + 1), index.checked_sub(1).and_then(|before| siblings.get(before))) {
        (Some(next), _) => Span::new(taken.start, next.start),
        (None, Some(before)) => Span::new(before.end, taken.end),
        (None, None) => return None,
    };
    Some(Edit { span, text: String::new() })
}

/// A text as JSON writes it.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The white space that ends at `at`.
fn space_before(text: &str, at: usize) -> &str {
    let before = text.get(..at).unwrap_or_default();
    let kept = before.trim_end_matches([' ', '\t', '\n', '\r']).len();
    before.get(kept..).unwrap_or_default()
}

/// The white space that the line of `at` begins with.
fn indent_at(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rfind('\n').map_or(0, |newline| newline + 1);
    let rest = text.get(line..).unwrap_or_default();
    rest.chars().take_while(|letter| matches!(letter, ' ' | '\t')).collect()
}

/// The first indentation of the text; two spaces if it has none.
fn unit_of(text: &str) -> String {
    let indents = text.lines().map(|line| line.len() - line.trim_start_matches([' ', '\t']).len());
    text.lines()
        .zip(indents)
        .find(|(line, indent)| *indent > 0 && line.len() > *indent)
        .map_or_else(|| "  ".to_owned(), |(line, indent)| line.chars().take(indent).collect())
}

fn newline_of(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// What stands between the first name and its value.
fn colon_of(text: &str) -> String {
    let found = text
        .split_once('"')
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(_, rest)| rest.chars().take_while(|letter| matches!(letter, ' ' | '\t' | ':')).collect::<String>());
    found.filter(|found| found.matches(':').count() == 1).unwrap_or_else(|| ": ".to_owned())
}

/// Whether some list of several values is written on one line.
fn inline_lists(text: &str) -> bool {
    text.lines().any(|line| line.contains('[') && line.contains(']') && line.contains(','))
}
