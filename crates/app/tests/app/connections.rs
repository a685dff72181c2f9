//! Drafts, names, secrets and sign-ins.

use std::sync::Arc;

use app::{App, Keychain, MemoryKeychain};
use contract::{
    AddConnection, CheckAccess, EnvironmentMark, Nothing, OpenItem, RemoveConnection, SetPin, SetPreferences, Theme,
};
use domain::{Answers, Error, Kind, SignIn};

use crate::{
    scripted::{detail, ends, item, key_item, vault},
    world::{Keyring, World, draft, watch},
};

async fn secrets_word(app: &App, name: &str) -> String {
    let list = app.list_connections(Nothing {}).await.unwrap();
    list.connections.into_iter().find(|row| row.name == name).unwrap().secrets
}

#[tokio::test]
async fn a_name_is_taken_once_and_must_be_fit_for_a_reference() {
    let world = World::scripted();
    let row = world.connect("a").await;
    assert_eq!((row.title.as_str(), row.place.as_str(), row.secrets.as_str()), ("Scripted place", "a", "none needed"));
    assert_eq!(row.writes_until, None);
    let error = world.app.add_connection(AddConnection { draft: draft("a", None, false) }).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict);
    for name in ["", " a", "a\nb", &"x".repeat(65)] {
        let mut bad = draft("b", None, false);
        bad.name = name.into();
        let error = world.app.add_connection(AddConnection { draft: bad }).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid, "{name:?}");
    }
    let mut other = draft("b", None, false);
    other.provider = "elsewhere".into();
    let error = world.app.add_connection(AddConnection { draft: other }).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unsupported);
    assert_eq!(world.app.list_connections(Nothing {}).await.unwrap().connections.len(), 1);
}

#[tokio::test]
async fn environment_and_answers_survive_a_restart_and_listing_asks_nobody() {
    let world = World::scripted();
    let mut marked = draft("a", None, false);
    marked.environment = Some(EnvironmentMark::Production);
    let row = world.app.add_connection(AddConnection { draft: marked }).await.unwrap();
    let world = world.restart(Arc::new(MemoryKeychain::default()));
    let list = world.app.list_connections(Nothing {}).await.unwrap().connections;
    assert_eq!(list, [row]);
    assert_eq!(list[0].environment, Some(EnvironmentMark::Production));
    assert_eq!(world.scripts.place("a").times_connected(), 0);

    watch(&world.app, true).await;
    let list = world.app.list_connections(Nothing {}).await.unwrap().connections;
    assert_eq!(list[0].identity.as_deref(), Some("maria"));
}

#[tokio::test]
async fn secrets_go_where_the_person_wants_and_nowhere_else() {
    let keyring = Arc::new(Keyring::default());
    let world = World::scripted().restart(keyring.clone());
    for (name, keep, word) in [("kept", true, "keyring"), ("fleeting", false, "memory")] {
        let draft = draft(name, Some("s3cret"), keep);
        let row = world.app.add_connection(AddConnection { draft }).await.unwrap();
        assert_eq!(row.secrets, word);
    }
    assert!(keyring.read("kept", "token").unwrap().is_some());
    assert!(keyring.read("fleeting", "token").unwrap().is_none());
    watch(&world.app, true).await;
    for name in ["kept", "fleeting"] {
        assert_eq!(world.scripts.place(name).token.lock().unwrap().as_deref(), Some("s3cret"));
    }
    // Nothing in the home folder holds it.
    for entry in std::fs::read_dir(world.home.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"s3cret"));
    }

    let world = world.restart(keyring.clone());
    assert_eq!(secrets_word(&world.app, "kept").await, "keyring");
    assert_eq!(secrets_word(&world.app, "fleeting").await, "missing");
    let watched = watch(&world.app, true).await;
    assert_eq!(watched.failed["fleeting"].kind, "signed-out");
    assert!(!watched.failed.contains_key("kept"));

    world.app.remove_connection(RemoveConnection { name: "kept".into() }).await.unwrap();
    assert!(keyring.read("kept", "token").unwrap().is_none());
}

#[tokio::test]
async fn connecting_again_with_the_same_answers_signs_in_again_and_keeps_rows_and_pins() {
    let world = World::scripted();
    let add = |token: &str| AddConnection { draft: draft("a", Some(token), false) };
    world.app.add_connection(add("old")).await.unwrap();
    world.scripts.place("a").lists(|| vec![vault("v"), item("v", "1"), ends("v", Ok(()))]);
    watch(&world.app, true).await;
    world.app.set_pin(SetPin { reference: "a/v/1".into(), pinned: true }).await.unwrap();

    let world = world.restart(Arc::new(MemoryKeychain::default()));
    assert_eq!(secrets_word(&world.app, "a").await, "missing");
    world.app.add_connection(add("new")).await.unwrap();
    assert_eq!(secrets_word(&world.app, "a").await, "memory");
    assert_eq!(watch(&world.app, false).await.references(), ["a/v/1"]);
    watch(&world.app, true).await;
    assert_eq!(world.scripts.place("a").token.lock().unwrap().as_deref(), Some("new"));
    assert_eq!(world.app.app_state(Nothing {}).await.unwrap().preferences.pins, ["a/v/1"]);

    let mut elsewhere = draft("a", Some("new"), false);
    elsewhere.answers.insert("place".into(), "b".into());
    let error = world.app.add_connection(AddConnection { draft: elsewhere }).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict);
}

