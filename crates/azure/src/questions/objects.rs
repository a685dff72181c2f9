//! Questions about keys and secrets, and about whatever is deleted, recovered, purged or restored.

mod making;

pub(crate) use making::brought;

use domain::{Ask, Question, QuestionKind, Result, VaultId};
use serde_json::Value;

use super::VERSION;
use crate::{
    Tenant,
    kinds::Type,
    members,
    object::{Named, Object},
    perform::VALUE,
    plan::{allow, not_offered},
    rotation_policy::{Rules, When},
    standing::{Standing, There},
    state,
    wire::{Listed, instant},
};

const PERIOD: &str = "As ISO 8601: P90D is 90 days, P3M is 3 months of the calendar, P1Y10D is 1 year and 10 days.";

/// Before something is made in a vault.
pub(super) async fn of_vault(tenant: &Tenant, ask: Ask, vault: &VaultId) -> Result<Vec<Question>> {
    allow(tenant, ask, vault)?;
    match ask {
        Ask::CreateKey => Ok(making::key(tenant, vault).await),
        Ask::CreateSecret => Ok(making::secret()),
        Ask::ImportKey => Ok(making::import(tenant, vault).await),
        Ask::Restore => Ok(making::restore(tenant, vault)),
        _ => Err(not_offered("That is done with an item, not with a vault.")),
    }
}

/// Before something is done to an object.
pub(super) async fn of_item(tenant: &Tenant, ask: Ask, object: &Named) -> Result<Vec<Question>> {
    let standing = Standing::before(tenant, object, ask).await?;
    standing.allow(ask)?;
    match (ask, object.object) {
        (Ask::Disable | Ask::Enable, _) => which(ask, &standing),
        (Ask::ChangeTags, _) => Ok(vec![
            Question::new("tags", "Tags", QuestionKind::Pairs)
                .help("All of them: what is not here is removed. At most 15, of 256 characters each.")
                .preset(members::pairs(&standing.there()?.current.tags)),
        ]),
        (Ask::Configure, Object::Key) => Ok(configure_key(standing.there()?)),
        (Ask::Configure, Object::Secret) => {
            let now = standing.there()?;
            Ok([making::content_type().preset(now.current.content_type.clone().unwrap_or_default())]
                .into_iter()
                .chain(times_of(now))
                .collect())
        }
        (Ask::SetRotation, Object::Key) => {
            Ok(rotation(&tenant.client.rotation_policy(&object.vault, &object.name).await?))
        }
        (Ask::WriteValue, Object::Secret) => {
            let now = standing.there()?.current.content_type.clone().unwrap_or_default();
            let value = Question::new(VALUE, "Value", QuestionKind::Secret)
                .help("The new value. The old one is not read.")
                .required();
            Ok([value, making::content_type().preset(now)].into_iter().chain(making::times()).collect())
        }
        // Nothing has to be known beside the object itself.
        (Ask::CancelDeletion | Ask::Delete | Ask::Rotate | Ask::ScheduleDeletion, _) => Ok(Vec::new()),
        _ => Err(not_offered(format!("That is no change of a {}.", object.object.word()))),
    }
}

/// Which version is disabled or enabled. Where there is one only, nothing has to be asked.
fn which(ask: Ask, standing: &Standing) -> Result<Vec<Question>> {
    let current = standing.there()?.version.as_deref();
    if standing.versions.len() < 2 {
        return Ok(Vec::new());
    }
    let fits = |listed: &&Listed| (listed.attributes.enabled == Some(false)) == (ask == Ask::Enable);
    let choices: Vec<(String, String)> = standing
        .versions
        .iter()
        .filter(fits)
        .filter_map(|listed| {
            let id = state::version(listed)?;
            let made = instant(listed.attributes.created).map(|at| format!(", made {at:.0}")).unwrap_or_default();
            let word = if current == Some(&id) { ", the current one" } else { "" };
            let label = format!("{id}{made}{word}");
            Some((id, label))
        })
        .collect();
    // Of several versions of one second only Key Vault knows which is the current one.
    let best = choices.iter().find(|(id, _)| current == Some(id)).or_else(|| choices.first());
    let best = best.filter(|_| current.is_some()).map(|(id, _)| id.clone());
    let question = Question::new(VERSION, "Version", QuestionKind::Choice(choices))
        .help("Each version has a state of its own. Empty for the current one.");
    Ok(vec![Question { preset: best, ..question }])
}

