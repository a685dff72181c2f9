//! A key of Azure: every version disabled, deleted, recovered, deleted again, and purged.

use domain::Environment;
use serde_json::{Value, json};
use servers::{Azure, Vault, fixtures::azure::SECRET};

use crate::{
    person::{Person, draft},
    walk::{Walk, conflict},
};

const VAULT: Vault<'static> = Vault::new("brightwater");

/// The fake with one vault, and an owner who may do everything there.
struct Place {
    server: Azure,
    token: String,
}

impl Place {
    async fn start() -> Self {
        let server = Azure::start(&[VAULT]).await.unwrap();
        let everywhere = format!("/subscriptions/{}", Azure::SUBSCRIPTION);
        let role = json!({"role": "Key Vault Administrator", "scope": everywhere});
        let owner = json!({"client_id": "owner", "secret": SECRET, "manager": true, "roles": [role]});
        server.identity(owner).await.unwrap();
        let token = server.token("owner", SECRET, "https://vault.azure.net").await.unwrap();
        Self { server, token }
    }

    /// One call past the app.
    async fn call(&self, method: &str, path: &str, body: Value) -> Value {
        self.server.must(&self.token, method, &VAULT.host(), path, body).await.unwrap()
    }

    async fn person(&self) -> Person {
        let (resolve, ca) = (self.server.resolve(), self.server.ca_file().display().to_string());
        let vault = format!("https://{}", VAULT.host());
        let answers = [
            ("auth", "client-secret"),
            ("tenant", Azure::TENANT),
            ("client_id", "owner"),
            ("ca", &ca),
            ("resolve", &resolve),
            ("vaults", &vault),
        ];
        Person::new(draft("azure", &answers, &[("client_secret", SECRET)]), Environment::default()).await
    }

    /// How many versions of the key can be used.
    async fn usable(&self, key: &str) -> usize {
        let listed = self.call("GET", &format!("{key}/versions"), Value::Null).await;
        listed["value"].as_array().unwrap().iter().filter(|one| one["attributes"]["enabled"] == true).count()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_version_is_disabled_then_it_is_deleted_recovered_and_purged() {
    const KEY: &str = "keys/old";
    let place = Place::start().await;
    for _ in 0..2 {
        place.call("POST", &format!("{KEY}/create"), json!({"kty": "RSA", "key_size": 2048})).await;
    }
    let address = format!("https://{}/{KEY}", VAULT.host());
    let mut walk = Walk::begin(place.person().await, &address).await;
    let notes: Vec<String> =
        walk.now.evidence.iter().flat_map(|seen| &seen.findings).map(|finding| finding.says.clone()).collect();
    assert!(notes.iter().any(|says| says.contains("it can be recovered")), "{notes:?}");
    assert!(walk.now.facts.iter().any(|fact| fact.says.contains("purge protection")));
    walk.hurry(30).await;
    walk.speak_for_all().await;
    walk.go_on("disable").await;
    walk.step("disable").await;
    walk.is_at("disable");
    assert_eq!(place.usable(KEY).await, 1);
    walk.step("disable").await;
    walk.is_at("soak");
    assert_eq!(place.usable(KEY).await, 0);
    walk.go_on("schedule").await;
    walk.step("schedule").await;
    walk.is_at("waiting");
    assert!(walk.now.row.ends.is_some());
    walk.step("cancel").await;
    walk.is_at("schedule");
    walk.step("enable").await;
    walk.step("enable").await;
    walk.is_at("evidence");
    assert_eq!(place.usable(KEY).await, 2);
    walk.speak_for_all().await;
    walk.go_on("disable").await;
    walk.step("disable").await;
    walk.step("disable").await;
    walk.go_on("schedule").await;
    walk.step("schedule").await;
    conflict(&walk.refuses_step("schedule").await, "belongs to \"schedule\"");
    walk.step("destroy").await;
    walk.is_over("done").await;
}
