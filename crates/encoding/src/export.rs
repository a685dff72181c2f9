//! The forms that leave the app. Each is written by the first library, parsed back by a second parser, and compared.
//!
//! Errors of every function here: [`Unsupported`](domain::Kind::Unsupported) where the kind of key has no such form,
//! [`Invalid`](domain::Kind::Invalid) for input that cannot be written, [`Unexpected`](domain::Kind::Unexpected) if the
//! form did not read back to the same; then nothing is handed out.

use domain::{Error, Kind, Result};

use crate::{
    PublicKey,
    fingerprint::Fingerprints,
    jwk,
    pem::{self, Document},
    pkcs1::RsaPublicKeyDer,
    proof::{Proven, mismatch, same_key, same_spki},
    second::{self, aws_lc},
    snowflake::{self, Slot},
    ssh,
    x509::{self, Certificate, CertificateDer},
};

/// `BEGIN PUBLIC KEY`, wrapped at 64.
pub fn spki_pem(key: &PublicKey) -> Result<Proven> {
    Proven::lines(pem::write(&key.document()), |text| same_spki(key, second::pem::only(text, "PUBLIC KEY").as_deref()))
}

/// SubjectPublicKeyInfo as DER.
pub fn spki_der(key: &PublicKey) -> Result<Proven> {
    Proven::binary(key.document().der().to_vec(), |bytes| same_spki(key, Some(bytes)))
}

/// `BEGIN RSA PUBLIC KEY`. RSA only.
pub fn pkcs1_pem(key: &PublicKey) -> Result<Proven> {
    Proven::lines(pem::write(&RsaPublicKeyDer::of(key)?), |text| {
        same_key(key, second::pem::only(text, "RSA PUBLIC KEY").and_then(|der| aws_lc::pkcs1(&der)))
    })
}

/// The line for `authorized_keys` or GitHub, with `comment` behind the key.
pub fn openssh(key: &PublicKey, comment: &str) -> Result<Proven> {
    Proven::lines(ssh::line(key, comment)?, |text| {
        let line = second::ssh::line(text);
        if line.as_ref().is_some_and(|line| line.comment != comment.trim()) {
            return Err(mismatch());
        }
        same_key(key, line.map(|line| line.reading))
    })
}

/// One JSON Web Key with its RFC 7638 thumbprint as `kid`.
pub fn jwk(key: &PublicKey) -> Result<Proven> {
    Proven::lines(json(&jwk::jwk(key)?), |text| same_key(key, second::jwk::one(text)))
}

/// A JSON Web Key Set: during a rotation the old key and the new one. The same key twice is listed once.
pub fn jwks(keys: &[PublicKey]) -> Result<Proven> {
    let mut distinct: Vec<PublicKey> = Vec::with_capacity(keys.len());
    for key in keys {
        if !distinct.contains(key) {
            distinct.push(key.clone());
        }
    }
    Proven::lines(json(&jwk::set(&distinct)?), |text| {
        let read = second::jwk::set(text);
        if read.as_ref().is_some_and(|read| read.len() != distinct.len()) {
            return Err(mismatch());
        }
        let mut read = read.unwrap_or_default().into_iter();
        let proofs: Vec<String> = distinct.iter().map(|key| same_key(key, read.next())).collect::<Result<_>>()?;
        Ok(match proofs.as_slice() {
            [] => "Read back: an empty set".into(),
            [one] => one.clone(),
            many => format!("Parsed back by AWS-LC: the same {} keys, in this order", many.len()),
        })
    })
}

/// `ALTER USER ... SET RSA_PUBLIC_KEY='...'` for the user whom `DESC USER` shows as `user`.
pub fn snowflake(key: &PublicKey, user: &str, slot: Slot) -> Result<Proven> {
    Proven::lines(snowflake::statement(key, user, slot)?, |text| {
        let statement = second::snowflake::statement(text);
        if statement.as_ref().is_some_and(|read| read.user != user || read.property != slot.property()) {
            return Err(mismatch());
        }
        same_key(key, statement.map(|statement| statement.reading))
    })
}