#[tokio::test]
async fn removing_forgets_rows_and_pins() {
    let world = World::scripted();
    world.connect("a").await;
    world.scripts.place("a").lists(|| vec![vault("v"), item("v", "1"), ends("v", Ok(()))]);
    watch(&world.app, true).await;
    world.app.set_pin(SetPin { reference: "a/v/1".into(), pinned: true }).await.unwrap();
    world.app.remove_connection(RemoveConnection { name: "a".into() }).await.unwrap();
    world.connect("a").await;
    assert!(watch(&world.app, false).await.rows.is_empty());
    assert!(world.app.app_state(Nothing {}).await.unwrap().preferences.pins.is_empty());
    let error = world.app.remove_connection(RemoveConnection { name: "b".into() }).await.unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
}

#[tokio::test]
async fn checking_access_tells_each_verdict_and_saves_nothing() {
    let world = World::scripted();
    let check = || CheckAccess { draft: draft("a", Some("t"), true) };
    let report = world.app.check_access(check()).await.unwrap();
    assert_eq!(report.identity.as_deref(), Some("maria"));
    let told: Vec<_> = report.checks.iter().map(|it| (it.allowed, it.error.is_some(), it.untested.is_some())).collect();
    assert_eq!(told, [(Some(true), false, false), (Some(false), true, false), (None, false, true)]);
    assert!(world.app.list_connections(Nothing {}).await.unwrap().connections.is_empty());

    // Not being told who one is, is no reason not to come in; a wrong token is.
    for (kind, comes_in) in [(Kind::Denied, true), (Kind::SignedOut, false), (Kind::Interrupted, false)] {
        *world.scripts.place("a").identity_error.lock().unwrap() = Some(Error::new(kind, "ask", "no"));
        let report = world.app.check_access(check()).await;
        assert_eq!(report.as_ref().is_ok_and(|report| report.identity.is_none()), comes_in, "{kind}");
    }
}

#[tokio::test]
async fn found_sign_ins_know_which_are_connected() {
    let world = World::scripted();
    let sign_in = |place: &str| SignIn {
        provider: "scripted",
        name: format!("found {place}"),
        detail: "token file".into(),
        // Only what differs from the presets, as a discovery writes it.
        answers: Answers::from([("place".into(), place.into())]),
    };
    *world.scripts.found.lock().unwrap() = vec![sign_in("a"), sign_in("b")];
    world.connect("a").await;
    let found = world.app.found_sign_ins(Nothing {}).await.unwrap().found;
    let told: Vec<_> = found.iter().map(|it| (it.name.as_str(), it.title.as_str(), it.connected)).collect();
    assert_eq!(told, [("found a", "Scripted place", true), ("found b", "Scripted place", false)]);
}

#[tokio::test]
async fn many_questions_at_once_sign_in_once() {
    let world = World::scripted();
    world.connect("a").await;
    *world.scripts.place("a").detail.lock().unwrap() = Some(Arc::new(|| Ok(detail(key_item("v", "1")))));
    let open = || world.app.open_item(OpenItem { reference: "a/v/1".into() });
    let opened = futures::future::join_all((0..20).map(|_| open())).await;
    assert!(opened.iter().all(Result::is_ok));
    assert_eq!(world.scripts.place("a").times_connected(), 1);
}

#[tokio::test]
async fn a_damaged_settings_file_is_a_notice_and_the_rest_works() {
    let world = World::scripted();
    world.connect("a").await;
    let path = world.home.path().join("claviger.db");
    let keychain = || Arc::new(MemoryKeychain::default());
    let world = world.restart(keychain());
    assert!(world.app.app_state(Nothing {}).await.unwrap().notices.is_empty());
    let World { home, scripts, desktop, app } = world;
    drop(app);
    std::fs::write(path, "{\"half\": wri").unwrap();
    let app = crate::world::open(&home, keychain(), desktop.clone(), scripts.clone());
    let world = World { home, scripts, desktop, app };
    let notices = world.app.app_state(Nothing {}).await.unwrap().notices;
    assert_eq!(notices.len(), 1);
    assert!(notices[0].message.contains("damaged"), "{:?}", notices[0]);
    world.connect("a").await;
    assert!(world.restart(keychain()).app.app_state(Nothing {}).await.unwrap().notices.is_empty());
}

#[tokio::test]
async fn preferences_and_pins_are_kept_apart() {
    let world = World::scripted();
    let state = world.app.app_state(Nothing {}).await.unwrap();
    assert_eq!(state.preferences.theme, Theme::System);
    assert!(!state.keyring);
    world.app.set_pin(SetPin { reference: "a/v/1".into(), pinned: true }).await.unwrap();
    let mut preferences = state.preferences;
    preferences.theme = Theme::Dark;
    preferences.compact = true;
    preferences.pins = vec!["ignored".into()];
    world.app.set_preferences(SetPreferences { preferences: preferences.clone() }).await.unwrap();
    let error = world.app.set_pin(SetPin { reference: "nothing".into(), pinned: true }).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Invalid);
    world.app.set_open_at("a/v/1");
    assert_eq!(world.app.app_state(Nothing {}).await.unwrap().open_at.as_deref(), Some("a/v/1"));

    let world = world.restart(Arc::new(MemoryKeychain::default()));
    let state = world.app.app_state(Nothing {}).await.unwrap();
    preferences.pins = vec!["a/v/1".into()];
    assert_eq!(state.preferences, preferences);
    assert_eq!(state.open_at, None);
}
