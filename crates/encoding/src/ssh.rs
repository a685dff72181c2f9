//! The OpenSSH public key: the wire form (RFC 4253, 6.6; RFC 5656, 3.1; RFC 8709, 4) and the line of `authorized_keys`.

use base64ct::{Base64, Encoding};
use domain::{Curve, Error, Kind, Result};

use crate::{PublicKey, spki::Material};

const WRITE: &str = "write an OpenSSH key";

/// The line: type, base64 of the wire form, comment, newline.
///
/// # Errors
/// [`Kind::Unsupported`] for a kind that SSH has not; [`Kind::Invalid`] for a comment with control characters, which
/// could begin a second line and so a second key.
pub(crate) fn line(key: &PublicKey, comment: &str) -> Result<String> {
    if comment.chars().any(char::is_control) {
        return Err(Error::new(Kind::Invalid, WRITE, "the comment holds a line break or another control character"));
    }
    let kind = kind(key)?;
    let body = Base64::encode_string(&wire(key)?);
    let comment = comment.trim();
    Ok(if comment.is_empty() { format!("{kind} {body}\n") } else { format!("{kind} {body} {comment}\n") })
}

/// The wire form, whose SHA-256 is the OpenSSH fingerprint.
///
/// # Errors
/// [`Kind::Unsupported`] for a kind that SSH has not.
pub(crate) fn wire(key: &PublicKey) -> Result<Vec<u8>> {
    let kind = kind(key)?;
    let mut out = Vec::new();
    string(&mut out, kind.as_bytes());
    match key.material() {
        Material::Ec { x, y, .. } => {
            string(&mut out, kind.trim_start_matches("ecdsa-sha2-").as_bytes());
            string(&mut out, &[&[4], x.as_slice(), y.as_slice()].concat());
        }
        Material::Ed25519(raw) => string(&mut out, raw),
        Material::Rsa(numbers) => {
            positive(&mut out, &numbers.exponent);
            positive(&mut out, &numbers.modulus);
        }
        Material::Other(name) => return Err(unsupported(name)),
    }
    Ok(out)
}

fn kind(key: &PublicKey) -> Result<&'static str> {
    match key.material() {
        Material::Ec { curve: Curve::P256, .. } => Ok("ecdsa-sha2-nistp256"),
        Material::Ec { curve: Curve::P384, .. } => Ok("ecdsa-sha2-nistp384"),
        Material::Ec { curve: Curve::P521, .. } => Ok("ecdsa-sha2-nistp521"),
        Material::Ec { curve: Curve::P256k1, .. } => Err(unsupported("secp256k1")),
        Material::Ed25519(_) => Ok("ssh-ed25519"),
        Material::Other(name) => Err(unsupported(name)),
        Material::Rsa(_) => Ok("ssh-rsa"),
    }
}

fn unsupported(name: &str) -> Error {
    Error::new(Kind::Unsupported, WRITE, format!("OpenSSH has no key type for {name}"))
        .with_next("Take the SPKI form, or make a key of a kind that OpenSSH has.")
}

fn string(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.extend_from_slice(bytes);
}

/// An `mpint` (RFC 4251, 5): a zero byte in front where the number would otherwise read as negative.
fn positive(out: &mut Vec<u8>, number: &[u8]) {
    let negative = number.first().is_some_and(|first| *first >= 0x80);
    string(out, &[if negative { &[0][..] } else { &[] }, number].concat());
}
