//! The export studio: public keys and certificates in the consumer's form, previewed, copied or saved.
//!
//! What leaves here was made by `encoding::export`, which parses every form back before it hands it out.

mod file_name;
mod formats;
mod save;

use std::sync::Arc;

use base64ct::{Base64, Encoding};
use contract::{
    ClipboardDone, CopyExport, Export, ExportFile, ExportItems, ExportRequest, Format, SaveExport, Saved,
    SnowflakeSlot, SnowflakeUser, WireError,
};
use domain::{Changed, Error, Kind, Result};
use encoding::{
    PublicKey, export,
    fingerprint::Fingerprints,
    proof::Proven,
    snowflake::{self, Slot},
};
use futures::{StreamExt, stream};

use crate::{App, items::Found, off_thread, wire};
use file_name::{distinct, file_name};
pub(crate) use formats::format_rows;

const OPERATION: &str = "export";
/// Items that are asked for at a time; providers pace themselves below that.
const AT_ONCE: usize = 8;

/// Everything that was exported, before it is put on the wire.
struct Outcome {
    files: Vec<File>,
    failed: Vec<(String, Error)>,
}

struct File {
    reference: String,
    version: Option<String>,
    name: String,
    proven: Proven,
    /// The one key in it.
    key: Option<PublicKey>,
    checks: Vec<String>,
}

/// One version of one item, fetched.
struct Source {
    reference: String,
    name: String,
    version: Option<String>,
    material: Material,
}

enum Material {
    Chain(Vec<Vec<u8>>),
    Key(PublicKey),
}

impl App {
    /// Exports to look at. An item that cannot be exported is among `failed`, with its reason.
    ///
    /// # Errors
    /// `Invalid` if the request does not fit together.
    pub async fn export_items(&self, request: ExportItems) -> Result<Export> {
        let Outcome { files, failed } = self.export(&request.request).await?;
        Ok(Export {
            files: files.into_iter().map(File::on_the_wire).collect(),
            failed: failed.iter().map(|(reference, error)| (reference.clone(), WireError::from(error))).collect(),
        })
    }

    /// The same on the clipboard, several one after the other.
    ///
    /// # Errors
    /// `Unsupported` for binary forms, as the desktop says, or why an item could not be exported; then `changed` says
    /// what was copied all the same.
    pub async fn copy_export(&self, request: CopyExport) -> Result<ClipboardDone> {
        let Outcome { files, failed } = self.export(&request.request).await?;
        let mut text = String::new();
        for file in &files {
            let one = file.proven.text().ok_or_else(|| {
                Error::new(Kind::Unsupported, "copy the export", "this form is binary, and the clipboard takes text")
                    .with_refused_by("this app")
                    .with_next("Save it as a file.")
            })?;
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(one);
        }
        if !files.is_empty() {
            self.0.desktop.copy_text(&text).await?;
        }
        let done = if files.len() == 1 { "One export was" } else { "The other exports were" };
        all_of(failed, files.len(), || vec![format!("{done} put on the clipboard.")])?;
        Ok(ClipboardDone { clears_after: None })
    }

    /// The same in a file, or several in a folder, where the person says. In a folder nothing is overwritten.
    ///
    /// # Errors
    /// `Unexpected` if a file cannot be written, as the desktop says, or why an item could not be exported; then
    /// `changed` says what was saved all the same.
    pub async fn save_export(&self, request: SaveExport) -> Result<Saved> {
        let Outcome { files, failed } = self.export(&request.request).await?;
        let count = files.len();
        let paths = match <[File; 1]>::try_from(files) {
            Ok([file]) => match self.0.desktop.choose_file(&file.name).await? {
                Some(path) => {
                    let chosen = path.clone();
                    off_thread(move || save::over(&path, file.proven.bytes())).await?;
                    vec![chosen]
                }
                None => return Ok(Saved { paths: Vec::new() }),
            },
            Err(files) if files.is_empty() => Vec::new(),
            Err(files) => match self.0.desktop.choose_folder().await? {
                Some(folder) => off_thread(move || save_all(&folder, &files)).await?,
                None => return Ok(Saved { paths: Vec::new() }),
            },
        };
        let paths: Vec<String> = paths.into_iter().map(|path| path.to_string_lossy().into_owned()).collect();
        all_of(failed, count, || paths.iter().map(|path| format!("{path} was saved.")).collect())?;
        Ok(Saved { paths })
    }

    async fn export(&self, request: &ExportRequest) -> Result<Outcome> {
        fits(request)?;
        // Collected first: a stream over the borrowing closure would make this future one that cannot change threads.
        let fetches: Vec<_> = request.references.iter().map(|reference| self.fetch(reference, request)).collect();
        let fetched: Vec<Vec<(String, Result<Source>)>> = stream::iter(fetches).buffered(AT_ONCE).collect().await;
        let mut sources = Vec::new();
        let mut failed = Vec::new();
        for (reference, source) in fetched.into_iter().flatten() {
            match source {
                Ok(source) => sources.push(source),
                Err(error) => failed.push((reference, error)),
            }
        }
        let request = request.clone();
        // Parsing back a few hundred keys takes long enough to be felt by whoever else is served by this thread.
        off_thread(move || Ok(write_all(&request, sources, failed))).await
    }

