//! Between a plan and its order: what was read is what is done, once, and only while it is fresh.

use app::Limits;
use contract::DropPlan;
use domain::{Kind, Tier};

use super::*;

/// Refused, with nothing sent and nothing but the write mode in the journal.
async fn refused(changed: &Changed, request: ConfirmChange, kind: Kind) {
    let error = changed.app().confirm_change(request).await.unwrap_err();
    assert_eq!((error.kind(), error.changed()), (kind, &domain::Changed::Nothing), "{error}");
    assert!(changed.script().steps_arrived().is_empty() && changed.orders().await.is_empty());
}

#[tokio::test]
async fn another_plan_than_the_one_that_was_read_is_refused_and_the_right_one_still_goes() {
    let changed = Changed::writable().await;
    let (plan, other) = (changed.plan("disable").await, changed.plan("enable").await);
    let mixed = ConfirmChange { digest: other.digest, ..confirmed(&plan) };
    refused(&changed, mixed, Kind::Conflict).await;
    assert_eq!(changed.app().confirm_change(confirmed(&plan)).await.unwrap().state, OrderState::Done);
}

#[tokio::test]
async fn a_name_is_typed_exactly_where_it_cannot_be_taken_back() {
    let changed = Changed::writable().await;
    *changed.script().tier.lock().unwrap() = Tier::Name;
    let plan = changed.plan("delete").await;
    for typed in [None, Some(""), Some("Payments"), Some("payment"), Some("payments x")] {
        let request = ConfirmChange { typed: typed.map(str::to_owned), ..confirmed(&plan) };
        refused(&changed, request, Kind::Invalid).await;
    }
    let request = ConfirmChange { typed: Some(" payments ".to_owned()), ..confirmed(&plan) };
    assert_eq!(changed.app().confirm_change(request).await.unwrap().state, OrderState::Done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_plan_is_used_once_however_often_it_is_confirmed() {
    let changed = Changed::writable().await;
    let plan = changed.plan("rotate").await;
    let presses = (0..16).map(|_| {
        let (app, request) = (changed.app().clone(), confirmed(&plan));
        tokio::spawn(async move { app.confirm_change(request).await })
    });
    let mut done = 0;
    for press in presses.collect::<Vec<_>>() {
        match press.await.unwrap() {
            Ok(order) => done += u32::from(order.state == OrderState::Done),
            Err(error) => assert_eq!(error.kind(), Kind::NotFound),
        }
    }
    assert_eq!((done, changed.script().steps_arrived(), changed.orders().await.len()), (1, vec![0], 1));
}

#[tokio::test]
async fn a_plan_that_waited_too_long_or_was_dropped_is_gone() {
    let changed = Changed::writable().await;
    let plan = changed.plan("disable").await;
    changed.app().drop_plan(DropPlan { order: plan.order.clone() }).await.unwrap();
    refused(&changed, confirmed(&plan), Kind::NotFound).await;
    changed.app().set_limits(Limits { plans: Duration::ZERO, ..Limits::default() });
    let plan = changed.plan("disable").await;
    refused(&changed, confirmed(&plan), Kind::NotFound).await;
    refused(&changed, ConfirmChange { order: "01JDX".into(), ..confirmed(&plan) }, Kind::NotFound).await;
}

#[tokio::test]
async fn a_plan_ends_with_the_app_that_made_it() {
    let changed = Changed::writable().await;
    let plan = changed.plan("disable").await;
    let changed = changed.restart();
    changed.write_mode(true).await;
    refused(&changed, confirmed(&plan), Kind::NotFound).await;
}

#[tokio::test]
async fn more_plans_than_a_person_can_have_open_push_the_oldest_out() {
    let changed = Changed::writable().await;
    let first = changed.plan("disable").await;
    for _ in 0..20 {
        changed.plan("disable").await;
    }
    refused(&changed, confirmed(&first), Kind::NotFound).await;
}

#[tokio::test]
async fn answers_that_do_not_fit_make_no_plan() {
    let changed = Changed::writable().await;
    let with = |ask: &str, name: &str, answer: &str| {
        let mut wanted = wanted(ask);
        wanted.answers.insert(name.to_owned(), answer.to_owned());
        wanted
    };
    let mut unasked = wanted("disable");
    unasked.secrets.insert("value".to_owned(), "x".to_owned());
    let in_clear = with("write-value", "value", "a secret in the wrong place");
    for request in [
        wanted("schedule-deletion"),
        with("schedule-deletion", "days", "6"),
        with("schedule-deletion", "days", "31"),
        with("schedule-deletion", "days", "seven"),
        with("disable", "days", "7"),
        wanted("write-value"),
        wanted("reveal-secret"),
        wanted("explode"),
        unasked,
        in_clear,
    ] {
        let ask = request.ask.clone();
        let error = changed.app().plan_change(request).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid, "{ask}: {error}");
        assert!(!error.message().contains("wrong place"), "{error}");
    }
    assert!(changed.app().plan_change(with("schedule-deletion", "days", "7")).await.is_ok());
}

#[tokio::test]
async fn a_plan_without_a_call_is_said_to_be_so_already() {
    let changed = Changed::writable().await;
    *changed.script().steps.lock().unwrap() = 0;
    let error = changed.app().plan_change(wanted("disable")).await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (Kind::Conflict, "everything is so already"));
}

#[tokio::test]
async fn nothing_is_sent_that_the_journal_did_not_take_down() {
    let changed = Changed::writable().await;
    let plan = changed.plan("disable").await;
    *changed.keyring.left.lock().unwrap() = Some(0);
    let error = changed.app().confirm_change(confirmed(&plan)).await.unwrap_err();
    assert_eq!(error.changed(), &domain::Changed::Nothing);
    assert!(changed.script().steps_arrived().is_empty() && changed.orders().await.is_empty());
}
