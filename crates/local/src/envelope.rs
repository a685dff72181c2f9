//! The bytes of a keystore file: a JSON envelope in clear around an encrypted body.
//!
//! ```json
//! {"format":"claviger-keystore","version":1,
//! "lock":{"method":{"argon2id":{"memory_kib":65536,"passes":3,"lanes":4}},"salt":"…","check":"…"},
//! "nonce":"…",
//! "body":"…",
//! "digest":"…"}
//! ```
//!
//! `body` is AES-256-GCM (NIST SP 800-38D) with a random nonce of 12 bytes, drawn anew by AWS-LC at each write, and the
//! associated data of [`associated_data`]. `digest` is SHA-256 over every byte of the file before `,\n"digest"`: it
//! tells a file damaged by accident from a wrong passphrase. Against intent only GCM's tag protects.

use std::path::Path;

use aws_lc_rs::{
    aead::{Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    digest::{SHA256, digest},
};
use base64ct::{Base64, Encoding};
use domain::{Error, Kind, Result};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    error::{cryptography, damaged},
    lock::LockHeader,
};

const FORMAT: &str = "claviger-keystore";
const VERSION: u64 = 1;
const OPEN: &str = "open the keystore";
const BEFORE_DIGEST: &str = ",\n\"digest\":\"";
const AFTER_DIGEST: &str = "\"}\n";
const TAG_BYTES: usize = 16;

/// How many bytes at the end of a file hold its digest: two files that agree in them agree in everything.
pub(crate) const TRAILER_BYTES: usize = BEFORE_DIGEST.len() + 64 + AFTER_DIGEST.len();

/// One file's content, still locked.
#[derive(Debug)]
pub(crate) struct Envelope {
    pub(crate) lock: LockHeader,
    nonce: [u8; NONCE_LEN],
    sealed: Vec<u8>,
}

#[derive(Deserialize)]
struct Label {
    format: String,
    version: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<'a> {
    format: &'a str,
    version: u64,
    lock: LockHeader,
    nonce: &'a str,
    body: &'a str,
    digest: &'a str,
}

impl Envelope {
    /// Encrypts `body` under a nonce that was never used before.
    pub(crate) fn seal(lock: LockHeader, key: &RandomizedNonceKey, mut body: Zeroizing<Vec<u8>>) -> Result<Self> {
        let (nonce, tag) = key
            .seal_in_place_separate_tag(Aad::from(associated_data(&lock)?), body.as_mut())
            .map_err(|_| cryptography("save the keystore", "encrypt"))?;
        // Nothing secret is left in the buffer, so it may leave its wiping wrapper.
        let mut sealed = std::mem::take(&mut *body);
        sealed.extend_from_slice(tag.as_ref());
        Ok(Self { lock, nonce: *nonce.as_ref(), sealed })
    }

    /// Decrypts the body.
    pub(crate) fn open(self, key: &RandomizedNonceKey, path: &Path) -> Result<Zeroizing<Vec<u8>>> {
        let mut body = Zeroizing::new(self.sealed);
        let nonce = Nonce::assume_unique_for_key(self.nonce);
        let length = key
            .open_in_place(nonce, Aad::from(associated_data(&self.lock)?), body.as_mut())
            .map_err(|_| damaged(OPEN, path, "the file was changed by another hand than Claviger's"))?
            .len();
        body.truncate(length);
        Ok(body)
    }

    /// The bytes of the file.
    pub(crate) fn encode(&self) -> Result<Vec<u8>> {
        let lock = lock_text(&self.lock)?;
        let nonce = Base64::encode_string(&self.nonce);
        let body = Base64::encode_string(&self.sealed);
        let mut text = format!(
            "{{\"format\":\"{FORMAT}\",\"version\":{VERSION},\n\"lock\":{lock},\n\"nonce\":\"{nonce}\",\n\"body\":\"{body}\""
        );
        let digest = hex_digest(text.as_bytes());
        text.push_str(BEFORE_DIGEST);
        text.push_str(&digest);
        text.push_str(AFTER_DIGEST);
        Ok(text.into_bytes())
    }

    /// Reads the bytes of the file at `path`.
    ///
    /// # Errors
    /// `Unsupported` for a newer version, `Invalid` for everything that [`Envelope::encode`] did not write.
    pub(crate) fn decode(bytes: &[u8], path: &Path) -> Result<Self> {
        let label: Label = serde_json::from_slice(bytes)
            .map_err(|_| damaged(OPEN, path, "not a Claviger keystore, or the file is damaged or cut short"))?;
        if label.format != FORMAT {
            return Err(damaged(OPEN, path, "not a Claviger keystore"));
        }
        if label.version > VERSION {
            let message = format!(
                "{}: the file has format version {}; this Claviger reads version {VERSION}",
                path.display(),
                label.version
            );
            return Err(Error::new(Kind::Unsupported, OPEN, message).with_next("Update Claviger, then open it again."));
        }
        let broken = || damaged(OPEN, path, "the file is damaged");
        let (content, trailer) =
            bytes.split_at_checked(bytes.len().saturating_sub(TRAILER_BYTES)).ok_or_else(broken)?;
        if trailer != format!("{BEFORE_DIGEST}{}{AFTER_DIGEST}", hex_digest(content)).as_bytes() {
            return Err(broken());
        }
        let written: Written<'_> = serde_json::from_slice(bytes).map_err(|_| broken())?;
        let mut nonce = [0_u8; NONCE_LEN];
        if Base64::decode(written.nonce, &mut nonce).map(<[u8]>::len) != Ok(NONCE_LEN) || written.version != VERSION {
            return Err(broken());
        }
        let sealed = Base64::decode_vec(written.body).map_err(|_| broken())?;
        if sealed.len() < TAG_BYTES {
            return Err(broken());
        }
        Ok(Self { lock: written.lock, nonce, sealed })
    }
}

