//! Sign-ins that a person does: in the browser, and with a code on another device.

use std::sync::Arc;

use domain::Kind;
use serde_json::json;
use servers::Azure;

use crate::{
    person::{Does, Person},
    place::{Place, ROBOT, asking, items},
};

const BROWSER: (&str, &str) = ("auth", "browser");
const DEVICE: (&str, &str) = ("auth", "device-code");

#[tokio::test(flavor = "multi_thread")]
async fn one_prompt_serves_every_call_and_what_it_left_the_next_start() {
    let place = Place::start().await;
    for (way, does) in [(BROWSER, Does::Follow), (DEVICE, Does::Code("accept"))] {
        let person = Person::new(&place.server, does);
        // No vault is named: Resource Manager is asked too, with a token of its own.
        let given = [way, ("vaults", ""), ("client_id", "owner")];
        let provider = place.provider(&given, &[], &asking(person.clone())).await.unwrap();
        let (identity, listed) = futures::join!(provider.identity(), items(&*provider));
        assert!(identity.unwrap().name.contains("owner"));
        assert!(listed.unwrap() > 0);
        let prompts = person.prompts();
        assert_eq!(prompts.len(), 1, "{prompts:?}");
        assert_eq!(prompts[0].place, format!("tenant {}", Azure::TENANT));
        assert_eq!(prompts[0].code.is_some(), way == DEVICE);
        let first = person.kept.lock().unwrap().clone().unwrap();

        // A new start: nobody is asked, and what is kept is replaced by its successor.
        assert!(place.items_for(&[way, ("client_id", "owner")], person.clone()).await.unwrap() > 0);
        assert_eq!(person.prompts().len(), 1);
        assert_ne!(person.kept.lock().unwrap().clone().unwrap(), first);

        // What was kept is worth nothing any more: one is asked again, once.
        place.server.revoke().await.unwrap();
        assert!(place.items_for(&[way, ("client_id", "owner")], person.clone()).await.unwrap() > 0);
        assert_eq!(person.prompts().len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_declines_or_cancels_is_asked_once() {
    let place = Place::start().await;
    place.app("declined", json!({"consent": false})).await;
    place.app("crossed", json!({"state": "of another sign-in"})).await;
    for (way, client, does, kind, words) in [
        (BROWSER, "declined", Does::Follow, Kind::SignedOut, "access_denied"),
        (BROWSER, "crossed", Does::Follow, Kind::SignedOut, "its state is wrong"),
        (BROWSER, ROBOT, Does::Cancel, Kind::SignedOut, "cancelled"),
        (DEVICE, ROBOT, Does::Cancel, Kind::SignedOut, "cancelled"),
        (DEVICE, ROBOT, Does::Code("decline"), Kind::SignedOut, "authorization_declined"),
        (DEVICE, ROBOT, Does::Code("expire"), Kind::SignedOut, "expired_token"),
        (DEVICE, "nobody", Does::Code("accept"), Kind::Invalid, "AADSTS700016"),
    ] {
        let person = Person::new(&place.server, does);
        let provider = place.provider(&[way, ("client_id", client)], &[], &asking(person.clone())).await.unwrap();
        let (identity, listed) = futures::join!(provider.identity(), items(&*provider));
        let error = identity.unwrap_err();
        assert_eq!(error.kind(), kind, "{client} {does:?}: {error}");
        assert!(error.message().contains(words), "{client} {does:?}: {error}");
        assert!(!error.next().is_empty(), "{error}");
        assert!(listed.is_err());
        let asked = usize::from(client != "nobody");
        assert_eq!(person.prompts().len(), asked, "{client} {does:?}");
        assert_eq!(*person.kept.lock().unwrap(), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_tenants_at_once_are_asked_for_by_name() {
    let place = Place::start().await;
    let person = Person::new(&place.server, Does::Follow);
    let other = Person::new(&place.server, Does::Follow);
    let (one, two) = futures::join!(
        place.items_for(&[BROWSER], person.clone()),
        place.items_for(&[BROWSER, ("tenant", "contoso.onmicrosoft.com")], other.clone()),
    );
    assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
    assert_eq!(person.prompts()[0].place, format!("tenant {}", Azure::TENANT));
    assert_eq!(other.prompts()[0].place, "tenant contoso.onmicrosoft.com");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_can_be_asked_it_says_so() {
    let place = Place::start().await;
    for way in [BROWSER, DEVICE] {
        let error = place.items(&[way], &[]).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Unsupported, "{error}");
    }
    let person = Person::new(&place.server, Does::Follow);
    let error = place.items_for(&[BROWSER, ("client_id", "")], Arc::clone(&person) as _).await.unwrap_err();
    assert!(error.message().contains("client id"), "{error}");
}
