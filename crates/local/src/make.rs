//! New key material and certificates: keys made in `encoding::material`, certificates written by rcgen.

use std::time::Duration;

use aws_lc_rs::{
    rand::{self, SystemRandom},
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING, EcdsaKeyPair,
        Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
    },
};
use domain::{Algorithm, Curve, Error, KeyMaterial, Kind, Result, Timestamp};
use encoding::material;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyUsagePurpose, PublicKeyData, SerialNumber, SignatureAlgorithm, SigningKey,
};

use crate::{
    error::cryptography,
    material::{Der, KeyPair, Material},
};

const MAKE: &str = "make a key";
const ISSUE: &str = "issue a certificate";
/// Enough that serial numbers never meet; RFC 5280, 4.1.2.2 allows up to 20 bytes.
const SERIAL_BYTES: usize = 16;

/// A key that can sign here and now, before it is put away as a [`KeyPair`]. Wiped by AWS-LC when dropped.
#[derive(Debug)]
pub struct SigningKeyPair {
    material: KeyMaterial,
    signer: Signer,
}

#[derive(Debug)]
enum Signer {
    Ec(EcdsaKeyPair, &'static SignatureAlgorithm),
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

/// What to write into a certificate.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// Subject: common name.
    pub common_name: &'a str,
    /// Subject: organization.
    pub organization: &'a str,
    /// DNS names and IP addresses.
    pub names: &'a [&'a str],
    /// First second of its life.
    pub not_before: Timestamp,
    /// Last second of its life.
    pub not_after: Timestamp,
    /// What for.
    pub purpose: Purpose,
}

/// What a certificate is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    /// To issue others.
    Authority,
    /// To be shown by a TLS client.
    Client,
    /// To be shown by a TLS server.
    Server,
}

/// Who signs a certificate.
#[derive(Debug)]
pub struct Authority {
    key: SigningKeyPair,
    parameters: CertificateParams,
    certificate: Der,
}

/// The kinds of keys that a person may choose from, the usual one first.
pub(crate) const ALGORITHMS: [Algorithm; 8] = [
    Algorithm::Ec(Curve::P256),
    Algorithm::Ec(Curve::P384),
    Algorithm::Ec(Curve::P521),
    Algorithm::Ed25519,
    Algorithm::Rsa(2048),
    Algorithm::Rsa(3072),
    Algorithm::Rsa(4096),
    Algorithm::Aes(256),
];

/// New key material of any kind that can be made here, symmetric or not.
///
/// # Errors
/// As [`aes`] and [`key()`].
pub(crate) fn material(algorithm: &Algorithm) -> Result<Material> {
    match algorithm {
        Algorithm::Aes(bits) => aes(*bits),
        other => key(other),
    }
}

/// Whether [`material`] can make it.
pub(crate) fn can_make(algorithm: &Algorithm) -> bool {
    // Shorter AES keys are not offered for new entries, yet an entry that has one keeps its kind when it is rotated.
    ALGORITHMS.contains(algorithm) || matches!(algorithm, Algorithm::Aes(128 | 192))
}

/// A random symmetric key of `bits`.
///
/// # Errors
/// `Unsupported` unless `bits` is 128, 192 or 256.
pub fn aes(bits: u32) -> Result<Material> {
    if !matches!(bits, 128 | 192 | 256) {
        return Err(Error::new(Kind::Unsupported, MAKE, format!("there is no AES-{bits}")));
    }
    let KeyMaterial { algorithm, bytes } = material::generate(&Algorithm::Aes(bits))?;
    Ok(Material::Symmetric { algorithm, key: bytes })
}

/// A new private key as an entry's material. An RSA key takes up to some seconds.
///
/// # Errors
/// `Unsupported` for anything but RSA 2048, 3072 and 4096, P-256, P-384, P-521 and Ed25519.
pub fn key(algorithm: &Algorithm) -> Result<Material> {
    SigningKeyPair::generate(algorithm)?.into_pair().map(Material::Key)
}

/// A new private key with a certificate that it signed itself.
///
/// # Errors
/// As [`key()`]; `Invalid` for names that X.509 cannot hold.
pub fn self_signed(algorithm: &Algorithm, wanted: &Wanted<'_>) -> Result<Material> {
    let Authority { key, certificate, .. } = Authority::new(algorithm, wanted)?;
    Ok(Material::Certificate { key: key.into_pair()?, leaf: certificate, issuers: Vec::new() })
}

impl Authority {
    /// A new key with a certificate that it signed itself.
    ///
    /// # Errors
    /// As [`self_signed`].
    pub fn new(algorithm: &Algorithm, wanted: &Wanted<'_>) -> Result<Self> {
        let key = SigningKeyPair::generate(algorithm)?;
        let parameters = wanted.parameters()?;
        let certificate = parameters.self_signed(&key).map_err(not_issued)?;
        Ok(Self { key, parameters, certificate: Der(certificate.der().to_vec()) })
    }

    /// A new private key with a certificate signed by this authority, and the authority's own behind it.
    ///
    /// # Errors
    /// As [`self_signed`].
    pub fn issue(&self, algorithm: &Algorithm, wanted: &Wanted<'_>) -> Result<Material> {
        let key = SigningKeyPair::generate(algorithm)?;
        let mut parameters = wanted.parameters()?;
        parameters.use_authority_key_identifier_extension = true;
        let issuer = Issuer::from_params(&self.parameters, &self.key);
        let certificate = parameters.signed_by(&key, &issuer).map_err(not_issued)?;
        let leaf = Der(certificate.der().to_vec());
        Ok(Material::Certificate { key: key.into_pair()?, leaf, issuers: vec![self.certificate.clone()] })
    }
}

