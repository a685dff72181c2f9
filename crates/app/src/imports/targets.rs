//! The vaults that take keys, what each does with each kind, and the target of an import as it is settled.

use std::time::Duration;

use contract::{AskTakings, ImportVaultRow, ImportVaults, Nothing, TakingWire, WireError, WrapWire};
use domain::{
    Algorithm, Answers, Error, ImportSubject, Imports, Kind, Provider, Result, SecretAnswers, Taking, VaultId, Wrap,
    WrapOffer,
};
use futures::{StreamExt, future::join_all, stream};
use import::{Import, ImportTarget};
use journal::{KnownVault, SavedConnection};

use super::item_of;
use crate::{App, changes::fit, wire};

const ASK: &str = "ask what the vault takes";
/// How long a connection may take to sign in before its vaults are left out.
const PATIENCE: Duration = Duration::from_secs(20);
/// So many vaults of one connection are asked at once.
const IN_FLIGHT: usize = 8;

/// A target as it is wanted.
pub(super) struct Wanted {
    pub(super) connection: String,
    pub(super) vault: String,
    pub(super) algorithm: String,
    pub(super) wrap: WrapWire,
    pub(super) answers: Answers,
}

impl App {
    /// The vaults of all connections into which keys may be brought, as far as they were listed before.
    ///
    /// # Errors
    /// `Unexpected` if Claviger's file cannot be read.
    pub async fn import_vaults(&self, _: Nothing) -> Result<ImportVaults> {
        let saved = self.journal(|journal| journal.connections()).await?;
        let asked = join_all(saved.iter().map(|saved| self.taking_vaults(saved))).await;
        let (mut vaults, mut silent) = (Vec::new(), Vec::new());
        for (saved, answer) in saved.iter().zip(asked) {
            match answer {
                Ok(known) => vaults.extend(known.into_iter().map(|vault| ImportVaultRow {
                    connection: saved.connection.name.clone(),
                    vault: vault.id.0,
                    name: vault.name,
                    kind: vault.kind,
                    environment: saved.connection.environment.clone(),
                })),
                Err(error) => silent.push((saved.connection.name.clone(), WireError::from(&error))),
            }
        }
        Ok(ImportVaults { vaults, silent })
    }

    async fn taking_vaults(&self, saved: &SavedConnection) -> Result<Vec<KnownVault>> {
        let connection = saved.id;
        let known = self.journal(move |journal| journal.known_vaults(connection)).await?;
        let provider = tokio::time::timeout(PATIENCE, self.provider(saved)).await.unwrap_or_else(|_| {
            Err(Error::new(Kind::Interrupted, ASK, "the connection did not sign in within 20 seconds")
                .with_next("Refresh the inventory, then look again."))
        })?;
        let Some(imports) = provider.imports() else { return Ok(Vec::new()) };
        let asked = stream::iter(known).map(|vault| async move {
            // One that cannot be asked now is shown: choosing it tells why.
            let never = imports.takes(&vault.id).await.is_err_and(|error| error.kind() == Kind::Unsupported);
            (!never).then_some(vault)
        });
        Ok(asked.buffered(IN_FLIGHT).filter_map(async |vault| vault).collect().await)
    }

    /// What a vault does with each kind of key, before anything is made.
    ///
    /// # Errors
    /// `Unsupported` if it takes none; as the place says.
    pub async fn import_takings(&self, request: AskTakings) -> Result<Vec<TakingWire>> {
        let saved = self.saved(&request.connection).await?;
        let provider = self.heard(saved.id, self.provider(&saved).await)?;
        let imports = imports_of(provider.as_ref())?;
        let vault = VaultId(request.vault);
        let takings = self.heard(saved.id, imports.takes(&vault).await)?;
        Ok(takings.iter().map(|taking| taking_wire(imports, &vault, taking)).collect())
    }

