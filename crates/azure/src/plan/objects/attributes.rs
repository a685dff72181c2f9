//! Plans that change what Azure calls attributes: whether it can be used, from when until when, for what, and its tags.

use domain::{Ask, Plan, Result, Tier};
use serde_json::{Map, Value, json};

use super::super::{Draft, Words, unfit};
use crate::{
    members, object::Object, operation::Operation, parameters::Parameters, plan::not_offered, shell::Line,
    standing::Standing, state::Before,
};

pub(super) fn disable(mut draft: Draft<'_>, standing: &Standing) -> Result<Plan> {
    update(&mut draft, standing, "Disable its current version", json!({"attributes": {"enabled": false}}))?;
    let effects = match standing.of.object {
        Object::Key => {
            "Its current version cannot be used until it is enabled again: neither to encrypt, decrypt, sign, \
                        verify, wrap nor unwrap."
        }
        Object::Certificate | Object::Secret => {
            "Nobody can read the value of its current version until it is enabled again."
        }
    };
    let words = Words::new(
        &standing.of.name,
        format!("Disable {}", standing.of.name),
        Tier::Consequences,
        [effects.to_owned(), older_versions()],
    );
    let undo = draft.undo(Ask::Enable, [], true);
    draft.plan(words, undo)
}

pub(super) fn enable(mut draft: Draft<'_>, standing: &Standing) -> Result<Plan> {
    update(&mut draft, standing, "Enable its current version", json!({"attributes": {"enabled": true}}))?;
    let effects = ["Whoever may use it can use its current version again.".to_owned(), older_versions()];
    let words = Words::new(&standing.of.name, format!("Enable {}", standing.of.name), Tier::Undo, effects);
    let undo = draft.undo(Ask::Disable, [], true);
    draft.plan(words, undo)
}

fn older_versions() -> String {
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

pub(super) fn configure(mut draft: Draft<'_>, standing: &Standing) -> Result<Plan> {
    let now = &standing.there()?.current;
    let (mut body, mut effects, mut before) = (Map::new(), Vec::new(), Vec::new());
    let mut whole = true;
    let mut attributes = Map::new();
    for (name, member, was, label) in [
        ("not_before", "nbf", now.attributes.nbf, "not valid before"),
        ("expires", "exp", now.attributes.exp, "expires"),
    ] {
        let Some(text) = draft.change.answers.get(name).map(|text| text.trim()) else { continue };
        match (text.is_empty(), was) {
            (true, None) => {}
            (true, Some(was)) => {
                return Err(unfit(format!(
                    "Azure takes no time away once it is set, it only sets another: it is {label} {}",
                    members::written(was)
                )));
            }
            (false, was) => {
                let wanted = members::second(name, text)?;
                if was != Some(wanted) {
                    attributes.insert(member.to_owned(), wanted.into());
                    let instead = was.map(|was| format!(" in place of {}", members::written(was))).unwrap_or_default();
                    effects.push(format!("Its current version {label} {}{instead}.", members::written(wanted)));
                    whole &= was.is_some();
                    before.extend(was.map(|was| (name, members::written(was))));
                }
            }
        }
    }
    let end = |member: &str, was: Option<i64>| attributes.get(member).and_then(Value::as_i64).or(was);
    if let (Some(from), Some(until)) = (end("nbf", now.attributes.nbf), end("exp", now.attributes.exp))
        && from >= until
    {
        return Err(unfit("it would expire before it becomes valid"));
    }
    if !attributes.is_empty() {
        body.insert("attributes".to_owned(), attributes.into());
    }
    match standing.of.object {
        Object::Key => {
            let was = standing.there()?.operations.clone();
            if draft.change.answers.contains_key("operations") {
                let mut wanted: Vec<String> = draft.change.list("operations").into_iter().map(str::to_owned).collect();
                wanted.sort();
                wanted.dedup();
                if wanted != was {
                    effects.push(format!("It is for {}; it was for {}.", told(&wanted), told(&was)));
                    body.insert("key_ops".to_owned(), json!(wanted));
                    before.push(("operations", was.join(",")));
                }
            }
        }
        Object::Secret => {
            let was = now.content_type.clone().unwrap_or_default();
            if let Some(wanted) = draft.change.answers.get("content_type").filter(|wanted| **wanted != was) {
                if wanted.chars().count() > 255 {
                    return Err(unfit("a content type has at most 255 characters"));
                }
                effects.push(format!("Its content type is \"{wanted}\" in place of \"{was}\"."));
                body.insert("contentType".to_owned(), json!(wanted));
                before.push(("content_type", was));
            }
        }
        Object::Certificate => return Err(not_offered("A certificate is set by its policy.")),
    }
    if !body.is_empty() {
        update(&mut draft, standing, "Set the attributes of its current version", Value::Object(body))?;
        effects.push(older_versions());
    }
    let words = Words::new(&standing.of.name, format!("Configure {}", standing.of.name), Tier::Consequences, effects);
    let answers = before.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let undo = whole.then(|| draft.undo_with(Ask::Configure, answers, true));
    draft.plan(words, undo)
}

fn told(operations: &[String]) -> String {
    if operations.is_empty() { "nothing".to_owned() } else { operations.join(", ") }
}

/// Adds the call, unless everything is so already.
fn update(draft: &mut Draft<'_>, standing: &Standing, says: &str, body: Value) -> Result<()> {
    let (there, Value::Object(body)) = (standing.there()?, body) else { return Ok(()) };
    let before = members::now(&body, there);
    if before == body {
        return Ok(());
    }
    let operation = match standing.of.object {
        Object::Key => Operation::UpdateKey,
        Object::Secret => Operation::UpdateSecret,
        Object::Certificate => return Err(not_offered("A certificate is changed in another way.")),
    };
    let command = line(standing, there.version.as_deref(), &body);
    let mut sent = Parameters::new(draft.vault, &standing.of.name).version(there.version.as_deref());
    sent.body = body;
    draft.step(operation, says, &sent, command, &Before::Members(before), &[])
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
