//! A private key that is brought along in a file: PEM (PKCS#8, PKCS#1, SEC 1), the same as DER, or a JWK. Its public part
//! is shown and journalled; the rest is wiped when it is dropped, and written only into the call that imports it.

use aws_lc_rs::{
    agreement::{self, PrivateKey},
    rsa,
};
use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use der::{
    Decode, Encode, Reader, Sequence, SliceReader,
    asn1::{BitStringRef, ObjectIdentifier, OctetStringRef, UintRef},
};
use domain::{Curve, Error, Kind, Result, Secret};
use encoding::PublicKey;
use serde::Deserialize;
use serde_json::{Map, Value};
use spki::AlgorithmIdentifierRef;
use zeroize::{Zeroize, Zeroizing};

use crate::kinds::Shape;

const READ: &str = "read the private key";
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// Curves by their names and identifiers.
const CURVES: [(&str, ObjectIdentifier, Curve); 4] = [
    ("P-256", ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"), Curve::P256),
    ("P-256K", ObjectIdentifier::new_unwrap("1.3.132.0.10"), Curve::P256k1),
    ("P-384", ObjectIdentifier::new_unwrap("1.3.132.0.34"), Curve::P384),
    ("P-521", ObjectIdentifier::new_unwrap("1.3.132.0.35"), Curve::P521),
];

/// A private key in the form that Key Vault imports.
pub(crate) struct Material {
    pub(crate) shape: Shape,
    /// Bits, or the curve.
    pub(crate) size: String,
    /// The public members of its JWK, `kty` among them.
    pub(crate) public: Map<String, Value>,
    /// Its public half.
    pub(crate) public_key: PublicKey,
    private: Vec<(&'static str, Zeroizing<String>)>,
}

#[derive(Sequence)]
struct RsaPrivateKey<'a> {
    version: u8,
    n: UintRef<'a>,
    e: UintRef<'a>,
    d: UintRef<'a>,
    p: UintRef<'a>,
    q: UintRef<'a>,
    dp: UintRef<'a>,
    dq: UintRef<'a>,
    qi: UintRef<'a>,
}

#[derive(Sequence)]
struct EcPrivateKey<'a> {
    version: u8,
    private_key: &'a OctetStringRef,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    parameters: Option<ObjectIdentifier>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    public_key: Option<BitStringRef<'a>>,
}

/// A JWK as a file holds it. Wiped when it is dropped.
#[derive(Deserialize, Zeroize)]
#[zeroize(drop)]
struct Jwk {
    #[serde(default)]
    kty: String,
    #[serde(default)]
    crv: String,
    #[serde(default)]
    n: String,
    #[serde(default)]
    e: String,
    #[serde(default)]
    d: String,
    #[serde(default)]
    p: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    dp: String,
    #[serde(default)]
    dq: String,
    #[serde(default)]
    qi: String,
    #[serde(default)]
    x: String,
    #[serde(default)]
    y: String,
}

impl Material {
    /// Reads what is in a file.
    ///
    /// # Errors
    /// `Invalid` with what is wrong, in words that hold nothing of the key; `Unsupported` for what Azure does not import.
    pub(crate) fn read(file: &Secret) -> Result<Self> {
        let bytes = file.expose();
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        if text.trim_start().starts_with('{') {
            let jwk: Jwk = serde_json::from_str(text).map_err(|_| invalid("it is no JWK (RFC 7517)"))?;
            return Self::of_jwk(&jwk);
        }
        if !text.contains("-----BEGIN ") {
            let other = || Self::of_pkcs1(bytes).or_else(|_| Self::of_sec1(bytes, None));
            return Self::of_pkcs8(bytes).or_else(|error| other().map_err(|_| error));
        }
        for (label, der) in blocks(text)? {
            match label {
                "EC PRIVATE KEY" => return Self::of_sec1(&der, None),
                "PRIVATE KEY" => return Self::of_pkcs8(&der),
                "RSA PRIVATE KEY" => return Self::of_pkcs1(&der),
                "ENCRYPTED PRIVATE KEY" => {
                    return Err(invalid("it is encrypted with a password")
                        .with_next("Decrypt it first, such as with `openssl pkey -in FILE`, then choose that file."));
                }
                // Such as the parameters of a curve, or a certificate beside the key.
                _ => {}
            }
        }
        Err(invalid("it holds no private key"))
    }

