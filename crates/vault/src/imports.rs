//! How keys of other places come into a transit mount: wrapped for the server's own key, in one step with the key.

use async_trait::async_trait;
use domain::{
    Algorithm, Ask, Bringing, Error, ImportSubject, Imports, Kind, Package, Question, Result, SecretAnswers, Taking,
    Target, VaultId, Wish, Wrap, WrapOffer, WrappingKey,
};
use encoding::PublicKey;
use serde::Deserialize;

use crate::{Cluster, mounts::Engine, plan::MATERIAL, questions, transit::kinds};

const BRING: &str = "bring the key";
/// The server's wrapping key always has so many bits.
const BITS: u32 = 4096;

#[derive(Deserialize)]
struct Told {
    public_key: String,
}

#[async_trait]
impl Imports for Cluster {
    async fn takes(&self, vault: &VaultId) -> Result<Vec<Taking>> {
        match self.mounts.engine(&self.client, vault).await? {
            Engine::Transit => Ok(Algorithm::BROUGHT.map(taking).into()),
            Engine::Kv => Err(unsupported("a KV mount holds secret values; keys are brought into a transit mount")),
            Engine::Pki => Err(unsupported("a PKI mount issues certificates; keys are brought into a transit mount")),
        }
    }

    fn questions(&self, _: &VaultId, algorithm: &Algorithm) -> Vec<Question> {
        kinds::of_algorithm(algorithm).map(questions::brought).unwrap_or_default()
    }

    fn prepare(&self, _: &ImportSubject<'_>) -> Result<Option<Wish>> {
        Ok(None)
    }

    async fn wrapping_key(&self, subject: &ImportSubject<'_>) -> Result<Option<WrappingKey>> {
        hash(subject.wrap.wrap)?;
        let told: Told = self.client.read("read the wrapping key", &format!("{}/wrapping_key", subject.vault)).await?;
        let public_key = PublicKey::from_pem(&told.public_key)?;
        if public_key.algorithm() != Algorithm::Rsa(BITS) {
            let message = format!("the server's wrapping key is {}, where RSA {BITS} was due", public_key.algorithm());
            return Err(Error::new(Kind::Invalid, BRING, message));
        }
        Ok(Some(WrappingKey { public_key: public_key.spki_der().to_vec(), token: None, expires: None, of: None }))
    }

    fn bring(&self, subject: &ImportSubject<'_>, package: Package) -> Result<Bringing> {
        let (hash, wrapped) = (hash(subject.wrap.wrap)?, package.wrapped()?);
        let kind = kinds::of_algorithm(subject.algorithm)
            .ok_or_else(|| unsupported(format!("a transit mount has no {} keys", subject.algorithm)))?;
        let mut wish = match subject.into {
            None => {
                let target = Target::Vault(subject.vault.clone());
                let wish = Wish { answers: subject.answers.clone(), ..Wish::new(Ask::ImportKey, target) };
                wish.answer("type", kind).answer("kind", "private")
            }
            Some(item) if subject.new_material => Wish::new(Ask::ImportMaterial, Target::Item(item.clone())),
            Some(_) => {
                let because = "a transit key keeps the material that it has had: it is not brought once more";
                return Err(unsupported(because));
            }
        };
        wish = wish.answer("hash", hash).answer("sha256", wrapped.sha256);
        let secrets = SecretAnswers::from([(MATERIAL.to_owned(), domain::Secret::new(wrapped.blob))]);
        Ok(Bringing { wish, secrets })
    }
}

/// What a transit mount does with a kind of key.
fn taking(algorithm: Algorithm) -> Taking {
    if kinds::of_algorithm(&algorithm).is_some() {
        return Taking::by(algorithm, vec![offer(Wrap::RsaAesSha256), offer(Wrap::RsaAesSha1)]);
    }
    let because = match &algorithm {
        Algorithm::Hmac(bits) => {
            format!(
                "An HMAC key of {bits} bits is too short: a transit mount takes {} bits or more.",
                kinds::LEAST_HMAC * 8
            )
        }
        other => format!("A transit mount has no {other} keys."),
    };
    Taking::refuse(algorithm, because)
}

fn offer(wrap: Wrap) -> WrapOffer {
    let legacy = wrap == Wrap::RsaAesSha1;
    let native = format!("AES-KWP under RSAES-OAEP, hash_function {}", if legacy { "SHA1" } else { "SHA256" });
    WrapOffer { wrap, bits: BITS, native, legacy }
}

/// The server's word for the hash of a way to wrap.
fn hash(wrap: Wrap) -> Result<&'static str> {
    match wrap {
        Wrap::RsaAesSha1 => Ok("SHA1"),
        Wrap::RsaAesSha256 => Ok("SHA256"),
        Wrap::OaepSha1 | Wrap::OaepSha256 | Wrap::Plain => {
            Err(unsupported(format!("a transit mount takes material by RSA-AES key wrap only, not by {}", wrap.word())))
        }
    }
}

fn unsupported(because: impl Into<String>) -> Error {
    Error::new(Kind::Unsupported, BRING, because).with_refused_by("this app")
}

#[cfg(test)]
mod tests;
