//! The exact calls of a change. What is planned for which engine is in the rooms below; here is the form that all steps
//! have: what is sent, and what was there before.

mod import;
mod kv;
mod policy;
mod transit;

use domain::{Answers, Ask, Change, Error, ItemKey, Kind, Plan, Result, Step, Target, Tier, Timestamp, Undo};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

pub(crate) use kv::MOST_VERSIONS;
pub(crate) use transit::one_way_warning;

use crate::{Cluster, client::Client, command::Tool, inventory::engine_of, mounts::Engine, offers};

pub(crate) const PLAN: &str = "plan the change";
/// The name of the secret answer that a KV value is made of.
pub(crate) const VALUE: &str = "value";
/// What follows a key's path where its material comes from outside, as a new key or as a new version.
pub(crate) const IMPORT: &str = "/import";
pub(crate) const IMPORT_VERSION: &str = "/import_version";
/// The name of the secret answer that holds wrapped material.
pub(crate) const MATERIAL: &str = "material";

/// What a step sends, as its parameters hold it.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameters {
    pub(crate) method: Method,
    /// The API path without `v1/`.
    pub(crate) path: String,
    /// The JSON body, without the value of a secret.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) body: Map<String, Value>,
    /// What the body's `data` or `ciphertext` is made of, which no plan holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<Source>,
}

/// The two methods that change something here.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Method {
    Delete,
    Post,
}

/// What a KV value, or a key that is brought in, is made of.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Source {
    /// The secret answer, whose SHA-256 in lower-case hex this is: wrapped material.
    Ciphertext(String),
    /// The secret answer, as the one field of this name.
    Field(String),
    /// The secret answer, a JSON object.
    Json,
    /// The secret answer, a `NAME=VALUE` on each line.
    Lines,
    /// The value of this version, read just before it is sent.
    Version(u64),
}

/// What was there before, as a step holds it for the reading that follows.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Before {
    pub(crate) item: ItemKey,
    pub(crate) seen: Seen,
}

/// What the reading compares with.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Seen {
    /// Nothing of that name.
    Absent,
    /// The newest version of a KV path.
    Current(u64),
    /// The newest version of a key.
    Latest(u64),
    /// When what is destroyed was made, where the server tells.
    Made(Option<Timestamp>),
    /// The text of a policy; `None` if there was none of that name.
    Policy(Option<String>),
    /// These settings.
    Settings(Map<String, Value>),
    /// Versions of a KV path: whether they were deleted.
    Versions { deleted: bool },
}

/// Makes the plan of a change. Reads only.
pub(crate) async fn plan(cluster: &Cluster, change: &Change) -> Result<Plan> {
    let client = &cluster.client;
    match &change.target {
        Target::Item(item) if change.ask == Ask::ChangePolicy => policy::write(client, change, item).await,
        Target::Item(item) => match engine_of(item)? {
            Engine::Transit => transit::of_key(client, change, item).await,
            Engine::Kv => kv::of_path(client, change, item).await,
            Engine::Pki => Err(refused(offers::pki::why_never(change.ask))),
        },
        Target::Vault(vault) => match (cluster.mounts.engine(client, vault).await?, change.ask) {
            (Engine::Transit, Ask::CreateKey) => transit::create(client, change, vault).await,
            (Engine::Transit, Ask::ImportKey) => import::key(client, change, vault).await,
            (Engine::Kv, Ask::CreateSecret) => kv::create(client, change, vault).await,
            (engine, ask) => Err(refused(offers::why_not_made(engine, ask))),
        },
    }
}

/// The program for the lines of a plan.
pub(crate) async fn tool(client: &Client) -> Tool {
    Tool::new(client.product().await, client.wire().namespace())
}

/// What this change cannot be, in words.
pub(crate) fn refused(because: impl Into<String>) -> Error {
    Error::new(Kind::Unsupported, PLAN, because)
        .with_refused_by("this app")
        .with_next("Nothing was changed. Choose a change that is offered here.")
}

/// An answer that does not fit.
pub(crate) fn unfit(because: impl Into<String>) -> Error {
    Error::new(Kind::Invalid, PLAN, because)
        .with_refused_by("this app")
        .with_next("Correct the answer, then plan again.")
}

/// Everything is as wanted.
fn already_so(what: &str) -> Error {
    Error::new(Kind::Conflict, PLAN, format!("{what} is already so"))
        .with_refused_by("this app")
        .with_next("Nothing needs to be sent. Answer otherwise, or leave it as it is.")
}