    async fn fetch(&self, reference: &str, request: &ExportRequest) -> Vec<(String, Result<Source>)> {
        let found = match self.find(reference).await {
            Ok(found) => Arc::new(found),
            Err(error) => return vec![(reference.to_owned(), Err(error))],
        };
        let one_item = request.references.len() == 1;
        let versions: Vec<Option<&str>> = if one_item && !request.versions.is_empty() {
            request.versions.iter().map(|version| Some(version.as_str())).collect()
        } else {
            vec![None]
        };
        let reads: Vec<_> = versions.iter().map(|version| self.material(&found, *version, request.format)).collect();
        let (described, materials) =
            futures::join!(self.describe(&found), stream::iter(reads).buffered(AT_ONCE).collect::<Vec<_>>());
        let (name, current) = described;
        let reference = found.reference().to_string();
        versions
            .into_iter()
            .zip(materials)
            .map(|(version, material)| {
                let version = version.map(str::to_owned).or_else(|| current.clone());
                let source = |material| Source { reference: reference.clone(), name: name.clone(), version, material };
                (reference.clone(), material.map(source))
            })
            .collect()
    }

    async fn material(&self, found: &Found, version: Option<&str>, format: Format) -> Result<Material> {
        if formats::is_certificate(format) {
            self.chain(found, version).await.map(Material::Chain)
        } else {
            self.public_key(found, version).await.map(Material::Key)
        }
    }

    /// Its name and current version. The name is for file names and comments only, so one last known is good enough
    /// where the item may not be described.
    async fn describe(&self, found: &Found) -> (String, Option<String>) {
        if let Ok(detail) = found.provider.inventory().open(&found.key).await {
            return (detail.item.name, detail.item.current_version);
        }
        let (connection, key) = (found.connection.id, found.key.clone());
        let known = self.journal(move |journal| journal.known_item(connection, &key)).await.ok().flatten();
        let row = known.and_then(|text| serde_json::from_str::<contract::ItemRow>(&text).ok());
        (row.map_or_else(|| found.key.id.clone(), |row| row.name), None)
    }
}

impl File {
    fn on_the_wire(self) -> ExportFile {
        let (text, binary) = match self.proven.text() {
            Some(text) => (text.to_owned(), false),
            None => (Base64::encode_string(self.proven.bytes()), true),
        };
        ExportFile {
            reference: self.reference,
            version: self.version,
            file_name: self.name,
            text,
            binary,
            proof: self.proven.proof().to_owned(),
            fingerprints: self.key.as_ref().map(|key| wire::fingerprints(Fingerprints::of(key))),
            checks: self.checks,
        }
    }
}

fn fits(request: &ExportRequest) -> Result<()> {
    let refused = |message: &str, next: &str| Err(Error::new(Kind::Invalid, OPERATION, message).with_next(next));
    if request.references.is_empty() {
        return refused("no item was chosen", "Choose at least one.");
    }
    if request.format == Format::Snowflake {
        if request.snowflake.is_none() {
            return refused("it is not said for which Snowflake user", "Name the user and the slot.");
        }
        if request.references.len() > 1 || request.versions.len() > 1 {
            return refused("a slot of a Snowflake user holds one key", "Choose one item and one version.");
        }
    }
    Ok(())
}

fn write_all(request: &ExportRequest, sources: Vec<Source>, mut failed: Vec<(String, Error)>) -> Outcome {
    let mut files = Vec::new();
    if request.format == Format::Jwks {
        let (keys, misfits) = keys_for_set(sources);
        failed.extend(misfits);
        match joined(&keys) {
            Ok(file) => files.extend(file),
            Err(error) => failed.extend(keys.into_iter().map(|(source, _)| (source.reference, error.clone()))),
        }
    } else {
        for source in sources {
            let reference = source.reference.clone();
            match write(request, source) {
                Ok(file) => files.push(file),
                Err(error) => failed.push((reference, error)),
            }
        }
    }
    let names = distinct(files.iter().map(|file| file.name.clone()));
    for (file, name) in files.iter_mut().zip(names) {
        file.name = name;
    }
    Outcome { files, failed }
}

fn write(request: &ExportRequest, source: Source) -> Result<File> {
    let mut checks = Vec::new();
    let (proven, key) = match source.material {
        Material::Chain(chain) => (write_certificate(request.format, &chain)?, None),
        Material::Key(key) => {
            if let (Format::Snowflake, Some(user)) = (request.format, &request.snowflake) {
                checks = snowflake_checks(&key, user);
            }
            (write_key(request, &source.name, &key)?, Some(key))
        }
    };
    let name = file_name(&source.name, source.version.as_deref(), formats::extension(request.format));
    Ok(File { reference: source.reference, version: source.version, name, proven, key, checks })
}

