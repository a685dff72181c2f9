//! Signing requests (PKCS#10, RFC 2986): whose they are, for which names, and the key that signed them.

use const_oid::{AssociatedOid, db::rfc5912::ID_EXTENSION_REQ};
use der::Decode;
use domain::Result;
use x509_cert::{ext::Extension, ext::pkix::SubjectAltName, request::CertReq};

use super::{distinguished, encoded, invalid, names, signature, signed_bytes};
use crate::{PublicKey, pem::Document};

/// A signing request as read. Its texts come from whoever asked: untrusted.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct SigningRequest {
    /// RFC 4514 text.
    pub subject: String,
    /// The names that are asked for, as in [`Certificate::names`](super::Certificate::names).
    pub names: Vec<String>,
    /// How it was signed: `RSA with SHA-256`.
    pub signature_algorithm: String,
    /// The key that it is about, and that signed it.
    pub key: PublicKey,
    der: Vec<u8>,
}

/// The DER of a signing request. Its label is `CERTIFICATE REQUEST`.
pub(crate) struct RequestDer<'a>(&'a [u8]);

impl SigningRequest {
    /// Reads strict DER; bytes after it are refused.
    ///
    /// # Errors
    /// [`Kind::Invalid`](domain::Kind::Invalid) if the bytes are no signing request, the names in it do not parse, or its
    /// own key did not sign it: an authority would refuse it, too.
    pub fn parse(der: &[u8]) -> Result<Self> {
        let request = CertReq::from_der(der)
            .map_err(|error| invalid("the bytes are not a signing request (RFC 2986)").with_source(error))?;
        let key = PublicKey::from_spki_der(&encoded(&request.info.public_key)?)?;
        let signed = signed_bytes(der).unwrap_or_default();
        let signature = request.signature.as_bytes().unwrap_or_default();
        if !signature::verifies(&request.algorithm, &key, signed, signature) {
            return Err(invalid("the signing request is not signed by the key in it"));
        }
        Ok(Self {
            subject: distinguished::text(&request.info.subject),
            names: names_of(&request)?,
            signature_algorithm: signature::name(&request.algorithm),
            key,
            der: der.to_vec(),
        })
    }

    /// The exact bytes it was read from.
    pub fn der(&self) -> &[u8] {
        &self.der
    }
}

fn names_of(request: &CertReq) -> Result<Vec<String>> {
    let unreadable = |error: der::Error| invalid("the names it asks for do not parse").with_source(error);
    let mut found = Vec::new();
    let asked = request.info.attributes.iter().filter(|attribute| attribute.oid == ID_EXTENSION_REQ);
    for value in asked.flat_map(|attribute| attribute.values.iter()) {
        let extensions: Vec<Extension> = value.decode_as().map_err(unreadable)?;
        for extension in extensions.iter().filter(|extension| extension.extn_id == SubjectAltName::OID) {
            let names = SubjectAltName::from_der(extension.extn_value.as_bytes()).map_err(unreadable)?;
            found.extend(names.0.iter().map(names::text));
        }
    }
    Ok(found)
}

impl<'a> RequestDer<'a> {
    pub(crate) fn of(request: &'a SigningRequest) -> Self {
        Self(&request.der)
    }
}

impl Document for RequestDer<'_> {
    const LABEL: &'static str = "CERTIFICATE REQUEST";

    fn der(&self) -> &[u8] {
        self.0
    }
}
