//! Four keys of three places at once: two that count down and are called back from the board, one whose use is told and
//! which is refused with that, and one whose place knows no time to cancel in.

use std::sync::Arc;

use domain::Timestamp;
use serde_json::{Value, json};
use servers::{
    AmazonServer, OpenBao,
    fixtures::{
        amazon::{REGION, last_usage},
        azure::{self, MAIN, SECRET},
    },
    hostile::{Asked, Hostile, Said},
};

use super::{begin, carry_out, does, is_at, locked, open, pictures, settle, speaks_for_all};
use crate::{
    amazon::{connect_to, credentials},
    azure::{OWNER, fill_base},
    desktop::Desktop,
    journey,
};

/// Everything is called so, so that one filter shows it.
const UNUSED: &str = "old-billing";
const USED: &str = "old-orders";
const AZURE: &str = "old-signer";
const TRANSIT: &str = "old-tokens";
const DAY: i64 = 86_400;

/// The places, with a key in each; AWS with one more.
struct Places {
    amazon: AmazonServer,
    /// The line to it, which tells when a key was last used.
    line: Hostile,
    azure: azure::Filled,
    vault: OpenBao,
}

async fn kms(server: &AmazonServer, operation: &str, body: Value) -> Value {
    server.call(REGION, &format!("TrentService.{operation}"), body).await.unwrap()
}

