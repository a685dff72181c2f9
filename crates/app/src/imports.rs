//! Bringing keys from one place to another: a plan that is saved from its first step on and can be gone on with after a
//! crash.
//!
//! What may happen next is the crate `import`'s to say. Here it is kept, and brought together with the two places. Key
//! material passes through `wrapping` alone: what is wrapped, and the token that belongs to it, is held in memory by
//! [`Packages`] until it was sent, and is kept nowhere else.

mod ending;
mod packages;
mod prove;
mod sources;
mod steps;
mod targets;
mod wire;
mod wrapping;

use contract::{BeginImport, ImportList, ImportNote, ImportWire, NameImport, NoteImport, Nothing, Saved};
use domain::{Error, ItemRef, Kind, Result, Timestamp};
use import::{Act, Import, ImportId, ImportTarget, Source, record};
use journal::{KeptWizard, WizardKind};

use crate::{App, export::save_public, wizards};
pub(crate) use packages::Packages;

const OPEN: &str = "open the import";

/// An import with the state that was seen of it.
pub(crate) struct Loaded {
    import: Import,
    revision: u32,
}

impl App {
    /// Every import.
    ///
    /// # Errors
    /// `Unexpected` if Claviger's file cannot be read.
    pub async fn list_imports(&self, _: Nothing) -> Result<ImportList> {
        let kept = self.journal(|journal| journal.wizards(WizardKind::Import)).await?;
        let now = Timestamp::now();
        let imports = kept.iter().filter_map(|one| loaded(one).ok());
        Ok(ImportList { imports: imports.map(|one| self.import_row(&one.import, now)).collect() })
    }

    /// An import as it stands.
    ///
    /// # Errors
    /// `NotFound` if there is no such import.
    pub async fn open_import(&self, request: NameImport) -> Result<ImportWire> {
        let loaded = self.import(&request.import).await?;
        self.import_wire(loaded).await
    }

