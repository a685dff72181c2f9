//! JSON Web Keys with their private members (RFC 7517; RFC 7518, 6; RFC 8037, 2; RFC 8812, 3.1), read and written.

use base64ct::{Base64UrlUnpadded, Encoding};
use der::{
    Decode, Encode,
    asn1::{OctetStringRef, UintRef},
};
use domain::{Algorithm, Curve, KeyMaterial, Result, Secret};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{
    pkcs8::{self, EcPrivateKey, Pair, RsaPrivateKey},
    public_key,
    read::{invalid, unsupported, unwritten},
    symmetric,
};
use crate::{PublicKey, jwk};

/// The members of a JWK, `kty` first.
pub struct Members {
    /// Those that may be seen.
    pub public: Vec<(&'static str, String)>,
    /// Those that may not: `d`, `p`, `q`, `dp`, `dq` and `qi` of RSA, `d` of EC and OKP, `k` of a symmetric key. Each is
    /// base64url without padding.
    pub private: Vec<(&'static str, Zeroizing<String>)>,
}

/// A member's text, private or not. Wiped when it is dropped.
type Text = Zeroizing<String>;

/// A JWK as a file holds it. What is not there is empty.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Jwk {
    kty: Text,
    alg: Text,
    crv: Text,
    n: Text,
    e: Text,
    d: Text,
    p: Text,
    q: Text,
    dp: Text,
    dq: Text,
    qi: Text,
    x: Text,
    y: Text,
    k: Text,
}

/// The members of the JWK that this material is. A curve has its name of RFC 7518 or RFC 8812: `P-256`, `secp256k1`.
///
/// # Errors
/// As [`public_key`].
pub fn members(material: &KeyMaterial) -> Result<Members> {
    let bytes = material.bytes.expose();
    let secret = |bytes: &[u8]| Zeroizing::new(Base64UrlUnpadded::encode_string(bytes));
    let Some(key) = public_key(material)? else {
        return Ok(Members { public: vec![("kty", "oct".to_owned())], private: vec![("k", secret(bytes))] });
    };
    Ok(Members { public: public(&key)?, private: private(&material.algorithm, pkcs8::inner(bytes)?)? })
}

/// `kty` stands first, then the rest in the order of RFC 7518.
fn public(key: &PublicKey) -> Result<Vec<(&'static str, String)>> {
    let mut members = jwk::required(key)?;
    let order = ["kty", "crv", "n", "e", "x", "y"];
    members.sort_by_key(|(name, _)| order.iter().position(|known| known == name));
    Ok(members)
}

fn private(algorithm: &Algorithm, inner: &[u8]) -> Result<Vec<(&'static str, Zeroizing<String>)>> {
    let secret = |bytes: &[u8]| Zeroizing::new(Base64UrlUnpadded::encode_string(bytes));
    match algorithm {
        Algorithm::Rsa(_) => {
            let key = RsaPrivateKey::from_der(inner).map_err(|_| unwritten())?;
            let numbers = [("d", key.d), ("p", key.p), ("q", key.q), ("dp", key.dp), ("dq", key.dq), ("qi", key.qi)];
            Ok(numbers.map(|(name, number)| (name, secret(number.as_bytes()))).into())
        }
        Algorithm::Ec(_) => {
            let key = EcPrivateKey::from_der(inner).map_err(|_| unwritten())?;
            Ok(vec![("d", secret(key.private_key.as_bytes()))])
        }
        Algorithm::Ed25519 => {
            let seed = <&OctetStringRef>::from_der(inner).map_err(|_| unwritten())?;
            Ok(vec![("d", secret(seed.as_bytes()))])
        }
        Algorithm::Aes(_) | Algorithm::ChaCha20 | Algorithm::Hmac(_) | Algorithm::Other(_) => {
            Err(unsupported(format!("key pairs of the kind {algorithm}")))
        }
    }
}

/// Reads the text of a JWK.
///
/// # Errors
/// As [`read`](super::read()).
pub(super) fn read(text: &str) -> Result<KeyMaterial> {
    let jwk: Jwk = serde_json::from_str(text).map_err(|_| invalid("it is no JWK (RFC 7517)"))?;
    match jwk.kty.as_str() {
        "EC" => jwk.ec().map(|pair| pair.material),
        "OKP" => jwk.edwards().map(|pair| pair.material),
        "RSA" => jwk.rsa().map(|pair| pair.material),
        "oct" => jwk.octets(),
        other => Err(unsupported(format!("keys of the kind {other:?}"))),
    }
}

impl Jwk {
    fn rsa(&self) -> Result<Pair> {
        let texts = [&self.n, &self.e, &self.d, &self.p, &self.q, &self.dp, &self.dq, &self.qi];
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
        pkcs8::of_pkcs1(&der)
    }

    fn ec(&self) -> Result<Pair> {
        let curve = match self.crv.as_str() {
            "P-256" => Curve::P256,
            // As RFC 8812 calls it, and as Azure did before it.
            "secp256k1" | "P-256K" => Curve::P256k1,
            "P-384" => Curve::P384,
            "P-521" => Curve::P521,
            other => return Err(unsupported(format!("keys on the curve {other:?}"))),
        };
        if [&self.d, &self.x, &self.y].iter().any(|text| text.is_empty()) {
            return Err(invalid("the JWK lacks one of d, x and y"));
        }
        let point = [&[4], bytes(&self.x)?.as_slice(), bytes(&self.y)?.as_slice()].concat();
        pkcs8::of_scalar(curve, &bytes(&self.d)?, Some(&point))
    }

    fn edwards(&self) -> Result<Pair> {
        if self.crv.as_str() != "Ed25519" {
            return Err(unsupported(format!("keys on the curve {:?}", self.crv.as_str())));
        }
        if [&self.d, &self.x].iter().any(|text| text.is_empty()) {
            return Err(invalid("the JWK lacks one of d and x"));
        }
        let pair = pkcs8::of_seed(&bytes(&self.d)?)?;
        if pair.public.bare() != bytes(&self.x)?.as_slice() {
            return Err(invalid("its public part is that of another key"));
        }
        Ok(pair)
    }

    fn octets(&self) -> Result<KeyMaterial> {
        let mut key = bytes(&self.k)?;
        let bits = u32::try_from(key.len() * 8).unwrap_or(u32::MAX);
        let algorithm = match key.len() {
            _ if self.alg.starts_with("HS") => Algorithm::Hmac(bits),
            16 | 32 => Algorithm::Aes(bits),
            length => {
                return Err(invalid(format!(
                    "a JWK of the kind \"oct\" holds an AES key of 16 or 32 bytes, and this one has {length}"
                )));
            }
        };
        symmetric(algorithm, Secret::new(std::mem::take(&mut *key)))
    }
}

fn bytes(text: &str) -> Result<Zeroizing<Vec<u8>>> {
    let decoded = Base64UrlUnpadded::decode_vec(text.trim_end_matches('='));
    decoded.map(Zeroizing::new).map_err(|_| invalid("a member of the JWK is not base64url"))
}
