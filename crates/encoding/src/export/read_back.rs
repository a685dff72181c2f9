//! The proof of each form: the text or bytes about to be handed out, read by a second parser, against what they were made
//! from. Each answers with a sentence for a person, or with the error that stops the export.

use domain::{Algorithm, Result};

use crate::{
    PublicKey,
    proof::{mismatch, same_key, same_spki},
    second::{self, aws_lc, base64},
    x509::{Certificate, SigningRequest},
};

pub(super) fn spki_pem(key: &PublicKey, text: &str) -> Result<String> {
    same_spki(key, second::pem::only(text, "PUBLIC KEY").as_deref())
}

pub(super) fn spki_der(key: &PublicKey, bytes: &[u8]) -> Result<String> {
    same_spki(key, Some(bytes))
}

pub(super) fn pkcs1_pem(key: &PublicKey, text: &str) -> Result<String> {
    same_key(key, second::pem::only(text, "RSA PUBLIC KEY").and_then(|der| aws_lc::pkcs1(&der)))
}

pub(super) fn openssh(key: &PublicKey, comment: &str, text: &str) -> Result<String> {
    let line = second::ssh::line(text);
    if line.as_ref().is_some_and(|line| line.comment != comment) {
        return Err(mismatch());
    }
    same_key(key, line.map(|line| line.reading))
}

pub(super) fn jwk(key: &PublicKey, text: &str) -> Result<String> {
    same_key(key, second::jwk::one(text))
}

pub(super) fn jwks(keys: &[PublicKey], text: &str) -> Result<String> {
    let Some(read) = second::jwk::set(text) else {
        // Says which key AWS-LC does not take, if that is why.
        keys.iter().try_for_each(|key| same_spki(key, Some(key.spki_der())).map(drop))?;
        return Err(mismatch());
    };
    if read.len() != keys.len() {
        return Err(mismatch());
    }
    let pairs = keys.iter().zip(read);
    let proofs: Vec<String> = pairs.map(|(key, reading)| same_key(key, Some(reading))).collect::<Result<_>>()?;
    Ok(match proofs.as_slice() {
        [] => "Read back: an empty set".into(),
        [one] => one.clone(),
        many => format!("Parsed back by AWS-LC: the same {} keys, in this order", many.len()),
    })
}

pub(super) fn snowflake(key: &PublicKey, user: &str, property: &str, text: &str) -> Result<String> {
    let statement = second::snowflake::statement(text);
    if statement.as_ref().is_some_and(|read| read.user != user || read.property != property) {
        return Err(mismatch());
    }
    same_key(key, statement.map(|statement| statement.reading))
}

pub(super) fn unset(user: &str, property: &str, text: &str) -> Result<String> {
    second::snowflake::unset(text)
        .filter(|read| read.user == user && read.property == property)
        .ok_or_else(mismatch)
        .map(|read| format!("Read back: it unsets {} of the user {}, and nothing else", read.property, read.user))
}

/// `line` and `jwk` are the key's proven OpenSSH line and JWK, where it has such forms.
pub(super) fn fingerprints(key: &PublicKey, line: Option<&str>, jwk: Option<&str>, text: &str) -> Result<String> {
    // Of a key that is unusable no fingerprint is worth anything.
    let proof = same_spki(key, Some(key.spki_der()))?;
    let spki = aws_lc::sha256(key.spki_der());
    let mut expected = vec![("spki-sha256", spki.clone()), ("spki-sha256-hex", spki)];
    if let Some(line) = line {
        expected.push(("openssh-sha256", aws_lc::sha256(&second::ssh::line(line).ok_or_else(mismatch)?.wire)));
    }
    if let Some(jwk) = jwk {
        expected.push(("jwk-thumbprint", second::jwk::thumbprint(jwk).ok_or_else(mismatch)?));
    }
    let read: Option<Vec<(&str, Vec<u8>)>> = text.lines().map(digest).collect();
    if read.is_none_or(|read| read != expected) {
        return Err(mismatch());
    }
    Ok(format!("{proof}; its digests computed again by AWS-LC"))
}

pub(super) fn certificate(certificate: &Certificate, bytes: &[u8]) -> Result<String> {
    let info = second::certificate::subject_public_key_info(bytes).ok_or_else(mismatch)?;
    if bytes != certificate.der() {
        return Err(mismatch());
    }
    let proof = "Read back byte for byte: the same certificate";
    // A key that has no form here, such as a compressed point, does not make the certificate worse.
    let Ok(key) = certificate.public_key() else { return Ok(proof.into()) };
    if info != key.spki_der() {
        return Err(mismatch());
    }
    match aws_lc::spki(info) {
        Some(reading) if reading.algorithm == key.algorithm() => {
            Ok(format!("{proof}; AWS-LC reads the same {} key in it", key.algorithm()))
        }
        Some(_) if !matches!(key.algorithm(), Algorithm::Other(_)) => Err(mismatch()),
        Some(_) | None => Ok(proof.into()),
    }
}

pub(super) fn certificates(chain: &[Certificate], text: &str) -> Result<String> {
    let blocks = second::pem::strict(text).filter(|blocks| blocks.len() == chain.len()).ok_or_else(mismatch)?;
    let mut proofs = Vec::with_capacity(chain.len());
    for (expected, (label, der)) in chain.iter().zip(&blocks) {
        if label != "CERTIFICATE" {
            return Err(mismatch());
        }
        proofs.push(certificate(expected, der)?);
    }
    match proofs.as_slice() {
        [] => Err(mismatch()),
        [one] => Ok(one.clone()),
        [leaf, issuers @ ..] => Ok(format!("{leaf}; and behind it {} more, byte for byte", issuers.len())),
    }
}

pub(super) fn certificates_p7b(chain: &[Certificate], text: &str) -> Result<String> {
    let bag = second::pem::only(text, "PKCS7").ok_or_else(mismatch)?;
    let read = second::pkcs7::certificates(&bag).filter(|read| read.len() == chain.len()).ok_or_else(mismatch)?;
    for expected in chain {
        let found = read.iter().find(|der| **der == expected.der()).ok_or_else(mismatch)?;
        certificate(expected, found)?;
    }
    match chain.len() {
        1 => Ok("Read back byte for byte: the same certificate".into()),
        many => Ok(format!("Read back byte for byte: the same {many} certificates")),
    }
}

pub(super) fn signing_request(request: &SigningRequest, text: &str) -> Result<String> {
    let der = second::pem::only(text, "CERTIFICATE REQUEST").filter(|der| der == request.der()).ok_or_else(mismatch)?;
    same_spki(&request.key, second::certificate::requested_key(&der))?;
    Ok(format!("Read back byte for byte, and verified by AWS-LC: signed by its own {} key", request.key.algorithm()))
}

/// The name and the digest of one line of fingerprints.
fn digest(line: &str) -> Option<(&str, Vec<u8>)> {
    let (name, value) = line.split_once(' ')?;
    let digest = match name {
        "spki-sha256" => base64::padded(value.strip_prefix("SHA256:")?)?,
        "spki-sha256-hex" => lower_hex(value)?,
        "openssh-sha256" => base64::unpadded(value.strip_prefix("SHA256:")?)?,
        "jwk-thumbprint" => base64::url(value)?,
        _ => return None,
    };
    Some((name, digest))
}

fn lower_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let byte = |pair: &[u8]| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    };
    text.as_bytes().chunks(2).map(byte).collect()
}
