//! What rotations, imports and destructions share: how a plan of several steps is written down, read back and held.

use std::time::Duration;

use domain::{Error, Event, ItemKey, Kind, Ledger, OrderId, Record, Result};
use journal::{Held, KeptWizard};
use serde::{Serialize, de::DeserializeOwned};

use crate::{App, off_thread};

/// How long a place may take to tell what became of an order while nobody waits.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A wizard as JSON.
///
/// # Errors
/// `Unexpected` if it has no JSON form.
pub(crate) fn body(wizard: &impl Serialize) -> Result<String> {
    serde_json::to_string(wizard).map_err(|cause| {
        Error::new(Kind::Unexpected, "keep the plan of several steps", "it could not be written down")
            .with_source(cause)
    })
}

/// A wizard as it was kept.
///
/// # Errors
/// `Unexpected` for one that this version cannot read.
pub(crate) fn read<W: DeserializeOwned>(operation: &'static str, kept: &KeptWizard) -> Result<W> {
    serde_json::from_str(&kept.body).map_err(|cause| {
        Error::new(Kind::Unexpected, operation, format!("{} does not read back", kept.id))
            .with_next("A newer Claviger may have written it: start that one.")
            .with_source(cause)
    })
}

/// The refusal when another state is there than the one that was seen.
pub(crate) fn went_on(operation: &'static str) -> Error {
    Error::new(Kind::Conflict, operation, "somebody else went on with it in the meantime")
        .with_refused_by("this app")
        .with_next("Look at it as it is now, then do what is still to be done.")
}

/// What was last told of what an order made, by name.
pub(crate) fn told<'a>(records: &'a [Record], name: &str) -> Option<&'a String> {
    records.iter().rev().find_map(|record| match &record.event {
        Event::Observed { results, .. } | Event::Verified { results, .. } => results.get(name),
        _ => None,
    })
}

/// The item that an order made, where it made one. What was answered and then not seen was not made.
pub(crate) fn made(records: &[Record]) -> Option<ItemKey> {
    let seen = records.iter().rposition(|record| matches!(record.event, Event::Verified { .. }))?;
    let records = records.get(..=seen)?;
    Some(ItemKey::new(told(records, "vault")?.clone(), told(records, "item")?.clone()))
}

impl App {
    /// The records of an order, oldest first.
    pub(crate) async fn records(&self, order: &OrderId) -> Result<Vec<Record>> {
        let (chain, order) = (self.0.chain.clone(), order.clone());
        off_thread(move || chain.history(&order)).await
    }

    /// Keeps others from carrying out or checking a wizard's order at the same time.
    pub(crate) async fn hold_wizard(&self, id: &str) -> Result<Held> {
        let (chain, name) = (self.0.chain.clone(), OrderId(id.to_owned()));
        let held = off_thread(move || chain.hold(&name)).await?;
        held.ok_or_else(|| {
            Error::new(Kind::Conflict, "go on with it", "a step of it is being carried out right now")
                .with_refused_by("this app")
                .with_next("Wait until it has ended, then look again.")
        })
    }

    /// Who acts through the connection of that number: who one is there if that is known, else who uses this computer.
    pub(crate) fn acting(&self, connection: Option<i64>) -> String {
        let user = || ["USER", "USERNAME"].iter().find_map(|name| self.0.environment.variables.get(*name)).cloned();
        let identity = connection.and_then(|connection| self.0.sessions.identity(connection));
        identity.map(|identity| identity.name).or_else(user).unwrap_or_else(|| "a person".to_owned())
    }
}
