//! Questions about keys and secrets, and about whatever is deleted, recovered, purged or restored.

use domain::{Ask, Question, Result, VaultId};

use crate::{Tenant, object::Named};

/// Before something is made or set in a vault.
pub(super) async fn of_vault(_tenant: &Tenant, _ask: Ask, _vault: &VaultId) -> Result<Vec<Question>> {
    Ok(Vec::new())
}

/// Before something is done to an object.
pub(super) async fn of_item(_tenant: &Tenant, _ask: Ask, _object: &Named) -> Result<Vec<Question>> {
    Ok(Vec::new())
}
