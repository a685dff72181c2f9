//! What a person does who brings key material along: makes it, wraps it for the place by another hand than the app's, and
//! answers what the place then asks.

use std::fmt;

use aws_lc_rs::{
    key_wrap::{AES_256, AesKek, KeyWrapPadded},
    rand,
    rsa::{OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey},
};
use domain::{
    Algorithm, Answers, Ask, Bringing, Curve, ImportSubject, Imports, KeyMaterial, Kind, Package, Provider, Secret,
    SecretAnswers, Taking, Target, VaultId, Wrap, Wrapped,
};

use crate::{Failure, Result, answers::answers};

/// The material of every symmetric key that comes for the first time, and of the same once more.
pub const MATERIAL: [u8; 32] = *b"orders and payments, once a year";

/// The change that a person is led to who brings a key into a vault, and what goes with it: the making of the item that
/// waits for its material, or the key with its material. `None` where no key comes that could be made here.
///
/// # Errors
/// As the place says.
pub async fn into_vault(provider: &dyn Provider, vault: &VaultId, mark: &str) -> Result<Option<Bringing>> {
    let Some(imports) = provider.imports() else { return Ok(None) };
    let takings = match imports.takes(vault).await {
        Err(error) if error.kind() == Kind::Unsupported => return Ok(None),
        takings => takings.map_err(told)?,
    };
    let kinds = [Algorithm::Aes(256), Algorithm::Ec(Curve::P256)];
    let fits = |taking: &&Taking| kinds.contains(&taking.algorithm) && !taking.wraps.is_empty();
    let Some(taking) = takings.iter().find(fits) else { return Ok(None) };
    let questions = imports.questions(vault, &taking.algorithm);
    if questions.iter().any(|question| question.name == "kek" && question.required) {
        // It is wrapped for a key of its own that somebody has made there.
        return Ok(None);
    }
    let (answered, _) = answers(Ask::ImportKey, &questions, mark);
    let subject = subject(vault, taking, &answered, None, false)?;
    match imports.prepare(&subject).map_err(told)? {
        Some(wish) => Ok(Some(Bringing { wish, secrets: SecretAnswers::new() })),
        None => bring(imports, &subject).await.map(Some),
    }
}

/// The change that brings material into an item: `other` than it has, or what it waits for or has had.
///
/// # Errors
/// As the place says: `Unsupported` becomes `None`.
pub async fn into_item(provider: &dyn Provider, target: &Target, mark: &str, other: bool) -> Result<Option<Bringing>> {
    let (Some(imports), Target::Item(item)) = (provider.imports(), target) else { return Ok(None) };
    let row = provider.inventory().open(item).await.map_err(told)?.item;
    let takings = imports.takes(&item.vault).await.map_err(told)?;
    let taking = takings.iter().find(|taking| Some(&taking.algorithm) == row.algorithm.as_ref());
    let taking = taking.ok_or_else(|| Failure::new(format!("no {:?} comes there", row.algorithm)))?;
    let questions = imports.questions(&item.vault, &taking.algorithm);
    let (answered, _) = answers(Ask::ImportMaterial, &questions, mark);
    let mut subject = subject(&item.vault, taking, &answered, Some(item), other)?;
    let mut made = package(imports, &subject).await;
    for wrap in &taking.wraps {
        // fakecloud's wrapping keys are shorter than it is asked for: the app takes them for what they are.
        if made.is_err() {
            subject.wrap = wrap;
            made = package(imports, &subject).await;
        }
    }
    let package = made?;
    match imports.bring(&subject, package) {
        Err(error) if error.kind() == Kind::Unsupported => Ok(None),
        bringing => bringing.map(Some).map_err(told),
    }
}

/// The same, whichever of the two the place takes: what the item has had before another.
///
/// # Errors
/// As the place says.
pub async fn material(provider: &dyn Provider, target: &Target, mark: &str) -> Result<Bringing> {
    for other in [false, true] {
        if let Some(bringing) = into_item(provider, target, mark, other).await? {
            return Ok(bringing);
        }
    }
    Err(Failure::new("no material comes into that item"))
}

