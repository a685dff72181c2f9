//! How an item is rotated: the methods as data with source and date, and the change that each step takes.

mod facts;

use std::collections::BTreeMap;

use domain::{
    Answers, Ask, Aspect, Error, ItemDetail, Kind, Result, RotationMethod, RotationOffer, RotationStep,
    RotationSubject, Rotations, Switch, Target, Wish,
};

use crate::{
    Account,
    keys::{ALIASES, AWS_MANAGED},
    locate::{self, Service},
    questions::{is_made, spec_question},
    tags,
};

/// How long the deletion of an old key waits: the most that KMS grants.
const DAYS: &str = "30";
const PLAN: &str = "plan the rotation's step";

/// What an item is, as far as its rotation depends on it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Thing {
    /// Managed by AWS.
    Aws,
    Certificate,
    /// Of another account.
    Foreign,
    /// A customer managed key of this account.
    Key,
    Secret,
    /// It could not be described.
    Untold,
}

impl Rotations for Account {
    fn methods(&self, item: &ItemDetail) -> Vec<RotationOffer> {
        let thing = self.thing(item);
        let offer = |method: RotationMethod| RotationOffer {
            method,
            refused: refused(thing, item, method),
            switch: switch(item, method),
            facts: facts::of(thing, item, method),
        };
        RotationMethod::ALL.map(offer).into()
    }

    fn wish(&self, subject: &RotationSubject<'_>, step: RotationStep) -> Result<Wish> {
        if let Some(because) = refused(self.thing(subject.item), subject.item, subject.method) {
            return Err(step.not_taken(because));
        }
        match subject.method {
            RotationMethod::InPlace => in_place(subject, step),
            RotationMethod::NewKey => new_key(subject, step),
            RotationMethod::NewVersion | RotationMethod::Renew => Err(step.not_taken("AWS has no such method.")),
        }
    }
}

impl Account {
    pub(crate) fn thing(&self, item: &ItemDetail) -> Thing {
        let Ok((service, id)) = locate::parts(&item.item.key) else { return Thing::Untold };
        match service {
            Service::Acm => Thing::Certificate,
            Service::SecretsManager => Thing::Secret,
            Service::Kms if item.item.native_kind == AWS_MANAGED => Thing::Aws,
            Service::Kms if id.starts_with("arn:") || self.is_foreign(item) => Thing::Foreign,
            Service::Kms if item.native("KeySpec").is_none() => Thing::Untold,
            Service::Kms => Thing::Key,
        }
    }

    fn is_foreign(&self, item: &ItemDetail) -> bool {
        let own = self.number.get().map(String::as_str);
        item.native("AWSAccountId").is_some_and(|account| own.is_some_and(|own| own != account))
    }
}

/// Why the method does not work with this kind of item.
fn refused(thing: Thing, item: &ItemDetail, method: RotationMethod) -> Option<String> {
    let because = match (thing, method) {
        (Thing::Aws, _) => "AWS manages this key: KMS rotates it by itself, and nobody else can.",
        (Thing::Certificate, _) => {
            "ACM renews by itself what it issued and what is in use; what was imported is imported anew."
        }
        (Thing::Foreign, _) => "The key lies in another account: it is rotated there.",
        (Thing::Secret, _) => "A secret has no key: write a new value, or let its rotation function do so.",
        (Thing::Untold, _) => "What this is could not be read, so how it is rotated is not known.",
        (Thing::Key, RotationMethod::NewVersion) => {
            "A KMS key has no versions that can be named: its material is rotated in place, or another key is made."
        }
        (Thing::Key, RotationMethod::Renew) => "A KMS key is no certificate: rotate it in place, or make another key.",
        (Thing::Key, RotationMethod::InPlace) => return not_in_place(item).map(str::to_owned),
        (Thing::Key, RotationMethod::NewKey) => return no_other(item),
    };
    Some(because.to_owned())
}

fn not_in_place(item: &ItemDetail) -> Option<&'static str> {
    match (item.native("KeySpec"), item.native("Origin")) {
        (Some(spec), _) if spec != "SYMMETRIC_DEFAULT" => Some(
            "KMS rotates only symmetric encryption keys in place: for this one, make another key and move the alias.",
        ),
        (_, Some("EXTERNAL")) => Some(
            "The material was imported: bring new material for the key, which it is then rotated to, or make another key \
             and move the alias.",
        ),
        (_, Some("AWS_KMS")) if is_replica(item) => {
            Some("This is a replica: its material is rotated at the primary key, and it follows by itself.")
        }
        (_, Some("AWS_KMS")) => None,
        (_, Some(_) | None) => Some(
            "The material lies in a custom key store, where KMS rotates none: make another key and move the alias.",
        ),
    }
}

fn no_other(item: &ItemDetail) -> Option<String> {
    let (usage, spec) = (item.native("KeyUsage").unwrap_or_default(), item.native("KeySpec").unwrap_or_default());
    if is_replica(item) {
        return Some(
            "This is a replica: another key in its place would have other material than its primary key. Make the new \
             key where the primary is, and replicate that."
                .to_owned(),
        );
    }
    (!is_made(usage, spec, &item.item.key.vault.0)).then(|| {
        format!(
            "This version makes no {spec} keys for {usage}: make the new key with AWS's own tool, then move the alias."
        )
    })
}

fn is_replica(item: &ItemDetail) -> bool {
    item.native("MultiRegionKeyType") == Some("REPLICA")
}

