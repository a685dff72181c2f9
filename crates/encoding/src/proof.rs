//! What leaves the app, and the proof that it is right. There is no way to a [`Proven`] around its proof.

use domain::{Algorithm, Error, Kind, Result};

use crate::{
    PublicKey,
    second::{
        aws_lc::{self, Reading},
        der,
    },
};

const PROVE: &str = "prove an export";

/// An export that was parsed back by a second, independent parser and found to be the same.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Proven {
    content: Content,
    proof: String,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Content {
    Binary(Vec<u8>),
    Text(String),
}

impl Proven {
    /// The bytes to write to a file.
    pub fn bytes(&self) -> &[u8] {
        match &self.content {
            Content::Binary(bytes) => bytes,
            Content::Text(text) => text.as_bytes(),
        }
    }

    /// The text, if the form is one.
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Binary(_) => None,
            Content::Text(text) => Some(text),
        }
    }

    /// Who read it back and what was found: "Parsed back by AWS-LC: the same RSA 2048 key".
    pub fn proof(&self) -> &str {
        &self.proof
    }

    /// Takes `bytes` only if `read_back` proves these very bytes.
    pub(crate) fn binary(bytes: Vec<u8>, read_back: impl FnOnce(&[u8]) -> Result<String>) -> Result<Self> {
        let proof = read_back(&bytes)?;
        Ok(Self { content: Content::Binary(bytes), proof })
    }

    /// Takes `text` only if `read_back` proves this very text.
    pub(crate) fn lines(text: String, read_back: impl FnOnce(&str) -> Result<String>) -> Result<Self> {
        let proof = read_back(&text)?;
        Ok(Self { content: Content::Text(text), proof })
    }
}

/// Compares what the second parser read from a form with the key that the form was made from.
///
/// # Errors
/// [`Kind::Invalid`] if AWS-LC does not take the key at all; [`Kind::Unexpected`] if the form holds another key.
pub(crate) fn same_key(key: &PublicKey, read: Option<Reading>) -> Result<String> {
    match read {
        Some(reading) if reading.spki == key.spki_der() && reading.algorithm == key.algorithm() => {
            Ok(format!("Parsed back by AWS-LC: the same {} key", key.algorithm()))
        }
        None if aws_lc::spki(key.spki_der()).is_none() => Err(Error::new(
            Kind::Invalid,
            PROVE,
            format!("AWS-LC, the second parser, does not take this {} key", key.algorithm()),
        )
        .with_next("Check where it comes from: its point may be off the curve, or its numbers unusable.")),
        Some(_) | None => Err(mismatch()),
    }
}

/// Compares a SubjectPublicKeyInfo read from a form. A kind of key that AWS-LC does not know is compared byte for byte
/// along a path of its own.
///
/// # Errors
/// As [`same_key`].
pub(crate) fn same_spki(key: &PublicKey, read: Option<&[u8]>) -> Result<String> {
    let bytes = read.ok_or_else(mismatch)?;
    let reading = aws_lc::spki(bytes);
    let known = reading.as_ref().is_some_and(|reading| reading.algorithm == key.algorithm());
    if known || !matches!(key.algorithm(), Algorithm::Other(_)) {
        return same_key(key, reading);
    }
    let kind = der::public_key(bytes).and_then(|parts| der::dotted(parts.kind)).ok_or_else(mismatch)?;
    if bytes != key.spki_der() {
        return Err(mismatch());
    }
    Ok(format!("Read back byte for byte: the same {} key (object identifier {kind})", key.algorithm()))
}

/// The error of a form that did not read back to what it was made from.
pub(crate) fn mismatch() -> Error {
    Error::new(Kind::Unexpected, PROVE, "the form did not read back to what it was made from; nothing was handed out")
        .with_next("Report it with the kind of key; do not use another tool's copy unchecked.")
}
