//! What may be changed here: each ask goes to the room that plans, sends or checks it.

use async_trait::async_trait;
use domain::{
    Ask, Change, Changes, Finding, Offer, Outcome, Performed, Plan, Question, Result, Sending, Target, VaultId,
};

use crate::{Tenant, check, offers, perform, plan, questions};

#[async_trait]
impl Changes for Tenant {
    async fn vault_offers(&self, vault: &VaultId) -> Vec<Offer> {
        offers::of_vault(self, vault)
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
