//! Rotations as the window and the shell go through them: over a real keystore, over a scripted place, with receivers and
//! programs that really answer.

mod back;
mod calls;
mod crash;
mod elsewhere;
mod ledger;
mod listed;
mod looks;
mod pasted;
mod receiver;
mod refused;
mod script;
mod whole;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use app::{App, Keychain, Providers};
use contract::{
    AddConnection, BeginRotation, ConfirmRotation, ConnectionDraft, ConsumerWire, LockWire, NameRotation, NoteRotation,
    PlanRotation, PlanWire, RotationNote, RotationSettings, RotationWire, RunWire, SaveConsumer, SetWriteMode,
    SignTest, TellWire,
};
use domain::{Algorithm, Curve, Error, Kind, Result, Timestamp};
use local::{Entry, Keystore, Lock, make};
use serde_json::Value;

use crate::world::{Keyring, World, open};

pub(super) const KEY: &str = "keys/keystore/etl";

/// A rotation of the entry `etl`, in a keystore that is the connection `keys`.
pub(super) struct Rotated {
    pub(super) world: World,
    pub(super) keyring: Arc<Keyring>,
    pub(super) id: String,
}

/// A home with a keystore that has the entry `etl`, a key of that kind.
pub(super) async fn keystore(kind: &Algorithm) -> (World, Arc<Keyring>) {
    keystore_of(Entry::new("etl", Timestamp::now(), make::key(kind).unwrap()).unwrap()).await
}

pub(super) async fn keystore_of(entry: Entry) -> (World, Arc<Keyring>) {
    let keyring = Arc::new(Keyring::default());
    let world = World::real(keyring.clone());
    world.app.set_patience(Duration::ZERO);
    let key = Lock::fresh_key_text().unwrap();
    let path = world.home.path().join("keys.keystore");
    Keystore::create_with(&path, &Lock::from_key_text(&key).unwrap(), vec![entry]).unwrap();
    let draft = ConnectionDraft {
        name: "keys".into(),
        provider: "local".into(),
        environment: None,
        answers: BTreeMap::from([("file".into(), path.display().to_string()), ("lock".into(), "keyring-key".into())]),
        secrets: BTreeMap::from([("key".to_owned(), key.expose_text().unwrap().to_owned())]),
        keep: true,
    };
    world.app.add_connection(AddConnection { draft }).await.unwrap();
    (world, keyring)
}

pub(super) async fn writes(app: &App) {
    app.set_write_mode(SetWriteMode { connection: "keys".into(), on: true }).await.unwrap();
}

/// Nothing waits for a time.
pub(super) fn at_once(strategy: &str) -> RotationSettings {
    let reason = "once a year".to_owned();
    RotationSettings { reason, strategy: strategy.to_owned(), soak_hours: 0, wait_days: 0, due: None }
}

pub(super) fn consumer(kind: &str, name: &str, fields: &[(&str, &str)]) -> ConsumerWire {
    ConsumerWire {
        id: String::new(),
        kind: kind.to_owned(),
        name: name.to_owned(),
        owner: String::new(),
        note: String::new(),
        fields: fields.iter().map(|(name, answer)| ((*name).to_owned(), (*answer).to_owned())).collect(),
        round_trip: false,
        instances: 1,
        tell: TellWire::Checklist,
        real_values: false,
    }
}

pub(super) fn by_hand(name: &str) -> ConsumerWire {
    consumer("by-hand", name, &[])
}

pub(super) fn user() -> ConsumerWire {
    consumer("snowflake-user", "ETL_USER", &[("user", "ETL_USER"), ("account", "xy12345.eu-west-1")])
}

pub(super) async fn save(app: &App, consumer: ConsumerWire, secret: Option<&str>) -> Result<ConsumerWire> {
    let secret = secret.map(str::to_owned);
    app.save_consumer(SaveConsumer { reference: KEY.to_owned(), consumer, secret }).await
}

