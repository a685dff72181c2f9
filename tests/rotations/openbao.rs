//! A transit key that signs: a Snowflake user and the readers of a key set accept what it signs, before, during and
//! after, until the old version is gone.

mod back;

use std::collections::BTreeMap;

use base64ct::{Base64, Encoding};
use contract::RotationNote;
use domain::Environment;
use serde_json::{Value, json};
use servers::{OpenBao, Published};

use crate::{
    consumers::consumer,
    hands,
    person::{Person, draft},
    walk::{Walk, conflict, text},
};
use servers::SnowflakeUser as User;
use servers::keys::{is_in, set_of};

const KEY: &str = "payments-sign";
const USER: &str = "ETL_USER";
/// For how long readers of the set may keep it, in seconds: longer than the steps take that lie between.
const KEPT: u64 = 8;
const TOKEN: &[u8] = b"a sign-in of the clients";

/// How the statements are run that are handed out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Hand {
    Careful,
    /// Sets the first slot, whichever was named.
    Careless,
}

/// The place, the consumers, and the clients that sign.
struct World {
    server: OpenBao,
    user: User,
    set: Published,
    /// The version that the clients name; without one, the newest signs.
    named: Option<u32>,
}

impl World {
    async fn start() -> Self {
        let server = OpenBao::start().await.unwrap();
        server.call("POST", "sys/mounts/transit", json!({"type": "transit"})).await.unwrap();
        server.call("POST", &path("keys"), json!({"type": "rsa-2048"})).await.unwrap();
        let first = public_key(&server, 1).await;
        let set = Published::start(&set_of(&first), KEPT).await.unwrap();
        Self { user: User::new(USER, first), server, set, named: None }
    }

    /// What signs now is accepted: the key is in a slot, and each reader of the set has it.
    async fn holds(&self) -> Result<(), String> {
        let version = match self.named {
            Some(version) => version,
            None => newest(&self.server).await,
        };
        let signature = sign(&self.server, version).await.map_err(|refused| format!("nothing is signed: {refused}"))?;
        if !self.user.lets_in(TOKEN, &signature) {
            return Err(format!("version {version} signs, and its key is in no slot"));
        }
        let public = public_key(&self.server, version).await;
        match self.set.every_reader(|set| is_in(set, &public)) {
            true => Ok(()),
            false => Err(format!("version {version} signs, and not every reader has its key")),
        }
    }
}

/// A person at that server, over this address.
pub(crate) async fn person(address: &str) -> Person {
    let secrets = [("token", OpenBao::ROOT_TOKEN)];
    Person::new(draft("vault", &[("address", address), ("auth", "token")], &secrets), Environment::default()).await
}

pub(crate) fn path(what: &str) -> String {
    format!("transit/{what}/{KEY}")
}

pub(crate) fn address(server: &str) -> String {
    format!("{server}/v1/{}", path("keys"))
}

pub(crate) async fn newest(server: &OpenBao) -> u32 {
    let told = server.call("GET", &path("keys"), Value::Null).await.unwrap();
    u32::try_from(told["latest_version"].as_u64().unwrap()).unwrap()
}

async fn public_key(server: &OpenBao, version: u32) -> Vec<u8> {
    let told = server.call("GET", &path("keys"), Value::Null).await.unwrap();
    hands::spki_of_pem(told["keys"][version.to_string()]["public_key"].as_str().unwrap())
}

async fn sign(server: &OpenBao, version: u32) -> Result<Vec<u8>, String> {
    let body = json!({
        "input": Base64::encode_string(TOKEN), "key_version": version, "signature_algorithm": "pkcs1v15",
    });
    let told = server.call("POST", &format!("{}/sha2-256", path("sign")), body).await;
    let told = told.map_err(|failure| failure.to_string())?;
    let signature = told["signature"].as_str().unwrap().rsplit(':').next().unwrap();
    Ok(Base64::decode_vec(signature).unwrap())
}

/// Whether the server itself takes what it signed with that version.
async fn server_verifies(server: &OpenBao, version: u32, signature: &[u8]) -> bool {
    let signature = format!("vault:v{version}:{}", Base64::encode_string(signature));
    let body = json!({
        "input": Base64::encode_string(TOKEN), "signature": signature, "signature_algorithm": "pkcs1v15",
    });
    let told = server.call("POST", &format!("{}/sha2-256", path("verify")), body).await;
    told.is_ok_and(|told| told["valid"] == true)
}

/// One that goes through it, and looks after every step whether everything holds.
struct Run {
    world: World,
    walk: Walk,
    user: String,
    set: String,
    hand: Hand,
}

