//! Signatures by keys that stay in the keystore.

use async_trait::async_trait;
use aws_lc_rs::{
    digest::{self, Digest, SHA256, SHA384, SHA512},
    rsa,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P256K1_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
        ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
        RsaEncoding,
    },
};
use domain::{Error, ItemKey, Kind, Result, Secret, SignatureAlgorithm, Signing, State};

use crate::{
    LocalKeystore,
    entries::{Entry, EntryState, Version},
    entry_of,
    inventory::state_of,
    material::Material,
};

const SIGN: &str = "sign";

#[async_trait]
impl Signing for LocalKeystore {
    async fn sign(
        &self,
        item: &ItemKey,
        version: Option<&str>,
        algorithm: SignatureAlgorithm,
        digest: &[u8],
    ) -> Result<Vec<u8>> {
        let keystore = self.read().await?;
        let entry = entry_of(&keystore, item, SIGN)?;
        let version = entry.version(version, SIGN)?;
        let (Material::Certificate { key, .. } | Material::Key(key)) = &version.material else {
            let message = format!("a {} signs nothing", version.material.word());
            return Err(Error::new(Kind::Unsupported, SIGN, message));
        };
        let state = state_of(entry, version, (self.clock)());
        if state != State::Enabled {
            return Err(closed(entry, version, &state));
        }
        signed(&key.private, algorithm, digest)
    }
}

/// Why a version signs nothing now. An older one is hidden and shown by itself.
fn closed(entry: &Entry, version: &Version, state: &State) -> Error {
    let hidden = entry.state == EntryState::Enabled && !version.enabled && version.id != entry.current.id;
    let (what, next) = match hidden {
        true => (format!("version {} of the key is hidden", version.id), "Show that version again first."),
        false => (format!("the key is {}", state.word()), "Enable it first."),
    };
    Error::new(Kind::Conflict, SIGN, what).with_refused_by("the keystore").with_next(next)
}

fn signed(pkcs8: &Secret, algorithm: SignatureAlgorithm, bytes: &[u8]) -> Result<Vec<u8>> {
    let rsa = |padding: &'static dyn RsaEncoding| -> Option<Vec<u8>> {
        let key = rsa::KeyPair::from_pkcs8(pkcs8.expose()).ok()?;
        let mut signature = vec![0; key.public_modulus_len()];
        key.sign_digest(padding, &digest_of(bytes, &SHA256)?, &mut signature).ok()?;
        Some(signature)
    };
    let curve = |kind: &'static EcdsaSigningAlgorithm, hash| -> Option<Vec<u8>> {
        let key = EcdsaKeyPair::from_pkcs8(kind, pkcs8.expose()).ok()?;
        Some(key.sign_digest(&digest_of(bytes, hash)?).ok()?.as_ref().to_vec())
    };
    let signature = match algorithm {
        SignatureAlgorithm::Es256 => curve(&ECDSA_P256_SHA256_FIXED_SIGNING, &SHA256),
        SignatureAlgorithm::Es256K => curve(&ECDSA_P256K1_SHA256_FIXED_SIGNING, &SHA256),
        SignatureAlgorithm::Es384 => curve(&ECDSA_P384_SHA384_FIXED_SIGNING, &SHA384),
        SignatureAlgorithm::Es512 => curve(&ECDSA_P521_SHA512_FIXED_SIGNING, &SHA512),
        SignatureAlgorithm::Ps256 => rsa(&RSA_PSS_SHA256),
        SignatureAlgorithm::Rs256 => rsa(&RSA_PKCS1_SHA256),
    };
    signature.ok_or_else(|| {
        Error::new(Kind::Unsupported, SIGN, format!("the key does not sign by {}", algorithm.name()))
            .with_refused_by("the keystore")
    })
}

/// A digest that was made elsewhere; `None` if it has not the length of its hash.
fn digest_of(bytes: &[u8], hash: &'static digest::Algorithm) -> Option<Digest> {
    Digest::import_less_safe(bytes, hash).ok()
}
