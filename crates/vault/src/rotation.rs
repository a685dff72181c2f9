//! How an item is rotated: the methods as data with source and date, and the change that each step takes.

mod facts;

use domain::{
    Ask, ItemDetail, Result, RotationMethod, RotationOffer, RotationStep, RotationSubject, Rotations, Switch, Wish,
};

use crate::{Cluster, inventory::engine_of, mounts::Engine, pki::ISSUER};

/// Settings of a transit key, which are the names of the answers too.
const LEAST_DECRYPTING: &str = "min_decryption_version";
const LEAST_ENCRYPTING: &str = "min_encryption_version";
const LEAST_AVAILABLE: &str = "min_available_version";

impl Rotations for Cluster {
    fn methods(&self, item: &ItemDetail) -> Vec<RotationOffer> {
        let offer = |method: RotationMethod| RotationOffer {
            method,
            refused: refused(item, method).map(str::to_owned),
            switch: Switch::AtOnce,
            facts: facts::of(engine_of(&item.item.key).ok(), method),
        };
        RotationMethod::ALL.map(offer).into()
    }

    fn wish(&self, subject: &RotationSubject<'_>, step: RotationStep) -> Result<Wish> {
        if let Some(because) = refused(subject.item, subject.method) {
            return Err(step.not_taken(because));
        }
        new_version(subject, step)
    }
}

/// Why the method does not work with this kind of item.
fn refused(item: &ItemDetail, method: RotationMethod) -> Option<&'static str> {
    match (engine_of(&item.item.key), method) {
        (Ok(Engine::Transit), RotationMethod::NewVersion) => not_by_version(item),
        (Ok(Engine::Transit), RotationMethod::InPlace) => Some(
            "A rotation of a transit key makes a version with a number: that is a new version, not a rotation in place.",
        ),
        (Ok(Engine::Transit), RotationMethod::NewKey) => Some(
            "A transit key has its one name and no aliases, and gets a new version under it: no other key is needed.",
        ),
        (Ok(Engine::Transit), RotationMethod::Renew) => {
            Some("A transit key has no certificate that the server issues: make a new version of it.")
        }
        (Ok(Engine::Pki), _) if item.item.key.id.starts_with(ISSUER) => Some(
            "An issuer is followed by another issuer, which every trust store has to know first: the mount's administrators \
             do that (`pki/root/rotate`, `pki/intermediate/generate`).",
        ),
        (Ok(Engine::Pki), _) => Some(
            "The server keeps no keys of the certificates that it issues: whoever uses this one has another issued by the \
             mount's role.",
        ),
        (Ok(Engine::Kv), _) => Some("A KV path has no key: a new value is written instead."),
        (Err(_), _) => Some("What this is could not be read, so how it is rotated is not known."),
    }
}

fn not_by_version(item: &ItemDetail) -> Option<&'static str> {
    let is = |name: &str| item.native(name) == Some("true");
    if is("imported_key") && !is("imported_key_allow_rotation") {
        return Some(
            "The key was imported without allow_rotation, so the server makes no new version of it: bring new material \
             along (`import_version`).",
        );
    }
    (item.native("type") == Some("managed_key")).then_some(
        "The material lies in a key manager outside of the server: a new version takes another managed key, which is named \
         with the server's own tool.",
    )
}

fn new_version(subject: &RotationSubject<'_>, step: RotationStep) -> Result<Wish> {
    let because = match step {
        RotationStep::Create => return Ok(Wish::new(Ask::Rotate, subject.target())),
        RotationStep::DisableOld => return least(subject, subject.made_version()?),
        RotationStep::EnableOld => return least(subject, subject.replaced()?),
        RotationStep::DeleteOld => {
            let wish = Wish::new(Ask::Trim, subject.target());
            return Ok(wish.answer(LEAST_AVAILABLE, subject.made_version()?));
        }
        RotationStep::Switch => "Nobody has to be told: whoever names no version uses the new one.",
        RotationStep::KeepOld => "What is trimmed is gone at once: it never waits for that.",
        RotationStep::SwitchBack => {
            "A transit key always encrypts and signs with its newest version: an older one cannot be made current."
        }
        RotationStep::DisableNew => {
            "The newest version of a transit key cannot be disabled: make another, then raise the minimum above this one."
        }
    };
    Err(step.not_taken(because))
}

/// Makes this the oldest version that is used. Both settings go together: nothing encrypts with what cannot be decrypted,
/// and the server trims only what lies below both.
fn least(subject: &RotationSubject<'_>, version: &str) -> Result<Wish> {
    let wish = Wish::new(Ask::Configure, subject.target());
    Ok(wish.answer(LEAST_DECRYPTING, version).answer(LEAST_ENCRYPTING, version))
}

#[cfg(test)]
mod tests;