impl Run {
    async fn begin(hand: Hand) -> Self {
        let world = World::start().await;
        let walk = Walk::begin(person(world.server.address()).await, &address(world.server.address())).await;
        let user = consumer("snowflake-user", USER, &[("user", USER), ("account", "brightwater-goods")]);
        let set = consumer(
            "jwks-endpoint",
            "shop",
            &[
                ("url", &world.set.url()),
                ("authority", world.set.authority()),
                ("cache_minutes", "0"),
                ("token_minutes", "0"),
            ],
        );
        let (user, set) = (walk.keep(user).await, walk.keep(set).await);
        Self { world, walk, user, set, hand }
    }

    async fn note(&mut self, note: RotationNote) -> Result<(), String> {
        self.walk.note(note).await;
        self.world.holds().await
    }

    async fn go_on(&mut self, to: &str) -> Result<(), String> {
        self.walk.go_on(to).await;
        self.world.holds().await
    }

    async fn step(&mut self, step: &str) -> Result<(), String> {
        self.walk.step(step).await;
        self.world.holds().await
    }

    async fn look(&mut self) -> Result<(), String> {
        self.walk.look(&self.set.clone()).await;
        self.world.holds().await
    }

    /// Runs a statement that was handed out.
    async fn run(&mut self, statement: &str) -> Result<(), String> {
        let statement = match self.hand {
            Hand::Careful => statement.to_owned(),
            Hand::Careless => statement.replace("RSA_PUBLIC_KEY_2", "RSA_PUBLIC_KEY"),
        };
        self.world.user.run(&statement)?;
        self.world.holds().await
    }

    async fn paste(&mut self) -> Result<(), String> {
        let note = self.pasted();
        self.note(note).await
    }

    fn pasted(&self) -> RotationNote {
        let (consumer, pasted) = (self.user.clone(), self.world.user.describe());
        RotationNote::PasteDescription { consumer, pasted, replace_older: false }
    }

    /// Until the new version is there, and the clients name the old one.
    async fn create(&mut self) -> Result<(), String> {
        self.walk.prepare("new-version").await;
        assert!(self.walk.now.needs_pin && self.walk.now.switch.as_deref() == Some("at-once"));
        let unpinned = self.walk.refuses_step("create").await;
        conflict(&unpinned, "would sign with the new key before anybody accepts it");
        self.world.named = Some(1);
        self.note(RotationNote::Pin { evidence: "key_version=1 stands in both configurations".to_owned() }).await?;
        self.step("create").await?;
        let (old, new) = (&self.walk.now.old, self.walk.now.new.as_ref().unwrap());
        assert_eq!((old.version.as_deref(), new.version.as_deref()), (Some("1"), Some("2")));
        assert_eq!(newest(&self.world.server).await, 2);
        self.go_on("distribute").await
    }

    /// Both consumers get the new key beside the old one, and other hands read in what they are handed the same keys.
    async fn distribute(&mut self) -> Result<(), String> {
        assert!(self.walk.run(&self.user).update.missing.is_some(), "no slot is known yet");
        let early = self.walk.refuses(RotationNote::GoOn).await;
        conflict(&early, "does not have the new material yet");
        self.paste().await?;
        let slots = self.walk.run(&self.user).slots.clone().unwrap();
        assert_eq!((slots.set.as_str(), slots.keeps.as_deref()), ("RSA_PUBLIC_KEY_2", Some("RSA_PUBLIC_KEY")));
        let statement = text(&self.walk.run(&self.user).update, 0);
        let new = public_key(&self.world.server, 2).await;
        assert_eq!(hands::statement(&statement), (USER.to_owned(), "RSA_PUBLIC_KEY_2".to_owned(), new.clone()));
        self.note(RotationNote::Tell { consumer: self.user.clone() }).await?;
        let not_run = self.pasted();
        let not_run = self.walk.refuses(not_run).await;
        assert!(!not_run.message().is_empty() && !self.walk.works(&self.user));
        self.run(&statement).await?;
        self.paste().await?;
        assert!(self.walk.works(&self.user));

        self.note(RotationNote::Tell { consumer: self.set.clone() }).await?;
        self.look().await?;
        assert!(!self.walk.works(&self.set), "the set has not the new key yet");
        let both = text(&self.walk.run(&self.set).update, 0);
        let keys: Vec<Vec<u8>> = hands::jwks(&both).into_iter().map(|(_, spki)| spki).collect();
        assert_eq!(keys, [public_key(&self.world.server, 1).await, new]);
        self.world.set.publish(&both);
        self.look().await?;
        assert!(self.walk.works(&self.set));
        self.go_on("verify").await
    }

