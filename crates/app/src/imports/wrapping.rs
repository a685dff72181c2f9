//! The one room that key material passes through: it is read, wrapped, and wiped. What leaves this room is wrapped, or goes
//! into a call that takes it as it is.

use base64ct::{Base64, Encoding};
use contract::{HandLineWire, ImportWire, NameImport, Saved, WrapImport, WrappingKeyWire};
use domain::{Algorithm, Error, Hash, ImportSubject, ItemKey, KeyMaterial, Kind, Result, Secret, Timestamp, VaultId};
use encoding::{PublicKey, export, material, wrap};
use import::{Act, Import, ImportTarget, Move, Source, Witness, WrappedRecord};

use super::{
    Loaded, item_of,
    packages::Fitting,
    sources::exports_of,
    target_of,
    targets::{imports_of, is_plain},
};
use crate::{App, export::save_public, items::Found, off_thread, wire::instant};

const WRAP: &str = "wrap the key";
/// Bytes that are encrypted to show that a key is the same: what a person would try by hand.
const TRIED: usize = 1024;
/// Bytes of the message of an HMAC that shows it.
const MESSAGE: usize = 32;

/// A key that was read from its source.
enum Read {
    /// As it is.
    Material(KeyMaterial),
    /// Wrapped elsewhere, with the public half where that is known.
    Blob(Vec<u8>, Option<PublicKey>),
}

impl App {
    /// Fetches the key that the target wants the key wrapped with, and keeps it in memory.
    ///
    /// # Errors
    /// `Conflict` if it is locked; as the place says.
    pub async fn fetch_wrapping_key(&self, request: NameImport) -> Result<ImportWire> {
        let loaded = self.import(&request.import).await?;
        self.fetch_key(&loaded.import).await?;
        self.import_wire(loaded).await
    }

    /// Puts the wrapping key on the disk, where the person says.
    ///
    /// # Errors
    /// `Conflict` if none is in memory; as the desktop or the disk says.
    pub async fn save_wrapping_key(&self, request: NameImport) -> Result<Saved> {
        let loaded = self.import(&request.import).await?;
        let shown = self.wrapping_key_wire(&loaded.import)?.ok_or_else(|| {
            Error::new(Kind::Conflict, "save the wrapping key", "no wrapping key is in memory")
                .with_next("Fetch it first.")
        })?;
        let Some(path) = self.0.desktop.choose_file("wrapping-key.pem").await? else {
            return Ok(Saved { paths: Vec::new() });
        };
        save_public(path, shown.pem.into_bytes()).await
    }

    /// Reads the key and wraps it, in memory. A wrapping key that has lapsed is fetched again first.
    ///
    /// # Errors
    /// `Conflict` if it is locked; `Invalid` if the key is of another kind; as the source or the target says. Nothing was
    /// sent.
    pub async fn wrap_import(&self, request: WrapImport) -> Result<ImportWire> {
        let mut loaded = self.import(&request.import).await?;
        let id = request.import;
        let lapsed = self.0.packages.held(&id).has_lapsed(Timestamp::now());
        let plain = is_plain(target_of(&loaded.import)?);
        // What is wrapped elsewhere is of one wrapping key alone: another one cannot be fetched for it now.
        let elsewhere =
            loaded.import.source.as_ref().is_some_and(|source| source.is_inside() || *source == Source::Offline);
        if !plain && !elsewhere && (lapsed || self.0.packages.key(&id).is_none()) {
            self.fetch_key(&loaded.import).await?;
        }
        if let Some(lock) = loaded.import.lock(Move::Wrap, &self.0.packages.held(&id), Timestamp::now()) {
            return Err(lock.refuses(WRAP));
        }
        let read = self.read_source(&loaded.import, request.path).await?;
        let record = self.pack(&loaded.import, read).await?;
        match self.act_on_import(loaded, Act::Wrap(record)).await {
            Ok(next) => loaded = next,
            Err(error) => {
                self.0.packages.forget(&id);
                return Err(error);
            }
        }
        self.import_wire(loaded).await
    }

    /// The wrapping key that is in memory, as the window shows it.
    pub(super) fn wrapping_key_wire(&self, import: &Import) -> Result<Option<WrappingKeyWire>> {
        let (Some(key), Some(target)) = (self.0.packages.key(&import.id.0), &import.target) else { return Ok(None) };
        let public = PublicKey::from_spki_der(&key.spki)?;
        let lines = wrap::by_hand(target.wrap.wrap, &target.algorithm);
        Ok(Some(WrappingKeyWire {
            pem: String::from_utf8_lossy(export::spki_pem(&public)?.bytes()).into_owned(),
            algorithm: public.algorithm().to_string(),
            fingerprint: key.fingerprint,
            until: key.until.map(instant),
            by_hand: lines
                .into_iter()
                .map(|line| HandLineWire { program: line.program.to_owned(), says: line.says, command: line.command })
                .collect(),
        }))
    }

