//! Templates: parts of policies that people add again and again, as data with questions. Merged into a text, never put
//! over it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A part of a policy with what has to be asked first.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Template {
    /// Names it for good.
    pub id: &'static str,
    /// As a list shows it.
    pub title: &'static str,
    /// What the policy will say afterwards.
    pub explains: &'static str,
    /// In the order they are asked.
    pub questions: &'static [Question],
    /// Answers that many need.
    pub presets: &'static [Preset],
    /// Where its statements come from.
    pub source: &'static str,
}

/// One question of a template.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Question {
    /// Under which name the answer is given.
    pub id: &'static str,
    /// What is asked.
    pub label: &'static str,
    /// How the answer looks.
    pub hint: &'static str,
    /// What the answer must be.
    pub kind: AnswerKind,
    /// Whether it may stay empty.
    pub optional: bool,
}

/// What an answer must be.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum AnswerKind {
    /// Twelve digits.
    Account,
    /// One ARN of a user, role or account, or more of them, one a line.
    Principals,
    /// A service by its name in policies: `s3.amazonaws.com`.
    Service,
    /// A SHA-384 digest: 96 hexadecimal digits.
    Sha384,
    /// An object id or another UUID.
    Uuid,
    /// One of these words.
    Choice {
        /// Each with how a person reads it.
        of: &'static [(&'static str, &'static str)],
    },
    /// Any text on one line.
    Text,
}

/// Answers under a name, with where they are from.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Preset {
    /// As a list shows it.
    pub label: &'static str,
    /// Question and answer.
    pub answers: &'static [(&'static str, &'static str)],
    /// Where that is documented.
    pub source: &'static str,
}

/// Answers by the questions' ids.
pub type Answers = BTreeMap<String, String>;

/// What came of merging.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Merged {
    /// The text with the part in it; the same text if it was there already.
    pub text: String,
    /// Whether the text changed.
    pub changed: bool,
    /// What was done, or that it was there already.
    pub says: String,
}

/// Why a policy's text was not changed.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Trouble {
    /// The text cannot be read, so that nothing can be added with certainty.
    Unreadable {
        /// What is wrong with it.
        says: String,
    },
    /// An answer is missing or not of its kind.
    Answer {
        /// Whose answer.
        question: String,
        /// What it must be.
        says: String,
    },
    /// There is no such template, statement or element.
    NotThere {
        /// What.
        says: String,
    },
}

impl Trouble {
    /// The sentence.
    pub fn says(&self) -> &str {
        match self {
            Self::Unreadable { says } | Self::Answer { says, .. } | Self::NotThere { says } => says,
        }
    }
}

impl Template {
    /// The first answer that is missing or not of its kind.
    ///
    /// # Errors
    /// [`Trouble::Answer`].
    pub fn check(&self, answers: &Answers) -> Result<(), Trouble> {
        for question in self.questions {
            let answer = answers.get(question.id).map_or("", |answer| answer.trim());
            let says = match (answer.is_empty(), question.optional) {
                (true, true) => continue,
                (true, false) => Some(format!("\"{}\" has no answer yet.", question.label)),
                (false, _) => question.kind.wrong_with(answer),
            };
            if let Some(says) = says {
                return Err(Trouble::Answer { question: question.id.to_owned(), says });
            }
        }
        Ok(())
    }
}

impl AnswerKind {
    fn wrong_with(self, answer: &str) -> Option<String> {
        let hexadecimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
        match self {
            Self::Account => {
                (!is_account(answer)).then(|| format!("An account is twelve digits, which \"{answer}\" is not."))
            }
            Self::Principals => answer.lines().map(str::trim).filter(|line| !line.is_empty()).find_map(|line| {
                (!is_principal(line)).then(|| {
                    format!("\"{line}\" is not the ARN of a user, a role or an account, as arn:aws:iam::111122223333:role/Name is.")
                })
            }),
            Self::Service => {
                let (name, rest) = answer.split_once('.').unwrap_or((answer, ""));
                let named = !name.is_empty() && answer.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
                (!(named && (rest.ends_with("amazonaws.com") || rest.ends_with("amazonaws.com.cn"))))
                    .then(|| format!("A service is named as s3.amazonaws.com is, which \"{answer}\" is not."))
            }
            Self::Sha384 => (answer.len() != 96 || !hexadecimal(answer))
                .then(|| format!("A SHA-384 digest is 96 hexadecimal digits; these are {} characters.", answer.chars().count())),
            Self::Uuid => {
                let groups: Vec<&str> = answer.split('-').collect();
                let sized = groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12]);
                (!(sized && groups.iter().all(|group| hexadecimal(group)))).then(|| {
                    format!("An id is written as 00000000-0000-0000-0000-000000000000 is, which \"{answer}\" is not.")
                })
            }
            Self::Choice { of } => (!of.iter().any(|(word, _)| *word == answer)).then(|| {
                let words: Vec<&str> = of.iter().map(|(word, _)| *word).collect();
                format!("\"{answer}\" is none of {}.", crate::sentence::listed(&words))
            }),
            Self::Text => answer.chars().any(char::is_control).then(|| "This is one line of text.".to_owned()),
        }
    }
}

/// Twelve digits.
pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The ARN of somebody whom a key policy can name.
fn is_principal(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let [arn, partition, service, region, account, resource] = parts.as_slice() else {
        return false;
    };
    let of_iam = *service == "iam" && (*resource == "root" || named(resource, "role/") || named(resource, "user/"));
    let of_sts = *service == "sts" && (named(resource, "assumed-role/") || named(resource, "federated-user/"));
    *arn == "arn" && partition.starts_with("aws") && region.is_empty() && is_account(account) && (of_iam || of_sts)
}

/// Whether there is a name behind the kind, of the characters that IAM takes in names and paths.
fn named(resource: &str, kind: &str) -> bool {
    resource.strip_prefix(kind).is_some_and(|name| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+=,.@_-/".contains(&byte))
    })
}