/// An answer that must be there.
fn required<'a>(change: &'a Change, name: &str) -> Result<&'a str> {
    change.answer(name).ok_or_else(|| unfit(format!("the answer {name} is missing")))
}

/// A whole number within bounds.
fn number(change: &Change, name: &str, least: u64, most: u64) -> Result<Option<u64>> {
    let Some(text) = change.answer(name) else { return Ok(None) };
    match text.trim().parse() {
        Ok(number) if (least..=most).contains(&number) => Ok(Some(number)),
        _ => Err(unfit(format!("{name} is a whole number from {least} to {most}, not {text:?}"))),
    }
}

/// A flag, if it was answered.
fn flag(change: &Change, name: &str) -> Result<Option<bool>> {
    match change.answer(name) {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(other) => Err(unfit(format!("{name} is true or false, not {other:?}"))),
    }
}

/// Parts of a plan.
struct Draft {
    name: String,
    title: String,
    tier: Tier,
    effects: Vec<String>,
    warnings: Vec<String>,
    undo: Option<(Ask, Answers, bool)>,
    then: Vec<Step>,
}

impl Draft {
    fn new(name: &str, title: String, tier: Tier, effect: impl Into<String>) -> Self {
        let (effects, warnings) = (vec![effect.into()], Vec::new());
        Self { name: name.to_owned(), title, tier, effects, warnings, undo: None, then: Vec::new() }
    }

    fn effect(mut self, effect: impl Into<String>) -> Self {
        self.effects.push(effect.into());
        self
    }

    fn warning(mut self, warning: impl Into<String>) -> Self {
        self.warnings.push(warning.into());
        self
    }

    /// What takes it back, and whether everything is as before then.
    fn undo(mut self, ask: Ask, answers: Answers, whole: bool) -> Self {
        self.undo = Some((ask, answers, whole));
        self
    }

    /// The same with one more call, which goes out once the one before is verified.
    fn then(mut self, says: String, parameters: &Parameters, command: String, before: &Before) -> Result<Self> {
        self.then.push(step(says, parameters, command, before)?);
        Ok(self)
    }

    fn plan(self, change: &Change, parameters: &Parameters, command: String, before: &Before) -> Result<Plan> {
        let first = step(self.title.clone(), parameters, command, before)?;
        let undo = self.undo.map(|(ask, answers, whole)| Undo { ask, target: change.target.clone(), answers, whole });
        Ok(Plan {
            ask: change.ask,
            target: change.target.clone(),
            name: self.name,
            title: self.title,
            tier: self.tier,
            effects: self.effects,
            warnings: self.warnings,
            steps: [first].into_iter().chain(self.then).collect(),
            undo,
        })
    }
}

fn step(says: String, parameters: &Parameters, command: String, before: &Before) -> Result<Step> {
    let secrets = match parameters.data {
        Some(Source::Ciphertext(_)) => vec![MATERIAL.to_owned()],
        Some(Source::Field(_) | Source::Json | Source::Lines) => vec![VALUE.to_owned()],
        Some(Source::Version(_)) | None => Vec::new(),
    };
    let method = match parameters.method {
        Method::Delete => "DELETE",
        Method::Post => "POST",
    };
    Ok(Step {
        says,
        operation: format!("{method} {}", parameters.path),
        parameters: written(parameters)?,
        command,
        before: written(before)?,
        secrets,
    })
}

impl Parameters {
    fn post(path: String, body: Map<String, Value>) -> Self {
        Self { method: Method::Post, path, body, data: None }
    }

    /// Whether it brings material into a transit mount.
    pub(crate) fn imports(&self) -> bool {
        self.path.ends_with(IMPORT) || self.path.ends_with(IMPORT_VERSION)
    }

    fn delete(path: String) -> Self {
        Self { method: Method::Delete, path, body: Map::new(), data: None }
    }
}

/// Reads a part of a step back.
pub(crate) fn read_back<T: DeserializeOwned>(operation: &'static str, part: &Value) -> Result<T> {
    T::deserialize(part).map_err(|cause| {
        Error::new(Kind::Unexpected, operation, "the step does not have the form that this version writes")
            .with_refused_by("this app")
            .with_next("Look at the item, then plan the change anew.")
            .with_source(cause)
    })
}

fn written(part: &impl Serialize) -> Result<Value> {
    serde_json::to_value(part)
        .map_err(|cause| Error::new(Kind::Unexpected, PLAN, "the step could not be written down").with_source(cause))
}

/// Answers from pairs of name and value.
fn answers<const N: usize>(pairs: [(&str, String); N]) -> Answers {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests;