    async fn fetch_key(&self, import: &Import) -> Result<()> {
        let held = self.0.packages.held(&import.id.0);
        if let Some(lock) = import.lock(Move::Fetch, &held, Timestamp::now()) {
            return Err(lock.refuses("fetch the wrapping key"));
        }
        let target = target_of(import)?;
        let saved = self.target_connection(target).await?;
        let provider = self.heard(saved.id, self.provider(&saved).await)?;
        let into = item_of(import)?.map(|item| item.key);
        let key = with_subject(target, into.as_ref(), async |subject| {
            imports_of(provider.as_ref())?.wrapping_key(&subject).await
        });
        let key = self
            .heard(saved.id, key.await)?
            .ok_or_else(|| Error::new(Kind::Unsupported, "fetch the wrapping key", "this place has no wrapping key"))?;
        self.0.packages.keep_key(&import.id.0, key)
    }

    async fn read_source(&self, import: &Import, path: Option<String>) -> Result<Read> {
        let target = target_of(import)?;
        let wanted = target.algorithm.clone();
        match import.source.as_ref() {
            None => Err(unfit("it is not settled where the key comes from")),
            Some(Source::Generated) => off_thread(move || material::generate(&wanted)).await.map(Read::Material),
            Some(Source::File) => {
                let file = self.read_named(path).await?;
                off_thread(move || of_file(file, wanted)).await.map(Read::Material)
            }
            Some(Source::Offline) => {
                let file = self.read_named(path).await?;
                Ok(Read::Blob(file.expose().to_vec(), None))
            }
            Some(Source::Item { reference, version, inside }) => {
                let found = self.find(reference).await?;
                let exports = exports_of(found.provider.as_ref())?;
                let version = version.as_deref();
                if *inside {
                    let loaded = import.still_loaded().ok_or_else(|| unfit("no wrapping key is loaded"))?;
                    let loaded: domain::ItemRef = loaded.reference.parse()?;
                    let public = self.public_key(&found, version).await?;
                    self.is_the_targets(import, &found, &loaded.key).await?;
                    let blob = exports.wrapped(&found.key, version, &loaded.key, target.wrap.wrap).await;
                    let blob = self.heard(found.connection.id, blob)?;
                    self.is_the_targets(import, &found, &loaded.key).await?;
                    return Ok(Read::Blob(blob, Some(public)));
                }
                let read = self.heard(found.connection.id, exports.material(&found.key, version).await)?;
                kind_of(read, &wanted).map(Read::Material)
            }
        }
    }

    /// Whether what is loaded in the source's vault is the target's wrapping key still: what is wrapped for another one, its
    /// owner can open.
    async fn is_the_targets(&self, import: &Import, source: &Found, loaded: &ItemKey) -> Result<()> {
        let there = source.provider.inventory().public_key(loaded, None).await;
        let there = self.heard(source.connection.id, there)?;
        let ours = self.0.packages.key(&import.id.0).map(|key| key.spki);
        if ours.as_deref() == Some(PublicKey::from_spki_der(&there)?.spki_der()) {
            return Ok(());
        }
        Err(Error::new(Kind::Conflict, WRAP, "the wrapping key in the source's vault is not the target's any more")
            .with_refused_by("this app")
            .with_next(
                "Somebody exchanged it: find out who, in the vault's own log. Nothing was sent. If it was exchanged while the \
                 key was wrapped, whoever did so may hold the key.",
            ))
    }

    async fn read_named(&self, path: Option<String>) -> Result<Secret> {
        let path = path.filter(|path| !path.is_empty()).ok_or_else(|| unfit("no file is named"))?;
        self.read_file(&path).await
    }

    /// Wraps what was read, keeps it in memory, and says what is kept of it.
    async fn pack(&self, import: &Import, read: Read) -> Result<WrappedRecord> {
        let (id, target) = (import.id.0.clone(), target_of(import)?.clone());
        let actor = self.import_actor(import).await;
        let fitting = self.0.packages.key(&id);
        let (witness, check_value, before) = match &read {
            Read::Material(material) => (
                self.witness(import, &target, material).await?,
                material::check_value(material),
                u32::try_from(material.bytes.expose().len()).ok(),
            ),
            Read::Blob(_, Some(public)) => (public_witness(public), None, None),
            Read::Blob(_, None) => (self.earlier_witness(import).await, None, None),
        };
        let (sha256, after) = match read {
            Read::Material(material) if is_plain(&target) => {
                self.0.packages.keep_plain(&id, material);
                (None, None)
            }
            Read::Material(material) => {
                let Fitting { spki, .. } =
                    fitting.as_ref().cloned().ok_or_else(|| unfit("no wrapping key is in memory"))?;
                let how = target.wrap.wrap;
                let blob = off_thread(move || wrap::wrap(&spki, how, &material)).await?;
                self.keep_blob(&id, blob)
            }
            Read::Blob(blob, _) => self.keep_blob(&id, blob),
        };
        Ok(WrappedRecord {
            at: Timestamp::now(),
            actor,
            native: target.wrap.native.clone(),
            sha256,
            lengths: (before, after),
            until: fitting.and_then(|key| key.until),
            check_value,
            witness,
        })
    }

