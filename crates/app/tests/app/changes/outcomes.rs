//! How a sending ends: done, refused, or unknown and then told by reading. Whatever happens, nothing is sent again.

use std::sync::Arc;

use contract::{ChangedWire, UndoWire};
use domain::Kind;
use tokio::sync::Notify;

use super::*;
use crate::changing::{Perform, Reads};

#[tokio::test]
async fn what_is_done_and_seen_is_verified_with_what_was_read() {
    let changed = Changed::writable().await;
    let order = changed.does("disable").await;
    assert_eq!(events(&order), ["intent", "sent", "observed", "verified"]);
    assert_eq!((order.state, order.actor.as_str(), order.connection.as_str()), (OrderState::Done, "maria", "prod"));
    let [step] = &order.steps[..] else { panic!("{:?}", order.steps) };
    assert_eq!((step.evidence.as_deref(), step.request_id.as_deref()), (Some("it is seen"), Some("request-1")));
    assert_eq!(order.reference.as_deref(), Some("prod/v/k"));
}

#[tokio::test]
async fn a_refusal_says_who_what_is_missing_and_that_nothing_was_changed() {
    let changed = Changed::writable().await;
    changed.script().performs([Perform::Refused]);
    let order = changed.does("disable").await;
    let error = order.error.clone().unwrap();
    assert_eq!((order.state, events(&order)), (OrderState::Abandoned, vec!["intent", "sent", "abandoned"]));
    assert_eq!(
        (error.permission.as_deref(), error.refused_by.as_deref()),
        (Some("scripted:Change"), Some("the place"))
    );
    assert_eq!((error.changed, order.undo), (ChangedWire::Nothing, UndoWire::No));
}

#[tokio::test]
async fn a_lost_answer_is_told_by_reading_and_never_sent_again() {
    for (perform, state, arrived) in [
        (Perform::DoneUnheard, OrderState::Done, 1),
        (Perform::Lost, OrderState::Abandoned, 0),
        (Perform::Panics, OrderState::Abandoned, 0),
    ] {
        let changed = Changed::writable().await;
        changed.script().performs([perform]);
        let order = changed.does("create-alias").await;
        assert_eq!((order.state, changed.script().steps_arrived().len()), (state, arrived), "{order:?}");
        assert_eq!(events(&order)[..3], ["intent", "sent", "unknown"]);
        assert_eq!(changed.journal().await.unsettled, 0);
    }
}

#[tokio::test]
async fn what_a_reading_cannot_tell_stays_unknown_until_one_can() {
    for (perform, reads, then) in [
        (Perform::DoneUnheard, Reads::Unclear, OrderState::Done),
        (Perform::DoneUnheard, Reads::Fails, OrderState::Done),
        (Perform::Lost, Reads::Fails, OrderState::Abandoned),
        (Perform::Lost, Reads::Panics, OrderState::Abandoned),
        (Perform::Done, Reads::Panics, OrderState::Done),
    ] {
        let changed = Changed::writable().await;
        changed.script().performs([perform]);
        changed.script().reads([reads]);
        let order = changed.does("rotate").await;
        assert_eq!((order.state, order.undo), (OrderState::Unknown, UndoWire::No), "{order:?}");
        assert_eq!(order.error.as_ref().unwrap().changed, ChangedWire::Unknown);
        assert_eq!(changed.journal().await.unsettled, 1);
        let arrived = changed.script().steps_arrived();

        changed.script().reads([Reads::Unclear]);
        assert_eq!(changed.check(&order.order).await.unwrap().state, OrderState::Unknown);
        let error = changed.app().continue_order(NameOrder { order: order.order.clone() }).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Conflict, "a step that is out is not gone on with");
        let error = changed.app().abandon_order(NameOrder { order: order.order.clone() }).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Conflict, "nor given up");

        let order = changed.check(&order.order).await.unwrap();
        assert_eq!((order.state, changed.script().steps_arrived()), (then, arrived), "{order:?}");
        // To check what is settled changes nothing.
        let again = changed.check(&order.order).await.unwrap();
        assert_eq!((again.state, again.records.len()), (order.state, order.records.len()));
    }
}

/// KMS shows a new key late: one reading that does not show it is no proof, be the answer lost or not.
#[tokio::test]
async fn what_a_place_shows_late_is_waited_for() {
    for perform in [Perform::DoneUnheard, Perform::Done] {
        let changed = Changed::writable().await;
        changed.app().set_patience(Duration::from_millis(640));
        changed.script().performs([perform]);
        changed.script().reads([Reads::Late, Reads::Late, Reads::Late]);
        let order = changed.does("rotate").await;
        assert_eq!((order.state, changed.script().steps_arrived()), (OrderState::Done, vec![0]), "{order:?}");
    }
    // The control: without patience it would be believed that nothing happened.
    let changed = Changed::writable().await;
    changed.script().performs([Perform::DoneUnheard]);
    changed.script().reads([Reads::Late]);
    assert_eq!(changed.does("rotate").await.state, OrderState::Abandoned);
}

