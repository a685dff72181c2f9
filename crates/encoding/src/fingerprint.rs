//! The fingerprints that consumers show for a key, and the verdict on a pasted one.
//!
//! Snowflake and OpenSSH both write `SHA256:` and base64, but hash different bytes: the SPKI DER, with padding, and the
//! SSH wire form, without.

use base64ct::{Base64, Base64Unpadded, Base64UrlUnpadded, Encoding};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::{PublicKey, jwk, ssh};

/// Every way consumers name a public key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fingerprints {
    /// `SHA256:` and padded base64 of SHA-256 over the SPKI DER. Snowflake's `RSA_PUBLIC_KEY_FP`.
    pub spki_sha256: String,
    /// The same digest as lower-case hex.
    pub spki_sha256_hex: String,
    /// `SHA256:` and unpadded base64 of SHA-256 over the SSH wire form; absent where SSH has no such key.
    pub openssh_sha256: Option<String>,
    /// RFC 7638 thumbprint; absent where JWK has no such key.
    pub jwk_thumbprint: Option<String>,
}

/// What a pasted text is to a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// It is this key's, but neither SPKI SHA-256 nor SSH: a JWK thumbprint, a SHA-1, a digest of the bare key.
    AnotherForm,
    /// It is this key's SPKI SHA-256, in base64 or hex.
    Match,
    /// It is a well-formed fingerprint, and not of this key.
    Mismatch,
    /// It is no fingerprint that could be compared. MD5 is among these: nobody should trust one.
    NotAFingerprint,
    /// It is this key's, but of the SSH form, which Snowflake never shows.
    SshFingerprint,
    /// It has the SSH form (no padding) and belongs to another key.
    SshFingerprintOfAnotherKey,
}

impl Fingerprints {
    /// The fingerprints of a key.
    pub fn of(key: &PublicKey) -> Self {
        Self {
            spki_sha256: spki_sha256(key),
            spki_sha256_hex: hex(&Sha256::digest(key.spki_der())),
            openssh_sha256: ssh::wire(key)
                .ok()
                .map(|wire| format!("SHA256:{}", Base64Unpadded::encode_string(&Sha256::digest(wire)))),
            jwk_thumbprint: jwk::thumbprint(key).ok(),
        }
    }
}

/// Says what `pasted` is to `key`. Takes a bare fingerprint, a cell or a row of `DESC USER`, or a line of
/// `ssh-keygen -l`.
pub fn compare(key: &PublicKey, pasted: &str) -> Verdict {
    let digests = pasted
        .split(|c: char| c.is_whitespace() || matches!(c, '|' | '"' | '\'' | ',' | ';' | '`'))
        .filter_map(Pasted::read);
    // A marked fingerprint settles it; other words of a pasted row can look like one by chance.
    let (marked, bare): (Vec<Pasted>, Vec<Pasted>) = digests.partition(|pasted| pasted.marked);
    let candidates = if marked.is_empty() { bare } else { marked };
    candidates
        .iter()
        .map(|candidate| candidate.verdict(key))
        .min_by_key(|verdict| match verdict {
            Verdict::Match => 0,
            Verdict::SshFingerprint => 1,
            Verdict::AnotherForm => 2,
            Verdict::SshFingerprintOfAnotherKey => 3,
            Verdict::Mismatch => 4,
            Verdict::NotAFingerprint => 5,
        })
        .unwrap_or(Verdict::NotAFingerprint)
}

