//! What an import sends to its source's vault: the wrapping key that is loaded there, and its removal. After each lost
//! answer the import goes on to its end, and no wrapping key stays behind.

use contract::{NameImport, NameOrder};
use domain::Kind;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use servers::{AmazonServer, OpenBao, fixtures::amazon::REGION, hostile::Asked};

use super::{ARMED, Line, WHOLE, end, lose, lose_awake};
use crate::carrier::{CLOUD, Carrier, VAULT, inside, kms, person};

fn loads(asked: &Asked) -> bool {
    asked.method != "GET" && asked.path.contains(domain::LOADED) && asked.path.ends_with("/import")
}

/// The second call of the loading.
fn permits(asked: &Asked) -> bool {
    asked.method != "GET" && asked.path.contains(domain::LOADED) && asked.path.ends_with("/config")
}

fn removes(asked: &Asked) -> bool {
    asked.method == "DELETE" && asked.path.contains(domain::LOADED)
}

/// Both places, and the line to the vault, on which such a request is lost.
struct Scene {
    vault: OpenBao,
    cloud: AmazonServer,
    line: Line,
}

impl Scene {
    async fn set(changes: fn(&Asked) -> bool, arrives: bool) -> Self {
        let vault = OpenBao::start().await.unwrap();
        vault.call("POST", "sys/mounts/transit", json!({"type": "transit"})).await.unwrap();
        vault.call("POST", "transit/keys/rsa", json!({"type": "rsa-2048", "exportable": true})).await.unwrap();
        let cloud = AmazonServer::localstack().await.unwrap();
        let line = Line::to(vault.address(), changes, arrives).await;
        Self { vault, cloud, line }
    }

    /// A key pair that is wrapped inside its vault; the key that waits for it is made, and its wrapping key fetched.
    async fn carrier(&self) -> Carrier {
        let person = person(&self.line.hostile.address(), self.cloud.endpoint()).await;
        let mut carrier = Carrier::begin(person, (CLOUD, REGION), "RSA 2048", "", inside("rsa")).await.calm();
        carrier.step("prepare").await;
        carrier.fetch().await;
        carrier
    }

    /// The same with its wrapping key loaded and the key wrapped.
    async fn wrapped(&self) -> Carrier {
        let mut carrier = self.carrier().await;
        carrier.step("load").await;
        carrier.wrap().await;
        carrier
    }

    /// The wrapping keys that are in the vault, as itself says.
    async fn loaded(&self) -> Vec<String> {
        let listed = self.vault.call("LIST", "transit/keys", json!({})).await.unwrap();
        let names = listed["keys"].as_array().unwrap().iter().filter_map(|name| name.as_str());
        names.filter(|name| name.starts_with(domain::LOADED)).map(str::to_owned).collect()
    }

    /// What the import knows of it is what is there.
    async fn is_known(&self, carrier: &Carrier) {
        let named = self.loaded().await.into_iter().map(|name| format!("{VAULT}/transit/keys/{name}"));
        assert_eq!(carrier.now.loaded, named.collect::<Vec<_>>(), "{:?}", carrier.now.log);
    }

    /// From the wrapped key to the end: brought, proven and recorded; nothing was made twice, and nothing is left behind.
    async fn finishes(&self, mut carrier: Carrier) {
        carrier.step("import").await;
        carrier.prove().await;
        assert!(carrier.holds() && carrier.identifies(), "{}", carrier.evidence());
        carrier.finish().await;
        assert_eq!(self.loaded().await, [] as [String; 0]);
        assert_eq!(kms(&self.cloud, "ListKeys", json!({})).await["Keys"].as_array().unwrap().len(), 1);
        let record = carrier.person.app().import_record(NameImport { import: carrier.id() }).await.unwrap();
        let record: Value = serde_json::from_str(&record).unwrap();
        let import = &record["import"];
        assert_eq!((&record["phase"], &import["proof"]["holds"]), (&json!("done"), &json!(true)));
        assert_eq!(import["wrapped"]["sha256"].as_str().map(str::len), Some(64), "{import}");
        assert_eq!(import["orders"].as_array().unwrap().len(), carrier.now.orders.len());
        assert!(import["loaded"].as_array().unwrap().iter().all(|loaded| loaded["removed"] == true), "{import}");
    }

