//! What the next start finds: each stage that an order can be left at, and two Clavigers on one home.

use std::sync::Arc;

use domain::Kind;
use tokio::sync::Notify;

use super::*;
use crate::{
    changing::{Perform, Reads},
    world::draft,
};

/// Confirms a change, and ends Claviger while its sending is under way. The provider goes on for itself.
async fn cut_off(changed: Changed, steps: u64) -> (Changed, String, Arc<Notify>) {
    *changed.script().steps.lock().unwrap() = steps;
    let (here, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    changed.script().performs([Perform::Waits(here.clone(), go.clone())]);
    let plan = changed.plan("rotate").await;
    let (app, request) = (changed.app().clone(), confirmed(&plan));
    tokio::spawn(async move { app.confirm_change(request).await });
    here.notified().await;
    (changed, plan.order, go)
}

/// Leaves a journal behind that ends after so many seals, as a process does that is killed there.
async fn dies_after(seals: u32, steps: u64) -> (Changed, String) {
    let changed = Changed::writable().await;
    *changed.script().steps.lock().unwrap() = steps;
    let plan = changed.plan("rotate").await;
    *changed.keyring.left.lock().unwrap() = Some(seals);
    let told = changed.app().confirm_change(confirmed(&plan)).await;
    let arrived = changed.script().steps_arrived().len();
    if let Err(error) = told {
        let nothing = *error.changed() == domain::Changed::Nothing;
        assert_eq!(nothing, arrived == 0, "after {seals} seals: {error}: {:?}", error.changed());
    }
    *changed.keyring.left.lock().unwrap() = None;
    (changed.restart(), plan.order)
}

#[tokio::test]
async fn wherever_the_journal_breaks_off_the_next_start_tells_what_happened() {
    let mut ends = Vec::new();
    for seals in 0..20 {
        let (changed, order) = dies_after(seals, 2).await;
        let arrived = changed.script().steps_arrived();
        changed.app().recover().await.unwrap();
        assert_eq!(changed.script().steps_arrived(), arrived, "recovering sent something");
        assert!(changed.app().verify_journal(contract::Nothing {}).await.unwrap().sound, "after {seals} seals");
        let orders = changed.orders().await;
        let Some((_, state)) = orders.iter().find(|(one, _)| *one == order) else {
            assert!(arrived.is_empty(), "after {seals} seals it was sent and is not in the journal");
            ends.push("nothing");
            continue;
        };
        ends.push(match (state, arrived.as_slice()) {
            (OrderState::Abandoned, []) => "given up unsent",
            (OrderState::Paused, [0]) => "waits for the second step",
            (OrderState::Done, [0, 1]) => "done",
            other => panic!("after {seals} seals: {other:?}"),
        });
        if *state == OrderState::Paused {
            changed.write_mode(true).await;
            let order = changed.app().continue_order(NameOrder { order }).await.unwrap();
            assert_eq!((order.state, changed.script().steps_arrived()), (OrderState::Done, vec![0, 1]));
        }
    }
    ends.dedup();
    assert_eq!(ends, ["nothing", "given up unsent", "waits for the second step", "done"]);
}

#[tokio::test]
async fn what_was_out_when_claviger_ended_is_read_and_stays_unknown_if_that_cannot_be_told() {
    for (reads, state) in [(None, OrderState::Done), (Some(Reads::Fails), OrderState::Unknown)] {
        let changed = Changed::writable().await;
        changed.script().performs([Perform::DoneUnheard]);
        changed.script().reads([Reads::Fails]);
        let order = changed.does("rotate").await.order;
        let changed = changed.restart();
        changed.script().reads(reads);
        changed.app().recover().await.unwrap();
        assert_eq!(changed.orders().await, [(order, state)]);
        assert_eq!(changed.script().steps_arrived(), [0]);
    }
}

#[tokio::test]
async fn a_provider_that_breaks_off_while_it_is_read_does_not_stop_the_others() {
    let changed = Changed::writable().await;
    changed.script().performs([Perform::DoneUnheard, Perform::DoneUnheard]);
    changed.script().reads([Reads::Fails, Reads::Fails]);
    let (one, other) = (changed.does("rotate").await.order, changed.does("rotate").await.order);
    let changed = changed.restart();
    changed.script().reads([Reads::Panics]);
    changed.app().recover().await.unwrap();
    assert_eq!(changed.orders().await, [(one, OrderState::Unknown), (other, OrderState::Done)]);
}

#[tokio::test]
async fn an_order_whose_connection_is_gone_stays_unknown_and_recovering_ends() {
    let changed = Changed::writable().await;
    changed.script().performs([Perform::DoneUnheard]);
    changed.script().reads([Reads::Fails]);
    let order = changed.does("rotate").await.order;
    changed.app().remove_connection(contract::RemoveConnection { name: "prod".into() }).await.unwrap();
    let changed = changed.restart();
    changed.app().recover().await.unwrap();
    assert_eq!(changed.orders().await, [(order.clone(), OrderState::Unknown)]);
    assert_eq!(changed.check(&order).await.unwrap_err().kind(), Kind::NotFound);
}

#[tokio::test]
async fn another_place_under_the_same_name_is_not_asked() {
    let changed = Changed::writable().await;
    changed.script().performs([Perform::DoneUnheard]);
    changed.script().reads([Reads::Fails]);
    let order = changed.does("rotate").await.order;
    *changed.script().undo.lock().unwrap() = Some(true);
    let done = changed.does("disable").await.order;
    changed.app().remove_connection(contract::RemoveConnection { name: "prod".into() }).await.unwrap();
    let mut elsewhere = draft("prod", None, false);
    elsewhere.answers.insert("place".into(), "elsewhere".into());
    changed.app().add_connection(contract::AddConnection { draft: elsewhere }).await.unwrap();
    let refused = changed.check(&order).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Conflict);
    assert!(refused.message().contains("elsewhere"), "{refused}");
    let orders = [(order, OrderState::Unknown), (done.clone(), OrderState::Done)];
    assert_eq!(changed.orders().await, orders, "another place told what became of it");
    let refused = changed.app().plan_undo(NameOrder { order: done }).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Conflict, "it would be undone at another place");
}

