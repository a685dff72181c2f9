//! Plans for certificates, issuers and contacts.

mod around;
mod bring;
mod issue;
mod rules;

use domain::{Ask, Plan, Result};
pub(crate) use rules::within;

use super::{Draft, not_offered};
use crate::object::Named;

/// What is made or set in a vault.
pub(super) async fn of_vault(draft: Draft<'_>) -> Result<Plan> {
    super::allow(draft.tenant, draft.change.ask, draft.vault)?;
    match draft.change.ask {
        Ask::CreateCertificate => issue::create(draft).await,
        Ask::DeleteIssuer => around::delete_issuer(draft).await,
        Ask::ImportCertificate => bring::import(draft).await,
        Ask::SetContacts => around::contacts(draft).await,
        Ask::SetIssuer => around::issuer(draft).await,
        _ => Err(not_offered("That is no change of certificates.")),
    }
}

/// How a certificate comes about and by which rules.
pub(super) async fn of_item(draft: Draft<'_>, certificate: &Named) -> Result<Plan> {
    match draft.change.ask {
        Ask::CancelIssuance => issue::cancel(draft, certificate).await,
        Ask::ChangeCertificatePolicy => rules::change(draft, certificate).await,
        Ask::MergeCertificate => bring::merge(draft, certificate).await,
        Ask::Rotate => issue::renew(draft, certificate).await,
        _ => Err(not_offered("That is no change of a certificate.")),
    }
}
