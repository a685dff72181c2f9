//! Key material on its way out of a transit mount: as it is (`transit/export`), into this app's memory alone, or wrapped by
//! the server for somebody else (`transit/byok-export`).

use std::collections::BTreeMap;

use async_trait::async_trait;
use base64ct::{Base64, Encoding};
use domain::{
    Algorithm, Ask, Error, Exports, ItemDetail, ItemKey, KeyMaterial, Kind, Leaving, Result, Secret, Target, VaultId,
    Wish, Wrap,
};
use encoding::{PublicKey, material};
use serde::Deserialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::{
    Cluster, error,
    inventory::engine_of,
    mounts::Engine,
    transit::{self, KEYS, Key, kinds},
    wire::Answer,
};

const EXPORT: &str = "read the key material";
const LOAD: &str = "load the wrapping key";
const WRAP: &str = "have the key wrapped by the server";
const NO_SUCH_VERSION: &str = "version does not exist";

/// Borrowed from the answer, whose memory is wiped.
#[derive(Deserialize)]
struct Exported<'a> {
    #[serde(borrow)]
    data: ExportedKeys<'a>,
}

#[derive(Deserialize)]
struct ExportedKeys<'a> {
    #[serde(borrow)]
    keys: BTreeMap<&'a str, &'a RawValue>,
}

#[derive(Deserialize)]
struct Wrapped {
    keys: BTreeMap<String, String>,
}

#[async_trait]
impl Exports for Cluster {
    fn leaving(&self, item: &ItemDetail) -> Leaving {
        let because = match engine_of(&item.item.key) {
            Ok(Engine::Transit) => {
                let is = |name: &str| item.native(name) == Some("true");
                why_never(item.native("type").unwrap_or_default(), &is)
            }
            Ok(Engine::Kv) => Some("A KV path holds a secret value, which is revealed, and no key.".to_owned()),
            Ok(Engine::Pki) => Some("The server keeps no keys of the certificates that it issues.".to_owned()),
            Err(error) => Some(error.message().to_owned()),
        };
        let wrapped = because.clone().or_else(|| why_not_wrapped(self.client.known_to_wrap()));
        Leaving { plain: because, wrapped }
    }

    async fn material(&self, item: &ItemKey, version: Option<&str>) -> Result<KeyMaterial> {
        let (key, version) = self.leaving_version(EXPORT, item, version).await?;
        let name = item.id.strip_prefix(KEYS).unwrap_or(&item.id);
        let algorithm = key.algorithm();
        let path = format!("{}/export/{}/{name}/{version}", item.vault, below(&algorithm));
        let answer = self.client.read_secret(EXPORT, &path, &[]).await.map_err(|error| refused(error, &version))?;
        read(algorithm, &answer, &version)
    }

    fn load(&self, vault: &VaultId, name: &str, public_key: &[u8]) -> Result<Wish> {
        let public_key = PublicKey::from_spki_der(public_key)?;
        let algorithm = public_key.algorithm();
        let kind = kinds::of_algorithm(&algorithm).filter(|_| matches!(algorithm, Algorithm::Rsa(_)));
        let kind = kind.ok_or_else(|| {
            let message = format!("the server wraps for RSA keys of 2048, 3072 and 4096 bits, and not for {algorithm}");
            Error::new(Kind::Unsupported, LOAD, message).with_refused_by("this app")
        })?;
        Ok(Wish::new(Ask::ImportKey, Target::Vault(vault.clone()))
            .answer("name", name)
            .answer("type", kind)
            .answer("kind", "public")
            .answer("public_key", encoding::pem::encode("PUBLIC KEY", public_key.spki_der()))
            .answer("deletion_allowed", "true"))
    }

