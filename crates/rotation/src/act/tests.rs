//! The acts one by one: failures and strategies, instances, who is left out, and what turning round undoes.

use super::*;
use crate::{
    ConsumerKind, ErrorStrategy, Phase, StepState,
    samples::{after, at, by_hand, consumer, distributing, done},
};

fn id(name: &str) -> ConsumerId {
    ConsumerId(name.to_owned())
}

fn said() -> String {
    "seen".to_owned()
}

fn two(strategy: ErrorStrategy) -> Rotation {
    distributing(Switch::ByHand, strategy, vec![by_hand("a"), by_hand("b")])
}

fn failed(strategy: ErrorStrategy) -> Rotation {
    after(&two(strategy), [Act::Tell(id("a")), Act::Fail(id("a"), "timeout".to_owned())], 0)
}

/// Why it is refused.
fn refusal(rotation: &Rotation, act: Act) -> String {
    let error = rotation.apply(act, "maria", at(0)).unwrap_err();
    assert!(!error.next().is_empty());
    error.message().to_owned()
}

fn has_it(name: &str) -> [Act; 2] {
    [Act::Tell(id(name)), Act::Succeed(id(name), 1, said())]
}

#[test]
fn a_failure_holds_the_others_up_as_the_strategy_says() {
    for strategy in ErrorStrategy::ALL {
        let rotation = failed(strategy);
        let told = rotation.apply(Act::Tell(id("b")), "maria", at(0));
        let halts = matches!(strategy, ErrorStrategy::Halt | ErrorStrategy::RaiseImmediately);
        assert_eq!(told.is_err(), halts, "{strategy:?}");
        if halts {
            assert!(told.unwrap_err().message().contains("the run is halted: a failed"));
            // The failed one itself is tried again, and then it is the others' turn.
            let again = after(&rotation, [Act::Tell(id("a")), Act::Tell(id("b"))], 0);
            assert_eq!(again.run(&id("b")).unwrap().state, StepState::InProgress);
            continue;
        }
        let gate = after(&rotation, has_it("b"), 0).apply(Act::GoOn, "maria", at(0));
        assert_eq!(gate.is_ok(), strategy == ErrorStrategy::Skip, "{strategy:?}");
    }
}

#[test]
fn who_was_passed_over_keeps_the_old_material_alive() {
    let passed = after(&failed(ErrorStrategy::Skip), has_it("b"), 0);
    let passed = after(&passed, [Act::GoOn, Act::Verify(id("b"), said()), Act::GoOn, Act::ConfirmSwitch(said())], 0);
    let retiring = after(&passed, [Act::GoOn], 0);
    let [disable, _] = done(RotationStep::DisableOld, "disable");
    let error = retiring.apply(disable, "maria", at(48)).unwrap_err();
    assert!(error.message().contains("a failed"), "{error}");
    assert_eq!(after(&retiring, [Act::Finish(String::new())], 48).phase, Phase::Done);
}

#[test]
fn who_would_refuse_the_new_signatures_is_not_passed_over_by_the_switch() {
    let user = consumer(ConsumerKind::GithubKey, &[]);
    let github = user.id.clone();
    let rotation = distributing(Switch::ByHand, ErrorStrategy::Skip, vec![by_hand("b"), user]);
    let failed = [Act::Tell(github.clone()), Act::Fail(github.clone(), said())];
    let rotation = after(&rotation, failed.into_iter().chain(has_it("b")), 0);
    let rotation = after(&rotation, [Act::GoOn, Act::Verify(id("b"), said()), Act::GoOn], 0);
    assert!(refusal(&rotation, Act::ConfirmSwitch(said())).contains("would refuse what the new key signs"));
    after(&rotation, [Act::LeaveOut(github, "it is gone".to_owned()), Act::ConfirmSwitch(said())], 0);
}