    fn of_pkcs8(der: &[u8]) -> Result<Self> {
        let read = || -> der::Result<(AlgorithmIdentifierRef<'_>, &[u8])> {
            let mut reader = SliceReader::new(der)?;
            let parts = reader.sequence(|inner| -> der::Result<_> {
                u8::decode(inner)?;
                let algorithm = AlgorithmIdentifierRef::decode(inner)?;
                let key = <&OctetStringRef>::decode(inner)?;
                // Attributes, and the public key once more.
                let rest = inner.remaining_len();
                inner.read_slice(rest)?;
                Ok((algorithm, key.as_bytes()))
            })?;
            reader.finish()?;
            Ok(parts)
        };
        let (algorithm, key) = read().map_err(|_| invalid("it is no private key in PKCS#8 (RFC 5958)"))?;
        match algorithm.oid {
            RSA => Self::of_pkcs1(key),
            EC => {
                let curve = algorithm.parameters.and_then(|curve| curve.decode_as::<ObjectIdentifier>().ok());
                Self::of_sec1(key, curve)
            }
            other => Err(unsupported(format!("keys of the kind {other}"))),
        }
    }

    fn of_pkcs1(der: &[u8]) -> Result<Self> {
        let key = RsaPrivateKey::from_der(der)
            .map_err(|_| invalid("it is no RSA private key of two primes (RFC 8017, A.1.2)"))?;
        // Tells whether the numbers belong together.
        rsa::KeyPair::from_der(der).map_err(|_| invalid("its numbers are no RSA key of 2048 to 8192 bits"))?;
        let number = |it: UintRef<'_>| Base64UrlUnpadded::encode_string(it.as_bytes());
        let secret = |it: UintRef<'_>| Zeroizing::new(number(it));
        let n = key.n.as_bytes();
        let bits = n.len() * 8 - n.first().map_or(0, |first| first.leading_zeros() as usize);
        Ok(Self {
            shape: Shape::Rsa,
            size: bits.to_string(),
            public: members([("kty", "RSA".to_owned()), ("n", number(key.n)), ("e", number(key.e))]),
            public_key: PublicKey::from_rsa_numbers(n, key.e.as_bytes())?,
            private: vec![
                ("d", secret(key.d)),
                ("p", secret(key.p)),
                ("q", secret(key.q)),
                ("dp", secret(key.dp)),
                ("dq", secret(key.dq)),
                ("qi", secret(key.qi)),
            ],
        })
    }

    fn of_sec1(der: &[u8], curve: Option<ObjectIdentifier>) -> Result<Self> {
        let key = EcPrivateKey::from_der(der).map_err(|_| invalid("it is no EC private key (RFC 5915)"))?;
        let curve = curve.or(key.parameters).ok_or_else(|| invalid("it does not say on which curve it is"))?;
        let (name, ..) = CURVES
            .into_iter()
            .find(|(_, oid, _)| *oid == curve)
            .ok_or_else(|| unsupported(format!("keys on the curve {curve}")))?;
        Self::of_scalar(name, key.private_key.as_bytes(), key.public_key.and_then(|point| point.as_bytes()))
    }

    fn of_jwk(jwk: &Jwk) -> Result<Self> {
        let bytes = |text: &str| {
            let decoded = Base64UrlUnpadded::decode_vec(text.trim_end_matches('='));
            decoded.map(Zeroizing::new).map_err(|_| invalid("a member of the JWK is not base64url"))
        };
        match jwk.kty.as_str() {
            "RSA" => {
                let texts = [&jwk.n, &jwk.e, &jwk.d, &jwk.p, &jwk.q, &jwk.dp, &jwk.dq, &jwk.qi];
                if texts.iter().any(|text| text.is_empty()) {
                    return Err(invalid("the JWK lacks one of n, e, d, p, q, dp, dq and qi"));
                }
                let numbers = texts.into_iter().map(|text| bytes(text)).collect::<Result<Vec<_>>>()?;
                let number = |at: usize| UintRef::new(&numbers[at]).map_err(|_| unwritten());
                let key = RsaPrivateKey {
                    version: 0,
                    n: number(0)?,
                    e: number(1)?,
                    d: number(2)?,
                    p: number(3)?,
                    q: number(4)?,
                    dp: number(5)?,
                    dq: number(6)?,
                    qi: number(7)?,
                };
                let der = Zeroizing::new(key.to_der().map_err(|_| unwritten())?);
                Self::of_pkcs1(&der)
            }
            "EC" => {
                let (x, y) = (bytes(&jwk.x)?, bytes(&jwk.y)?);
                let point = [&[4], x.as_slice(), y.as_slice()].concat();
                Self::of_scalar(&jwk.crv, &bytes(&jwk.d)?, Some(&point))
            }
            other => Err(unsupported(format!("keys of the kind {other:?}"))),
        }
    }

