//! A key of Azure: a new version beside the old one, which alone is disabled, and enabled when it is taken back.

use base64ct::{Base64UrlUnpadded, Encoding};
use contract::RotationNote;
use domain::Environment;
use serde_json::{Value, json};
use servers::{Azure, Vault, fixtures::azure::SECRET};

use crate::{
    consumers::consumer,
    hands,
    person::{Person, draft},
    walk::{Walk, conflict, text},
};
use servers::keys::is_in;

pub(crate) const VAULT: Vault<'static> = Vault::new("brightwater");

/// The fake with one vault, and an owner who may do everything there.
pub(crate) struct Place {
    pub(crate) server: Azure,
    token: String,
}

impl Place {
    pub(crate) async fn start() -> Self {
        let server = Azure::start(&[VAULT]).await.unwrap();
        let everywhere = format!("/subscriptions/{}", Azure::SUBSCRIPTION);
        let role = json!({"role": "Key Vault Administrator", "scope": everywhere});
        let owner = json!({"client_id": "owner", "secret": SECRET, "manager": true, "roles": [role]});
        server.identity(owner).await.unwrap();
        let token = server.token("owner", SECRET, "https://vault.azure.net").await.unwrap();
        Self { server, token }
    }

    /// One call past the app.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Value) -> Value {
        self.server.must(&self.token, method, &VAULT.host(), path, body).await.unwrap()
    }

    pub(crate) async fn person(&self) -> Person {
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

    /// Whether that version is enabled; the newest without one.
    async fn is_enabled(&self, path: &str, version: &str) -> bool {
        self.call("GET", &format!("{path}/{version}"), Value::Null).await["attributes"]["enabled"] == true
    }
}

pub(crate) fn address(path: &str) -> String {
    format!("https://{}/{path}", VAULT.host())
}

/// The versions of an object, in no order.
pub(crate) async fn versions(place: &Place, path: &str) -> Vec<String> {
    let listed = place.call("GET", &format!("{path}/versions"), Value::Null).await;
    let of = |one: &Value| {
        let id = one["kid"].as_str().or_else(|| one["id"].as_str()).unwrap();
        id.rsplit('/').next().unwrap().to_owned()
    };
    listed["value"].as_array().unwrap().iter().map(of).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_version_alone_is_disabled_and_enabled_again() {
    const KEY: &str = "keys/deploy-sign";
    let place = Place::start().await;
    place.call("POST", &format!("{KEY}/create"), json!({"kty": "RSA", "key_size": 2048})).await;
    let mut walk = Walk::begin(place.person().await, &address(KEY)).await;
    let github = walk.keep(consumer("github-key", "deploy", &[("place", "brightwater/shop")])).await;
    let entra = walk.keep(consumer("entra-app", "reports", &[("app", "11112222"), ("token_minutes", "0")])).await;
    let hand = walk.keep(consumer("by-hand", "the printer", &[("how", "Its panel has a page for it.")])).await;
    walk.prepare("new-version").await;
    walk.note(RotationNote::Pin { evidence: "the version stands in the pipeline".to_owned() }).await;
    walk.step("create").await;
    let (old, new) = (walk.now.old.version.clone().unwrap(), walk.now.new.clone().unwrap().version.unwrap());
    assert_eq!(versions(&place, KEY).await.len(), 2);
    walk.go_on("distribute").await;

    // GitHub shows the fingerprint of the line that it was given.
    let line = text(&walk.run(&github).update, 0);
    let told = place.call("GET", &format!("{KEY}/{new}"), Value::Null).await;
    let number = Base64UrlUnpadded::decode_vec(told["key"]["n"].as_str().unwrap()).unwrap();
    let read = hands::openssh(&line);
    assert!(read.windows(number.len()).any(|window| window == number), "{line} is not of version {new}");
    let shown = hands::ssh_fingerprint(&line);
    assert!(walk.run(&github).message.contains(&shown), "{}", walk.run(&github).message);
    walk.note(RotationNote::Tell { consumer: github.clone() }).await;
    let word = RotationNote::Succeed { consumer: github.clone(), instances: 1, evidence: "said".to_owned() };
    assert!(walk.refuses(word).await.message().contains("not taken on a word"));
    let paste = |pasted: &str| RotationNote::PasteFingerprint { consumer: github.clone(), pasted: pasted.to_owned() };
    walk.refuses(paste("SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")).await;
    walk.note(paste(&shown)).await;
    assert!(walk.works(&github));
    walk.takes_its_word(&entra).await;
    walk.takes_its_word(&hand).await;
    walk.go_on("verify").await;
    walk.go_on("switch").await;
    walk.note(RotationNote::ConfirmSwitch { evidence: "the new version stands in the pipeline".to_owned() }).await;
    walk.go_on("retire").await;
    for consumer in [&github, &entra] {
        conflict(&walk.refuses_step("disable-old").await, "the old key is not taken away from");
        let evidence = "its page lists one key".to_owned();
        walk.note(RotationNote::RemoveOld { consumer: consumer.clone(), evidence }).await;
    }
    walk.step("disable-old").await;
    assert!(!place.is_enabled(KEY, &old).await && place.is_enabled(KEY, &new).await && place.is_enabled(KEY, "").await);
    assert_eq!(walk.absent(), ["switch", "delete-old", "keep-old", "switch-back", "disable-new"]);

    walk.note(RotationNote::RollBack { reason: "the printer signs no more".to_owned() }).await;
    let back = RotationNote::ConfirmSwitchBack { evidence: "the old version stands in the pipeline".to_owned() };
    conflict(&walk.refuses(back.clone()).await, "the old material is disabled");
    walk.step("enable-old").await;
    assert!(place.is_enabled(KEY, &old).await && place.is_enabled(KEY, &new).await);
    for consumer in [&github, &entra, &hand] {
        let evidence = "it has the old key".to_owned();
        walk.note(RotationNote::TellBack { consumer: consumer.clone(), evidence }).await;
    }
    walk.note(back).await;
    walk.note(RotationNote::FinishRollBack).await;
    walk.is_over("rolled-back").await;
    assert_eq!(versions(&place, KEY).await.len(), 2, "what was made stays");
}

/// The control: of another key, a set has nothing.
#[test]
fn a_set_of_another_key_is_told_apart() {
    let set = json!({"keys": [{"kty": "RSA", "n": Base64UrlUnpadded::encode_string(&[7; 256]), "e": "AQAB"}]});
    assert!(is_in(&set.to_string(), &[&[0][..], &[7; 256], &[2, 3, 1, 0, 1]].concat()));
    assert!(!is_in(&set.to_string(), &[&[0][..], &[8; 256], &[2, 3, 1, 0, 1]].concat()));
}
