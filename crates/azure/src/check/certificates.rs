//! What became of a change of a certificate, an issuer or the contacts.

use domain::{Finding, Performed, Result};

use super::{deletion, strange};
use crate::{
    Tenant,
    object::{Named, Object},
    operation::Operation,
    parameters::Parameters,
};

pub(super) async fn check(
    tenant: &Tenant,
    operation: Operation,
    performed: &Performed,
    sent: &Parameters,
) -> Result<Finding> {
    let of = Named { vault: sent.vault.clone(), object: Object::Certificate, name: sent.name.clone() };
    match operation {
        Operation::DeleteCertificate => deletion::deleted(tenant, performed, &of).await,
        Operation::PurgeCertificate => deletion::purged(tenant, performed, &of).await,
        Operation::RecoverCertificate => deletion::recovered(tenant, performed, &of).await,
        Operation::RestoreCertificate => deletion::restored(tenant, performed, sent).await,
        Operation::CreateKey
        | Operation::DeleteKey
        | Operation::DeleteSecret
        | Operation::ImportKey
        | Operation::PurgeKey
        | Operation::PurgeSecret
        | Operation::RecoverKey
        | Operation::RecoverSecret
        | Operation::RestoreKey
        | Operation::RestoreSecret
        | Operation::RotateKey
        | Operation::SetSecret
        | Operation::UpdateKey
        | Operation::UpdateRotationPolicy
        | Operation::UpdateSecret => Ok(strange()),
    }
}
