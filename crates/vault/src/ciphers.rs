//! Symmetric transit keys at work where they are, which shows that two places hold the same material.

use async_trait::async_trait;
use base64ct::{Base64, Encoding};
use domain::{Algorithm, Ciphers, Error, Hash, ItemKey, KeyMaterial, Kind, Result, Secret};
use encoding::material;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{json, value::RawValue};
use zeroize::Zeroizing;

use crate::{Cluster, error, inventory::engine_of, mounts::Engine, transit, transit::KEYS};

const ENCRYPT: &str = "encrypt";
const DECRYPT: &str = "decrypt";
const MAC: &str = "make an HMAC";
/// What a ciphertext of a key's first version begins with, in Vault and in OpenBao.
const FIRST: &str = "vault:v1:";

#[derive(Deserialize)]
struct Encrypted {
    ciphertext: String,
}

#[derive(Deserialize)]
struct Authenticated {
    hmac: String,
}

#[derive(Deserialize)]
struct Decrypted<'a> {
    #[serde(borrow)]
    data: Plaintext<'a>,
}

#[derive(Deserialize)]
struct Plaintext<'a> {
    #[serde(borrow)]
    plaintext: &'a RawValue,
}

#[async_trait]
impl Ciphers for Cluster {
    /// The answer is text: `vault:v1:` and Base64, with the number of the version.
    async fn encrypt(&self, item: &ItemKey, plaintext: &[u8]) -> Result<Vec<u8>> {
        let told: Encrypted = self.use_key(ENCRYPT, "encrypt", item, "", ("plaintext", plaintext)).await?;
        Ok(told.ciphertext.into_bytes())
    }

    async fn decrypt(&self, item: &ItemKey, ciphertext: &[u8]) -> Result<Secret> {
        let odd = || Error::new(Kind::Invalid, DECRYPT, "the ciphertext does not have the form of a transit key's");
        let text = std::str::from_utf8(ciphertext).map_err(|_| odd())?;
        let path = format!("{}/decrypt/{}", item.vault, name(DECRYPT, item)?);
        let body = Zeroizing::new(json!({ "ciphertext": text }).to_string().into_bytes());
        let answer = self.client.ask_secret(DECRYPT, &path, body).await.map_err(|error| {
            if error.message().contains("message authentication failed") {
                let message = "it was not encrypted with the material of this key";
                return Error::new(Kind::Invalid, DECRYPT, message).with_source(error);
            }
            error
        })?;
        let read: Decrypted<'_> =
            serde_json::from_slice(&answer.body).map_err(|cause| error::of_json(DECRYPT, &cause, &answer))?;
        let plaintext = Base64::decode_vec(read.data.plaintext.get().trim_matches('"'));
        plaintext.map(Secret::new).map_err(|_| Error::new(Kind::Invalid, DECRYPT, "the plaintext is not Base64"))
    }

    async fn mac(&self, item: &ItemKey, hash: Hash, message: &[u8]) -> Result<Vec<u8>> {
        let key = transit::read(&self.client, item).await?;
        if !matches!(key.algorithm(), Algorithm::Hmac(_)) {
            // The server would answer with a second key that it keeps beside this one.
            let message = format!("a key of type {} makes no HMAC with its own material", key.kind());
            return Err(Error::new(Kind::Unsupported, MAC, message).with_refused_by("this app"));
        }
        let word = match hash {
            Hash::Sha224 => "/sha2-224",
            Hash::Sha256 => "/sha2-256",
            Hash::Sha384 => "/sha2-384",
            Hash::Sha512 => "/sha2-512",
        };
        let told: Authenticated = self.use_key(MAC, "hmac", item, word, ("input", message)).await?;
        let text = told.hmac.rsplit(':').next().unwrap_or_default();
        Base64::decode_vec(text)
            .map_err(|_| Error::new(Kind::Invalid, MAC, "the server sent an HMAC that is not Base64"))
    }

    fn seal(&self, held: &KeyMaterial, plaintext: &[u8]) -> Option<Vec<u8>> {
        match &held.algorithm {
            Algorithm::Aes(128 | 256) | Algorithm::ChaCha20 => {
                let sealed = material::seal_gcm(held, plaintext).ok()?;
                Some(format!("{FIRST}{}", Base64::encode_string(&sealed)).into_bytes())
            }
            Algorithm::Aes(_)
            | Algorithm::Ec(_)
            | Algorithm::Ed25519
            | Algorithm::Hmac(_)
            | Algorithm::Other(_)
            | Algorithm::Rsa(_) => None,
        }
    }
}

impl Cluster {
    /// Puts bytes, as Base64, before a key.
    async fn use_key<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        verb: &str,
        item: &ItemKey,
        below: &str,
        (field, bytes): (&str, &[u8]),
    ) -> Result<T> {
        let path = format!("{}/{verb}/{}{below}", item.vault, name(operation, item)?);
        self.client.ask(operation, &path, &json!({ field: Base64::encode_string(bytes) })).await
    }
}

fn name<'a>(operation: &'static str, item: &'a ItemKey) -> Result<&'a str> {
    let name = item.id.strip_prefix(KEYS).filter(|_| matches!(engine_of(item), Ok(Engine::Transit)));
    name.ok_or_else(|| {
        Error::new(Kind::Unsupported, operation, "only a transit key does that").with_refused_by("this app")
    })
}
