//! Whom TLS trusts: the computer's own authorities, and a private one where it was given.

use domain::{Error, Kind, Result};
use tokio_rustls::rustls::pki_types::{CertificateDer, pem::PemObject};

/// The certificates of `authority`, which is PEM; none if there is none.
///
/// # Errors
/// `Invalid` if it holds no certificate, or one that cannot be read.
pub(crate) fn authorities(operation: &'static str, authority: Option<&[u8]>) -> Result<Vec<CertificateDer<'static>>> {
    let Some(pem) = authority else { return Ok(Vec::new()) };
    let read = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
    read.ok().filter(|certificates| !certificates.is_empty()).ok_or_else(|| unusable(operation))
}

/// The given authority is of no use.
pub(crate) fn unusable(operation: &'static str) -> Error {
    Error::new(Kind::Invalid, operation, "the certificate of the private authority cannot be used; nothing was sent")
        .with_next("Give the authority's certificate as PEM (-----BEGIN CERTIFICATE-----).")
}