impl Wanted<'_> {
    fn parameters(&self) -> Result<CertificateParams> {
        let names: Vec<String> = self.names.iter().map(|name| (*name).to_owned()).collect();
        let mut parameters = CertificateParams::new(names).map_err(not_issued)?;
        let mut subject = DistinguishedName::new();
        subject.push(DnType::OrganizationName, self.organization);
        subject.push(DnType::CommonName, self.common_name);
        parameters.distinguished_name = subject;
        let mut serial = [0_u8; SERIAL_BYTES];
        rand::fill(&mut serial).map_err(|_| cryptography(ISSUE, "draw random bytes"))?;
        // A serial number is positive and has no leading zero byte.
        serial[0] = serial[0] & 0x7f | 0x40;
        parameters.serial_number = Some(SerialNumber::from_slice(&serial));
        let epoch = rcgen::date_time_ymd(1970, 1, 1);
        parameters.not_before = epoch + since_epoch(self.not_before)?;
        parameters.not_after = epoch + since_epoch(self.not_after)?;
        match self.purpose {
            Purpose::Authority => {
                parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
                parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
            }
            Purpose::Client | Purpose::Server => {
                parameters.is_ca = IsCa::ExplicitNoCa;
                parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
                parameters.extended_key_usages = vec![if self.purpose == Purpose::Client {
                    ExtendedKeyUsagePurpose::ClientAuth
                } else {
                    ExtendedKeyUsagePurpose::ServerAuth
                }];
            }
        }
        Ok(parameters)
    }
}

impl SigningKeyPair {
    fn generate(algorithm: &Algorithm) -> Result<Self> {
        let curve = match algorithm {
            Algorithm::Ec(Curve::P256) => Some((&ECDSA_P256_SHA256_ASN1_SIGNING, &rcgen::PKCS_ECDSA_P256_SHA256)),
            Algorithm::Ec(Curve::P384) => Some((&ECDSA_P384_SHA384_ASN1_SIGNING, &rcgen::PKCS_ECDSA_P384_SHA384)),
            Algorithm::Ec(Curve::P521) => Some((&ECDSA_P521_SHA512_ASN1_SIGNING, &rcgen::PKCS_ECDSA_P521_SHA512)),
            Algorithm::Ed25519 | Algorithm::Rsa(2048 | 3072 | 4096) => None,
            Algorithm::Aes(_)
            | Algorithm::ChaCha20
            | Algorithm::Ec(Curve::P256k1)
            | Algorithm::Hmac(_)
            | Algorithm::Other(_)
            | Algorithm::Rsa(_) => {
                let message = format!("the local keystore makes no {algorithm} key pairs");
                return Err(Error::new(Kind::Unsupported, MAKE, message));
            }
        };
        let material = material::generate(algorithm)?;
        let der = material.bytes.expose();
        let signer = match (curve, algorithm) {
            (Some((signing, named)), _) => EcdsaKeyPair::from_pkcs8(signing, der).map(|key| Signer::Ec(key, named)),
            (None, Algorithm::Rsa(_)) => RsaKeyPair::from_pkcs8(der).map(Signer::Rsa),
            (None, _) => Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map(Signer::Ed25519),
        };
        let signer = signer.map_err(|_| cryptography(MAKE, "read the new key"))?;
        Ok(Self { material, signer })
    }

    fn into_pair(self) -> Result<KeyPair> {
        let public = material::public_key(&self.material)?.ok_or_else(|| cryptography(MAKE, "write the key"))?;
        let KeyMaterial { algorithm, bytes } = self.material;
        Ok(KeyPair { algorithm, private: bytes, public: Der(public.spki_der().to_vec()) })
    }
}

impl PublicKeyData for SigningKeyPair {
    fn der_bytes(&self) -> &[u8] {
        match &self.signer {
            Signer::Ec(key, _) => key.public_key().as_ref(),
            Signer::Ed25519(key) => key.public_key().as_ref(),
            Signer::Rsa(key) => key.public_key().as_ref(),
        }
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        match &self.signer {
            Signer::Ec(_, algorithm) => algorithm,
            Signer::Ed25519(_) => &rcgen::PKCS_ED25519,
            Signer::Rsa(_) => &rcgen::PKCS_RSA_SHA256,
        }
    }
}

impl SigningKey for SigningKeyPair {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let failed = |_| rcgen::Error::RemoteKeyError;
        match &self.signer {
            Signer::Ec(key, _) => {
                key.sign(&SystemRandom::new(), message).map(|it| it.as_ref().to_vec()).map_err(failed)
            }
            Signer::Ed25519(key) => Ok(key.sign(message).as_ref().to_vec()),
            Signer::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).map_err(failed)?;
                Ok(signature)
            }
        }
    }
}

fn since_epoch(instant: Timestamp) -> Result<Duration> {
    u64::try_from(instant.as_second())
        .map(Duration::from_secs)
        .map_err(|_| Error::new(Kind::Invalid, ISSUE, "a certificate cannot be valid before 1970"))
}

fn not_issued(cause: rcgen::Error) -> Error {
    Error::new(Kind::Invalid, ISSUE, cause.to_string()).with_source(cause)
}
