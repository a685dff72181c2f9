//! A rotation in the shell: listed, shown, and gone on with as far as that sends nothing to the place.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use app::{App, Keychain, MemoryKeychain, NoDesktop};
use contract::{
    BeginRotation, ConfirmRotation, ConsumerWire, NoteRotation, PlanRotation, RotationNote, RotationWire, SaveConsumer,
    SetWriteMode, TellWire,
};
use domain::{Environment, Secret};
use serde_json::Value;
use servers::Published;

use crate::shell::Shell;

const ITEM: &str = "practice/keystore/snowflake-etl";
const PASSPHRASE: &str = "a practice passphrase";

/// The window's half of it: over the same home, while no other Claviger runs.
struct Window {
    app: App,
    now: RotationWire,
}

impl Window {
    async fn open(home: &Path) -> Self {
        let keychain = MemoryKeychain::default();
        keychain.keep("practice", "passphrase", &Secret::from_text(PASSPHRASE.to_owned())).unwrap();
        let app =
            App::open(&home.join("claviger"), Environment::default(), Arc::new(keychain), Arc::new(NoDesktop)).unwrap();
        app.set_write_mode(SetWriteMode { connection: "practice".to_owned(), on: true }).await.unwrap();
        let now = app.begin_rotation(BeginRotation { reference: ITEM.to_owned() }).await.unwrap();
        Self { app, now }
    }

    async fn keep(&self, consumer: ConsumerWire) -> String {
        let reference = self.now.row.reference.clone();
        self.app.save_consumer(SaveConsumer { reference, consumer, secret: None }).await.unwrap().id
    }

    async fn note(&mut self, note: RotationNote) {
        let (rotation, revision) = (self.now.row.id.clone(), self.now.revision);
        self.now = self.app.note_rotation(NoteRotation { rotation, revision, note }).await.unwrap();
    }

    async fn create(&mut self) {
        let (rotation, step) = (self.now.row.id.clone(), "create".to_owned());
        let plan = PlanRotation { rotation: rotation.clone(), step: step.clone() };
        let plan = self.app.plan_rotation(plan).await.unwrap();
        let (order, digest, typed) = (plan.order, plan.digest, Some(plan.name));
        let confirm = ConfirmRotation { rotation, step, order, digest, typed };
        self.now = self.app.confirm_rotation(confirm).await.unwrap();
    }
}

fn address(set: &Published) -> ConsumerWire {
    let url = set.url();
    let fields = [("url", url.as_str()), ("authority", set.authority()), ("cache_minutes", "0")];
    ConsumerWire {
        id: String::new(),
        kind: "jwks-endpoint".to_owned(),
        name: "shop".to_owned(),
        owner: String::new(),
        note: String::new(),
        fields: fields.iter().map(|(name, answer)| ((*name).to_owned(), (*answer).to_owned())).collect(),
        round_trip: false,
        instances: 1,
        tell: TellWire::Checklist,
        real_values: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_that_the_window_began_goes_on_in_the_shell() {
    let shell = Shell::new(&[("CLAVIGER_PASSPHRASE", PASSPHRASE)]);
    let file = shell.folder().join("practice.claviger");
    shell.done(&["connect", "local", "--name", "practice", "--file", file.to_str().unwrap()]);
    assert!(shell.values(&["rotations", "--json"]).is_empty());

    let set = Published::start(r#"{"keys":[]}"#, 60).await.unwrap();
    let mut window = Window::open(shell.folder()).await;
    let shop = window.keep(address(&set)).await;
    window.note(RotationNote::GoOn).await;
    window.note(RotationNote::Choose { method: "new-version".to_owned() }).await;
    window.note(RotationNote::GoOn).await;
    window.note(RotationNote::GoOn).await;
    window.note(RotationNote::Pin { evidence: "version 1 is named".to_owned() }).await;
    window.create().await;
    window.note(RotationNote::GoOn).await;
    window.note(RotationNote::Tell { consumer: shop }).await;
    let Window { app, now } = window;
    drop(app);

    let before = shell.values(&["show", ITEM, "--json"]);
    let rows = shell.values(&["rotations", "--json"]);
    let seen: BTreeMap<&str, &Value> =
        ["id", "name", "phase", "updated", "over"].map(|name| (name, &rows[0][name])).into();
    let wanted = serde_json::json!({
        "id": now.row.id, "name": "snowflake-etl", "phase": "distribute", "updated": 0, "over": false,
    });
    assert_eq!((rows.len(), serde_json::json!(seen)), (1, wanted));
    let shown = &shell.values(&["rotation", "show", &now.row.id, "--json"])[0];
    assert_eq!(shown["new"], serde_json::json!(now.new));
    assert_eq!(shown["runs"][0]["state"], "IN_PROGRESS");
    let both = shown["runs"][0]["update"]["texts"][0]["text"].as_str().unwrap();

    // Nothing is published yet, so there is nothing to take down but that.
    let looked = &shell.values(&["rotation", "resume", &now.row.id, "--json"])[0];
    assert_eq!(
        (&looked["runs"][0]["state"], &looked["runs"][0]["watched"]["hasOld"]),
        (&"IN_PROGRESS".into(), &false.into())
    );
    set.publish(both);
    let resumed = &shell.values(&["rotation", "resume", &now.row.id, "--json"])[0];
    assert_eq!(resumed["runs"][0]["state"], "SUCCEEDED");
    assert_eq!(resumed["runs"][0]["watched"]["hasOld"], true);
    assert_eq!(shell.values(&["rotations", "--json"])[0]["updated"], 1);
    // It touched nothing at the place.
    assert_eq!(shell.values(&["show", ITEM, "--json"]), before);
}
