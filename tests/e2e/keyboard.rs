//! Without a mouse: from nothing to a public key on the clipboard.

use thirtyfour::Key;

use crate::{
    desktop::{Desktop, Wish},
    oracle,
};

/// Presses Tab until what has the focus shows or is called `name`.
async fn tab_to(desktop: &Desktop, name: &str) {
    let mut seen = Vec::new();
    for _ in 0..60 {
        desktop.type_keys(Key::Tab + "").await;
        let script = "const e = document.activeElement; return (e.getAttribute('aria-label') ?? e.textContent).trim();";
        let here = desktop.evaluate(script).await.as_str().unwrap_or_default().to_owned();
        if here.starts_with(name) {
            return;
        }
        seen.push(here);
    }
    panic!("Tab never comes to {name:?}, only to {seen:?}");
}

#[tokio::test]
async fn a_public_key_is_copied_with_the_keyboard_alone() {
    let desktop = Desktop::open(Wish::default()).await;
    desktop.shows("Open the practice keystore").await;
    tab_to(&desktop, "Open the practice keystore").await;
    desktop.type_keys(Key::Enter + "").await;
    desktop.shows("snowflake-etl").await;

    // The filter, the first row below it, and its key by a single letter.
    desktop.type_keys(Key::Control + "f").await;
    desktop.until("document.activeElement.role === 'searchbox'", "the filter has the focus").await;
    desktop.type_keys("payments").await;
    desktop.part_shows("row-count", "1 of 15 items").await;
    desktop.type_keys(Key::Down + "").await;
    desktop.until("document.activeElement.role === 'row'", "the row has the focus").await;
    desktop.type_keys("c").await;
    desktop.shows("Public key of payments-sign copied").await;
    let quick = desktop.pasted("the key", |text| text.starts_with("-----BEGIN PUBLIC KEY-----")).await;

    // The long way: the item, the studio, another format with the arrows, and Enter for the copy.
    desktop.type_keys(Key::Enter + "").await;
    desktop.until("document.querySelector('[data-testid=item-room] [role=tab]')", "the item is open").await;
    desktop.type_keys("e").await;
    desktop.until("document.activeElement.dataset.testid === 'format-spki-pem'", "a format has the focus").await;
    desktop.until("document.querySelector('[data-testid=export-text]')", "there is a preview").await;
    desktop.type_keys(Key::Down + "").await;
    desktop.type_keys(Key::Down + "").await;
    desktop.part_shows("export-text", "ssh-rsa ").await;
    desktop.type_keys(Key::Enter + "").await;
    let line = desktop.pasted("the line", |text| text.starts_with("ssh-rsa ")).await;
    desktop.type_keys(Key::Escape + "").await;
    desktop.until("!document.querySelector('[role=dialog]')", "the studio is closed").await;
    // The same key both ways: the window shows for it what ssh-keygen says of the line.
    desktop.part_shows("item-room", &oracle::ssh_fingerprint(&line)).await;
    desktop.part_shows("item-room", &oracle::fingerprint(&oracle::spki(&quick))).await;

    // Back to the list by two letters, and the sheet of all shortcuts.
    desktop.type_keys("gi").await;
    desktop.until("document.activeElement.role === 'row'", "the list has the focus again").await;
    desktop.type_keys("?").await;
    desktop.until("document.querySelector('[role=dialog]')", "the sheet is open").await;
    desktop.shows("Copy public key (PEM)").await;
}
