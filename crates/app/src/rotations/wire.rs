//! A rotation as the window and the shell see it.

mod runs;

use std::collections::BTreeMap;

use contract::{
    GenerationWire, LockWire, RollBackWire, RotationFactWire, RotationMethodWire, RotationRow, RotationSettings,
    RotationStepWire, RotationWire, WireError,
};
use domain::{Kind, Lock, Result, RotationFact, RotationOffer, RotationStep, Switch, Timestamp};
use encoding::snowflake;
use rotation::{Generation, Move, Phase, Rotation, StepState};

use super::{
    Loaded, connection_of,
    material::Keys,
    seen::{Read, key_of},
    steps,
};
use crate::{
    App, consumers,
    wire::{instant, lock, log, moment, step_order},
};

impl App {
    /// A rotation as it stands, with what was last read of its item.
    pub(super) async fn rotation_wire(&self, loaded: Loaded) -> Result<RotationWire> {
        let Loaded { rotation, revision } = loaded;
        let rotation = &self.with_ledger(rotation).await?;
        let now = Timestamp::now();
        let seen = self.seen(rotation).await;
        let read = seen.read();
        let keys = Keys::of(rotation);
        let runs: Vec<_> = match rotation.phase <= Phase::Consumers {
            // Nobody is told yet; the ledger itself is shown.
            true => Vec::new(),
            false => rotation.runs.iter().map(|run| runs::run(rotation, &keys, run)).collect(),
        };
        Ok(RotationWire {
            row: row(rotation, now),
            revision,
            environment: read.as_ref().ok().and_then(|read| read.found.connection.connection.environment.clone()),
            settings: settings(rotation),
            methods: read.as_ref().map(|read| methods(read)).unwrap_or_default(),
            method: rotation.method.map(|method| method.word().to_owned()),
            switch: rotation.switch.as_ref().map(|switch| switch_word(switch).to_owned()),
            alias: rotation.switch.as_ref().and_then(Switch::alias).map(str::to_owned),
            old: generation(&rotation.old),
            new: rotation.new.as_ref().map(generation),
            needs_pin: rotation.needs_pin(),
            pinned: rotation.pinned.as_ref().map(moment),
            runs,
            proof: rotation.proof.as_ref().map(moment),
            provable: rotation.new.is_some() && read.as_ref().is_ok_and(|read| read.signs),
            switched: rotation.switched.as_ref().map(moment),
            soaks_until: rotation.soaks_until().map(instant),
            disabled: rotation.disabled.as_ref().map(moment),
            waits_until: rotation.waits_until().map(instant),
            deleted: rotation.deleted.as_ref().map(moment),
            steps: RotationStep::ALL
                .into_iter()
                .map(|step| RotationStepWire {
                    step: step.word().to_owned(),
                    absent: absent(rotation, &read, step),
                    lock: rotation.lock(&Move::Order(step), now).map(lock),
                })
                .collect(),
            locks: locks(rotation, now),
            roll_back: roll_back(rotation, &read),
            orders: rotation.orders.iter().map(|order| step_order(order, order.step.word())).collect(),
            log: rotation.log.iter().map(log).collect(),
            trouble: read.err().as_ref().map(WireError::from),
        })
    }
}

/// One rotation in a list.
pub(super) fn row(rotation: &Rotation, now: Timestamp) -> RotationRow {
    let count = |wanted: fn(&rotation::Run) -> bool| {
        u32::try_from(rotation.taking_part().filter(|run| wanted(run)).count()).unwrap_or(u32::MAX)
    };
    let over = rotation.phase.is_over();
    let waits = waits_for(rotation, now);
    RotationRow {
        id: rotation.id.0.clone(),
        reference: rotation.reference.clone(),
        name: rotation.name.clone(),
        connection: connection_of(&rotation.reference),
        phase: rotation.phase.word().to_owned(),
        over,
        until: waits.as_ref().and_then(|lock| lock.until).map(instant),
        waits_for: waits.map(|lock| sentence(&lock.because)).unwrap_or_default(),
        begun: instant(rotation.begun),
        due: rotation.settings.due.map(instant),
        consumers: count(|_| true),
        updated: count(|run| run.state == StepState::Succeeded),
        failed: count(|run| run.state == StepState::Failed),
        on_back_path: count(rotation::Run::is_on_back_path),
    }
}

