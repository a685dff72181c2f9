//! Every screen in both themes, looked at by axe-core in the real web view.

use thirtyfour::Key;

use crate::{
    desktop::{Desktop, Wish},
    journey,
};

/// Looks at the screen in both themes, and takes a picture of each.
async fn look(desktop: &Desktop, name: &str) {
    for theme in ["dark", "light"] {
        desktop.theme(theme).await;
        desktop.picture(&format!("{name}-{theme}")).await;
        desktop.has_no_axe_violation(&format!("{name}, {theme}")).await;
    }
}

#[tokio::test]
async fn the_way_in_has_no_violation() {
    let desktop = Desktop::open(Wish::default()).await;
    desktop.shows("Open the practice keystore").await;
    look(&desktop, "first-run").await;
    desktop.click("button", "Add by address…").await;
    desktop.until("document.querySelector('[data-testid=address-form] select')", "the form is there").await;
    look(&desktop, "connect").await;
    // Problems have colours and relations of their own.
    desktop.click("button", "Connect").await;
    desktop.until("document.querySelector('[aria-invalid=true]')", "what is missing is marked").await;
    look(&desktop, "connect-problems").await;
}

#[tokio::test]
async fn the_list_and_what_lies_over_it_has_no_violation() {
    let desktop = journey::practice().await;
    look(&desktop, "inventory").await;
    desktop.choose_row("tls-api").await;
    desktop.part_shows("peek", "tls-api").await;
    look(&desktop, "peek").await;
    desktop.type_keys(Key::Control + "k").await;
    desktop.until("document.querySelector('[role=listbox] [role=option]')", "the palette is open").await;
    desktop.type_keys("sn").await;
    desktop.until("document.querySelector('[role=listbox]').innerText.includes('snowflake-etl')", "it finds").await;
    look(&desktop, "palette").await;
    journey::close_dialog(&desktop).await;
    desktop.type_keys("gs").await;
    desktop.until("document.querySelector('[data-testid=settings-room]')", "the settings are open").await;
    look(&desktop, "settings").await;
}

#[tokio::test]
async fn an_item_has_no_violation() {
    let desktop = journey::practice().await;
    desktop.open_row("tls-api").await;
    look(&desktop, "item").await;
    desktop.click("tab", "Certificate").await;
    desktop.part_shows("item-room", "x5t#S256").await;
    look(&desktop, "certificate").await;
    desktop.click("tab", "Versions").await;
    desktop.until("document.querySelector('[data-testid=item-room] table')", "the versions are there").await;
    look(&desktop, "versions").await;
    journey::open_export(&desktop).await;
    look(&desktop, "export").await;
    journey::close_dialog(&desktop).await;
    desktop.type_keys("gi").await;
    desktop.open_row("warehouse-db-password").await;
    desktop.click("tab", "Secret").await;
    desktop.until("document.querySelector('[data-testid=secret-value]')", "the secret tab is there").await;
    look(&desktop, "secret").await;
    desktop.click("button", "Reveal 20 s").await;
    desktop.part_shows("secret-value", "practice-only").await;
    look(&desktop, "secret-shown").await;
}