#[test]
fn a_consumer_of_many_instances_has_it_when_all_have() {
    let many = Consumer { instances: 3, ..by_hand("a") };
    let rotation = distributing(Switch::ByHand, ErrorStrategy::Halt, vec![many]);
    let rotation = after(&rotation, [Act::Tell(id("a")), Act::Succeed(id("a"), 2, said())], 0);
    let run = rotation.run(&id("a")).unwrap();
    assert_eq!((run.state, run.instances_done), (StepState::InProgress, 2));
    assert!(refusal(&rotation, Act::Succeed(id("a"), 0, said())).contains("no instance"));
    let all = after(&rotation, [Act::Succeed(id("a"), u32::MAX, said())], 0);
    let run = all.run(&id("a")).unwrap();
    assert_eq!((run.state, run.instances_done, run.attempts.len()), (StepState::Succeeded, 3, 3));
    // What lost it again begins anew, and is shown to work anew.
    let lost = after(&all, [Act::GoOn, Act::Verify(id("a"), said()), Act::Fail(id("a"), "restored".to_owned())], 0);
    let run = lost.run(&id("a")).unwrap();
    assert_eq!((run.state, run.instances_done, run.verified.is_some()), (StepState::Failed, 0, false));
}

#[test]
fn somebody_is_always_left_and_who_was_left_out_can_come_back() {
    let rotation = after(&two(ErrorStrategy::Halt), [Act::LeaveOut(id("a"), said())], 0);
    assert!(refusal(&rotation, Act::LeaveOut(id("b"), said())).contains("nobody else"));
    assert!(refusal(&rotation, Act::Tell(id("a"))).contains("left out"));
    assert!(refusal(&rotation, Act::Join(by_hand("b"))).contains("part of the rotation already"));
    let back = after(&rotation, [Act::Join(by_hand("a")), Act::Tell(id("a"))], 0);
    assert_eq!(back.runs.len(), 2);
    let keeps = Consumer { round_trip: true, ..by_hand("a") };
    let rotation = distributing(Switch::ByHand, ErrorStrategy::Halt, vec![keeps, by_hand("b")]);
    assert!(refusal(&rotation, Act::LeaveOut(id("a"), said())).contains("back path"));
}

#[test]
fn the_same_consumer_or_order_twice_is_refused() {
    let rotation = two(ErrorStrategy::Halt);
    let old = Generation::default();
    let begun = Rotation::begin(crate::RotationId("1".to_owned()), old, said(), said(), at(0));
    let choose = Act::Choose { method: RotationMethod::NewKey, switch: Switch::ByHand, lacks: Vec::new() };
    let planned = after(&begun, [Act::GoOn, choose, Act::GoOn], 0);
    let twice = vec![by_hand("a"), by_hand("a")];
    assert!(refusal(&planned, Act::SetConsumers(twice)).contains("in the ledger twice"));
    let back = after(&rotation, [Act::RollBack(said())], 0);
    let again = Act::TakeOrder { step: RotationStep::DisableNew, order: OrderId("create".to_owned()) };
    assert!(refusal(&back, again).contains("part of this rotation already"));
}

#[test]
fn only_the_order_that_is_out_can_end() {
    let rotation = two(ErrorStrategy::Halt);
    let end = |order: &str| Act::EndOrder { order: OrderId(order.to_owned()), end: OrderEnd::NeverSent, made: None };
    assert!(refusal(&rotation, end("create")).contains("no order is out"));
    let back = after(&rotation, [Act::RollBack(said())], 0);
    let [take, _] = done(RotationStep::DisableNew, "second");
    let out = after(&back, [take], 0);
    assert!(refusal(&out, end("create")).contains("whose end is not known"));
    assert!(refusal(&out, Act::Forward).contains("second"));
    after(&out, [end("second"), Act::Forward], 0);
}

