//! Changes in the window: a key disabled, scheduled for its deletion and taken back; one made although the network
//! dropped; and none at all while the connection is read-only, whoever asks.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use serde_json::{Value, json};
use servers::{
    AmazonServer,
    fixtures::amazon::{self, REGION},
    hostile::{Asked, Hostile, Said},
};

use crate::{
    amazon::{connect_to, credentials},
    desktop::Desktop,
    journey,
};

const KEY: &str = "ecc-p256";

/// The state of the key with that alias, as the server itself tells it.
async fn state(server: &AmazonServer, name: &str) -> String {
    let body = json!({ "KeyId": format!("alias/{name}") });
    let told = server.call(REGION, "TrentService.DescribeKey", body).await.unwrap();
    told["KeyMetadata"]["KeyState"].as_str().unwrap().to_owned()
}

/// The ids of all keys of the Region.
async fn keys(server: &AmazonServer) -> Vec<String> {
    let told = server.call(REGION, "TrentService.ListKeys", json!({ "Limit": 1000 })).await.unwrap();
    let ids = told["Keys"].as_array().unwrap().iter().map(|key| key["KeyId"].as_str().unwrap().to_owned());
    ids.collect()
}

/// Whether the plan in view can be confirmed: a button that says why not is only marked as disabled.
const CONFIRMABLE: &str = "((button) => !button.disabled && button.getAttribute('aria-disabled') !== 'true')
    (document.querySelector('[data-testid=change-confirm]'))";

/// Begins a change of the item in view.
async fn begin(desktop: &Desktop, title: &str) {
    desktop.click("button", "Change…").await;
    desktop.click("menuitem", title).await;
}

/// Confirms the plan in view and waits until the change has ended so.
pub(crate) async fn confirm(desktop: &Desktop, state: &str) {
    desktop.until(CONFIRMABLE, "it can be confirmed").await;
    desktop.click_on("change-confirm").await;
    let ended = format!("document.querySelector('[data-testid=outcome]')?.dataset.state === {}", json!(state));
    desktop.until(&ended, &format!("the change ended as {state}")).await;
}

/// Calls a command of the core past every button of the window, and gives its answer or its error.
async fn call(desktop: &Desktop, command: &str, request: Value) -> Result<Value, Value> {
    let script = format!(
        "const done = arguments[arguments.length - 1];
         window.__TAURI_INTERNALS__.invoke({}, {{ request: {request} }})
            .then((answer) => done({{ answer }}), (error) => done({{ error }}));",
        json!(command)
    );
    let told = desktop.session().execute_async(script, Vec::new()).await.unwrap().json().clone();
    match told.get("error") {
        Some(error) => Err(error.clone()),
        None => Ok(told["answer"].clone()),
    }
}

#[tokio::test]
async fn a_key_is_disabled_scheduled_for_deletion_and_taken_back() {
    let server = AmazonServer::localstack().await.unwrap();
    amazon::fill(&server).await.unwrap();
    let desktop = Desktop::open(credentials()).await;
    connect_to(&desktop, server.endpoint()).await;
    journey::filter(&desktop, KEY).await;
    desktop.open_row(KEY).await;

    begin(&desktop, "Disable…").await;
    desktop.part_shows("change-plan", "aws kms disable-key").await;
    for theme in ["dark", "light"] {
        desktop.theme(theme).await;
        desktop.has_no_axe_violation(&format!("the plan of a change, {theme}")).await;
        desktop.picture(&format!("change-plan-read-only-{theme}")).await;
    }
    desktop.click("button", "Allow changes for 15 minutes").await;
    confirm(&desktop, "done").await;
    assert_eq!(state(&server, KEY).await, "Disabled");
    desktop.picture("change-done-light").await;
    desktop.click("button", "Close").await;

    begin(&desktop, "Schedule deletion…").await;
    desktop.click("button", "Show the plan").await;
    desktop.part_shows("change-plan", "aws kms schedule-key-deletion").await;
    // Not before the name is typed, and not by Enter.
    let confirmable = desktop.evaluate(&format!("return {CONFIRMABLE}")).await;
    assert_eq!(confirmable, false, "it can be confirmed without its name");
    desktop.fill(&format!("Type {KEY} to confirm"), KEY).await;
    desktop.type_keys(thirtyfour::Key::Enter).await;
    assert_eq!(state(&server, KEY).await, "Disabled");
    desktop.has_no_axe_violation("the name to type").await;
    desktop.picture("change-typed-name-light").await;
    confirm(&desktop, "done").await;
    assert_eq!(state(&server, KEY).await, "PendingDeletion");
    desktop.click("button", "Close").await;
    desktop.part_shows("item-room", "Pending deletion").await;

    begin(&desktop, "Cancel deletion…").await;
    confirm(&desktop, "done").await;
    assert_eq!(state(&server, KEY).await, "Disabled");
    desktop.click("button", "Close").await;

    desktop.click("treeitem", "Activity").await;
    for title in ["Disable", "Schedule", "Cancel"] {
        desktop.part_shows("activity-room", title).await;
    }
    for theme in ["dark", "light"] {
        desktop.theme(theme).await;
        desktop.has_no_axe_violation(&format!("Activity, {theme}")).await;
        desktop.picture(&format!("activity-{theme}")).await;
    }
}

