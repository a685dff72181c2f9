//! A certificate of Azure, renewed with a new key: the server that presents it is looked at before and after it was loaded.

use contract::RotationNote;
use domain::Kind;
use serde_json::{Value, json};
use servers::Presenter;

use crate::{
    azure::{Place, address, versions},
    consumers::consumer,
    hands,
    walk::{Walk, conflict},
};

const NAME: &str = "shop-web";
/// An issuer of the vault, whose root is the fake's own.
const AUTHORITY: &str = "brightwater-ca";

async fn issued(place: &Place, issuer: &str) {
    let policy = json!({
        "key_props": {"kty": "RSA", "key_size": 2048, "exportable": true, "reuse_key": false},
        "secret_props": {"contentType": "application/x-pem-file"},
        "x509_props": {
            "subject": "CN=localhost", "sans": {"dns_names": ["localhost"]}, "validity_months": 12,
            "ekus": ["1.3.6.1.5.5.7.3.1"],
        },
        "issuer": {"name": issuer},
    });
    place.call("POST", &format!("certificates/{NAME}/create"), json!({"policy": policy})).await;
    until_it_answers(place).await;
}

/// What a server loads: the certificate with its key, out of the vault.
async fn exported(place: &Place, version: &str) -> String {
    let told = place.call("GET", &format!("secrets/{NAME}/{version}"), Value::Null).await;
    told["value"].as_str().unwrap().to_owned()
}

/// Until the certificate would be made; the consumer's number.
async fn prepared(place: &Place, address_of_server: &str, authority: &str) -> (Walk, String) {
    let mut walk = Walk::begin(place.person().await, &address(&format!("certificates/{NAME}"))).await;
    let fields = [("address", address_of_server), ("authority", authority)];
    let server = walk.keep(consumer("tls-endpoint", "shop", &fields)).await;
    walk.prepare("renew").await;
    (walk, server)
}

/// Asks an authority that takes its time. As long as it has not answered, that is not taken for an end.
async fn asks_the_authority(walk: &mut Walk, place: &Place) {
    let plan = walk.plan("create").await.unwrap();
    // It goes on with each look, and how many the app takes is the app's affair.
    if let Err(early) = walk.confirm("create", &plan).await {
        conflict(&early, "the place does not show the new version yet");
        walk.now = walk.open().await;
        assert_eq!(walk.now.orders.last().unwrap().state, "live");
        conflict(&walk.refuses_step("create").await, "it is not known yet how order");
    }
    until_it_answers(place).await;
    walk.check().await.unwrap();
}

/// Each look lets the fake's authority go on.
async fn until_it_answers(place: &Place) {
    while place.call("GET", &format!("certificates/{NAME}/pending"), Value::Null).await["status"] == "inProgress" {}
}

async fn issuer(place: &Place, name: &str) {
    place.call("PUT", &format!("certificates/issuers/{name}"), json!({"provider": "DigiCert"})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_done_when_it_presents_the_new_certificate() {
    let place = Place::start().await;
    issuer(&place, AUTHORITY).await;
    issued(&place, AUTHORITY).await;
    let first = exported(&place, "").await;
    let presenter = Presenter::start(&first).await.unwrap();
    let authority = std::fs::read_to_string(place.server.ca_file()).unwrap();
    let (mut walk, server) = prepared(&place, &presenter.address(), &authority).await;
    asks_the_authority(&mut walk, &place).await;
    assert_eq!(walk.now.orders.last().unwrap().state, "done");
    assert_eq!(versions(&place, &format!("certificates/{NAME}")).await.len(), 2);
    walk.go_on("distribute").await;
    conflict(&walk.refuses_look(&server).await, "presents a certificate of the old key");
    let (old, new) = (walk.now.old.version.clone().unwrap(), walk.now.new.clone().unwrap().version.unwrap());
    let second = exported(&place, &new).await;
    assert_ne!(hands::spki_of_certificate(&first), hands::spki_of_certificate(&second));
    presenter.load(&second).unwrap();
    walk.look(&server).await;
    assert!(walk.works(&server));
    walk.go_on("verify").await;
    walk.go_on("switch").await;
    walk.note(RotationNote::ConfirmSwitch { evidence: "the shop presents it".to_owned() }).await;
    walk.go_on("retire").await;
    walk.step("disable-old").await;
    for (path, enabled) in [(old.as_str(), false), (new.as_str(), true), ("", true)] {
        let told = place.call("GET", &format!("certificates/{NAME}/{path}"), Value::Null).await;
        assert_eq!(told["attributes"]["enabled"], enabled, "{path}");
    }
    walk.note(RotationNote::Finish { evidence: String::new() }).await;
    walk.is_over("done").await;
}

/// What signed itself cannot be trusted before it is made, so nobody but its owner can say that it is presented: it is
/// not taken for the new one on a look that trusts nothing.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_signed_itself_is_refused_and_the_plan_stays() {
    let place = Place::start().await;
    issued(&place, "Self").await;
    let first = exported(&place, "").await;
    let presenter = Presenter::start(&first).await.unwrap();
    let authority = &first[first.find("-----BEGIN CERTIFICATE").unwrap()..];
    let (mut walk, server) = prepared(&place, &presenter.address(), authority).await;
    walk.step("create").await;
    walk.go_on("distribute").await;
    conflict(&walk.refuses_look(&server).await, "presents a certificate of the old key");
    presenter.load(&exported(&place, &walk.now.new.clone().unwrap().version.unwrap()).await).unwrap();
    let unknown = walk.refuses_look(&server).await;
    assert_eq!(unknown.kind(), Kind::Interrupted, "{unknown:?}");
    let other = walk.keep(consumer("by-hand", "who looks at it", &[])).await;
    walk.note(RotationNote::Join { consumer: other.clone() }).await;
    walk.takes_its_word(&other).await;
    walk.note(RotationNote::LeaveOut { consumer: server, evidence: "it is looked at by hand".to_owned() }).await;
    walk.go_on("verify").await;
}

/// What was asked for and will never come is no reason to wait for ever.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_its_authority_refuses_can_be_asked_for_again() {
    let place = Place::start().await;
    for name in [AUTHORITY, "fails"] {
        issuer(&place, name).await;
    }
    issued(&place, AUTHORITY).await;
    let policy = format!("certificates/{NAME}/policy");
    place.call("PATCH", &policy, json!({"issuer": {"name": "fails"}})).await;
    let (mut walk, _) = prepared(&place, "localhost:9", "").await;
    asks_the_authority(&mut walk, &place).await;
    let order = walk.now.orders.last().unwrap();
    assert_eq!(order.state, "not-done", "{order:?}");
    assert!(order.because.as_ref().unwrap().contains("the domain is not validated"), "{order:?}");
    place.call("PATCH", &policy, json!({"issuer": {"name": AUTHORITY}})).await;
    asks_the_authority(&mut walk, &place).await;
    assert_eq!(walk.now.orders.last().unwrap().state, "done");
    walk.go_on("distribute").await;
}