    /// The clients come to the new version, not before every reader of the set has its key.
    async fn switch(&mut self) -> Result<(), String> {
        let unproven = self.walk.refuses(RotationNote::GoOn).await;
        conflict(&unproven, "the new key has not signed anything yet");
        self.walk.prove().await;
        self.world.holds().await?;
        self.go_on("switch").await?;
        let confirm = RotationNote::ConfirmSwitch { evidence: "key_version=2 is rolled out".to_owned() };
        let early = self.walk.refuses(confirm.clone()).await;
        let known: jiff::Timestamp =
            self.walk.run(&self.set).watched.as_ref().unwrap().known_at.as_ref().unwrap().parse().unwrap();
        if jiff::Timestamp::now() < known {
            conflict(&early, "readers of shop may keep what they read before");
            let until = self.walk.lock("confirm-switch").unwrap().until.as_ref().unwrap();
            assert_eq!(until.parse::<jiff::Timestamp>().unwrap(), known);
        }
        self.walk.wait_for("confirm-switch").await;
        let unseen = self.walk.refuses(confirm.clone()).await;
        conflict(&unseen, "was not looked at since its readers know the new key");
        self.look().await?;
        self.world.named = Some(2);
        self.note(confirm).await?;
        self.go_on("retire").await
    }

    /// The old key is taken away from both, then disabled, then gone.
    async fn retire(&mut self) -> Result<(), String> {
        let held = self.walk.refuses_step("disable-old").await;
        conflict(&held, "the old key is not taken away from");
        let not_gone = self.pasted();
        self.walk.refuses(not_gone).await;
        let statement = text(&self.walk.run(&self.user).removal, 0);
        assert_eq!(statement, format!("ALTER USER {USER} UNSET RSA_PUBLIC_KEY;\n"));
        self.run(&statement).await?;
        self.paste().await?;
        let alone = text(&self.walk.run(&self.set).removal, 0);
        self.world.set.publish(&alone);
        self.look().await?;
        assert!(self.walk.now.runs.iter().all(|run| run.old_removed.is_some()));

        let server = &self.world.server;
        let old = sign(server, 1).await?;
        assert!(server_verifies(server, 1, &old).await, "the old version is in use until it is disabled");
        self.step("disable-old").await?;
        let server = &self.world.server;
        assert!(!server_verifies(server, 1, &old).await && sign(server, 1).await.is_err());
        let told = server.call("GET", &path("keys"), Value::Null).await.unwrap();
        assert_eq!((&told["min_decryption_version"], &told["min_available_version"]), (&json!(2), &json!(0)));
        self.step("delete-old").await?;
        let told = self.world.server.call("GET", &path("keys"), Value::Null).await.unwrap();
        let left: BTreeMap<String, Value> = serde_json::from_value(told["keys"].clone()).unwrap();
        assert_eq!((&told["min_available_version"], left.into_keys().collect()), (&json!(2), vec!["2".to_owned()]));
        assert_eq!(self.walk.absent(), ["switch", "keep-old", "switch-back", "disable-new"]);
        self.note(RotationNote::Finish { evidence: String::new() }).await
    }

    async fn whole(&mut self) -> Result<(), String> {
        self.create().await?;
        self.distribute().await?;
        self.switch().await?;
        self.retire().await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_signs_is_accepted_from_the_first_step_to_the_last() {
    let mut run = Run::begin(Hand::Careful).await;
    run.whole().await.unwrap();
    run.walk.is_over("done").await;
}

/// The control: the same run, by somebody who overwrites the slot with the working key.
#[tokio::test(flavor = "multi_thread")]
async fn a_careless_person_is_noticed() {
    let mut run = Run::begin(Hand::Careless).await;
    let noticed = run.whole().await.unwrap_err();
    assert_eq!(noticed, "version 1 signs, and its key is in no slot");
}

/// Another control: whoever publishes the new key alone leaves readers without the one that signs.
#[tokio::test(flavor = "multi_thread")]
async fn a_set_without_the_key_that_signs_is_noticed() {
    let world = World::start().await;
    world.holds().await.unwrap();
    world.server.call("POST", &format!("{}/rotate", path("keys")), Value::Null).await.unwrap();
    world.set.publish(&set_of(&public_key(&world.server, 2).await));
    let named = World { named: Some(1), ..world };
    assert_eq!(named.holds().await.unwrap_err(), "version 1 signs, and not every reader has its key");
}
