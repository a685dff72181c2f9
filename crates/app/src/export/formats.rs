//! The formats as the studio offers them: what they are called, who wants them, and which file name they end in.

use contract::{Format, FormatRow};

/// The order in which they are offered: the most wanted first.
const OFFERED: [Format; 13] = [
    Format::SpkiPem,
    Format::Snowflake,
    Format::Openssh,
    Format::Jwk,
    Format::Jwks,
    Format::SpkiDer,
    Format::Pkcs1Pem,
    Format::Fingerprints,
    Format::CertPem,
    Format::CertChain,
    Format::CertDer,
    Format::CertP7b,
    Format::CsrPem,
];

/// The formats in the order they are offered.
pub(crate) fn format_rows() -> Vec<FormatRow> {
    OFFERED
        .into_iter()
        .map(|format| FormatRow {
            format,
            label: label(format).to_owned(),
            purpose: purpose(format).to_owned(),
            facet: match origin(format) {
                Origin::Certificate => "certificate",
                Origin::Key => "key",
                Origin::Request => "request",
            }
            .to_owned(),
        })
        .collect()
}

/// What of an item a form is made from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Origin {
    Certificate,
    Key,
    /// The signing request that waits for its answer.
    Request,
}

/// What it is made from.
pub(super) fn origin(format: Format) -> Origin {
    match format {
        Format::CertChain | Format::CertDer | Format::CertP7b | Format::CertPem => Origin::Certificate,
        Format::CsrPem => Origin::Request,
        Format::Fingerprints
        | Format::Jwk
        | Format::Jwks
        | Format::Openssh
        | Format::Pkcs1Pem
        | Format::Snowflake
        | Format::SpkiDer
        | Format::SpkiPem => Origin::Key,
    }
}

/// What the file's name ends in.
pub(super) fn extension(format: Format) -> &'static str {
    match format {
        Format::CertChain => "chain.pem",
        Format::CertDer => "cer",
        Format::CertP7b => "p7b",
        Format::CertPem => "crt",
        Format::CsrPem => "csr",
        Format::Fingerprints => "fingerprints.txt",
        Format::Jwk => "jwk.json",
        Format::Jwks => "jwks.json",
        Format::Openssh => "pub",
        Format::Pkcs1Pem => "pkcs1.pem",
        Format::Snowflake => "sql",
        Format::SpkiDer => "der",
        Format::SpkiPem => "pem",
    }
}

fn label(format: Format) -> &'static str {
    match format {
        Format::CertChain => "Certificate chain, PEM",
        Format::CertDer => "Certificate, DER",
        Format::CertP7b => "Certificate chain, PKCS#7",
        Format::CertPem => "Certificate, PEM",
        Format::CsrPem => "Signing request, PEM",
        Format::Fingerprints => "Fingerprints",
        Format::Jwk => "JSON Web Key",
        Format::Jwks => "JSON Web Key Set",
        Format::Openssh => "OpenSSH line",
        Format::Pkcs1Pem => "PKCS#1 PEM",
        Format::Snowflake => "Snowflake statement",
        Format::SpkiDer => "SPKI DER",
        Format::SpkiPem => "SPKI PEM",
    }
}

fn purpose(format: Format) -> &'static str {
    match format {
        Format::CertChain => "Servers and clients that verify up to an issuer",
        Format::CertDer => "Java keystores, Windows, appliances",
        Format::CertP7b => "Windows, IIS and Tomcat, which import a .p7b",
        Format::CertPem => "Entra app registrations, OpenSSL, most servers",
        Format::CsrPem => "The authority that signs the certificate",
        Format::Fingerprints => "To read out or to compare",
        Format::Jwk => "One key for JOSE libraries",
        Format::Jwks => "OIDC clients and gateways; all versions while rotating",
        Format::Openssh => "GitHub, GitLab, authorized_keys",
        Format::Pkcs1Pem => "Older RSA libraries that ask for RSA PUBLIC KEY",
        Format::Snowflake => "ALTER USER with the body and the expected fingerprint",
        Format::SpkiDer => "Java, .NET and other libraries that take bytes",
        Format::SpkiPem => "OpenSSL, cloud consoles, most tools",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_offered_once_and_its_facet_fits_its_name() {
        for format in Format::ALL {
            assert_eq!(OFFERED.iter().filter(|offered| **offered == format).count(), 1, "{}", format.name());
            let is_certificate = origin(format) == Origin::Certificate;
            assert_eq!(is_certificate, format.name().starts_with("cert-"), "{}", format.name());
        }
    }

    #[test]
    fn no_two_formats_of_one_item_share_a_file_name() {
        let mut extensions: Vec<_> = Format::ALL.into_iter().map(extension).collect();
        extensions.sort_unstable();
        extensions.dedup();
        assert_eq!(extensions.len(), Format::ALL.len());
    }
}