/// What is in the way of the next thing that brings it on.
fn waits_for(rotation: &Rotation, now: Timestamp) -> Option<Lock> {
    if rotation.phase.is_over() {
        return None;
    }
    let has = |step| !rotation.lacks.contains(&step);
    let next = match rotation.phase {
        Phase::Create if rotation.new.is_none() => Move::Order(RotationStep::Create),
        Phase::Switch if rotation.switched.is_none() => match rotation.switch {
            Some(Switch::ByAlias { .. }) => Move::Order(RotationStep::Switch),
            Some(Switch::AtOnce | Switch::ByHand) | None => Move::ConfirmSwitch,
        },
        Phase::Retire if rotation.disabled.is_none() && has(RotationStep::DisableOld) => {
            Move::Order(RotationStep::DisableOld)
        }
        Phase::Retire if rotation.deleted.is_none() && has(RotationStep::DeleteOld) => {
            Move::Order(RotationStep::DeleteOld)
        }
        Phase::Retire => Move::Finish,
        Phase::RollingBack => Move::FinishRollBack,
        _ => Move::GoOn,
    };
    let ready =
        || Lock { because: "nothing is in the way: a person goes on".to_owned(), next: String::new(), until: None };
    Some(rotation.lock(&next, now).unwrap_or_else(ready))
}

fn settings(rotation: &Rotation) -> RotationSettings {
    let of = &rotation.settings;
    RotationSettings {
        reason: of.reason.clone(),
        strategy: consumers::strategy_word(of.strategy).to_owned(),
        soak_hours: of.soak_hours,
        wait_days: of.wait_days,
        due: of.due.map(instant),
    }
}

fn methods(read: &Read) -> Vec<RotationMethodWire> {
    read.methods().into_iter().map(|offer| method(read, offer)).collect()
}

/// A method, refused by what the item is or by what may be done here and now.
fn method(read: &Read, offer: RotationOffer) -> RotationMethodWire {
    let (mut refused, mut permission) = (offer.refused, None);
    if refused.is_none()
        && let Ok(Some((because, missing))) = read.refusal(offer.method)
    {
        (refused, permission) = (Some(because), missing);
    }
    RotationMethodWire {
        method: offer.method.word().to_owned(),
        refused,
        permission,
        switch: switch_word(&offer.switch).to_owned(),
        facts: offer.facts.iter().map(fact).collect(),
    }
}

/// What is known of a place, as the window sees it.
pub(crate) fn fact(of: &RotationFact) -> RotationFactWire {
    RotationFactWire { says: of.says.to_owned(), source: of.source.to_owned(), checked: of.checked.to_owned() }
}

fn absent(rotation: &Rotation, read: &Result<&Read>, step: RotationStep) -> Option<String> {
    let read = read.as_ref().ok()?;
    match steps::wish(rotation, read, step) {
        Err(error) if error.kind() == Kind::Unsupported => Some(sentence(error.message())),
        Ok(_) | Err(_) => None,
    }
}

