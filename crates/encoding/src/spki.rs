//! SubjectPublicKeyInfo (RFC 5280, 4.1.2.7): how every key comes in, and what every other form is made from.

use std::fmt;

use ::spki::{AlgorithmIdentifierRef, ObjectIdentifier, SubjectPublicKeyInfoRef};
use const_oid::db::{DB, rfc5912, rfc8410};
use der::{
    Decode, Encode,
    asn1::{AnyRef, BitStringRef},
};
use domain::{Algorithm, Curve, Error, Kind, Result};

use crate::{
    fingerprint,
    pem::{self, Document},
    pkcs1::RsaNumbers,
};

const READ: &str = "read a public key";
pub(crate) const SECP256K1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.10");

/// Kinds of key that this crate names but does not look into. The rest keep the registry's name or their dotted number.
const NAMES: [(&str, &str); 9] = [
    ("1.2.840.10040.4.1", "DSA"),
    ("1.2.840.113549.1.1.10", "RSASSA-PSS"),
    ("1.2.840.113549.1.1.7", "RSAES-OAEP"),
    ("1.3.101.110", "X25519"),
    ("1.3.101.111", "X448"),
    ("1.3.101.113", "Ed448"),
    ("2.16.840.1.101.3.4.3.17", "ML-DSA-44"),
    ("2.16.840.1.101.3.4.3.18", "ML-DSA-65"),
    ("2.16.840.1.101.3.4.3.19", "ML-DSA-87"),
];

/// A public key as it was read: the exact DER of its SubjectPublicKeyInfo, and the numbers in it.
#[derive(Clone, Eq, PartialEq)]
pub struct PublicKey {
    der: Vec<u8>,
    material: Material,
}

/// The numbers of a key, as far as this crate looks into its kind.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Material {
    /// A point on a curve; both coordinates have the field's length.
    Ec {
        curve: Curve,
        x: Vec<u8>,
        y: Vec<u8>,
    },
    Ed25519([u8; 32]),
    /// Named, not looked into.
    Other(String),
    Rsa(RsaNumbers),
}

/// The DER of a SubjectPublicKeyInfo. Its label is `PUBLIC KEY`.
pub(crate) struct SpkiDer<'a>(&'a [u8]);

impl PublicKey {
    /// Reads strict DER; bytes after it are refused. A kind of key that this version does not know is kept as
    /// [`Algorithm::Other`] with its name or dotted number.
    ///
    /// # Errors
    /// [`Kind::Invalid`] if the bytes are no SubjectPublicKeyInfo or the key in it is malformed;
    /// [`Kind::Unsupported`] for a compressed point, since its consumers would disagree on its fingerprint.
    pub fn from_spki_der(der: &[u8]) -> Result<Self> {
        let info = SubjectPublicKeyInfoRef::from_der(der)
            .map_err(|error| invalid("the bytes are not a SubjectPublicKeyInfo (RFC 5280, 4.1)").with_source(error))?;
        Ok(Self { der: der.to_vec(), material: Material::of(&info)? })
    }

    /// Reads one `PUBLIC KEY` block.
    ///
    /// # Errors
    /// [`Kind::Invalid`] for another label, and as [`PublicKey::from_spki_der`].
    pub fn from_spki_pem(text: &str) -> Result<Self> {
        let (label, der) = pem::decode(text)?;
        if label != SpkiDer::LABEL {
            return Err(wrong_label(&label));
        }
        Self::from_spki_der(&der)
    }

    /// Reads one block that holds a SubjectPublicKeyInfo or an RSAPublicKey (PKCS#1). The bytes decide which; a swapped
    /// label is tolerated here, on input only.
    ///
    /// # Errors
    /// [`Kind::Invalid`] if the block holds neither.
    pub fn from_pem(text: &str) -> Result<Self> {
        let (label, der) = pem::decode(text)?;
        if !label.ends_with("PUBLIC KEY") {
            return Err(wrong_label(&label));
        }
        Self::from_spki_der(&der).or_else(|error| match RsaNumbers::from_der(&der) {
            Ok(_) => Self::wrap(rfc5912::RSA_ENCRYPTION, Some(AnyRef::NULL), &der),
            Err(_) => Err(error),
        })
    }

    /// Wraps the 32 bytes of an Ed25519 key (RFC 8032, 5.1.5), as Vault's transit engine hands them out.
    ///
    /// # Errors
    /// [`Kind::Invalid`] for another length.
    pub fn from_ed25519_raw(raw: &[u8]) -> Result<Self> {
        if raw.len() != 32 {
            return Err(invalid(format!("an Ed25519 key has 32 bytes, and these are {}", raw.len())));
        }
        Self::wrap(rfc8410::ID_ED_25519, None, raw)
    }

    /// The exact DER of the SubjectPublicKeyInfo, as it came in.
    pub fn spki_der(&self) -> &[u8] {
        &self.der
    }