    fn keep_blob(&self, id: &str, blob: Vec<u8>) -> (Option<String>, Option<u32>) {
        let (sha256, after) = (wrap::sha256(&blob), u32::try_from(blob.len()).ok());
        self.0.packages.keep_wrapped(id, blob, sha256.clone());
        (Some(sha256), after)
    }

    /// What will show, without the material, that the target holds it.
    async fn witness(&self, import: &Import, target: &ImportTarget, material: &KeyMaterial) -> Result<Witness> {
        if let Some(public) = material::public_key(material)? {
            return Ok(public_witness(&public));
        }
        if let Algorithm::Hmac(bits) = material.algorithm {
            let (hash, message) = (hash_of(bits), material::challenge(MESSAGE)?);
            let mac = material::mac(material, hash, &message)?;
            return Ok(Witness::Mac {
                hash,
                message: Base64::encode_string(&message),
                mac: Base64::encode_string(&mac),
            });
        }
        let saved = self.target_connection(target).await?;
        let provider = self.heard(saved.id, self.provider(&saved).await)?;
        let plaintext = material::challenge(TRIED)?;
        // A later version of an item has ciphertexts of another form.
        let sealed = match target.new_material {
            true => None,
            false => provider.ciphers().and_then(|ciphers| ciphers.seal(material, &plaintext)),
        };
        Ok(match sealed {
            Some(sealed) => Witness::Sealed {
                plaintext: Base64::encode_string(&plaintext),
                ciphertext: Base64::encode_string(&sealed),
            },
            None => self.earlier_witness(import).await,
        })
    }

    /// What the place encrypted when it had the same material before.
    async fn earlier_witness(&self, import: &Import) -> Witness {
        let same = import.target.as_ref().is_some_and(|target| !target.new_material);
        let Some(before) = import.again.as_ref().filter(|_| same) else { return Witness::None };
        let Ok(Loaded { import: before, .. }) = self.import(&before.0).await else { return Witness::None };
        let kept = before.proof.and_then(|proof| proof.kept);
        kept.or_else(|| before.wrapped.map(|wrapped| wrapped.witness)).unwrap_or(Witness::None)
    }
}

/// Calls `ask` with what is brought and where to.
pub(super) async fn with_subject<T>(
    target: &ImportTarget,
    into: Option<&ItemKey>,
    ask: impl AsyncFnOnce(ImportSubject<'_>) -> Result<T>,
) -> Result<T> {
    let vault = VaultId(target.vault.clone());
    ask(ImportSubject {
        vault: &vault,
        algorithm: &target.algorithm,
        answers: &target.answers,
        wrap: &target.wrap,
        into,
        new_material: target.new_material,
    })
    .await
}

fn public_witness(public: &PublicKey) -> Witness {
    Witness::PublicKey { spki: Base64::encode_string(public.spki_der()) }
}

/// The hash that belongs to an HMAC key of so many bits.
fn hash_of(bits: u32) -> Hash {
    match bits {
        224 => Hash::Sha224,
        384 => Hash::Sha384,
        512 => Hash::Sha512,
        _ => Hash::Sha256,
    }
}

/// What a file holds: a private key, or the bytes of a symmetric one as they are, in hex or in base64.
fn of_file(file: Secret, wanted: Algorithm) -> Result<KeyMaterial> {
    if wanted.has_public_half() != Some(false) {
        return kind_of(material::read(&file)?, &wanted);
    }
    material::read_symmetric(&wanted, &file)
}

fn kind_of(read: KeyMaterial, wanted: &Algorithm) -> Result<KeyMaterial> {
    match read.algorithm == *wanted {
        true => Ok(read),
        false => {
            Err(unfit(format!("the key is of the kind {}, and the target is settled for {wanted}", read.algorithm)))
        }
    }
}

fn unfit(because: impl Into<String>) -> Error {
    Error::new(Kind::Invalid, WRAP, because)
        .with_refused_by("this app")
        .with_next("Nothing was sent. Settle the key and the target so that they fit, then wrap again.")
}
