//! Plans for values of secrets: a new secret, and a new version of one, for which the old value is not read.

use domain::{Plan, Result, Secret, Tier};
use serde_json::json;

use super::{
    super::{Draft, MARK, Planned, Words, unfit},
    creation::{attributes, marked},
    must_be_free, new_name,
};
use crate::{
    members,
    object::{Named, Object},
    operation::Operation,
    parameters::Parameters,
    perform::VALUE,
    shell::Line,
    standing::Standing,
    state::{self, Before},
};

/// The longest value. Source: "About Azure Key Vault secrets".
pub(crate) const MOST_BYTES: usize = 25 * 1024;

pub(super) async fn create(mut draft: Draft<'_>) -> Result<Plan> {
    let named = new_name(&draft, Object::Secret)?;
    fits(draft.change.secrets.get(VALUE))?;
    must_be_free(&draft, &named).await?;
    let tags = marked(&draft, draft.pairs("tags")?)?;
    let sent = Parameters::new(draft.vault, &named.name)
        .with("contentType", draft.change.answer("content_type"))
        .with("attributes", attributes(&draft, false)?)
        .with("tags", json!(tags));
    step(&mut draft, &named, &sent, Vec::new(), "Create the secret")?;
    let effects = [format!("There is a new secret {} in {}.", named.name, draft.vault), found_by(&draft)];
    let words = Words::new(&named.name, format!("Create the secret {}", named.name), Tier::Consequences, effects);
    draft.plan(words, None)
}

pub(super) async fn write(mut draft: Draft<'_>, standing: &Standing) -> Result<Plan> {
    let (of, now) = (&standing.of, &standing.there()?.current);
    fits(draft.change.secrets.get(VALUE))?;
    let versions = state::versions(draft.tenant, of).await?;
    let known = versions.iter().filter_map(state::version).collect();
    // Azure gives a new version neither tags nor a content type of the one before.
    let tags = marked(&draft, now.tags.clone())?;
    let content_type = draft.change.answers.get("content_type").cloned().or_else(|| now.content_type.clone());
    let sent = Parameters::new(draft.vault, &of.name)
        .with("contentType", content_type.filter(|text| !text.is_empty()))
        .with("attributes", attributes(&draft, false)?)
        .with("tags", json!(tags));
    step(&mut draft, of, &sent, known, "Write the new version")?;
    let mut effects = vec![
        "Whoever reads the secret without naming a version gets the new value from now on.".to_owned(),
        "The old value is not read. It stays as an older version, in the state that it has.".to_owned(),
        "The new version has the tags of the one before.".to_owned(),
        found_by(&draft),
    ];
    if now.attributes.exp.is_some() && draft.change.answer("expires").is_none() {
        effects.push("The new version does not expire, as the one before does.".to_owned());
    }
    let words = Words::new(&of.name, format!("Write a new value of {}", of.name), Tier::Consequences, effects)
        .warning("A version cannot be taken away again. Azure always takes the newest as the current one.");
    draft.plan(words, None)
}

fn step(draft: &mut Draft<'_>, of: &Named, sent: &Parameters, known: Vec<String>, says: &str) -> Result<()> {
    let attribute = |name: &str| sent.body.get("attributes").and_then(|attributes| attributes.get(name));
    let time = |name: &str| attribute(name).and_then(serde_json::Value::as_i64).map(members::written);
    let disabled = attribute("enabled") == Some(&json!(false));
    let tags = sent.body.get("tags").and_then(serde_json::Value::as_object);
    let mut line = Line::new(&["secret", "set"], &of.vault)
        .option("--name", &of.name)
        .option("--file", "/dev/stdin")
        .option("--encoding", "utf-8")
        .maybe("--content-type", sent.body.get("contentType").and_then(serde_json::Value::as_str))
        .maybe("--not-before", time("nbf").as_deref())
        .maybe("--expires", time("exp").as_deref())
        .maybe("--disabled", disabled.then_some("true"));
    if let Some(tags) = tags {
        line = line.tags(tags.iter().filter_map(|(key, value)| Some((key.as_str(), value.as_str()?))));
    }
    draft.step(
        Planned {
            operation: Operation::SetSecret,
            says: says.to_owned(),
            sent,
            command: line.end(),
            secrets: &[VALUE],
        },
        &Before::Versions(known),
    )
}

/// Refuses a value that Azure would refuse, if it is known by now.
///
/// # Errors
/// `Invalid` for what is too long or no text.
pub(crate) fn fits(value: Option<&Secret>) -> Result<()> {
    match value {
        Some(value) if value.expose().len() > MOST_BYTES => {
            Err(unfit(format!("a secret has at most 25 KB, and this has {} bytes", value.expose().len())))
        }
        Some(value) if value.expose_text().is_none() => {
            Err(unfit("Azure keeps texts only, and the value is none; encode it, such as in base64"))
        }
        Some(_) | None => Ok(()),
    }
}

pub(super) fn found_by(draft: &Draft<'_>) -> String {
    format!("It carries the tag {MARK} = {}, by which it is found if the answer is lost.", draft.change.order)
}
