//! Symmetric keys of a keystore at work. A ciphertext is a nonce of 12 bytes, the text under AES-GCM (NIST SP 800-38D) or
//! ChaCha20-Poly1305 (RFC 8439), and a tag of 16 bytes.

use async_trait::async_trait;
use domain::{Ciphers, Error, Hash, ItemKey, KeyMaterial, Kind, Result, Secret};
use encoding::material;

use crate::{LocalKeystore, entry_of, exports::held, inventory::state_of};

const DECRYPT: &str = "decrypt";

#[async_trait]
impl Ciphers for LocalKeystore {
    async fn encrypt(&self, item: &ItemKey, plaintext: &[u8]) -> Result<Vec<u8>> {
        material::seal_gcm(&self.current(item, "encrypt").await?, plaintext)
    }

    /// With whichever enabled version it was encrypted with: a ciphertext does not name it.
    async fn decrypt(&self, item: &ItemKey, ciphertext: &[u8]) -> Result<Secret> {
        let keystore = self.read().await?;
        let entry = entry_of(&keystore, item, DECRYPT)?;
        let mut refusal = None;
        for version in entry.newest_first() {
            match held(entry, version, state_of(entry, version, (self.clock)())) {
                Ok(held) => match material::open_gcm(&held, ciphertext) {
                    Ok(plaintext) => return Ok(plaintext),
                    Err(error) => refusal = Some(error),
                },
                Err(error) => drop(refusal.get_or_insert(error)),
            }
        }
        Err(refusal.unwrap_or_else(|| Error::new(Kind::NotFound, DECRYPT, "the entry has no version")))
    }

    async fn mac(&self, item: &ItemKey, hash: Hash, message: &[u8]) -> Result<Vec<u8>> {
        material::mac(&self.current(item, "make an HMAC").await?, hash, message)
    }

    fn seal(&self, held: &KeyMaterial, plaintext: &[u8]) -> Option<Vec<u8>> {
        material::seal_gcm(held, plaintext).ok()
    }
}

impl LocalKeystore {
    async fn current(&self, item: &ItemKey, operation: &'static str) -> Result<KeyMaterial> {
        let keystore = self.read().await?;
        let entry = entry_of(&keystore, item, operation)?;
        held(entry, &entry.current, state_of(entry, &entry.current, (self.clock)()))
    }
}
