//! Changes: planning touches nothing, what is allowed is done once and seen, and a lost answer is told by reading.
//!
//! They run at a second, freshly filled server of the place, since the other promises count what is there.

pub(crate) mod doing;

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Answer, Answers, Ask, Aspect, Finding, Item, ItemDetail, ItemKey, Kind, Plan, Question, QuestionKind, State,
    Target, Tier, VaultId,
};
use servers::{Listing, answers::SECRET};

use doing::{carry_out, carry_out_with, found, planned_change, wanted};

use crate::{
    place::Subject,
    policies::texts,
    promise::{Gap, Needs, Outcome, Promise, ensure, promise},
};

pub(crate) const PROMISES: &[Promise] = &[
    promise!("changes", every_question_can_be_answered, Needs::Scratch),
    promise!("changes", planning_touches_nothing, Needs::Scratch),
    promise!("changes", what_is_allowed_is_done_once_and_seen, Needs::Scratch),
    promise!("changes", what_is_made_is_found_and_opens, Needs::Scratch),
    promise!("changes", what_the_item_cannot_do_is_refused_before_it_is_sent, Needs::Scratch),
];

pub(crate) const GAPS: &[Gap] = &[];

/// What a server gets wrong with one ask, so that it cannot be tried there. Tried all the same: it must fail.
const QUIRKS: &[(&str, Ask, &str)] =
    &[("ministack", Ask::CreateSecret, "it gives the first version an id of its own, not the ClientRequestToken")];

/// The order in which the changes of one item are tried: what ends it comes last.
const IN_ORDER: &[Ask] = &[
    Ask::ImportMaterial,
    Ask::ChangeDescription,
    Ask::ChangePolicy,
    Ask::ChangeTags,
    Ask::CreateAlias,
    Ask::DeleteAlias,
    Ask::MoveAlias,
    Ask::SetRotation,
    Ask::Rotate,
    Ask::WriteValue,
    Ask::RollBack,
    Ask::DeleteVersions,
    Ask::UndeleteVersions,
    Ask::CreateGrant,
    Ask::RevokeGrant,
    Ask::RetireGrant,
    Ask::Configure,
    Ask::Trim,
    Ask::Disable,
    Ask::Enable,
    Ask::ScheduleDeletion,
    Ask::CancelDeletion,
];

async fn every_question_can_be_answered(subject: &Subject) -> Outcome {
    for item in one_of_each(subject).await? {
        for ask in allowed(subject, &item).await {
            let questions = subject.provider.changes().questions(ask, &Target::Item(item.key.clone())).await;
            let questions = questions.map_err(|error| format!("{}: {ask:?}: {error}", item.name))?;
            in_form(&questions).map_err(|wrong| format!("{}: {ask:?}: {wrong}", item.name))?;
        }
    }
    for (vault, _) in Listing::of(&*subject.provider).await.vaults {
        let offers = subject.provider.changes().vault_offers(&vault.id).await;
        ensure!(offers.iter().map(|offer| offer.ask).eq(Ask::OF_VAULT), "{}: {offers:?}", vault.name);
        for offer in offers.iter().filter(|offer| offer.answer == Answer::Allow) {
            let questions = subject.provider.changes().questions(offer.ask, &Target::Vault(vault.id.clone())).await?;
            in_form(&questions).map_err(|wrong| format!("{}: {:?}: {wrong}", vault.name, offer.ask))?;
        }
    }
    Ok(())
}

/// Whatever the form asks has an answer that fits it: a preset is one of the choices, bounds are in order.
fn in_form(questions: &[Question]) -> Result<(), String> {
    let names: BTreeSet<_> = questions.iter().map(|question| question.name).collect();
    if names.len() != questions.len() {
        return Err(format!("a name is there twice: {questions:?}"));
    }
    for question in questions {
        let preset = question.preset.as_deref();
        let fits = match &question.kind {
            QuestionKind::Choice(choices) => {
                !choices.is_empty() && preset.is_none_or(|preset| choices.iter().any(|(value, _)| value == preset))
            }
            QuestionKind::Several(choices) => preset.is_none_or(|preset| {
                preset.split(',').all(|one| one.is_empty() || choices.iter().any(|(v, _)| v == one))
            }),
            QuestionKind::Flag => preset.is_none_or(|preset| matches!(preset, "true" | "false")),
            QuestionKind::Number { least, most } => {
                least <= most
                    && preset.is_none_or(|preset| preset.parse().is_ok_and(|n: i64| (*least..=*most).contains(&n)))
            }
            QuestionKind::Pairs => {
                preset.is_none_or(|preset| serde_json::from_str::<Vec<(String, String)>>(preset).is_ok())
            }
            QuestionKind::File | QuestionKind::Secret => preset.is_none(),
            QuestionKind::Lines | QuestionKind::List | QuestionKind::Text => true,
        };
        let known = question.shown_when.as_ref().is_none_or(|(name, _)| names.contains(name));
        if !fits || !known || question.label.trim().is_empty() {
            return Err(format!("{question:?}"));
        }
    }
    Ok(())
}