fn write_certificate(format: Format, chain: &[Vec<u8>]) -> Result<Proven> {
    let leaf = chain.first().ok_or_else(|| misfit(format))?;
    match format {
        Format::CertChain => export::certificate_chain_pem(chain),
        Format::CertDer => export::certificate_der(leaf),
        Format::CertPem => export::certificate_pem(leaf),
        Format::Fingerprints
        | Format::Jwk
        | Format::Jwks
        | Format::Openssh
        | Format::Pkcs1Pem
        | Format::Snowflake
        | Format::SpkiDer
        | Format::SpkiPem => Err(misfit(format)),
    }
}

fn write_key(request: &ExportRequest, name: &str, key: &PublicKey) -> Result<Proven> {
    match request.format {
        Format::Fingerprints => export::fingerprints(key),
        Format::Jwk => export::jwk(key),
        Format::Openssh => {
            // A line is one line: what the person typed is refused if it is not, what an item is called is made one.
            let one_line = || name.split(|c: char| c.is_control()).collect::<Vec<_>>().join(" ");
            export::openssh(key, &request.comment.clone().unwrap_or_else(one_line))
        }
        Format::Pkcs1Pem => export::pkcs1_pem(key),
        Format::Snowflake => {
            let user = request.snowflake.as_ref().ok_or_else(|| misfit(request.format))?;
            export::snowflake(key, &user.user, slot(user.slot))
        }
        Format::SpkiDer => export::spki_der(key),
        Format::SpkiPem => export::spki_pem(key),
        Format::CertChain | Format::CertDer | Format::CertPem | Format::Jwks => Err(misfit(request.format)),
    }
}

type Keyed = (Source, PublicKey);

/// The keys that a set can hold, and the reason for each that it cannot.
fn keys_for_set(sources: Vec<Source>) -> (Vec<Keyed>, Vec<(String, Error)>) {
    let mut keys = Vec::new();
    let mut misfits = Vec::new();
    for source in sources {
        let key = match &source.material {
            Material::Key(key) => export::jwk(key).map(|_| key.clone()),
            Material::Chain(_) => Err(misfit(Format::Jwks)),
        };
        match key {
            Ok(key) => keys.push((source, key)),
            Err(error) => misfits.push((source.reference, error)),
        }
    }
    (keys, misfits)
}

/// One set of all keys. `None` if there are none.
fn joined(keyed: &[Keyed]) -> Result<Option<File>> {
    let Some((first, key)) = keyed.first() else { return Ok(None) };
    let keys: Vec<PublicKey> = keyed.iter().map(|(_, key)| key.clone()).collect();
    let proven = export::jwks(&keys)?;
    let only = keys.len() == 1;
    let version = first.version.clone().filter(|_| only);
    let name = file_name(&first.name, version.as_deref(), formats::extension(Format::Jwks));
    let key = only.then(|| key.clone());
    Ok(Some(File { reference: first.reference.clone(), version, name, proven, key, checks: Vec::new() }))
}

fn snowflake_checks(key: &PublicKey, user: &SnowflakeUser) -> Vec<String> {
    let slot = slot(user.slot);
    let expected = format!(
        "{}; expect {} = {}",
        snowflake::describe_user(&user.user).trim_end_matches(';'),
        slot.fingerprint_property(),
        snowflake::expected(key),
    );
    std::iter::once(expected).chain(snowflake::folding_note(&user.user)).collect()
}

fn slot(slot: SnowflakeSlot) -> Slot {
    match slot {
        SnowflakeSlot::First => Slot::First,
        SnowflakeSlot::Second => Slot::Second,
    }
}

fn misfit(format: Format) -> Error {
    Error::new(Kind::Unexpected, OPERATION, format!("{} does not come from this face of an item", format.name()))
}

/// # Errors
/// What went wrong first, if anything did, with what was `done` all the same.
fn all_of(failed: Vec<(String, Error)>, written: usize, done: impl FnOnce() -> Vec<String>) -> Result<()> {
    let count = failed.len();
    let Some((reference, error)) = failed.into_iter().next() else { return Ok(()) };
    if written == 0 {
        return Err(error);
    }
    let message = format!("{count} of {} could not be exported; {reference}: {}", written + count, error.message());
    let next = error.next().to_owned();
    let mut partly =
        Error::new(error.kind(), OPERATION, message).with_next(next).with_changed(Changed::Exactly(done()));
    if let Some(permission) = error.permission() {
        partly = partly.with_permission(permission);
    }
    if let Some(who) = error.refused_by() {
        partly = partly.with_refused_by(who);
    }
    Err(partly)
}

/// # Errors
/// Why one could not be written; then `changed` says which were.
fn save_all(folder: &std::path::Path, files: &[File]) -> Result<Vec<std::path::PathBuf>> {
    let mut paths = Vec::with_capacity(files.len());
    for file in files {
        match save::into_folder(folder, &file.name, file.proven.bytes()) {
            Ok(path) => paths.push(path),
            Err(error) => {
                let saved: Vec<String> = paths.iter().map(|path| format!("{} was saved.", path.display())).collect();
                return Err(if saved.is_empty() { error } else { error.with_changed(Changed::Exactly(saved)) });
            }
        }
    }
    Ok(paths)
}
