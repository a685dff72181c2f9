//! The steps of an import at the places: planned, read, confirmed, and carried out as any other change.

use contract::{ConfirmChange, ConfirmImport, ImportWire, NameImport, PlanImport, PlanWire};
use domain::{Bringing, Error, ItemRef, Kind, LOADED, OrderId, Result, SecretAnswers, Timestamp, VaultId};
use import::{Act, Import, ImportStep, Move, Source};
use journal::SavedConnection;

use super::{item_of, sources::exports_of, target_of, targets::imports_of, wrapping::with_subject};
use crate::App;

const STEP: &str = "plan the import's step";

impl App {
    /// The exact calls of a step.
    ///
    /// # Errors
    /// `Conflict` if it is locked, or if what should be removed is gone; as the provider says why it cannot be done.
    pub async fn plan_import(&self, request: PlanImport) -> Result<PlanWire> {
        let step = step_of(&request.step)?;
        let loaded = self.import(&request.import).await?;
        self.open_for(&loaded.import, step)?;
        let (connection, bringing) = self.bringing(&loaded.import, step).await?;
        let plan = match self.plan_bringing(connection, bringing).await {
            Err(error) if step == ImportStep::Remove && error.kind() == Kind::NotFound => {
                return Err(self.removed_elsewhere(&request.import, error).await?);
            }
            planned => planned?,
        };
        self.0.plans.say_for(&plan.order, &request.import, step.word());
        Ok(plan)
    }

    /// Takes down that somebody else removed the wrapping key, which else would keep the import from ever ending. What is then
    /// said of the removal.
    async fn removed_elsewhere(&self, import: &str, error: Error) -> Result<Error> {
        let _held = self.hold_wizard(import).await?;
        let loaded = self.import(import).await?;
        self.act_on_import(loaded, Act::FindRemoved).await?;
        Ok(Error::new(Kind::Conflict, STEP, "the wrapping key is gone already: somebody else removed it")
            .with_refused_by("this app")
            .with_next("Go on with the import: nothing is left to be removed.")
            .with_source(error))
    }

    /// Carries out the plan of a step. The import has taken its number down before the first call goes out.
    ///
    /// # Errors
    /// `Conflict` for a plan that is not of this step; as [`App::confirm_change`]. What became of the order stands in the
    /// import in any case.
    pub async fn confirm_import(&self, request: ConfirmImport) -> Result<ImportWire> {
        let step = step_of(&request.step)?;
        let held = self.hold_wizard(&request.import).await?;
        let loaded = self.import(&request.import).await?;
        self.open_for(&loaded.import, step)?;
        let confirm = ConfirmChange { order: request.order, digest: request.digest, typed: request.typed };
        self.0.plans.may_confirm(&confirm, &request.import, step.word(), STEP)?;
        let connection = self.step_connection(&loaded.import, step).await?;
        self.writable(connection.id)?;
        let order = OrderId(confirm.order.clone());
        let app = self.clone();
        let work = tokio::spawn(async move {
            let loaded = app.act_on_import(loaded, Act::TakeOrder { step, order }).await?;
            let confirmed = app.confirm_change(confirm).await;
            let ended = app.learn_import_end(loaded).await;
            drop(held);
            // What the confirmation says is the nearer reason, should neither have come to its end.
            confirmed?;
            ended
        });
        let loaded = work.await.unwrap_or_else(|cause| {
            Err(Error::new(Kind::Unexpected, STEP, "carrying it out broke off inside the app")
                .with_changed(domain::Changed::Unknown)
                .with_next("Open the import: it knows the order, and can check what became of it.")
                .with_source(cause))
        })?;
        self.import_wire(loaded).await
    }

