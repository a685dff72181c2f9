//! Questions about certificates, issuers and contacts.

use domain::{Ask, Question, Result, VaultId};

use crate::{Tenant, object::Named};

/// Before something is made or set in a vault.
pub(super) async fn of_vault(_tenant: &Tenant, _ask: Ask, _vault: &VaultId) -> Result<Vec<Question>> {
    Ok(Vec::new())
}

/// Before something is done to a certificate.
pub(super) async fn of_item(_tenant: &Tenant, _ask: Ask, _certificate: &Named) -> Result<Vec<Question>> {
    Ok(Vec::new())
}