impl Rotated {
    /// Begun, with these consumers in the ledger.
    pub(super) async fn begin((world, keyring): (World, Arc<Keyring>), consumers: Vec<ConsumerWire>) -> Self {
        for consumer in consumers {
            save(&world.app, consumer, None).await.unwrap();
        }
        let begun = world.app.begin_rotation(BeginRotation { reference: KEY.to_owned() }).await.unwrap();
        assert_eq!((begun.row.phase.as_str(), begun.revision), ("scope", 1));
        Self { world, keyring, id: begun.row.id }
    }

    /// Where the new material is to be made.
    pub(super) async fn at_create(home: (World, Arc<Keyring>), consumers: Vec<ConsumerWire>, strategy: &str) -> Self {
        let rotated = Self::begin(home, consumers).await;
        rotated.to_create(at_once(strategy)).await;
        rotated
    }

    pub(super) async fn to_create(&self, settings: RotationSettings) {
        self.note(RotationNote::SetScope { settings }).await;
        self.note(RotationNote::GoOn).await;
        self.note(RotationNote::Choose { method: "new-version".into() }).await;
        self.note(RotationNote::GoOn).await;
        self.note(RotationNote::GoOn).await;
    }

    /// Where everybody is told: the new material is there, and signers name the old version.
    pub(super) async fn at_distribute(consumers: Vec<ConsumerWire>, strategy: &str) -> Self {
        let rotated = Self::at_create(keystore(&Algorithm::Ec(Curve::P256)).await, consumers, strategy).await;
        rotated.to_distribute().await;
        rotated
    }

    pub(super) async fn to_distribute(&self) {
        self.note(RotationNote::Pin { evidence: "the signer names version 1".into() }).await;
        self.does("create").await;
        self.note(RotationNote::GoOn).await;
    }

    pub(super) fn app(&self) -> &App {
        &self.world.app
    }

    /// Claviger at its next start: read-only, with nothing in memory.
    pub(super) fn restart(self) -> Self {
        let Self { world, keyring, id } = self;
        let world = world.restart_real(keyring.clone());
        world.app.set_patience(Duration::ZERO);
        Self { world, keyring, id }
    }

    /// Another window, or the command line, on the same home.
    pub(super) fn beside(&self) -> App {
        let keychain: Arc<dyn Keychain> = self.keyring.clone();
        open(&self.world.home, keychain, self.world.desktop.clone(), Arc::new(Providers))
    }

    pub(super) async fn open(&self) -> RotationWire {
        self.app().open_rotation(NameRotation { rotation: self.id.clone() }).await.unwrap()
    }

    pub(super) async fn tries(&self, note: RotationNote) -> Result<RotationWire> {
        let revision = self.open().await.revision;
        self.app().note_rotation(NoteRotation { rotation: self.id.clone(), revision, note }).await
    }

    pub(super) async fn note(&self, note: RotationNote) -> RotationWire {
        self.tries(note).await.unwrap()
    }

    /// Tries what is refused with a reason and a way on, and leaves everything as it was.
    pub(super) async fn refuses(&self, note: RotationNote, kind: Kind, said: &str) -> Error {
        let before = whole(&self.open().await);
        let error = self.tries(note).await.unwrap_err();
        assert_refused(&error, kind, said);
        assert_eq!(whole(&self.open().await), before, "{error}");
        error
    }

    pub(super) async fn plans(&self, step: &str) -> Result<PlanWire> {
        self.app().plan_rotation(PlanRotation { rotation: self.id.clone(), step: step.to_owned() }).await
    }

    pub(super) async fn plan(&self, step: &str) -> PlanWire {
        self.plans(step).await.unwrap()
    }

    pub(super) async fn confirms(&self, step: &str, plan: &PlanWire) -> Result<RotationWire> {
        self.app().confirm_rotation(confirmed(&self.id, step, plan)).await
    }

    /// Plans a step at the place and carries it out.
    pub(super) async fn does(&self, step: &str) -> RotationWire {
        writes(self.app()).await;
        let plan = self.plan(step).await;
        self.confirms(step, &plan).await.unwrap()
    }

    /// The number of the consumer of that name.
    pub(super) async fn number(&self, name: &str) -> String {
        run(&self.open().await, name).consumer.id.clone()
    }

