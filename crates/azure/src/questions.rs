//! What must be asked before a change, with what is there now as presets. Reads only.

mod certificates;
mod objects;

use domain::{Ask, Question, Result, Target};

use crate::{
    Tenant,
    object::{Named, Object},
};

/// The questions of a change.
pub(crate) async fn questions(tenant: &Tenant, ask: Ask, target: &Target) -> Result<Vec<Question>> {
    match (target, ask) {
        (
            Target::Vault(vault),
            Ask::CreateCertificate | Ask::DeleteIssuer | Ask::ImportCertificate | Ask::SetContacts | Ask::SetIssuer,
        ) => certificates::of_vault(tenant, ask, vault).await,
        (Target::Vault(vault), _) => objects::of_vault(tenant, ask, vault).await,
        (Target::Item(item), ask) => {
            let named = Named::of(item)?;
            let own =
                matches!(ask, Ask::CancelIssuance | Ask::ChangeCertificatePolicy | Ask::MergeCertificate | Ask::Rotate);
            if named.object == Object::Certificate && own {
                certificates::of_item(tenant, ask, &named).await
            } else {
                objects::of_item(tenant, ask, &named).await
            }
        }
    }
}