fn switch(item: &ItemDetail, method: RotationMethod) -> Switch {
    match (method, alias(item)) {
        (RotationMethod::NewKey, Some(alias)) => Switch::ByAlias { alias: alias.to_owned() },
        (RotationMethod::NewKey, None) => Switch::ByHand,
        (RotationMethod::InPlace | RotationMethod::NewVersion | RotationMethod::Renew, _) => Switch::AtOnce,
    }
}

/// The first alias that its owner gave it.
fn alias(item: &ItemDetail) -> Option<&str> {
    aliases(item).find(|name| !name.starts_with("alias/aws/"))
}

fn aliases(item: &ItemDetail) -> impl Iterator<Item = &str> {
    let names =
        item.aspects.iter().filter_map(|aspect| if let Aspect::Aliases(names) = aspect { Some(names) } else { None });
    names.flatten().map(String::as_str)
}

fn in_place(subject: &RotationSubject<'_>, step: RotationStep) -> Result<Wish> {
    let because = match step {
        RotationStep::Create => return Ok(Wish::new(Ask::Rotate, subject.target())),
        RotationStep::Switch => {
            "Nobody has to be told: the key stays the same, and KMS encrypts with the new material."
        }
        RotationStep::DeleteOld | RotationStep::DisableOld => {
            "KMS keeps every generation of a key's material to decrypt with: none is disabled or destroyed by itself."
        }
        RotationStep::EnableOld | RotationStep::KeepOld => "The old material was never out of use.",
        RotationStep::DisableNew | RotationStep::SwitchBack => {
            "A rotation in place cannot be taken back: KMS encrypts with the newest material from then on."
        }
    };
    Err(step.not_taken(because))
}

fn new_key(subject: &RotationSubject<'_>, step: RotationStep) -> Result<Wish> {
    in_its_place(subject, step)?;
    let old = subject.target();
    Ok(match step {
        RotationStep::Create => create(subject.item),
        RotationStep::Switch => take(subject, Target::Item(subject.made()?.clone()), step)?,
        RotationStep::SwitchBack => take(subject, old, step)?,
        RotationStep::DisableOld => Wish::new(Ask::Disable, old),
        RotationStep::EnableOld => Wish::new(Ask::Enable, old),
        RotationStep::DeleteOld => Wish::new(Ask::ScheduleDeletion, old).answer("days", DAYS),
        RotationStep::KeepOld => Wish::new(Ask::CancelDeletion, old),
        RotationStep::DisableNew => Wish::new(Ask::Disable, Target::Item(subject.made()?.clone())),
    })
}

/// Another key like this one. It gets no alias: the one of the old key is moved when the new one is known to its users.
fn create(item: &ItemDetail) -> Wish {
    let native = |name: &str| item.native(name).unwrap_or_default();
    let usage = native("KeyUsage");
    let mut answers = Answers::from([
        ("usage".to_owned(), usage.to_owned()),
        ("multi_region".to_owned(), (native("MultiRegion") == "true").to_string()),
    ]);
    answers.extend(spec_question(usage).map(|question| (question.to_owned(), native("KeySpec").to_owned())));
    for aspect in &item.aspects {
        if let Aspect::Description(text) = aspect {
            answers.insert("description".to_owned(), text.clone());
        }
        if let Aspect::Tags(pairs) = aspect {
            let mut own: BTreeMap<String, String> = tags::own(pairs.iter().cloned().collect());
            own.remove(tags::ORDER);
            answers.insert("tags".to_owned(), tags::pairs(&own));
        }
    }
    Wish { ask: Ask::CreateKey, target: Target::Vault(item.item.key.vault.clone()), answers }
}

/// A key has no versions that would show that somebody else rotated it: the alias shows it, where it can be read.
fn in_its_place(subject: &RotationSubject<'_>, step: RotationStep) -> Result<()> {
    let Some(alias) = subject.alias.filter(|_| subject.item.native(ALIASES).is_none()) else { return Ok(()) };
    let at_old = aliases(subject.item).any(|name| name == alias);
    let ends = matches!(step, RotationStep::DeleteOld | RotationStep::DisableOld);
    if let Some(other) = aliases(subject.item).find(|name| ends && *name != alias && !name.starts_with("alias/aws/")) {
        let message = format!("{other} points at the old key too, and whoever names it would be refused");
        return Err(Error::new(Kind::Conflict, PLAN, message)
            .with_refused_by("this app")
            .with_next("Move it to the new key as well, by a change of that key, or delete it if nobody names it."));
    }
    let message = match step {
        RotationStep::Create | RotationStep::Switch if !at_old => {
            format!("{alias} was moved in the meantime: it does not point at the old key any more")
        }
        // Whoever names it would be refused.
        RotationStep::DeleteOld | RotationStep::DisableOld if at_old => {
            format!("{alias} was moved in the meantime: it points at the old key again")
        }
        _ => return Ok(()),
    };
    Err(Error::new(Kind::Conflict, PLAN, message)
        .with_refused_by("this app")
        .with_next("Find out in CloudTrail who moved it. Move it back first, or take this rotation back."))
}

/// Points the alias at that key.
fn take(subject: &RotationSubject<'_>, to: Target, step: RotationStep) -> Result<Wish> {
    let alias = subject.alias.or_else(|| alias(subject.item));
    let alias = alias.ok_or_else(|| {
        step.not_taken("No alias points at the key: each of its users is told the id of the one to use.")
    })?;
    Ok(Wish::new(Ask::MoveAlias, to).answer("alias", alias))
}

#[cfg(test)]
mod tests;