fn locks(rotation: &Rotation, now: Timestamp) -> BTreeMap<String, LockWire> {
    let of_all = [
        ("back", Move::Back),
        ("choose", Move::Choose),
        ("confirm-switch", Move::ConfirmSwitch),
        ("confirm-switch-back", Move::ConfirmSwitchBack),
        ("discard", Move::Discard),
        ("finish", Move::Finish),
        ("finish-roll-back", Move::FinishRollBack),
        ("forward", Move::Forward),
        ("go-on", Move::GoOn),
        ("join", Move::Join),
        ("pin", Move::Pin),
        ("prove", Move::Prove),
        ("roll-back", Move::RollBack),
        ("set-scope", Move::SetScope),
    ];
    let each = rotation.runs.iter().flat_map(|run| {
        let id = &run.consumer.id;
        [
            ("fail", Move::Fail(id.clone())),
            ("leave-back-path", Move::LeaveBackPath(id.clone())),
            ("leave-out", Move::LeaveOut(id.clone())),
            ("look", Move::Look(id.clone())),
            ("remove-old", Move::RemoveOld(id.clone())),
            ("succeed", Move::Succeed(id.clone())),
            ("take-slots", Move::TakeSlots(id.clone())),
            ("tell", Move::Tell(id.clone())),
            ("tell-back", Move::TellBack(id.clone())),
            ("verify", Move::Verify(id.clone())),
        ]
        .map(|(word, what)| (format!("{word}:{}", id.0), what))
    });
    let of_all = of_all.into_iter().map(|(word, what)| (word.to_owned(), what));
    of_all.chain(each).filter_map(|(word, what)| Some((word, lock(rotation.lock(&what, now)?)))).collect()
}

fn roll_back(rotation: &Rotation, read: &Result<&Read>) -> RollBackWire {
    let (mut reverts, mut stays) = (Vec::new(), Vec::new());
    let mut step = |wanted: bool, step: RotationStep, reverted: String, left: &str| {
        if wanted {
            match absent(rotation, read, step) {
                None => reverts.push(reverted),
                Some(because) => stays.push(format!("{left} {because}")),
            }
        }
    };
    let old = rotation.old.version.as_deref().map_or("the old key".to_owned(), |version| format!("version {version}"));
    step(
        rotation.deleted.is_some(),
        RotationStep::KeepOld,
        format!("The destruction of {old} is called off."),
        "The old material is lost.",
    );
    step(
        rotation.disabled.is_some(),
        RotationStep::EnableOld,
        format!("The use of {old} is allowed again."),
        "The old material stays disabled.",
    );
    let by_alias = matches!(rotation.switch, Some(Switch::ByAlias { .. }));
    step(
        rotation.switched.is_some() && by_alias,
        RotationStep::SwitchBack,
        "The alias points at the old key again.".to_owned(),
        "The alias stays at the new key.",
    );
    if let Some(new) = &rotation.new {
        let new = new.version.as_deref().map_or("The new key".to_owned(), |version| format!("Version {version}"));
        match absent(rotation, read, RotationStep::DisableNew) {
            None => stays.push(format!("{new} stays where it is; it can be disabled.")),
            Some(because) => stays.push(format!("{new} stays where it is. {because}")),
        }
        if rotation.switch == Some(Switch::AtOnce) {
            stays.push(
                "Whoever names no version goes on with the new material, until the old version is named there."
                    .to_owned(),
            );
        }
    }
    // Whoever names no version came to the new material by itself, told or not.
    let at_once = rotation.switch == Some(Switch::AtOnce) && rotation.pinned.is_none() && rotation.new.is_some();
    let hears = |run: &&rotation::Run| (run.is_touched() || at_once) && run.told_back.is_none();
    let told = rotation.taking_part().filter(hears);
    RollBackWire { reverts, stays, tell: told.map(|run| run.consumer.name.clone()).collect() }
}

fn generation(of: &Generation) -> GenerationWire {
    GenerationWire {
        reference: of.reference.clone(),
        version: of.version.clone(),
        fingerprint: key_of(of).as_ref().map(snowflake::expected),
    }
}

fn switch_word(switch: &Switch) -> &'static str {
    match switch {
        Switch::AtOnce => "at-once",
        Switch::ByAlias { .. } => "by-alias",
        Switch::ByHand => "by-hand",
    }
}

/// A reason as a sentence of its own.
pub(crate) fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    match rest.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), rest.as_str().trim_end_matches('.')),
        None => String::new(),
    }
}
