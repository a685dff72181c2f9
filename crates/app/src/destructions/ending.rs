//! What became of a destruction's order: read from the journal, and where that does not say, asked of the place.

use contract::NameOrder;
use destruction::{Act, After, Destruction};
use domain::{DestructionStep, Kind, OrderEnd, Result, Stage, Standing};
use journal::WizardKind;

use super::{Loaded, loaded, steps::stroke};
use crate::{App, wizards::PATIENCE};

impl App {
    /// Learns how the order ended that is out, as far as that can be known now. One that is not settled stays out. Whoever
    /// calls this holds the destruction, so that nobody is about to send it.
    ///
    /// # Errors
    /// As [`App::check_order`], and as the place says if the item cannot be read after it.
    pub(super) async fn learn_destruction(&self, loaded: Loaded) -> Result<Loaded> {
        let Some((order, step)) = loaded.live() else { return Ok(loaded) };
        let mut records = self.records(&order).await?;
        if matches!(Stage::of(&records), Some(Stage::Out(_))) {
            self.check_order(NameOrder { order: order.0.clone() }).await?;
            records = self.records(&order).await?;
        }
        let (end, after) = match Stage::of(&records) {
            None if records.is_empty() => (OrderEnd::NeverSent, None),
            Some(Stage::Finished) => {
                let is_final = loaded.destruction.live_order().is_some_and(|live| live.is_final);
                (OrderEnd::Done, Some(self.after(&loaded.destruction, step, is_final).await?))
            }
            Some(Stage::Abandoned(note)) => (OrderEnd::NotDone { because: note.message }, None),
            // Its end is not known, or a part of it waits to be sent: Activity goes on with it or gives it up.
            Some(Stage::Out(_) | Stage::Ready(_)) | None => return Ok(loaded),
        };
        self.act_on(loaded, vec![Act::EndOrder { order, end, after }]).await
    }

    /// How the item stands after a step, and whether the step has another part to go.
    async fn after(&self, destruction: &Destruction, step: DestructionStep, is_final: bool) -> Result<After> {
        let seen = self.read_afresh(destruction).await;
        let read = match seen.read() {
            Ok(read) => read,
            // A vault that keeps nothing destroys at once what is deleted there.
            Err(error) if error.kind() == Kind::NotFound && is_final => {
                return Ok(After { standing: Standing::Gone, rest: false });
            }
            Err(error) => return Err(error),
        };
        let by_parts = matches!(step, DestructionStep::Disable | DestructionStep::Enable);
        let rest = by_parts && stroke(destruction, read, step).is_ok();
        Ok(After { standing: read.destructions()?.standing(&read.detail), rest })
    }

    /// Learns what became of the orders of all destructions that an earlier start left out. What cannot be known yet stays
    /// so, and is asked for when the destruction is opened.
    pub(crate) async fn recover_destructions(&self) -> Result<()> {
        for kept in self.journal(|journal| journal.wizards(WizardKind::Destruction)).await? {
            let Ok(destruction) = loaded(&kept) else { continue };
            if destruction.destruction.live_order().is_none() {
                continue;
            }
            let Ok(_held) = self.hold_wizard(&kept.id).await else { continue };
            // Read again under the hold: whoever had it may have gone on.
            let destruction = self.destruction(&kept.id).await?;
            // A place that does not answer must not hold up the start: the next one asks it again, or a person does.
            let learned = tokio::time::timeout(PATIENCE, self.learn_destruction(destruction)).await;
            if let Ok(Err(error)) = learned {
                tracing::warn!(error = ?error, destruction = %kept.id, "the end of its order stays unknown");
            }
        }
        Ok(())
    }
}
