//! What was read of an item that is rotated: its methods, its offers, and what of it is where.

use std::sync::Arc;

use base64ct::{Base64, Encoding};
use domain::{
    Algorithm, Answer, Error, Item, ItemDetail, Kind, Offer, Result, RotationMethod, RotationOffer, RotationStep,
    RotationSubject, Rotations,
};
use encoding::PublicKey;
use rotation::{Generation, Rotation};

use crate::{App, items::Found, locked};

/// An item as it was read, or why it was not.
pub(crate) struct Seen(std::result::Result<Read, Error>);

/// An item as it was read.
pub(crate) struct Read {
    pub(crate) found: Found,
    pub(crate) detail: ItemDetail,
    pub(super) offers: Vec<Offer>,
    /// Whether it can sign a test.
    pub(super) signs: bool,
}

impl Seen {
    pub(crate) fn read(&self) -> Result<&Read> {
        self.0.as_ref().map_err(Clone::clone)
    }

    pub(super) fn connection(&self) -> Option<i64> {
        self.0.as_ref().ok().map(|read| read.found.connection.id)
    }
}

impl Read {
    /// How the place rotates.
    pub(super) fn rotations(&self) -> Result<&dyn Rotations> {
        self.found.provider.rotations().ok_or_else(|| {
            Error::new(Kind::Unsupported, "rotate the item", "this kind of place rotates nothing")
                .with_refused_by("this app")
                .with_next("Use the place's own tool.")
        })
    }

    /// What the steps of a method are about, before anything is settled.
    pub(super) fn subject(&self, method: RotationMethod) -> RotationSubject<'_> {
        RotationSubject { method, item: &self.detail, old_version: None, new: None, new_version: None, alias: None }
    }

    /// Why the item's own offers refuse the change that makes the new material, and which permission is missing. Nothing
    /// where it is made in the vault.
    ///
    /// # Errors
    /// As the place says if it has no such change.
    pub(super) fn refusal(&self, method: RotationMethod) -> Result<Option<(String, Option<String>)>> {
        let wish = self.rotations()?.wish(&self.subject(method), RotationStep::Create)?;
        let offer = self.offers.iter().find(|offer| offer.ask == wish.ask);
        Ok(match offer.map(|offer| &offer.answer) {
            Some(Answer::Refuse { because, permission }) => Some((because.clone(), permission.clone())),
            Some(_) | None => None,
        })
    }

    pub(super) fn methods(&self) -> Vec<RotationOffer> {
        self.found.provider.rotations().map(|rotations| rotations.methods(&self.detail)).unwrap_or_default()
    }
}

impl App {
    /// What was last read of the item; reads it if nothing was.
    pub(super) async fn seen(&self, rotation: &Rotation) -> Arc<Seen> {
        let known = locked(&self.0.views.0).get(&rotation.id.0).cloned();
        match known {
            Some(seen) => seen,
            None => self.look_afresh(rotation).await,
        }
    }

    /// Reads the item afresh, and remembers it for what follows.
    pub(super) async fn look_afresh(&self, rotation: &Rotation) -> Arc<Seen> {
        let read = match self.find(&rotation.reference).await {
            Ok(found) => self.read_item(found).await,
            Err(error) => Err(error),
        };
        self.remember(&rotation.id.0, read)
    }

    /// Remembers what was read of the item of a rotation or a destruction.
    pub(crate) fn remember(&self, rotation: &str, read: Result<Read>) -> Arc<Seen> {
        let seen = Arc::new(Seen(read));
        locked(&self.0.views.0).insert(rotation.to_owned(), Arc::clone(&seen));
        seen
    }

    pub(crate) async fn read_item(&self, found: Found) -> Result<Read> {
        let detail = self.detail(&found).await?;
        self.heed(found.reference().to_string(), &detail);
        let offers = found.provider.offers(&detail.item).await;
        let signs = !crate::items::signs_with(&found, &detail.item).is_empty();
        Ok(Read { found, detail, offers, signs })
    }

    /// The generation that an item has in use now.
    pub(super) async fn generation(&self, found: &Found, item: &Item) -> Result<Generation> {
        let has_none = item.algorithm.as_ref().and_then(Algorithm::has_public_half) == Some(false);
        let spki = match has_none {
            true => None,
            false => match self.public_key(found, item.current_version.as_deref()).await {
                Ok(key) => Some(Base64::encode_string(key.spki_der())),
                // A key that cannot be read is not one that is not there: what hangs on it is refused later, by name.
                Err(error) if matches!(error.kind(), Kind::Unsupported | Kind::Denied) => None,
                Err(error) => return Err(error),
            },
        };
        Ok(Generation { reference: found.reference().to_string(), version: item.current_version.clone(), spki })
    }
}

/// The public key of a generation, where it has one.
pub(super) fn key_of(generation: &Generation) -> Option<PublicKey> {
    let der = Base64::decode_vec(generation.spki.as_deref()?).ok()?;
    PublicKey::from_spki_der(&der).ok()
}
