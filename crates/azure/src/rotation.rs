//! How an object is rotated: the methods as data with source and date, and the change that each step takes.

mod facts;

use domain::{
    Ask, Aspect, ItemDetail, NativeRow, Result, RotationMethod, RotationOffer, RotationStep, RotationSubject,
    Rotations, Switch, Wish,
};

use crate::{
    Tenant,
    certificates::{KEY_REUSED, YES},
    object::{Named, Object},
    questions::VERSION,
};

impl Rotations for Tenant {
    fn methods(&self, item: &ItemDetail) -> Vec<RotationOffer> {
        let object = object(item);
        let offer = |method: RotationMethod| RotationOffer {
            method,
            refused: refused(item, method),
            switch: Switch::AtOnce,
            facts: facts::of(object, method),
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

fn object(item: &ItemDetail) -> Option<Object> {
    Named::of(&item.item.key).ok().map(|named| named.object)
}

/// Why the method does not work with this kind of object.
fn refused(item: &ItemDetail, method: RotationMethod) -> Option<String> {
    let because = match (object(item), method) {
        (Some(Object::Key), RotationMethod::NewVersion) => return None,
        (Some(Object::Certificate), RotationMethod::Renew) => return not_renewed(item).map(str::to_owned),
        (Some(Object::Key), RotationMethod::Renew) => "Only a certificate is renewed: make a new version of the key.",
        (Some(Object::Certificate), RotationMethod::NewVersion) => {
            "A new version of a certificate is one that was issued anew, with its key: renew it."
        }
        (Some(Object::Certificate | Object::Key), RotationMethod::InPlace) => {
            "Azure gives new material a version of its own: there is no rotation in place."
        }
        (Some(Object::Certificate | Object::Key), RotationMethod::NewKey) => {
            "An object has one name and no aliases, and gets a new version under it: no other object is needed."
        }
        (Some(Object::Secret), _) => "A secret has no key: a new value is written instead.",
        (None, _) => "What this is could not be read, so how it is rotated is not known.",
    };
    Some(because.to_owned())
}

fn not_renewed(item: &ItemDetail) -> Option<&'static str> {
    let policy = item.aspects.iter().find_map(|aspect| {
        let Aspect::CertificatePolicy { issuer, rules, .. } = aspect else { return None };
        Some((issuer.as_deref(), rules))
    });
    let Some((issuer, rules)) = policy else {
        return Some("Its policy could not be read, so who would issue it is not known.");
    };
    if issuer.is_none_or(|name| name.eq_ignore_ascii_case("unknown")) {
        return Some(
            "Nobody in Azure issues it: a renewal begins with a signing request. Make one at the certificate, have it \
             signed, and merge the answer; or import a new version.",
        );
    }
    let keeps = |row: &NativeRow| row.name == KEY_REUSED && row.value == YES;
    rules.iter().any(keeps).then_some(
        "Its policy keeps the key when it is renewed, so there would be no new one: switch that off in the policy first.",
    )
}

/// A new version of a key and a renewed certificate are the same in every step but their making, which Azure names alike.
fn new_version(subject: &RotationSubject<'_>, step: RotationStep) -> Result<Wish> {
    let old = |ask| Ok(Wish::new(ask, subject.target()).answer(VERSION, subject.replaced()?));
    let because = match step {
        RotationStep::Create => return Ok(Wish::new(Ask::Rotate, subject.target())),
        RotationStep::DisableOld => return old(Ask::Disable),
        RotationStep::EnableOld => return old(Ask::Enable),
        RotationStep::Switch => "Nobody has to be told: whoever names no version uses the newest one.",
        RotationStep::DeleteOld => {
            "Azure deletes no single version, only the whole object: the old version is disabled, and stays with it."
        }
        RotationStep::KeepOld => "No version waits for its deletion.",
        RotationStep::SwitchBack => {
            "Azure always takes the newest version as the current one: an older one is used only by naming it."
        }
        RotationStep::DisableNew => {
            "Disabling the new version does not make the old one current: whoever names no version would be refused. If it \
             must not be used at all, disable that version at the object itself."
        }
    };
    Err(step.not_taken(because))
}

#[cfg(test)]
mod tests;
