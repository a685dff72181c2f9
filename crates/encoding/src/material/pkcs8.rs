//! Private keys out of their numbers and into PKCS#8 (RFC 5958), each with the public half that its numbers give.

use aws_lc_rs::{
    rsa,
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256K1_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING,
        ECDSA_P521_SHA512_ASN1_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair,
    },
};
use const_oid::db::{rfc5912, rfc8410};
use der::{
    Decode, Encode, Reader, Sequence, SliceReader, Tag, TagNumber, Tagged,
    asn1::{AnyRef, BitStringRef, ObjectIdentifier, OctetStringRef, UintRef},
};
use domain::{Algorithm, Curve, KeyMaterial, Result, Secret};
use spki::AlgorithmIdentifierRef;
use zeroize::Zeroizing;

use super::read::{invalid, unsupported, unwritten};
use crate::{PublicKey, spki::SECP256K1};

/// The length of an Ed25519 seed (RFC 8032, 5.1.5).
pub(super) const SEED_BYTES: usize = 32;

/// A private key with the public half that was computed from it.
pub(crate) struct Pair {
    pub(crate) material: KeyMaterial,
    pub(crate) public: PublicKey,
}

/// RFC 8017, A.1.2, of two primes.
#[derive(Sequence)]
pub(super) struct RsaPrivateKey<'a> {
    pub(super) version: u8,
    pub(super) n: UintRef<'a>,
    pub(super) e: UintRef<'a>,
    pub(super) d: UintRef<'a>,
    pub(super) p: UintRef<'a>,
    pub(super) q: UintRef<'a>,
    pub(super) dp: UintRef<'a>,
    pub(super) dq: UintRef<'a>,
    pub(super) qi: UintRef<'a>,
}

/// RFC 5915, 3.
#[derive(Sequence)]
pub(super) struct EcPrivateKey<'a> {
    version: u8,
    pub(super) private_key: &'a OctetStringRef,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    parameters: Option<ObjectIdentifier>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    public_key: Option<BitStringRef<'a>>,
}

/// RFC 5208, 5, without attributes.
#[derive(Sequence)]
struct PrivateKeyInfo<'a> {
    version: u8,
    algorithm: AlgorithmIdentifierRef<'a>,
    private_key: &'a OctetStringRef,
}

/// What is in a PKCS#8 document.
struct Parts<'a> {
    algorithm: AlgorithmIdentifierRef<'a>,
    key: &'a [u8],
    /// The public key once more, as version 2 may have it.
    public: Option<&'a [u8]>,
}

/// Reads PKCS#8, version 1 or 2.
///
/// # Errors
/// `Invalid` if it is malformed or its numbers do not belong together; `Unsupported` for kinds that are not known here.
pub(crate) fn of_pkcs8(der: &[u8]) -> Result<Pair> {
    let parts = Parts::of(der).map_err(|_| invalid("it is no private key in PKCS#8 (RFC 5958)"))?;
    let pair = match parts.algorithm.oid {
        rfc5912::RSA_ENCRYPTION => of_pkcs1(parts.key),
        rfc5912::ID_EC_PUBLIC_KEY => {
            let curve = parts.algorithm.parameters.and_then(|curve| curve.decode_as::<ObjectIdentifier>().ok());
            of_ec(parts.key, curve)
        }
        rfc8410::ID_ED_25519 => {
            let seed = <&OctetStringRef>::from_der(parts.key);
            of_seed(seed.map_err(|_| invalid("it is no Ed25519 private key (RFC 8410, 7)"))?.as_bytes())
        }
        other => Err(unsupported(format!("keys of the kind {other}"))),
    }?;
    match parts.public {
        Some(given) if !belongs(pair.public.bare(), given) => Err(another()),
        _ => Ok(pair),
    }
}