    async fn wrapped(&self, item: &ItemKey, version: Option<&str>, loaded: &ItemKey, wrap: Wrap) -> Result<Vec<u8>> {
        let hash = match wrap {
            Wrap::RsaAesSha1 => "SHA1",
            Wrap::RsaAesSha256 => "SHA256",
            Wrap::OaepSha1 | Wrap::OaepSha256 | Wrap::Plain => {
                let message = format!("the server wraps by RSA-AES key wrap only, not by {}", wrap.word());
                return Err(Error::new(Kind::Unsupported, WRAP, message).with_refused_by("this app"));
            }
        };
        if loaded.vault != item.vault || !matches!(engine_of(loaded), Ok(Engine::Transit)) {
            let message = format!("the wrapping key has to lie in {}/, where the key is", item.vault);
            return Err(Error::new(Kind::Invalid, WRAP, message).with_refused_by("this app"));
        }
        let (_, version) = self.leaving_version(WRAP, item, version).await?;
        let [source, destination] = [item, loaded].map(|key| key.id.strip_prefix(KEYS).unwrap_or(&key.id));
        let path = format!("{}/byok-export/{destination}/{source}/{version}", item.vault);
        let answer = self.client.read_secret(WRAP, &path, &[("hash", hash)]).await;
        let answer = answer.map_err(|error| refused(error, &version))?;
        wrapped_version(&answer, &version)
    }
}

impl Cluster {
    /// The key, if its material leaves, and the version that is meant, which is there.
    async fn leaving_version(
        &self,
        operation: &'static str,
        item: &ItemKey,
        version: Option<&str>,
    ) -> Result<(Key, String)> {
        if !matches!(engine_of(item), Ok(Engine::Transit)) {
            return Err(Error::new(Kind::Unsupported, operation, "only a transit key's material leaves")
                .with_refused_by("this app"));
        }
        let key = transit::read(&self.client, item).await?;
        if let Some(because) = why_never(key.kind(), &|name: &str| key.is(name)) {
            return Err(Error::new(Kind::Unsupported, operation, because).with_refused_by("this app"));
        }
        let Some(version) = version else {
            let latest = key.latest().to_string();
            return Ok((key, latest));
        };
        // As a number: the server takes `latest` and other words too.
        match version.parse::<u64>() {
            Ok(number) if (1..=key.latest()).contains(&number) => Ok((key, number.to_string())),
            _ => Err(no_such(operation, version)),
        }
    }
}

/// Why the material of such a key does not leave, by what it is set to.
fn why_never(kind: &str, is: &dyn Fn(&str) -> bool) -> Option<String> {
    let because = if is("soft_deleted") {
        "The key is soft-deleted: nothing can be done with it until it is restored (`soft-delete-restore`)."
    } else if !is("exportable") {
        "exportable is off, so the material never leaves the server. It can be switched on, with Configure, but never off \
         again: from then on whoever may read transit/export has the key, private parts included."
    } else if is("derived") {
        "Each context derives a key of its own from this one, in the server's way: elsewhere the material alone decrypts \
         nothing that was encrypted here."
    } else if kinds::is_brought(kind) {
        return None;
    } else {
        return Some(format!("Keys of type {kind} are not brought from one place to another."));
    };
    Some(because.to_owned())
}

fn why_not_wrapped(wraps: Option<bool>) -> Option<String> {
    let because = match wraps {
        Some(true) => return None,
        Some(false) => {
            "This server does not wrap keys for others inside: Vault does since 1.14 (`transit/byok-export`)."
        }
        None => "The server did not tell its version, so whether it wraps keys for others inside is not known.",
    };
    Some(because.to_owned())
}

/// Where the server hands out keys of that kind. `hmac-key` of any other kind is a second key that the server keeps beside it.
fn below(algorithm: &Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Aes(_) | Algorithm::ChaCha20 => "encryption-key",
        Algorithm::Hmac(_) => "hmac-key",
        Algorithm::Ec(_) | Algorithm::Ed25519 | Algorithm::Other(_) | Algorithm::Rsa(_) => "signing-key",
    }
}

