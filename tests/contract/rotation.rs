//! Rotation: each method is answered with its sources, what is allowed can be planned, and a rotation leaves the old
//! material in use until it is disabled.

use std::collections::BTreeMap;

use domain::{
    Answer, Answers, Aspect, Item, ItemDetail, ItemKey, Kind, Question, QuestionKind, RotationMethod, RotationOffer,
    RotationStep, RotationSubject, Rotations, SignatureAlgorithm, State, Switch, Target, Wish,
};
use encoding::{PublicKey, jws};
use jiff::civil::Date;
use libtest_mimic::Failed;

use crate::{
    changes::doing::{carry_out, carry_out_with, planned_change, wanted},
    place::Subject,
    promise::{Gap, Needs, Outcome, Promise, ensure, promise},
};

pub(crate) const PROMISES: &[Promise] = &[
    promise!("rotation", every_method_is_answered_in_order_with_its_sources, Needs::Nothing),
    promise!("rotation", what_is_allowed_can_be_planned, Needs::Nothing),
    promise!("rotation", the_old_is_in_use_until_it_is_disabled, Needs::Scratch),
];

pub(crate) const GAPS: &[Gap] = &[];

/// What a server gets wrong with one method, so that it cannot be tried there. Tried all the same: it must fail.
const QUIRKS: &[(&str, RotationMethod, &str)] = &[
    ("localstack", RotationMethod::InPlace, "it has no ListKeyRotations, by which a rotation is planned and seen"),
    ("ministack", RotationMethod::InPlace, "it has no ListKeyRotations, by which a rotation is planned and seen"),
];

fn rotations(subject: &Subject) -> Result<&dyn Rotations, Failed> {
    subject.provider.rotations().ok_or_else(|| "it is not said how anything is rotated".into())
}

async fn every_method_is_answered_in_order_with_its_sources(subject: &Subject) -> Outcome {
    let mut allowed = 0;
    for known in &subject.place.known.items {
        let detail = subject.provider.inventory().open(&subject.key(known)?).await?;
        let offers = rotations(subject)?.methods(&detail);
        ensure!(offers.iter().map(|offer| offer.method).eq(RotationMethod::ALL), "{}: {offers:?}", known.name);
        for offer in offers {
            let sentence = |text: &str| text.ends_with('.') && text.starts_with(|first: char| !first.is_lowercase());
            ensure!(offer.refused.as_deref().is_none_or(sentence), "{}: {offer:?}", known.name);
            ensure!(!offer.facts.is_empty(), "{}: nothing is known of {offer:?}", known.name);
            for fact in &offer.facts {
                let sourced = fact.source.starts_with("https://") && fact.checked.parse::<Date>().is_ok();
                // Some begin with the name of a setting.
                ensure!(sourced && fact.says.ends_with('.'), "{}: {fact:?}", known.name);
            }
            allowed += usize::from(offer.refused.is_none());
        }
    }
    ensure!(allowed > 0, "nothing at all can be rotated");
    Ok(())
}

async fn what_is_allowed_can_be_planned(subject: &Subject) -> Outcome {
    let mut planned = 0;
    for known in &subject.place.known.items {
        let detail = subject.provider.inventory().open(&subject.key(known)?).await?;
        for offer in rotations(subject)?.methods(&detail) {
            if offer.refused.is_some() || detail.item.state != State::Enabled {
                continue;
            }
            let run = Run::new(subject, offer.method, &detail);
            let wish = run.wish(&detail, RotationStep::Create)?;
            if is_offered(subject, &detail.item, &wish).await {
                let said = |wrong| format!("{}: {:?}: {wrong}", known.name, offer.method);
                plan(subject, &wish).await.map_err(said)?;
                planned += 1;
            }
        }
    }
    ensure!(planned > 0, "nothing at all could be planned");
    Ok(())
}

/// Whether the change that a wish asks for is allowed here and now.
async fn is_offered(subject: &Subject, item: &Item, wish: &Wish) -> bool {
    let offers = match &wish.target {
        Target::Item(_) => subject.provider.offers(item).await,
        Target::Vault(vault) => subject.provider.changes().vault_offers(vault).await,
    };
    offers.iter().any(|offer| offer.ask == wish.ask && offer.answer == Answer::Allow)
}

/// The plan of a wish, whose answers must be what is asked for: the app fills nothing in.
async fn plan(subject: &Subject, wish: &Wish) -> Result<(domain::Change, domain::Plan), String> {
    let changes = subject.provider.changes();
    let questions = changes.questions(wish.ask, &wish.target).await.map_err(|error| format!("questions: {error}"))?;
    fits(&questions, &wish.answers)?;
    let change = wanted(wish.ask, wish.target.clone(), wish.answers.clone());
    let plan = changes.plan(&change).await.map_err(|error| format!("plan of {wish:?}: {error}"))?;
    Ok((change, plan))
}

