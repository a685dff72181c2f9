//! Answers the questions of a change as a person might, and carries it out as the app does, with a journal in memory.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    Answers, Ask, Change, Finding, Item, ItemKey, Order, OrderId, Outcome as Sent, Plan, Secret, SecretAnswers, Stage,
    State, Target, Timestamp,
};
use servers::{Book, Listing, answers::answers, brought};

use crate::place::Subject;

pub(crate) fn wanted(ask: Ask, target: Target, answers: Answers) -> Change {
    Change { order: order(), ask, target, answers, secrets: SecretAnswers::new() }
}

/// A ULID that no other order has: the rest of its bits do not matter here.
fn order() -> OrderId {
    OrderId(format!("01JDX{:021}", u64::from(std::process::id()) * 100_000 + u64::from(next())))
}

fn next() -> u32 {
    static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

/// A change with every question answered: by its preset, or by what a person might well say.
pub(crate) async fn planned_change(
    subject: &Subject,
    ask: Ask,
    target: Target,
    number: usize,
) -> Result<(Change, Plan), String> {
    let changes = subject.provider.changes();
    let questions = changes.questions(ask, &target).await.map_err(|error| format!("{ask:?}: questions: {error}"))?;
    let mut change = wanted(ask, target, Answers::new());
    // A trial before this one may have left the same answer, and then there would be nothing to change.
    let number = format!("{number}-{}", next());
    (change.answers, change.secrets) = match ask {
        Ask::ImportMaterial => {
            let material = brought::material(&*subject.provider, &change.target, &number).await;
            let material = material.map_err(|failure| format!("{ask:?}: {failure}"))?;
            (material.wish.answers, material.secrets)
        }
        _ => answers(ask, &questions, &number),
    };
    if ask == Ask::Restore {
        take_a_saved_copy(subject, &mut change).await?;
    }
    let plan = changes.plan(&change).await;
    let plan = plan.map_err(|error| format!("{ask:?}: plan with {:?}: {error}", change.answers))?;
    Ok((change, plan))
}

/// Answers with a saved copy of a thing in another vault, whose name is free in this one.
async fn take_a_saved_copy(subject: &Subject, change: &mut Change) -> Result<(), String> {
    let backups = subject.provider.backups().ok_or("copies are taken back, and none are made")?;
    let listed = Listing::of(&*subject.provider).await.items;
    let vault = change.target.vault().clone();
    let fits = |item: &&Item| {
        let there = ItemKey { vault: vault.clone(), id: item.key.id.clone() };
        let kind = change.answers.get("kind").is_some_and(|kind| kind == item.native_kind);
        kind && item.state == State::Enabled && item.key.vault != vault && !listed.iter().any(|it| it.key == there)
    };
    let item = listed.iter().find(fits).ok_or("there is nothing whose name is free in that vault")?;
    let copy = backups.back_up(&item.key).await.map_err(|error| error.to_string())?;
    change.answers.insert("name".to_owned(), item.name.clone());
    change.secrets.insert("backup".to_owned(), Secret::new(copy));
    Ok(())
}

pub(crate) async fn found(subject: &Subject, plan: &Plan, step: &domain::Step) -> Result<Finding, String> {
    let performed =
        domain::Performed { order: order(), step: step.clone(), results: BTreeMap::new(), sent: Timestamp::now() };
    let found = subject.provider.changes().check(&performed).await;
    found.map_err(|error| format!("{}: check: {error}", plan.title))
}

pub(crate) async fn carry_out(subject: &Subject, change: Change, plan: Plan) -> Result<(), String> {
    carry_out_with(subject, change, plan).await.map(drop)
}

/// Sends each step once, and has it told by a reading as if its answer had been lost.
pub(crate) async fn carry_out_with(
    subject: &Subject,
    change: Change,
    plan: Plan,
) -> Result<BTreeMap<String, String>, String> {
    let told = |error: domain::Error| error.to_string();
    let changes = subject.provider.changes();
    let book = Book::default();
    let (seen, name) = (plan.digest(), plan.name.clone());
    let reviewed = plan.reviewed(&seen, Some(&name)).map_err(told)?;
    let secrets = Arc::new(change.secrets);
    let mut order = Order::write_down(&book, change.order, "prod", "its place", "maria", reviewed).map_err(told)?;
    let mut results = BTreeMap::new();
    loop {
        let (sending, sent) = order.send(&book, Arc::clone(&secrets)).map_err(told)?;
        let outcome = changes.perform(sending).await;
        let Sent::Done { results: made, .. } = &outcome else { return Err(format!("{outcome:?}")) };
        results.extend(made.clone());
        let lost = sent.performed().map_err(told)?;
        let Finding::Done { results: read, .. } = changes.check(&lost).await.map_err(told)? else {
            return Err(format!("with the answer lost, a reading says {:?}", changes.check(&lost).await));
        };
        let Stage::Out(sent) = sent.observed(&book, &outcome).map_err(told)? else { return Err("it ended".to_owned()) };
        let finding = changes.check(&sent.performed().map_err(told)?).await.map_err(told)?;
        for (name, value) in &read {
            if made.get(name).is_some_and(|made| made != value) {
                return Err(format!("{name} is {value} to a reading, {made:?} to the answer"));
            }
        }
        results.extend(read);
        match sent.settle(&book, finding).map_err(told)? {
            Stage::Ready(next) => order = next,
            Stage::Finished => return Ok(results),
            other => return Err(format!("{other:?}")),
        }
    }
}