    /// Finds out what became of an order that is out: from the journal, and by asking the place. Sends nothing.
    ///
    /// # Errors
    /// `Conflict` while somebody carries it out; as the connection says.
    pub async fn check_import(&self, request: NameImport) -> Result<ImportWire> {
        let held = self.hold_wizard(&request.import).await?;
        let loaded = self.import(&request.import).await?;
        let loaded = match loaded.import.live_order() {
            Some(_) => self.learn_import_end(loaded).await?,
            None => loaded,
        };
        drop(held);
        self.import_wire(loaded).await
    }

    fn open_for(&self, import: &Import, step: ImportStep) -> Result<()> {
        match import.lock(Move::Order(step), &self.0.packages.held(&import.id.0), Timestamp::now()) {
            None => Ok(()),
            Some(lock) => Err(lock.refuses(STEP)),
        }
    }

    /// The connection that a step goes through: the source's for its own vault, else the target's.
    async fn step_connection(&self, import: &Import, step: ImportStep) -> Result<SavedConnection> {
        match step {
            ImportStep::Prepare | ImportStep::Import => self.target_connection(target_of(import)?).await,
            ImportStep::Load | ImportStep::Remove => self.saved(&source_item(import)?.connection).await,
        }
    }

    /// The change that a step takes, with what goes with it.
    async fn bringing(&self, import: &Import, step: ImportStep) -> Result<(SavedConnection, Bringing)> {
        let saved = self.step_connection(import, step).await?;
        let provider = self.heard(saved.id, self.provider(&saved).await)?;
        let without = |wish| Bringing { wish, secrets: SecretAnswers::new() };
        let bringing = match step {
            ImportStep::Prepare => {
                let target = target_of(import)?;
                let wish = with_subject(target, None, async |subject| imports_of(provider.as_ref())?.prepare(&subject));
                let none = || Error::new(Kind::Unsupported, STEP, "this place makes key and import in one step");
                without(wish.await?.ok_or_else(none)?)
            }
            ImportStep::Import => {
                let (target, into) = (target_of(import)?, item_of(import)?.map(|item| item.key));
                let package = self.0.packages.package(&import.id.0)?;
                let brought = with_subject(target, into.as_ref(), async |subject| {
                    imports_of(provider.as_ref())?.bring(&subject, package)
                });
                brought.await?
            }
            ImportStep::Load => {
                let source = source_item(import)?;
                let key = self.0.packages.key(&import.id.0).ok_or_else(|| {
                    Error::new(Kind::Conflict, STEP, "no wrapping key is in memory").with_next("Fetch it first.")
                })?;
                let vault: &VaultId = &source.key.vault;
                without(exports_of(provider.as_ref())?.load(vault, &loaded_name(import), &key.spki)?)
            }
            ImportStep::Remove => {
                let loaded = import
                    .still_loaded()
                    .ok_or_else(|| Error::new(Kind::Conflict, STEP, "no wrapping key is in the source's vault"))?;
                let loaded: ItemRef = loaded.reference.parse()?;
                without(exports_of(provider.as_ref())?.unload(&loaded.key))
            }
        };
        Ok((saved, bringing))
    }
}

/// The item that the key comes from.
pub(super) fn source_item(import: &Import) -> Result<ItemRef> {
    match &import.source {
        Some(Source::Item { reference, .. }) => reference.parse(),
        Some(Source::File | Source::Generated | Source::Offline) | None => {
            Err(Error::new(Kind::Conflict, STEP, "the key does not come from a vault").with_refused_by("this app"))
        }
    }
}

/// What a wrapping key is called in the source's vault: a name that says whose it is, another one each time.
fn loaded_name(import: &Import) -> String {
    format!("{LOADED}{}-{}", import.id.0.to_lowercase(), import.loaded.len() + 1)
}

fn step_of(word: &str) -> Result<ImportStep> {
    ImportStep::ALL.into_iter().find(|step| step.word() == word).ok_or_else(|| {
        Error::new(Kind::Invalid, STEP, format!("\"{word}\" is no step of an import"))
            .with_next("Choose one of the steps that the import shows.")
    })
}
