//! Every step of an import whose answer is lost, whether it arrived or not: it is asked what became of it, the key is
//! wrapped anew where that is needed, and nothing is made twice. What is sent to the source's vault is in [`inside`].

mod inside;

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use contract::NameImport;
use serde_json::json;
use servers::{
    AmazonServer, OpenBao,
    fixtures::amazon::REGION,
    hostile::{Asked, Hostile, Said},
};

use crate::carrier::{CLOUD, Carrier, kms, person, transit};

const WHOLE: u8 = 0;
/// The next request that changes something is the last that arrives.
const ARMED: u8 = 1;
const DOWN: u8 = 2;

/// A line to a place, and how it is.
struct Line {
    hostile: Hostile,
    state: Arc<AtomicU8>,
}

impl Line {
    async fn to(upstream: &str, changes: fn(&Asked) -> bool, arrives: bool) -> Self {
        let state = Arc::new(AtomicU8::new(WHOLE));
        let of_script = Arc::clone(&state);
        let script = move |asked: &Asked| match of_script.load(Ordering::SeqCst) {
            ARMED if changes(asked) => {
                of_script.store(DOWN, Ordering::SeqCst);
                if arrives { Said::Afterwards(Box::new(Said::Reset)) } else { Said::Reset }
            }
            DOWN => Said::Reset,
            _ => Said::Real,
        };
        Self { hostile: Hostile::before(upstream, Arc::new(script)).await.unwrap(), state }
    }

    fn set(&self, state: u8) {
        self.state.store(state, Ordering::SeqCst);
    }

    /// How many such requests came, and how many of them reached the place.
    fn counts(&self, of: fn(&Asked) -> bool) -> (usize, usize) {
        let count = |asked: Vec<Asked>| asked.iter().filter(|one| of(one)).count();
        (count(self.hostile.asked()), count(self.hostile.forwarded()))
    }
}

fn kms_changes(asked: &Asked) -> bool {
    ["TrentService.CreateKey", "TrentService.ImportKeyMaterial"].contains(&asked.operation())
}

/// Takes a step whose answer is lost. The app ends and starts anew while nobody answers still, then the line is whole.
async fn lose(carrier: &mut Carrier, line: &Line, step: &str) {
    confirm_in_vain(carrier, line, step).await;
    carrier.person.again().await;
    check(carrier, line, step).await;
}

/// The same where the app goes on without an end: what is in memory alone stays there.
async fn lose_awake(carrier: &mut Carrier, line: &Line, step: &str) {
    confirm_in_vain(carrier, line, step).await;
    check(carrier, line, step).await;
}

async fn confirm_in_vain(carrier: &Carrier, line: &Line, step: &str) {
    let plan = carrier.plan(step).await.unwrap();
    line.set(ARMED);
    let lost = carrier.confirm(step, &plan).await;
    let state = lost.as_ref().map(|import| import.orders.last().unwrap().state.clone());
    assert!(state.as_ref().map_or(true, |state| state == "live"), "{step}: {state:?}");
    assert_eq!(line.state.load(Ordering::SeqCst), DOWN, "nothing was sent");
}

/// Nobody answers still: it is not known how the order ended. Then the place answers again, and is asked.
async fn check(carrier: &mut Carrier, line: &Line, step: &str) {
    let request = NameImport { import: carrier.id() };
    carrier.now = carrier.person.app().open_import(request.clone()).await.unwrap();
    assert_eq!(carrier.now.orders.last().unwrap().state, "live", "{step}");
    assert!(carrier.now.locks[step].because.contains("it is not known yet how order"), "{step}");
    line.set(WHOLE);
    carrier.person.allow_changes().await;
    carrier.now = carrier.person.app().check_import(request).await.unwrap();
}

/// Which end the order has now.
fn end(carrier: &Carrier) -> String {
    carrier.now.orders.last().unwrap().state.clone()
}

async fn the_cloud_does_not_answer(arrives: bool) {
    let vault = OpenBao::start().await.unwrap();
    vault.call("POST", "sys/mounts/transit", json!({"type": "transit"})).await.unwrap();
    vault.call("POST", "transit/keys/rsa", json!({"type": "rsa-2048", "exportable": true})).await.unwrap();
    let cloud = AmazonServer::localstack().await.unwrap();
    let line = Line::to(cloud.endpoint(), kms_changes, arrives).await;
    let person = person(vault.address(), &line.hostile.address()).await;
    let mut carrier = Carrier::begin(person, (CLOUD, REGION), "RSA 2048", "", transit("rsa")).await.calm();
    lose(&mut carrier, &line, "prepare").await;
    match arrives {
        // It is there, and its alias is still to be given: the order is gone on with.
        true => assert_eq!(end(&carrier), "done"),
        false => {
            assert_eq!(end(&carrier), "not-done");
            carrier.step("prepare").await;
        }
    }
    assert_eq!(kms(&cloud, "ListKeys", json!({})).await["Keys"].as_array().unwrap().len(), 1);
    carrier.wrap().await;
    lose(&mut carrier, &line, "import").await;
    match arrives {
        true => assert_eq!(end(&carrier), "done"),
        false => {
            assert_eq!(end(&carrier), "not-done");
            assert!(carrier.now.locks["import"].because.contains("not in memory"), "{:?}", carrier.now.locks);
            carrier.wrap().await;
            carrier.step("import").await;
        }
    }
    carrier.prove().await;
    assert!(carrier.holds() && carrier.identifies());
    carrier.finish().await;
    let sent = line.hostile.forwarded();
    let imports = sent.iter().filter(|asked| asked.operation() == "TrentService.ImportKeyMaterial").count();
    assert_eq!(imports, 1, "it was brought twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrived_in_the_cloud_is_found_and_not_sent_again() {
    the_cloud_does_not_answer(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_did_not_arrive_in_the_cloud_is_wrapped_and_sent_anew() {
    the_cloud_does_not_answer(false).await;
}
