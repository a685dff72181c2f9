//! Sends the calls of certificates, issuers and contacts.

use domain::Outcome;

use super::{
    body::Prepared,
    outcome::{ended, made, not_here, nothing},
};
use crate::{client::Once, object::Object, operation::Operation, parameters::Parameters};

pub(super) async fn send(once: &Once, operation: Operation, sent: &Parameters, body: Prepared) -> Outcome {
    let (certificates, name) = (&once.clients.certificates, sent.name.as_str());
    let done = (once, operation.call());
    match operation {
        Operation::DeleteCertificate => ended(done, certificates.delete_certificate(name, None).await, nothing),
        Operation::PurgeCertificate => ended(done, certificates.purge_deleted_certificate(name, None).await, nothing),
        Operation::RecoverCertificate => {
            ended(done, certificates.recover_deleted_certificate(name, None).await, nothing)
        }
        Operation::RestoreCertificate => ended(
            done,
            certificates.restore_certificate(body.into(), None).await,
            made(Object::Certificate, &sent.vault),
        ),
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
        | Operation::UpdateSecret => not_here(operation),
    }
}