    /// The kind and size of the key.
    pub fn algorithm(&self) -> Algorithm {
        match &self.material {
            Material::Ec { curve, .. } => Algorithm::Ec(*curve),
            Material::Ed25519(_) => Algorithm::Ed25519,
            Material::Other(name) => Algorithm::Other(name.clone()),
            Material::Rsa(numbers) => Algorithm::Rsa(numbers.bits()),
        }
    }

    /// The bytes inside the BIT STRING: PKCS#1 for RSA, a point, a raw key.
    pub(crate) fn bare(&self) -> &[u8] {
        SubjectPublicKeyInfoRef::from_der(&self.der)
            .ok()
            .and_then(|info| info.subject_public_key.as_bytes())
            .unwrap_or_default()
    }

    pub(crate) fn material(&self) -> &Material {
        &self.material
    }

    pub(crate) fn document(&self) -> SpkiDer<'_> {
        SpkiDer(&self.der)
    }

    pub(crate) fn wrap(oid: ObjectIdentifier, parameters: Option<AnyRef<'_>>, key: &[u8]) -> Result<Self> {
        let unexpected = |error| Error::new(Kind::Unexpected, READ, "DER refused").with_source(error);
        let info = SubjectPublicKeyInfoRef {
            algorithm: AlgorithmIdentifierRef { oid, parameters },
            subject_public_key: BitStringRef::from_bytes(key).map_err(unexpected)?,
        };
        Self::from_spki_der(&info.to_der().map_err(unexpected)?)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({}, {})", self.algorithm(), fingerprint::spki_sha256(self))
    }
}

impl Document for SpkiDer<'_> {
    const LABEL: &'static str = "PUBLIC KEY";

    fn der(&self) -> &[u8] {
        self.0
    }
}

impl Material {
    fn of(info: &SubjectPublicKeyInfoRef<'_>) -> Result<Self> {
        let oid = info.algorithm.oid;
        let parameters = info.algorithm.parameters;
        if oid == rfc5912::RSA_ENCRYPTION {
            if parameters != Some(AnyRef::NULL) {
                return Err(invalid("an RSA key must say NULL where its parameters would be (RFC 3279, 2.3.1)"));
            }
            return RsaNumbers::from_der(whole_bytes(info)?).map(Self::Rsa);
        }
        if oid == rfc5912::ID_EC_PUBLIC_KEY {
            return Self::point(info);
        }
        if oid == rfc8410::ID_ED_25519 {
            if parameters.is_some() {
                return Err(invalid("an Ed25519 key must have no parameters (RFC 8410, 3)"));
            }
            let raw = <[u8; 32]>::try_from(whole_bytes(info)?)
                .map_err(|error| invalid("an Ed25519 key must have 32 bytes (RFC 8410, 4)").with_source(error))?;
            return Ok(Self::Ed25519(raw));
        }
        Ok(Self::Other(name(&oid)))
    }

    fn point(info: &SubjectPublicKeyInfoRef<'_>) -> Result<Self> {
        let named = info.algorithm.parameters_oid();
        let Ok(named) = named else { return Ok(Self::Other("EC with explicit parameters".into())) };
        let curve = match named {
            rfc5912::SECP_256_R_1 => Curve::P256,
            rfc5912::SECP_384_R_1 => Curve::P384,
            rfc5912::SECP_521_R_1 => Curve::P521,
            SECP256K1 => Curve::P256k1,
            other => return Ok(Self::Other(format!("EC {}", name(&other)))),
        };
        let length = curve.field_bytes();
        match whole_bytes(info)?.split_first() {
            Some((4, point)) if point.len() == 2 * length => {
                let (x, y) = point.split_at(length);
                Ok(Self::Ec { curve, x: x.to_vec(), y: y.to_vec() })
            }
            Some((2 | 3, point)) if point.len() == length => Err(Error::new(
                Kind::Unsupported,
                READ,
                format!("the point on {curve} is compressed; consumers would disagree on its fingerprint"),
            )
            .with_next("Ask for the key with its uncompressed point.")),
            _ => Err(invalid(format!("the bytes of the key are not a point on {curve} (RFC 5480, 2.2)"))),
        }
    }
}

/// The name of an object identifier: ours, the registry's, or its dotted number.
pub(crate) fn name(oid: &ObjectIdentifier) -> String {
    let dotted = oid.to_string();
    let ours = NAMES.iter().find(|(number, _)| *number == dotted).map(|(_, name)| (*name).to_owned());
    ours.or_else(|| DB.by_oid(oid).map(str::to_owned)).unwrap_or(dotted)
}

fn whole_bytes<'a>(info: &SubjectPublicKeyInfoRef<'a>) -> Result<&'a [u8]> {
    info.subject_public_key.as_bytes().ok_or_else(|| invalid("the key is not a whole number of bytes"))
}

