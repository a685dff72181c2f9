//! Plans for keys and secrets, and for whatever is deleted, recovered, purged or restored.

use domain::{Plan, Result};

use super::{Draft, not_offered};
use crate::object::Named;

/// What is made in a vault.
pub(super) async fn of_vault(_draft: Draft<'_>) -> Result<Plan> {
    Err(not_offered("This cannot be made with this version yet."))
}

/// What is done to an object.
pub(super) async fn of_item(_draft: Draft<'_>, object: &Named) -> Result<Plan> {
    Err(not_offered(format!("{object} cannot be changed with this version yet.")))
}
