//! How keys of other places come into a keystore: as they are, since they do not leave this computer.

use async_trait::async_trait;
use domain::{
    Algorithm, Ask, Bringing, Error, ImportSubject, Imports, KeyMaterial, Kind, Package, Question, Result, Secret,
    SecretAnswers, Taking, Target, VaultId, Wish, Wrap, WrapOffer, WrappingKey,
};
use encoding::{fingerprint::Fingerprints, material as keys};

use crate::{
    LocalKeystore,
    material::{Der, KeyPair, Material},
    offers,
    questions::{ALGORITHM, MATERIAL, of_new_entry},
};

const BRING: &str = "bring the key";

#[async_trait]
impl Imports for LocalKeystore {
    async fn takes(&self, vault: &VaultId) -> Result<Vec<Taking>> {
        offers::makeable(Ask::ImportKey, vault)?;
        let plain =
            || WrapOffer { wrap: Wrap::Plain, bits: 0, native: "as it is, on this computer".to_owned(), legacy: false };
        Ok(Algorithm::BROUGHT.map(|algorithm| Taking::by(algorithm, vec![plain()])).into())
    }

    fn questions(&self, _: &VaultId, _: &Algorithm) -> Vec<Question> {
        of_new_entry().into()
    }

    fn prepare(&self, _: &ImportSubject<'_>) -> Result<Option<Wish>> {
        Ok(None)
    }

    async fn wrapping_key(&self, subject: &ImportSubject<'_>) -> Result<Option<WrappingKey>> {
        is_plain(subject.wrap.wrap).map(|()| None)
    }

    fn bring(&self, subject: &ImportSubject<'_>, package: Package) -> Result<Bringing> {
        is_plain(subject.wrap.wrap)?;
        let held = package.plain()?;
        if subject.into.is_some() {
            return Err(unsupported(
                "a keystore takes a key from elsewhere as an entry of its own, not into another one",
            ));
        }
        if held.algorithm != *subject.algorithm {
            let message = format!("the key is of the kind {}, not {}", held.algorithm, subject.algorithm);
            return Err(Error::new(Kind::Invalid, BRING, message).with_refused_by("the keystore"));
        }
        let wish = Wish::new(Ask::ImportKey, Target::Vault(subject.vault.clone()));
        let wish = Wish { answers: subject.answers.clone(), ..wish }.answer(ALGORITHM, held.algorithm.to_string());
        Ok(Bringing { wish, secrets: SecretAnswers::from([(MATERIAL.to_owned(), held.bytes)]) })
    }
}

/// The key in a file, which must be of that kind, and the fingerprint of its public half, where it has one. A symmetric key
/// is its bytes alone, or a JWK.
///
/// # Errors
/// `Invalid` for a file that holds no such key, in words that hold nothing of it.
pub(crate) fn read(algorithm: &Algorithm, file: &Secret) -> Result<(Material, Option<String>)> {
    if algorithm.has_public_half() == Some(false) {
        let KeyMaterial { algorithm, bytes } = symmetric(algorithm, file)?;
        return Ok((Material::Symmetric { algorithm, key: bytes }, None));
    }
    let held = keys::read(file)?;
    if held.algorithm != *algorithm {
        return Err(other(algorithm, &held.algorithm));
    }
    let public = keys::public_key(&held)?.ok_or_else(|| other(algorithm, &held.algorithm))?;
    let pair = KeyPair { algorithm: held.algorithm, private: held.bytes, public: Der(public.spki_der().to_vec()) };
    Ok((Material::Key(pair), Some(Fingerprints::of(&public).spki_sha256)))
}

fn symmetric(algorithm: &Algorithm, file: &Secret) -> Result<KeyMaterial> {
    let raw = keys::symmetric(algorithm.clone(), Secret::new(file.expose().to_vec()));
    let not_raw = match (raw, algorithm) {
        (Ok(_), Algorithm::Aes(_) | Algorithm::ChaCha20) if is_written_out(file.expose()) => {
            return Err(Error::new(Kind::Invalid, BRING, "the file holds text, as of a key in hex or Base64")
                .with_refused_by("the keystore")
                .with_next("Decode it first: the file has to hold the bytes of the key alone."));
        }
        (Ok(held), _) => return Ok(held),
        (Err(not_raw), _) => not_raw,
    };
    match keys::read(file) {
        Ok(held) if held.algorithm == *algorithm => Ok(held),
        // A JWK does not say which cipher its bytes are for, only how many there are.
        Ok(held) if held.algorithm.has_public_half() == Some(false) => {
            keys::symmetric(algorithm.clone(), held.bytes).map_err(|_| other(algorithm, &held.algorithm))
        }
        Ok(held) => Err(other(algorithm, &held.algorithm)),
        Err(_) => Err(not_raw),
    }
}

/// Whether the bytes are those of hex or Base64. Random ones never are; of an HMAC key they may well be.
fn is_written_out(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=-_\r\n".contains(byte))
}

fn other(wanted: &Algorithm, is: &Algorithm) -> Error {
    Error::new(Kind::Invalid, BRING, format!("the file holds a key of the kind {is}, not {wanted}"))
        .with_refused_by("the keystore")
        .with_next("Choose the kind that the key is of.")
}

fn is_plain(wrap: Wrap) -> Result<()> {
    match wrap {
        Wrap::Plain => Ok(()),
        Wrap::OaepSha1 | Wrap::OaepSha256 | Wrap::RsaAesSha1 | Wrap::RsaAesSha256 => {
            Err(unsupported("a keystore takes keys as they are: it has no wrapping key"))
        }
    }
}

fn unsupported(because: &str) -> Error {
    Error::new(Kind::Unsupported, BRING, because).with_refused_by("the keystore")
}