    /// What was in memory alone is gone: another wrapping key is fetched, loaded, used and removed.
    async fn wraps_anew(&self, carrier: &mut Carrier) {
        carrier.fetch().await;
        carrier.step("load").await;
        carrier.wrap().await;
        carrier.step("remove").await;
    }
}

/// Has the rest of the order sent that is out, as a person does in Activity.
async fn goes_on(carrier: &mut Carrier) {
    let order = carrier.now.orders.last().unwrap().order.clone();
    carrier.person.app().continue_order(NameOrder { order }).await.unwrap();
    carrier.now = carrier.person.app().check_import(NameImport { import: carrier.id() }).await.unwrap();
    assert_eq!(end(carrier), "done");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrapping_key_that_arrived_is_found_and_used() {
    let scene = Scene::set(loads, true).await;
    let mut carrier = scene.carrier().await;
    lose_awake(&mut carrier, &scene.line, "load").await;
    assert_eq!(scene.loaded().await.len(), 1);
    // The second of its two calls was not sent, and is not sent by itself.
    assert_eq!((end(&carrier).as_str(), scene.line.counts(permits)), ("live", (0, 0)));
    goes_on(&mut carrier).await;
    scene.is_known(&carrier).await;
    carrier.wrap().await;
    carrier.step("remove").await;
    assert_eq!(scene.line.counts(loads), (1, 1), "it was loaded twice");
    assert_eq!(scene.line.counts(permits), (1, 1));
    scene.finishes(carrier).await;
}

/// After a start, nobody knows any more what was wrapped for: the loaded key is removed, and another one takes its place.
#[tokio::test(flavor = "multi_thread")]
async fn a_wrapping_key_that_is_found_after_a_start_gives_way_to_another() {
    let scene = Scene::set(loads, true).await;
    let mut carrier = scene.carrier().await;
    lose(&mut carrier, &scene.line, "load").await;
    goes_on(&mut carrier).await;
    scene.is_known(&carrier).await;
    carrier.fetch().await;
    assert!(carrier.now.locks["wrap"].because.contains("an earlier wrapping key"), "{:?}", carrier.now.locks);
    assert!(carrier.now.locks["give-up"].because.contains("still in the source's vault"), "{:?}", carrier.now.locks);
    carrier.step("remove").await;
    assert_eq!(scene.line.counts(loads), (1, 1), "it was loaded twice");
    scene.wraps_anew(&mut carrier).await;
    scene.finishes(carrier).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrapping_key_that_did_not_arrive_is_loaded_when_that_is_asked_for_again() {
    let scene = Scene::set(loads, false).await;
    let mut carrier = scene.carrier().await;
    lose(&mut carrier, &scene.line, "load").await;
    assert_eq!((end(&carrier).as_str(), scene.line.counts(loads)), ("not-done", (1, 0)), "it was sent again");
    scene.is_known(&carrier).await;
    scene.wraps_anew(&mut carrier).await;
    assert_eq!(scene.line.counts(loads), (2, 1));
    scene.finishes(carrier).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loading_whose_second_answer_was_lost_is_found_to_be_done() {
    let scene = Scene::set(permits, true).await;
    let mut carrier = scene.carrier().await;
    lose_awake(&mut carrier, &scene.line, "load").await;
    assert_eq!(end(&carrier), "done");
    scene.is_known(&carrier).await;
    carrier.wrap().await;
    carrier.step("remove").await;
    assert_eq!((scene.line.counts(loads), scene.line.counts(permits)), ((1, 1), (1, 1)), "it was sent twice");
    scene.finishes(carrier).await;
}

/// Its first call made the key, so the key is known although the order did not come to its end: it is not loaded a second
/// time, and the import cannot end while it is there.
#[tokio::test(flavor = "multi_thread")]
async fn a_loading_that_ended_halfway_leaves_nothing_behind() {
    let scene = Scene::set(permits, false).await;
    let mut carrier = scene.carrier().await;
    lose_awake(&mut carrier, &scene.line, "load").await;
    assert_eq!((end(&carrier).as_str(), scene.line.counts(permits)), ("not-done", (1, 0)), "it was sent again");
    scene.is_known(&carrier).await;
    assert!(carrier.now.locks["load"].because.contains("loaded already"), "{:?}", carrier.now.locks);
    assert!(carrier.now.locks.contains_key("give-up"));
    carrier.wrap().await;
    // What was not sent is in the way of its removal, which says so.
    let refused = carrier.plan("remove").await.unwrap_err();
    assert!(refused.kind() == Kind::Unsupported && refused.message().contains("deletion_allowed"), "{refused:?}");
    let name = scene.loaded().await.remove(0);
    let permit = json!({"deletion_allowed": true});
    scene.vault.call("POST", &format!("transit/keys/{name}/config"), permit).await.unwrap();
    carrier.step("remove").await;
    assert_eq!(scene.line.counts(loads), (1, 1), "it was loaded twice");
    scene.finishes(carrier).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_that_arrived_is_found_and_not_sent_again() {
    for restarts in [false, true] {
        let scene = Scene::set(removes, true).await;
        let mut carrier = scene.wrapped().await;
        match restarts {
            false => lose_awake(&mut carrier, &scene.line, "remove").await,
            true => lose(&mut carrier, &scene.line, "remove").await,
        }
        assert_eq!(end(&carrier), "done");
        assert_eq!(scene.line.counts(removes), (1, 1), "it was removed twice");
        scene.is_known(&carrier).await;
        assert!(carrier.now.locks["remove"].because.contains("no wrapping key"), "{:?}", carrier.now.locks);
        if restarts {
            assert!(carrier.now.locks["import"].because.contains("not in memory"), "{:?}", carrier.now.locks);
            scene.wraps_anew(&mut carrier).await;
        }
        scene.finishes(carrier).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_that_did_not_arrive_is_sent_when_that_is_asked_for_again() {
    let scene = Scene::set(removes, false).await;
    let mut carrier = scene.wrapped().await;
    lose(&mut carrier, &scene.line, "remove").await;
    assert_eq!((end(&carrier).as_str(), scene.line.counts(removes)), ("not-done", (1, 0)), "it was sent again");
    scene.is_known(&carrier).await;
    assert_eq!(scene.loaded().await.len(), 1);
    assert!(carrier.now.locks["give-up"].because.contains("still in the source's vault"), "{:?}", carrier.now.locks);
    carrier.step("remove").await;
    assert_eq!(scene.line.counts(removes), (2, 1));
    scene.wraps_anew(&mut carrier).await;
    scene.finishes(carrier).await;
}

/// Somebody else was faster: that is seen when the removal is planned, and keeps the import from nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_wrapping_key_that_somebody_else_removed_is_not_waited_for() {
    let scene = Scene::set(removes, false).await;
    let mut carrier = scene.wrapped().await;
    let name = scene.loaded().await.remove(0);
    scene.vault.call("DELETE", &format!("transit/keys/{name}"), Value::Null).await.unwrap();
    let gone = carrier.plan("remove").await.unwrap_err();
    assert!(gone.kind() == Kind::Conflict && gone.message().contains("gone already"), "{gone:?}");
    carrier.now = carrier.person.app().open_import(NameImport { import: carrier.id() }).await.unwrap();
    scene.is_known(&carrier).await;
    scene.finishes(carrier).await;
}

/// The control: who sends again what was not answered is counted, and is seen to have loaded and removed twice.
#[tokio::test(flavor = "multi_thread")]
async fn control_who_sends_again_is_seen() {
    let scene = Scene::set(|asked| loads(asked) || removes(asked), true).await;
    let name = format!("{}control", domain::LOADED);
    let client = Client::builder().no_proxy().build().unwrap();
    let told = scene.vault.call("GET", "transit/keys/rsa", json!({})).await.unwrap();
    let loading = json!({"type": "rsa-2048", "public_key": told["keys"]["1"]["public_key"]});
    let below = format!("{}/v1/transit/keys/{name}", scene.line.hostile.address());
    let twice = async |method: Method, path: &str, body: Value| {
        scene.line.set(ARMED);
        for again in [false, true] {
            let request = client.request(method.clone(), format!("{below}{path}")).json(&body);
            let answer = request.header("X-Vault-Token", OpenBao::ROOT_TOKEN).send().await;
            assert_eq!(answer.is_ok(), again, "{method}: {answer:?}");
            scene.line.set(WHOLE);
        }
    };
    twice(Method::POST, "/import", loading).await;
    assert_eq!((scene.line.counts(loads), scene.loaded().await), ((2, 2), vec![name.clone()]));
    let permit = json!({"deletion_allowed": true});
    scene.vault.call("POST", &format!("transit/keys/{name}/config"), permit).await.unwrap();
    twice(Method::DELETE, "", Value::Null).await;
    assert_eq!((scene.line.counts(removes), scene.loaded().await), ((2, 2), vec![]));
}
