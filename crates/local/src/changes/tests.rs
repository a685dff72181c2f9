//! A keystore on the disk to try changes on, as the app makes them: planned, written down, sent once, read.

// `allow-unwrap-in-tests` covers test functions only, not the helpers they share.
#![allow(clippy::unwrap_used)]

mod before;
mod brought;
mod each;
mod faults;
mod marks;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use domain::{
    Algorithm, Answer, Answers, Ask, Change, Changes, Event, Finding, Inventory, ItemDetail, ItemKey, Ledger, Order,
    OrderId, Outcome, Performed, Plan, Record, Result, Secret, SecretAnswers, Target, Timestamp, VaultId,
};

use crate::{Entry, Keystore, LocalKeystore, Lock, Material, VAULT, make};

/// A keystore in a folder of its own.
struct World {
    home: tempfile::TempDir,
    provider: LocalKeystore,
}

/// A journal in memory.
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

fn lock() -> Lock {
    Lock::Key(Secret::new(vec![7; 32]))
}

fn open(path: &Path) -> LocalKeystore {
    LocalKeystore::new(Keystore::open(path, &lock()).unwrap(), Timestamp::now)
}

fn secret(name: &str, value: &str) -> Entry {
    let value = Material::secret(Secret::from_text(value.to_owned()), "text/plain");
    Entry::new(name, Timestamp::UNIX_EPOCH, value).unwrap()
}

fn key(name: &str) -> Entry {
    Entry::new(name, Timestamp::UNIX_EPOCH, make::key(&Algorithm::Ed25519).unwrap()).unwrap()
}

fn next_order() -> OrderId {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    OrderId(format!("01JDX{:021}", NEXT.fetch_add(1, Ordering::Relaxed)))
}

impl World {
    fn new(entries: Vec<Entry>) -> Self {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("keys.keystore");
        Keystore::create_with(&path, &lock(), entries).unwrap();
        let provider = open(&path);
        Self { home, provider }
    }

    fn path(&self) -> PathBuf {
        self.home.path().join("keys.keystore")
    }

    fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.path()).unwrap()
    }

    /// What another reader finds in the file.
    async fn open(&self, name: &str) -> Result<ItemDetail> {
        Inventory::open(&open(&self.path()), &ItemKey::new(VAULT, name)).await
    }

    async fn value(&self, name: &str) -> String {
        let value = domain::Secrets::value(&self.provider, &ItemKey::new(VAULT, name), None).await.unwrap();
        value.expose_text().unwrap().to_owned()
    }

    async fn allows(&self, name: &str, ask: Ask) -> bool {
        let item = self.open(name).await.unwrap().item;
        let offers = domain::Provider::offers(&self.provider, &item).await;
        offers.iter().any(|offer| offer.ask == ask && offer.answer == Answer::Allow)
    }

    async fn plan(&self, ask: Ask, name: &str, answers: &[(&str, &str)]) -> Result<(Change, Plan)> {
        plan(&self.provider, ask, name, answers).await
    }

    /// Does it, and has it told by another reader. Hands out what was made.
    async fn does(&self, ask: Ask, name: &str, answers: &[(&str, &str)]) -> (Plan, BTreeMap<String, String>) {
        let (change, plan) = self.plan(ask, name, answers).await.unwrap();
        let (performed, outcome) = send(&self.provider, change, &plan).await;
        let Outcome::Done { results, .. } = outcome else { panic!("{ask:?}: {outcome:?}") };
        let read = open(&self.path()).check(&performed).await.unwrap();
        assert!(matches!(&read, Finding::Done { results: read, .. } if *read == results), "{ask:?}: {read:?}");
        (plan, results)
    }

    /// Does what the plan says would take it back.
    async fn undoes(&self, plan: &Plan) {
        let undo = plan.undo.clone().unwrap();
        let answers: Vec<(&str, &str)> = undo.answers.iter().map(|(name, text)| (&**name, &**text)).collect();
        self.does(undo.ask, &plan.name, &answers).await;
    }
}

/// A plan of a change; the value of a secret is always the same.
async fn plan(keystore: &LocalKeystore, ask: Ask, name: &str, answers: &[(&str, &str)]) -> Result<(Change, Plan)> {
    let mut answers: Answers = answers.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let target = match Ask::OF_VAULT.contains(&ask) {
        true => {
            answers.insert("name".to_owned(), name.to_owned());
            Target::Vault(VaultId(VAULT.to_owned()))
        }
        false => Target::Item(ItemKey::new(VAULT, name)),
    };
    let value = Secret::from_text("a value to search for".to_owned());
    let secrets = SecretAnswers::from([("value".to_owned(), value)]);
    let change = Change { order: next_order(), ask, target, answers, secrets };
    let plan = keystore.plan(&change).await?;
    Ok((change, plan))
}

/// Sends the one step of a plan.
async fn send(keystore: &LocalKeystore, change: Change, plan: &Plan) -> (Performed, Outcome) {
    let book = Book::default();
    let reviewed = plan.clone().reviewed(&plan.digest(), Some(&plan.name)).unwrap();
    let order = Order::write_down(&book, change.order, "prod", "its place", "maria", reviewed).unwrap();
    let (sending, sent) = order.send(&book, Arc::new(change.secrets)).unwrap();
    (sent.performed().unwrap(), keystore.perform(sending).await)
}
