//! Key material on its way from one place to another: what leaves, how it is wrapped, what takes it, and how it is proven
//! that the same material arrived.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{
    Algorithm, Answers, Ask, Error, ItemDetail, ItemKey, Kind, Question, Result, Secret, SecretAnswers, Target,
    Timestamp, VaultId, Wish,
};

const BRING: &str = "bring the key";

/// Key material outside of every place, wiped when it is dropped. It is never written down, shown or sent unwrapped but to
/// the place that takes it so.
#[derive(Debug)]
pub struct KeyMaterial {
    /// What kind of key it is.
    pub algorithm: Algorithm,
    /// The bytes of a symmetric key; the DER of a PrivateKeyInfo (PKCS#8, RFC 5958) of a key pair.
    pub bytes: Secret,
}

/// How material is wrapped for its way.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wrap {
    /// The material itself under RSAES-OAEP with SHA-1 and MGF1 with SHA-1 (RFC 8017, 7.1): for older HSMs.
    OaepSha1,
    /// The material itself under RSAES-OAEP with SHA-256 and MGF1 with SHA-256 (RFC 8017, 7.1).
    OaepSha256,
    /// Not wrapped: it travels inside TLS alone, or stays on this computer.
    Plain,
    /// `CKM_RSA_AES_KEY_WRAP` with SHA-1 (PKCS#11 3.0, 2.1.21): for older HSMs.
    RsaAesSha1,
    /// `CKM_RSA_AES_KEY_WRAP` with SHA-256: an AES-256 key under RSAES-OAEP, then the material under that key by
    /// AES-KWP (RFC 5649).
    RsaAesSha256,
}

/// One way in which a kind of key comes into a vault.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct WrapOffer {
    /// How it is wrapped.
    pub wrap: Wrap,
    /// The length of the wrapping key's modulus in bits; 0 where there is none.
    pub bits: u32,
    /// The place's own word for it: `RSAES_OAEP_SHA_256 with RSA_4096`.
    pub native: String,
    /// Whether it is there for older HSMs alone, and hidden until asked for.
    pub legacy: bool,
}

/// What a vault does with one kind of key, before anything is made.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Taking {
    /// The kind of key.
    pub algorithm: Algorithm,
    /// How it may come, the best first; empty if it cannot.
    pub wraps: Vec<WrapOffer>,
    /// Why it cannot come; `None` if it can.
    pub refused: Option<String>,
}

/// A public key that material is wrapped with.
#[derive(Debug)]
pub struct WrappingKey {
    /// DER of a SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) of an RSA key.
    pub public_key: Vec<u8>,
    /// What has to be sent with the wrapped material, where the place wants it.
    pub token: Option<Secret>,
    /// Until when it is taken.
    pub expires: Option<Timestamp>,
    /// The key at the place that it is, where it is one of its items: a key exchange key.
    pub of: Option<String>,
}

/// What is brought, and where to.
#[derive(Clone, Debug)]
pub struct ImportSubject<'a> {
    /// The vault it comes into.
    pub vault: &'a VaultId,
    /// What kind of key it is.
    pub algorithm: &'a Algorithm,
    /// The answers to [`Imports::questions`].
    pub answers: &'a Answers,
    /// How it is wrapped.
    pub wrap: &'a WrapOffer,
    /// The item that waits for the material, or has had it before; `None` where key and material come in one step and
    /// nothing is there yet.
    pub into: Option<&'a ItemKey>,
    /// Whether the material is another than the item has had: its rotation. Else the same comes once more.
    pub new_material: bool,
}

/// Material that was wrapped: without the place's private key it says nothing.
#[derive(Debug)]
pub struct Wrapped {
    /// The wrapped bytes.
    pub blob: Vec<u8>,
    /// SHA-256 of them, in lower-case hex.
    pub sha256: String,
    /// What the place gave with the wrapping key.
    pub token: Option<Secret>,
    /// The name of the wrapping key at the place, where it has one.
    pub wrapped_for: Option<String>,
}

/// Material as it is sent.
#[derive(Debug)]
pub enum Package {
    /// As it is, for [`Wrap::Plain`].
    Plain(KeyMaterial),
    /// Wrapped.
    Wrapped(Wrapped),
}

/// What brings material in.
#[derive(Debug)]
pub struct Bringing {
    /// The change.
    pub wish: Wish,
    /// What goes with it and never enters a plan.
    pub secrets: SecretAnswers,
}

/// A place into which keys of other places can be brought.
#[async_trait]
pub trait Imports: Send + Sync {
    /// What the vault does with each kind of key that can be brought by anybody ([`Algorithm::BROUGHT`]), in that order.
    ///
    /// # Errors
    /// `Unsupported` if no keys are brought into this vault at all; as the place says if it cannot be asked.
    async fn takes(&self, vault: &VaultId) -> Result<Vec<Taking>>;

    /// What must be asked before a key of that kind comes into that vault: its name there, and all that cannot be changed
    /// later. Asks nobody.
    fn questions(&self, vault: &VaultId, algorithm: &Algorithm) -> Vec<Question>;

