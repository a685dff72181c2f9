//! Key material wrapped for another place: RSAES-OAEP (RFC 8017, 7.1), and `CKM_RSA_AES_KEY_WRAP` (PKCS#11 3.0, 2.1.21),
//! which puts an AES-256 key that was made for this once under RSAES-OAEP, and the material under that key by AES-KWP (RFC
//! 5649). What is wrapped says nothing without the place's private key.

mod hand;
#[cfg(test)]
mod tests;

use aws_lc_rs::{
    key_wrap::{AES_256, AesKek, KeyWrapPadded},
    rand,
    rsa::{OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm, OaepPublicEncryptingKey, PublicEncryptingKey},
};
use domain::{Algorithm, Error, KeyMaterial, Kind, Result, Wrap};
use zeroize::Zeroizing;

pub use self::hand::{HandLine, by_hand};
use crate::PublicKey;

const WRAP: &str = "wrap the key";
/// The shortest modulus that is wrapped with, in bits (NIST SP 800-131A revision 2, table 5).
const SHORTEST: u32 = 2048;
/// The length of the key between the RSA key and the material.
const BETWEEN_BYTES: usize = 32;
/// What AES-KWP adds at most: the integrity value of 8 bytes, and up to 7 of padding.
const KWP_BYTES: usize = 15;

/// A hash of OAEP, for the mask too.
#[derive(Clone, Copy)]
enum Oaep {
    Sha1,
    Sha256,
}

/// Wraps `material` with an RSA key, the DER of its SubjectPublicKeyInfo. A symmetric key goes as its bytes, a key pair as
/// its PKCS#8. The label of OAEP is empty. For `RsaAesSha1` and `RsaAesSha256`, as many bytes as the modulus has hold the
/// AES key, and the rest is the material.
///
/// # Errors
/// `Invalid` for [`Wrap::Plain`], for a wrapping key that is no RSA key of at least 2048 bits, and for material that is
/// empty or too long for the modulus.
pub fn wrap(wrapping_key: &[u8], wrap: Wrap, material: &KeyMaterial) -> Result<Vec<u8>> {
    let (oaep, between) = match wrap {
        Wrap::OaepSha1 => (Oaep::Sha1, false),
        Wrap::OaepSha256 => (Oaep::Sha256, false),
        Wrap::Plain => return Err(invalid("material that goes as it is has no wrapped form")),
        Wrap::RsaAesSha1 => (Oaep::Sha1, true),
        Wrap::RsaAesSha256 => (Oaep::Sha256, true),
    };
    let (key, bits) = read(wrapping_key)?;
    let bytes = material.bytes.expose();
    if bytes.is_empty() {
        return Err(invalid("the material is empty"));
    }
    if !between {
        let most = oaep.most(bits);
        return if bytes.len() > most {
            Err(too_long(bytes.len(), bits, oaep, most))
        } else {
            oaep.encrypt(&key, bytes)
        };
    }
    let mut ephemeral = Zeroizing::new([0; BETWEEN_BYTES]);
    rand::fill(ephemeral.as_mut_slice()).map_err(|_| failed())?;
    let mut blob = oaep.encrypt(&key, ephemeral.as_slice())?;
    let mut wrapped = vec![0; bytes.len() + KWP_BYTES];
    let kek = AesKek::new(&AES_256, ephemeral.as_slice()).map_err(|_| failed())?;
    blob.extend_from_slice(kek.wrap_with_padding(bytes, &mut wrapped).map_err(|_| failed())?);
    Ok(blob)
}

/// The most bytes that a modulus of `bits` takes in this way (RFC 8017, 7.1.1); `None` if any number of bytes that a key
/// has goes.
pub fn longest(wrap: Wrap, bits: u32) -> Option<usize> {
    match wrap {
        Wrap::OaepSha1 => Some(Oaep::Sha1.most(bits)),
        Wrap::OaepSha256 => Some(Oaep::Sha256.most(bits)),
        Wrap::Plain | Wrap::RsaAesSha1 | Wrap::RsaAesSha256 => None,
    }
}

/// SHA-256 of what was wrapped, in lower-case hex, by which it is told apart from others.
pub fn sha256(blob: &[u8]) -> String {
    domain::shown_digest(blob)
}

/// The RSA key to wrap with, and the bits of its modulus.
fn read(wrapping_key: &[u8]) -> Result<(OaepPublicEncryptingKey, u32)> {
    let bits = match PublicKey::from_spki_der(wrapping_key)
        .map_err(|error| invalid("the wrapping key is no public key (RFC 5280, 4.1.2.7)").with_source(error))?
        .algorithm()
    {
        Algorithm::Rsa(bits) if bits >= SHORTEST => bits,
        other => {
            let message = format!("the wrapping key is {other}, and an RSA key of at least {SHORTEST} bits was due");
            return Err(invalid(message));
        }
    };
    let key = PublicEncryptingKey::from_der(wrapping_key)
        .map_err(|_| ())
        .and_then(|key| OaepPublicEncryptingKey::new(key).map_err(|_| ()));
    Ok((
        key.map_err(|()| {
            invalid(format!("the numbers of the wrapping key are no RSA key of {SHORTEST} to 8192 bits"))
        })?,
        bits,
    ))
}

impl Oaep {
    fn algorithm(self) -> &'static OaepAlgorithm {
        match self {
            Self::Sha1 => &OAEP_SHA1_MGF1SHA1,
            Self::Sha256 => &OAEP_SHA256_MGF1SHA256,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
        }
    }

    fn most(self, bits: u32) -> usize {
        let hash = match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        };
        (bits.div_ceil(8) as usize).saturating_sub(2 * hash + 2)
    }

    fn encrypt(self, key: &OaepPublicEncryptingKey, bytes: &[u8]) -> Result<Vec<u8>> {
        let mut wrapped = vec![0; key.ciphertext_size()];
        let length = key.encrypt(self.algorithm(), bytes, &mut wrapped, None).map_err(|_| failed())?.len();
        wrapped.truncate(length);
        Ok(wrapped)
    }
}

fn too_long(length: usize, bits: u32, oaep: Oaep, most: usize) -> Error {
    let name = oaep.name();
    invalid(format!("the material has {length} bytes, and RSA {bits} by OAEP with {name} takes {most} at most"))
        .with_next("Choose a way with an AES key between the two, or a longer wrapping key.")
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(Kind::Invalid, WRAP, message).with_refused_by("this app").with_next("Nothing was wrapped or sent.")
}

fn failed() -> Error {
    Error::new(Kind::Unexpected, WRAP, "the cryptographic library failed")
        .with_refused_by("AWS-LC")
        .with_next("Nothing was wrapped or sent.")
}
