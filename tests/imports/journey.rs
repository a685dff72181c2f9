//! One key on its way into a place, over the provider alone: each step as an order with a journal in memory.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use domain::{
    Algorithm, Answers, Change, Finding, ImportSubject, Imports, ItemKey, KeyMaterial, Order, OrderId, Outcome,
    Package, Plan, Provider, Result, SecretAnswers, Stage, VaultId, Wish, WrapOffer, Wrapped, WrappingKey,
};
use encoding::wrap;
use servers::Book;

/// A key on its way.
pub(crate) struct Journey {
    provider: Arc<dyn Provider>,
    vault: VaultId,
    kind: Algorithm,
    pub(crate) wrap: WrapOffer,
    pub(crate) answers: Answers,
    /// The item that waits for the material, or has it.
    pub(crate) into: Option<ItemKey>,
    pub(crate) new_material: bool,
}

impl Journey {
    /// By the way that is called `native`, with these answers.
    pub(crate) async fn new(
        provider: &Arc<dyn Provider>,
        vault: &str,
        kind: &Algorithm,
        native: &str,
        answers: &[(&str, &str)],
    ) -> Self {
        let vault = VaultId(vault.to_owned());
        let table = provider.imports().unwrap().takes(&vault).await.unwrap();
        let taking = table.into_iter().find(|taking| taking.algorithm == *kind).unwrap();
        let wrap = taking.wraps.into_iter().find(|offer| offer.native == native);
        Self {
            provider: Arc::clone(provider),
            vault,
            kind: kind.clone(),
            wrap: wrap.unwrap_or_else(|| panic!("{kind} is not taken by {native}")),
            answers: answers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            into: None,
            new_material: false,
        }
    }

    fn imports(&self) -> &dyn Imports {
        self.provider.imports().unwrap()
    }

    fn subject(&self) -> ImportSubject<'_> {
        ImportSubject {
            vault: &self.vault,
            algorithm: &self.kind,
            answers: &self.answers,
            wrap: &self.wrap,
            into: self.into.as_ref(),
            new_material: self.new_material,
        }
    }

    /// Makes the item that waits for the material.
    pub(crate) async fn prepare(&mut self) {
        let wish = self.imports().prepare(&self.subject()).unwrap().unwrap();
        let made = self.carry_out(wish, SecretAnswers::new()).await.unwrap();
        self.into = Some(ItemKey::new(made["vault"].as_str(), made["item"].as_str()));
    }

    pub(crate) async fn wrapping_key(&self) -> WrappingKey {
        self.imports().wrapping_key(&self.subject()).await.unwrap().unwrap()
    }

    /// Fetches a wrapping key, wraps the material and brings it.
    pub(crate) async fn bring(&self, material: &KeyMaterial) -> Result<BTreeMap<String, String>> {
        let key = self.wrapping_key().await;
        let blob = wrap::wrap(&key.public_key, self.wrap.wrap, material).unwrap();
        self.send(blob, key.token).await
    }

    /// Brings that.
    pub(crate) async fn send(&self, blob: Vec<u8>, token: Option<domain::Secret>) -> Result<BTreeMap<String, String>> {
        let sha256 = wrap::sha256(&blob);
        let wrapped = Wrapped { blob, sha256, token, wrapped_for: None };
        let bringing = self.imports().bring(&self.subject(), Package::Wrapped(wrapped))?;
        self.carry_out(bringing.wish, bringing.secrets).await
    }

    /// Plans it, sends each step once, and reads what became of it. Ends with the first refusal.
    async fn carry_out(&self, wish: Wish, secrets: SecretAnswers) -> Result<BTreeMap<String, String>> {
        let Wish { ask, target, answers } = wish;
        let change = Change { order: order(), ask, target, answers, secrets };
        let plan = self.provider.changes().plan(&change).await?;
        self.confirm(plan, change).await
    }

    async fn confirm(&self, plan: Plan, change: Change) -> Result<BTreeMap<String, String>> {
        let book = Book::default();
        let (seen, name) = (plan.digest(), plan.name.clone());
        let reviewed = plan.reviewed(&seen, Some(&name))?;
        let secrets = Arc::new(change.secrets);
        let mut order = Order::write_down(&book, change.order, "prod", "its place", "maria", reviewed)?;
        let mut results = BTreeMap::new();
        loop {
            let (sending, sent) = order.send(&book, Arc::clone(&secrets))?;
            let outcome = self.provider.changes().perform(sending).await;
            let Outcome::Done { results: made, .. } = &outcome else {
                return match outcome {
                    Outcome::Refused(error) => Err(error),
                    other => panic!("{other:?}"),
                };
            };
            results.extend(made.clone());
            let Stage::Out(sent) = sent.observed(&book, &outcome)? else { panic!("it ended") };
            let finding = self.provider.changes().check(&sent.performed()?).await?;
            assert!(matches!(finding, Finding::Done { .. }), "{finding:?}");
            match sent.settle(&book, finding)? {
                Stage::Ready(next) => order = next,
                Stage::Finished => return Ok(results),
                other => panic!("{other:?}"),
            }
        }
    }
}

/// A number that no other order has.
fn order() -> OrderId {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    OrderId(format!("01JDX{:021}", NEXT.fetch_add(1, Ordering::Relaxed)))
}
