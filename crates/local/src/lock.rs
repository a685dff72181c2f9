//! What locks a keystore file, and how the key of its body comes from it.
//!
//! A lock is either 32 random bytes that are kept elsewhere (the OS keyring) or a passphrase, stretched by Argon2id
//! (RFC 9106). Either goes through HKDF-SHA256 (RFC 5869) with the file's salt and yields two independent keys: one
//! encrypts the body, the other is written into the header, so that a wrong passphrase can be told from a damaged file
//! and so that one file cannot be made to open under two passphrases.

use std::fmt;

use aws_lc_rs::{
    aead::{AES_256_GCM, RandomizedNonceKey},
    constant_time, hkdf, rand,
};
use base64ct::{Base64, Encoding};
use domain::{Error, Kind, Result, Secret};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    error::{cryptography, locked},
    stretch::Cost,
};

pub(crate) const KEY_BYTES: usize = 32;
const SALT_BYTES: usize = 16;
const BODY: &[u8] = b"claviger-keystore 1 body";
const CHECK: &[u8] = b"claviger-keystore 1 check";
pub(crate) const UNLOCK: &str = "unlock the keystore";

/// What opens a keystore.
#[derive(Debug)]
pub enum Lock {
    /// 32 random bytes that are kept elsewhere, as in the OS keyring.
    Key(Secret),
    /// A passphrase, as the UTF-8 that was typed.
    Passphrase(Secret),
}

/// Which of the two a keystore wants.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LockKind {
    /// See [`Lock::Key`].
    Key,
    /// See [`Lock::Passphrase`].
    Passphrase,
}

impl Lock {
    /// A key from its base64 text, the form in which the OS keyring keeps it.
    ///
    /// # Errors
    /// `SignedOut` if the text is not the base64 of 32 bytes.
    pub fn from_key_text(text: &Secret) -> Result<Self> {
        let mut bytes = Zeroizing::new([0_u8; KEY_BYTES]);
        let text = text.expose_text().unwrap_or_default().trim();
        match Base64::decode(text, bytes.as_mut()) {
            Ok(decoded) if decoded.len() == KEY_BYTES => Ok(Self::Key(Secret::new(decoded.to_vec()))),
            Ok(_) | Err(_) => Err(locked(
                "the key that was given is not 32 bytes in base64",
                "Take the key from the OS keyring or backup that belongs to this keystore.",
            )),
        }
    }

    /// A new random key, as the base64 text that [`Lock::from_key_text`] reads.
    ///
    /// # Errors
    /// `Unexpected` if the system gives no randomness.
    pub fn fresh_key_text() -> Result<Secret> {
        let mut bytes = Zeroizing::new([0_u8; KEY_BYTES]);
        rand::fill(bytes.as_mut()).map_err(|_| cryptography("make a key", "draw random bytes"))?;
        Ok(Secret::from_text(Base64::encode_string(bytes.as_ref())))
    }

    /// Which of the two it is.
    pub fn kind(&self) -> LockKind {
        match self {
            Self::Key(_) => LockKind::Key,
            Self::Passphrase(_) => LockKind::Passphrase,
        }
    }
}

impl fmt::Display for LockKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Key => "key",
            Self::Passphrase => "passphrase",
        })
    }
}

/// What the file says about its lock. It is authenticated together with the body.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LockHeader {
    method: Method,
    /// Base64 of 16 bytes.
    salt: String,
    /// Base64 of the second key of HKDF.
    check: String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Method {
    Argon2id(Cost),
    KeyringKey,
}

impl LockHeader {
    /// A new lock: what to write into the file, and the key of its body. Blocks for a passphrase's stretching.
    pub(crate) fn make(lock: &Lock) -> Result<(Self, RandomizedNonceKey)> {
        let mut salt = [0_u8; SALT_BYTES];
        rand::fill(&mut salt).map_err(|_| cryptography("make the keystore", "draw random bytes"))?;
        let method = match lock {
            Lock::Key(_) => Method::KeyringKey,
            Lock::Passphrase(passphrase) if passphrase.expose().is_empty() => {
                return Err(Error::new(Kind::Invalid, "make the keystore", "an empty passphrase locks nothing")
                    .with_next("Choose a passphrase."));
            }
            Lock::Passphrase(_) => Method::Argon2id(Cost::NEW),
        };
        let keys = Keys::derive(method, lock, &salt)?;
        let header =
            Self { method, salt: Base64::encode_string(&salt), check: Base64::encode_string(keys.check.as_ref()) };
        Ok((header, keys.body()?))
    }

    /// The key of the body. Blocks for a passphrase's stretching.
    ///
    /// # Errors
    /// `SignedOut` if `lock` is the wrong one, `Invalid` if the header makes no sense.
    pub(crate) fn unlock(&self, lock: &Lock) -> Result<RandomizedNonceKey> {
        let malformed = || Error::new(Kind::Invalid, UNLOCK, "the file's lock is malformed");
        let salt = Base64::decode_vec(&self.salt).map_err(|_| malformed())?;
        let check = Base64::decode_vec(&self.check).map_err(|_| malformed())?;
        if salt.len() != SALT_BYTES || check.len() != KEY_BYTES {
            return Err(malformed());
        }
        let keys = Keys::derive(self.method, lock, &salt)?;
        constant_time::verify_slices_are_equal(keys.check.as_ref(), &check).map_err(|_| match lock.kind() {
            LockKind::Key => locked(
                "the key that was given does not belong to this keystore",
                "Give the key that was made with this file; the OS keyring keeps it under the connection's name.",
            ),
            LockKind::Passphrase => locked("the passphrase is wrong", "Type the passphrase of this keystore again."),
        })?;
        keys.body()
    }

