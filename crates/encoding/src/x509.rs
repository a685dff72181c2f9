//! X.509 certificates (RFC 5280) as a person reads them, and the order of a chain.

use der::{Decode, Encode, Reader, SliceReader};
use domain::{Algorithm, Error, Kind, Result, Timestamp};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use x509_cert::{
    TbsCertificate,
    ext::pkix::{AuthorityKeyIdentifier, BasicConstraints, SubjectKeyIdentifier},
    time::Time,
};

use base64ct::{Base64, Base64UrlUnpadded, Encoding};

use crate::{
    PublicKey,
    pem::{self, Document},
    pkcs7, spki,
};

mod distinguished;
mod names;
mod request;
mod signature;
mod usages;

pub(crate) use request::RequestDer;
pub use request::SigningRequest;

const READ: &str = "read a certificate";

/// A certificate as read. Its texts come from whoever issued it: untrusted.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Certificate {
    /// RFC 4514 text; empty where the names alone identify it.
    pub subject: String,
    /// RFC 4514 text.
    pub issuer: String,
    /// Colon-separated upper-case hex.
    pub serial: String,
    /// When it begins.
    pub not_before: Timestamp,
    /// When it ends. "No end" (RFC 5280, 4.1.2.5: 9999-12-31) is the last instant that [`Timestamp`] has.
    pub not_after: Timestamp,
    /// Subject alternative names, each with its kind: `DNS:api.example.com`, `IP:10.0.0.1`, `URI:…`, `EMAIL:…`.
    pub names: Vec<String>,
    /// Key usage and extended key usage, in words; dotted numbers for those without a word.
    pub usages: Vec<String>,
    /// Whether it may issue others.
    pub is_authority: bool,
    /// The kind of key in it.
    pub algorithm: Algorithm,
    /// How it was signed: `RSA with SHA-256`, `ECDSA with SHA-384`.
    pub signature_algorithm: String,
    /// Colon-separated upper-case hex of SHA-1 over the DER.
    pub sha1: String,
    /// Colon-separated upper-case hex of SHA-256 over the DER.
    pub sha256: String,
    /// RFC 7515 `x5t`: base64url of the SHA-1, of its bytes and not of its hex.
    pub x5t: String,
    /// RFC 7515 `x5t#S256`: base64url of the SHA-256.
    pub x5t_s256: String,
    /// RFC 7469 pin: base64 of SHA-256 over the SPKI.
    pub spki_pin: String,
    /// Whether it is signed by its own key: subject and issuer are the same, and AWS-LC verified the signature. False
    /// also where AWS-LC does not know the algorithm, such as secp256k1 with SHA-384.
    pub self_signed: bool,
    der: Vec<u8>,
    spki: Vec<u8>,
    links: Links,
}

/// The DER of a certificate. Its label is `CERTIFICATE`.
pub(crate) struct CertificateDer<'a>(&'a [u8]);

/// What ties a certificate to its issuer.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Links {
    subject: Vec<u8>,
    issuer: Vec<u8>,
    key_id: Option<Vec<u8>>,
    issuer_key_id: Option<Vec<u8>>,
}

