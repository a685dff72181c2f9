//! KMS keys and secrets: disabled, soaked, scheduled and called back; a use inside the window is refused with what is
//! known of it.

use std::sync::Arc;

use contract::DestructionNote;
use domain::{Environment, Kind, Timestamp};
use serde_json::{Value, json};
use servers::{
    AmazonServer, Credentials,
    fixtures::amazon::{REGION, last_usage},
    hostile::{Asked, Hostile, Said},
};

use crate::{
    person::{Person, draft},
    walk::{Walk, begin, conflict, not_begun},
};

/// A person at that server, over this address.
pub(crate) async fn person(endpoint: &str) -> Person {
    let Credentials { access_key_id, secret_access_key } = Credentials::root();
    let mut environment = Environment::default();
    environment.variables.insert("AWS_ACCESS_KEY_ID".into(), access_key_id);
    environment.variables.insert("AWS_SECRET_ACCESS_KEY".into(), secret_access_key);
    Person::new(draft("aws", &[("endpoint_url", endpoint), ("regions", REGION)], &[]), environment).await
}

pub(crate) async fn kms(server: &AmazonServer, operation: &str, body: Value) -> Value {
    server.call(REGION, &format!("TrentService.{operation}"), body).await.unwrap()
}

/// A key; its ARN.
pub(crate) async fn make(server: &AmazonServer) -> String {
    let made = kms(server, "CreateKey", json!({"Description": "nobody knows"})).await;
    made["KeyMetadata"]["Arn"].as_str().unwrap().to_owned()
}

pub(crate) async fn state(server: &AmazonServer, key: &str) -> String {
    let told = kms(server, "DescribeKey", json!({"KeyId": key})).await;
    told["KeyMetadata"]["KeyState"].as_str().unwrap().to_owned()
}

/// The server with a memory of uses.
async fn remembering(server: &AmazonServer, used: Option<Timestamp>) -> Hostile {
    let script = move |asked: &Asked| match asked.operation() {
        "TrentService.GetKeyLastUsage" => Said::Json(200, last_usage(used.map(|used| used.as_second()), 90 * 86_400)),
        _ => Said::Real,
    };
    Hostile::before(server.endpoint(), Arc::new(script)).await.unwrap()
}

