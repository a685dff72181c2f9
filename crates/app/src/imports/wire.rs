//! An import as the window and the shell see it.

use std::collections::BTreeMap;

use base64ct::{Base64, Encoding};
use contract::{
    AfterwardsWire, ImportProofWire, ImportRow, ImportSourceWire, ImportTargetWire, ImportWire, WrappedWire,
};
use domain::{Result, Timestamp};
use encoding::PublicKey;
use import::{Import, ImportStep, ImportTarget, Move, Source, Witness, WrappedRecord};

use super::{Loaded, item_of, targets::wrap_wire};
use crate::{
    App,
    wire::{instant, lock, log, moment, step_order},
};

impl App {
    /// An import as it stands.
    pub(super) async fn import_wire(&self, loaded: Loaded) -> Result<ImportWire> {
        let Loaded { import, revision } = loaded;
        let now = Timestamp::now();
        let held = self.0.packages.held(&import.id.0);
        let locks = Move::ALL.into_iter().filter_map(|what| {
            let why = import.lock(what, &held, now)?;
            Some((what.word().to_owned(), lock(why)))
        });
        let target = match &import.target {
            Some(target) => Some(self.target_wire(target).await),
            None => None,
        };
        Ok(ImportWire {
            row: self.import_row(&import, now),
            revision,
            again: import.again.as_ref().map(|before| before.0.clone()),
            target,
            source: import.source.as_ref().map(source),
            steps: steps(&import),
            wrapping_key: self.wrapping_key_wire(&import)?,
            loaded: import
                .loaded
                .iter()
                .filter(|loaded| !loaded.removed)
                .map(|loaded| loaded.reference.clone())
                .collect(),
            wrapped: import.wrapped.as_ref().map(wrapped),
            packed: held.package,
            imported: import.imported.as_ref().map(moment),
            proof: import.proof.as_ref().map(|proof| ImportProofWire {
                moment: moment(&proof.moment),
                holds: proof.holds,
                identifies: proof.identifies,
            }),
            locks: locks.collect::<BTreeMap<_, _>>(),
            afterwards: self.afterwards(&import).await,
            orders: import.orders.iter().map(|order| step_order(order, order.step.word())).collect(),
            log: import.log.iter().map(log).collect(),
        })
    }

    /// One import in a list.
    pub(super) fn import_row(&self, import: &Import, now: Timestamp) -> ImportRow {
        let held = self.0.packages.held(&import.id.0);
        let target = import.target.as_ref();
        ImportRow {
            id: import.id.0.clone(),
            title: match target {
                Some(target) => format!("{} to {}", target.algorithm, target.vault_name),
                None => "A key".to_owned(),
            },
            source: import.source.as_ref().map(in_words).unwrap_or_default(),
            connection: target.map(|target| target.connection.clone()).unwrap_or_default(),
            vault: target.map(|target| target.vault_name.clone()).unwrap_or_default(),
            item: import.item.clone(),
            phase: import.phase().word().to_owned(),
            over: import.phase().is_over(),
            waits_for: import.waits_for(&held, now),
            begun: instant(import.begun),
            expires: import.proof.as_ref().and_then(|proof| proof.expires).map(instant),
        }
    }

    async fn target_wire(&self, target: &ImportTarget) -> ImportTargetWire {
        let saved = self.saved(&target.connection).await.ok();
        ImportTargetWire {
            connection: target.connection.clone(),
            vault: target.vault.clone(),
            name: target.vault_name.clone(),
            environment: saved.and_then(|saved| saved.connection.environment),
            algorithm: target.algorithm.to_string(),
            wrap: wrap_wire(&target.wrap),
            answers: target.answers.clone(),
            waits: target.waits,
            new_material: target.new_material,
        }
    }

    /// What to do with the key now. A place that cannot be asked says nothing.
    async fn afterwards(&self, import: &Import) -> Vec<AfterwardsWire> {
        let (Some(_), Some(target), Ok(Some(item))) = (&import.imported, &import.target, item_of(import)) else {
            return Vec::new();
        };
        let Ok(saved) = self.saved(&target.connection).await else { return Vec::new() };
        let Ok(provider) = self.provider(&saved).await else { return Vec::new() };
        let Some(imports) = provider.imports() else { return Vec::new() };
        let told = imports.afterwards(&item.key, &target.algorithm).await;
        let told = told.into_iter().map(|one| AfterwardsWire { title: one.title, says: one.says, lines: one.lines });
        told.collect()
    }
}

/// The steps at the places that this import has, in order.
fn steps(import: &Import) -> Vec<String> {
    let inside = import.source.as_ref().is_some_and(Source::is_inside);
    let waits = import.target.as_ref().is_some_and(|target| target.waits) && import.again.is_none();
    let has = |step: &ImportStep| match step {
        ImportStep::Prepare => waits,
        ImportStep::Load | ImportStep::Remove => inside,
        ImportStep::Import => true,
    };
    ImportStep::ALL.iter().filter(|step| has(step)).map(|step| step.word().to_owned()).collect()
}

fn source(source: &Source) -> ImportSourceWire {
    match source {
        Source::File => ImportSourceWire::File,
        Source::Generated => ImportSourceWire::Generated,
        Source::Item { reference, version, inside } => {
            ImportSourceWire::Item { reference: reference.clone(), version: version.clone(), inside: *inside }
        }
        Source::Offline => ImportSourceWire::Offline,
    }
}

fn in_words(source: &Source) -> String {
    match source {
        Source::File => "a file".to_owned(),
        Source::Generated => "made on this computer".to_owned(),
        Source::Item { reference, .. } => reference.clone(),
        Source::Offline => "a machine without a connection".to_owned(),
    }
}

fn wrapped(wrapped: &WrappedRecord) -> WrappedWire {
    let public = match &wrapped.witness {
        Witness::PublicKey { spki } => {
            Base64::decode_vec(spki).ok().and_then(|der| PublicKey::from_spki_der(&der).ok())
        }
        Witness::Mac { .. } | Witness::None | Witness::Sealed { .. } => None,
    };
    WrappedWire {
        at: instant(wrapped.at),
        actor: wrapped.actor.clone(),
        native: wrapped.native.clone(),
        sha256: wrapped.sha256.clone(),
        before: wrapped.lengths.0,
        after: wrapped.lengths.1,
        check_value: wrapped.check_value.clone(),
        fingerprint: public.as_ref().map(encoding::snowflake::expected),
        witness: match wrapped.witness {
            Witness::Mac { .. } => "mac",
            Witness::None => "none",
            Witness::PublicKey { .. } => "public-key",
            Witness::Sealed { .. } => "sealed",
        }
        .to_owned(),
    }
}
