//! Story S10: the signing key of an issuer is rotated; nobody signs with the new key before every reader knows it.

use servers::{Published, keys::is_in};

use super::{add, again, begin, carry_out, does, go_on, locked, number, opens, pictures, says, state, text};
use crate::{journey, oracle};

const ITEM: &str = "oidc-signing";
/// For how long readers may keep what they read, in seconds.
const KEPT: u64 = 5;

#[tokio::test]
async fn the_signing_key_of_an_issuer_is_rotated_behind_a_published_set() {
    let desktop = journey::practice().await;
    journey::filter(&desktop, ITEM).await;
    desktop.open_row(ITEM).await;
    journey::open_export(&desktop).await;
    let before = journey::copy_as(&desktop, "jwks", "{").await;
    let old = oracle::spki(&journey::copy_as(&desktop, "spki-pem", "-----BEGIN PUBLIC KEY-----").await);
    desktop.type_keys(thirtyfour::Key::Escape + "").await;
    desktop.click("button", "Back").await;
    let set = Published::start(&before, KEPT).await.unwrap();

    let url = set.url();

    begin(&desktop, ITEM).await;
    let fields = [
        ("Addresses", url.as_str()),
        ("Readers keep it for, in minutes", "0"),
        ("Lifetime of its tokens, in minutes", "0"),
        ("Private authority", set.authority()),
    ];
    add(&desktop, "JWKS endpoint", "issuer", &fields).await;
    go_on(&desktop, "create").await;
    says(&desktop, "pin", "The issuer names version 1.").await;
    carry_out(&desktop, "create", "create-issuer").await;
    go_on(&desktop, "distribute").await;
    let id = number(&desktop, "issuer").await;
    does(&desktop, &format!("tell:{id}")).await;
    state(&desktop, &id, "IN_PROGRESS").await;
    does(&desktop, &format!("look:{id}")).await;
    desktop.shows("It shows the old key alone.").await;
    let both = text(&desktop, "{").await;
    assert!(is_in(&both, &old), "the old key stays published");
    set.publish(&both);
    does(&desktop, &format!("look:{id}")).await;
    state(&desktop, &id, "SUCCEEDED").await;
    pictures(&desktop, "published").await;

    let desktop = again(desktop, ITEM, "distribute").await;
    go_on(&desktop, "verify").await;
    does(&desktop, "prove").await;
    desktop.part_shows("rotation-proof", "ES256").await;
    go_on(&desktop, "switch").await;
    assert!(locked(&desktop, "confirm-switch").await.contains("issuer"));
    pictures(&desktop, "switch-locked").await;
    opens(&desktop, "confirm-switch").await;
    does(&desktop, &format!("look:{id}")).await;
    says(&desktop, "confirm-switch", "The issuer names version 2.").await;
    go_on(&desktop, "retire").await;
    assert!(locked(&desktop, "plan:disable-old").await.contains("issuer"));
    let alone = text(&desktop, "{").await;
    assert!(!is_in(&alone, &old));
    set.publish(&alone);
    does(&desktop, &format!("look:{id}")).await;
    carry_out(&desktop, "disable-old", "disable-issuer").await;
    does(&desktop, "finish").await;
    super::is_at(&desktop, "over").await;
}
