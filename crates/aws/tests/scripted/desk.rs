//! Where changes are made in these tests: a journal in memory, a plan that is confirmed, one step that is sent.

use std::sync::{Arc, Mutex};

use domain::{
    Answers, Ask, Change, Event, Ledger, Order, OrderId, Outcome, Plan, Provider, Record, Result, Secret,
    SecretAnswers, Target, Timestamp, VaultId,
};

pub(crate) const REGION: &str = "eu-west-1";
pub(crate) const ORDER: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
/// The same as a UUID.
pub(crate) const TOKEN: &str = "01563e3a-b5d3-d676-4c61-efb99302bd5b";

#[derive(Default)]
struct Book(Mutex<Vec<Record>>);

impl Ledger for Book {
    fn append(&self, event: Event) -> Result<Record> {
        let record = Record { at: Timestamp::now(), event };
        self.0.lock().unwrap().push(record.clone());
        Ok(record)
    }

    fn history(&self, _: &OrderId) -> Result<Vec<Record>> {
        Ok(self.0.lock().unwrap().clone())
    }
}

pub(crate) fn order() -> OrderId {
    OrderId(ORDER.to_owned())
}

pub(crate) fn region() -> Target {
    Target::Vault(VaultId(REGION.to_owned()))
}

/// The item of that ARN, id or alias.
pub(crate) fn item(provider: &dyn Provider, address: &str) -> Target {
    Target::Item(provider.inventory().locate(address).unwrap())
}

pub(crate) fn change(ask: Ask, target: Target, answers: &[(&str, &str)]) -> Change {
    let answers: Answers = answers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Change { order: order(), ask, target, answers, secrets: SecretAnswers::new() }
}

/// Confirms the plan and sends its first step.
pub(crate) async fn send_first(provider: &dyn Provider, plan: Plan, secret: Option<&str>) -> Outcome {
    let secrets = secret.map(|text| ("value".to_owned(), Secret::from_text(text.to_owned()))).into_iter().collect();
    send_first_with(provider, plan, secrets).await
}

/// The same with these secret answers.
pub(crate) async fn send_first_with(provider: &dyn Provider, plan: Plan, secrets: SecretAnswers) -> Outcome {
    let book = Book::default();
    let (seen, name) = (plan.digest(), plan.name.clone());
    let reviewed = plan.reviewed(&seen, Some(&name)).unwrap();
    let order = Order::write_down(&book, order(), "prod", "its place", "maria", reviewed).unwrap();
    let (sending, _) = order.send(&book, Arc::new(secrets)).unwrap();
    provider.changes().perform(sending).await
}
