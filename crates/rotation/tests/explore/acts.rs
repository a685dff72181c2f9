//! Every act that somebody can try at a rotation, and whether an honest person could say it in this world.

use domain::{OrderEnd, OrderId, RotationMethod, RotationStep};
use rotation::{Act, Consumer, ConsumerId, ConsumerKind, Generation, Move, Rotation, Run, SlotUse, StepState};

use crate::{
    scenes::Scene,
    world::{DAY, Fate, Key, Material, World, holds_slots, order_id, places},
};

/// An act, what the locks are asked before it, and whether it is true.
pub(crate) struct Try {
    pub(crate) act: Act,
    pub(crate) asks: Move,
    pub(crate) honest: bool,
}

fn seen() -> String {
    "seen".to_owned()
}

pub(crate) fn all(scene: &Scene, rotation: &Rotation, world: &World) -> Vec<Try> {
    let mut tries = Vec::with_capacity(64);
    let mut add = |act, asks, honest| tries.push(Try { act, asks, honest });
    let choose = Act::Choose { method: scene.method, switch: scene.switch.clone(), lacks: Vec::new() };
    add(Act::SetScope(scene.settings()), Move::SetScope, true);
    add(choose, Move::Choose, true);
    add(Act::SetConsumers(scene.consumers.clone()), Move::SetConsumers, true);
    add(Act::GoOn, Move::GoOn, true);
    add(Act::Back, Move::Back, true);
    add(Act::Discard, Move::Discard, true);
    add(Act::Pin(seen()), Move::Pin, true);
    add(Act::Prove(seen()), Move::Prove, world.new == Material::Usable);
    add(Act::ConfirmSwitch(seen()), Move::ConfirmSwitch, world.users == Key::New);
    add(Act::ConfirmSwitchBack(seen()), Move::ConfirmSwitchBack, world.users == Key::Old);
    add(Act::Finish(String::new()), Move::Finish, true);
    add(Act::RollBack(seen()), Move::RollBack, true);
    add(Act::Forward, Move::Forward, true);
    add(Act::FinishRollBack, Move::FinishRollBack, true);
    if let Some(spare) = &scene.spare {
        add(
            Act::Join(spare.clone()),
            Move::Join,
            scene.careless && rotation.run(&spare.id).is_none_or(|run| run.left.is_some()),
        );
    }
    for step in RotationStep::ALL {
        let possible = match step {
            RotationStep::Create => true,
            RotationStep::Switch | RotationStep::SwitchBack => scene.by_alias(),
            _ => scene.method != RotationMethod::InPlace,
        };
        add(Act::TakeOrder { step, order: order_id() }, Move::Order(step), possible);
    }
    ends(world, &mut add);
    for run in &rotation.runs {
        of_run(run, world, scene.careless, &mut add);
    }
    tries
}

fn ends(world: &World, add: &mut impl FnMut(Act, Move, bool)) {
    let fate = world.order.map(|(_, fate)| fate);
    let made = match world.order {
        Some((RotationStep::Create, _)) => {
            Some(Generation { reference: "new".to_owned(), version: Some("2".to_owned()), spki: None })
        }
        _ => None,
    };
    let mut end = |order: OrderId, end, made, honest| add(Act::EndOrder { order, end, made }, Move::EndOrder, honest);
    let not_done = OrderEnd::NotDone { because: seen() };
    end(order_id(), OrderEnd::Done, made, fate == Some(Fate::Happened));
    end(order_id(), not_done, None, fate == Some(Fate::Not));
    end(order_id(), OrderEnd::NeverSent, None, fate == Some(Fate::Not));
}

