//! The first steps that many journeys share.

use serde_json::json;
use thirtyfour::Key;

use crate::desktop::{Desktop, Wish};

/// The name of the form for each kind of server.
pub(crate) const VAULT: &str = "Vault or OpenBao";

/// A fresh window with the practice keystore open.
pub(crate) async fn practice() -> Desktop {
    let desktop = Desktop::open(Wish::default()).await;
    desktop.click("button", "Open the practice keystore").await;
    desktop.shows("snowflake-etl").await;
    desktop
}

/// Opens the form of that kind of place and names the connection.
pub(crate) async fn fill_form(desktop: &Desktop, kind: &str, name: &str) {
    desktop.click("button", "Add by address…").await;
    desktop.choose("Kind of place", kind).await;
    desktop.fill("Name of the connection", name).await;
}

/// Connects to a Vault or OpenBao with a token, and waits for the inventory.
pub(crate) async fn connect_with_token(desktop: &Desktop, name: &str, address: &str, token: &str) {
    fill_form(desktop, VAULT, name).await;
    desktop.fill("Address", address).await;
    desktop.choose("Sign in with", "A token").await;
    desktop.fill("Token", token).await;
    connect(desktop).await;
}

/// Connects with the form as it stands, and waits until everything is listed.
pub(crate) async fn connect(desktop: &Desktop) {
    desktop.click("button", "Connect").await;
    is_listed(desktop).await;
}

/// Waits until there is a list of items and nothing is asked any more.
pub(crate) async fn is_listed(desktop: &Desktop) {
    let listed = "document.querySelector('[role=grid] [role=row][data-index]') && !document.querySelector('progress')";
    desktop.until(listed, "everything is listed").await;
}

/// Narrows the inventory to rows that hold `text`.
pub(crate) async fn filter(desktop: &Desktop, text: &str) {
    desktop.fill("Filter", text).await;
    let narrowed = format!(
        "document.querySelector('[role=searchbox]').value === {}
         && /^\\d[\\d,]* of /.test(document.querySelector('[data-testid=row-count]').innerText)",
        json!(text)
    );
    desktop.until(&narrowed, "the filter narrows the list").await;
}

/// Opens the export studio for the item in view.
pub(crate) async fn open_export(desktop: &Desktop) {
    desktop.click_on("item-export").await;
    desktop.until("document.querySelector('[data-testid=export-text]')?.innerText", "there is a preview").await;
}

/// Copies the export in that format, and gives what was pasted.
pub(crate) async fn copy_as(desktop: &Desktop, format: &str, begins: &str) -> String {
    desktop.click_on(&format!("format-{format}")).await;
    // Not before its preview is proven: another format's text may still stand there.
    let begins_so = format!(
        "document.querySelector('[data-testid=export-text]').innerText.startsWith({begins:?})
         && document.querySelector('[data-testid=export-preview]').getAttribute('aria-busy') !== 'true'"
    );
    desktop.until(&begins_so, &format!("the preview begins with {begins:?}")).await;
    desktop.click_on("export-copy").await;
    desktop.pasted(&format!("the export as {format}"), |text| text.starts_with(begins)).await
}

/// Closes the dialog in front.
pub(crate) async fn close_dialog(desktop: &Desktop) {
    desktop.type_keys(Key::Escape).await;
    desktop.until("!document.querySelector('[role=dialog]')", "the dialog is closed").await;
}
