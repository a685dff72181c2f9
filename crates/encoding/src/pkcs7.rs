//! PKCS#7 (CMS, RFC 5652, 5.1) as a bag of certificates: SignedData that signs nothing, what files named `.p7b` hold.

use cms::content_info::ContentInfo;
use der::{Decode, Encode};
use domain::{Error, Kind, Result};

use crate::{pem::Document, x509::Certificate};

/// The DER of a ContentInfo with nothing but certificates in it.
pub(crate) struct CertificatesOnly(Vec<u8>);

impl CertificatesOnly {
    /// Puts certificates into a bag, none of them twice. DER sorts them: a bag keeps no order.
    pub(crate) fn of(certificates: &[Certificate]) -> Result<Self> {
        let unexpected = |error: der::Error| {
            Error::new(Kind::Unexpected, "write PKCS#7", "DER refused the certificates").with_source(error)
        };
        let parsed: Vec<x509_cert::Certificate> = certificates
            .iter()
            .map(|certificate| x509_cert::Certificate::from_der(certificate.der()))
            .collect::<der::Result<_>>()
            .map_err(unexpected)?;
        ContentInfo::try_from(parsed).and_then(|content| content.to_der()).map(Self).map_err(unexpected)
    }
}

impl Document for CertificatesOnly {
    const LABEL: &'static str = "PKCS7";

    fn der(&self) -> &[u8] {
        &self.0
    }
}
