//! What became of a rotation's order: read from the journal, and where that does not say, asked of the place.

use std::time::Duration;

use contract::NameOrder;
use domain::{Aspect, Error, Event, ItemKey, ItemRef, Kind, Ledger, OrderId, Record, Result, RotationStep, Stage};
use journal::WizardKind;
use rotation::{Act, Generation, OrderEnd, Rotation};

use super::{Loaded, connection_of, loaded};
use crate::{App, off_thread};

/// What came of an order to make the new material.
enum Made {
    /// The place does not show it yet.
    NotYet,
    There(Generation),
    /// It never will be there, because.
    Refused(String),
}

/// How long a place may take to tell what became of an order while nobody waits.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

impl App {
    /// Learns how the order ended that is out, as far as that can be known now. One that is not settled stays out. Whoever
    /// calls this holds the rotation, so that nobody is about to send it.
    ///
    /// # Errors
    /// As [`App::check_order`]; `Conflict` if what was made does not show yet and nobody `waits` for it.
    pub(super) async fn learn_end(&self, loaded: Loaded, waits: bool) -> Result<Loaded> {
        let Some((order, step)) = loaded.live() else { return Ok(loaded) };
        let mut records = self.records(&order).await?;
        if matches!(Stage::of(&records), Some(Stage::Out(_))) {
            self.check_order(NameOrder { order: order.0.clone() }).await?;
            records = self.records(&order).await?;
        }
        if records.is_empty() {
            return self.act(loaded, vec![Act::EndOrder { order, end: OrderEnd::NeverSent, made: None }]).await;
        }
        match Stage::of(&records) {
            Some(Stage::Finished) => {
                let (end, made) = match step {
                    RotationStep::Create => match self.made(&loaded.rotation, &records).await? {
                        Made::There(made) => (OrderEnd::Done, Some(made)),
                        Made::Refused(because) => (OrderEnd::NotDone { because }, None),
                        Made::NotYet if waits => return Ok(loaded),
                        Made::NotYet => return Err(not_yet()),
                    },
                    _ => (OrderEnd::Done, None),
                };
                self.act(loaded, vec![Act::EndOrder { order, end, made }]).await
            }
            Some(Stage::Abandoned(note)) => {
                let end = OrderEnd::NotDone { because: note.message };
                self.act(loaded, vec![Act::EndOrder { order, end, made: None }]).await
            }
            // Its end is not known, or a part of it waits to be sent: Activity goes on with it or gives it up.
            Some(Stage::Out(_) | Stage::Ready(_)) | None => Ok(loaded),
        }
    }

    /// Learns what became of the orders of all rotations that an earlier start left out. What cannot be known yet stays
    /// so, and is asked for when the rotation is opened.
    pub(crate) async fn recover_rotations(&self) -> Result<()> {
        for kept in self.journal(|journal| journal.wizards(WizardKind::Rotation)).await? {
            let Ok(rotation) = loaded(&kept) else { continue };
            if rotation.rotation.live_order().is_none() {
                continue;
            }
            let Ok(_held) = self.hold_wizard(&kept.id).await else { continue };
            // Read again under the hold: whoever had it may have gone on.
            let rotation = self.rotation(&kept.id).await?;
            // A place that does not answer must not hold up the start: the next one asks it again, or a person does.
            let learned = tokio::time::timeout(PATIENCE, self.learn_end(rotation, true)).await;
            if let Ok(Err(error)) = learned {
                tracing::warn!(error = ?error, rotation = %kept.id, "the end of its order stays unknown");
            }
        }
        Ok(())
    }

    pub(crate) async fn records(&self, order: &OrderId) -> Result<Vec<Record>> {
        let (chain, order) = (self.0.chain.clone(), order.clone());
        off_thread(move || chain.history(&order)).await
    }

    /// What the order that made the new material left, read at the place.
    async fn made(&self, rotation: &Rotation, records: &[Record]) -> Result<Made> {
        let connection = connection_of(&rotation.reference);
        let new_item = new_item(records).map(|key| ItemRef { connection, key }.to_string());
        let reference = new_item.unwrap_or_else(|| rotation.reference.clone());
        let found = self.find(&reference).await?;
        let mut detail = self.detail(&found).await?;
        // Somebody may have made another one by now: the order itself tells which is ours.
        let told = told(records, "version").filter(|told| detail.versions.iter().any(|one| one.id == **told));
        if let Some(version) = told {
            detail.item.current_version = Some(version.clone());
        }
        let made = self.generation(&found, &detail.item).await?;
        // Where there are versions, the new one is another. A place may show it late.
        if made == rotation.old && made.version.is_some() {
            if let Some(because) = detail.aspects.iter().find_map(refusal) {
                return Ok(Made::Refused(because));
            }
            return Ok(Made::NotYet);
        }
        Ok(Made::There(made))
    }
}

fn not_yet() -> Error {
    Error::new(Kind::Conflict, "look at what was made", "the place does not show the new version yet")
        .with_next("Check again in a moment: nothing is sent twice.")
}

/// Why a certificate will not be issued that was asked for: the order is done, and nothing comes of it.
fn refusal(aspect: &Aspect) -> Option<String> {
    let Aspect::Issuance { status, failure, .. } = aspect else { return None };
    match failure {
        Some(words) => Some(format!("its issuer refused it: {words}")),
        None => status.eq_ignore_ascii_case("cancelled").then(|| "its issuing was called off".to_owned()),
    }
}

/// The item that an order made, where it made one.
fn new_item(records: &[Record]) -> Option<ItemKey> {
    Some(ItemKey::new(told(records, "vault")?.clone(), told(records, "item")?.clone()))
}

/// What was last told of what an order made.
fn told<'a>(records: &'a [Record], name: &str) -> Option<&'a String> {
    records.iter().rev().find_map(|record| match &record.event {
        Event::Observed { results, .. } | Event::Verified { results, .. } => results.get(name),
        _ => None,
    })
}