    fn of_scalar(curve: &str, scalar: &[u8], point: Option<&[u8]>) -> Result<Self> {
        let (name, _, curve) = CURVES
            .into_iter()
            .find(|(name, ..)| *name == curve)
            .ok_or_else(|| unsupported(format!("keys on the curve {curve:?}")))?;
        let length = curve.field_bytes();
        if scalar.len() != length {
            return Err(invalid("its number has not the length of its curve"));
        }
        let computed = public_point(name, scalar)?;
        let point = match (computed, point) {
            (Some(computed), Some(given)) if computed != given => {
                return Err(invalid("its public part is that of another key"));
            }
            (Some(computed), _) => computed,
            (None, Some(given)) => given.to_vec(),
            (None, None) => return Err(invalid("it lacks its public part")),
        };
        if point.len() != 2 * length + 1 || point[0] != 4 {
            return Err(invalid("its public part is no uncompressed point of its curve"));
        }
        let coordinate = |bytes: &[u8]| Base64UrlUnpadded::encode_string(bytes);
        let (x, y) = point[1..].split_at(length);
        Ok(Self {
            shape: Shape::Ec,
            size: name.to_owned(),
            public: members([
                ("kty", "EC".to_owned()),
                ("crv", name.to_owned()),
                ("x", coordinate(x)),
                ("y", coordinate(y)),
            ]),
            public_key: PublicKey::from_point(curve, x, y)?,
            private: vec![("d", Zeroizing::new(coordinate(scalar)))],
        })
    }

    /// The whole JWK: the members that were shown, and the private ones.
    ///
    /// # Errors
    /// `Conflict` if what was shown is another key's.
    pub(crate) fn jwk(&self, shown: &Map<String, Value>) -> Result<Zeroizing<Vec<u8>>> {
        if self.public.iter().any(|(name, value)| name != "kty" && shown.get(name) != Some(value)) {
            return Err(Error::new(Kind::Conflict, READ, "the file holds another key than the one that was shown")
                .with_refused_by("this app")
                .with_next("Nothing was sent. Plan the change anew."));
        }
        let shown = serde_json::to_vec(shown).map_err(|_| unwritten())?;
        let more: usize = self.private.iter().map(|(name, value)| name.len() + value.len() + 6).sum();
        let mut json = Zeroizing::new(Vec::with_capacity(shown.len() + more));
        json.extend_from_slice(shown.strip_suffix(b"}").unwrap_or(&shown));
        for (name, value) in &self.private {
            for part in [",\"", name, "\":\"", value, "\""] {
                json.extend_from_slice(part.as_bytes());
            }
        }
        json.push(b'}');
        Ok(json)
    }
}

/// The public point of a private number; `None` on a curve that is not computed here.
fn public_point(curve: &str, scalar: &[u8]) -> Result<Option<Vec<u8>>> {
    let algorithm = match curve {
        "P-256" => &agreement::ECDH_P256,
        "P-384" => &agreement::ECDH_P384,
        "P-521" => &agreement::ECDH_P521,
        _ => return Ok(None),
    };
    let key =
        PrivateKey::from_private_key(algorithm, scalar).map_err(|_| invalid("its number is no key of its curve"))?;
    let point = key.compute_public_key().map_err(|_| invalid("its number is no key of its curve"))?;
    Ok(Some(point.as_ref().to_vec()))
}

/// A block of PEM, in a buffer that is wiped.
type Block<'a> = (&'a str, Zeroizing<Vec<u8>>);

/// The blocks of a PEM text.
fn blocks(text: &str) -> Result<Vec<Block<'_>>> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, begun)) = rest.split_once("-----BEGIN ") {
        let (label, body) = begun.split_once("-----").ok_or_else(|| invalid("a PEM block has no name"))?;
        let end = format!("-----END {label}-----");
        let (body, after) = body.split_once(&end).ok_or_else(|| invalid("a PEM block has no end"))?;
        if body.contains(':') {
            return Err(invalid("it is encrypted with a password, in an old form")
                .with_next("Decrypt it first, such as with `openssl pkey -in FILE`, then choose that file."));
        }
        let mut packed = Zeroizing::new(String::with_capacity(body.len()));
        packed.extend(body.split_whitespace());
        let der = Base64::decode_vec(&packed).map_err(|_| invalid("the body of a PEM block is not base64"))?;
        blocks.push((label, Zeroizing::new(der)));
        rest = after;
    }
    Ok(blocks)
}

fn members<const N: usize>(members: [(&str, String); N]) -> Map<String, Value> {
    members.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect()
}

fn unwritten() -> Error {
    Error::new(Kind::Unexpected, READ, "DER refused")
}

fn unsupported(what: String) -> Error {
    Error::new(Kind::Unsupported, READ, format!("Azure does not import {what}"))
        .with_refused_by("this app")
        .with_next("Choose an RSA key, or an EC key on P-256, P-256K, P-384 or P-521.")
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(Kind::Invalid, READ, message)
        .with_refused_by("this app")
        .with_next("Choose a PEM file with a private key, or a JWK.")
}

#[cfg(test)]
mod tests;