    /// The target that is wanted, held against what the vault takes.
    pub(super) async fn target(&self, import: &Import, wanted: Wanted) -> Result<ImportTarget> {
        let saved = self.saved(&wanted.connection).await?;
        let provider = self.heard(saved.id, self.provider(&saved).await)?;
        let imports = imports_of(provider.as_ref())?;
        let (vault, algorithm) = (VaultId(wanted.vault), Algorithm::parse(&wanted.algorithm));
        let takings = self.heard(saved.id, imports.takes(&vault).await)?;
        let wrap = chosen(&takings, &algorithm, &wanted.wrap)?;
        let answers = fit(&imports.questions(&vault, &algorithm), wanted.answers, &SecretAnswers::new())?;
        let into = item_of(import)?;
        if let Some(into) = into.as_ref().filter(|into| into.key.vault != vault || into.connection != wanted.connection)
        {
            return Err(unfit(format!("this key goes to {into} once more: choose the vault that it lies in")));
        }
        self.fits_the_source(import, &algorithm).await?;
        let subject = ImportSubject {
            vault: &vault,
            algorithm: &algorithm,
            answers: &answers,
            wrap: &wrap,
            into: into.as_ref().map(|into| &into.key),
            new_material: import.target.as_ref().is_some_and(|target| target.new_material),
        };
        let waits = imports.prepare(&subject)?.is_some();
        let (id, asked) = (saved.id, vault.clone());
        let name = self.journal(move |journal| journal.vault_name(id, &asked)).await?;
        Ok(ImportTarget {
            place: self.leads_to(&saved),
            connection: wanted.connection,
            vault_name: name.unwrap_or_else(|| vault.0.clone()),
            new_material: subject.new_material,
            vault: vault.0,
            algorithm,
            wrap,
            answers,
            waits,
        })
    }
}

/// How the place takes keys.
///
/// # Errors
/// `Unsupported` if it takes none.
pub(super) fn imports_of(provider: &dyn Provider) -> Result<&dyn Imports> {
    provider.imports().ok_or_else(|| {
        Error::new(Kind::Unsupported, ASK, "no keys are brought into this kind of place")
            .with_refused_by("this app")
            .with_next("Choose another vault.")
    })
}

fn chosen(takings: &[Taking], algorithm: &Algorithm, wanted: &WrapWire) -> Result<WrapOffer> {
    let taking = takings.iter().find(|taking| taking.algorithm == *algorithm);
    let Some(taking) = taking else {
        return Err(unfit(format!("the vault says nothing of keys of the kind {algorithm}")));
    };
    if let Some(because) = &taking.refused {
        return Err(unfit(format!("the vault takes no {algorithm} key: {because}")));
    }
    let offered = taking.wraps.iter().find(|offer| wrap_wire(offer) == *wanted);
    offered.cloned().ok_or_else(|| unfit(format!("the vault takes no {algorithm} key by {}", wanted.native)))
}

fn unfit(because: String) -> Error {
    Error::new(Kind::Invalid, "settle the target", because)
        .with_refused_by("this app")
        .with_next("Choose one of those that are shown. Nothing was made.")
}

fn taking_wire(imports: &dyn Imports, vault: &VaultId, taking: &Taking) -> TakingWire {
    let questions = match &taking.refused {
        None => imports.questions(vault, &taking.algorithm),
        Some(_) => Vec::new(),
    };
    TakingWire {
        algorithm: taking.algorithm.to_string(),
        wraps: taking.wraps.iter().map(wrap_wire).collect(),
        refused: taking.refused.clone(),
        questions: questions.iter().map(wire::question).collect(),
    }
}

pub(super) fn wrap_wire(offer: &WrapOffer) -> WrapWire {
    let WrapOffer { wrap, bits, native, legacy } = offer;
    WrapWire { wrap: wrap.word().to_owned(), bits: *bits, native: native.clone(), legacy: *legacy }
}

/// Whether nothing is wrapped on this way.
pub(super) fn is_plain(target: &ImportTarget) -> bool {
    target.wrap.wrap == Wrap::Plain
}
