//! The engine of changes: nothing is sent that was not allowed, read, confirmed and written down, and never twice.

mod confirming;
mod keystore;
mod outcomes;
mod recovery;
mod write_mode;

use std::{sync::Arc, time::Duration};

use app::App;
use contract::{
    ConfirmChange, JournalEntry, JournalPage, ListJournal, NameOrder, OrderState, OrderWire, PlanChange, PlanWire,
    SetWriteMode, TargetWire,
};
use domain::Result;

use crate::{
    changing::Changing,
    scripted::{Place, detail, key_item},
    world::{Keyring, World},
};

/// A home with a connection `prod` to a scripted place, and a keyring.
pub(crate) struct Changed {
    pub(crate) world: World,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) place: Arc<Place>,
}

impl Changed {
    /// Read-only, as everything is at the start.
    pub(crate) async fn new() -> Self {
        let keyring = Arc::new(Keyring::default());
        let world = World::scripted().restart(keyring.clone());
        world.app.set_patience(Duration::ZERO);
        world.connect("prod").await;
        let place = world.scripts.place("prod");
        *place.detail.lock().unwrap() = Some(Arc::new(|| Ok(detail(key_item("v", "k")))));
        Self { world, keyring, place }
    }

    /// In write mode.
    pub(crate) async fn writable() -> Self {
        let changed = Self::new().await;
        changed.write_mode(true).await;
        changed
    }

    pub(crate) fn app(&self) -> &App {
        &self.world.app
    }

    pub(crate) fn script(&self) -> &Changing {
        &self.place.changes
    }

    /// The next start of Claviger.
    pub(crate) fn restart(self) -> Self {
        let Self { world, keyring, place } = self;
        let world = world.restart(keyring.clone());
        world.app.set_patience(Duration::ZERO);
        Self { world, keyring, place }
    }

    pub(crate) async fn write_mode(&self, on: bool) {
        let request = SetWriteMode { connection: "prod".into(), on };
        self.app().set_write_mode(request).await.unwrap();
    }

    pub(crate) async fn plan(&self, ask: &str) -> PlanWire {
        self.app().plan_change(wanted(ask)).await.unwrap()
    }

    /// Plans and confirms.
    pub(crate) async fn does(&self, ask: &str) -> OrderWire {
        let plan = self.plan(ask).await;
        self.app().confirm_change(confirmed(&plan)).await.unwrap()
    }

    pub(crate) async fn check(&self, order: &str) -> Result<OrderWire> {
        self.app().check_order(NameOrder { order: order.to_owned() }).await
    }

    pub(crate) async fn journal(&self) -> JournalPage {
        self.app().list_journal(ListJournal::default()).await.unwrap()
    }

    /// The orders of the journal with their states, oldest first.
    pub(crate) async fn orders(&self) -> Vec<(String, OrderState)> {
        let entries = self.journal().await.entries.into_iter().rev();
        let orders = entries.filter_map(|entry| match entry {
            JournalEntry::Order { order } => Some((order.order, order.state)),
            JournalEntry::Accepted { .. } | JournalEntry::Told { .. } | JournalEntry::WriteMode { .. } => None,
        });
        orders.collect()
    }
}

pub(crate) fn wanted(ask: &str) -> PlanChange {
    let target = TargetWire::Item { reference: "prod/v/k".to_owned() };
    PlanChange { ask: ask.to_owned(), target, answers: Default::default(), secrets: Default::default() }
}

pub(crate) fn confirmed(plan: &PlanWire) -> ConfirmChange {
    ConfirmChange { order: plan.order.clone(), digest: plan.digest.clone(), typed: Some(plan.name.clone()) }
}

/// The events of an order's records, oldest first.
pub(crate) fn events(order: &OrderWire) -> Vec<&str> {
    order.records.iter().map(|record| record.event.as_str()).collect()
}