fn refused(error: Error, version: &str) -> Error {
    let says = |part: &str| error.message().contains(part);
    if says(NO_SUCH_VERSION) {
        no_such(error.operation(), version)
    } else if says("not exportable") {
        Error::new(Kind::Unsupported, error.operation(), error.message().to_owned())
            .with_next("Somebody who may configure the key can set exportable, which cannot be taken back.")
    } else {
        error
    }
}

fn no_such(operation: &'static str, version: &str) -> Error {
    Error::new(Kind::NotFound, operation, format!("the key has no version {version} that the server hands out"))
        .with_next("Choose one of its versions, not below min_decryption_version.")
}

/// The material in an answer: Base64 of the bytes of a symmetric key, or of an Ed25519 key's seed and public half; PEM of
/// PKCS#1 or SEC 1 for RSA and EC.
fn read(algorithm: Algorithm, answer: &Answer, version: &str) -> Result<KeyMaterial> {
    let exported: Exported<'_> =
        serde_json::from_slice(&answer.body).map_err(|cause| error::of_json(EXPORT, &cause, answer))?;
    let told = exported.data.keys.get(version).ok_or_else(|| no_such(EXPORT, version))?;
    let text = text_of(told)?;
    match algorithm {
        Algorithm::Aes(_) | Algorithm::ChaCha20 | Algorithm::Hmac(_) => material::symmetric(algorithm, decoded(&text)?),
        Algorithm::Ed25519 => material::ed25519(seed(&decoded(&text)?)?),
        Algorithm::Ec(_) | Algorithm::Other(_) | Algorithm::Rsa(_) => {
            let file = Secret::new(text.as_bytes().to_vec());
            let read = material::read(&file)?;
            if read.algorithm == algorithm {
                return Ok(read);
            }
            let message =
                format!("the server handed out a key of the kind {}, where {algorithm} was due", read.algorithm);
            Err(Error::new(Kind::Invalid, EXPORT, message))
        }
    }
}

/// A JSON string's text, in memory that is wiped. PEM has line breaks, and nothing else here has to be escaped.
fn text_of(told: &RawValue) -> Result<Zeroizing<String>> {
    let odd = || Error::new(Kind::Invalid, EXPORT, "the key does not come in the form that was due");
    let json = told.get().strip_prefix('"').and_then(|text| text.strip_suffix('"')).ok_or_else(odd)?;
    let mut text = Zeroizing::new(String::with_capacity(json.len()));
    let mut parts = json.split("\\n");
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        text.push('\n');
        text.push_str(part);
    }
    if text.contains('\\') { Err(odd()) } else { Ok(text) }
}

/// The seed in an Ed25519 key as Go keeps it: 32 bytes of seed, then 32 of the public half that follows from it.
fn seed(pair: &Secret) -> Result<&[u8]> {
    let seed = (pair.expose().len() == 64).then(|| pair.expose().get(..32)).flatten();
    seed.ok_or_else(|| Error::new(Kind::Invalid, EXPORT, "an Ed25519 key of 64 bytes was due"))
}

fn decoded(text: &str) -> Result<Secret> {
    let bytes = Base64::decode_vec(text.trim()).map(Secret::new);
    bytes.map_err(|_| Error::new(Kind::Invalid, EXPORT, "the key is not the Base64 that was due"))
}

fn wrapped_version(answer: &Answer, version: &str) -> Result<Vec<u8>> {
    #[derive(Deserialize)]
    struct Told {
        data: Wrapped,
    }
    let told: Told = serde_json::from_slice(&answer.body).map_err(|cause| error::of_json(WRAP, &cause, answer))?;
    let text = told.data.keys.get(version).ok_or_else(|| no_such(WRAP, version))?;
    Base64::decode_vec(text)
        .map_err(|_| Error::new(Kind::Invalid, WRAP, "the wrapped key is not the Base64 that was due"))
}

#[cfg(test)]
mod tests;
