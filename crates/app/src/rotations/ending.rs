//! What became of a rotation's order: read from the journal, and where that does not say, asked of the place.

use contract::NameOrder;
use domain::{Error, Event, ItemKey, ItemRef, Kind, Ledger, OrderId, Record, Result, RotationStep, Stage};
use rotation::{Act, Generation, OrderEnd, Rotation};

use super::{Loaded, connection_of, loaded};
use crate::{App, off_thread};

impl App {
    /// Learns how the order ended that is out, as far as that can be known now. One that is not settled stays out. Whoever
    /// calls this holds the rotation, so that nobody is about to send it.
    pub(super) async fn learn_end(&self, loaded: Loaded) -> Result<Loaded> {
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
                let made = match step {
                    RotationStep::Create => Some(self.made(&loaded.rotation, &records).await?),
                    _ => None,
                };
                self.act(loaded, vec![Act::EndOrder { order, end: OrderEnd::Done, made }]).await
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
        for kept in self.journal(|journal| journal.rotations()).await? {
            let Ok(rotation) = loaded(&kept) else { continue };
            if rotation.rotation.live_order().is_none() {
                continue;
            }
            let Ok(_held) = self.hold_rotation(&kept.id).await else { continue };
            // Read again under the hold: whoever had it may have gone on.
            let rotation = self.rotation(&kept.id).await?;
            if let Err(error) = self.learn_end(rotation).await {
                tracing::warn!(error = ?error, rotation = %kept.id, "the end of its order stays unknown");
            }
        }
        Ok(())
    }

    async fn records(&self, order: &OrderId) -> Result<Vec<Record>> {
        let (chain, order) = (self.0.chain.clone(), order.clone());
        off_thread(move || chain.history(&order)).await
    }

    /// What the order that made the new material left, read at the place.
    async fn made(&self, rotation: &Rotation, records: &[Record]) -> Result<Generation> {
        let connection = connection_of(&rotation.reference);
        let new_item = new_item(records).map(|key| ItemRef { connection, key }.to_string());
        let reference = new_item.unwrap_or_else(|| rotation.reference.clone());
        let found = self.find(&reference).await?;
        let opened = found.provider.inventory().open(&found.key).await;
        let detail = self.heard(found.connection.id, opened)?;
        let made = self.generation(&found, &detail.item).await?;
        // Where there are versions, the new one is another. A place may show it late.
        if made == rotation.old && made.version.is_some() {
            return Err(Error::new(
                Kind::Conflict,
                "look at what was made",
                "the place does not show the new version yet",
            )
            .with_next("Check again in a moment: nothing is sent twice."));
        }
        Ok(made)
    }
}

/// The item that an order made, where it made one.
fn new_item(records: &[Record]) -> Option<ItemKey> {
    let mut item = None;
    for record in records {
        if let Event::Observed { results, .. } | Event::Verified { results, .. } = &record.event
            && let (Some(vault), Some(id)) = (results.get("vault"), results.get("item"))
        {
            item = Some(ItemKey::new(vault.clone(), id.clone()));
        }
    }
    item
}