/// `SHA256:` and padded base64 of SHA-256 over the SPKI DER.
pub(crate) fn spki_sha256(key: &PublicKey) -> String {
    format!("SHA256:{}", Base64::encode_string(&Sha256::digest(key.spki_der())))
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One word that reads as a digest.
struct Pasted {
    digest: Vec<u8>,
    /// It carried `SHA256:` or `SHA1:`.
    marked: bool,
    /// It has the length of unpadded base64, as SSH writes.
    unpadded: bool,
}

impl Pasted {
    fn read(word: &str) -> Option<Self> {
        let (marked, body) = match word.split_once(':') {
            Some((mark, body)) if mark.eq_ignore_ascii_case("SHA256") || mark.eq_ignore_ascii_case("SHA1") => {
                (true, body)
            }
            _ => (false, word),
        };
        if let Some(digest) = from_hex(body) {
            return Some(Self { digest, marked, unpadded: false });
        }
        let unpadded = !body.ends_with('=');
        let digest = if unpadded {
            Base64Unpadded::decode_vec(body).or_else(|_| Base64UrlUnpadded::decode_vec(body))
        } else {
            Base64::decode_vec(body)
        };
        let digest = digest.ok().filter(|digest| is_digest_length(digest.len()))?;
        // Twenty bytes of unmarked base64 are as likely to be a word.
        (marked || digest.len() == 32).then_some(Self { digest, marked, unpadded })
    }

    fn verdict(&self, key: &PublicKey) -> Verdict {
        let is = |digest: &[u8]| self.digest == digest;
        if is(&Sha256::digest(key.spki_der())) {
            return Verdict::Match;
        }
        if ssh::wire(key).is_ok_and(|wire| is(&Sha256::digest(wire))) {
            return Verdict::SshFingerprint;
        }
        let thumbprint = jwk::thumbprint(key).ok().and_then(|text| Base64UrlUnpadded::decode_vec(&text).ok());
        let bare = key.bare();
        if thumbprint.is_some_and(|thumbprint| is(&thumbprint))
            || is(&Sha1::digest(key.spki_der()))
            || is(&Sha1::digest(bare))
            || is(&Sha256::digest(bare))
        {
            return Verdict::AnotherForm;
        }
        if self.marked && self.unpadded { Verdict::SshFingerprintOfAnotherKey } else { Verdict::Mismatch }
    }
}

fn is_digest_length(bytes: usize) -> bool {
    matches!(bytes, 20 | 32)
}

/// Hex of a digest's length, with or without colons between the bytes.
fn from_hex(text: &str) -> Option<Vec<u8>> {
    let pairs: Vec<&[u8]> = if text.contains(':') {
        text.split(':').map(str::as_bytes).collect()
    } else {
        text.as_bytes().chunks(2).collect()
    };
    if !is_digest_length(pairs.len()) {
        return None;
    }
    let byte = |pair: &[u8]| match pair {
        // `from_str_radix` alone would take a sign.
        [high, low] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
            u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()
        }
        _ => None,
    };
    pairs.into_iter().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::SAMPLES;

    #[test]
    fn a_pasted_fingerprint_is_told_from_every_other() {
        let key = &SAMPLES.rsa_2048;
        let mine = Fingerprints::of(key);
        let other = Fingerprints::of(&SAMPLES.another_rsa_2048);
        let ssh = mine.openssh_sha256.unwrap();
        let other_ssh = other.openssh_sha256.unwrap();
        let bare = hex(&Sha256::digest(key.bare()));
        let sha1 = hex(&Sha1::digest(key.spki_der()));
        let cell = format!("  \"{}\" ", mine.spki_sha256);
        let row =
            format!("| RSA_PUBLIC_KEY_FP | {} | null | Fingerprint of user's RSA public key. |", mine.spki_sha256);
        let keygen = format!("2048 {ssh} maria@laptop (RSA)");
        let upper = mine.spki_sha256_hex.to_uppercase();
        let colons: Vec<&str> = (0..32).map(|at| &upper[2 * at..2 * at + 2]).collect();
        for (pasted, verdict) in [
            (mine.spki_sha256.as_str(), Verdict::Match),
            (mine.spki_sha256.trim_end_matches('='), Verdict::Match),
            (mine.spki_sha256.trim_start_matches("SHA256:"), Verdict::Match),
            (cell.as_str(), Verdict::Match),
            (row.as_str(), Verdict::Match),
            (mine.spki_sha256_hex.as_str(), Verdict::Match),
            (&colons.join(":"), Verdict::Match),
            (&other.spki_sha256, Verdict::Mismatch),
            (&other.spki_sha256_hex, Verdict::Mismatch),
            (ssh.as_str(), Verdict::SshFingerprint),
            (keygen.as_str(), Verdict::SshFingerprint),
            (&other_ssh, Verdict::SshFingerprintOfAnotherKey),
            (mine.jwk_thumbprint.as_deref().unwrap(), Verdict::AnotherForm),
            (bare.as_str(), Verdict::AnotherForm),
            (sha1.as_str(), Verdict::AnotherForm),
            ("", Verdict::NotAFingerprint),
            ("SHA256:", Verdict::NotAFingerprint),
            ("SHA256:abc=", Verdict::NotAFingerprint),
            ("MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48", Verdict::NotAFingerprint),
            ("The fingerprint of this very user is not set", Verdict::NotAFingerprint),
            ("\u{202e}SHA256:\0", Verdict::NotAFingerprint),
        ] {
            assert_eq!(compare(key, pasted), verdict, "{pasted}");
        }
    }

    #[test]
    fn kinds_without_a_form_have_no_fingerprint_of_it() {
        let of = Fingerprints::of(&SAMPLES.p256k1);
        assert!(of.openssh_sha256.is_none() && of.jwk_thumbprint.is_some());
        let of = Fingerprints::of(&SAMPLES.ml_dsa_65);
        assert!(of.openssh_sha256.is_none() && of.jwk_thumbprint.is_none());
    }
}
