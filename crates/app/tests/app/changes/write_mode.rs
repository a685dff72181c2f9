//! Read-only is how everything begins; write mode is allowed for a time, and refused by the engine otherwise.

use app::Limits;
use contract::{EnvironmentMark, Nothing, RemoveConnection, TierWire};
use domain::Kind;

use super::*;
use crate::world::draft;

async fn until(changed: &Changed) -> Option<String> {
    changed.app().list_connections(Nothing {}).await.unwrap().connections[0].writes_until.clone()
}

#[tokio::test]
async fn a_connection_begins_read_only_and_a_confirmation_is_refused_with_nothing_written_or_sent() {
    let changed = Changed::new().await;
    assert_eq!(until(&changed).await, None);
    let plan = changed.plan("disable").await;
    let blocked = plan.blocked.clone().unwrap();
    assert_eq!((blocked.kind.as_str(), blocked.refused_by.as_deref()), ("denied", Some("this app")));
    let refused = changed.app().confirm_change(confirmed(&plan)).await.unwrap_err();
    assert_eq!((refused.kind(), refused.refused_by()), (Kind::Denied, Some("this app")));
    assert!(changed.script().steps_arrived().is_empty());
    assert!(changed.journal().await.entries.is_empty());

    // The plan waits: it is carried out once that is allowed.
    changed.write_mode(true).await;
    let order = changed.app().confirm_change(confirmed(&plan)).await.unwrap();
    assert_eq!((order.state, changed.script().steps_arrived()), (OrderState::Done, vec![0]));
    assert!(changed.plan("disable").await.blocked.is_none());
}

#[tokio::test]
async fn it_lasts_a_quarter_of_an_hour_and_is_off_at_once() {
    let changed = Changed::writable().await;
    let end: domain::Timestamp = until(&changed).await.unwrap().parse().unwrap();
    let left = end.duration_since(domain::Timestamp::now()).as_secs();
    assert!((14 * 60..=15 * 60).contains(&left), "{left}");
    let plan = changed.plan("disable").await;
    changed.write_mode(false).await;
    assert_eq!(until(&changed).await, None);
    assert_eq!(changed.app().confirm_change(confirmed(&plan)).await.unwrap_err().kind(), Kind::Denied);

    changed.app().set_limits(Limits { writes: Duration::ZERO, ..Limits::default() });
    changed.write_mode(true).await;
    assert_eq!(until(&changed).await, None, "its time is over");
    assert_eq!(changed.app().confirm_change(confirmed(&plan)).await.unwrap_err().kind(), Kind::Denied);
}

#[tokio::test]
async fn every_switch_stands_in_the_journal_and_none_outlives_the_app() {
    let changed = Changed::writable().await;
    changed.write_mode(false).await;
    changed.write_mode(true).await;
    let modes = changed.journal().await.entries.into_iter().map(|entry| match entry {
        JournalEntry::WriteMode { connection, until, .. } => (connection, until.is_some()),
        other => panic!("{other:?}"),
    });
    let prod = || "prod".to_owned();
    assert_eq!(modes.collect::<Vec<_>>(), [(prod(), true), (prod(), false), (prod(), true)]);
    let changed = changed.restart();
    assert_eq!(until(&changed).await, None);
    assert!(changed.plan("disable").await.blocked.is_some());
}

#[tokio::test]
async fn it_is_of_one_connection_and_not_of_one_that_takes_its_name() {
    let changed = Changed::writable().await;
    changed.world.connect("other").await;
    let mut of_other = wanted("disable");
    of_other.target = TargetWire::Item { reference: "other/v/k".into() };
    *changed.world.scripts.place("other").detail.lock().unwrap() = Some(Arc::new(|| Ok(detail(key_item("v", "k")))));
    assert!(changed.app().plan_change(of_other).await.unwrap().blocked.is_some());

    let plan = changed.plan("disable").await;
    changed.app().remove_connection(RemoveConnection { name: "prod".into() }).await.unwrap();
    changed.world.connect("prod").await;
    assert_eq!(changed.app().confirm_change(confirmed(&plan)).await.unwrap_err().kind(), Kind::Denied);
    assert!(changed.plan("disable").await.blocked.is_some());
}

#[tokio::test]
async fn it_stays_read_only_where_the_journal_cannot_be_written() {
    let changed = Changed::new().await;
    *changed.keyring.left.lock().unwrap() = Some(0);
    let request = SetWriteMode { connection: "prod".into(), on: true };
    assert!(changed.app().set_write_mode(request).await.is_err());
    assert_eq!(until(&changed).await, None);
}

#[tokio::test]
async fn in_production_nothing_is_done_at_one_press() {
    let changed = Changed::new().await;
    let mut marked = draft("live", None, false);
    marked.environment = Some(EnvironmentMark::Production);
    changed.app().add_connection(contract::AddConnection { draft: marked }).await.unwrap();
    *changed.world.scripts.place("live").detail.lock().unwrap() = Some(Arc::new(|| Ok(detail(key_item("v", "k")))));
    let mut wanted = wanted("disable");
    wanted.target = TargetWire::Item { reference: "live/v/k".into() };
    assert_eq!(changed.plan("disable").await.tier, TierWire::Undo);
    assert_eq!(changed.app().plan_change(wanted).await.unwrap().tier, TierWire::Consequences);
}
