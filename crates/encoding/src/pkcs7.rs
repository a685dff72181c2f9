//! PKCS#7 (CMS, RFC 5652, 5.1) as a bag of certificates: SignedData that signs nothing, what files named `.p7b` hold.

use cms::{cert::CertificateChoices, content_info::ContentInfo, signed_data::SignedData};
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

/// The certificates in a SignedData, in its order; whoever signed it, and what, is of no matter. `None` if it is none, or holds
/// anything that is no X.509 certificate.
pub(crate) fn certificates(der: &[u8]) -> Option<Vec<Vec<u8>>> {
    let content = ContentInfo::from_der(der).ok()?.content.to_der().ok()?;
    let held = SignedData::from_der(&content).ok()?.certificates?;
    let ders = held.0.iter().map(|choice| match choice {
        CertificateChoices::Certificate(certificate) => certificate.to_der().ok(),
        CertificateChoices::Other(_) => None,
    });
    ders.collect()
}

impl Document for CertificatesOnly {
    const LABEL: &'static str = "PKCS7";

    fn der(&self) -> &[u8] {
        &self.0
    }
}
