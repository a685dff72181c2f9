//! Public keys from their bare numbers, as services hand them out in JSON Web Keys (RFC 7518, 6.2 and 6.3).

use const_oid::db::rfc5912;
use der::{
    Decode, Encode,
    asn1::{AnyRef, ObjectIdentifier},
};
use domain::{Curve, Error, Kind, Result};

use crate::{PublicKey, pkcs1::RsaNumbers, spki::SECP256K1};

const READ: &str = "read a public key";

impl PublicKey {
    /// The RSA key of a big-endian modulus and exponent. Leading zeros mean nothing, and services write them.
    ///
    /// # Errors
    /// [`Kind::Invalid`] if one of them is zero.
    pub fn from_rsa_numbers(modulus: &[u8], exponent: &[u8]) -> Result<Self> {
        let numbers = RsaNumbers { modulus: trimmed(modulus).to_vec(), exponent: trimmed(exponent).to_vec() };
        if numbers.modulus.is_empty() || numbers.exponent.is_empty() {
            return Err(Error::new(Kind::Invalid, READ, "the modulus or the exponent is zero"));
        }
        Self::wrap(rfc5912::RSA_ENCRYPTION, Some(AnyRef::NULL), &numbers.to_der()?)
    }

    /// The key of a point on a curve. Coordinates are padded to the field's length, since services drop leading zeros.
    ///
    /// # Errors
    /// [`Kind::Invalid`] if a coordinate is longer than the field, or the point is malformed.
    pub fn from_point(curve: Curve, x: &[u8], y: &[u8]) -> Result<Self> {
        let mut point = vec![4];
        for coordinate in [x, y] {
            let coordinate = trimmed(coordinate);
            let Some(missing) = curve.field_bytes().checked_sub(coordinate.len()) else {
                return Err(Error::new(Kind::Invalid, READ, format!("a coordinate is too long for {curve}")));
            };
            point.extend(std::iter::repeat_n(0, missing));
            point.extend_from_slice(coordinate);
        }
        let name = match curve {
            Curve::P256 => rfc5912::SECP_256_R_1,
            Curve::P256k1 => SECP256K1,
            Curve::P384 => rfc5912::SECP_384_R_1,
            Curve::P521 => rfc5912::SECP_521_R_1,
        };
        Self::wrap(rfc5912::ID_EC_PUBLIC_KEY, Some(named(&name, &mut Vec::new())?), &point)
    }
}

fn named<'a>(name: &ObjectIdentifier, buffer: &'a mut Vec<u8>) -> Result<AnyRef<'a>> {
    let unexpected = |error| Error::new(Kind::Unexpected, READ, "DER refused").with_source(error);
    *buffer = name.to_der().map_err(unexpected)?;
    AnyRef::from_der(buffer).map_err(unexpected)
}

fn trimmed(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{samples::SAMPLES, spki::Material};

    #[test]
    fn the_numbers_of_a_key_give_the_very_same_bytes() {
        let samples =
            [&SAMPLES.rsa_1024, &SAMPLES.rsa_2048, &SAMPLES.p256, &SAMPLES.p384, &SAMPLES.p521, &SAMPLES.p256k1];
        for key in samples {
            let again = match key.material() {
                Material::Rsa(numbers) => {
                    let padded = [&[0, 0][..], &numbers.modulus].concat();
                    PublicKey::from_rsa_numbers(&padded, &numbers.exponent)
                }
                Material::Ec { curve, x, y } => PublicKey::from_point(*curve, trimmed(x), y),
                Material::Ed25519(_) | Material::Other(_) => panic!("no such sample"),
            };
            assert_eq!(again.unwrap().spki_der(), key.spki_der());
        }
    }

    #[test]
    fn numbers_that_are_none_are_refused() {
        assert_eq!(PublicKey::from_rsa_numbers(&[0], &[1, 0, 1]).unwrap_err().kind(), Kind::Invalid);
        assert_eq!(PublicKey::from_point(Curve::P256, &[1; 33], &[1; 32]).unwrap_err().kind(), Kind::Invalid);
    }
}