async fn planning_touches_nothing(subject: &Subject) -> Outcome {
    let before = everything(subject).await?;
    let mut planned = 0;
    for item in one_of_each(subject).await? {
        for ask in allowed(subject, &item).await {
            let (_, plan) = planned_change(subject, ask, Target::Item(item.key.clone()), planned).await?;
            planned += 1;
            in_words(&plan).map_err(|wrong| format!("{}: {ask:?}: {wrong}", item.name))?;
            for step in &plan.steps {
                let nothing = found(subject, &plan, step).await?;
                let quiet = matches!(nothing, Finding::NotDone { .. });
                // A later step may need what an earlier one makes, and a change to what is already so is done before it is sent.
                ensure!(
                    quiet || plan.steps.len() > 1,
                    "{}: {ask:?} was seen before it was sent: {nothing:?}",
                    item.name
                );
            }
        }
    }
    ensure!(planned > 0, "nothing at all could be planned");
    let after = everything(subject).await?;
    ensure!(before == after, "planning changed something:\n{before:#?}\n{after:#?}");
    Ok(())
}

/// A plan says everything a person must know, and holds no secret.
fn in_words(plan: &Plan) -> Result<(), String> {
    let texts = [&plan.title, &plan.name];
    let complete = texts.iter().all(|text| !text.trim().is_empty())
        && !plan.effects.is_empty()
        && !plan.steps.is_empty()
        && plan.steps.iter().all(|step| {
            !step.says.is_empty()
                && !step.operation.is_empty()
                && !step.command.is_empty()
                && step.parameters.is_object()
        });
    let text = serde_json::to_string(plan).map_err(|error| error.to_string())?;
    if !complete {
        return Err(format!("it does not say everything: {plan:?}"));
    }
    if text.contains(SECRET) {
        return Err("it holds the secret value".to_owned());
    }
    if plan.tier == Tier::Name && plan.warnings.is_empty() {
        return Err("it cannot be taken back, and does not warn".to_owned());
    }
    Ok(())
}

/// Each change of each kind of item: sent once, seen by a reading that does not know the answer, and undone where the
/// plan says that it can be.
async fn what_is_allowed_is_done_once_and_seen(subject: &Subject) -> Outcome {
    let mut broken = Vec::new();
    let mut done = BTreeSet::new();
    for (number, item) in one_of_each(subject).await?.into_iter().enumerate() {
        for ask in IN_ORDER {
            if !allowed(subject, &item).await.contains(ask) {
                continue;
            }
            let quirk = QUIRKS.iter().find(|(place, of, _)| *place == subject.name && of == ask);
            match (once(subject, *ask, &item.key, number).await, quirk) {
                (Ok(()), None) => {
                    done.insert(*ask);
                }
                (Err(wrong), None) => broken.push(format!("{} ({}): {ask:?}: {wrong}", item.name, item.native_kind)),
                (Ok(()), Some((_, _, reason))) => broken.push(format!("{ask:?} works after all: {reason}")),
                (Err(_), Some(_)) => {}
            }
        }
    }
    ensure!(broken.is_empty(), "\n  {}", broken.join("\n  "));
    ensure!(done.len() > 5, "hardly anything was allowed: {done:?}");
    Ok(())
}

async fn once(subject: &Subject, ask: Ask, item: &ItemKey, number: usize) -> Result<(), String> {
    let inventory = subject.provider.inventory();
    let before = inventory.open(item).await.map_err(|error| error.to_string())?;
    let policies = texts(subject, item).await;
    let (change, plan) = planned_change(subject, ask, Target::Item(item.clone()), number).await?;
    carry_out(subject, change, plan.clone()).await?;
    let after = inventory.open(item).await.map_err(|error| error.to_string())?;
    match ask {
        Ask::ChangePolicy if texts(subject, item).await == policies => return Err("no policy reads otherwise".into()),
        Ask::ChangePolicy => {}
        ask => shows(ask, &before, &after)?,
    }
    let Some(undo) = plan.undo.filter(|undo| undo.whole) else { return Ok(()) };
    let change = wanted(undo.ask, undo.target, undo.answers);
    let back = subject.provider.changes().plan(&change).await.map_err(|error| format!("undo: {error}"))?;
    carry_out(subject, change, back).await.map_err(|wrong| format!("undo: {wrong}"))?;
    let again = inventory.open(item).await.map_err(|error| error.to_string())?;
    if told(&again) != told(&before) || texts(subject, item).await != policies {
        return Err(format!("undoing did not bring back\n{:?}, but\n{:?}", told(&before), told(&again)));
    }
    // What follows is tried on the changed item.
    let (change, plan) = planned_change(subject, ask, Target::Item(item.clone()), number + 500).await?;
    carry_out(subject, change, plan).await
}

