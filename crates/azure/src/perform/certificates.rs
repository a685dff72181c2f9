//! Sends the calls of certificates, issuers and contacts.

use azure_core::error::ErrorKind;
use azure_security_keyvault_certificates::models::CertificateClientUpdateCertificatePropertiesOptions;
use base64ct::{Base64, Encoding};
use domain::{Outcome, Result, Secret, Sending};
use futures::StreamExt;
use zeroize::Zeroizing;

use super::{
    body::{self, Prepared, json_text, plain, spliced},
    outcome::{Results, ended, made, not_here, nothing, results},
};
use crate::{client::Once, object::Object, operation::Operation, parameters::Parameters};

/// The name of the secret answer that holds a certificate with its private key.
pub(crate) const FILE: &str = "file";
/// The name of the secret answer that opens that file.
pub(crate) const PASSWORD: &str = "password";
/// The name of the secret answer by which Key Vault signs in at an issuer.
pub(crate) const CREDENTIAL: &str = "credential";

/// The body of an import: the file as Key Vault takes it, PEM with PKCS#8 or PFX in base64, and its password.
pub(super) fn imported(sent: &Parameters, sending: &Sending) -> Result<Prepared> {
    let file = body::secret(sending, FILE)?;
    let is_pem = file.expose_text().is_some_and(|text| text.contains("-----BEGIN "));
    let value = if is_pem {
        let held = encoding::key_pem::read(file.expose_text().unwrap_or_default())?;
        json_text(&encoding::key_pem::write(&held))?
    } else {
        let text = Zeroizing::new(Base64::encode_string(file.expose()));
        json_text(&Secret::new(text.as_bytes().to_vec()))?
    };
    match sending.secret(PASSWORD).filter(|password| !is_pem && !password.expose().is_empty()) {
        Some(password) => spliced(sent, [("value", value), ("pwd", json_text(password)?)]),
        None => spliced(sent, [("value", value)]),
    }
}

/// The body of an issuer, with the password of the account there.
pub(super) fn with_credentials(sent: &mut Parameters, sending: &Sending) -> Result<Prepared> {
    let Some(password) = sending.secret(CREDENTIAL).filter(|password| !password.expose().is_empty()) else {
        return plain(sent);
    };
    let mut shown = sent.body.remove("credentials").and_then(|shown| shown.as_object().cloned()).unwrap_or_default();
    let mut credentials = Zeroizing::new(Vec::new());
    let account = shown.remove("account_id").unwrap_or_default();
    credentials.extend_from_slice(format!("{{\"account_id\":{account},\"pwd\":").as_bytes());
    credentials.extend_from_slice(&json_text(password)?);
    credentials.push(b'}');
    spliced(sent, [("credentials", credentials)])
}

/// A certificate whose issuing has begun has no version yet.
fn begun_of(sent: &Parameters) -> impl FnOnce(&[u8]) -> Option<Results> {
    let item = Object::Certificate.item(&sent.vault, &sent.name);
    move |_| Some(results(&item, None))
}

#[expect(clippy::too_many_lines, reason = "a table of all calls")]
pub(super) async fn send(once: &Once, operation: Operation, sent: &Parameters, body: Prepared) -> Outcome {
    let (certificates, name) = (&once.clients.certificates, sent.name.as_str());
    let done = (once, operation.call());
    match operation {
        Operation::CreateCertificate => {
            // The crate's poller: its first step is the call, and no second one is taken.
            let begun = match certificates.begin_create_certificate(name, body.into(), None) {
                Ok(mut poller) => poller.next().await,
                Err(failure) => Some(Err(failure)),
            };
            let none = || Err(azure_core::Error::with_message(ErrorKind::Other, "there was no answer"));
            ended(done, begun.unwrap_or_else(none), begun_of(sent))
        }
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
