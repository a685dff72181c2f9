//! What may be changed here: each ask goes to the room that plans, sends or checks it.

use async_trait::async_trait;
use domain::{
    Ask, Change, Changes, Error, Finding, Kind, Offer, Outcome, Performed, Plan, Question, Result, Sending, Target,
    VaultId,
};

use crate::Cluster;

fn unsupported() -> Error {
    Error::new(Kind::Unsupported, "plan the change", "this place cannot be changed yet")
}

#[async_trait]
impl Changes for Cluster {
    async fn vault_offers(&self, _: &VaultId) -> Vec<Offer> {
        Ask::OF_VAULT.into_iter().map(|ask| Offer::refuse(ask, "This place cannot be changed yet.")).collect()
    }

    async fn questions(&self, _: Ask, _: &Target) -> Result<Vec<Question>> {
        Err(unsupported())
    }

    async fn plan(&self, _: &Change) -> Result<Plan> {
        Err(unsupported())
    }

    async fn perform(&self, _: Sending) -> Outcome {
        Outcome::Refused(unsupported())
    }

    async fn check(&self, _: &Performed) -> Result<Finding> {
        Err(unsupported())
    }
}
