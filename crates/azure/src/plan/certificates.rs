//! Plans for certificates, issuers and contacts.

use domain::{Plan, Result};

use super::{Draft, not_offered};
use crate::object::Named;

/// What is made or set in a vault.
pub(super) async fn of_vault(_draft: Draft<'_>) -> Result<Plan> {
    Err(not_offered("Certificates cannot be made or brought in with this version yet."))
}

/// What is done to a certificate, but for its deletion.
pub(super) async fn of_item(_draft: Draft<'_>, certificate: &Named) -> Result<Plan> {
    Err(not_offered(format!("{certificate} cannot be changed with this version yet.")))
}
