//! Carries a wish out as the app does, with a journal in memory.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    Bringing, Change, Error, Finding, ItemKey, Order, OrderId, Outcome, Plan, Provider, SecretAnswers, Stage, Wish,
};
use servers::Book;

/// A change of that wish.
pub(crate) fn change(wish: Wish, secrets: SecretAnswers) -> Change {
    Change { order: OrderId("01JDX".into()), ask: wish.ask, target: wish.target, answers: wish.answers, secrets }
}

/// Plans and sends every step; each is told by a reading as if its answer had been lost, and by one that knows it.
///
/// # Errors
/// Where it is refused.
pub(crate) async fn done(place: &dyn Provider, wish: Wish) -> Result<ItemKey, Error> {
    brought(place, Bringing { wish, secrets: SecretAnswers::new() }).await
}

/// The same with what goes with it.
///
/// # Errors
/// Where it is refused.
pub(crate) async fn brought(place: &dyn Provider, bringing: Bringing) -> Result<ItemKey, Error> {
    let change = change(bringing.wish, bringing.secrets);
    let target = change.target.clone();
    let plan = place.changes().plan(&change).await?;
    let results = sent(place, change, plan).await?;
    Ok(match (results.get("vault"), results.get("item")) {
        (Some(vault), Some(item)) => ItemKey::new(vault.as_str(), item.clone()),
        _ => target.item().unwrap().clone(),
    })
}

async fn sent(place: &dyn Provider, change: Change, plan: Plan) -> Result<BTreeMap<String, String>, Error> {
    let (book, secrets) = (Book::default(), Arc::new(change.secrets));
    let (seen, name) = (plan.digest(), plan.name.clone());
    let reviewed = plan.reviewed(&seen, Some(&name)).unwrap();
    let mut order = Order::write_down(&book, change.order, "prod", "its place", "maria", reviewed).unwrap();
    let mut results = BTreeMap::new();
    loop {
        let (sending, out) = order.send(&book, Arc::clone(&secrets)).unwrap();
        let outcome = place.changes().perform(sending).await;
        match &outcome {
            Outcome::Done { results: made, .. } => results.extend(made.clone()),
            Outcome::Refused(error) => return Err(error.clone()),
            Outcome::Unknown(error) => panic!("{error}"),
        }
        let lost = place.changes().check(&out.performed().unwrap()).await.unwrap();
        assert!(!matches!(lost, Finding::NotDone { .. }), "{lost:?}");
        let Stage::Out(out) = out.observed(&book, &outcome).unwrap() else { panic!("it ended") };
        let finding = place.changes().check(&out.performed().unwrap()).await.unwrap();
        assert!(matches!(finding, Finding::Done { .. }), "{finding:?}");
        match out.settle(&book, finding).unwrap() {
            Stage::Ready(next) => order = next,
            Stage::Finished => return Ok(results),
            other => panic!("{other:?}"),
        }
    }
}
