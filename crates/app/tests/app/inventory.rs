//! What a watch tells: last known rows first, then the news; every gap with its reason, and nothing dropped silently.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use app::MemoryKeychain;
use contract::{Cancel, InventoryEvent, RemoveConnection, VaultState, WatchInventory};
use domain::{Error, Kind};
use tokio::sync::{Notify, mpsc};

use crate::{
    scripted::{Step, denied, ends, interrupted, item, undescribed, vault},
    world::{World, request, watch},
};

#[tokio::test]
async fn the_second_watch_shows_last_known_rows_as_stale_then_only_what_changed() {
    let world = World::scripted();
    world.connect("a").await;
    world.scripts.place("a").lists(|| vec![vault("v"), item("v", "1"), item("v", "2"), ends("v", Ok(()))]);
    let first = watch(&world.app, true).await;
    assert_eq!(first.references(), ["a/v/1", "a/v/2"]);
    assert!(matches!(first.state("a", "v"), VaultState::Fresh { .. }));
    assert_eq!(first.finished, Some(false));

    world.scripts.place("a").lists(|| vec![vault("v"), item("v", "2"), item("v", "3"), ends("v", Ok(()))]);
    let second = watch(&world.app, true).await;
    assert_eq!(second.references(), ["a/v/2", "a/v/3"]);
    assert_eq!(second.gone, ["a/v/1"]);
    let states: Vec<_> = second
        .events
        .iter()
        .filter_map(|event| match event {
            InventoryEvent::Vault { vault } => Some(&vault.state),
            _ => None,
        })
        .collect();
    assert!(matches!(states[..], [VaultState::Stale { .. }, VaultState::Listing, VaultState::Fresh { .. }]));
    let rows_sent: Vec<Vec<&str>> = second
        .events
        .iter()
        .filter_map(|event| match event {
            InventoryEvent::Rows { rows } => Some(rows.iter().map(|row| row.reference.as_str()).collect()),
            _ => None,
        })
        .collect();
    assert_eq!(rows_sent, [vec!["a/v/1", "a/v/2"], vec!["a/v/3"]], "an unchanged row is not sent again");
}

#[tokio::test]
async fn a_restart_shows_rows_with_their_age_and_asks_nobody() {
    let world = World::scripted();
    world.connect("a").await;
    world.scripts.place("a").lists(|| {
        vec![
            vault("fresh"),
            item("fresh", "1"),
            ends("fresh", Ok(())),
            vault("shut"),
            ends("shut", Err(denied("list:shut"))),
            vault("torn"),
            item("torn", "1"),
            ends("torn", Err(interrupted())),
        ]
    });
    let live = watch(&world.app, true).await;
    let VaultState::Fresh { at } = live.state("a", "fresh").clone() else { panic!("not fresh") };

    let world = world.restart(Arc::new(MemoryKeychain::default()));
    let connected = world.scripts.place("a").times_connected();
    let known = watch(&world.app, false).await;
    assert_eq!(known.rows, live.rows);
    assert_eq!(known.state("a", "fresh"), &VaultState::Stale { since: at });
    // What was denied or torn was so last time; calling it merely old would be a lie.
    assert!(
        matches!(known.state("a", "shut"), VaultState::Denied { error } if error.permission.as_deref() == Some("list:shut"))
    );
    assert!(
        matches!(known.state("a", "torn"), VaultState::Partial { error, .. } if error.message.contains("as of 20"))
    );
    assert_eq!(world.scripts.place("a").times_connected(), connected);
}

#[tokio::test]
async fn a_list_that_breaks_off_is_partial_and_takes_nothing_away() {
    let world = World::scripted();
    world.connect("a").await;
    let place = world.scripts.place("a");
    place.lists(|| {
        let items = ["1", "2", "3"].map(|id| item("v", id));
        std::iter::once(vault("v")).chain(items).chain([ends("v", Ok(())), vault("w"), ends("w", Ok(()))]).collect()
    });
    watch(&world.app, true).await;

    place.lists(|| {
        let torn = ends("v", Err(interrupted()));
        vec![vault("v"), vault("w"), item("v", "3"), item("v", "4"), torn, item("w", "1"), ends("w", Ok(()))]
    });
    let torn = watch(&world.app, true).await;
    assert!(torn.gone.is_empty());
    assert_eq!(torn.references(), ["a/v/1", "a/v/2", "a/v/3", "a/v/4", "a/w/1"]);
    let VaultState::Partial { read: 2, known: 4, error } = torn.state("a", "v") else {
        panic!("{:?}", torn.state("a", "v"))
    };
    assert_eq!(error.message, "the line went dead");
    assert_eq!(torn.count("a", "v"), 4);
    assert!(matches!(torn.state("a", "w"), VaultState::Fresh { .. }));

    place.lists(|| vec![vault("v"), item("v", "4"), ends("v", Ok(())), vault("w"), item("w", "1"), ends("w", Ok(()))]);
    let whole = watch(&world.app, true).await;
    assert_eq!(whole.gone, ["a/v/1", "a/v/2", "a/v/3"], "rows kept over a torn list go with the next whole one");
    assert!(matches!(whole.state("a", "v"), VaultState::Fresh { .. }));
}

