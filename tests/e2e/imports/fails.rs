//! The target holds another key than the one that was sent: the window says so, and the import cannot end well.

use serde_json::json;

use super::{begin, carry_out, choose, from_item, go_here, is_at, open, pictures, vault};
use crate::rotations::{does, locked};

#[tokio::test]
async fn another_key_at_the_target_is_found_out() {
    let vault = vault(&["transit", "other"]).await;
    vault.call("POST", "transit/keys/payments", json!({"type": "aes256-gcm96", "exportable": true})).await.unwrap();
    let desktop = open(&vault, None).await;
    begin(&desktop).await;
    choose(&desktop, "other", "AES-256").await;
    desktop.fill("Name", "payments").await;
    pictures(&desktop, "target-vault").await;
    does(&desktop, "set-target").await;
    is_at(&desktop, "source").await;
    from_item(&desktop, "payments").await;
    // Wrapped inside its vault it would never be seen here, and nothing could show which key arrived.
    desktop.click("radio", "Hand it out and wrap it here").await;
    does(&desktop, "set-source").await;
    is_at(&desktop, "wrapping-key").await;
    does(&desktop, "fetch").await;
    pictures(&desktop, "wrapping-key-vault").await;
    go_here(&desktop, "wrap").await;
    does(&desktop, "wrap").await;
    desktop.part_shows("import-room", "The wrapped key is in memory").await;
    pictures(&desktop, "wrap-vault").await;
    go_here(&desktop, "import").await;
    carry_out(&desktop, "import", "import-vault").await;
    is_at(&desktop, "prove").await;
    assert!(
        locked(&desktop, "finish").await.contains("not shown that it is the same key"),
        "{}",
        locked(&desktop, "finish").await
    );

    // Somebody else makes another key of the same name.
    vault.call("POST", "other/keys/payments/config", json!({"deletion_allowed": true})).await.unwrap();
    vault.call("DELETE", "other/keys/payments", json!({})).await.unwrap();
    vault.call("POST", "other/keys/payments", json!({"type": "aes256-gcm96"})).await.unwrap();
    does(&desktop, "prove").await;
    desktop
        .until("document.querySelector('[data-testid=proof]')?.dataset.outcome === 'fails'", "it is found out")
        .await;
    desktop.part_shows("proof", "This is another key").await;
    desktop.part_shows("proof", "Do not use it").await;
    assert!(locked(&desktop, "finish").await.contains("another key"), "{}", locked(&desktop, "finish").await);
    pictures(&desktop, "fails").await;

    desktop.click_on("give-up").await;
    desktop.part_shows("giving-up", "The key stays at the target").await;
    pictures(&desktop, "give-up").await;
    desktop.click_on("give-up-confirm").await;
    is_at(&desktop, "over").await;
    desktop.shows("The import was given up").await;
    pictures(&desktop, "given-up").await;
}