impl Certificate {
    /// Reads strict DER; bytes after it are refused. The key in it may be of any kind.
    ///
    /// # Errors
    /// [`Kind::Invalid`] if the bytes are no certificate or an extension that is shown does not parse.
    pub fn parse(der: &[u8]) -> Result<Self> {
        let certificate = x509_cert::Certificate::from_der(der)
            .map_err(|error| invalid("the bytes are not a certificate (RFC 5280, 4.1)").with_source(error))?;
        let tbs = certificate.tbs_certificate();
        let info = tbs.subject_public_key_info();
        let spki = encoded(info)?;
        let links = Links::of(tbs)?;
        let key = PublicKey::from_spki_der(&spki);
        let self_signed = links.subject == links.issuer
            && key.as_ref().is_ok_and(|key| {
                let signed = signed_bytes(der).unwrap_or_default();
                let signature = certificate.signature().as_bytes().unwrap_or_default();
                signature::verifies(certificate.signature_algorithm(), key, signed, signature)
            });
        let sha1 = Sha1::digest(der);
        let sha256 = Sha256::digest(der);
        Ok(Self {
            subject: distinguished::text(tbs.subject()),
            issuer: distinguished::text(tbs.issuer()),
            serial: serial(tbs.serial_number().as_bytes()),
            not_before: instant(tbs.validity().not_before)?,
            not_after: instant(tbs.validity().not_after)?,
            names: names::of(tbs)?,
            usages: usages::of(tbs)?,
            is_authority: extension::<BasicConstraints>(tbs, "basic constraints")?.is_some_and(|it| it.ca),
            algorithm: key.map_or_else(|_| Algorithm::Other(spki::name(&info.algorithm.oid)), |key| key.algorithm()),
            signature_algorithm: signature::name(certificate.signature_algorithm()),
            sha1: colon_hex(&sha1),
            sha256: colon_hex(&sha256),
            x5t: Base64UrlUnpadded::encode_string(&sha1),
            x5t_s256: Base64UrlUnpadded::encode_string(&sha256),
            spki_pin: Base64::encode_string(&Sha256::digest(&spki)),
            self_signed,
            der: der.to_vec(),
            spki,
            links,
        })
    }

    /// The exact bytes it was read from.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The key in it.
    ///
    /// # Errors
    /// As [`PublicKey::from_spki_der`].
    pub fn public_key(&self) -> Result<PublicKey> {
        PublicKey::from_spki_der(&self.spki)
    }

    /// Whether `issuer` may have signed this: its subject is this one's issuer, and their key identifiers agree where
    /// both are there. One that names itself names nobody else. Does not verify the signature.
    fn names_as_issuer(&self, issuer: &Self) -> bool {
        let agree = match (&self.links.issuer_key_id, &issuer.links.key_id) {
            (Some(wanted), Some(found)) => wanted == found,
            _ => true,
        };
        self.links.issuer != self.links.subject && self.links.issuer == issuer.links.subject && agree
    }
}

impl<'a> CertificateDer<'a> {
    /// The DER of a certificate that was read.
    pub(crate) fn of(certificate: &'a Certificate) -> Self {
        Self(certificate.der())
    }
}

impl Document for CertificateDer<'_> {
    const LABEL: &'static str = "CERTIFICATE";

    fn der(&self) -> &[u8] {
        self.0
    }
}

/// The certificates of a file, leaf first: PEM or DER, one after the other or in a PKCS#7 bundle.
///
/// # Errors
/// [`Kind::Invalid`] if there is none in it, or one does not parse.
pub fn of_file(file: &[u8]) -> Result<Vec<Vec<u8>>> {
    let none = || invalid("the file holds no certificate");
    let bundle = |der: &[u8]| pkcs7::certificates(der).ok_or_else(|| invalid("its PKCS#7 bundle does not parse"));
    let mut ders = Vec::new();
    match pem::text_of(file) {
        Some(text) => {
            for (label, der) in pem::decode_all(text)? {
                match label.as_str() {
                    "CERTIFICATE" => ders.push(der),
                    "PKCS7" | "CMS" => ders.extend(bundle(&der)?),
                    _ => {}
                }
            }
        }
        None if Certificate::parse(file).is_ok() => ders.push(file.to_vec()),
        None => ders.extend(pkcs7::certificates(file).ok_or_else(none)?),
    }
    if ders.is_empty() {
        return Err(none());
    }
    for der in &ders {
        Certificate::parse(der)?;
    }
    Ok(order_chain(ders))
}