async fn goes_the_whole_way(server: AmazonServer) {
    let key = make(&server).await;
    let line = remembering(&server, None).await;
    let mut walk = Walk::begin(person(&line.address()).await, &key).await;
    assert_eq!(walk.now.evidence.as_ref().unwrap().last_use, "not-since");
    assert_eq!(walk.absent(), ["permit", "forbid", "destroy"]);
    assert_eq!((walk.now.least_wait_days, walk.now.most_wait_days), (Some(7), Some(30)));
    walk.hurry(7).await;
    walk.speak_for_all().await;
    walk.go_on("disable").await;
    walk.step("disable").await;
    assert_eq!(state(&server, &key).await, "Disabled");
    walk.go_on("schedule").await;
    walk.step("schedule").await;
    assert_eq!(state(&server, &key).await, "PendingDeletion");
    let ends: Timestamp = walk.now.row.ends.as_ref().unwrap().parse().unwrap();
    let days = (ends.as_second() - Timestamp::now().as_second()) / 86_400;
    assert!((6..=8).contains(&days), "{days} days");
    conflict(&walk.refuses_step("schedule").await, "belongs to \"schedule\"");
    conflict(&walk.refuses_step("enable").await, "its destruction is ordered");
    walk.step("cancel").await;
    assert_eq!(state(&server, &key).await, "Disabled");
    walk.step("enable").await;
    assert_eq!(state(&server, &key).await, "Enabled");
    walk.note(DestructionNote::Keep { reason: "found its owner".to_owned() }).await;
    let sheet = walk.is_over("kept").await;
    assert_eq!(sheet["evidence"]["source"], "kms:GetKeyLastUsage");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_localstack_goes_the_whole_way_and_back() {
    goes_the_whole_way(AmazonServer::localstack().await.unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_fakecloud_goes_the_whole_way_and_back() {
    goes_the_whole_way(AmazonServer::fakecloud().await.unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_used_inside_the_window_is_refused_with_the_evidence() {
    let server = AmazonServer::fakecloud().await.unwrap();
    let key = make(&server).await;
    let used = Timestamp::from_second(Timestamp::now().as_second() - 3 * 86_400).unwrap();
    let line = remembering(&server, Some(used)).await;
    let mut walk = Walk::begin(person(&line.address()).await, &key).await;
    let evidence = walk.now.evidence.as_ref().unwrap();
    assert!(evidence.last_use_says.contains("Decrypt") && evidence.last_use_says.contains("e-42"), "{evidence:?}");
    walk.speak_for_all().await;
    let day = used.strftime("%Y-%m-%d").to_string();
    conflict(&walk.refuses(DestructionNote::GoOn).await, &format!("it was used on {day} (Decrypt), within 30 days"));
    let lock = walk.now.locks.get("go-on").unwrap();
    let opens: Timestamp = lock.until.as_ref().unwrap().parse().unwrap();
    assert_eq!(opens.as_second(), used.as_second() + 30 * 86_400);
    let away = DestructionNote::Acknowledge { finding: "use:unknown".to_owned(), reason: "a test".to_owned() };
    assert_eq!(walk.refuses(away).await.kind(), Kind::NotFound, "an observed use is not spoken away");
    assert_eq!(state(&server, &key).await, "Enabled");
}

/// The use comes up only when the item is disabled already: the soak stops.
#[tokio::test(flavor = "multi_thread")]
async fn a_use_that_is_told_late_stops_the_soak() {
    let server = AmazonServer::fakecloud().await.unwrap();
    let key = make(&server).await;
    let used = Timestamp::from_second(Timestamp::now().as_second() - 60).unwrap();
    let late = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let told_now = Arc::clone(&late);
    let script = move |asked: &Asked| match asked.operation() {
        "TrentService.GetKeyLastUsage" => {
            let used = told_now.load(std::sync::atomic::Ordering::SeqCst).then_some(used.as_second());
            Said::Json(200, last_usage(used, 90 * 86_400))
        }
        _ => Said::Real,
    };
    let line = Hostile::before(server.endpoint(), Arc::new(script)).await.unwrap();
    let mut walk = Walk::begin(person(&line.address()).await, &key).await;
    walk.hurry(7).await;
    walk.speak_for_all().await;
    walk.go_on("disable").await;
    walk.step("disable").await;
    walk.go_on("schedule").await;
    let plan = walk.plan("schedule").await.unwrap();
    late.store(true, std::sync::atomic::Ordering::SeqCst);
    conflict(&walk.confirm("schedule", &plan).await.unwrap_err(), "before it was disabled");
    assert_eq!(state(&server, &key).await, "Disabled", "nothing was sent");
    walk.now = walk.open().await;
    walk.step("enable").await;
    assert_eq!(state(&server, &key).await, "Enabled");
}

/// Aliases and grants are in the way, each until it is spoken for; what the server does not tell is unknown, not never.
#[tokio::test(flavor = "multi_thread")]
async fn aliases_grants_and_an_untold_use_are_in_the_way() {
    let server = AmazonServer::fakecloud().await.unwrap();
    let key = make(&server).await;
    kms(&server, "CreateAlias", json!({"AliasName": "alias/old", "TargetKeyId": key})).await;
    let grantee = "arn:aws:iam::123456789012:role/backup";
    let grant = json!({"KeyId": key, "GranteePrincipal": grantee, "Operations": ["Decrypt"]});
    kms(&server, "CreateGrant", grant).await;
    let walk = Walk::begin(person(server.endpoint()).await, &key).await;
    let kinds: Vec<&str> = walk.in_the_way().map(|finding| finding.kind.as_str()).collect();
    assert!(kinds.contains(&"alias") && kinds.contains(&"grant"), "{kinds:?}");
    let evidence = walk.now.evidence.as_ref().unwrap();
    assert!(evidence.findings.iter().any(|one| one.says.contains(grantee)), "{evidence:?}");
    println!("fakecloud tells of the last use: {} {}", evidence.last_use, evidence.last_use_says);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_scheduled_and_called_back_and_a_key_of_aws_is_not_begun() {
    let server = AmazonServer::fakecloud().await.unwrap();
    let body = json!({"Name": "old-password", "SecretString": "x", "ClientRequestToken": "0".repeat(32)});
    let made = server.call(REGION, "secretsmanager.CreateSecret", body).await.unwrap();
    let person = person(server.endpoint()).await;
    let mut walk = Walk::begin(person, made["ARN"].as_str().unwrap()).await;
    assert_eq!(walk.absent(), ["disable", "enable", "permit", "forbid", "destroy"]);
    walk.hurry(7).await;
    walk.speak_for_all().await;
    walk.go_on("disable").await;
    // It has no such step: it is only watched.
    walk.go_on("soak").await;
    walk.go_on("schedule").await;
    walk.step("schedule").await;
    walk.is_at("waiting");
    walk.step("cancel").await;
    walk.note(DestructionNote::Keep { reason: "still read by hand".to_owned() }).await;
    walk.is_over("kept").await;
    let absent = format!("arn:aws:kms:{REGION}:123456789012:key/00000000-0000-0000-0000-000000000000");
    let begun = begin(&walk.person, &[&absent]).await.unwrap();
    not_begun(&begun.refused[0].error, Kind::NotFound, "");
}
