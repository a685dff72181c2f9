//! The export studio on the wire, and the clipboard.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::WireError;

/// A form that a consumer wants.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// The certificate chain as PEM, leaf first.
    CertChain,
    /// The certificate as DER.
    CertDer,
    /// The certificates in a PKCS#7 bundle without a signature, as PEM.
    CertP7b,
    /// The certificate as PEM.
    CertPem,
    /// The signing request as PEM.
    CsrPem,
    /// All fingerprints, one a line.
    Fingerprints,
    /// One JSON Web Key (RFC 7517) with its RFC 7638 thumbprint as `kid`.
    Jwk,
    /// A JSON Web Key Set of the chosen versions.
    Jwks,
    /// The line for `authorized_keys` or GitHub.
    Openssh,
    /// RSA only: `BEGIN RSA PUBLIC KEY`.
    Pkcs1Pem,
    /// The statement for Snowflake, with the expected fingerprint.
    Snowflake,
    /// SubjectPublicKeyInfo as DER.
    SpkiDer,
    /// SubjectPublicKeyInfo as PEM, wrapped at 64.
    SpkiPem,
}

impl Format {
    /// Every format, in the order of their names.
    pub const ALL: [Self; 13] = [
        Self::CertChain,
        Self::CertDer,
        Self::CertP7b,
        Self::CertPem,
        Self::CsrPem,
        Self::Fingerprints,
        Self::Jwk,
        Self::Jwks,
        Self::Openssh,
        Self::Pkcs1Pem,
        Self::Snowflake,
        Self::SpkiDer,
        Self::SpkiPem,
    ];

    /// Its name on the wire and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::CertChain => "cert-chain",
            Self::CertDer => "cert-der",
            Self::CertP7b => "cert-p7b",
            Self::CertPem => "cert-pem",
            Self::CsrPem => "csr-pem",
            Self::Fingerprints => "fingerprints",
            Self::Jwk => "jwk",
            Self::Jwks => "jwks",
            Self::Openssh => "openssh",
            Self::Pkcs1Pem => "pkcs1-pem",
            Self::Snowflake => "snowflake",
            Self::SpkiDer => "spki-der",
            Self::SpkiPem => "spki-pem",
        }
    }
}

/// A format as the studio offers it.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FormatRow {
    /// Which.
    pub format: Format,
    /// What a person reads.
    pub label: String,
    /// Who wants it.
    pub purpose: String,
    /// What it comes from: the facet `key` or `certificate`, or the signing `request` of a certificate that is being issued.
    pub facet: String,
}

/// Which of Snowflake's two key slots.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum SnowflakeSlot {
    /// `RSA_PUBLIC_KEY`.
    First,
    /// `RSA_PUBLIC_KEY_2`.
    Second,
}

/// Whom the Snowflake statement is for.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SnowflakeUser {
    /// The user's name as `DESC USER` shows it.
    pub user: String,
    /// Which slot to set.
    pub slot: SnowflakeSlot,
}

/// What to export.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExportRequest {
    /// The items, by reference or address.
    pub references: Vec<String>,
    /// The versions; the current one if empty. With several items only the current ones are taken.
    pub versions: Vec<String>,
    /// The form.
    pub format: Format,
    /// For [`Format::Openssh`]; the item's name if absent.
    pub comment: Option<String>,
    /// For [`Format::Snowflake`].
    pub snowflake: Option<SnowflakeUser>,
}

/// A file that a person chose.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChosenPath {
    /// Its path; `None` if the person cancelled.
    pub path: Option<String>,
}

/// Asks for an export to look at.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExportItems {
    /// What to export.
    pub request: ExportRequest,
}

/// Asks for an export on the clipboard.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CopyExport {
    /// What to export.
    pub request: ExportRequest,
}

/// Asks for an export as a file or several.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SaveExport {
    /// What to export.
    pub request: ExportRequest,
}

/// An export: files that were proven, and items that could not be exported.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Export {
    /// One file for each item and version, or one for all where the form joins them (JWKS).
    pub files: Vec<ExportFile>,
    /// Items that could not be exported, by reference.
    pub failed: Vec<(String, WireError)>,
}

/// One proven file.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExportFile {
    /// The item it came from; the first, where several were joined.
    pub reference: String,
    /// The version it came from.
    pub version: Option<String>,
    /// A file name that is safe on every system.
    pub file_name: String,
    /// The whole text; for binary forms, its base64.
    pub text: String,
    /// Whether `text` is base64 of the bytes.
    pub binary: bool,
    /// Which second parser read it back, for a person: "parsed back by AWS-LC: same RSA 2048 key".
    pub proof: String,
    /// The key's fingerprints, where the form holds one key.
    pub fingerprints: Option<Fingerprints>,
    /// What to check at the consumer afterwards, one line each: `DESC USER …`.
    pub checks: Vec<String>,
}

/// Every way consumers name a public key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Fingerprints {
    /// `SHA256:` and padded base64 of SHA-256 over the SPKI DER. Snowflake's `RSA_PUBLIC_KEY_FP`.
    pub spki_sha256: String,
    /// The same digest as lower-case hex.
    pub spki_sha256_hex: String,
    /// `SHA256:` and unpadded base64 of SHA-256 over the SSH wire form; absent where SSH has no such key.
    pub openssh_sha256: Option<String>,
    /// RFC 7638 thumbprint; absent where JWK has no such key.
    pub jwk_thumbprint: Option<String>,
}

/// Asks whether a pasted fingerprint is this key's.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CompareFingerprint {
    /// The item.
    pub reference: String,
    /// The version; the current one if absent.
    pub version: Option<String>,
    /// What was pasted, such as a cell of `DESC USER`.
    pub pasted: String,
}

/// The answer to a pasted fingerprint.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum FingerprintVerdict {
    /// It is the certificate's or key's fingerprint in some other form than SPKI SHA-256 or SSH.
    AnotherForm,
    /// It is this key's SPKI SHA-256.
    Match,
    /// It is a well-formed fingerprint of another key.
    Mismatch,
    /// It is no fingerprint.
    NotAFingerprint,
    /// It is this key's, but of the SSH form, which Snowflake never shows.
    SshFingerprint,
    /// It has the SSH form (no padding) and belongs to another key.
    SshFingerprintOfAnotherKey,
}

/// Where the files went.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Saved {
    /// The paths; empty if the person cancelled.
    pub paths: Vec<String>,
}

/// Puts public text on the clipboard.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CopyText {
    /// The text. Never secret: secrets are copied by reference.
    pub text: String,
}

/// Something was put on the clipboard.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClipboardDone {
    /// After how many seconds it will be cleared; absent for public text.
    pub clears_after: Option<u32>,
}

/// Asks for one secret value on screen.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RevealSecret {
    /// The item.
    pub reference: String,
    /// The version; the current one if absent.
    pub version: Option<String>,
}

/// Asks for one secret value on the clipboard.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CopySecret {
    /// The item.
    pub reference: String,
    /// The version; the current one if absent.
    pub version: Option<String>,
}

/// One secret value, the only answer that carries one. Wiped on drop; `Debug` hides it.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Revealed {
    /// The value as text; base64 where it is not UTF-8.
    pub value: String,
    /// Whether `value` is base64.
    pub binary: bool,
    /// For how many seconds the window may show it.
    pub seconds: u32,
}

impl fmt::Debug for Revealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Revealed(redacted)")
    }
}

impl Drop for Revealed {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_has_one_name_everywhere() {
        for format in Format::ALL {
            assert_eq!(serde_json::to_value(format).unwrap(), format.name());
        }
    }
}
