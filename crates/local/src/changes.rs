//! What may be changed here: each ask goes to the room that plans, sends or checks it.

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use domain::{
    Ask, Change, Changes, Finding, Offer, Outcome, Performed, Plan, Question, Result, Sending, Target, VaultId,
};

use crate::{LocalKeystore, check, entry_of, offers, plan, questions};

#[async_trait]
impl Changes for LocalKeystore {
    async fn vault_offers(&self, vault: &VaultId) -> Vec<Offer> {
        offers::of_vault(self.read().await.as_deref(), vault)
    }

    async fn questions(&self, ask: Ask, target: &Target) -> Result<Vec<Question>> {
        let keystore = self.read().await?;
        match target {
            Target::Item(item) => {
                let entry = entry_of(&keystore, item, plan::PLAN)?;
                offers::changeable(ask, entry)?;
                Ok(questions::of_entry(ask, entry))
            }
            Target::Vault(vault) => {
                offers::makeable(ask, vault)?;
                Ok(questions::of_vault(ask))
            }
        }
    }

    async fn plan(&self, change: &Change) -> Result<Plan> {
        plan::plan(&*self.read().await?, change, (self.clock)())
    }

    async fn perform(&self, sending: Sending) -> Outcome {
        self.carry_out(&sending).await
    }

    async fn check(&self, performed: &Performed) -> Result<Finding> {
        check::find(&*self.read().await?, performed)
    }
}
