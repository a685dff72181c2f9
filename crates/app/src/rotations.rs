//! Rotations: a plan that is saved from its first step on and can be gone on with after weeks or a crash.
//!
//! What may happen next is the crate `rotation`'s to say. Here it is kept, and brought together with the place (orders go
//! through [`changes`](crate::changes), as every other change), with consumers and with what addresses publish.

mod calendar;
mod calls;
mod ending;
mod looks;
mod material;
mod notes;
mod proof;
mod seen;
mod steps;
mod wire;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use contract::{BeginRotation, NameRotation, NoteRotation, Nothing, RotationList, RotationWire};
use domain::{Error, ItemRef, Kind, Result, Timestamp};
use journal::{KeptWizard, WizardKind};
use rotation::{Act, Generation, KeyDefinition, Phase, Rotation, RotationId, Run, Settings};

use crate::{App, wizards};
pub(crate) use seen::{Read, Seen};
pub(crate) use wire::{fact, sentence};

const OPEN: &str = "open the rotation";

/// What was last read of the items that are rotated or destroyed, by the wizard's number, so that saying something of a rotation
/// waits for no provider.
#[derive(Default)]
pub(crate) struct Views(Mutex<HashMap<String, Arc<Seen>>>);

impl Views {
    /// What was last read for the wizard of that number.
    pub(crate) fn of(&self, wizard: &str) -> Option<Arc<Seen>> {
        crate::locked(&self.0).get(wizard).cloned()
    }
}

/// A rotation with the state that was seen of it.
pub(crate) struct Loaded {
    rotation: Rotation,
    revision: u32,
}

impl App {
    /// Every rotation.
    ///
    /// # Errors
    /// `Unexpected` if Claviger's file cannot be read.
    pub async fn list_rotations(&self, _: Nothing) -> Result<RotationList> {
        let kept = self.journal(|journal| journal.wizards(WizardKind::Rotation)).await?;
        let now = Timestamp::now();
        let mut rotations = Vec::with_capacity(kept.len());
        for one in kept.iter().filter_map(|one| loaded(one).ok()) {
            rotations.push(wire::row(&self.with_ledger(one.rotation).await?, now));
        }
        Ok(RotationList { rotations })
    }

    /// A rotation as it stands, its item read afresh. An item that cannot be read is its trouble, not the end.
    ///
    /// # Errors
    /// `NotFound` if there is no such rotation.
    pub async fn open_rotation(&self, request: NameRotation) -> Result<RotationWire> {
        let loaded = self.rotation(&request.rotation).await?;
        self.look_afresh(&loaded.rotation).await;
        self.rotation_wire(loaded).await
    }

    /// Begins a rotation, or opens the one that is under way.
    ///
    /// # Errors
    /// `NotFound` if no connection knows the item, or as the provider says if it cannot be read.
    pub async fn begin_rotation(&self, request: BeginRotation) -> Result<RotationWire> {
        let found = self.find(&request.reference).await?;
        let reference = found.reference().to_string();
        let wanted = reference.clone();
        if let Some(kept) = self.journal(move |journal| journal.wizard_under_way(WizardKind::Rotation, &wanted)).await?
        {
            return self.open_rotation(NameRotation { rotation: kept.id }).await;
        }
        let read = self.read_item(found).await?;
        let old = self.generation(&read.found, &read.detail.item).await?;
        let id = RotationId(ulid::Ulid::r#gen().to_string());
        let place = self.leads_to(&read.found.connection);
        let mut rotation = Rotation::begin(id.clone(), old, read.detail.item.name.clone(), place, Timestamp::now());
        let defined = reference.clone();
        let definition = self.journal(move |journal| journal.key_definition(&defined)).await?;
        if let Some(definition) = definition.and_then(|text| serde_json::from_str::<KeyDefinition>(&text).ok()) {
            rotation.settings = Settings::usual(definition.strategy);
        }
        let body = wizards::body(&rotation)?;
        let kept =
            self.journal(move |journal| journal.add_wizard(WizardKind::Rotation, &id.0, &reference, &body)).await?;
        self.remember(&kept.id, Ok(read));
        self.rotation_wire(loaded(&kept)?).await
    }

    /// Does something with a rotation that touches nothing at the place.
    ///
    /// # Errors
    /// `Conflict` if it is locked or somebody else went on with it, `Invalid` for what was pasted if it does not fit. The
    /// rotation is then where it was.
    pub async fn note_rotation(&self, request: NoteRotation) -> Result<RotationWire> {
        let loaded = self.rotation(&request.rotation).await?;
        if loaded.revision != request.revision {
            return Err(wizards::went_on(OPEN));
        }
        let loaded = self.note(loaded, request.note).await?;
        self.rotation_wire(loaded).await
    }

    /// The rotation of that number.
    async fn rotation(&self, id: &str) -> Result<Loaded> {
        let wanted = id.to_owned();
        let kept = self.journal(move |journal| journal.wizard(WizardKind::Rotation, &wanted)).await?;
        let kept = kept.ok_or_else(|| {
            Error::new(Kind::NotFound, OPEN, format!("there is no rotation {id}"))
                .with_next("Take its number from the list of rotations or from `claviger rotations`.")
        })?;
        loaded(&kept)
    }

    /// The rotation as it would go on: while its consumers are chosen, they are those in the ledger now.
    async fn with_ledger(&self, mut rotation: Rotation) -> Result<Rotation> {
        if rotation.phase == Phase::Consumers {
            let ledger = self.ledger(&rotation.reference).await?;
            rotation.runs = ledger.into_iter().map(Run::new).collect();
        }
        Ok(rotation)
    }

    /// Does `acts` one after the other, and keeps what becomes of the rotation: all of them or none.
    async fn act(&self, from: Loaded, acts: Vec<Act>) -> Result<Loaded> {
        let (actor, now) = (self.actor(&from.rotation.id.0), Timestamp::now());
        let mut rotation = from.rotation;
        for act in acts {
            rotation = rotation.apply(act, &actor, now)?;
        }
        let (id, over, body) = (rotation.id.0.clone(), rotation.phase.is_over(), wizards::body(&rotation)?);
        let revision = self.journal(move |journal| journal.replace_wizard(&id, from.revision, over, &body)).await?;
        Ok(Loaded { rotation, revision })
    }

    /// Who acts with a wizard's item.
    pub(crate) fn actor(&self, wizard: &str) -> String {
        self.acting(self.0.views.of(wizard).and_then(|seen| seen.connection()))
    }
}

fn loaded(kept: &KeptWizard) -> Result<Loaded> {
    Ok(Loaded { rotation: wizards::read(OPEN, kept)?, revision: kept.revision })
}

/// The connection's name in a reference.
pub(crate) fn connection_of(reference: &str) -> String {
    reference.parse::<ItemRef>().map(|reference| reference.connection).unwrap_or_default()
}

/// The generation's item.
fn item_of(generation: &Generation) -> Result<ItemRef> {
    generation.reference.parse()
}
