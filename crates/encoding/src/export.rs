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
    pkcs7::CertificatesOnly,
    proof::Proven,
    snowflake::{self, Slot},
    ssh,
    x509::{self, Certificate, CertificateDer, RequestDer, SigningRequest},
};

mod read_back;

/// `BEGIN PUBLIC KEY`, wrapped at 64.
pub fn spki_pem(key: &PublicKey) -> Result<Proven> {
    Proven::lines(pem::write(&key.document()), |text| read_back::spki_pem(key, text))
}

/// SubjectPublicKeyInfo as DER.
pub fn spki_der(key: &PublicKey) -> Result<Proven> {
    Proven::binary(key.document().der().to_vec(), |bytes| read_back::spki_der(key, bytes))
}

/// `BEGIN RSA PUBLIC KEY`. RSA only.
pub fn pkcs1_pem(key: &PublicKey) -> Result<Proven> {
    Proven::lines(pem::write(&RsaPublicKeyDer::of(key)?), |text| read_back::pkcs1_pem(key, text))
}

/// The line for `authorized_keys` or GitHub, with `comment` behind the key.
pub fn openssh(key: &PublicKey, comment: &str) -> Result<Proven> {
    Proven::lines(ssh::line(key, comment)?, |text| read_back::openssh(key, comment.trim(), text))
}

/// One JSON Web Key with its RFC 7638 thumbprint as `kid`.
pub fn jwk(key: &PublicKey) -> Result<Proven> {
    Proven::lines(json(&jwk::jwk(key)?), |text| read_back::jwk(key, text))
}

/// A JSON Web Key Set: during a rotation the old key and the new one. The same key twice is listed once.
pub fn jwks(keys: &[PublicKey]) -> Result<Proven> {
    let mut distinct: Vec<PublicKey> = Vec::with_capacity(keys.len());
    for key in keys {
        if !distinct.contains(key) {
            distinct.push(key.clone());
        }
    }
    Proven::lines(json(&jwk::set(&distinct)?), |text| read_back::jwks(&distinct, text))
}

/// `ALTER USER ... SET RSA_PUBLIC_KEY='...'` for the user whom `DESC USER` shows as `user`.
pub fn snowflake(key: &PublicKey, user: &str, slot: Slot) -> Result<Proven> {
    let statement = snowflake::statement(key, user, slot)?;
    Proven::lines(statement, |text| read_back::snowflake(key, user, slot.property(), text))
}

/// `ALTER USER ... UNSET RSA_PUBLIC_KEY` for the user whom `DESC USER` shows as `user`.
pub fn unset(user: &str, slot: Slot) -> Result<Proven> {
    let statement = snowflake::unset_statement(user, slot)?;
    Proven::lines(statement, |text| read_back::unset(user, slot.property(), text))
}

/// All fingerprints, one a line: its name, a space, the fingerprint. Forms that the kind of key has not are left out.
pub fn fingerprints(key: &PublicKey) -> Result<Proven> {
    let of = Fingerprints::of(key);
    let mut text = format!("spki-sha256 {}\nspki-sha256-hex {}\n", of.spki_sha256, of.spki_sha256_hex);
    for (name, value) in [("openssh-sha256", of.openssh_sha256), ("jwk-thumbprint", of.jwk_thumbprint)] {
        text.extend(value.map(|value| format!("{name} {value}\n")));
    }
    // The digests are compared with those of forms that were themselves proven.
    let line = openssh(key, "").ok();
    let jwk = jwk(key).ok();
    Proven::lines(text, |text| {
        let form = |form: &Option<Proven>| form.as_ref().and_then(Proven::text).map(str::to_owned);
        read_back::fingerprints(key, form(&line).as_deref(), form(&jwk).as_deref(), text)
    })
}

/// One `BEGIN CERTIFICATE` block.
pub fn certificate_pem(der: &[u8]) -> Result<Proven> {
    let certificate = Certificate::parse(der)?;
    let text = pem::write(&CertificateDer::of(&certificate));
    Proven::lines(text, |text| read_back::certificates(std::slice::from_ref(&certificate), text))
}

/// The certificate as DER.
pub fn certificate_der(der: &[u8]) -> Result<Proven> {
    let certificate = Certificate::parse(der)?;
    Proven::binary(certificate.der().to_vec(), |bytes| read_back::certificate(&certificate, bytes))
}

/// The certificates as PEM blocks, leaf first.
pub fn certificate_chain_pem(ders: &[Vec<u8>]) -> Result<Proven> {
    let chain = chain(ders)?;
    let text = chain.iter().map(|certificate| pem::write(&CertificateDer::of(certificate))).collect();
    Proven::lines(text, |text| read_back::certificates(&chain, text))
}

/// The certificates in a PKCS#7 bundle without a signature: `BEGIN PKCS7`. The bundle is a set, so it keeps no order.
pub fn certificates_p7b(ders: &[Vec<u8>]) -> Result<Proven> {
    let chain = chain(ders)?;
    Proven::lines(pem::write(&CertificatesOnly::of(&chain)?), |text| read_back::certificates_p7b(&chain, text))
}

/// One `BEGIN CERTIFICATE REQUEST` block.
pub fn signing_request_pem(der: &[u8]) -> Result<Proven> {
    let request = SigningRequest::parse(der)?;
    Proven::lines(pem::write(&RequestDer::of(&request)), |text| read_back::signing_request(&request, text))
}

/// Leaf first, and no certificate twice.
fn chain(ders: &[Vec<u8>]) -> Result<Vec<Certificate>> {
    let mut chain: Vec<Certificate> = Vec::with_capacity(ders.len());
    for der in x509::order_chain(ders.to_vec()) {
        let certificate = Certificate::parse(&der)?;
        if chain.iter().all(|other| other.der() != certificate.der()) {
            chain.push(certificate);
        }
    }
    if chain.is_empty() {
        return Err(Error::new(Kind::Invalid, "write a certificate chain", "there is no certificate in it"));
    }
    Ok(chain)
}

fn json(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}

#[cfg(test)]
mod tests;