/// Reads an RSAPrivateKey (RFC 8017, A.1.2).
///
/// # Errors
/// `Invalid` if it is malformed, or its numbers are no RSA key of 2048 to 8192 bits.
pub(crate) fn of_pkcs1(der: &[u8]) -> Result<Pair> {
    let key = RsaPrivateKey::from_der(der)
        .map_err(|_| invalid("it is no RSA private key of two primes (RFC 8017, A.1.2)"))?;
    // Tells whether the numbers belong together.
    rsa::KeyPair::from_der(der).map_err(|_| invalid("its numbers are no RSA key of 2048 to 8192 bits"))?;
    let public = PublicKey::from_rsa_numbers(key.n.as_bytes(), key.e.as_bytes())?;
    let algorithm = AlgorithmIdentifierRef { oid: rfc5912::RSA_ENCRYPTION, parameters: Some(AnyRef::NULL) };
    pair(algorithm, der, public)
}

/// Reads an ECPrivateKey (RFC 5915) that names its curve.
///
/// # Errors
/// `Invalid` if it is malformed or its public point is that of another key; `Unsupported` for a curve not known here.
pub(crate) fn of_sec1(der: &[u8]) -> Result<Pair> {
    of_ec(der, None)
}

/// Makes an EC key from its private number, big-endian, and the public point that came with it, if any.
///
/// # Errors
/// As [`of_sec1`].
pub(super) fn of_scalar(curve: Curve, scalar: &[u8], given: Option<&[u8]>) -> Result<Pair> {
    let length = curve.field_bytes();
    let zeros = scalar.iter().take_while(|byte| **byte == 0).count();
    let number = &scalar[zeros..];
    if number.len() > length {
        return Err(invalid(format!("its number is too long for {curve}")));
    }
    // RFC 5915 wants the whole length; older writers left leading zeros out.
    let mut padded = Zeroizing::new(vec![0; length]);
    padded[length - number.len()..].copy_from_slice(number);

    let oid = identifier(curve);
    let algorithm = AlgorithmIdentifierRef { oid: rfc5912::ID_EC_PUBLIC_KEY, parameters: Some((&oid).into()) };
    let alone = ec_key(&padded, None)?;
    let bare = info(algorithm, &alone)?;
    let key = EcdsaKeyPair::from_pkcs8(signing(curve), &bare)
        .map_err(|_| invalid(format!("its number is no key of {curve}")))?;
    let point = key.public_key().as_ref();
    if given.is_some_and(|given| !belongs(point, given)) {
        return Err(another());
    }
    let (x, y) = point.get(1..).and_then(|point| point.split_at_checked(length)).ok_or_else(unwritten)?;
    let public = PublicKey::from_point(curve, x, y)?;
    pair(algorithm, &ec_key(&padded, Some(point))?, public)
}

/// Makes an Ed25519 key from its seed.
///
/// # Errors
/// `Invalid` for another length than 32 bytes.
pub(super) fn of_seed(seed: &[u8]) -> Result<Pair> {
    if seed.len() != SEED_BYTES {
        return Err(invalid(format!("an Ed25519 private key has {SEED_BYTES} bytes, and these are {}", seed.len())));
    }
    let key = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| invalid("it is no Ed25519 private key"))?;
    let public = PublicKey::from_ed25519_raw(key.public_key().as_ref())?;
    let inner = OctetStringRef::new(seed).and_then(|seed| seed.to_der()).map(Zeroizing::new);
    let algorithm = AlgorithmIdentifierRef { oid: rfc8410::ID_ED_25519, parameters: None };
    pair(algorithm, &inner.map_err(|_| unwritten())?, public)
}

/// The algorithm under which AWS-LC knows a curve.
pub(super) fn signing(curve: Curve) -> &'static EcdsaSigningAlgorithm {
    match curve {
        Curve::P256 => &ECDSA_P256_SHA256_ASN1_SIGNING,
        Curve::P256k1 => &ECDSA_P256K1_SHA256_ASN1_SIGNING,
        Curve::P384 => &ECDSA_P384_SHA384_ASN1_SIGNING,
        Curve::P521 => &ECDSA_P521_SHA512_ASN1_SIGNING,
    }
}

/// The private key as it stands inside PKCS#8 that was written here: an RSAPrivateKey, an ECPrivateKey, a seed's DER.
///
/// # Errors
/// `Invalid` if it is no PKCS#8.
pub(super) fn inner(der: &[u8]) -> Result<&[u8]> {
    Parts::of(der).map(|parts| parts.key).map_err(|_| invalid("it is no private key in PKCS#8 (RFC 5958)"))
}

