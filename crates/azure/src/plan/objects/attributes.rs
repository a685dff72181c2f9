//! Plans that change what Azure calls attributes: from when until when it can be used, for what, and its tags.

use domain::{Answers, Ask, Plan, Result, Tier};
use serde_json::{Map, Value, json};

use super::super::{Draft, Planned, Words, unfit};
use crate::{
    members, object::Object, operation::Operation, parameters::Parameters, plan::not_offered, shell::Line,
    standing::Standing, state::Before, wire::Attributes,
};

/// What a change of one version leaves alone.
pub(super) fn older_versions() -> String {
    "Older versions keep their own state: whoever names one in its address goes on as before.".to_owned()
}

pub(super) fn tags(mut draft: Draft<'_>, standing: &Standing) -> Result<Plan> {
    let now = standing.there()?.current.tags.clone();
    let wanted = members::fitting(draft.pairs("tags")?)?;
    update(&mut draft, standing, "Set its tags", json!({"tags": wanted}))?;
    let gone = now.iter().filter(|(key, _)| !wanted.contains_key(*key));
    let mut effects: Vec<String> =
        gone.map(|(key, value)| format!("The tag {key} (\"{value}\") is removed.")).collect();
    effects.extend(wanted.iter().filter_map(|(key, value)| match now.get(key) {
        Some(before) if before == value => None,
        Some(before) => Some(format!("The tag {key} is \"{value}\" in place of \"{before}\".")),
        None => Some(format!("The tag {key} is \"{value}\".")),
    }));
    effects.push("Only its current version is tagged: each version has tags of its own.".to_owned());
    let words = Words::new(&standing.of.name, format!("Change the tags of {}", standing.of.name), Tier::Undo, effects);
    let undo = draft.undo(Ask::ChangeTags, [("tags", members::pairs(&now))], true);
    draft.plan(words, undo)
}

/// What is to be set otherwise than it is.
#[derive(Default)]
struct Settings {
    body: Map<String, Value>,
    effects: Vec<String>,
    /// The answers that would take it back, as far as there are any.
    before: Answers,
    /// Something is set that was not, and Azure does not take it away again.
    kept: bool,
}

pub(super) fn configure(mut draft: Draft<'_>, standing: &Standing) -> Result<Plan> {
    let mut settings = Settings::default();
    let there = standing.there()?;
    settings.times(&draft, &there.current.attributes)?;
    match standing.of.object {
        Object::Key => settings.operations(&draft, &there.operations),
        Object::Secret => settings.content_type(&draft, there.current.content_type.as_deref().unwrap_or_default())?,
        Object::Certificate => return Err(not_offered("A certificate is set by its policy.")),
    }
    let Settings { body, mut effects, before, kept } = settings;
    if !body.is_empty() {
        update(&mut draft, standing, "Set the attributes of its current version", Value::Object(body))?;
        effects.push(older_versions());
    }
    let words = Words::new(&standing.of.name, format!("Configure {}", standing.of.name), Tier::Consequences, effects);
    let undo = (!kept).then(|| draft.undo_with(Ask::Configure, before, true));
    draft.plan(words, undo)
}

impl Settings {
    fn times(&mut self, draft: &Draft<'_>, now: &Attributes) -> Result<()> {
        let mut attributes = Map::new();
        for (name, member, was, label) in
            [("not_before", "nbf", now.nbf, "is not valid before"), ("expires", "exp", now.exp, "expires")]
        {
            let Some(text) = draft.change.answers.get(name).map(|text| text.trim()) else { continue };
            let wanted = match (text.is_empty(), was) {
                (true, None) => continue,
                (true, Some(was)) => {
                    return Err(unfit(format!(
                        "Azure takes no time away once it is set, it only sets another: it {label} {}",
                        members::written(was)
                    )));
                }
                (false, _) => members::second(name, text)?,
            };
            if was == Some(wanted) {
                continue;
            }
            attributes.insert(member.to_owned(), wanted.into());
            let instead = was.map(|was| format!(" in place of {}", members::written(was))).unwrap_or_default();
            self.effects.push(format!("Its current version {label} {}{instead}.", members::written(wanted)));
            self.kept |= was.is_none();
            self.before.extend(was.map(|was| (name.to_owned(), members::written(was))));
        }
        let end = |member: &str, was: Option<i64>| attributes.get(member).and_then(Value::as_i64).or(was);
        if let (Some(from), Some(until)) = (end("nbf", now.nbf), end("exp", now.exp))
            && from >= until
        {
            return Err(unfit("it would expire before it becomes valid"));
        }
        if !attributes.is_empty() {
            self.body.insert("attributes".to_owned(), attributes.into());
        }
        Ok(())
    }