/// What a reading of the item must show after it.
fn shows(ask: Ask, before: &ItemDetail, after: &ItemDetail) -> Result<(), String> {
    let newer =
        || after.versions.len() > before.versions.len() || after.item.current_version != before.item.current_version;
    let has = |detail: &ItemDetail, wanted: fn(&Aspect) -> bool| detail.aspects.iter().any(wanted);
    let shown = match ask {
        Ask::Disable => after.item.state == State::Disabled,
        Ask::Enable => after.item.state == State::Enabled,
        Ask::ScheduleDeletion => {
            after.item.state == State::PendingDeletion
                && has(after, |one| matches!(one, Aspect::PendingDeletion { .. }))
        }
        Ask::CancelDeletion => {
            after.item.state != State::PendingDeletion
                && !has(after, |one| matches!(one, Aspect::PendingDeletion { .. }))
        }
        // Not every place lists the generations of a key; then their number tells.
        Ask::Rotate => newer() || left_on_demand(after) < left_on_demand(before),
        Ask::WriteValue | Ask::RollBack => newer(),
        Ask::CreateGrant | Ask::RetireGrant | Ask::RevokeGrant => {
            has(after, |one| matches!(one, Aspect::Grants(_))) && told(after) != told(before)
        }
        Ask::SetRotation => has(after, |one| matches!(one, Aspect::Rotation { .. })) && told(after) != told(before),
        _ => told(after) != told(before),
    };
    if shown { Ok(()) } else { Err(format!("it is not seen:\n{:?}\n{:?}", told(before), told(after))) }
}

fn left_on_demand(detail: &ItemDetail) -> Option<u32> {
    detail.aspects.iter().find_map(|aspect| match aspect {
        Aspect::Rotation { left_on_demand, .. } => *left_on_demand,
        _ => None,
    })
}

async fn what_is_made_is_found_and_opens(subject: &Subject) -> Outcome {
    let mut made = 0;
    for (vault, _) in Listing::of(&*subject.provider).await.vaults {
        for offer in subject.provider.changes().vault_offers(&vault.id).await {
            if offer.answer != Answer::Allow {
                continue;
            }
            made += 1;
            let quirk = QUIRKS.iter().find(|(place, of, _)| *place == subject.name && *of == offer.ask);
            match (is_made_and_destroyed(subject, offer.ask, &vault.id, 900 + made).await, quirk) {
                (Ok(()), None) | (Err(_), Some(_)) => {}
                (Err(wrong), None) => return Err(format!("{}: {:?}: {wrong}", vault.name, offer.ask).into()),
                (Ok(()), Some((_, _, reason))) => {
                    return Err(format!("{:?} works after all: {reason}", offer.ask).into());
                }
            }
        }
    }
    ensure!(made > 0, "nothing can be made anywhere");
    Ok(())
}

async fn is_made_and_destroyed(subject: &Subject, ask: Ask, vault: &VaultId, number: usize) -> Result<(), String> {
    if matches!(ask, Ask::DeleteIssuer | Ask::SetContacts | Ask::SetIssuer) {
        // They make nothing that is listed; that they are done is read by the check.
        let (change, plan) = planned_change(subject, ask, Target::Vault(vault.clone()), number).await?;
        return carry_out(subject, change, plan).await;
    }
    let item = found_and_open(subject, ask, vault, number).await?;
    is_destroyed(subject, item, number + 50).await
}

async fn found_and_open(subject: &Subject, ask: Ask, vault: &VaultId, number: usize) -> Result<Item, String> {
    let (change, plan) = planned_change(subject, ask, Target::Vault(vault.clone()), number).await?;
    let results = carry_out_with(subject, change, plan).await?;
    let (Some(vault), Some(id)) = (results.get("vault"), results.get("item")) else {
        return Err(format!("it is not said what was made: {results:?}"));
    };
    let key = ItemKey::new(vault.clone(), id.clone());
    let opened = subject.provider.inventory().open(&key).await.map_err(|error| error.to_string())?;
    if opened.item.state != State::Enabled {
        return Err(format!("{:?}", opened.item));
    }
    let listing = Listing::of(&*subject.provider).await;
    if listing.items.iter().any(|item| item.key == key) {
        Ok(opened.item)
    } else {
        Err(format!("{key:?} is not listed"))
    }
}

