//! The controls: machines that were broken on purpose, each of which the exploration must find out.

use crate::{machine::Machine, rules::Rule, scenes::Scene, search::explore};

fn found(scene: &Scene, machine: Machine, rule: Rule) {
    let report = explore(scene, machine, crate::MOST);
    let Err((broken, path)) = report else { panic!("{machine:?} was not found out in {}: {report:?}", scene.name) };
    assert_eq!(broken.rule, rule, "{machine:?} in {}: {}\n  {}", scene.name, broken.says, path.join("\n  "));
    println!("{machine:?} is found after {} steps: {}", path.len(), broken.says);
}

#[test]
fn who_disables_too_early_is_found() {
    found(&Scene::by_hand().calm(), Machine::IgnoresBackPath, Rule::OldIsKept);
    found(&Scene::renew().calm(), Machine::IgnoresVerification, Rule::OldIsKept);
}

#[test]
fn who_forgets_the_readers_is_found() {
    found(&Scene::jwks().calm(), Machine::IgnoresCaches, Rule::ReadersKnow);
    found(&Scene::jwks().calm(), Machine::IgnoresTokens, Rule::ReadersKnow);
}

#[test]
fn who_locks_a_user_out_is_found() {
    let scene = Scene::two_slots(rotation::ErrorStrategy::Halt).calm();
    found(&scene, Machine::OverwritesSlot, Rule::UserWorks);
    found(&Scene::alias_with_slots().calm(), Machine::IgnoresRemoved, Rule::UserWorks);
}

#[test]
fn two_orders_at_once_are_found() {
    found(&Scene::renew().calm(), Machine::TakesTwoOrders, Rule::OneLiveOrder);
}

#[test]
fn dead_ends_are_found() {
    found(&Scene::renew().calm(), Machine::NeverBelieves, Rule::WayForward);
    found(&Scene::renew().calm(), Machine::NeverEndsBack, Rule::WayOut);
}

#[test]
fn a_lock_that_says_something_else_and_a_lost_log_are_found() {
    found(&Scene::renew().calm(), Machine::Disagrees, Rule::LockAgrees);
    found(&Scene::renew().calm(), Machine::Forgets, Rule::LogGrows);
}