#[tokio::test]
async fn denied_and_unreachable_vaults_keep_their_old_rows() {
    let world = World::scripted();
    world.connect("a").await;
    let place = world.scripts.place("a");
    place.lists(|| vec![vault("v"), item("v", "1"), ends("v", Ok(()))]);
    watch(&world.app, true).await;

    place.lists(|| vec![vault("v"), ends("v", Err(denied("list:v"))), vault("w"), ends("w", Err(interrupted()))]);
    let refused = watch(&world.app, true).await;
    assert_eq!(refused.references(), ["a/v/1"]);
    assert_eq!((refused.count("a", "v"), refused.count("a", "w")), (1, 0));
    let VaultState::Denied { error } = refused.state("a", "v") else { panic!("{:?}", refused.state("a", "v")) };
    assert_eq!(error.permission.as_deref(), Some("list:v"));
    assert!(matches!(refused.state("a", "w"), VaultState::Unreachable { .. }));
}

#[tokio::test]
async fn items_that_cannot_be_described_are_rows_and_make_the_vault_partial() {
    let world = World::scripted();
    world.connect("a").await;
    world.scripts.place("a").lists(|| vec![vault("v"), item("v", "1"), undescribed("v", "2"), ends("v", Ok(()))]);
    let watched = watch(&world.app, true).await;
    let trouble = watched.rows["a/v/2"].trouble.clone().unwrap();
    assert_eq!(trouble.permission.as_deref(), Some("describe:item"));
    assert_eq!(watched.state("a", "v"), &VaultState::Partial { read: 1, known: 2, error: trouble });
    // The list itself was whole, so what it lacks is gone.
    world.scripts.place("a").lists(|| vec![vault("v"), undescribed("v", "2"), ends("v", Ok(()))]);
    assert_eq!(watch(&world.app, true).await.gone, ["a/v/1"]);
}

#[tokio::test]
async fn a_stream_that_just_ends_is_no_complete_list() {
    let world = World::scripted();
    world.connect("a").await;
    let place = world.scripts.place("a");
    place.lists(|| vec![vault("v"), item("v", "1"), item("v", "2"), ends("v", Ok(()))]);
    watch(&world.app, true).await;
    place.lists(|| vec![vault("v"), item("v", "1"), vault("w")]);
    let watched = watch(&world.app, true).await;
    assert!(watched.gone.is_empty());
    assert!(matches!(watched.state("a", "v"), VaultState::Partial { read: 1, known: 2, .. }));
    assert!(matches!(watched.state("a", "w"), VaultState::Unreachable { .. }));
}

#[tokio::test]
async fn a_vault_is_gone_only_if_everything_else_was_read() {
    let world = World::scripted();
    world.connect("a").await;
    let place = world.scripts.place("a");
    place.lists(|| vec![vault("v"), item("v", "1"), ends("v", Ok(())), vault("w"), item("w", "1"), ends("w", Ok(()))]);
    watch(&world.app, true).await;

    for script in [Vec::new as fn() -> Vec<Step>, || vec![vault("v"), ends("v", Err(interrupted()))]] {
        place.lists(script);
        let watched = watch(&world.app, true).await;
        assert!(watched.gone.is_empty());
        assert!(matches!(watched.state("a", "w"), VaultState::Stale { .. }));
    }
    place.lists(|| vec![vault("v"), item("v", "1"), ends("v", Ok(()))]);
    let watched = watch(&world.app, true).await;
    assert_eq!(watched.gone, ["a/w/1"]);
    assert_eq!(watched.count("a", "w"), 0);
    let watched = watch(&world.app, false).await;
    assert_eq!(watched.vaults.len(), 1);
}

