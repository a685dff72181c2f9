//! What a part of a policy says, in words.

use serde::{Deserialize, Serialize};

use crate::Span;

/// One sentence about one part of a policy.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Sentence {
    /// Plain English, with its full stop.
    pub text: String,
    /// The statement or rule that says so.
    pub span: Span,
}

impl Sentence {
    /// A sentence about a part.
    pub fn new(text: impl Into<String>, span: Span) -> Self {
        Self { text: text.into(), span }
    }
}

/// "a", "a and b", "a, b and c".
pub fn listed<S: AsRef<str>>(words: &[S]) -> String {
    joined(words, "and")
}

/// "a", "a or b", "a, b or c".
pub fn either<S: AsRef<str>>(words: &[S]) -> String {
    joined(words, "or")
}

fn joined<S: AsRef<str>>(words: &[S], last: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [most @ .., end] => {
            let most: Vec<&str> = most.iter().map(AsRef::as_ref).collect();
            format!("{} {last} {}", most.join(", "), end.as_ref())
        }
    }
}

/// Conditions as what follows a sentence: ", only through X and only over TLS"; empty without conditions. They are worded
/// by the languages as "only through X", "not through X", "only where X is Y", or "X is Y".
pub fn under(conditions: &[String]) -> String {
    let adverbs = conditions.iter().all(|words| words.starts_with("only ") || words.starts_with("not "));
    let clauses: Vec<String> = conditions.iter().map(|words| clause(words)).collect();
    match conditions {
        [] => String::new(),
        _ if adverbs => format!(", {}", listed(conditions)),
        _ => format!(", only if {}", listed(&clauses)),
    }
}

/// A condition as what follows "if": "it is through X".
pub(crate) fn clause(words: &str) -> String {
    match (words.strip_prefix("only where "), words.strip_prefix("only "), words.starts_with("not ")) {
        (Some(rest), ..) => rest.to_owned(),
        (None, Some(rest), _) if rest.starts_with("as far as ") => rest.to_owned(),
        (None, Some(rest), _) => format!("it is {rest}"),
        (None, None, true) => format!("it is {words}"),
        (None, None, false) => words.to_owned(),
    }
}

/// The same with its first letter in upper case.
pub fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