impl Places {
    async fn start() -> Self {
        let amazon = AmazonServer::fakecloud().await.unwrap();
        for name in [UNUSED, USED] {
            let made = kms(&amazon, "CreateKey", json!({})).await;
            let alias = json!({"AliasName": format!("alias/{name}"), "TargetKeyId": made["KeyMetadata"]["KeyId"]});
            kms(&amazon, "CreateAlias", alias).await;
        }
        let told = kms(&amazon, "DescribeKey", json!({"KeyId": format!("alias/{USED}")})).await;
        let used = told["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned();
        let at = Timestamp::now().as_second() - 3 * DAY;
        let script = move |asked: &Asked| match asked.operation() {
            "TrentService.GetKeyLastUsage" => {
                let is_used = asked.text("KeyId").contains(&used);
                Said::Json(200, last_usage(is_used.then_some(at), 90 * DAY))
            }
            _ => Said::Real,
        };
        let line = Hostile::before(amazon.endpoint(), Arc::new(script)).await.unwrap();
        let azure = azure::start().await.unwrap();
        let places = Self { amazon, line, azure, vault: OpenBao::start().await.unwrap() };
        places.key_vault("POST", &format!("keys/{AZURE}/create"), json!({"kty": "EC", "crv": "P-256"})).await.unwrap();
        places.vault.call("POST", "sys/mounts/transit", json!({"type": "transit"})).await.unwrap();
        places.vault.call("POST", &format!("transit/keys/{TRANSIT}"), json!({})).await.unwrap();
        places
    }

    /// One call to Key Vault past the app.
    async fn key_vault(&self, method: &str, path: &str, body: Value) -> servers::Result<Value> {
        let server = &self.azure.server;
        let token = server.token(OWNER, SECRET, "https://vault.azure.net").await?;
        server.must(&token, method, &MAIN.host(), path, body).await
    }

    async fn state(&self, name: &str) -> String {
        let told = kms(&self.amazon, "DescribeKey", json!({"KeyId": format!("alias/{name}")})).await;
        told["KeyMetadata"]["KeyState"].as_str().unwrap().to_owned()
    }

    /// A window that is connected with all three.
    async fn window(&self) -> Desktop {
        let desktop = Desktop::open(credentials()).await;
        connect_to(&desktop, &self.line.address()).await;
        desktop.type_keys("gc").await;
        fill_base(&desktop, &self.azure.server, "contoso", "Service principal with a client secret").await;
        desktop.fill("Client id", OWNER).await;
        desktop.fill("Client secret", SECRET).await;
        journey::connect(&desktop).await;
        desktop.type_keys("gc").await;
        journey::connect_with_token(&desktop, "bao", self.vault.address(), OpenBao::ROOT_TOKEN).await;
        desktop
    }
}

#[tokio::test]
async fn keys_of_several_clouds_count_down_on_one_board() {
    let places = Places::start().await;
    let desktop = places.window().await;
    journey::filter(&desktop, "old-").await;
    begin(&desktop, &[UNUSED, USED, AZURE, TRANSIT]).await;

    is_refused_with_its_use(&desktop).await;
    assert_eq!(places.state(USED).await, "Enabled");

    let of_unused = counts_down(&desktop, UNUSED).await;
    assert_eq!(places.state(UNUSED).await, "PendingDeletion");
    let of_azure = counts_down(&desktop, AZURE).await;
    places.key_vault("GET", &format!("deletedkeys/{AZURE}"), Value::Null).await.unwrap();
    has_no_time_to_cancel_in(&desktop).await;

    // One board for all of them, from which each is called back.
    on_the_board(&desktop, UNUSED, Some(&of_unused)).await;
    on_the_board(&desktop, AZURE, Some(&of_azure)).await;
    on_the_board(&desktop, USED, None).await;
    pictures(&desktop, "clouds-board").await;
    for name in [UNUSED, AZURE] {
        desktop.evaluate(&format!("{}.click()", line_of(name))).await;
        is_at(&desktop, "waiting").await;
        carry_out(&desktop, name, "cancel", "clouds-cancel").await;
        is_at(&desktop, "schedule").await;
        on_the_board(&desktop, name, None).await;
    }
    assert_eq!(places.state(UNUSED).await, "Disabled");
    let told = places.key_vault("GET", &format!("keys/{AZURE}"), Value::Null).await.unwrap();
    assert_eq!(told["attributes"]["enabled"], false, "it is recovered as it was deleted");
    places.key_vault("GET", &format!("deletedkeys/{AZURE}"), Value::Null).await.unwrap_err();
    pictures(&desktop, "clouds-called-back").await;
}

/// The line of that item among those that end, at home.
fn line_of(name: &str) -> String {
    format!(
        "[...document.querySelectorAll('[data-testid=part-deleting] li button')].find((one) => one.innerText.includes({}))",
        json!(name)
    )
}

/// At home it is told what is `left` of it, in the words of its own room; or nothing of it waits.
async fn on_the_board(desktop: &Desktop, name: &str, left: Option<&str>) {
    desktop.click("treeitem", "Home").await;
    let line = line_of(name);
    let holds = match left {
        Some(left) => format!("{line}?.innerText.includes({})", json!(left)),
        None => format!("{line} && !{line}.innerText.includes(' left')"),
    };
    desktop.until(&holds, &format!("{name} on the board: {left:?}")).await;
}

async fn list(desktop: &Desktop, name: &str) {
    desktop.click("treeitem", "Destructions").await;
    open(desktop, name, "evidence").await;
}

/// A use inside the window is shown with who did what and when, and nobody can speak it away.
async fn is_refused_with_its_use(desktop: &Desktop) {
    list(desktop, USED).await;
    settle(desktop, "Nobody knows what it is for").await;
    desktop.part_shows("last-use", "Decrypt").await;
    desktop.part_shows("last-use", "e-42").await;
    speaks_for_all(desktop).await;
    desktop.part_shows("lock", "within 30 days").await;
    let because = locked(desktop, "go-on").await;
    assert!(because.contains("Decrypt") && because.contains("within 30 days"), "{because}");
    pictures(desktop, "clouds-used").await;
}

/// From the evidence to the countdown; what is left.
async fn counts_down(desktop: &Desktop, name: &str) -> String {
    list(desktop, name).await;
    settle(desktop, "Replaced a year ago").await;
    speaks_for_all(desktop).await;
    pictures(desktop, &format!("clouds-{name}-evidence")).await;
    does(desktop, "go-on").await;
    is_at(desktop, "disable").await;
    carry_out(desktop, name, "disable", &format!("clouds-{name}-disable")).await;
    is_at(desktop, "soak").await;
    does(desktop, "go-on").await;
    is_at(desktop, "schedule").await;
    carry_out(desktop, name, "schedule", &format!("clouds-{name}-schedule")).await;
    is_at(desktop, "waiting").await;
    desktop.part_shows("countdown", " left").await;
    pictures(desktop, &format!("clouds-{name}-countdown")).await;
    desktop.text_of("countdown").await
}

/// A transit key is gone at once: that is said before anything is allowed.
async fn has_no_time_to_cancel_in(desktop: &Desktop) {
    list(desktop, TRANSIT).await;
    settle(desktop, "Replaced a year ago").await;
    assert_eq!(speaks_for_all(desktop).await, ["use"]);
    does(desktop, "go-on").await;
    is_at(desktop, "disable").await;
    desktop.part_shows("destruction-room", "no switch that stops its use").await;
    does(desktop, "go-on").await;
    is_at(desktop, "soak").await;
    does(desktop, "go-on").await;
    is_at(desktop, "schedule").await;
    desktop.part_shows("destruction-room", "gone at once, and for good").await;
    assert!(locked(desktop, "plan:destroy").await.contains("does not allow its deletion yet"));
    pictures(desktop, "clouds-at-once").await;
}
