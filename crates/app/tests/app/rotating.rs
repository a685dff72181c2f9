//! Rotations of a scripted place: what it makes is what the script says, and another key may come of it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use domain::{
    Ask, ItemDetail, Result, RotationFact, RotationMethod, RotationOffer, RotationStep, RotationSubject, Rotations,
    Switch, Target, Wish,
};

use crate::{
    changing::Changing,
    scripted::{detail, key_item},
};

const FACTS: [RotationFact; 1] = [RotationFact::new("It does what it is told.", "https://scripted.test", "2026-11-26")];

/// Which version of the key is current.
#[derive(Clone)]
pub(crate) struct Current(Arc<Mutex<u32>>);

impl Default for Current {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(1)))
    }
}

impl Current {
    /// Somebody makes a new version.
    pub(crate) fn next(&self) {
        *self.0.lock().unwrap() += 1;
    }

    /// The item `k` of the vault `v` as it is now.
    pub(crate) fn detail(&self) -> ItemDetail {
        let mut item = key_item("v", "k");
        item.current_version = Some(self.0.lock().unwrap().to_string());
        detail(item)
    }
}

/// A new version is used at once by whoever names none; another key is told to its users by hand.
impl Rotations for Changing {
    fn methods(&self, _: &ItemDetail) -> Vec<RotationOffer> {
        let offer = |method| RotationOffer {
            method,
            refused: None,
            switch: match method {
                RotationMethod::NewKey => Switch::ByHand,
                _ => Switch::AtOnce,
            },
            facts: FACTS.to_vec(),
        };
        RotationMethod::ALL.map(offer).into()
    }

    fn wish(&self, subject: &RotationSubject<'_>, step: RotationStep) -> Result<Wish> {
        let target = Target::Item(subject.item.item.key.clone());
        match step {
            RotationStep::Create => Ok(Wish::new(Ask::Rotate, target)),
            RotationStep::DisableOld => Ok(Wish::new(Ask::Disable, target)),
            RotationStep::EnableOld => Ok(Wish::new(Ask::Enable, target)),
            RotationStep::DeleteOld
            | RotationStep::DisableNew
            | RotationStep::KeepOld
            | RotationStep::Switch
            | RotationStep::SwitchBack => Err(step.not_taken("the script has none")),
        }
    }
}

/// What an order is said to have made: a version of the same item, or another item.
pub(crate) fn made(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