#[tokio::test]
async fn two_clavigers_do_not_take_an_order_from_each_other() {
    let (changed, order, go) = cut_off(Changed::writable().await, 1).await;
    let other = changed.world.beside(changed.keyring.clone());
    other.set_patience(Duration::ZERO);
    other.recover().await.unwrap();
    assert_eq!(changed.orders().await, [(order.clone(), OrderState::Running)], "it was not given up");
    assert_eq!(other.check_order(NameOrder { order: order.clone() }).await.unwrap_err().kind(), Kind::Conflict);
    assert_eq!(other.list_journal(ListJournal::default()).await.unwrap().unsettled, 0);
    go.notify_one();
    while changed.orders().await != [(order.clone(), OrderState::Done)] {
        tokio::task::yield_now().await;
    }
    let seen = other.check_order(NameOrder { order }).await.unwrap();
    assert_eq!((events(&seen).len(), changed.script().steps_arrived()), (4, vec![0]));
}

#[tokio::test]
async fn a_write_mode_is_of_the_app_it_was_given_to() {
    let changed = Changed::writable().await;
    let other = changed.world.beside(changed.keyring.clone());
    let plan = other.plan_change(wanted("disable")).await.unwrap();
    assert!(plan.blocked.is_some());
    assert_eq!(other.confirm_change(confirmed(&plan)).await.unwrap_err().kind(), Kind::Denied);
    assert_eq!(changed.app().confirm_change(confirmed(&plan)).await.unwrap_err().kind(), Kind::NotFound);
}

#[tokio::test]
async fn secrets_end_with_the_app_and_what_needs_them_is_not_sent_without() {
    let changed = Changed::writable().await;
    *changed.script().steps.lock().unwrap() = 2;
    let (here, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    changed.script().performs([Perform::Waits(here.clone(), go.clone())]);
    let mut request = wanted("write-value");
    request.secrets.insert("value".to_owned(), "a value to search for".to_owned());
    let plan = changed.app().plan_change(request).await.unwrap();
    let (app, request) = (changed.app().clone(), confirmed(&plan));
    let work = tokio::spawn(async move { app.confirm_change(request).await });
    here.notified().await;
    changed.write_mode(false).await;
    go.notify_one();
    let paused = work.await.unwrap().unwrap();
    assert_eq!(paused.state, OrderState::Paused);
    let changed = changed.restart();
    changed.write_mode(true).await;
    let error = changed.app().continue_order(NameOrder { order: paused.order.clone() }).await.unwrap_err();
    assert_eq!((error.kind(), changed.script().steps_arrived()), (Kind::Conflict, vec![0]), "{error}");
    assert!(error.message().contains("\"value\""), "{error}");
    let order = changed.app().abandon_order(NameOrder { order: paused.order }).await.unwrap();
    assert_eq!(order.state, OrderState::Abandoned);
}