fn wrong_label(label: &str) -> Error {
    let error = invalid(format!("the block is labelled {label:?}, and a PUBLIC KEY was due"));
    if label.ends_with("PRIVATE KEY") {
        return error.with_next("This is a private key. Do not hand it out; take its public half.");
    }
    error
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(Kind::Invalid, READ, message)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::samples::SAMPLES;

    #[test]
    fn every_kind_is_read_with_its_size() {
        let read: Vec<String> = SAMPLES.all().iter().map(|key| key.algorithm().to_string()).collect();
        assert_eq!(
            read,
            [
                "RSA 1024",
                "RSA 2048",
                "RSA 2048",
                "EC P-256",
                "EC P-384",
                "EC P-521",
                "EC secp256k1",
                "Ed25519",
                "ML-DSA-65",
                "1.2.3.4",
            ]
        );
        assert_eq!(SAMPLES.rsa_2048.spki_der().len(), 294);
    }

    #[test]
    fn bytes_after_the_key_and_a_cut_key_are_refused() {
        for key in SAMPLES.all() {
            let longer = [key.spki_der(), &[0]].concat();
            assert_eq!(PublicKey::from_spki_der(&longer).unwrap_err().kind(), Kind::Invalid);
            let cut = &key.spki_der()[..key.spki_der().len() - 1];
            assert_eq!(PublicKey::from_spki_der(cut).unwrap_err().kind(), Kind::Invalid);
        }
    }

    #[test]
    fn an_rsa_key_without_null_and_an_ed25519_key_with_it_are_refused() {
        // SEQUENCE { SEQUENCE { rsaEncryption }, BIT STRING { RSAPublicKey { 143, 3 } } }
        let mut rsa = vec![0x30, 24, 0x30, 11, 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
        rsa.extend([0x03, 9, 0, 0x30, 6, 0x02, 2, 0, 0x8f, 0x02, 0]);
        assert_eq!(PublicKey::from_spki_der(&rsa).unwrap_err().kind(), Kind::Invalid);
        let ed25519 = SAMPLES.ed25519.spki_der();
        let mut with_null = ed25519.to_vec();
        with_null.splice(9..9, [5, 0]);
        with_null[1] += 2;
        with_null[3] += 2;
        assert_eq!(PublicKey::from_spki_der(&with_null).unwrap_err().kind(), Kind::Invalid);
    }

    #[test]
    fn a_compressed_point_is_refused_with_its_reason() {
        let Material::Ec { x, .. } = SAMPLES.p256.material() else { panic!("P-256 is an EC key") };
        let whole = SAMPLES.p256.spki_der();
        let mut compressed = whole[..whole.len() - 65].to_vec();
        compressed.push(2);
        compressed.extend(x);
        for at in [1, whole.len() - 67] {
            compressed[at] -= 32;
        }
        let error = PublicKey::from_spki_der(&compressed).unwrap_err();
        assert_eq!(error.kind(), Kind::Unsupported);
        assert!(error.message().contains("compressed"));
    }

    #[test]
    fn a_swapped_label_is_tolerated_on_input_and_a_private_key_is_not() {
        let key = &SAMPLES.rsa_2048;
        for (label, der) in [
            ("PUBLIC KEY", key.spki_der()),
            ("RSA PUBLIC KEY", key.bare()),
            ("RSA PUBLIC KEY", key.spki_der()),
            ("PUBLIC KEY", key.bare()),
        ] {
            assert_eq!(PublicKey::from_pem(&pem::encode(label, der)).unwrap(), *key, "{label}");
        }
        assert!(PublicKey::from_spki_pem(&pem::encode("RSA PUBLIC KEY", key.spki_der())).is_err());
        let error = PublicKey::from_pem(&pem::encode("PRIVATE KEY", key.spki_der())).unwrap_err();
        assert!(error.next().contains("private key"));
    }

    #[test]
    fn raw_ed25519_is_wrapped_to_the_same_key() {
        let key = &SAMPLES.ed25519;
        assert_eq!(PublicKey::from_ed25519_raw(key.bare()).unwrap(), *key);
        assert_eq!(PublicKey::from_ed25519_raw(&[1; 31]).unwrap_err().kind(), Kind::Invalid);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn a_changed_byte_never_panics_and_never_reads_as_the_same_key(
            which in 0_usize..10, at in any::<prop::sample::Index>(), flip in 1_u8..=255,
        ) {
            let key = SAMPLES.all()[which];
            let mut der = key.spki_der().to_vec();
            let at = at.index(der.len());
            der[at] ^= flip;
            if let Ok(read) = PublicKey::from_spki_der(&der) {
                prop_assert_ne!(&read, key);
                prop_assert_ne!(fingerprint::spki_sha256(&read), fingerprint::spki_sha256(key));
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = PublicKey::from_spki_der(&bytes);
            let _ = RsaNumbers::from_der(&bytes);
        }
    }
}
