//! How a certificate was signed: in words, and whether the signature is right.

use aws_lc_rs::signature as aws;
use der::{
    Decode, Reader, SliceReader, Tag, TagNumber, Tagged,
    asn1::{Any, ContextSpecific, ObjectIdentifier},
};
use domain::{Algorithm, Curve};
use x509_cert::spki::{AlgorithmIdentifier, AlgorithmIdentifierOwned};

use crate::{PublicKey, spki};

/// A signature algorithm, as far as it is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Scheme {
    Ecdsa(Hash),
    Ed25519,
    MlDsa44,
    MlDsa65,
    MlDsa87,
    Rsa(Hash),
    RsaPss(Hash),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Hash {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

/// RSASSA-PSS, whose hash is in its parameters (RFC 4055, 3.1).
const RSASSA_PSS: &str = "1.2.840.113549.1.1.10";

const SCHEMES: [(&str, Scheme); 15] = [
    ("1.2.840.113549.1.1.4", Scheme::Rsa(Hash::Md5)),
    ("1.2.840.113549.1.1.5", Scheme::Rsa(Hash::Sha1)),
    ("1.2.840.113549.1.1.14", Scheme::Rsa(Hash::Sha224)),
    ("1.2.840.113549.1.1.11", Scheme::Rsa(Hash::Sha256)),
    ("1.2.840.113549.1.1.12", Scheme::Rsa(Hash::Sha384)),
    ("1.2.840.113549.1.1.13", Scheme::Rsa(Hash::Sha512)),
    ("1.2.840.10045.4.1", Scheme::Ecdsa(Hash::Sha1)),
    ("1.2.840.10045.4.3.1", Scheme::Ecdsa(Hash::Sha224)),
    ("1.2.840.10045.4.3.2", Scheme::Ecdsa(Hash::Sha256)),
    ("1.2.840.10045.4.3.3", Scheme::Ecdsa(Hash::Sha384)),
    ("1.2.840.10045.4.3.4", Scheme::Ecdsa(Hash::Sha512)),
    ("1.3.101.112", Scheme::Ed25519),
    ("2.16.840.1.101.3.4.3.17", Scheme::MlDsa44),
    ("2.16.840.1.101.3.4.3.18", Scheme::MlDsa65),
    ("2.16.840.1.101.3.4.3.19", Scheme::MlDsa87),
];

const HASHES: [(&str, Hash); 5] = [
    ("1.3.14.3.2.26", Hash::Sha1),
    ("2.16.840.1.101.3.4.2.4", Hash::Sha224),
    ("2.16.840.1.101.3.4.2.1", Hash::Sha256),
    ("2.16.840.1.101.3.4.2.2", Hash::Sha384),
    ("2.16.840.1.101.3.4.2.3", Hash::Sha512),
];

/// The signature algorithm in words; the registry's name or the dotted number of one that is not known.
pub(super) fn name(algorithm: &AlgorithmIdentifierOwned) -> String {
    match scheme(algorithm) {
        Some(Scheme::Ecdsa(hash)) => format!("ECDSA with {}", hash.name()),
        Some(Scheme::Ed25519) => "Ed25519".into(),
        Some(Scheme::MlDsa44) => "ML-DSA-44".into(),
        Some(Scheme::MlDsa65) => "ML-DSA-65".into(),
        Some(Scheme::MlDsa87) => "ML-DSA-87".into(),
        Some(Scheme::Rsa(hash)) => format!("RSA with {}", hash.name()),
        Some(Scheme::RsaPss(hash)) => format!("RSA-PSS with {}", hash.name()),
        None => spki::name(&algorithm.oid),
    }
}

/// Whether AWS-LC verifies `signature` over `signed` with `key`. False also where it does not know the algorithm.
pub(super) fn verifies(algorithm: &AlgorithmIdentifierOwned, key: &PublicKey, signed: &[u8], signature: &[u8]) -> bool {
    let Some(verification) = scheme(algorithm).and_then(|scheme| verification(scheme, &key.algorithm())) else {
        return false;
    };
    aws::UnparsedPublicKey::new(verification, key.spki_der()).verify(signed, signature).is_ok()
}

impl Hash {
    fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha224 => "SHA-224",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }
}

fn scheme(algorithm: &AlgorithmIdentifierOwned) -> Option<Scheme> {
    let dotted = algorithm.oid.to_string();
    if dotted == RSASSA_PSS {
        return pss_hash(algorithm.parameters.as_ref()).map(Scheme::RsaPss);
    }
    SCHEMES.iter().find(|(number, _)| *number == dotted).map(|(_, scheme)| *scheme)
}