/// Every answer is to a question that is shown, in its form, and nothing that is required is left open.
fn fits(questions: &[Question], answers: &Answers) -> Result<(), String> {
    let shown = |question: &&Question| {
        let when = question.shown_when.as_ref();
        when.is_none_or(|(name, values)| answers.get(*name).is_some_and(|answer| values.contains(answer)))
    };
    let shown: Vec<&Question> = questions.iter().filter(shown).collect();
    for name in answers.keys() {
        if !shown.iter().any(|question| question.name == name) {
            return Err(format!("nobody asks for {name:?}"));
        }
    }
    for question in shown {
        let answer = answers.get(question.name).map(String::as_str).unwrap_or_default();
        let one_of = |choices: &[(String, String)], answer: &str| choices.iter().any(|(value, _)| value == answer);
        let formed = match &question.kind {
            QuestionKind::Choice(choices) => one_of(choices, answer),
            QuestionKind::Several(choices) => answer.split(',').all(|one| one_of(choices, one)),
            QuestionKind::Flag => matches!(answer, "true" | "false"),
            QuestionKind::Number { least, most } => answer.parse().is_ok_and(|n: i64| (*least..=*most).contains(&n)),
            QuestionKind::Pairs => serde_json::from_str::<Vec<(String, String)>>(answer).is_ok(),
            QuestionKind::File | QuestionKind::Lines | QuestionKind::List | QuestionKind::Text => true,
            QuestionKind::Secret => !question.required,
        };
        let open = answer.is_empty();
        if open && question.required || !open && !formed {
            return Err(format!("{answer:?} is no answer to {question:?}"));
        }
    }
    Ok(())
}

/// A rotation that goes on.
struct Run<'a> {
    subject: &'a Subject,
    method: RotationMethod,
    old: ItemKey,
    old_version: Option<String>,
    new: Option<ItemKey>,
    new_version: Option<String>,
    alias: Option<String>,
}

async fn the_old_is_in_use_until_it_is_disabled(subject: &Subject) -> Outcome {
    let (mut done, mut broken) = (Vec::new(), Vec::new());
    for method in RotationMethod::ALL {
        let Some((detail, offer)) = fittest(subject, method).await? else { continue };
        let mut run = Run::new(subject, method, &detail);
        if let Switch::ByAlias { alias } = offer.switch {
            run.alias = Some(alias);
        }
        let quirk = QUIRKS.iter().find(|(place, of, _)| *place == subject.name && *of == method);
        match (run.rotate(&detail).await, quirk) {
            (Ok(()), None) => done.push(method),
            (Err(_), Some(_)) => {}
            (Err(wrong), None) => broken.push(format!("{} by {method:?}: {wrong}", detail.item.name)),
            (Ok(()), Some((_, _, reason))) => broken.push(format!("{method:?} works after all: {reason}")),
        }
    }
    ensure!(broken.is_empty(), "\n  {}", broken.join("\n  "));
    ensure!(!done.is_empty(), "nothing at all was rotated");
    Ok(())
}

/// The item to try a method with: one that signs and has an alias, if there is one, and can be used.
async fn fittest(subject: &Subject, method: RotationMethod) -> Result<Option<(ItemDetail, RotationOffer)>, Failed> {
    let inventory = subject.provider.inventory();
    let mut best: Option<((bool, bool, bool), ItemDetail, RotationOffer)> = None;
    for known in &subject.place.known.items {
        let Ok(detail) = inventory.open(&subject.key(known)?).await else { continue };
        let offers = rotations(subject)?.methods(&detail);
        let Some(offer) = offers.into_iter().find(|offer| offer.method == method && offer.refused.is_none()) else {
            continue;
        };
        let enabled = detail.item.state == State::Enabled;
        if !enabled && detail.item.state != State::Disabled {
            continue;
        }
        let named = matches!(offer.switch, Switch::ByAlias { .. });
        let rank = (signs(&detail), named, enabled);
        if best.as_ref().is_none_or(|(other, ..)| rank > *other) {
            best = Some((rank, detail, offer));
        }
    }
    let Some((_, detail, offer)) = best else { return Ok(None) };
    if detail.item.state == State::Enabled {
        return Ok(Some((detail, offer)));
    }
    // Another promise has left it so.
    let target = Target::Item(detail.item.key.clone());
    let (change, plan) = planned_change(subject, domain::Ask::Enable, target, 0).await?;
    carry_out(subject, change, plan).await?;
    Ok(Some((inventory.open(&detail.item.key).await?, offer)))
}