#[tokio::test]
async fn what_is_said_to_be_done_and_cannot_be_seen_is_never_called_done_nor_undone() {
    let changed = Changed::writable().await;
    changed.script().performs([Perform::OnlySaid]);
    let order = changed.does("disable").await;
    assert_eq!((order.state, events(&order)), (OrderState::Unknown, vec!["intent", "sent", "observed", "unknown"]));
    assert!(order.error.unwrap().message.contains("does not show it"));
    let order = changed.check(&order.order).await.unwrap();
    assert_eq!(order.state, OrderState::Unknown, "whoever said that it is done is not taken at a word less");
}

#[tokio::test]
async fn each_step_is_sent_after_the_one_before_was_seen_and_a_refusal_names_what_was_done() {
    let changed = Changed::writable().await;
    *changed.script().steps.lock().unwrap() = 3;
    changed.script().performs([Perform::Done, Perform::DoneUnheard, Perform::Refused]);
    let order = changed.does("rotate").await;
    assert_eq!((order.state, changed.script().steps_arrived()), (OrderState::Abandoned, vec![0, 1, 2]));
    let states: Vec<&str> = order.steps.iter().map(|step| step.state.as_str()).collect();
    assert_eq!(states, ["verified", "verified", "abandoned"]);
    let done = vec!["Step 0: done.".to_owned(), "Step 1: done.".to_owned()];
    assert_eq!(order.error.unwrap().changed, ChangedWire::Exactly(done));
}

#[tokio::test]
async fn the_next_step_waits_while_changes_are_not_allowed_and_a_person_goes_on_or_gives_up() {
    for gives_up in [false, true] {
        let changed = Changed::writable().await;
        *changed.script().steps.lock().unwrap() = 2;
        let (here, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        changed.script().performs([Perform::Waits(here.clone(), go.clone())]);
        let plan = changed.plan("rotate").await;
        let (app, request) = (changed.app().clone(), confirmed(&plan));
        let work = tokio::spawn(async move { app.confirm_change(request).await });
        here.notified().await;
        assert_eq!(changed.orders().await, [(plan.order.clone(), OrderState::Running)]);
        assert_eq!(changed.check(&plan.order).await.unwrap_err().kind(), Kind::Conflict, "somebody is at it");
        changed.write_mode(false).await;
        go.notify_one();
        assert_eq!(work.await.unwrap().unwrap().state, OrderState::Paused);
        assert_eq!((changed.script().steps_arrived(), changed.journal().await.unsettled), (vec![0], 1));

        let name = || NameOrder { order: plan.order.clone() };
        if gives_up {
            let order = changed.app().abandon_order(name()).await.unwrap();
            let error = order.error.unwrap();
            assert_eq!(
                (order.state, error.changed),
                (OrderState::Abandoned, ChangedWire::Exactly(vec!["Step 0: done.".into()]))
            );
            assert_eq!(changed.app().abandon_order(name()).await.unwrap_err().kind(), Kind::Conflict);
            continue;
        }
        assert_eq!(changed.app().continue_order(name()).await.unwrap_err().kind(), Kind::Denied);
        changed.write_mode(true).await;
        assert_eq!(changed.app().continue_order(name()).await.unwrap().state, OrderState::Done);
        assert_eq!(changed.script().steps_arrived(), [0, 1]);
        assert_eq!(changed.app().continue_order(name()).await.unwrap_err().kind(), Kind::Conflict);
    }
}

#[tokio::test]
async fn what_was_begun_goes_on_though_nobody_waits() {
    let changed = Changed::writable().await;
    let (here, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    changed.script().performs([Perform::Waits(here.clone(), go.clone())]);
    let plan = changed.plan("disable").await;
    let (app, request) = (changed.app().clone(), confirmed(&plan));
    let work = tokio::spawn(async move { app.confirm_change(request).await });
    here.notified().await;
    work.abort();
    assert!(work.await.unwrap_err().is_cancelled());
    go.notify_one();
    while changed.orders().await != [(plan.order.clone(), OrderState::Done)] {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn undoing_is_a_plan_of_its_own_and_only_of_what_is_done() {
    let changed = Changed::writable().await;
    let name = |order: &OrderWire| NameOrder { order: order.order.clone() };
    let order = changed.does("disable").await;
    assert_eq!(changed.app().plan_undo(name(&order)).await.unwrap_err().kind(), Kind::Unsupported);
    for (whole, said) in [(true, UndoWire::Whole), (false, UndoWire::RollBack)] {
        *changed.script().undo.lock().unwrap() = Some(whole);
        let order = changed.does("disable").await;
        assert_eq!(order.undo, said);
        let plan = changed.app().plan_undo(name(&order)).await.unwrap();
        assert_eq!((plan.ask.as_str(), plan.order != order.order), ("enable", true));
        assert_eq!(changed.app().confirm_change(confirmed(&plan)).await.unwrap().state, OrderState::Done);
    }
    changed.script().performs([Perform::Refused, Perform::DoneUnheard]);
    let refused = changed.does("disable").await;
    assert_eq!(changed.app().plan_undo(name(&refused)).await.unwrap_err().kind(), Kind::Conflict);
    changed.script().reads([Reads::Unclear]);
    let unknown = changed.does("disable").await;
    assert_eq!(changed.app().plan_undo(name(&unknown)).await.unwrap_err().kind(), Kind::Conflict);
    let absent = NameOrder { order: "01JDX".to_owned() };
    assert_eq!(changed.app().plan_undo(absent).await.unwrap_err().kind(), Kind::NotFound);
}
