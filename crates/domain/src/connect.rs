//! How a person gets in: the questions a provider asks, the answers, and who one is afterwards.
//!
//! A [`Form`] is data, so the window and the command line ask without knowing any provider.

use std::{collections::BTreeMap, fmt, path::PathBuf, sync::Arc};

use async_trait::async_trait;

use crate::{Error, Result, Secret, Timestamp};

/// The questions that connecting to one kind of place takes.
#[derive(Debug)]
pub struct Form {
    /// The provider's short name, as in `provider:aws`: `local`, `aws`, `vault`.
    pub provider: &'static str,
    /// Its name for a person: "AWS KMS".
    pub title: &'static str,
    /// One sentence on what will be listed.
    pub about: &'static str,
    /// In the order they are asked.
    pub fields: &'static [Field],
    /// The sign-in asks a person while the field of that name has one of those values; what it leaves is then kept
    /// like a secret answer.
    pub prompts_when: Option<(&'static str, &'static [&'static str])>,
}

/// One question.
#[derive(Debug)]
pub struct Field {
    /// Its key in [`Answers`] or [`SecretAnswers`], such as `address`.
    pub name: &'static str,
    /// What a person reads.
    pub label: &'static str,
    /// One sentence that helps to answer; may be empty.
    pub help: &'static str,
    /// What shape the answer has.
    pub kind: FieldKind,
    /// Whether it must be answered when it is shown.
    pub required: bool,
    /// Shown only while the field of that name has one of those values.
    pub shown_when: Option<(&'static str, &'static [&'static str])>,
}

/// The shape of an answer.
#[derive(Debug)]
pub enum FieldKind {
    /// One of these; the first is preset.
    Choice(&'static [Choice]),
    /// Several texts, separated by commas in the answer.
    List,
    /// A file on this computer.
    Path,
    /// A secret: it travels in [`SecretAnswers`] and is kept in the OS keyring or in memory only.
    Secret,
    /// A line of text.
    Text,
}

/// One possible answer of a [`FieldKind::Choice`].
#[derive(Debug)]
pub struct Choice {
    /// The value in [`Answers`].
    pub value: &'static str,
    /// What a person reads.
    pub label: &'static str,
}

/// The answers that are not secret, by field name. They are stored with the connection.
pub type Answers = BTreeMap<String, String>;

/// The secret answers, by field name.
pub type SecretAnswers = BTreeMap<String, Secret>;

/// What a provider may look at to find sign-ins that are already on this computer, and whom it may ask.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// The person's home folder.
    pub home: PathBuf,
    /// The environment variables.
    pub variables: BTreeMap<String, String>,
    /// Who can be asked while one signs in; nobody in a script.
    pub host: Option<Arc<dyn SignInHost>>,
}

/// A sign-in found on this computer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignIn {
    /// The provider's short name.
    pub provider: &'static str,
    /// A name for the connection it would make.
    pub name: String,
    /// What a person reads beside it: "SSO, role KeyAdmin", "access key", "token file".
    pub detail: String,
    /// The answers that would connect with it.
    pub answers: Answers,
}

/// Who one is at a place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Identity {
    /// What a person recognises: `role/KeyAdmin/maria`, a token's display name.
    pub name: String,
    /// The whole identifier: an ARN, an entity id, a file's path.
    pub detail: String,
    /// When the sign-in ends, where it does.
    pub until: Option<Timestamp>,
}

/// One thing that was tried by "check access".
#[derive(Clone, Debug)]
pub struct AccessCheck {
    /// What it is for a person: "List keys in eu-west-1".
    pub what: String,
    /// The permission it needs, literally.
    pub permission: String,
    /// How it went.
    pub verdict: Verdict,
}

/// How one access check went.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// It works.
    Allowed,
    /// It does not.
    Refused(Error),
    /// It could not be tried, for this reason ("there is no key to try it on").
    Untested(String),
}

/// What a person does elsewhere so that a sign-in goes on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Prompt {
    /// Where one signs in: "tenant contoso.onmicrosoft.com".
    pub place: String,
    /// The page to open. Only `https`, and only at the host that the sign-in is for.
    pub page: String,
    /// The code to type there, where the page asks for one.
    pub code: Option<String>,
    /// When it is too late.
    pub until: Timestamp,
}

/// Who is asked while one signs in, and what is kept so that one is not asked again.
#[async_trait]
pub trait SignInHost: fmt::Debug + Send + Sync {
    /// Shows the prompt for as long as the future lives. It ends when the person cancels, and only then.
    async fn ask(&self, prompt: Prompt);
    /// What an earlier sign-in of this connection left to be kept.
    async fn kept(&self) -> Result<Option<Secret>>;
    /// Keeps a secret by which one signs in without a prompt, in place of an older one; `None` forgets it.
    async fn keep(&self, secret: Option<Secret>) -> Result<()>;
}
