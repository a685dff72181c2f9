//! Every state of a rotation that can be reached, with its world: whatever a person tries, whatever becomes of an order,
//! wherever Claviger is stopped, and whatever somebody else does meanwhile.
//!
//! The place and the consumers are a world of their own; the rotation knows of it what it is told. Being stopped between
//! two acts needs no step of its own: what a person does outside and what is written down are always two steps, and every
//! state is read back from its text.

// `allow-unwrap-in-tests` covers test functions only, not the helpers they share.
#![allow(clippy::unwrap_used)]

#[path = "explore/acts.rs"]
mod acts;
#[path = "explore/controls.rs"]
mod controls;
#[path = "explore/events.rs"]
mod events;
#[path = "explore/machine.rs"]
mod machine;
#[path = "explore/rules.rs"]
mod rules;
#[path = "explore/scenes.rs"]
mod scenes;
#[path = "explore/search.rs"]
mod search;
#[path = "explore/world.rs"]
mod world;

use rotation::ErrorStrategy;

use crate::{
    machine::Machine,
    scenes::Scene,
    search::{Report, explore},
};

/// More states than a calm run of any of these scenes has.
const MOST: usize = 400_000;

/// How many states are looked into where all would take too long. `CLAVIGER_SOAK` looks into as many as there is room for.
fn enough(usually: usize) -> usize {
    if std::env::var_os("CLAVIGER_SOAK").is_some() { MOST } else { usually }
}

fn holds(scene: &Scene, most: usize) -> Report {
    let began = std::time::Instant::now();
    let report = explore(scene, Machine::Real, most)
        .unwrap_or_else(|(broken, path)| panic!("{}: {broken:?}\n  {}", scene.name, path.join("\n  ")));
    let Report { states, transitions, tries, depth, complete, no_way_out } = report;
    let (name, third, careless) = (&scene.name, scene.third, scene.careless);
    println!(
        "{name} (third parties {third}, careless {careless}): {states} states, {transitions} transitions of {tries} \
         tries, depth {depth}, complete {complete}, {no_way_out} without a way out; {:?}",
        began.elapsed()
    );
    assert!(depth >= 12, "{name} was hardly looked into");
    report
}

/// Every state there is.
fn all_of(scene: &Scene) {
    assert!(holds(scene, MOST).complete, "{} has more states than are looked into", scene.name);
}

#[test]
fn two_slots() {
    all_of(&Scene::two_slots(ErrorStrategy::Halt).calm());
}

#[test]
fn two_slots_with_failures_by_every_strategy() {
    for strategy in ErrorStrategy::ALL {
        holds(&Scene::two_slots(strategy).careless(), enough(5_000));
    }
}

#[test]
fn two_slots_and_a_third_party() {
    holds(&Scene::two_slots(ErrorStrategy::Halt).disturbed(), enough(5_000));
}

#[test]
fn alias_with_an_address_and_a_round_trip() {
    holds(&Scene::alias().calm(), enough(12_000));
    holds(&Scene::alias().disturbed(), enough(5_000));
}

#[test]
fn alias_with_an_address_alone() {
    holds(&Scene::jwks().calm(), enough(40_000));
    holds(&Scene::jwks().careless(), enough(5_000));
}

#[test]
fn alias_with_slots() {
    all_of(&Scene::alias_with_slots().calm());
    holds(&Scene::alias_with_slots().disturbed(), enough(12_000));
    holds(&Scene::alias_with_slots().careless(), enough(5_000));
}

#[test]
fn in_place() {
    all_of(&Scene::in_place().calm());
    all_of(&Scene::in_place().disturbed());
    holds(&Scene::in_place().careless(), enough(5_000));
}

#[test]
fn renewal() {
    all_of(&Scene::renew().calm());
    all_of(&Scene::renew().disturbed());
    holds(&Scene::renew().careless(), enough(5_000));
}

#[test]
fn by_hand() {
    all_of(&Scene::by_hand().calm());
    holds(&Scene::by_hand().disturbed(), enough(5_000));
    holds(&Scene::by_hand().careless(), enough(5_000));
}