fn subject<'a>(
    vault: &'a VaultId,
    taking: &'a Taking,
    answers: &'a Answers,
    into: Option<&'a domain::ItemKey>,
    new_material: bool,
) -> Result<ImportSubject<'a>> {
    let refused = || Failure::new(taking.refused.clone().unwrap_or_default());
    let wrap = taking.wraps.first().ok_or_else(refused)?;
    Ok(ImportSubject { vault, algorithm: &taking.algorithm, answers, wrap, into, new_material })
}

async fn bring(imports: &dyn Imports, subject: &ImportSubject<'_>) -> Result<Bringing> {
    let package = package(imports, subject).await?;
    imports.bring(subject, package).map_err(told)
}

async fn package(imports: &dyn Imports, subject: &ImportSubject<'_>) -> Result<Package> {
    let bytes = made(subject.algorithm, subject.new_material)?;
    Ok(match imports.wrapping_key(subject).await.map_err(told)? {
        None => Package::Plain(KeyMaterial { algorithm: subject.algorithm.clone(), bytes: Secret::new(bytes) }),
        Some(key) => {
            let blob = wrap(&key.public_key, subject.wrap.wrap, &bytes)?;
            let sha256 = domain::shown_digest(&blob);
            Package::Wrapped(Wrapped { blob, sha256, token: key.token, wrapped_for: key.of })
        }
    })
}

/// Key material as it leaves whoever made it: bytes, or PKCS#8.
fn made(algorithm: &Algorithm, other: bool) -> Result<Vec<u8>> {
    match algorithm {
        Algorithm::Ec(Curve::P256) => Ok(rcgen::KeyPair::generate().map_err(told)?.serialize_der()),
        Algorithm::Aes(256) if other => random().map(Vec::from),
        Algorithm::Aes(256) => Ok(MATERIAL.to_vec()),
        other => Err(Failure::new(format!("no {other} is made here"))),
    }
}

/// Wraps by RSAES-OAEP, or for the longer ways by AES-KWP under an AES-256 key that is.
pub(crate) fn wrap(wrapping_key: &[u8], wrap: Wrap, bytes: &[u8]) -> Result<Vec<u8>> {
    let oaep = |bytes: &[u8]| {
        let hash = match wrap {
            Wrap::OaepSha1 | Wrap::RsaAesSha1 => &OAEP_SHA1_MGF1SHA1,
            Wrap::OaepSha256 | Wrap::Plain | Wrap::RsaAesSha256 => &OAEP_SHA256_MGF1SHA256,
        };
        let key = PublicEncryptingKey::from_der(wrapping_key).map_err(told)?;
        let key = OaepPublicEncryptingKey::new(key).map_err(told)?;
        let mut blob = vec![0; key.ciphertext_size()];
        let length = key.encrypt(hash, bytes, &mut blob, None).map_err(told)?.len();
        blob.truncate(length);
        Ok::<_, Failure>(blob)
    };
    match wrap {
        Wrap::Plain => Err(Failure::new("what goes as it is is not wrapped")),
        Wrap::OaepSha1 | Wrap::OaepSha256 => oaep(bytes),
        Wrap::RsaAesSha1 | Wrap::RsaAesSha256 => {
            let between = random()?;
            let mut blob = oaep(&between)?;
            let mut wrapped = vec![0; bytes.len() + 15];
            let kek = AesKek::new(&AES_256, &between).map_err(told)?;
            blob.extend_from_slice(kek.wrap_with_padding(bytes, &mut wrapped).map_err(told)?);
            Ok(blob)
        }
    }
}

fn random() -> Result<[u8; 32]> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).map_err(told)?;
    Ok(bytes)
}

fn told(error: impl fmt::Display) -> Failure {
    Failure::new(error.to_string())
}
