//! A private key that is brought along in a file, as the JWK that Key Vault imports. Its public part is shown and
//! journalled; the rest is wiped when it is dropped, and written only into the call that imports it.

use domain::{Algorithm, Curve, Error, Kind, Result, Secret};
use encoding::{
    PublicKey,
    material::{self, Members},
};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::kinds::Shape;

const READ: &str = "read the private key";

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

impl Material {
    /// Reads what is in a file.
    ///
    /// # Errors
    /// As [`material::read`]; `Unsupported` for what Azure does not import.
    pub(crate) fn read(file: &Secret) -> Result<Self> {
        let held = material::read(file)?;
        let (shape, size) = match &held.algorithm {
            Algorithm::Ec(curve) => (Shape::Ec, name(*curve).to_owned()),
            Algorithm::Rsa(bits) => (Shape::Rsa, bits.to_string()),
            Algorithm::Aes(_) | Algorithm::ChaCha20 | Algorithm::Ed25519 | Algorithm::Hmac(_) | Algorithm::Other(_) => {
                return Err(unsupported(&held.algorithm));
            }
        };
        let public_key = material::public_key(&held)?.ok_or_else(|| unsupported(&held.algorithm))?;
        let Members { public, private } = material::members(&held)?;
        let mut members: Map<String, Value> =
            public.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        if let Some(curve) = members.get_mut("crv") {
            *curve = size.as_str().into();
        }
        Ok(Self { shape, size, public: members, public_key, private })
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

/// A curve as Azure calls it. RFC 8812 came later, with `secp256k1` for `P-256K`.
fn name(curve: Curve) -> &'static str {
    match curve {
        Curve::P256 => "P-256",
        Curve::P256k1 => "P-256K",
        Curve::P384 => "P-384",
        Curve::P521 => "P-521",
    }
}

fn unwritten() -> Error {
    Error::new(Kind::Unexpected, READ, "JSON refused")
}

fn unsupported(algorithm: &Algorithm) -> Error {
    Error::new(Kind::Unsupported, READ, format!("Azure does not import keys of the kind {algorithm} from a file"))
        .with_refused_by("this app")
        .with_next("Choose an RSA key, or an EC key on P-256, P-256K, P-384 or P-521.")
}

#[cfg(test)]
mod tests;