/// The hash in RSASSA-PSS-params: its field `[0]`, or SHA-1 where that is left out.
fn pss_hash(parameters: Option<&Any>) -> Option<Hash> {
    let parameters = parameters.filter(|parameters| parameters.tag() == Tag::Sequence)?;
    let mut reader = SliceReader::new(parameters.value()).ok()?;
    if reader.is_finished() || Tag::peek(&reader).ok()?.number() != TagNumber(0) {
        return Some(Hash::Sha1);
    }
    let hash = ContextSpecific::<AlgorithmIdentifier<Any>>::decode(&mut reader).ok()?.value.oid;
    known_hash(&hash)
}

fn known_hash(oid: &ObjectIdentifier) -> Option<Hash> {
    let dotted = oid.to_string();
    HASHES.iter().find(|(number, _)| *number == dotted).map(|(_, hash)| *hash)
}

fn verification(scheme: Scheme, key: &Algorithm) -> Option<&'static dyn aws::VerificationAlgorithm> {
    Some(match (scheme, key) {
        (Scheme::Ecdsa(hash), Algorithm::Ec(curve)) => ecdsa(*curve, hash)?,
        (Scheme::Ed25519, Algorithm::Ed25519) => &aws::ED25519,
        (Scheme::MlDsa44, Algorithm::Other(_)) => &aws::ML_DSA_44,
        (Scheme::MlDsa65, Algorithm::Other(_)) => &aws::ML_DSA_65,
        (Scheme::MlDsa87, Algorithm::Other(_)) => &aws::ML_DSA_87,
        (Scheme::Rsa(Hash::Sha1), Algorithm::Rsa(_)) => &aws::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        (Scheme::Rsa(Hash::Sha256), Algorithm::Rsa(_)) => &aws::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        (Scheme::Rsa(Hash::Sha384), Algorithm::Rsa(_)) => &aws::RSA_PKCS1_2048_8192_SHA384,
        (Scheme::Rsa(Hash::Sha512), Algorithm::Rsa(_)) => &aws::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        (Scheme::RsaPss(Hash::Sha256), Algorithm::Rsa(_)) => &aws::RSA_PSS_2048_8192_SHA256,
        (Scheme::RsaPss(Hash::Sha384), Algorithm::Rsa(_)) => &aws::RSA_PSS_2048_8192_SHA384,
        (Scheme::RsaPss(Hash::Sha512), Algorithm::Rsa(_)) => &aws::RSA_PSS_2048_8192_SHA512,
        // Every other pair: a hash that AWS-LC does not verify, or a signature that is not of this kind of key.
        (
            Scheme::Ecdsa(_)
            | Scheme::Ed25519
            | Scheme::MlDsa44
            | Scheme::MlDsa65
            | Scheme::MlDsa87
            | Scheme::Rsa(_)
            | Scheme::RsaPss(_),
            _,
        ) => return None,
    })
}

fn ecdsa(curve: Curve, hash: Hash) -> Option<&'static dyn aws::VerificationAlgorithm> {
    Some(match (curve, hash) {
        (Curve::P256, Hash::Sha1) => &aws::ECDSA_P256_SHA1_ASN1,
        (Curve::P256, Hash::Sha256) => &aws::ECDSA_P256_SHA256_ASN1,
        (Curve::P256, Hash::Sha384) => &aws::ECDSA_P256_SHA384_ASN1,
        (Curve::P256, Hash::Sha512) => &aws::ECDSA_P256_SHA512_ASN1,
        (Curve::P256k1, Hash::Sha256) => &aws::ECDSA_P256K1_SHA256_ASN1,
        (Curve::P384, Hash::Sha256) => &aws::ECDSA_P384_SHA256_ASN1,
        (Curve::P384, Hash::Sha384) => &aws::ECDSA_P384_SHA384_ASN1,
        (Curve::P384, Hash::Sha512) => &aws::ECDSA_P384_SHA512_ASN1,
        (Curve::P521, Hash::Sha1) => &aws::ECDSA_P521_SHA1_ASN1,
        (Curve::P521, Hash::Sha224) => &aws::ECDSA_P521_SHA224_ASN1,
        (Curve::P521, Hash::Sha256) => &aws::ECDSA_P521_SHA256_ASN1,
        (Curve::P521, Hash::Sha384) => &aws::ECDSA_P521_SHA384_ASN1,
        (Curve::P521, Hash::Sha512) => &aws::ECDSA_P521_SHA512_ASN1,
        (Curve::P256 | Curve::P256k1 | Curve::P384 | Curve::P521, _) => return None,
    })
}