/// Puts certificates in the order of a chain: a leaf, which issued none of the others, then the issuer of each before it.
/// Of several leaves the one with the longest chain is taken. What does not belong to its chain, or does not parse, keeps
/// its order behind it; nothing is dropped.
pub fn order_chain(ders: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let all: Vec<Option<Certificate>> = ders.iter().map(|der| Certificate::parse(der).ok()).collect();
    let issued_another =
        |one: &Certificate| all.iter().flatten().any(|other| other.der != one.der && other.names_as_issuer(one));
    let leaves = (0..all.len()).filter(|at| all[*at].as_ref().is_some_and(|one| !issued_another(one)));
    let mut order: Vec<usize> = Vec::new();
    for leaf in leaves {
        let path = path_from(leaf, &all);
        if path.len() > order.len() {
            order = path;
        }
    }
    in_order(order, ders)
}

/// The same for the certificate of a key, whatever else it may have issued. `None` if none of them is the key's.
pub(crate) fn order_chain_of(key: &PublicKey, ders: Vec<Vec<u8>>) -> Option<Vec<Vec<u8>>> {
    let all: Vec<Option<Certificate>> = ders.iter().map(|der| Certificate::parse(der).ok()).collect();
    let is_its = |one: &Certificate| one.public_key().is_ok_and(|its| its.spki_der() == key.spki_der());
    let leaf = all.iter().position(|one| one.as_ref().is_some_and(is_its))?;
    Some(in_order(path_from(leaf, &all), ders))
}

/// The certificates at those places, then the others.
fn in_order(mut order: Vec<usize>, ders: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    order.extend((0..ders.len()).filter(|at| !order.contains(at)).collect::<Vec<usize>>());
    order.into_iter().map(|at| ders[at].clone()).collect()
}

/// The indices of `leaf` and of one issuer after the other.
fn path_from(leaf: usize, all: &[Option<Certificate>]) -> Vec<usize> {
    let mut path = vec![leaf];
    let mut last = all[leaf].as_ref();
    while let Some(child) = last {
        let issuer = (0..all.len())
            .find(|at| !path.contains(at) && all[*at].as_ref().is_some_and(|other| child.names_as_issuer(other)));
        path.extend(issuer);
        last = issuer.and_then(|at| all[at].as_ref());
    }
    path
}

impl Links {
    fn of(tbs: &TbsCertificate) -> Result<Self> {
        let key_id = extension::<SubjectKeyIdentifier>(tbs, "subject key identifier")?;
        let issuer_key_id = extension::<AuthorityKeyIdentifier>(tbs, "authority key identifier")?;
        Ok(Self {
            subject: encoded(tbs.subject())?,
            issuer: encoded(tbs.issuer())?,
            key_id: key_id.map(|id| id.0.as_bytes().to_vec()),
            issuer_key_id: issuer_key_id.and_then(|id| id.key_identifier).map(|id| id.as_bytes().to_vec()),
        })
    }
}

/// The TBSCertificate exactly as it was signed.
fn signed_bytes(der: &[u8]) -> der::Result<&[u8]> {
    let mut reader = SliceReader::new(der)?;
    der::Header::decode(&mut reader)?;
    reader.tlv_bytes()
}

/// One extension by its type; `name` is for the error.
fn extension<'a, T>(tbs: &'a TbsCertificate, name: &str) -> Result<Option<T>>
where
    T: Decode<'a, Error = der::Error> + const_oid::AssociatedOid,
{
    tbs.get_extension::<T>()
        .map(|found| found.map(|(_, extension)| extension))
        .map_err(|error| invalid(format!("its {name} extension does not parse")).with_source(error))
}

fn instant(time: Time) -> Result<Timestamp> {
    let seconds = i64::try_from(time.to_unix_duration().as_secs())
        .map_err(|error| invalid("one of its dates is out of range").with_source(error))?;
    Ok(Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX))
}

/// The serial number without the zero byte that only keeps it positive.
fn serial(bytes: &[u8]) -> String {
    match bytes {
        [0, rest @ ..] if !rest.is_empty() => colon_hex(rest),
        all => colon_hex(all),
    }
}

fn colon_hex(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(":")
}

fn encoded(part: &impl Encode) -> Result<Vec<u8>> {
    part.to_der().map_err(|error| Error::new(Kind::Unexpected, READ, "DER refused").with_source(error))
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(Kind::Invalid, READ, message)
}

#[cfg(test)]
mod tests;
