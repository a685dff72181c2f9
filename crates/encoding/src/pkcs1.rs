//! RSAPublicKey (PKCS#1, RFC 8017, A.1.1): the two numbers alone, without saying that they are RSA.

use der::{Decode, Encode, Sequence, asn1::UintRef};
use domain::{Error, Kind, Result};

use crate::{PublicKey, pem::Document, spki::Material};

/// The numbers of an RSA public key, big-endian, without leading zeros.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct RsaNumbers {
    /// The modulus `n`.
    pub(crate) modulus: Vec<u8>,
    /// The exponent `e`.
    pub(crate) exponent: Vec<u8>,
}

/// The DER of RSAPublicKey. Its label is `RSA PUBLIC KEY`, never `PUBLIC KEY`.
pub(crate) struct RsaPublicKeyDer(Vec<u8>);

#[derive(Sequence)]
struct RsaPublicKey<'a> {
    modulus: UintRef<'a>,
    public_exponent: UintRef<'a>,
}

impl RsaNumbers {
    /// Reads strict DER.
    pub(crate) fn from_der(bytes: &[u8]) -> Result<Self> {
        let invalid = |message: &str| Error::new(Kind::Invalid, "read an RSA public key", message);
        let read = RsaPublicKey::from_der(bytes)
            .map_err(|error| invalid("the bytes are not an RSAPublicKey (RFC 8017, A.1.1)").with_source(error))?;
        let numbers =
            Self { modulus: read.modulus.as_bytes().to_vec(), exponent: read.public_exponent.as_bytes().to_vec() };
        if numbers.bits() == 0 || numbers.exponent.iter().all(|byte| *byte == 0) {
            return Err(invalid("the modulus or the exponent is zero"));
        }
        Ok(numbers)
    }

    /// Writes them.
    pub(crate) fn to_der(&self) -> Result<Vec<u8>> {
        let unexpected = |error| Error::new(Kind::Unexpected, "write PKCS#1", "DER refused").with_source(error);
        let structure = RsaPublicKey {
            modulus: UintRef::new(&self.modulus).map_err(unexpected)?,
            public_exponent: UintRef::new(&self.exponent).map_err(unexpected)?,
        };
        structure.to_der().map_err(unexpected)
    }

    /// The length of the modulus in bits.
    pub(crate) fn bits(&self) -> u32 {
        let Some(first) = self.modulus.first() else { return 0 };
        u32::try_from(self.modulus.len() * 8).unwrap_or(u32::MAX).saturating_sub(first.leading_zeros())
    }
}

impl RsaPublicKeyDer {
    /// Writes the numbers of an RSA key.
    pub(crate) fn of(key: &PublicKey) -> Result<Self> {
        let Material::Rsa(numbers) = key.material() else {
            return Err(Error::new(
                Kind::Unsupported,
                "write PKCS#1",
                format!("PKCS#1 holds RSA keys only, and this is {}", key.algorithm()),
            )
            .with_next("Take the SPKI form."));
        };
        numbers.to_der().map(Self)
    }
}

impl Document for RsaPublicKeyDer {
    const LABEL: &'static str = "RSA PUBLIC KEY";

    fn der(&self) -> &[u8] {
        &self.0
    }
}