    fn operations(&mut self, draft: &Draft<'_>, was: &[String]) {
        if !draft.change.answers.contains_key("operations") {
            return;
        }
        let mut wanted: Vec<String> = draft.change.list("operations").into_iter().map(str::to_owned).collect();
        wanted.sort();
        wanted.dedup();
        if wanted != was {
            self.effects.push(format!("It is for {}; it was for {}.", told(&wanted), told(was)));
            self.body.insert("key_ops".to_owned(), json!(wanted));
            self.before.insert("operations".to_owned(), was.join(","));
        }
    }

    fn content_type(&mut self, draft: &Draft<'_>, was: &str) -> Result<()> {
        let Some(wanted) = draft.change.answers.get("content_type").filter(|wanted| *wanted != was) else {
            return Ok(());
        };
        if wanted.chars().count() > 255 {
            return Err(unfit("a content type has at most 255 characters"));
        }
        self.effects.push(format!("Its content type is \"{wanted}\" in place of \"{was}\"."));
        self.body.insert("contentType".to_owned(), json!(wanted));
        self.before.insert("content_type".to_owned(), was.to_owned());
        Ok(())
    }
}

fn told(operations: &[String]) -> String {
    if operations.is_empty() { "nothing".to_owned() } else { operations.join(", ") }
}

/// Adds the call, unless everything is so already.
pub(super) fn update(draft: &mut Draft<'_>, standing: &Standing, says: &str, body: Value) -> Result<()> {
    let (there, Value::Object(body)) = (standing.there()?, body) else { return Ok(()) };
    let before = members::now(&body, there);
    if before == body {
        return Ok(());
    }
    let operation = match standing.of.object {
        Object::Key => Operation::UpdateKey,
        Object::Secret => Operation::UpdateSecret,
        Object::Certificate => Operation::UpdateCertificate,
    };
    let command = line(standing, there.version.as_deref(), &body);
    let mut sent = Parameters::new(draft.vault, &standing.of.name).version(there.version.as_deref());
    sent.body = body;
    draft.step(
        Planned { operation, says: says.to_owned(), sent: &sent, command, secrets: &[] },
        &Before::Members(before),
    )
}

fn line(standing: &Standing, version: Option<&str>, body: &Map<String, Value>) -> String {
    let attribute = |name: &str| body.get("attributes").and_then(|attributes| attributes.get(name));
    let time = |name: &str| attribute(name).and_then(Value::as_i64).map(members::written);
    let enabled = attribute("enabled").map(ToString::to_string);
    let mut line = Line::new(&[standing.of.object.word(), "set-attributes"], &standing.of.vault)
        .option("--name", &standing.of.name)
        .maybe("--version", version)
        .maybe("--enabled", enabled.as_deref())
        .maybe("--not-before", time("nbf").as_deref())
        .maybe("--expires", time("exp").as_deref())
        .maybe("--content-type", body.get("contentType").and_then(Value::as_str));
    if let Some(operations) = body.get("key_ops").and_then(Value::as_array) {
        line = line.several("--ops", operations.iter().filter_map(Value::as_str).map(Into::into));
    }
    if let Some(tags) = body.get("tags").and_then(Value::as_object) {
        line = line.tags(tags.iter().filter_map(|(key, value)| Some((key.as_str(), value.as_str()?))));
    }
    line.end()
}