    pub(crate) fn kind(&self) -> LockKind {
        match self.method {
            Method::Argon2id(_) => LockKind::Passphrase,
            Method::KeyringKey => LockKind::Key,
        }
    }
}

struct Keys {
    body: Zeroizing<[u8; KEY_BYTES]>,
    check: Zeroizing<[u8; KEY_BYTES]>,
}

impl Keys {
    fn derive(method: Method, lock: &Lock, salt: &[u8]) -> Result<Self> {
        match (method, lock) {
            (Method::Argon2id(cost), Lock::Passphrase(passphrase)) => {
                Self::expand(cost.stretch(passphrase.expose(), salt)?.as_ref(), salt)
            }
            (Method::KeyringKey, Lock::Key(key)) if key.expose().len() == KEY_BYTES => Self::expand(key.expose(), salt),
            (Method::KeyringKey, Lock::Key(_)) => {
                Err(locked("a keystore's key has 32 bytes", "Give the key that was made with this file."))
            }
            (Method::Argon2id(_), Lock::Key(_)) => {
                Err(locked("this keystore is locked with a passphrase, not with a key", "Type its passphrase."))
            }
            (Method::KeyringKey, Lock::Passphrase(_)) => Err(locked(
                "this keystore is locked with a key from the OS keyring, not with a passphrase",
                "Give the key that was made with this file.",
            )),
        }
    }

    fn expand(secret: &[u8], salt: &[u8]) -> Result<Self> {
        let source = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(secret);
        let key_of = |purpose: &[u8]| -> Result<Zeroizing<[u8; KEY_BYTES]>> {
            let mut key = Zeroizing::new([0_u8; KEY_BYTES]);
            source
                .expand(&[purpose], hkdf::HKDF_SHA256)
                .and_then(|expanded| expanded.fill(key.as_mut()))
                .map_err(|_| cryptography(UNLOCK, "derive the keys"))?;
            Ok(key)
        };
        Ok(Self { body: key_of(BODY)?, check: key_of(CHECK)? })
    }

    fn body(&self) -> Result<RandomizedNonceKey> {
        RandomizedNonceKey::new(&AES_256_GCM, self.body.as_ref())
            .map_err(|_| cryptography(UNLOCK, "set up AES-256-GCM"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(method: &str) -> LockHeader {
        let salt = Base64::encode_string(&[1; SALT_BYTES]);
        let check = Base64::encode_string(&[2; KEY_BYTES]);
        serde_json::from_str(&format!(r#"{{"method":{method},"salt":"{salt}","check":"{check}"}}"#)).unwrap()
    }

    /// The expected values come from Python's `cryptography` 48: its Argon2id with these parameters, then its HKDF with
    /// SHA-256, the same salt, and each purpose as `info`.
    #[test]
    fn the_keys_of_a_passphrase_are_those_of_another_implementation() {
        let hex = |key: &[u8]| key.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let salt: Vec<u8> = (0..16).collect();
        let passphrase = Lock::Passphrase(Secret::from_text("correct horse ż".into()));
        let keys = Keys::derive(Method::Argon2id(Cost::NEW), &passphrase, &salt).unwrap();
        assert_eq!(hex(keys.body.as_ref()), "ff52f9dfb96a9e1cacd6b836fb38a3dbe6cffeca06bc0b7cb086cd48d7e16de2");
        assert_eq!(hex(keys.check.as_ref()), "9baffc55c0a8c77f3e65eca02cee99cb0fd846fc8362dc0f830433fd9ccbdd20");
    }

    #[test]
    fn the_wrong_kind_of_lock_is_named() {
        let key = Lock::Key(Secret::new(vec![7; KEY_BYTES]));
        let passphrase = Lock::Passphrase(Secret::from_text("x".into()));
        let by_passphrase = header(r#"{"argon2id":{"memory_kib":64,"passes":1,"lanes":1}}"#);
        let error = by_passphrase.unlock(&key).unwrap_err();
        assert_eq!((error.kind(), error.message().contains("with a passphrase")), (Kind::SignedOut, true));
        let error = header(r#""keyring-key""#).unlock(&passphrase).unwrap_err();
        assert_eq!((error.kind(), error.message().contains("OS keyring")), (Kind::SignedOut, true));
        let short = Lock::Key(Secret::new(vec![7; 31]));
        assert_eq!(header(r#""keyring-key""#).unlock(&short).unwrap_err().kind(), Kind::SignedOut);
    }

    #[test]
    fn key_texts_read_back_and_only_those_of_32_bytes() {
        let text = Lock::fresh_key_text().unwrap();
        let Lock::Key(key) = Lock::from_key_text(&text).unwrap() else { panic!("a key") };
        assert_eq!(Base64::encode_string(key.expose()).as_bytes(), text.expose());
        for wrong in ["", "x", "AAAA", &Base64::encode_string(&[0; 33]), &Base64::encode_string(&[0; 31])] {
            let error = Lock::from_key_text(&Secret::from_text(wrong.to_owned())).unwrap_err();
            assert_eq!(error.kind(), Kind::SignedOut, "{wrong}");
        }
    }
}
