//! How an application is to treat a key, in the words of the library `keys-management`, and the call that tells it so.

use serde::{Deserialize, Serialize};

/// What an application does with a key.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UseCase {
    /// Only new work: signing in, signing. Nothing made with the old key is read again.
    OneWay,
    /// What was made with the key is read again later: encryption and decryption.
    #[default]
    RoundTrip,
}

/// What happens when telling a consumer fails.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorStrategy {
    /// The run stops, quietly, and nobody else is told until the failed one was tried again.
    #[default]
    Halt,
    /// The run stops and ends with the error.
    RaiseImmediately,
    /// The others are told; the failure does not hold the run up.
    Skip,
    /// The others are told, then the run ends with every error.
    SkipAndRaise,
}

/// How much hangs on a key. It sets where the other choices begin.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Importance {
    /// Its state is saved, it is read afresh each time, and a failure stops everything.
    #[default]
    High,
    /// Its state is saved, it may be kept in memory, and the others are told before a failure ends the run.
    Medium,
    /// No state is saved, it is kept in memory, and a failure is passed over.
    Low,
}

/// How an application treats one key.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct KeyDefinition {
    /// The name it has in the application.
    pub name: String,
    /// What is done with it.
    pub use_case: UseCase,
    /// Whether the application forgets between two starts which key it used last.
    pub stateless: bool,
    /// Whether the key is kept in memory between two uses.
    pub keep_in_cache: bool,
    /// Where the application reads it, as the name of a function of its own: `key_store_from_vault`.
    pub source: String,
    /// How much hangs on it.
    pub importance: Importance,
    /// What happens when telling somebody fails.
    pub strategy: ErrorStrategy,
}

impl ErrorStrategy {
    /// Every strategy, the most careful first.
    pub const ALL: [Self; 4] = [Self::Halt, Self::RaiseImmediately, Self::SkipAndRaise, Self::Skip];

    /// The library's name of it.
    pub fn python(self) -> &'static str {
        match self {
            Self::Halt => "HALT",
            Self::RaiseImmediately => "RAISE_IMMEDIATELY",
            Self::Skip => "SKIP",
            Self::SkipAndRaise => "SKIP_AND_RAISE",
        }
    }

    /// Whether a failure keeps the others from being told.
    pub fn stops_the_others(self) -> bool {
        match self {
            Self::Halt | Self::RaiseImmediately => true,
            Self::Skip | Self::SkipAndRaise => false,
        }
    }

    /// Whether the run may go on to its next phase although somebody could not be told.
    pub fn passes_over(self) -> bool {
        match self {
            Self::Skip => true,
            Self::Halt | Self::RaiseImmediately | Self::SkipAndRaise => false,
        }
    }
}

impl KeyDefinition {
    /// The choices that a key of this importance begins with.
    pub fn of(importance: Importance, name: &str) -> Self {
        let (stateless, keep_in_cache, strategy) = match importance {
            Importance::High => (false, false, ErrorStrategy::Halt),
            Importance::Medium => (false, true, ErrorStrategy::SkipAndRaise),
            Importance::Low => (true, true, ErrorStrategy::Skip),
        };
        let (name, use_case) = (name.to_owned(), UseCase::default());
        Self { name, use_case, stateless, keep_in_cache, source: String::new(), importance, strategy }
    }

    /// The call of `keys-management` 0.1 that defines the key (pypi.org/project/keys-management, 2026-11).
    pub fn python(&self) -> String {
        let flag = |on: bool| if on { "True" } else { "False" };
        let use_case = match self.use_case {
            UseCase::OneWay => "ONE_WAY_TRIP",
            UseCase::RoundTrip => "ROUND_TRIP",
        };
        // A text of JSON in double quotes is one of Python with the same meaning.
        let name = serde_json::Value::from(self.name.as_str());
        format!(
            "keys_management.define_key(\n    {name},\n    {source},\n    use_case=SecretKeyUseCase.{use_case},\n    \
             stateless={stateless},\n    keep_in_cache={cache},\n    \
             on_key_changed_callback_error_strategy=OnKeyChangedCallbackErrorStrategy.{strategy},\n)\n",
            source = identifier(&self.source),
            stateless = flag(self.stateless),
            cache = flag(self.keep_in_cache),
            strategy = self.strategy.python(),
        )
    }
}

/// What was typed as a name that Python takes: letters, digits and underscores, never a word of the language.
fn identifier(typed: &str) -> String {
    let mut name: String =
        typed.trim().chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    if name.is_empty() {
        "key_store".clone_into(&mut name);
    }
    // What the call itself names is no name for a function in it.
    let taken = RESERVED.contains(&name.as_str()) || name == "keys_management";
    if name.starts_with(|c: char| c.is_ascii_digit()) || taken {
        name.insert_str(0, "key_store_");
    }
    name
}

/// The words of Python in small letters (docs.python.org/3/reference/lexical_analysis.html, 2.3.1).
const RESERVED: &[&str] = &[
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
    "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
    "return", "try", "while", "with", "yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_call_is_python_whatever_was_typed() {
        let mut definition = KeyDefinition::of(Importance::High, "it's \"x\"\n\\");
        definition.source = "1 store; import os".to_owned();
        let text = definition.python();
        assert!(text.contains(r#""it's \"x\"\n\\","#), "{text}");
        assert!(text.contains("    key_store_1_store__import_os,\n"), "{text}");
        assert!(text.contains("HALT") && text.contains("stateless=False") && text.contains("ROUND_TRIP"));
        for (typed, name) in [
            ("", "key_store"),
            ("from", "key_store_from"),
            ("Env Store", "env_store"),
            ("keys_management", "key_store_keys_management"),
        ] {
            assert_eq!(identifier(typed), name);
        }
    }

    #[test]
    fn less_hangs_on_a_key_and_less_is_held_up() {
        let of = |importance| KeyDefinition::of(importance, "k");
        assert!(!of(Importance::High).keep_in_cache && !of(Importance::High).stateless);
        assert_eq!(of(Importance::Medium).strategy, ErrorStrategy::SkipAndRaise);
        assert!(of(Importance::Low).stateless && of(Importance::Low).strategy.passes_over());
    }
}
