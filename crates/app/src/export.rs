//! The export studio: public keys and certificates in the consumer's form, previewed, copied or saved.
//!
//! What leaves here was made by `encoding::export`, which parses every form back before it hands it out.

mod file_name;
mod formats;
mod private;
pub(crate) mod save;
mod write;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use contract::{ClipboardDone, CopyExport, Export, ExportItems, ExportRequest, Format, SaveExport, Saved, WireError};
use domain::{Changed, Error, Kind, Result};
use futures::{StreamExt, stream};

use crate::{App, items::Found, off_thread};
use formats::Origin;
pub(crate) use formats::format_rows;
use write::{File, Material, Outcome, Source, write_all};

const OPERATION: &str = "export";

/// Writes what everybody may read over `path`, which the person has chosen and confirmed in the dialog.
///
/// # Errors
/// `Unexpected` if it cannot be written; then what was there is as before.
pub(crate) async fn save_public(path: PathBuf, bytes: Vec<u8>) -> Result<Saved> {
    let saved = path.to_string_lossy().into_owned();
    off_thread(move || save::over(&path, &bytes, save::Readers::Everybody)).await?;
    Ok(Saved { paths: vec![saved] })
}
/// Items that are asked for at a time; providers pace themselves below that.
const AT_ONCE: usize = 8;

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
                    off_thread(move || save::over(&path, file.proven.bytes(), save::Readers::Everybody)).await?;
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
        // A request waits for the next version, and belongs to none.
        let has_versions = formats::origin(request.format) != Origin::Request;
        let versions: Vec<Option<&str>> = if has_versions && one_item && !request.versions.is_empty() {
            request.versions.iter().map(|version| Some(version.as_str())).collect()
        } else {
            vec![None]
        };
        let reads: Vec<_> = versions.iter().map(|version| self.material(&found, *version, request.format)).collect();
        let (described, materials) =
            futures::join!(self.describe(&found), stream::iter(reads).buffered(AT_ONCE).collect::<Vec<_>>());
        let (name, current) = described;
        let current = current.filter(|_| has_versions);
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
        match formats::origin(format) {
            Origin::Certificate => self.chain(found, version).await.map(Material::Chain),
            Origin::Key => self.public_key(found, version).await.map(Material::Key),
            Origin::Request => self.signing_request(found).await.map(Material::Request),
        }
    }

    async fn signing_request(&self, found: &Found) -> Result<Vec<u8>> {
        let Some(certificates) = found.provider.certificates() else {
            return Err(Error::new(Kind::Unsupported, OPERATION, "this kind of place keeps no signing requests"));
        };
        self.heard(found.connection.id, certificates.signing_request(&found.key).await)
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
fn save_all(folder: &Path, files: &[File]) -> Result<Vec<PathBuf>> {
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
