//! What the templates of consumers are filled with, from how far a rotation is.

use domain::{Error, Kind, Result, Switch};
use encoding::{PublicKey, snowflake::Slot};
use rotation::{Material, Rotation, Run, SlotUse};

use super::seen::key_of;

/// The public keys of a rotation, read once.
pub(super) struct Keys {
    pub(super) old: Option<PublicKey>,
    pub(super) new: Option<PublicKey>,
}

impl Keys {
    pub(super) fn of(rotation: &Rotation) -> Self {
        Self { old: key_of(&rotation.old), new: rotation.new.as_ref().and_then(key_of) }
    }

    pub(super) fn replaced(&self) -> Result<&PublicKey> {
        self.old.as_ref().ok_or_else(|| unknown("the public half of the old key is not known"))
    }

    pub(super) fn made(&self) -> Result<&PublicKey> {
        self.new.as_ref().ok_or_else(|| unknown("the public half of the new key is not known"))
    }

    /// What the templates of one consumer are filled with.
    pub(super) fn material<'a>(&'a self, rotation: &'a Rotation, run: &Run) -> Material<'a> {
        Material {
            item: &rotation.name,
            new_reference: rotation.new.as_ref().map_or(rotation.reference.as_str(), |new| new.reference.as_str()),
            old_version: rotation.old.version.as_deref(),
            new_version: rotation.new.as_ref().and_then(|new| new.version.as_deref()),
            old: self.old.as_ref(),
            new: self.new.as_ref(),
            slots: run.slots.as_ref().and_then(slots),
            alias: rotation.switch.as_ref().and_then(Switch::alias),
            due: rotation.settings.due,
        }
    }
}

/// The slots of a user, from the names of their properties.
pub(super) fn slots(of: &SlotUse) -> Option<(Slot, Option<Slot>)> {
    Some((slot(&of.set)?, of.keeps.as_deref().and_then(slot)))
}

fn slot(property: &str) -> Option<Slot> {
    Slot::ALL.into_iter().find(|slot| slot.property() == property)
}

fn unknown(message: &str) -> Error {
    Error::new(Kind::Conflict, "look at the key", message)
        .with_refused_by("this app")
        .with_next("Make the new material first, with an identity that may read public keys.")
}