impl<'a> Parts<'a> {
    fn of(der: &'a [u8]) -> der::Result<Self> {
        let mut reader = SliceReader::new(der)?;
        let parts = reader.sequence(|inner| -> der::Result<_> {
            let version = u8::decode(inner)?;
            let algorithm = AlgorithmIdentifierRef::decode(inner)?;
            let key = <&OctetStringRef>::decode(inner)?.as_bytes();
            let mut public = None;
            while !inner.is_finished() {
                let more = AnyRef::decode(inner)?;
                let of_public = Tag::ContextSpecific { constructed: false, number: TagNumber(1) };
                if more.tag() == of_public {
                    // A BIT STRING of whole bytes; its first byte counts the bits to leave out.
                    public = Some(more.value().strip_prefix(&[0]).ok_or_else(|| Tag::BitString.value_error())?);
                }
            }
            if version > 1 {
                return Err(Tag::Integer.value_error().into());
            }
            Ok(Self { algorithm, key, public })
        })?;
        reader.finish()?;
        Ok(parts)
    }
}

fn of_ec(der: &[u8], named: Option<ObjectIdentifier>) -> Result<Pair> {
    let key = EcPrivateKey::from_der(der).map_err(|_| invalid("it is no EC private key (RFC 5915)"))?;
    if key.version != 1 {
        return Err(invalid("it is no EC private key of version 1 (RFC 5915)"));
    }
    let curve = named.or(key.parameters).ok_or_else(|| invalid("it does not say on which curve it is"))?;
    if key.parameters.is_some_and(|other| other != curve) {
        return Err(invalid("it names two curves"));
    }
    let curve = Curve::ALL
        .into_iter()
        .find(|known| identifier(*known) == curve)
        .ok_or_else(|| unsupported(format!("keys on the curve {curve}")))?;
    let point = match key.public_key {
        Some(bits) => Some(bits.as_bytes().ok_or_else(|| invalid("its public part is not a whole number of bytes"))?),
        None => None,
    };
    of_scalar(curve, key.private_key.as_bytes(), point)
}

fn identifier(curve: Curve) -> ObjectIdentifier {
    match curve {
        Curve::P256 => rfc5912::SECP_256_R_1,
        Curve::P256k1 => SECP256K1,
        Curve::P384 => rfc5912::SECP_384_R_1,
        Curve::P521 => rfc5912::SECP_521_R_1,
    }
}

/// Whether a public key that came along is the computed one. A point may be compressed (SEC 1, 2.3.3).
fn belongs(computed: &[u8], given: &[u8]) -> bool {
    let compressed = || {
        let (kind, x) = given.split_first()?;
        let (_, point) = computed.split_first()?;
        let (own_x, own_y) = point.split_at_checked(x.len())?;
        let parity = own_y.last()? & 1;
        Some(own_x == x && own_y.len() == x.len() && *kind == 2 | parity)
    };
    computed == given || compressed().unwrap_or_default()
}

fn ec_key(scalar: &[u8], point: Option<&[u8]>) -> Result<Zeroizing<Vec<u8>>> {
    let write = || -> der::Result<Vec<u8>> {
        let key = EcPrivateKey {
            version: 1,
            private_key: OctetStringRef::new(scalar)?,
            parameters: None,
            public_key: point.map(BitStringRef::from_bytes).transpose()?,
        };
        key.to_der()
    };
    write().map(Zeroizing::new).map_err(|_| unwritten())
}

fn info(algorithm: AlgorithmIdentifierRef<'_>, key: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    let write = || PrivateKeyInfo { version: 0, algorithm, private_key: OctetStringRef::new(key)? }.to_der();
    write().map(Zeroizing::new).map_err(|_| unwritten())
}

fn pair(algorithm: AlgorithmIdentifierRef<'_>, key: &[u8], public: PublicKey) -> Result<Pair> {
    let mut der = info(algorithm, key)?;
    let algorithm: Algorithm = public.algorithm();
    Ok(Pair { material: KeyMaterial { algorithm, bytes: Secret::new(std::mem::take(&mut *der)) }, public })
}

fn another() -> domain::Error {
    invalid("its public part is that of another key")
}