fn signs(detail: &ItemDetail) -> bool {
    let signs = |operation: &String| operation.eq_ignore_ascii_case("sign");
    let algorithms = detail.item.algorithm.as_ref().map_or(&[][..], jws::algorithms);
    !algorithms.is_empty() && detail.item.facets.iter().any(|facet| facet.operations.iter().any(signs))
}

impl<'a> Run<'a> {
    fn new(subject: &'a Subject, method: RotationMethod, detail: &ItemDetail) -> Self {
        let (old, old_version) = (detail.item.key.clone(), detail.item.current_version.clone());
        Self { subject, method, old, old_version, new: None, new_version: None, alias: None }
    }

    fn wish(&self, item: &ItemDetail, step: RotationStep) -> Result<Wish, String> {
        let about = RotationSubject {
            method: self.method,
            item,
            old_version: self.old_version.as_deref(),
            new: self.new.as_ref(),
            new_version: self.new_version.as_deref(),
            alias: self.alias.as_deref(),
        };
        let rotations = self.subject.provider.rotations().ok_or("it is not said how anything is rotated")?;
        match rotations.wish(&about, step) {
            Ok(wish) => Ok(wish),
            Err(error) if error.kind() == Kind::Unsupported && error.message().ends_with('.') => {
                Err(error.message().to_owned())
            }
            Err(error) => Err(format!("{step:?} is neither taken nor refused: {error:?}")),
        }
    }

    async fn open(&self, key: &ItemKey) -> Result<ItemDetail, String> {
        self.subject.provider.inventory().open(key).await.map_err(|error| error.to_string())
    }

    /// Takes a step as the app does; `None` where the place has no such step.
    async fn take(&self, step: RotationStep) -> Result<Option<BTreeMap<String, String>>, String> {
        let Ok(wish) = self.wish(&self.open(&self.old).await?, step) else { return Ok(None) };
        let failed = |wrong| format!("{step:?}: {wrong}");
        let (change, plan) = plan(self.subject, &wish).await.map_err(failed)?;
        carry_out_with(self.subject, change, plan).await.map(Some).map_err(failed)
    }

    /// The version that was replaced, where material is named by its version.
    fn replaced(&self) -> Option<&str> {
        let by_version = matches!(self.method, RotationMethod::NewVersion | RotationMethod::Renew);
        self.old_version.as_deref().filter(|_| by_version)
    }

    async fn rotate(&mut self, before: &ItemDetail) -> Result<(), String> {
        let inventory = self.subject.provider.inventory();
        let public = if has_public_key(before) { Some(self.public_key(&self.old, None).await?) } else { None };
        let made = self.take(RotationStep::Create).await?.ok_or("it is allowed, and nothing can be made")?;
        let new = match (made.get("vault"), made.get("item")) {
            (Some(vault), Some(id)) => ItemKey::new(vault.clone(), id.clone()),
            _ => self.old.clone(),
        };
        let after = self.open(&new).await?;
        let another = new != self.old || after.item.current_version != self.old_version;
        if !another && left_on_demand(&after) >= left_on_demand(before) {
            return Err(format!("there is nothing new: {made:?}"));
        }
        (self.new, self.new_version) = (Some(new.clone()), after.item.current_version.clone());
        if self.method == RotationMethod::InPlace {
            return self.is_over().await;
        }
        if let Some(public) = &public {
            let now = self.public_key(&new, None).await?;
            let still = inventory.public_key(&self.old, self.replaced()).await.map_err(|error| error.to_string())?;
            if now == *public || still != *public {
                return Err("the public key is the same as before, or the old one is gone".to_owned());
            }
            self.signs_with(&new, None, &now).await?;
            self.signs_with(&self.old, self.replaced(), public).await?;
        }
        self.switches(&new).await?;
        let public = public.as_deref();
        self.disables(public).await?;
        self.deletes(public).await?;
        self.turns_back(&new).await
    }

    /// Nothing is left to do: each other step says why.
    async fn is_over(&self) -> Result<(), String> {
        for step in RotationStep::ALL.into_iter().filter(|step| *step != RotationStep::Create) {
            if self.take(step).await?.is_some() {
                return Err(format!("{step:?} was taken"));
            }
        }
        Ok(())
    }

    async fn switches(&self, new: &ItemKey) -> Result<(), String> {
        let taken = self.take(RotationStep::Switch).await?.is_some();
        if taken != self.alias.is_some() {
            return Err("an alias is moved where there is none, or not where there is one".to_owned());
        }
        self.points_at(new).await
    }

