//! The answer to the making of new material is lost, and nobody answers for a while: it is asked what became of it, and
//! nothing is made twice.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use contract::RotationNote;
use serde_json::json;
use servers::{
    AmazonServer, OpenBao,
    hostile::{Asked, Hostile, Said},
};

use crate::{
    amazon::{self, ALIAS},
    consumers::consumer,
    openbao,
    person::Person,
    walk::{Walk, conflict},
};

/// How the line is.
#[derive(Debug, Default)]
struct Line(AtomicU8);

const WHOLE: u8 = 0;
/// The next request that makes something is the last that arrives.
const ARMED: u8 = 1;
const DOWN: u8 = 2;

impl Line {
    fn set(&self, state: u8) {
        self.0.store(state, Ordering::SeqCst);
    }

    /// What is said to a request. With `arrives`, the one that makes something reaches the place, and its answer is lost.
    fn said(&self, makes: bool, arrives: bool) -> Said {
        match self.0.load(Ordering::SeqCst) {
            ARMED if makes => {
                self.set(DOWN);
                if arrives { Said::Afterwards(Box::new(Said::Reset)) } else { Said::Reset }
            }
            DOWN => Said::Reset,
            _ => Said::Real,
        }
    }
}

/// A line to the server at `upstream`, and how it is.
async fn line(upstream: &str, makes: fn(&Asked) -> bool, arrives: bool) -> (Hostile, Arc<Line>) {
    let line = Arc::new(Line::default());
    let state = Arc::clone(&line);
    let hostile = Hostile::before(upstream, Arc::new(move |asked: &Asked| state.said(makes(asked), arrives)));
    (hostile.await.unwrap(), line)
}

/// Makes the new material, whose answer is lost. The app starts anew, and nobody answers still.
async fn loses(walk: &mut Walk, line: &Line) {
    let plan = walk.plan("create").await.unwrap();
    line.set(ARMED);
    let lost = walk.confirm("create", &plan).await.map(|rotation| rotation.orders.last().unwrap().state.clone());
    // Either way it is told that the end is not known.
    assert!(lost.as_ref().map_or(true, |state| state == "live"), "{lost:?}");
    assert_eq!(line.0.load(Ordering::SeqCst), DOWN, "nothing was sent");
    walk.person.again().await;
    walk.now = walk.open().await;
    assert!(walk.now.trouble.is_some() && walk.now.new.is_none());
    assert_eq!(walk.now.orders.iter().map(|order| order.state.as_str()).collect::<Vec<_>>(), ["live"]);
    conflict(&walk.refuses(RotationNote::GoOn).await, "it is not known yet how order");
    conflict(&walk.refuses(RotationNote::Discard).await, "it is not known yet how order");
    conflict(&walk.refuses_step("create").await, "it is not known yet how order");
}

async fn prepared(person: Person, address: &str, method: &str) -> Walk {
    let mut walk = Walk::begin(person, address).await;
    walk.keep(consumer("by-hand", "somebody", &[])).await;
    walk.prepare(method).await;
    walk
}

/// A new version whose making nobody has answered, at a place that answers again.
async fn lost_version(arrives: bool) -> (OpenBao, Hostile, Walk) {
    let server = OpenBao::start().await.unwrap();
    server.call("POST", "sys/mounts/transit", json!({"type": "transit"})).await.unwrap();
    server.call("POST", &openbao::path("keys"), json!({"type": "ed25519"})).await.unwrap();
    let (hostile, line) = line(server.address(), rotates, arrives).await;
    let address = openbao::address(&hostile.address());
    let mut walk = prepared(openbao::person(&hostile.address()).await, &address, "new-version").await;
    loses(&mut walk, &line).await;
    line.set(WHOLE);
    (server, hostile, walk)
}

fn rotates(asked: &Asked) -> bool {
    asked.path.ends_with("/rotate")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_whose_answer_is_lost_is_found_and_made_once() {
    let (server, hostile, mut walk) = lost_version(true).await;
    walk.check().await.unwrap();
    assert_eq!(walk.now.orders.last().unwrap().state, "done");
    assert_eq!(walk.now.new.as_ref().unwrap().version.as_deref(), Some("2"));
    conflict(&walk.refuses_step("create").await, "the new material is there already");
    assert_eq!(openbao::newest(&server).await, 2);
    assert_eq!(hostile.forwarded().iter().filter(|asked| rotates(asked)).count(), 1);
    walk.go_on("distribute").await;
}

/// A start finds it out as well, without being asked.
#[tokio::test(flavor = "multi_thread")]
async fn a_later_start_finds_it_out_by_itself() {
    let (server, _hostile, mut walk) = lost_version(true).await;
    walk.person.again().await;
    walk.now = walk.open().await;
    assert_eq!(walk.now.new.as_ref().unwrap().version.as_deref(), Some("2"));
    assert_eq!(openbao::newest(&server).await, 2);
}

/// What never arrived is seen not to be there, and can be made then.
#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_was_never_asked_for_is_made_when_it_is_asked_for_again() {
    let (server, _hostile, mut walk) = lost_version(false).await;
    walk.check().await.unwrap();
    let order = walk.now.orders.last().unwrap();
    assert!(order.state == "not-done" && order.because.is_some(), "{order:?}");
    assert_eq!(openbao::newest(&server).await, 1);
    walk.person.allow_changes().await;
    walk.step("create").await;
    assert_eq!(openbao::newest(&server).await, 2);
}

fn creates(asked: &Asked) -> bool {
    asked.operation() == "TrentService.CreateKey"
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_whose_answer_is_lost_is_found_and_made_once() {
    let server = AmazonServer::fakecloud().await.unwrap();
    let old = amazon::make(&server, "ECC_NIST_P256", "SIGN_VERIFY", Some(ALIAS)).await;
    let (hostile, line) = line(server.endpoint(), creates, true).await;
    let mut walk = prepared(amazon::person(&hostile.address()).await, &old, "new-key").await;
    loses(&mut walk, &line).await;
    line.set(WHOLE);
    walk.check().await.unwrap();
    let (made, keys) = (amazon::id(&walk.made()), amazon::keys(&server).await);
    assert!(keys.len() == 2 && keys.contains(&made) && made != amazon::id(&old), "{keys:?}");
    assert_eq!(amazon::target(&server, ALIAS).await, amazon::id(&old));
    walk.go_on("distribute").await;
}