#[tokio::test]
async fn a_stand_in_for_vaults_that_could_not_be_listed_goes_when_they_can() {
    let world = World::scripted();
    world.connect("a").await;
    let place = world.scripts.place("a");
    let stand_in = || vec![vault("cluster"), ends("cluster", Err(denied("list:mounts")))];
    place.lists(stand_in);
    assert!(matches!(watch(&world.app, true).await.state("a", "cluster"), VaultState::Denied { .. }));

    // Another vault stays denied for good: that must not keep the stand-in.
    place.lists(|| vec![vault("v"), item("v", "1"), ends("v", Ok(())), vault("w"), ends("w", Err(denied("list:w")))]);
    assert!(matches!(watch(&world.app, true).await.state("a", "cluster"), VaultState::Fresh { .. }));
    assert_eq!(watch(&world.app, false).await.vaults.len(), 2);

    // And the other way round the stand-in takes nothing with it.
    place.lists(stand_in);
    let refused = watch(&world.app, true).await;
    assert_eq!((refused.references(), refused.vaults.len()), (vec!["a/v/1"], 3));
}

#[tokio::test]
async fn a_hanging_connection_delays_no_other_and_can_be_cancelled() {
    let world = World::scripted();
    for name in ["deaf", "good", "stuck"] {
        world.connect(name).await;
    }
    *world.scripts.place("deaf").connect_hangs.lock().unwrap() = true;
    world.scripts.place("good").lists(|| vec![vault("v"), item("v", "1"), ends("v", Ok(()))]);
    world.scripts.place("stuck").lists(|| vec![vault("v"), item("v", "1"), vault("w"), Step::Hang]);

    let (sender, mut receiver) = mpsc::unbounded_channel();
    let app = world.app.clone();
    let watching = tokio::spawn(async move {
        let sink = move |event| sender.send(event).is_ok();
        app.watch_inventory(request("slow", true), &sink).await
    });
    let mut watched = crate::world::Watched::default();
    let is_fresh = |watched: &crate::world::Watched| {
        watched.vaults.get(&("good".into(), "v".into())).is_some_and(|it| matches!(it.state, VaultState::Fresh { .. }))
            && watched.rows.contains_key("stuck/v/1")
    };
    while !is_fresh(&watched) {
        watched.take(receiver.recv().await.unwrap());
    }
    world.app.cancel(Cancel { operation: "another".into() }).await.unwrap();
    world.app.cancel(Cancel { operation: "slow".into() }).await.unwrap();
    while let Some(event) = receiver.recv().await {
        watched.take(event);
    }
    watching.await.unwrap().unwrap();
    assert_eq!(watched.finished, Some(true));
    // Nothing is left spinning.
    assert!(matches!(watched.state("stuck", "v"), VaultState::Partial { read: 1, known: 1, .. }));
    assert!(matches!(watched.state("stuck", "w"), VaultState::Unreachable { .. }));
    assert!(matches!(watched.state("good", "v"), VaultState::Fresh { .. }));

    // What was read before the cancel is known, and what was never read is not.
    let known = watch(&world.app, false).await;
    assert_eq!(known.references(), ["good/v/1", "stuck/v/1"]);
    assert!(!known.vaults.contains_key(&("stuck".into(), "w".into())));
}

#[tokio::test]
async fn a_failing_connection_says_so_and_the_others_go_on() {
    let world = World::scripted();
    for name in ["bad", "good", "mad"] {
        world.connect(name).await;
    }
    *world.scripts.place("bad").connect_error.lock().unwrap() = Some(denied("sign:in"));
    world.scripts.place("good").lists(|| vec![vault("v"), item("v", "1"), ends("v", Ok(()))]);
    world.scripts.place("mad").lists(|| vec![vault("v"), Step::Panic]);
    let watched = watch(&world.app, true).await;
    assert_eq!(watched.failed["bad"].permission.as_deref(), Some("sign:in"));
    assert_eq!(watched.failed["mad"].kind, "unexpected");
    assert_eq!(watched.references(), ["good/v/1"]);
    assert_eq!(watched.finished, Some(false));
}

#[tokio::test]
async fn many_rows_come_in_batches_each_once() {
    let world = World::scripted();
    world.connect("a").await;
    world.scripts.place("a").lists(|| {
        let items = (0..1_000).map(|number| item("v", &format!("{number:04}")));
        // A page that comes twice, as flaky services send.
        let again = (0..100).map(|number| item("v", &format!("{number:04}")));
        std::iter::once(vault("v")).chain(items).chain(again).chain([ends("v", Ok(()))]).collect()
    });
    let watched = watch(&world.app, true).await;
    let sent: usize = watched
        .events
        .iter()
        .map(|event| match event {
            InventoryEvent::Rows { rows } => rows.len(),
            _ => 0,
        })
        .sum();
    assert_eq!((watched.rows.len(), sent), (1_000, 1_000));
    assert_eq!(watched.count("a", "v"), 1_000);
    let known = watch(&world.app, false).await;
    assert_eq!(known.rows, watched.rows);
}

