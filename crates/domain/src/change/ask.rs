//! What a person wants changed, and what has to be asked for it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::OrderId;
use crate::{Answers, Ask, ItemKey, SecretAnswers, VaultId};

/// What a change is about.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// One item.
    Item(ItemKey),
    /// A vault, in which something is made.
    Vault(VaultId),
}

/// A wanted change with everything that was answered.
#[derive(Debug)]
pub struct Change {
    /// The number its order will have. A provider may leave it as a mark, to find again what it made.
    pub order: OrderId,
    /// What is wanted.
    pub ask: Ask,
    /// Of what.
    pub target: Target,
    /// The answers to the provider's questions, by name. As connection answers; [`QuestionKind`] tells their form.
    pub answers: Answers,
    /// The secret answers. They never enter a plan; [`Sending::secret`](super::Sending::secret) hands them out.
    pub secrets: SecretAnswers,
}

/// One question before a change, as data: neither the window nor the command line knows any provider's questions.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Question {
    /// Its name among the answers, such as `period_days`.
    pub name: &'static str,
    /// What a person reads.
    pub label: String,
    /// One sentence that helps, such as the warning of a flag that cannot be taken back; may be empty.
    pub help: String,
    /// The shape of the answer.
    pub kind: QuestionKind,
    /// Whether it must be answered when it is shown.
    pub required: bool,
    /// Shown only while the question of that name has one of these answers.
    pub shown_when: Option<(&'static str, Vec<String>)>,
    /// The answer to begin with: what is there now, or what is best.
    pub preset: Option<String>,
}

/// The shape of an answer, which is always a text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum QuestionKind {
    /// One of these values, each with its label.
    Choice(Vec<(String, String)>),
    /// A file on this computer: the answer is its path. What is in it goes with the secret answers, under the name of
    /// the question.
    File,
    /// `true` or `false`.
    Flag,
    /// A text of several lines.
    Lines,
    /// Several texts, separated by commas.
    List,
    /// A whole number within these bounds.
    Number {
        /// At least this.
        least: i64,
        /// At most this.
        most: i64,
    },
    /// Key and value pairs, as a JSON array of arrays of two texts.
    Pairs,
    /// A secret: it travels in [`Change::secrets`].
    Secret,
    /// Several of these values, each with its label; the answer is separated by commas.
    Several(Vec<(String, String)>),
    /// A line of text.
    Text,
}

impl Question {
    /// A question that need not be answered, without help.
    pub fn new(name: &'static str, label: impl Into<String>, kind: QuestionKind) -> Self {
        Self { name, label: label.into(), help: String::new(), kind, required: false, shown_when: None, preset: None }
    }

    /// The same with a sentence that helps.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// The same, and it must be answered when shown.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The same with an answer to begin with.
    #[must_use]
    pub fn preset(mut self, preset: impl Into<String>) -> Self {
        self.preset = Some(preset.into());
        self
    }

    /// The same, shown only while the question `name` has one of `values`.
    #[must_use]
    pub fn shown_when<V: Into<String>>(mut self, name: &'static str, values: impl IntoIterator<Item = V>) -> Self {
        self.shown_when = Some((name, values.into_iter().map(Into::into).collect()));
        self
    }
}

impl Change {
    /// The answer to the question `name`, unless it is empty.
    pub fn answer(&self, name: &str) -> Option<&str> {
        self.answers.get(name).map(String::as_str).filter(|answer| !answer.is_empty())
    }

    /// Whether the flag `name` is set.
    pub fn flag(&self, name: &str) -> bool {
        self.answer(name) == Some("true")
    }

    /// The texts of a list or of several choices.
    pub fn list(&self, name: &str) -> Vec<&str> {
        let parts = self.answer(name).unwrap_or_default().split(',');
        parts.map(str::trim).filter(|part| !part.is_empty()).collect()
    }
}

impl Target {
    /// The vault it is, or lies in.
    pub fn vault(&self) -> &VaultId {
        match self {
            Self::Item(item) => &item.vault,
            Self::Vault(vault) => vault,
        }
    }

    /// The item, if it is one.
    pub fn item(&self) -> Option<&ItemKey> {
        match self {
            Self::Item(item) => Some(item),
            Self::Vault(_) => None,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Item(item) => write!(f, "{}/{}", item.vault, item.id),
            Self::Vault(vault) => write!(f, "{vault}"),
        }
    }
}
