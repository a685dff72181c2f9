//! How an entry is rotated: the methods as data with source and date, and the change that each step takes.

use domain::{
    Algorithm, Ask, FacetKind, ItemDetail, Result, RotationFact, RotationMethod, RotationOffer, RotationStep,
    RotationSubject, Rotations, Switch, Wish,
};

use crate::{LocalKeystore, make, questions::VERSIONS};

const CHECKED: &str = "2026-11-26";
/// Recommendation for Key Management, part 1.
const NIST: &str = "https://doi.org/10.6028/NIST.SP.800-57pt1r5";

const FACTS: [RotationFact; 3] = [
    RotationFact::new(
        "How long a key is used is set by its owner, and a file keeps no time: nothing in a keystore is rotated by itself.",
        NIST,
        CHECKED,
    ),
    RotationFact::new(
        "The public half of an old key is kept beyond its use, so that what it signed can still be verified.",
        NIST,
        CHECKED,
    ),
    RotationFact::new("What is encrypted under an old key needs that key until it was encrypted anew.", NIST, CHECKED),
];

impl Rotations for LocalKeystore {
    fn methods(&self, item: &ItemDetail) -> Vec<RotationOffer> {
        let offer = |method: RotationMethod| RotationOffer {
            method,
            refused: refused(item, method),
            switch: Switch::AtOnce,
            facts: FACTS.to_vec(),
        };
        RotationMethod::ALL.map(offer).into()
    }

    fn wish(&self, subject: &RotationSubject<'_>, step: RotationStep) -> Result<Wish> {
        match refused(subject.item, subject.method) {
            Some(because) => Err(step.not_taken(because)),
            None => new_version(subject, step),
        }
    }
}

/// Why the method does not work with this kind of entry.
fn refused(item: &ItemDetail, method: RotationMethod) -> Option<String> {
    let has = |kind| item.item.facets.iter().any(|facet| facet.kind == kind);
    if has(FacetKind::Certificate) {
        return Some("A certificate is bound to its key: a new key needs a new certificate.".to_owned());
    }
    if !has(FacetKind::Key) {
        return Some("A secret has no key: a new value is written instead.".to_owned());
    }
    match method {
        RotationMethod::InPlace => {
            Some("A new key in a keystore is a version with a number: make a new version.".to_owned())
        }
        RotationMethod::NewKey => {
            Some("An entry gets a new version under its own name: no other entry is needed.".to_owned())
        }
        RotationMethod::NewVersion => not_made(item.item.algorithm.as_ref()),
        RotationMethod::Renew => Some("A keystore issues no certificates: make a new version of the key.".to_owned()),
    }
}

fn not_made(algorithm: Option<&Algorithm>) -> Option<String> {
    match algorithm {
        Some(algorithm) if make::can_make(algorithm) => None,
        Some(algorithm) => Some(format!("A keystore makes no {algorithm} keys, and takes none from outside.")),
        None => Some("The kind of key could not be read, so no other of its kind can be made.".to_owned()),
    }
}

fn new_version(subject: &RotationSubject<'_>, step: RotationStep) -> Result<Wish> {
    let hidden = |ask| Ok(Wish::new(ask, subject.target()).answer(VERSIONS, subject.replaced()?));
    let because = match step {
        RotationStep::Create => return Ok(Wish::new(Ask::Rotate, subject.target())),
        RotationStep::DisableOld => return hidden(Ask::DeleteVersions),
        RotationStep::EnableOld => return hidden(Ask::UndeleteVersions),
        RotationStep::Switch => "Nobody has to be told: whoever names no version uses the new one.",
        RotationStep::DeleteOld => {
            "A keystore destroys no single version: each is kept as long as the entry, and can be hidden."
        }
        RotationStep::KeepOld => "No version waits for its deletion.",
        RotationStep::SwitchBack => "The current version of a key stays the newest one: only a secret is rolled back.",
        RotationStep::DisableNew => {
            "The current version is closed by disabling the whole entry, which closes the older ones with it."
        }
    };
    Err(step.not_taken(because))
}