#[test]
fn going_on_after_all_shows_again_what_may_have_been_undone() {
    let ready = after(&two(ErrorStrategy::Halt), has_it("a").into_iter().chain(has_it("b")), 0);
    let ready = after(&ready, [Act::GoOn, Act::Verify(id("a"), said()), Act::Verify(id("b"), said()), Act::GoOn], 0);
    let turned = after(&ready, [Act::RollBack(said()), Act::Forward], 0);
    assert_eq!(turned.phase, Phase::Verify);
    assert!(!turned.is_verified());
    let told = after(&ready, [Act::RollBack(said()), Act::TellBack(id("a"), said()), Act::Forward], 0);
    assert_eq!((told.phase, told.run(&id("a")).unwrap().state), (Phase::Distribute, StepState::Pending));
    // Whether they began to go back is not known.
    let retiring = after(&ready, [Act::ConfirmSwitch(said()), Act::GoOn], 0);
    let stayed = after(&retiring, [Act::RollBack(said()), Act::Forward], 0);
    assert_eq!((stayed.phase, stayed.switched, stayed.unsure), (Phase::Verify, None, true));
    // Only a call leaves no doubt where they are.
    let by = Switch::ByAlias { alias: "alias/it".to_owned() };
    let rotation = distributing(by, ErrorStrategy::Halt, vec![by_hand("a")]);
    let ready =
        after(&rotation, has_it("a").into_iter().chain([Act::GoOn, Act::Verify(id("a"), said()), Act::GoOn]), 0);
    let retiring = after(&ready, done(RotationStep::Switch, "switch").into_iter().chain([Act::GoOn]), 0);
    let stayed = after(&retiring, [Act::RollBack(said()), Act::Forward], 0);
    assert_eq!((stayed.phase, stayed.is_verified()), (Phase::Retire, true));
}

#[test]
fn the_users_may_have_come_without_that_being_said() {
    let ready = after(&two(ErrorStrategy::Halt), has_it("a").into_iter().chain(has_it("b")), 0);
    let ready = after(&ready, [Act::GoOn, Act::Verify(id("a"), said()), Act::Verify(id("b"), said()), Act::GoOn], 0);
    let told = [Act::RollBack(said()), Act::TellBack(id("a"), said()), Act::TellBack(id("b"), said())];
    let back = after(&ready, told, 0);
    assert!(refusal(&back, Act::FinishRollBack).contains("not said that the users are at the old material"));
    after(&back, [Act::ConfirmSwitchBack(said()), Act::FinishRollBack], 0);
}

#[test]
fn what_a_round_trip_made_with_the_new_material_stays_readable() {
    let keeps = Consumer { round_trip: true, ..by_hand("a") };
    let rotation = distributing(Switch::ByHand, ErrorStrategy::Halt, vec![keeps]);
    let ready =
        after(&rotation, has_it("a").into_iter().chain([Act::GoOn, Act::Verify(id("a"), said()), Act::GoOn]), 0);
    let early = after(&ready, [Act::LeaveBackPath(id("a"), said()), Act::ConfirmSwitch(said()), Act::GoOn], 0);
    assert!(early.run(&id("a")).unwrap().is_on_back_path(), "it worked with the old material until the switch");
    let back = [Act::RollBack(said()), Act::ConfirmSwitchBack(said()), Act::TellBack(id("a"), said())];
    let back = after(&early, back, 0);
    let [disable, _] = done(RotationStep::DisableNew, "disable");
    assert!(refusal(&back, disable).contains("may keep what was made with the new material"));
    after(&back, [Act::FinishRollBack], 0);
}

#[test]
fn who_joins_after_the_end_of_use_is_asked_before_the_destruction() {
    let ready = after(&two(ErrorStrategy::Halt), has_it("a").into_iter().chain(has_it("b")), 0);
    let ready = after(&ready, [Act::GoOn, Act::Verify(id("a"), said()), Act::Verify(id("b"), said()), Act::GoOn], 0);
    let retiring = after(&ready, [Act::ConfirmSwitch(said()), Act::GoOn], 0);
    let disabled = after(&retiring, done(RotationStep::DisableOld, "disable"), 24);
    let joined = after(&disabled, [Act::Join(Consumer { round_trip: true, ..by_hand("c") })], 24);
    let [delete, _] = done(RotationStep::DeleteOld, "delete");
    let error = joined.apply(delete.clone(), "maria", at(24 * 9)).unwrap_err();
    assert!(error.message().contains("c still has to read"), "{error}");
    after(&disabled, [delete], 24 * 9);
}