    /// The alias, if there is one, points at that key and at no other.
    async fn points_at(&self, key: &ItemKey) -> Result<(), String> {
        let Some(alias) = &self.alias else { return Ok(()) };
        for one in self.new.iter().chain([&self.old]) {
            let detail = self.open(one).await?;
            let has = |aspect: &Aspect| matches!(aspect, Aspect::Aliases(names) if names.contains(alias));
            if detail.aspects.iter().any(has) != (one == key) {
                return Err(format!("{alias} does not point at {key:?} alone"));
            }
        }
        Ok(())
    }

    /// The old material is in use until it is disabled, and again when it is enabled.
    async fn disables(&self, public: Option<&[u8]>) -> Result<(), String> {
        self.take(RotationStep::DisableOld).await?.ok_or("the old material cannot be disabled")?;
        self.old_is(&State::Disabled, public).await?;
        self.take(RotationStep::EnableOld).await?.ok_or("the old material cannot be enabled again")?;
        self.old_is(&State::Enabled, public).await
    }

    /// It is destroyed where a place does that, at once or after a time in which that can be called off.
    async fn deletes(&self, public: Option<&[u8]>) -> Result<(), String> {
        self.take(RotationStep::DisableOld).await?;
        if self.take(RotationStep::DeleteOld).await?.is_none() {
            self.take(RotationStep::EnableOld).await?;
            return Ok(());
        }
        match self.wish(&self.open(&self.old).await?, RotationStep::KeepOld) {
            Ok(_) => {
                self.old_is(&State::PendingDeletion, public).await?;
                self.take(RotationStep::KeepOld).await?;
                self.take(RotationStep::EnableOld).await?;
                self.old_is(&State::Enabled, public).await
            }
            Err(_) => self.old_is(&State::Destroyed, public).await,
        }
    }

    async fn turns_back(&self, new: &ItemKey) -> Result<(), String> {
        if self.take(RotationStep::SwitchBack).await?.is_some() {
            self.points_at(&self.old).await?;
        }
        if self.take(RotationStep::DisableNew).await?.is_some() {
            let state = self.open(new).await?.item.state;
            return if state == State::Disabled { Ok(()) } else { Err(format!("the new one is {state:?}")) };
        }
        Ok(())
    }

    /// The old material has that state, and signs only if it is enabled.
    async fn old_is(&self, state: &State, public: Option<&[u8]>) -> Result<(), String> {
        let detail = self.open(&self.old).await?;
        let found = match self.replaced() {
            Some(old) => detail.versions.iter().find(|version| version.id == old).map(|version| &version.state),
            None => Some(&detail.item.state),
        };
        if found != Some(state) {
            return Err(format!("the old material is {found:?}, not {state:?}"));
        }
        let Some(public) = public.filter(|_| signs(&detail)) else { return Ok(()) };
        match (self.signs_with(&self.old, self.replaced(), public).await, *state == State::Enabled) {
            (Ok(()), true) | (Err(_), false) => Ok(()),
            (Err(wrong), true) => Err(wrong),
            (Ok(()), false) => Err(format!("the old material is {state:?}, and signs all the same")),
        }
    }

    async fn public_key(&self, key: &ItemKey, version: Option<&str>) -> Result<Vec<u8>, String> {
        let read = self.subject.provider.inventory().public_key(key, version).await;
        read.map_err(|error| format!("the public key: {error}"))
    }

    /// What it signs verifies with that public key. Nothing for what does not sign.
    async fn signs_with(&self, key: &ItemKey, version: Option<&str>, public: &[u8]) -> Result<(), String> {
        let public = PublicKey::from_spki_der(public).map_err(|error| error.to_string())?;
        let (Some(signing), Some(algorithm)) = (self.subject.provider.signing(), algorithm(&public)) else {
            return Ok(());
        };
        if !signs(&self.open(key).await?) {
            return Ok(());
        }
        let signature = signing.sign(key, version, algorithm, &jws::digest(algorithm, "rotated")).await;
        let signature = signature.map_err(|error| format!("{key:?} {version:?} does not sign: {error}"))?;
        match jws::verifies(&public, algorithm, "rotated", &signature) {
            true => Ok(()),
            false => Err(format!("{key:?} {version:?} signs with another key")),
        }
    }
}

fn algorithm(public: &PublicKey) -> Option<SignatureAlgorithm> {
    jws::algorithms(&public.algorithm()).first().copied()
}

fn has_public_key(detail: &ItemDetail) -> bool {
    detail.item.algorithm.as_ref().is_some_and(|algorithm| algorithm.has_public_half() == Some(true))
}

fn left_on_demand(detail: &ItemDetail) -> Option<u32> {
    detail.aspects.iter().find_map(|aspect| {
        let Aspect::Rotation { left_on_demand, .. } = aspect else { return None };
        *left_on_demand
    })
}