    /// Begins an import: of nothing yet, of an item's key, or of one that was brought before.
    ///
    /// # Errors
    /// `NotFound` if there is no such item or import; `Conflict` for one that never arrived.
    pub async fn begin_import(&self, request: BeginImport) -> Result<ImportWire> {
        let id = ImportId(ulid::Ulid::r#gen().to_string());
        let now = Timestamp::now();
        let mut import = match &request.again {
            None => Import::begin(id.clone(), now),
            Some(before) => {
                let before = self.import(before).await?.import;
                if before.imported.is_none() {
                    return Err(Error::new(Kind::Conflict, "bring the key again", "that key never arrived")
                        .with_refused_by("this app")
                        .with_next("Go on with that import instead, or begin a new one."));
                }
                before.once_more(id.clone(), request.new_material, now)
            }
        };
        if let Some(reference) = &request.source {
            let leaving = self.leaving(reference).await?;
            let inside = leaving.wire.wrapped.is_none() && leaving.wire.plain.is_some();
            import.source = Some(Source::Item { reference: leaving.wire.reference, version: None, inside });
        }
        let body = wizards::body(&import)?;
        // Any number of keys may be on their way at once: each is about itself.
        let kept = self.journal(move |journal| journal.add_wizard(WizardKind::Import, &id.0, &id.0, &body)).await?;
        self.import_wire(loaded(&kept)?).await
    }

    /// Settles something of an import. Nothing is sent to a place.
    ///
    /// # Errors
    /// `Conflict` if it is locked or somebody else went on with it; `Invalid` for what does not fit. It is then where it was.
    pub async fn note_import(&self, request: NoteImport) -> Result<ImportWire> {
        let loaded = self.import(&request.import).await?;
        if loaded.revision != request.revision {
            return Err(wizards::went_on(OPEN));
        }
        let act = match request.note {
            ImportNote::Finish => Act::Finish,
            ImportNote::GiveUp => Act::GiveUp,
            ImportNote::SetSource { source } => Act::SetSource(self.source(&loaded.import, source).await?),
            ImportNote::SetTarget { connection, vault, algorithm, wrap, answers } => {
                let wanted = targets::Wanted { connection, vault, algorithm, wrap, answers };
                Act::SetTarget(self.target(&loaded.import, wanted).await?)
            }
        };
        let loaded = self.act_on_import(loaded, act).await?;
        if loaded.import.phase().is_over() || loaded.import.wrapped.is_none() {
            self.0.packages.forget(&loaded.import.id.0);
        }
        self.import_wire(loaded).await
    }

    /// The provenance of a key that was brought, saved where the person says.
    ///
    /// # Errors
    /// `NotFound` if there is no such import; as the desktop or the disk says.
    pub async fn save_import_record(&self, request: NameImport) -> Result<Saved> {
        let text = self.import_record(request).await?;
        let Some(path) = self.0.desktop.choose_file("import-record.json").await? else {
            return Ok(Saved { paths: Vec::new() });
        };
        save_public(path, text.into_bytes()).await
    }

    /// The same as text: JSON.
    ///
    /// # Errors
    /// `NotFound` if there is no such import.
    pub async fn import_record(&self, request: NameImport) -> Result<String> {
        let import = self.import(&request.import).await?.import;
        serde_json::to_string_pretty(&record(&import)).map_err(|cause| {
            Error::new(Kind::Unexpected, "write the record", "it could not be written down").with_source(cause)
        })
    }

    /// The import of that number.
    async fn import(&self, id: &str) -> Result<Loaded> {
        let wanted = id.to_owned();
        let kept = self.journal(move |journal| journal.wizard(WizardKind::Import, &wanted)).await?;
        let kept = kept.ok_or_else(|| {
            Error::new(Kind::NotFound, OPEN, format!("there is no import {id}"))
                .with_next("Take its number from the list of imports or from `claviger imports`.")
        })?;
        loaded(&kept)
    }

    /// Does `act`, and keeps what becomes of the import.
    async fn act_on_import(&self, from: Loaded, act: Act) -> Result<Loaded> {
        let id = from.import.id.0.clone();
        let actor = self.import_actor(&from.import).await;
        let import = from.import.apply(act, &self.0.packages.held(&id), &actor, Timestamp::now())?;
        let (over, body) = (import.phase().is_over(), wizards::body(&import)?);
        let revision = self.journal(move |journal| journal.replace_wizard(&id, from.revision, over, &body)).await?;
        Ok(Loaded { import, revision })
    }

    /// Who does it: who one is at the target, as the place says or said, else who uses this computer.
    async fn import_actor(&self, import: &Import) -> String {
        let saved = match &import.target {
            Some(target) => self.saved(&target.connection).await.ok(),
            None => None,
        };
        let Some(saved) = saved else { return self.acting(None) };
        if self.0.sessions.identity(saved.id).is_none()
            && let Ok(provider) = self.provider(&saved).await
            && let Ok(identity) = provider.identity().await
        {
            let name = identity.name.clone();
            self.0.sessions.keep_identity(saved.id, identity);
            return name;
        }
        self.acting(Some(saved.id))
    }

    /// The connection of the target, if it still leads there.
    async fn target_connection(&self, target: &ImportTarget) -> Result<journal::SavedConnection> {
        self.same_place(&target.connection, &target.place).await
    }
}

fn loaded(kept: &KeptWizard) -> Result<Loaded> {
    Ok(Loaded { import: wizards::read(OPEN, kept)?, revision: kept.revision })
}

/// What an import is about must be settled before this.
fn target_of(import: &Import) -> Result<&ImportTarget> {
    import.target.as_ref().ok_or_else(|| {
        Error::new(Kind::Conflict, OPEN, "it is not settled where the key goes")
            .with_refused_by("this app")
            .with_next("Choose the target first.")
    })
}

/// The item at the target, once it is there.
fn item_of(import: &Import) -> Result<Option<ItemRef>> {
    import.item.as_deref().map(str::parse).transpose()
}
