//! Key usage and extended key usage (RFC 5280, 4.2.1.3 and 4.2.1.12) in words.

use der::asn1::ObjectIdentifier;
use domain::Result;
use x509_cert::{
    TbsCertificate,
    ext::pkix::{ExtendedKeyUsage, KeyUsage, KeyUsages},
};

use super::extension;

const KEY_USAGES: [(KeyUsages, &str); 9] = [
    (KeyUsages::DigitalSignature, "digital signature"),
    (KeyUsages::NonRepudiation, "non-repudiation"),
    (KeyUsages::KeyEncipherment, "key encipherment"),
    (KeyUsages::DataEncipherment, "data encipherment"),
    (KeyUsages::KeyAgreement, "key agreement"),
    (KeyUsages::KeyCertSign, "certificate signing"),
    (KeyUsages::CRLSign, "CRL signing"),
    (KeyUsages::EncipherOnly, "encipher only"),
    (KeyUsages::DecipherOnly, "decipher only"),
];

const EXTENDED: [(&str, &str); 7] = [
    ("1.3.6.1.5.5.7.3.1", "TLS server"),
    ("1.3.6.1.5.5.7.3.2", "TLS client"),
    ("1.3.6.1.5.5.7.3.3", "code signing"),
    ("1.3.6.1.5.5.7.3.4", "e-mail protection"),
    ("1.3.6.1.5.5.7.3.8", "time stamping"),
    ("1.3.6.1.5.5.7.3.9", "OCSP signing"),
    ("2.5.29.37.0", "any purpose"),
];

/// The usages of a certificate: what the key may do, then what the certificate is for.
pub(super) fn of(tbs: &TbsCertificate) -> Result<Vec<String>> {
    let mut words = Vec::new();
    if let Some(usage) = extension::<KeyUsage>(tbs, "key usage")? {
        words.extend(KEY_USAGES.iter().filter(|(flag, _)| usage.0.contains(*flag)).map(|(_, word)| (*word).to_owned()));
    }
    if let Some(usage) = extension::<ExtendedKeyUsage>(tbs, "extended key usage")? {
        words.extend(usage.0.iter().map(extended));
    }
    Ok(words)
}

fn extended(oid: &ObjectIdentifier) -> String {
    let dotted = oid.to_string();
    EXTENDED.iter().find(|(number, _)| *number == dotted).map_or(dotted, |(_, word)| (*word).to_owned())
}