fn of_run(run: &Run, world: &World, careless: bool, add: &mut impl FnMut(Act, Move, bool)) {
    let id = || run.consumer.id.clone();
    let has_new = world.new == Material::Usable && has(run, world, Key::New);
    let lost = run.state == StepState::Succeeded && !has(run, world, Key::New);
    add(Act::Tell(id()), Move::Tell(id()), true);
    add(Act::Succeed(id(), 1, seen()), Move::Succeed(id()), has_new && in_its_slot(run, world));
    add(Act::Fail(id(), seen()), Move::Fail(id()), careless || lost);
    add(Act::Verify(id(), seen()), Move::Verify(id()), has_new);
    add(Act::LeaveBackPath(id(), seen()), Move::LeaveBackPath(id()), !world.old_data);
    add(Act::RemoveOld(id(), seen()), Move::RemoveOld(id()), !has(run, world, Key::Old));
    add(Act::LeaveOut(id(), seen()), Move::LeaveOut(id()), careless);
    add(Act::TellBack(id(), seen()), Move::TellBack(id()), world.old == Material::Usable && is_back(run, world));
    let slots = choose(world);
    let free = slots.is_some() && run.consumer.kind == ConsumerKind::SnowflakeUser;
    let slots = slots.unwrap_or_else(|| slot_use(0, None));
    add(Act::TakeSlots(id(), slots), Move::TakeSlots(id()), free);
    if let (ConsumerKind::JwksEndpoint, Some(doc)) = (run.consumer.kind, world.doc) {
        let cache_seconds = u32::try_from(DAY).unwrap();
        let act = Act::Look { consumer: id(), has_new: doc.new, has_old: doc.old, cache_seconds };
        add(act, Move::Look(id()), true);
    }
}

/// Whether a consumer holds or accepts a key. For those of which nothing is modelled that is for a person to say.
fn has(run: &Run, world: &World, key: Key) -> bool {
    match (run.consumer.kind, key) {
        (ConsumerKind::JwksEndpoint, Key::Old) => world.doc.is_some_and(|doc| doc.old),
        (ConsumerKind::JwksEndpoint, _) => world.doc.is_some_and(|doc| doc.new),
        (ConsumerKind::TlsEndpoint, _) => world.presents == key,
        _ if holds_slots(run) => world.slots.is_some_and(|slots| slots.contains(&Some(key))),
        _ => true,
    }
}

fn in_its_slot(run: &Run, world: &World) -> bool {
    !holds_slots(run) || world.slots.is_some_and(|slots| slots[places(run).0] == Some(Key::New))
}

/// Whether a consumer could say that it uses the old material: those that hold both have it, the others work with it.
fn is_back(run: &Run, world: &World) -> bool {
    match run.consumer.kind.holds_two() || run.consumer.kind == ConsumerKind::TlsEndpoint {
        true => has(run, world, Key::Old),
        false => world.users == Key::Old,
    }
}

/// The rule of `encoding::snowflake`, with the person's consent to replace what nobody uses any more.
fn choose(world: &World) -> Option<SlotUse> {
    let slots = world.slots?;
    let keeps = slots.iter().position(|key| *key == Some(Key::Old));
    match (slots.iter().position(Option::is_none), keeps) {
        (Some(free), _) => Some(slot_use(free, keeps)),
        (None, Some(keeper)) => Some(slot_use(1 - keeper, keeps)),
        // It cannot be told which key works; one is cleared by hand first.
        (None, None) => Some(slot_use(slots.iter().position(|key| *key == Some(Key::Third))?, None)),
    }
}

pub(crate) fn slot_use(set: usize, keeps: Option<usize>) -> SlotUse {
    let property = |at: usize| ["RSA_PUBLIC_KEY", "RSA_PUBLIC_KEY_2"][at].to_owned();
    SlotUse { set: property(set), keeps: keeps.map(property), replaces: None }
}

/// What an act means outside: an order goes out, a pin is set, a paste is read, somebody is gone.
pub(crate) fn echo(act: &Act, rotation: &Rotation, world: &mut World) {
    let run = |id: &ConsumerId| rotation.run(id);
    match act {
        Act::Pin(_) => world.pinned = true,
        Act::TakeOrder { step, .. } => world.order = Some((*step, Fate::Open)),
        Act::EndOrder { .. } => world.order = None,
        Act::Look { .. } => world.unseen_doc = false,
        Act::TakeSlots(id, _) | Act::Succeed(id, ..) | Act::Verify(id, _) | Act::TellBack(id, _)
            if run(id).is_some_and(holds_slots) =>
        {
            world.unseen_slots = false;
        }
        Act::LeaveOut(id, _) => match run(id).map(|run| &run.consumer) {
            Some(Consumer { kind: ConsumerKind::JwksEndpoint, .. }) => world.doc = None,
            Some(_) if run(id).is_some_and(holds_slots) => world.slots = None,
            _ => {}
        },
        _ => {}
    }
}

/// How far it is, for the messages.
pub(crate) fn state_word(state: StepState) -> u8 {
    match state {
        StepState::Pending => 0,
        StepState::InProgress => 1,
        StepState::Succeeded => 2,
        StepState::Failed => 3,
    }
}