/// What the body's tag covers beside the body: format, version and lock, as compact JSON of one spelling.
fn associated_data(lock: &LockHeader) -> Result<Vec<u8>> {
    Ok(format!("{{\"format\":\"{FORMAT}\",\"version\":{VERSION},\"lock\":{}}}", lock_text(lock)?).into_bytes())
}

fn lock_text(lock: &LockHeader) -> Result<String> {
    serde_json::to_string(lock)
        .map_err(|cause| Error::new(Kind::Unexpected, OPEN, "the lock cannot be written as JSON").with_source(cause))
}

fn hex_digest(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use domain::Secret;
    use proptest::prelude::{any, proptest};

    use super::*;
    use crate::lock::Lock;

    fn sealed() -> (Vec<u8>, Lock) {
        let lock = Lock::Key(Secret::new(vec![7; 32]));
        let (header, key) = LockHeader::make(&lock).unwrap();
        let body = Zeroizing::new(b"{\"entries\":[]}".to_vec());
        (Envelope::seal(header, &key, body).unwrap().encode().unwrap(), lock)
    }

    fn opened(bytes: &[u8], lock: &Lock) -> Result<Zeroizing<Vec<u8>>> {
        let envelope = Envelope::decode(bytes, Path::new("x"))?;
        let key = envelope.lock.unlock(lock)?;
        envelope.open(&key, Path::new("x"))
    }

    fn with_right_digest(mut bytes: Vec<u8>) -> Vec<u8> {
        bytes.truncate(bytes.len() - TRAILER_BYTES);
        let digest = hex_digest(&bytes);
        bytes.extend_from_slice(format!("{BEFORE_DIGEST}{digest}{AFTER_DIGEST}").as_bytes());
        bytes
    }

    #[test]
    fn what_was_sealed_opens() {
        let (bytes, lock) = sealed();
        assert_eq!(opened(&bytes, &lock).unwrap().as_slice(), b"{\"entries\":[]}");
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_refused() {
        let (bytes, lock) = sealed();
        for position in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[position] ^= 1 << bit;
                let kind = opened(&changed, &lock).unwrap_err().kind();
                assert!(matches!(kind, Kind::Invalid | Kind::Unsupported), "byte {position}, bit {bit}: {kind}");
            }
            assert_eq!(opened(&bytes[..position], &lock).unwrap_err().kind(), Kind::Invalid, "cut at {position}");
        }
        let longer = [bytes.as_slice(), b"\n"].concat();
        assert_eq!(opened(&longer, &lock).unwrap_err().kind(), Kind::Invalid);
    }

    #[test]
    fn a_change_with_a_recomputed_digest_is_refused_by_the_tag() {
        let (bytes, lock) = sealed();
        let text = std::str::from_utf8(&bytes).unwrap();
        for member in ["\"salt\":\"", "\"check\":\"", "\"nonce\":\"", "\"body\":\""] {
            let start = text.find(member).unwrap() + member.len();
            let mut changed = bytes.clone();
            changed[start] = if changed[start] == b'A' { b'B' } else { b'A' };
            assert!(opened(&with_right_digest(changed), &lock).is_err(), "{member}");
        }
    }

    #[test]
    fn a_newer_version_is_unsupported_and_another_format_is_no_keystore() {
        let (bytes, lock) = sealed();
        let text = String::from_utf8(bytes).unwrap();
        let newer = text.replace("\"version\":1", "\"version\":2");
        assert_eq!(opened(newer.as_bytes(), &lock).unwrap_err().kind(), Kind::Unsupported);
        let unlike = br#"{"format":"claviger-keystore","version":7,"members":{"of":["another","shape"]}}"#;
        assert_eq!(opened(unlike, &lock).unwrap_err().kind(), Kind::Unsupported);
        let other = text.replace("claviger-keystore", "claviger-journal!");
        assert_eq!(opened(other.as_bytes(), &lock).unwrap_err().kind(), Kind::Invalid);
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_are_an_error_not_a_panic(
            bytes in proptest::collection::vec(any::<u8>(), 0..300), position in any::<usize>(), byte in any::<u8>(),
        ) {
            let (mut file, lock) = sealed();
            assert_eq!(opened(&bytes, &lock).unwrap_err().kind(), Kind::Invalid);
            let position = position % file.len();
            if file[position] != byte {
                file[position] = byte;
                assert!(opened(&file, &lock).is_err());
                // With the digest put right, the lock and the tag still stand: at most white space was changed.
                if let Ok(body) = opened(&with_right_digest(file), &lock) {
                    assert_eq!(body.as_slice(), b"{\"entries\":[]}");
                }
            }
        }
    }
}
