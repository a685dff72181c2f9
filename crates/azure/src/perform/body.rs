//! The body of a call: the very JSON that the plan shows, with the secret answers put in, in buffers that are wiped.

use azure_core::{
    Bytes,
    http::{Format, RequestContent},
};
use base64ct::{Base64UrlUnpadded, Encoding};
use domain::{Error, Kind, Result, Secret, Sending};
use zeroize::Zeroizing;

use crate::parameters::Parameters;

const SEND: &str = "carry out the step";

/// A body that is ready to be sent. The last one who holds it wipes it.
pub(crate) struct Prepared(Zeroizing<Vec<u8>>);

impl<T, F: Format> From<Prepared> for RequestContent<T, F> {
    fn from(body: Prepared) -> Self {
        Bytes::from_owner(body.0).into()
    }
}

/// The body as the plan shows it.
///
/// # Errors
/// `Unexpected` if it has no JSON form, which a plan always has.
pub(crate) fn plain(sent: &Parameters) -> Result<Prepared> {
    spliced(sent, [])
}

/// The body as the plan shows it, with members whose JSON is secret.
///
/// # Errors
/// `Unexpected` if it has no JSON form, which a plan always has.
pub(crate) fn spliced<const N: usize>(sent: &Parameters, secrets: [(&str, Zeroizing<Vec<u8>>); N]) -> Result<Prepared> {
    let shown = serde_json::to_vec(&sent.body)
        .map_err(|cause| Error::new(Kind::Unexpected, SEND, "the step has no JSON form").with_source(cause))?;
    let more: usize = secrets.iter().map(|(name, json)| name.len() + json.len() + 4).sum();
    // Never grown, since that would leave a copy behind.
    let mut body = Zeroizing::new(Vec::with_capacity(shown.len() + more));
    body.extend_from_slice(shown.strip_suffix(b"}").unwrap_or(&shown));
    for (name, json) in secrets {
        if body.len() > 1 {
            body.push(b',');
        }
        body.push(b'"');
        body.extend_from_slice(name.as_bytes());
        body.extend_from_slice(b"\":");
        body.extend_from_slice(&json);
    }
    body.push(b'}');
    Ok(Prepared(body))
}

/// A secret answer of the step.
///
/// # Errors
/// `Unexpected` if it is not known any more; an order holds the right to send only with its secrets.
pub(crate) fn secret<'a>(sending: &'a Sending, name: &str) -> Result<&'a Secret> {
    sending.secret(name).ok_or_else(|| {
        Error::new(Kind::Unexpected, SEND, format!("the secret answer \"{name}\" is not known any more"))
            .with_refused_by("this app")
            .with_next("Nothing was sent. Plan the change anew.")
    })
}

/// A secret text as JSON.
///
/// # Errors
/// `Invalid` for what is no text.
pub(crate) fn json_text(secret: &Secret) -> Result<Zeroizing<Vec<u8>>> {
    let text = secret.expose_text().ok_or_else(|| {
        Error::new(Kind::Invalid, SEND, "Key Vault keeps texts, and the value is none")
            .with_refused_by("this app")
            .with_next("Nothing was sent. Encode the value, such as in base64, and plan the change anew.")
    })?;
    // A character becomes six at most: \u001f.
    let mut json = Zeroizing::new(Vec::with_capacity(6 * text.len() + 2));
    serde_json::to_writer(&mut *json, text)
        .map_err(|_| Error::new(Kind::Unexpected, SEND, "the value has no JSON form"))?;
    Ok(json)
}

/// A saved copy as JSON: in base64url as Key Vault hands it out and takes it back, or as `az` saves it, decoded.
pub(crate) fn backup(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let text = bytes.trim_ascii();
    let written = text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte));
    let encoded = match std::str::from_utf8(text) {
        Ok(text) if written => Zeroizing::new(text.to_owned()),
        Ok(_) | Err(_) => Zeroizing::new(Base64UrlUnpadded::encode_string(bytes)),
    };
    let mut json = Zeroizing::new(Vec::with_capacity(encoded.len() + 2));
    json.push(b'"');
    json.extend_from_slice(encoded.as_bytes());
    json.push(b'"');
    json
}