/// The network ends right after the service has made the key, so that its answer is lost. It is found again by reading.
#[tokio::test]
async fn a_key_is_made_once_although_the_network_dropped() {
    let server = AmazonServer::localstack().await.unwrap();
    amazon::fill(&server).await.unwrap();
    let before = keys(&server).await;
    let dropped = Arc::new(AtomicBool::new(false));
    let script = {
        let dropped = Arc::clone(&dropped);
        move |asked: &Asked| match asked.operation() {
            _ if dropped.load(Ordering::SeqCst) => Said::Reset,
            "TrentService.CreateKey" => {
                dropped.store(true, Ordering::SeqCst);
                Said::Afterwards(Box::new(Said::Reset))
            }
            _ => Said::Real,
        }
    };
    let hostile = Hostile::before(server.endpoint(), Arc::new(script)).await.unwrap();
    let desktop = Desktop::open(credentials()).await;
    connect_to(&desktop, &hostile.address()).await;

    new_key(&desktop).await;
    desktop.click("button", "Show the plan").await;
    desktop.part_shows("change-plan", "aws kms create-key").await;
    desktop.click("button", "Allow changes for 15 minutes").await;
    confirm(&desktop, "unknown").await;
    desktop.part_shows("outcome", "It was sent once").await;
    desktop.picture("change-unknown-light").await;
    let made: Vec<String> = keys(&server).await.into_iter().filter(|id| !before.contains(id)).collect();
    assert_eq!(made.len(), 1, "{made:?}");

    dropped.store(false, Ordering::SeqCst);
    desktop.click("button", "Check now").await;
    desktop.until("document.querySelector('[data-testid=outcome]')?.dataset.state === 'done'", "it was found").await;
    desktop.picture("change-found-light").await;
    desktop.click("button", "Open the item").await;
    desktop.part_shows("item-room", &made[0]).await;
    let sent = hostile.forwarded().iter().filter(|asked| asked.operation() == "TrentService.CreateKey").count();
    assert_eq!((sent, keys(&server).await.len()), (1, before.len() + 1));
}

/// The form of a new key in the Region.
async fn new_key(desktop: &Desktop) {
    desktop.click("treeitem", REGION).await;
    desktop.click("button", "New key…").await;
    desktop.until("document.querySelector('#change-form select')", "the form is there").await;
}

#[tokio::test]
async fn a_change_is_refused_while_read_only_even_when_the_core_is_called_directly() {
    let desktop = journey::practice().await;
    desktop.choose_row("snowflake-etl").await;
    desktop.click("button", "Copy the reference").await;
    let reference = desktop.pasted("the reference", |text| text.contains("practice")).await;
    let target = json!({ "is": "item", "reference": reference });
    let wanted = json!({ "ask": "disable", "target": target, "answers": {}, "secrets": {} });
    let plan = call(&desktop, "plan_change", wanted).await.unwrap();
    let confirmed = json!({ "order": plan["order"], "digest": plan["digest"], "typed": null });
    let refused = call(&desktop, "confirm_change", confirmed.clone()).await.unwrap_err();
    assert_eq!(refused["kind"], "denied", "{refused}");
    assert!(refused["message"].as_str().unwrap().contains("read-only"), "{refused}");
    let journal =
        call(&desktop, "list_journal", json!({ "filter": "", "reference": null, "before": null, "limit": null }));
    assert_eq!(journal.await.unwrap()["entries"], json!([]));

    // The control: the very same call does it once changes are allowed.
    call(&desktop, "set_write_mode", json!({ "connection": "practice", "on": true })).await.unwrap();
    let done = call(&desktop, "confirm_change", confirmed).await.unwrap();
    assert_eq!(done["state"], "done", "{done}");
}
