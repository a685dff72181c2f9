//! Sign-ins that wait for a person: how often they are asked, what is kept for the next time, and who opens the page.

use std::sync::{Arc, atomic::Ordering};

use app::{Keychain, MemoryKeychain};
use contract::{
    AddConnection, CheckAccess, ConnectionDraft, NamePrompt, Nothing, PromptList, RemoveConnection, WatchPrompts,
};
use domain::Kind;

use crate::world::{Keyring, World, draft, watch};

fn person(name: &str, keep: bool) -> ConnectionDraft {
    let mut draft = draft(name, None, keep);
    draft.answers.insert("auth".into(), "person".into());
    draft
}

#[tokio::test]
async fn a_draft_that_was_tried_and_saved_prompts_once_and_is_forgotten_with_the_connection() {
    for keep in [false, true] {
        let keyring = Arc::new(Keyring::default());
        let world = World::scripted().restart(keyring.clone());
        let prompts = || world.scripts.place("a").prompts.load(Ordering::SeqCst);
        world.app.check_access(CheckAccess { draft: person("a", keep) }).await.unwrap();
        world.app.check_access(CheckAccess { draft: person("a", keep) }).await.unwrap();
        world.app.add_connection(AddConnection { draft: person("a", keep) }).await.unwrap();
        assert!(watch(&world.app, true).await.failed.is_empty());
        assert_eq!(prompts(), 1);
        assert_eq!(keyring.read("a", "sign_in").unwrap().is_some(), keep);
        let row = world.app.list_connections(Nothing {}).await.unwrap().connections.remove(0);
        assert_eq!(row.secrets, if keep { "keyring" } else { "none needed" });

        world.app.remove_connection(RemoveConnection { name: "a".into() }).await.unwrap();
        assert!(keyring.read("a", "sign_in").unwrap().is_none());
        world.app.add_connection(AddConnection { draft: person("a", keep) }).await.unwrap();
        watch(&world.app, true).await;
        assert_eq!(prompts(), 2, "what a removed connection kept must not sign in the next");
    }
}

#[tokio::test]
async fn what_is_kept_serves_the_next_start_and_what_is_gone_is_asked_for_again() {
    let keyring = Arc::new(Keyring::default());
    let world = World::scripted().restart(keyring.clone());
    world.app.add_connection(AddConnection { draft: person("a", true) }).await.unwrap();
    watch(&world.app, true).await;
    let world = world.restart(keyring.clone());
    watch(&world.app, true).await;
    assert_eq!(world.scripts.place("a").prompts.load(Ordering::SeqCst), 1);
    keyring.forget("a", "sign_in").unwrap();
    let world = world.restart(keyring);
    assert!(watch(&world.app, true).await.failed.is_empty());
    assert_eq!(world.scripts.place("a").prompts.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_prompt_is_told_opened_and_cancelled_by_its_number() {
    let world = World::scripted().restart(Arc::new(MemoryKeychain::default()));
    *world.scripts.place("a").waits_for_person.lock().unwrap() = true;
    let (told, mut lists) = tokio::sync::mpsc::unbounded_channel::<PromptList>();
    let app = world.app.clone();
    let watching = tokio::spawn(async move {
        let sink = move |list| told.send(list).is_ok();
        app.watch_prompts(WatchPrompts { operation: "p".into() }, &sink).await
    });
    assert!(lists.recv().await.unwrap().prompts.is_empty());
    let app = world.app.clone();
    let trying = tokio::spawn(async move { app.check_access(CheckAccess { draft: person("a", false) }).await });
    let row = lists.recv().await.unwrap().prompts.remove(0);
    assert_eq!((row.place.as_str(), row.page.as_str()), ("place", "https://sign-in.test/page"));

    world.app.open_prompt(NamePrompt { id: row.id }).await.unwrap();
    assert_eq!(*world.desktop.opened.lock().unwrap(), ["https://sign-in.test/page"]);
    let unknown = world.app.open_prompt(NamePrompt { id: row.id + 1 }).await.unwrap_err();
    assert_eq!(unknown.kind(), Kind::NotFound);

    world.app.cancel_prompt(NamePrompt { id: row.id }).await.unwrap();
    assert_eq!(trying.await.unwrap().unwrap_err().kind(), Kind::SignedOut);
    assert!(lists.recv().await.unwrap().prompts.is_empty());
    drop(lists);
    watching.abort();
}
