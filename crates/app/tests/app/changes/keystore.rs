//! The engine over a real keystore on the disk: every way through, and no secret anywhere but in the keystore.

use std::collections::BTreeMap;

use app::Keychain;
use contract::{AddConnection, AskQuestions, ConnectionDraft, OpenItem, OpenVault, RevealSecret, UndoWire};
use domain::{Secret, Timestamp};
use local::{Entry, Keystore, Lock, Material};

use super::*;

const VALUE: &str = "a value to search for";

/// A home with a connection `keys` to a keystore file with one secret, in write mode.
async fn keystore() -> (World, Arc<Keyring>) {
    let keyring = Arc::new(Keyring::default());
    let world = World::real(keyring.clone());
    world.app.set_patience(Duration::ZERO);
    let key = Lock::fresh_key_text().unwrap();
    let path = world.home.path().join("keys.keystore");
    let first = Material::secret(Secret::from_text("first".to_owned()), "text/plain");
    let entry = Entry::new("db-password", Timestamp::now(), first).unwrap();
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
    writes(&world.app).await;
    (world, keyring)
}

async fn writes(app: &App) {
    app.set_write_mode(SetWriteMode { connection: "keys".into(), on: true }).await.unwrap();
}

fn item(name: &str) -> TargetWire {
    TargetWire::Item { reference: format!("keys/keystore/{name}") }
}

fn vault() -> TargetWire {
    TargetWire::Vault { connection: "keys".into(), vault: "keystore".into() }
}

fn request(ask: &str, target: TargetWire, answers: &[(&str, &str)]) -> PlanChange {
    let answers = answers.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    PlanChange { ask: ask.into(), target, answers, secrets: BTreeMap::new() }
}

async fn does(app: &App, request: PlanChange) -> OrderWire {
    let plan = app.plan_change(request).await.unwrap();
    app.confirm_change(confirmed(&plan)).await.unwrap()
}

async fn value(app: &App) -> String {
    let request = RevealSecret { reference: "keys/keystore/db-password".into(), version: None };
    app.reveal_secret(request).await.unwrap().value.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_made_disabled_and_brought_back_to_an_order_each() {
    let (world, _keyring) = keystore().await;
    let app = &world.app;
    let offers = app.vault_offers(OpenVault { connection: "keys".into(), vault: "keystore".into() }).await.unwrap();
    let allowed: Vec<&str> =
        offers.iter().filter(|offer| offer.allowed == Some(true)).map(|offer| offer.ask.as_str()).collect();
    assert_eq!(allowed, ["create-key", "create-secret", "import-key"]);
    let form = app.change_questions(AskQuestions { ask: "create-key".into(), target: vault() }).await.unwrap();
    assert_eq!(form.questions.iter().map(|one| one.name.as_str()).collect::<Vec<_>>()[..2], ["name", "algorithm"]);
    let made = does(app, request("create-key", vault(), &[("name", "payments"), ("algorithm", "Ed25519")])).await;
    assert_eq!((made.state, made.reference.as_deref()), (OrderState::Done, Some("keys/keystore/payments")));
    // As the line for the shell names it.
    let address = format!("{}#payments", world.home.path().join("keys.keystore").display());
    let target = TargetWire::Item { reference: address.clone() };
    let plan = app.plan_change(request("disable", target, &[])).await.unwrap();
    assert!(plan.steps[0].command.starts_with(&format!("claviger change {address} disable")), "{:?}", plan.steps);
    let disabled = does(app, request("disable", item("payments"), &[])).await;
    assert_eq!(disabled.undo, UndoWire::Whole);
    let opened = app.open_item(OpenItem { reference: "keys/keystore/payments".into() }).await.unwrap();
    assert_eq!(opened.row.state, "disabled");
    let undo = app.plan_undo(NameOrder { order: disabled.order }).await.unwrap();
    assert_eq!(app.confirm_change(confirmed(&undo)).await.unwrap().state, OrderState::Done);
    let opened = app.open_item(OpenItem { reference: "keys/keystore/payments".into() }).await.unwrap();
    assert_eq!(opened.row.state, "enabled");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_plans_of_one_state_are_not_both_carried_out() {
    let (world, _keyring) = keystore().await;
    let tags = |text: &'static str| request("change-tags", item("db-password"), &[("tags", text)]);
    let one = world.app.plan_change(tags(r#"[["team","pay"]]"#)).await.unwrap();
    let other = world.app.plan_change(tags(r#"[["team","ops"]]"#)).await.unwrap();
    assert_eq!(world.app.confirm_change(confirmed(&one)).await.unwrap().state, OrderState::Done);
    let refused = world.app.confirm_change(confirmed(&other)).await.unwrap();
    assert_eq!((refused.state, refused.error.unwrap().kind.as_str()), (OrderState::Abandoned, "conflict"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_stands_in_a_plan_an_answer_the_journal_or_an_export() {
    let (world, keyring) = keystore().await;
    let mut wanted = request("write-value", item("db-password"), &[]);
    wanted.secrets.insert("value".into(), VALUE.into());
    assert!(!format!("{wanted:?}").contains(VALUE));
    let plan = world.app.plan_change(wanted).await.unwrap();
    let mut texts = vec![serde_json::to_string(&plan).unwrap(), format!("{plan:?}")];
    let order = world.app.confirm_change(confirmed(&plan)).await.unwrap();
    assert_eq!((order.state, value(&world.app).await), (OrderState::Done, VALUE.to_owned()));
    texts.push(serde_json::to_string(&order).unwrap());
    texts.push(serde_json::to_string(&world.app.list_journal(ListJournal::default()).await.unwrap()).unwrap());
    for (name, bytes) in world.app.journal_files().await.unwrap() {
        texts.push(format!("{name} {}", String::from_utf8_lossy(&bytes)));
    }
    texts.push(format!("{:?}", keyring.read("", "journal head").unwrap().unwrap().expose_text()));
    // The files of the home as they are on the disk, the log of the database among them.
    for file in std::fs::read_dir(world.home.path()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            texts.push(String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned());
        }
    }
    assert!(texts.iter().any(|text| text.contains("write-value")), "what is searched is not what was written");
    let in_base64 = base64_of(VALUE);
    for text in &texts {
        assert!(!text.contains(VALUE) && !text.contains(&in_base64), "{text}");
    }
}

/// The same bytes as the keystore's plaintext writes them.
fn base64_of(text: &str) -> String {
    let material = Material::secret(Secret::from_text(text.to_owned()), "");
    serde_json::to_value(&material).unwrap()["secret"]["value"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_before_claviger_ended_is_found_by_its_mark() {
    let (world, keyring) = keystore().await;
    // Until the journal takes down that it is sent, and not how it ended.
    let mut seals = 0;
    let order = loop {
        let mut wanted = request("write-value", item("db-password"), &[]);
        wanted.secrets.insert("value".into(), VALUE.into());
        let plan = world.app.plan_change(wanted).await.unwrap();
        *keyring.left.lock().unwrap() = Some(seals);
        let error = world.app.confirm_change(confirmed(&plan)).await.unwrap_err();
        if *error.changed() == domain::Changed::Unknown {
            break plan.order;
        }
        seals += 1;
    };
    *keyring.left.lock().unwrap() = None;
    let world = world.restart_real(keyring);
    world.app.recover().await.unwrap();
    let seen = world.app.check_order(NameOrder { order }).await.unwrap();
    assert_eq!((seen.state, value(&world.app).await), (OrderState::Done, VALUE.to_owned()));
}