#[test]
fn a_slot_with_the_working_key_is_not_overwritten() {
    let user = consumer(ConsumerKind::SnowflakeUser, &[]);
    let name = user.id.clone();
    let rotation = distributing(Switch::AtOnce, ErrorStrategy::Halt, vec![user, by_hand("b")]);
    let slots = |set: &str, keeps: &str| SlotUse { set: set.to_owned(), keeps: Some(keeps.to_owned()), replaces: None };
    let working = Act::TakeSlots(name.clone(), slots("RSA_PUBLIC_KEY", "RSA_PUBLIC_KEY"));
    assert!(refusal(&rotation, working).contains("holds the working key"));
    let free = slots("RSA_PUBLIC_KEY_2", "RSA_PUBLIC_KEY");
    assert!(refusal(&rotation, Act::TakeSlots(id("b"), free.clone())).contains("has no slots"));
    // The description may be pasted before or after the user was told.
    after(&rotation, [Act::TakeSlots(name.clone(), free.clone()), Act::Tell(name.clone())], 0);
    after(&rotation, [Act::Tell(name.clone()), Act::TakeSlots(name.clone(), free), Act::Succeed(name, 1, said())], 0);
}

#[test]
fn readers_keep_what_they_read_for_as_long_as_was_said_then() {
    let set = consumer(ConsumerKind::JwksEndpoint, &[("url", "https://a.example")]);
    let name = set.id.clone();
    let by = Switch::ByAlias { alias: "alias/it".to_owned() };
    let rotation = distributing(by, ErrorStrategy::Halt, vec![set]);
    let look = |has_new, cache_seconds| Act::Look { consumer: name.clone(), has_new, has_old: true, cache_seconds };
    let seen = after(&rotation, [look(false, 7200), Act::Tell(name.clone()), look(true, 60)], 0);
    let acts = [Act::Succeed(name.clone(), 1, said()), Act::GoOn, Act::Verify(name.clone(), said()), Act::GoOn];
    let seen = after(&seen, acts, 0);
    let switch = Move::Order(RotationStep::Switch);
    assert_eq!(seen.lock(&switch, at(1)).unwrap().until, Some(at(2)));
    assert!(seen.lock(&switch, at(2)).unwrap().because.contains("not looked at since"));
    assert_eq!(after(&seen, [look(true, 60)], 2).lock(&switch, at(2)), None);
    // Whatever was seen before is no evidence any more once it was turned round.
    let turned = after(&after(&seen, [look(true, 60)], 2), [Act::RollBack(said()), Act::Forward], 2);
    assert_eq!(turned.run(&name).unwrap().watched, None);
}

#[test]
fn users_go_back_only_where_the_old_key_is() {
    let user = consumer(ConsumerKind::GithubKey, &[]);
    let name = user.id.clone();
    let by = Switch::ByAlias { alias: "alias/it".to_owned() };
    let rotation = distributing(by, ErrorStrategy::Halt, vec![user]);
    let acts = [Act::Tell(name.clone()), Act::Succeed(name.clone(), 1, said()), Act::GoOn];
    let rotation = after(&rotation, acts.into_iter().chain([Act::Verify(name.clone(), said()), Act::GoOn]), 0);
    let rotation = after(&rotation, done(RotationStep::Switch, "switch").into_iter().chain([Act::GoOn]), 0);
    let removed = after(&rotation, [Act::RemoveOld(name.clone(), said()), Act::RollBack(said())], 48);
    let [switch, _] = done(RotationStep::SwitchBack, "back");
    assert!(refusal(&removed, switch.clone()).contains("not shown that"));
    after(&removed, [Act::TellBack(name, said()), switch], 48);
}
