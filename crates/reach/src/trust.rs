//! Whom TLS trusts: the computer's own authorities, and a private one where it was given.

use std::sync::Arc;

use domain::{Error, Kind, Result};
use rustls_platform_verifier::Verifier;
use tokio_rustls::rustls::{
    ClientConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject},
};

/// The certificates of `authority`, which is PEM; none if there is none.
///
/// # Errors
/// `Invalid` if it holds no certificate, or one that cannot be read.
pub(crate) fn authorities(operation: &'static str, authority: Option<&[u8]>) -> Result<Vec<CertificateDer<'static>>> {
    let Some(pem) = authority else { return Ok(Vec::new()) };
    let read = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
    read.ok().filter(|certificates| !certificates.is_empty()).ok_or_else(|| unusable(operation))
}

/// TLS that trusts the computer's authorities and `authority`, as reqwest sets it up for `tls_certs_merge`.
///
/// # Errors
/// `Invalid` as above, `Unexpected` if TLS cannot be set up.
pub(crate) fn config(operation: &'static str, authority: Option<&[u8]>) -> Result<ClientConfig> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let extra = authorities(operation, authority)?;
    let verifier = Verifier::new_with_extra_roots(extra, Arc::clone(&provider)).map_err(|_| unusable(operation))?;
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder
        .map_err(|cause| Error::new(Kind::Unexpected, operation, "TLS could not be set up").with_source(cause))?;
    // The word is the library's for any verifier that is not built in; this one checks as the system does.
    Ok(builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth())
}

/// The given authority is of no use.
pub(crate) fn unusable(operation: &'static str) -> Error {
    Error::new(Kind::Invalid, operation, "the certificate of the private authority cannot be used; nothing was sent")
        .with_next("Give the authority's certificate as PEM (-----BEGIN CERTIFICATE-----).")
}