/// All fingerprints, one a line: its name, a space, the fingerprint. Forms that the kind of key has not are left out.
pub fn fingerprints(key: &PublicKey) -> Result<Proven> {
    let of = Fingerprints::of(key);
    let mut text = format!("spki-sha256 {}\nspki-sha256-hex {}\n", of.spki_sha256, of.spki_sha256_hex);
    for (name, value) in [("openssh-sha256", of.openssh_sha256), ("jwk-thumbprint", of.jwk_thumbprint)] {
        text.extend(value.map(|value| format!("{name} {value}\n")));
    }
    Proven::lines(text, |text| {
        // Of a key that is unusable no fingerprint is worth anything.
        let proof = same_spki(key, Some(key.spki_der()))?;
        let right = text.lines().map(|line| digest_agrees(key, line)).collect::<Result<Vec<bool>>>()?;
        if right.contains(&false) {
            return Err(mismatch());
        }
        Ok(format!("{proof}; digests computed again by AWS-LC"))
    })
}

/// One `BEGIN CERTIFICATE` block.
pub fn certificate_pem(der: &[u8]) -> Result<Proven> {
    let certificate = Certificate::parse(der)?;
    Proven::lines(pem::write(&CertificateDer::of(&certificate)), |text| {
        same_certificate(&certificate, second::pem::only(text, CertificateDer::LABEL).as_deref())
    })
}

/// The certificate as DER.
pub fn certificate_der(der: &[u8]) -> Result<Proven> {
    let certificate = Certificate::parse(der)?;
    Proven::binary(certificate.der().to_vec(), |bytes| same_certificate(&certificate, Some(bytes)))
}

/// The certificates as PEM blocks, leaf first.
pub fn certificate_chain_pem(ders: &[Vec<u8>]) -> Result<Proven> {
    let ordered = x509::order_chain(ders.to_vec());
    let chain: Vec<Certificate> = ordered.iter().map(|der| Certificate::parse(der)).collect::<Result<_>>()?;
    let Some(leaf) = chain.first() else {
        return Err(Error::new(Kind::Invalid, "write a certificate chain", "there is no certificate in it"));
    };
    let text = chain.iter().map(|certificate| pem::write(&CertificateDer::of(certificate))).collect();
    Proven::lines(text, |text| {
        let blocks = second::pem::strict(text).filter(|blocks| blocks.len() == chain.len()).ok_or_else(mismatch)?;
        for (certificate, (label, der)) in chain.iter().zip(&blocks) {
            if label != CertificateDer::LABEL {
                return Err(mismatch());
            }
            same_certificate(certificate, Some(der))?;
        }
        let first = blocks.first().map(|(_, der)| der.as_slice());
        let proof = same_certificate(leaf, first)?;
        Ok(if chain.len() == 1 { proof } else { format!("{proof}; and {} issuers after it", chain.len() - 1) })
    })
}

fn json(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}

fn digest_agrees(key: &PublicKey, line: &str) -> Result<bool> {
    let (name, value) = line.split_once(' ').ok_or_else(mismatch)?;
    let marked = value.strip_prefix("SHA256:");
    let (said, bytes) = match name {
        "spki-sha256" => (marked.and_then(second::base64::padded), aws_lc::sha256(key.spki_der())),
        "spki-sha256-hex" => {
            let lower = value.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            let pairs = value.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
            let digest = pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect::<Option<Vec<u8>>>();
            (digest.filter(|_| lower), aws_lc::sha256(key.spki_der()))
        }
        "openssh-sha256" => {
            let line = ssh::line(key, "")?;
            let read = second::ssh::line(&line).ok_or_else(mismatch)?;
            let digest = aws_lc::sha256(&read.wire);
            same_key(key, Some(read.reading))?;
            (marked.and_then(second::base64::unpadded), digest)
        }
        "jwk-thumbprint" => {
            let text = json(&jwk::jwk(key)?);
            same_key(key, second::jwk::one(&text))?;
            (second::base64::url(value), second::jwk::thumbprint(&text).ok_or_else(mismatch)?)
        }
        _ => return Err(mismatch()),
    };
    Ok(said.is_some_and(|said| said == bytes))
}

fn same_certificate(certificate: &Certificate, read: Option<&[u8]>) -> Result<String> {
    let bytes = read.filter(|bytes| *bytes == certificate.der()).ok_or_else(mismatch)?;
    let info = second::certificate::subject_public_key_info(bytes).ok_or_else(mismatch)?;
    let proof = "Read back byte for byte: the same certificate";
    // A key that has no form here, such as a compressed point, does not make the certificate worse.
    let Ok(key) = certificate.public_key() else { return Ok(proof.into()) };
    if info != key.spki_der() {
        return Err(mismatch());
    }
    match aws_lc::spki(info) {
        Some(reading) => same_key(&key, Some(reading))
            .map(|_| format!("{proof}; AWS-LC reads the same {} key in it", key.algorithm())),
        None => Ok(proof.into()),
    }
}