/// Destroys what was made, where that is possible at once; some places must be told first that it may be.
async fn is_destroyed(subject: &Subject, item: Item, number: usize) -> Result<(), String> {
    for ask in [Ask::Configure, Ask::Delete] {
        let now = allowed(subject, &item).await;
        if now.contains(&ask) && (ask == Ask::Delete || !now.contains(&Ask::Delete)) {
            let (change, plan) = planned_change(subject, ask, Target::Item(item.key.clone()), number).await?;
            if ask == Ask::Delete && plan.tier != Tier::Name {
                return Err(format!("it is destroyed without its name: {plan:?}"));
            }
            carry_out(subject, change, plan).await.map_err(|wrong| format!("{ask:?}: {wrong}"))?;
        }
        if ask == Ask::Delete && now.contains(&ask) {
            let gone = subject.provider.inventory().open(&item.key).await;
            if !gone.as_ref().is_err_and(|error| error.kind() == Kind::NotFound) {
                return Err(format!("it is still there: {gone:?}"));
            }
        }
    }
    Ok(())
}

async fn what_the_item_cannot_do_is_refused_before_it_is_sent(subject: &Subject) -> Outcome {
    for item in one_of_each(subject).await? {
        for offer in subject.provider.offers(&item).await {
            let Answer::Refuse { permission: None, .. } = offer.answer else { continue };
            if !offer.ask.changes() {
                continue;
            }
            let change = wanted(offer.ask, Target::Item(item.key.clone()), Answers::new());
            let Err(refused) = subject.provider.changes().plan(&change).await else {
                return Err(format!("{}: {:?} is refused, and planned all the same", item.name, offer.ask).into());
            };
            ensure!(refused.kind() != Kind::Unexpected, "{}: {:?}: {refused}", item.name, offer.ask);
        }
    }
    Ok(())
}

/// One item of each kind and algorithm that can be described, and of each that takes material: enough to meet every rule
/// once.
async fn one_of_each(subject: &Subject) -> Result<Vec<Item>, String> {
    let mut items = Vec::new();
    for row in Listing::of(&*subject.provider).await.one_of_each_with_takers(&*subject.provider).await {
        items.push(subject.provider.inventory().open(&row.key).await.map_err(|error| error.to_string())?.item);
    }
    Ok(items)
}

async fn allowed(subject: &Subject, item: &Item) -> Vec<Ask> {
    let Ok(fresh) = subject.provider.inventory().open(&item.key).await else { return Vec::new() };
    let offers = subject.provider.offers(&fresh.item).await;
    let allowed = offers.into_iter().filter(|offer| offer.ask.changes() && offer.answer == Answer::Allow);
    allowed.map(|offer| offer.ask).collect()
}

/// Everything that a reading tells, to see whether something changed.
async fn everything(subject: &Subject) -> Result<BTreeMap<String, String>, String> {
    let mut all = BTreeMap::new();
    for row in Listing::of(&*subject.provider).await.items {
        let detail = subject.provider.inventory().open(&row.key).await.map_err(|error| error.to_string())?;
        let texts = texts(subject, &row.key).await;
        all.insert(format!("{}/{}", row.key.vault, row.key.id), told(&detail) + &texts);
    }
    Ok(all)
}

/// Everything that a reading tells, but for what the clock moves and what counts the changes.
fn told(detail: &ItemDetail) -> String {
    let mut aspects: Vec<String> = detail
        .aspects
        .iter()
        .map(|aspect| match aspect {
            Aspect::Aliases(names) => format!("{:?}", names.iter().collect::<BTreeSet<_>>()),
            Aspect::Tags(tags) => format!("{:?}", tags.iter().collect::<BTreeSet<_>>()),
            Aspect::Native(rows) => {
                let moves = ["updated", "changed", "accessed", "current_metadata_version", "nextrotation"];
                let rows = rows.iter().filter(|row| !moves.iter().any(|word| row.name.to_lowercase().contains(word)));
                format!("{:?}", rows.collect::<Vec<_>>())
            }
            Aspect::Rotation { automatic, period_seconds, rules, .. } => {
                let rules: Vec<_> = rules.iter().map(|rule| (&rule.says, &rule.written)).collect();
                format!("{automatic:?} {period_seconds:?} {rules:?}")
            }
            other => format!("{other:?}"),
        })
        .collect();
    aspects.sort();
    let mut versions: Vec<_> =
        detail.versions.iter().map(|version| (&version.id, &version.state, version.current)).collect();
    versions.sort_by_key(|(id, ..)| *id);
    format!("{:?} {versions:?} {aspects:?}", detail.item.state)
}
