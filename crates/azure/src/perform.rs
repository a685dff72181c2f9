//! Sends one step, once. The only room in which a call that changes something is made.

pub(crate) mod body;
pub(crate) mod certificates;
pub(crate) mod outcome;

use azure_security_keyvault_certificates::models::CertificateClientUpdateCertificatePropertiesOptions;
use azure_security_keyvault_keys::models::KeyClientUpdateKeyPropertiesOptions;
use azure_security_keyvault_secrets::models::SecretClientUpdateSecretPropertiesOptions;
use domain::{Outcome, Result, Sending};

use crate::{
    Tenant,
    byok::Transfer,
    client::{Clients, Once},
    material::Material,
    object::Object,
    operation::Operation,
    parameters::Parameters,
    plan::fits,
};
use body::{Prepared, backup, json_text, plain, spliced};
use outcome::{ended, made, nothing};

/// The name of the secret answer that a secret is made of.
pub(crate) const VALUE: &str = "value";
/// The name of the secret answer that holds a private key.
pub(crate) const KEY: &str = "key";
/// The name of the secret answer that holds a saved copy.
pub(crate) const BACKUP: &str = "backup";

/// Sends the step over clients whose every retry is off.
pub(crate) async fn perform(tenant: &Tenant, sending: Sending) -> Outcome {
    match prepared(tenant, &sending) {
        Ok((operation, sent, body, once)) => send(&once, operation, &sent, body).await,
        // Nothing has been sent yet.
        Err(error) => Outcome::Refused(error),
    }
}

fn prepared(tenant: &Tenant, sending: &Sending) -> Result<(Operation, Parameters, Prepared, Once)> {
    let (operation, mut sent) = (Operation::of(sending.step())?, Parameters::of(sending.step())?);
    let body = match operation {
        Operation::CreateCertificate
        | Operation::CreateKey
        | Operation::DeleteCertificate
        | Operation::DeleteIssuer
        | Operation::DeleteKey
        | Operation::DeleteSecret
        | Operation::MergeCertificate
        | Operation::PurgeCertificate
        | Operation::PurgeKey
        | Operation::PurgeSecret
        | Operation::RecoverCertificate
        | Operation::RecoverKey
        | Operation::RecoverSecret
        | Operation::RotateKey
        | Operation::SetContacts
        | Operation::UpdateCertificate
        | Operation::UpdateCertificatePolicy
        | Operation::UpdateIssuance
        | Operation::UpdateKey
        | Operation::UpdateRotationPolicy
        | Operation::UpdateSecret => plain(&sent)?,
        Operation::ImportCertificate => certificates::imported(&sent, sending)?,
        Operation::ImportKey => {
            let shown = sent.body.remove("key").and_then(|key| key.as_object().cloned()).unwrap_or_default();
            let file = body::secret(sending, KEY)?;
            let jwk = match Transfer::of(file, &sent.vault)? {
                Some(transfer) => transfer.jwk(&shown, file)?,
                None => Material::read(file)?.jwk(&shown)?,
            };
            spliced(&sent, [("key", jwk)])?
        }
        Operation::RestoreCertificate | Operation::RestoreKey | Operation::RestoreSecret => {
            spliced(&sent, [("value", backup(body::secret(sending, BACKUP)?.expose()))])?
        }
        Operation::SetIssuer => certificates::with_credentials(&mut sent, sending)?,
        Operation::SetSecret => {
            let value = body::secret(sending, VALUE)?;
            fits(Some(value))?;
            spliced(&sent, [("value", json_text(value)?)])?
        }
    };
    let once = tenant.client.once(&sent.vault)?;
    Ok((operation, sent, body, once))
}

#[expect(clippy::too_many_lines, reason = "a table of all calls")]
async fn send(once: &Once, operation: Operation, sent: &Parameters, body: Prepared) -> Outcome {
    let Clients { certificates, keys, secrets } = &once.clients;
    let (name, done) = (sent.name.as_str(), (once, operation.call()));
    match operation {
        Operation::CreateCertificate => certificates::begin(done, sent, body).await,
        Operation::DeleteIssuer => ended(done, certificates.delete_issuer(name, None).await, nothing),
        Operation::ImportCertificate => ended(
            done,
            certificates.import_certificate(name, body.into(), None).await,
            made(Object::Certificate, &sent.vault),
        ),
        Operation::MergeCertificate => ended(
            done,
            certificates.merge_certificate(name, body.into(), None).await,
            made(Object::Certificate, &sent.vault),
        ),
        Operation::SetContacts => ended(done, certificates.set_contacts(body.into(), None).await, nothing),
        Operation::SetIssuer => ended(done, certificates.set_issuer(name, body.into(), None).await, nothing),
        Operation::UpdateCertificate => {
            let options = CertificateClientUpdateCertificatePropertiesOptions {
                certificate_version: sent.version.clone(),
                ..Default::default()
            };
            ended(done, certificates.update_certificate_properties(name, body.into(), Some(options)).await, nothing)
        }
        Operation::UpdateCertificatePolicy => {
            ended(done, certificates.update_certificate_policy(name, body.into(), None).await, nothing)
        }
        Operation::UpdateIssuance => {
            ended(done, certificates.update_certificate_operation(name, body.into(), None).await, nothing)
        }
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
        Operation::CreateKey => {
            ended(done, keys.create_key(name, body.into(), None).await, made(Object::Key, &sent.vault))
        }
        Operation::DeleteKey => ended(done, keys.delete_key(name, None).await, nothing),
        Operation::DeleteSecret => ended(done, secrets.delete_secret(name, None).await, nothing),
        Operation::ImportKey => {
            ended(done, keys.import_key(name, body.into(), None).await, made(Object::Key, &sent.vault))
        }
        Operation::PurgeKey => ended(done, keys.purge_deleted_key(name, None).await, nothing),
        Operation::PurgeSecret => ended(done, secrets.purge_deleted_secret(name, None).await, nothing),
        Operation::RecoverKey => ended(done, keys.recover_deleted_key(name, None).await, nothing),
        Operation::RecoverSecret => ended(done, secrets.recover_deleted_secret(name, None).await, nothing),
        Operation::RestoreKey => ended(done, keys.restore_key(body.into(), None).await, made(Object::Key, &sent.vault)),
        Operation::RestoreSecret => {
            ended(done, secrets.restore_secret(body.into(), None).await, made(Object::Secret, &sent.vault))
        }
        Operation::RotateKey => ended(done, keys.rotate_key(name, None).await, made(Object::Key, &sent.vault)),
        Operation::SetSecret => {
            ended(done, secrets.set_secret(name, body.into(), None).await, made(Object::Secret, &sent.vault))
        }
        Operation::UpdateKey => {
            let options =
                KeyClientUpdateKeyPropertiesOptions { key_version: sent.version.clone(), ..Default::default() };
            ended(done, keys.update_key_properties(name, body.into(), Some(options)).await, nothing)
        }
        Operation::UpdateRotationPolicy => {
            ended(done, keys.update_key_rotation_policy(name, body.into(), None).await, nothing)
        }
        Operation::UpdateSecret => {
            let options = SecretClientUpdateSecretPropertiesOptions {
                secret_version: sent.version.clone(),
                ..Default::default()
            };
            ended(done, secrets.update_secret_properties(name, body.into(), Some(options)).await, nothing)
        }
    }
}