    /// The change that makes the item that waits for the material; `None` where key and material come in one step.
    ///
    /// # Errors
    /// `Invalid` for answers that do not fit.
    fn prepare(&self, subject: &ImportSubject<'_>) -> Result<Option<Wish>>;

    /// The key to wrap with, and what belongs to it; `None` for [`Wrap::Plain`].
    ///
    /// # Errors
    /// As the place says.
    async fn wrapping_key(&self, subject: &ImportSubject<'_>) -> Result<Option<WrappingKey>>;

    /// The change that brings the material, with the secret answers that it takes.
    ///
    /// # Errors
    /// `Invalid` if the package is not of the way that was chosen.
    fn bring(&self, subject: &ImportSubject<'_>, package: Package) -> Result<Bringing>;

    /// What to do with a key of that kind once it is there: texts for the services that are to use it.
    async fn afterwards(&self, item: &ItemKey, algorithm: &Algorithm) -> Vec<Afterwards> {
        let (_, _) = (item, algorithm);
        Vec::new()
    }
}

/// What to do with a key that was brought.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Afterwards {
    /// For what: "Encrypt an S3 bucket with it".
    pub title: String,
    /// What must be known.
    pub says: String,
    /// Lines for the shell, or texts to be put somewhere.
    pub lines: Vec<String>,
}

/// Whether the material of a version leaves its place, and how.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Leaving {
    /// Why it does not leave as it is; `None` if it does.
    pub plain: Option<String>,
    /// Why the place does not wrap it for another one inside; `None` if it does.
    pub wrapped: Option<String>,
}

/// What the name of every wrapping key begins with that Claviger loads into a vault, so that it is known again.
pub const LOADED: &str = "claviger-wrapping-";

/// A place that hands out key material.
#[async_trait]
pub trait Exports: Send + Sync {
    /// Whether the item's material leaves. Asks nobody.
    fn leaving(&self, item: &ItemDetail) -> Leaving;

    /// The material of one version, or of the current one.
    ///
    /// # Errors
    /// `Unsupported` if it never leaves; `NotFound` if there is no such version; as the place says.
    async fn material(&self, item: &ItemKey, version: Option<&str>) -> Result<KeyMaterial>;

    /// The change that loads a wrapping key into a vault of this place, under `name`, as a key with no private half.
    ///
    /// # Errors
    /// `Unsupported` where nothing is wrapped inside.
    fn load(&self, vault: &VaultId, name: &str, public_key: &[u8]) -> Result<Wish> {
        let (_, _, _) = (vault, name, public_key);
        Err(never_inside())
    }

    /// The change that takes a loaded wrapping key away again.
    fn unload(&self, loaded: &ItemKey) -> Wish {
        Wish::new(Ask::Delete, Target::Item(loaded.clone()))
    }

    /// The material of one version, wrapped inside the place with a loaded key.
    ///
    /// # Errors
    /// `Unsupported` where nothing is wrapped inside; as the place says.
    async fn wrapped(&self, item: &ItemKey, version: Option<&str>, loaded: &ItemKey, wrap: Wrap) -> Result<Vec<u8>> {
        let (_, _, _, _) = (item, version, loaded, wrap);
        Err(never_inside())
    }
}

/// A hash of the SHA-2 family (FIPS 180-4).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hash {
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// The use of symmetric keys that stay at the place.
#[async_trait]
pub trait Ciphers: Send + Sync {
    /// Encrypts up to 4,096 bytes with the current version. The answer has the place's own form.
    async fn encrypt(&self, item: &ItemKey, plaintext: &[u8]) -> Result<Vec<u8>>;

    /// Decrypts what [`Ciphers::encrypt`] answered.
    ///
    /// # Errors
    /// `Invalid` if it was encrypted with other material.
    async fn decrypt(&self, item: &ItemKey, ciphertext: &[u8]) -> Result<Secret>;

    /// HMAC (RFC 2104) of up to 4,096 bytes with the current version.
    async fn mac(&self, item: &ItemKey, hash: Hash, message: &[u8]) -> Result<Vec<u8>>;

    /// What the place, holding this material as its first version, decrypts to `plaintext`. `None` where the form of its
    /// ciphertexts is not published.
    fn seal(&self, material: &KeyMaterial, plaintext: &[u8]) -> Option<Vec<u8>>;
}

impl Wrap {
    /// The word for it on the wire and in the shell.
    pub fn word(self) -> &'static str {
        match self {
            Self::OaepSha1 => "oaep-sha1",
            Self::OaepSha256 => "oaep-sha256",
            Self::Plain => "plain",
            Self::RsaAesSha1 => "rsa-aes-sha1",
            Self::RsaAesSha256 => "rsa-aes-sha256",
        }
    }
}

impl Taking {
    /// It can come, the best way first.
    pub fn by(algorithm: Algorithm, wraps: Vec<WrapOffer>) -> Self {
        Self { algorithm, wraps, refused: None }
    }

    /// It cannot come, because.
    pub fn refuse(algorithm: Algorithm, because: impl Into<String>) -> Self {
        Self { algorithm, wraps: Vec::new(), refused: Some(because.into()) }
    }
}

impl Package {
    /// What was wrapped.
    ///
    /// # Errors
    /// `Invalid` if it is not wrapped.
    pub fn wrapped(self) -> Result<Wrapped> {
        match self {
            Self::Wrapped(wrapped) => Ok(wrapped),
            Self::Plain(_) => Err(unfit("this place takes wrapped material only")),
        }
    }

    /// The material as it is.
    ///
    /// # Errors
    /// `Invalid` if it is wrapped.
    pub fn plain(self) -> Result<KeyMaterial> {
        match self {
            Self::Plain(material) => Ok(material),
            Self::Wrapped(_) => Err(unfit("this place takes the material as it is")),
        }
    }
}

fn unfit(message: &str) -> Error {
    Error::new(Kind::Invalid, BRING, message).with_refused_by("this app").with_next("Wrap the key anew.")
}

fn never_inside() -> Error {
    Error::new(Kind::Unsupported, BRING, "nothing is wrapped inside this kind of place").with_refused_by("this app")
}
