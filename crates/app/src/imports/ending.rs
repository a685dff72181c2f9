//! What became of an import's order: read from the journal, and where that does not say, asked of the place.

use contract::NameOrder;
use domain::{ItemKey, ItemRef, OrderEnd, OrderId, Result, Stage};
use import::{Act, EndedOrder, ImportStep};
use journal::WizardKind;

use super::{Loaded, loaded, steps::source_item, target_of};
use crate::{App, wizards};

impl App {
    /// Learns how the order ended that is out, as far as that can be known now. One that is not settled stays out. Whoever
    /// calls this holds the import, so that nobody is about to send it.
    ///
    /// # Errors
    /// As [`App::check_order`].
    pub(super) async fn learn_import_end(&self, loaded: Loaded) -> Result<Loaded> {
        let Some((order, step)) = loaded.import.live_order().map(|live| (live.order.clone(), live.step)) else {
            return Ok(loaded);
        };
        let mut records = self.records(&order).await?;
        if matches!(Stage::of(&records), Some(Stage::Out(_))) {
            self.check_order(NameOrder { order: order.0.clone() }).await?;
            records = self.records(&order).await?;
        }
        let end = match Stage::of(&records) {
            None => OrderEnd::NeverSent,
            Some(Stage::Finished) => OrderEnd::Done,
            Some(Stage::Abandoned(note)) => OrderEnd::NotDone { because: note.message },
            // Its end is not known, or a part of it waits to be sent: Activity goes on with it or gives it up.
            Some(Stage::Out(_) | Stage::Ready(_)) => return Ok(loaded),
        };
        // Also an order that ended after its first call has made something, which must not be lost sight of.
        let made = wizards::made(&records).map(|key| made_reference(&loaded, step, key)).transpose()?;
        self.end_import_order(loaded, order, end, made).await
    }

    /// Learns what became of the orders of all imports that an earlier start left out.
    pub(crate) async fn recover_imports(&self) -> Result<()> {
        for kept in self.journal(|journal| journal.wizards(WizardKind::Import)).await? {
            if loaded(&kept).is_ok_and(|one| one.import.live_order().is_none()) {
                continue;
            }
            let Ok(_held) = self.hold_wizard(&kept.id).await else { continue };
            // Read again under the hold: whoever had it may have gone on.
            let Ok(import) = self.import(&kept.id).await else { continue };
            let learned = tokio::time::timeout(wizards::PATIENCE, self.learn_import_end(import)).await;
            if let Ok(Err(error)) = learned {
                tracing::warn!(error = ?error, import = %kept.id, "the end of its order stays unknown");
            }
        }
        Ok(())
    }

    async fn end_import_order(
        &self,
        loaded: Loaded,
        order: OrderId,
        end: OrderEnd,
        made: Option<String>,
    ) -> Result<Loaded> {
        let id = loaded.import.id.0.clone();
        let fingerprint = self.0.packages.key(&id).map(|key| key.fingerprint);
        let ended = EndedOrder { order, end, made, fingerprint };
        let loaded = self.act_on_import(loaded, Act::EndOrder(ended)).await?;
        if loaded.import.imported.is_some() {
            self.0.packages.forget(&id);
        }
        Ok(loaded)
    }
}

/// What an order made, as it is found through the connection that it went through.
fn made_reference(loaded: &Loaded, step: ImportStep, key: ItemKey) -> Result<String> {
    let connection = match step {
        ImportStep::Prepare | ImportStep::Import => target_of(&loaded.import)?.connection.clone(),
        ImportStep::Load | ImportStep::Remove => source_item(&loaded.import)?.connection,
    };
    Ok(ItemRef { connection, key }.to_string())
}
