//! What must be asked before a change, with what is there now as presets. Reads only.

pub(crate) mod certificates;
mod objects;

pub(crate) use objects::brought;

use domain::{Ask, Question, Result, Target};

use crate::{
    Tenant,
    object::{Named, is_issuing},
};

/// The answer that says which version is disabled or enabled.
pub(crate) const VERSION: &str = "version";

/// The questions of a change.
pub(crate) async fn questions(tenant: &Tenant, ask: Ask, target: &Target) -> Result<Vec<Question>> {
    match target {
        Target::Vault(vault) if is_issuing(ask, None) => certificates::of_vault(tenant, ask, vault).await,
        Target::Vault(vault) => objects::of_vault(tenant, ask, vault).await,
        Target::Item(item) => {
            let named = Named::of(item)?;
            if is_issuing(ask, Some(named.object)) {
                certificates::of_item(tenant, ask, &named).await
            } else {
                objects::of_item(tenant, ask, &named).await
            }
        }
    }
}