fn configure_key(now: &There) -> Vec<Question> {
    let possible = Type::of(&now.kind).map_or(&[][..], |kind| kind.shape.operations());
    let others = now.operations.iter().map(String::as_str).filter(|one| !possible.contains(one));
    let choices = possible.iter().copied().chain(others).map(|one| (one.to_owned(), one.to_owned())).collect();
    let operations = Question::new("operations", "What it is for", QuestionKind::Several(choices))
        .help("Azure refuses every other use of its current version.")
        .preset(now.operations.join(","));
    [operations].into_iter().chain(times_of(now)).collect()
}

/// The two times of a version, as they are now.
fn times_of(now: &There) -> impl Iterator<Item = Question> {
    let attributes = &now.current.attributes;
    let set = [attributes.nbf, attributes.exp];
    making::times().zip(set).map(|(question, set)| match set {
        Some(second) => question.preset(members::written(second)),
        None => question,
    })
}

fn rotation(written: &Value) -> Vec<Question> {
    let rules = Rules::of(written);
    let form = if rules.is_ok() { "rules" } else { "json" };
    let rules = rules.unwrap_or_default();
    let period = |when: &Option<When>, before: bool| {
        when.as_ref()
            .filter(|when| matches!(when, When::BeforeExpiry(_)) == before)
            .map_or(String::new(), |when| when.period().to_owned())
    };
    let trigger = if matches!(rules.rotate, Some(When::BeforeExpiry(_))) { "before-expiry" } else { "after-creation" };
    let or = |text: String, usual: &str| if text.is_empty() { usual.to_owned() } else { text };
    let choice = |pairs: &[(&str, &str)]| {
        QuestionKind::Choice(pairs.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect())
    };
    let text = |name, label| Question::new(name, label, QuestionKind::Text).help(PERIOD);
    let json = serde_json::to_string_pretty(&Value::Object(rules.body())).unwrap_or_default();
    vec![
        Question::new("written", "Write it", choice(&[("rules", "As rules"), ("json", "As JSON")]))
            .required()
            .preset(form),
        Question::new("automatic", "Rotate automatically", QuestionKind::Flag)
            .help("Azure makes a new version by itself; whoever names no version uses it from then on.")
            .preset(rules.rotate.is_some().to_string())
            .shown_when("written", ["rules"]),
        Question::new(
            "trigger",
            "When",
            choice(&[("after-creation", "So long after the last one"), ("before-expiry", "So long before the expiry")]),
        )
        .required()
        .preset(trigger)
        .shown_when("automatic", ["true"]),
        text("rotate_after", "Time from one rotation to the next")
            .required()
            .preset(or(period(&rules.rotate, false), "P18M"))
            .shown_when("trigger", ["after-creation"]),
        text("rotate_before", "Time before the expiry")
            .required()
            .preset(or(period(&rules.rotate, true), "P30D"))
            .shown_when("trigger", ["before-expiry"]),
        text("expiry", "Expiry of new versions")
            .help(format!("{PERIOD} 28 days at least; empty for none."))
            .preset(rules.expiry.clone().unwrap_or_default())
            .shown_when("written", ["rules"]),
        text("notify_before", "Notify so long before the expiry")
            .help(format!("{PERIOD} Event Grid is told. Empty for never."))
            .preset(period(&rules.notify, true))
            .shown_when("written", ["rules"]),
        Question::new("policy", "Policy", QuestionKind::Lines)
            .help("lifetimeActions and attributes.expiryTime, as the API writes them.")
            .required()
            .preset(json)
            .shown_when("written", ["json"]),
    ]
}
