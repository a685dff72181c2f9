//! What is sent for certificates and issuers, where it is more than what was planned.

use azure_core::error::ErrorKind;
use base64ct::{Base64, Encoding};
use domain::{Outcome, Result, Secret, Sending};
use encoding::{key_pem, pem};
use futures::StreamExt;
use zeroize::Zeroizing;

use super::{
    body::{self, Prepared, json_text, plain, spliced},
    outcome::{ended, results},
};
use crate::{client::Once, error::Call, object::Object, parameters::Parameters};

/// The name of the secret answer that holds a certificate with its private key.
pub(crate) const FILE: &str = "file";
/// The name of the secret answer that opens that file.
pub(crate) const PASSWORD: &str = "password";
/// The name of the secret answer by which Key Vault signs in at an issuer.
pub(crate) const CREDENTIAL: &str = "credential";

/// The body of an import: the file as Key Vault takes it, PEM with PKCS#8 or PFX in base64, and its password.
pub(super) fn imported(sent: &Parameters, sending: &Sending) -> Result<Prepared> {
    let file = body::secret(sending, FILE)?;
    let pem = pem::text_of(file.expose());
    let value = match pem {
        Some(text) => json_text(&key_pem::write(&key_pem::read(text)?)?)?,
        None => json_text(&Secret::from_text(Base64::encode_string(file.expose())))?,
    };
    match sending.secret(PASSWORD).filter(|password| pem.is_none() && !password.expose().is_empty()) {
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

/// Begins to issue a certificate, which has no version yet.
pub(super) async fn begin(done: (&Once, Call), sent: &Parameters, body: Prepared) -> Outcome {
    // The crate's poller: its first step is the call, and no second one is taken.
    let begun = match done.0.clients.certificates.begin_create_certificate(&sent.name, body.into(), None) {
        Ok(mut poller) => poller.next().await,
        Err(failure) => Some(Err(failure)),
    };
    let none = || Err(azure_core::Error::with_message(ErrorKind::Other, "there was no answer"));
    let item = Object::Certificate.item(&sent.vault, &sent.name);
    ended(done, begun.unwrap_or_else(none), move |_| Some(results(&item, None)))
}
