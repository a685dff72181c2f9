//! The answer to the scheduling of a destruction is lost, and nobody answers for a while: it is asked what became of it, and
//! nothing is ordered twice.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use serde_json::json;
use servers::{
    AmazonServer,
    hostile::{Asked, Hostile, Said},
};

use crate::{
    amazon::{make, person, state},
    walk::{Walk, conflict},
};

const WHOLE: u8 = 0;
/// The next scheduling is the last request that arrives.
const ARMED: u8 = 1;
const DOWN: u8 = 2;

fn schedules(asked: &Asked) -> bool {
    asked.operation() == "TrentService.ScheduleKeyDeletion"
}

/// A line to that server, and how it is. With `arrives`, the scheduling reaches it, and its answer is lost.
async fn line(server: &AmazonServer, arrives: bool) -> (Hostile, Arc<AtomicU8>) {
    let line = Arc::new(AtomicU8::new(WHOLE));
    let state = Arc::clone(&line);
    let script = move |asked: &Asked| match state.load(Ordering::SeqCst) {
        ARMED if schedules(asked) => {
            state.store(DOWN, Ordering::SeqCst);
            if arrives { Said::Afterwards(Box::new(Said::Reset)) } else { Said::Reset }
        }
        DOWN => Said::Reset,
        _ if asked.operation() == "TrentService.GetKeyLastUsage" => {
            Said::Json(200, json!({"KeyLastUsage": {}, "TrackingStartDate": 1, "KeyCreationDate": 2}))
        }
        _ => Said::Real,
    };
    (Hostile::before(server.endpoint(), Arc::new(script)).await.unwrap(), line)
}

/// A key whose scheduling nobody has answered, at a place that answers again.
async fn lost(arrives: bool) -> (AmazonServer, Hostile, Walk, String) {
    let server = AmazonServer::fakecloud().await.unwrap();
    let key = make(&server).await;
    let (hostile, line) = line(&server, arrives).await;
    let mut walk = Walk::begin(person(&hostile.address()).await, &key).await;
    walk.hurry(7).await;
    walk.speak_for_all().await;
    walk.go_on("disable").await;
    walk.step("disable").await;
    walk.go_on("schedule").await;
    let plan = walk.plan("schedule").await.unwrap();
    line.store(ARMED, Ordering::SeqCst);
    // Whether that is an error or an open order: the destruction knows of it.
    let _ = walk.confirm("schedule", &plan).await;
    walk.person.again().await;
    walk.person.allow_changes().await;
    walk.now = walk.open().await;
    assert_eq!(walk.now.orders.last().unwrap().state, "live", "{:?}", walk.now.orders);
    conflict(&walk.refuses_step("schedule").await, "it is not known yet how order");
    line.store(WHOLE, Ordering::SeqCst);
    (server, hostile, walk, key)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scheduling_whose_answer_is_lost_is_found_and_ordered_once() {
    let (server, hostile, mut walk, key) = lost(true).await;
    walk.check().await;
    walk.is_at("waiting");
    assert_eq!(walk.now.orders.last().unwrap().state, "done");
    assert_eq!(state(&server, &key).await, "PendingDeletion");
    assert_eq!(hostile.forwarded().iter().filter(|asked| schedules(asked)).count(), 1);
    walk.step("cancel").await;
    assert_eq!(state(&server, &key).await, "Disabled");
}

/// A start finds it out as well, without being asked.
#[tokio::test(flavor = "multi_thread")]
async fn a_later_start_finds_it_out_by_itself() {
    let (server, _hostile, mut walk, key) = lost(true).await;
    walk.person.again().await;
    walk.now = walk.open().await;
    walk.is_at("waiting");
    assert_eq!(state(&server, &key).await, "PendingDeletion");
}

/// What never arrived is seen not to be there, and is ordered when that is asked for again.
#[tokio::test(flavor = "multi_thread")]
async fn a_scheduling_that_never_arrived_is_ordered_when_it_is_asked_for_again() {
    let (server, _hostile, mut walk, key) = lost(false).await;
    walk.check().await;
    walk.is_at("schedule");
    assert_eq!(walk.now.orders.last().unwrap().state, "not-done");
    assert_eq!(state(&server, &key).await, "Disabled");
    walk.step("schedule").await;
    assert_eq!(state(&server, &key).await, "PendingDeletion");
}
