//! What may be changed here: each ask goes to the room that plans, sends or checks it.

use async_trait::async_trait;
use domain::{
    Answer, Ask, Change, Changes, Finding, Offer, Outcome, Performed, Plan, Question, Result, Sending, Target, VaultId,
};

use crate::{Tenant, check, offers, perform, plan, questions};

#[async_trait]
impl Changes for Tenant {
    async fn vault_offers(&self, vault: &VaultId) -> Vec<Offer> {
        let mut offers = offers::of_vault(self, vault);
        // Only a vault that has issuers lets one go. Who may not list them is told so by the call.
        if let Some(offer) = offers.iter_mut().find(|offer| offer.ask == Ask::DeleteIssuer)
            && offer.answer == Answer::Allow
            && self.client.issuers(vault).await.is_ok_and(|issuers| issuers.is_empty())
        {
            *offer = Offer::refuse(Ask::DeleteIssuer, "No issuer is set up in this vault.");
        }
        offers
    }

    async fn questions(&self, ask: Ask, target: &Target) -> Result<Vec<Question>> {
        questions::questions(self, ask, target).await
    }

    async fn plan(&self, change: &Change) -> Result<Plan> {
        plan::plan(self, change).await
    }

    async fn perform(&self, sending: Sending) -> Outcome {
        perform::perform(self, sending).await
    }

    async fn check(&self, performed: &Performed) -> Result<Finding> {
        check::check(self, performed).await
    }
}