    /// A consumer by hand is told, says that it is done, and is checked.
    pub(super) async fn updates(&self, name: &str) {
        let consumer = self.number(name).await;
        let evidence = || "its log names version 2".to_owned();
        self.note(RotationNote::Tell { consumer: consumer.clone() }).await;
        self.note(RotationNote::Succeed { consumer: consumer.clone(), instances: 1, evidence: evidence() }).await;
        self.note(RotationNote::Verify { consumer, evidence: evidence() }).await;
    }

    pub(super) async fn goes_on(&self, phase: &str) {
        assert_eq!(self.note(RotationNote::GoOn).await.row.phase, phase);
    }

    /// A test token that a version of the key signs where it is.
    pub(super) async fn token(&self, version: &str) -> Result<String> {
        let algorithm = None;
        let request = SignTest { reference: KEY.into(), version: Some(version.to_owned()), algorithm };
        self.app().sign_test(request).await.map(|signed| signed.token)
    }

    /// Whether a version of the key signs where it is.
    pub(super) async fn signs(&self, version: &str) -> bool {
        self.token(version).await.is_ok()
    }
}

pub(super) fn confirmed(rotation: &str, step: &str, plan: &PlanWire) -> ConfirmRotation {
    ConfirmRotation {
        rotation: rotation.to_owned(),
        step: step.to_owned(),
        order: plan.order.clone(),
        digest: plan.digest.clone(),
        typed: Some(plan.name.clone()),
    }
}

/// A rotation as it is told, whole. Nothing of it depends on when it is asked for while no lock waits for a time.
pub(super) fn whole(rotation: &RotationWire) -> Value {
    serde_json::to_value(rotation).unwrap()
}

pub(super) fn assert_refused(error: &Error, kind: Kind, said: &str) {
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.message().contains(said), "{error} does not say {said}");
    assert!(!error.next().trim().is_empty(), "{error} says no way on");
}

pub(super) fn run<'a>(rotation: &'a RotationWire, name: &str) -> &'a RunWire {
    rotation.runs.iter().find(|run| run.consumer.name == name).unwrap()
}

pub(super) fn lock<'a>(rotation: &'a RotationWire, word: &str) -> Option<&'a LockWire> {
    rotation.locks.get(word)
}

pub(super) fn states(rotation: &RotationWire) -> Vec<&str> {
    rotation.runs.iter().map(|run| run.state.as_str()).collect()
}

pub(super) fn step_lock<'a>(rotation: &'a RotationWire, step: &str) -> Option<&'a LockWire> {
    rotation.steps.iter().find(|one| one.step == step).unwrap().lock.as_ref()
}

/// How each order of the rotation ended, oldest first.
pub(super) fn orders(rotation: &RotationWire) -> Vec<(&str, &str)> {
    rotation.orders.iter().map(|order| (order.step.as_str(), order.state.as_str())).collect()
}

/// What `DESC USER` shows of a user with these fingerprints in its slots, the second set after the first.
pub(super) fn description(user: &str, first: Option<&str>, second: Option<&str>) -> String {
    let row = |property: &str, value: Option<&str>| format!("{property}\t{}\tnull\t\n", value.unwrap_or("null"));
    [
        row("NAME", Some(user)),
        row("RSA_PUBLIC_KEY_FP", first),
        row("RSA_PUBLIC_KEY_LAST_SET_TIME", first.map(|_| "2026-02-17 12:53:51.212")),
        row("RSA_PUBLIC_KEY_2_FP", second),
        row("RSA_PUBLIC_KEY_2_LAST_SET_TIME", second.map(|_| "2026-03-01 08:00:00.000")),
    ]
    .concat()
}

/// The fingerprints of what is replaced and of what was made.
pub(super) fn prints(rotation: &RotationWire) -> (String, String) {
    let new = rotation.new.as_ref().unwrap().fingerprint.clone().unwrap();
    (rotation.old.fingerprint.clone().unwrap(), new)
}

/// The bytes of every file of the home, the log of the database among them.
pub(super) fn files(world: &World) -> Vec<u8> {
    let mut all = Vec::new();
    for file in std::fs::read_dir(world.home.path()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            all.extend(std::fs::read(path).unwrap());
        }
    }
    all
}

pub(super) fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
