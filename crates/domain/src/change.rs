//! Changes, which have one door: a person asks, the provider plans, the person reads, the journal takes it down, and only
//! then is each step sent, once.
//!
//! [`Reviewed`], [`Order`] and [`Sending`] cannot be made in any other way, so code that skips a step does not compile.
//! [`Sending`] is used up by the one call it allows; there is no second one for the same step.

mod ask;
mod order;
mod plan;
mod record;

pub use ask::{Change, Question, QuestionKind, Target};
pub use order::{Finding, Order, Outcome, Performed, Sending, Sent, Stage};
pub use plan::{Plan, Reviewed, Step, Tier, Undo, shown_digest};
pub use record::{Event, Ledger, Note, OrderId, Record, ToldEnd};

use async_trait::async_trait;

use crate::{Ask, Offer, Result, VaultId};

/// What may be changed at a place, and how.
#[async_trait]
pub trait Changes: Send + Sync {
    /// What may be done to a vault now, and for everything else, why not: one offer for each of [`Ask::OF_VAULT`], in
    /// that order.
    async fn vault_offers(&self, vault: &VaultId) -> Vec<Offer>;

    /// What must be asked before `ask` can be planned, with what is there now as presets. Reads only. Combinations that
    /// cannot work are not among the choices.
    async fn questions(&self, ask: Ask, target: &Target) -> Result<Vec<Question>>;

    /// The exact calls that `change` would make, with what is there before. Reads only.
    async fn plan(&self, change: &Change) -> Result<Plan>;

    /// Sends one step, once: over a client whose every retry is off. The only door through which anything changes.
    async fn perform(&self, sending: Sending) -> Outcome;

    /// Reads what became of a step that was sent: after every step to see its effect, and after a lost answer to find
    /// out. Never sends the step again.
    async fn check(&self, performed: &Performed) -> Result<Finding>;
}