#[tokio::test]
async fn rows_do_not_wait_for_a_full_batch() {
    let world = World::scripted();
    world.connect("a").await;
    let go_on = Arc::new(Notify::new());
    let gate = go_on.clone();
    world
        .scripts
        .place("a")
        .lists(move || vec![vault("v"), item("v", "1"), Step::Wait(gate.clone()), ends("v", Ok(()))]);
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let app = world.app.clone();
    let watching = tokio::spawn(async move {
        let sink = move |event| sender.send(event).is_ok();
        app.watch_inventory(request("one", true), &sink).await
    });
    // Without a limit in time this row would come only after the gate, which opens only after this row.
    let row = async { while !matches!(receiver.recv().await.unwrap(), InventoryEvent::Rows { .. }) {} };
    tokio::time::timeout(Duration::from_secs(60), row).await.unwrap();
    go_on.notify_one();
    watching.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_watch_ends_when_nobody_listens() {
    let world = World::scripted();
    world.connect("a").await;
    world.scripts.place("a").lists(|| vec![vault("v"), Step::Hang]);
    let taken = Arc::new(Mutex::new(0));
    let counted = taken.clone();
    let sink = move |_| {
        *counted.lock().unwrap() += 1;
        false
    };
    world.app.watch_inventory(request("closed", true), &sink).await.unwrap();
    assert_eq!(*taken.lock().unwrap(), 1);
}

#[tokio::test]
async fn an_ended_sign_in_is_renewed_and_a_good_one_is_kept() {
    let world = World::scripted();
    world.connect("a").await;
    let place = world.scripts.place("a");
    place.lists(|| vec![vault("v"), ends("v", Ok(()))]);
    watch(&world.app, true).await;
    watch(&world.app, true).await;
    assert_eq!(place.times_connected(), 1);

    place.lists(|| {
        let over = Error::new(Kind::SignedOut, "list", "the token is over");
        vec![vault("v"), item("v", "1"), ends("v", Err(over))]
    });
    let watched = watch(&world.app, true).await;
    assert!(matches!(watched.state("a", "v"), VaultState::Partial { error, .. } if error.kind == "signed-out"));
    assert_eq!(place.times_connected(), 1);
    watch(&world.app, true).await;
    assert_eq!(place.times_connected(), 2);
}

#[tokio::test]
async fn only_the_wanted_connections_are_asked_and_an_unknown_one_is_named() {
    let world = World::scripted();
    for name in ["a", "b"] {
        world.connect(name).await;
        world.scripts.place(name).lists(|| vec![vault("v"), item("v", "1"), ends("v", Ok(()))]);
    }
    let watched = Arc::new(Mutex::new(crate::world::Watched::default()));
    let taken = watched.clone();
    let sink = move |event| {
        taken.lock().unwrap().take(event);
        true
    };
    let connections = vec!["b".into(), "c".into()];
    let request = WatchInventory { operation: "some".into(), connections, refresh: true };
    world.app.watch_inventory(request, &sink).await.unwrap();
    let watched = watched.lock().unwrap();
    assert_eq!(watched.references(), ["b/v/1"]);
    assert_eq!(watched.failed["c"].kind, "not-found");
    assert_eq!(world.scripts.place("a").times_connected(), 0);
}

#[tokio::test]
async fn a_removed_connection_leaves_no_rows_even_if_its_list_still_runs() {
    let world = World::scripted();
    world.connect("a").await;
    let go_on = Arc::new(Notify::new());
    let gate = go_on.clone();
    world
        .scripts
        .place("a")
        .lists(move || vec![vault("v"), item("v", "1"), Step::Wait(gate.clone()), ends("v", Ok(()))]);
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let app = world.app.clone();
    let watching = tokio::spawn(async move {
        let sink = move |event| sender.send(event).is_ok();
        app.watch_inventory(request("one", true), &sink).await
    });
    receiver.recv().await.unwrap();
    world.app.remove_connection(RemoveConnection { name: "a".into() }).await.unwrap();
    world.connect("a").await;
    go_on.notify_one();
    watching.await.unwrap().unwrap();
    assert!(watch(&world.app, false).await.rows.is_empty());
}
