//! Ten thousand items: all of them are there, and only those in view are in the document.

use futures::{StreamExt, TryStreamExt, stream};
use serde_json::json;
use servers::OpenBao;
use thirtyfour::Key;

use crate::{
    desktop::{Desktop, Wish},
    journey,
};

const MANY: usize = 10_000;
const ROWS: &str = "document.querySelectorAll('[role=grid] [role=row][data-index]')";

#[tokio::test]
async fn ten_thousand_rows_scroll_and_narrow() {
    let server = OpenBao::start().await.unwrap();
    server.call("POST", "sys/mounts/transit", json!({"type": "transit"})).await.unwrap();
    stream::iter(0..MANY)
        .map(|number| {
            let path = format!("transit/keys/service-{number:05}");
            let server = &server;
            async move { server.call("POST", &path, json!({"type": "ed25519"})).await.map(drop) }
        })
        .buffer_unordered(16)
        .try_collect::<()>()
        .await
        .unwrap();
    let desktop = Desktop::open(Wish::default()).await;
    journey::fill_form(&desktop, journey::VAULT, "bao").await;
    desktop.fill("Address", server.address()).await;
    desktop.choose("Sign in with", "A token").await;
    desktop.fill("Token", OpenBao::ROOT_TOKEN).await;
    desktop.fill("Mounts", "transit").await;
    journey::connect(&desktop).await;
    desktop.part_shows("row-count", "10,000 items").await;
    let counted = desktop.evaluate("return document.querySelector('[role=grid]').ariaRowCount").await;
    assert_eq!(counted, (MANY + 1).to_string());
    assert_few(&desktop).await;
    desktop.picture("inventory-10000-light").await;

    desktop
        .evaluate("const grid = document.querySelector('[role=grid]'); grid.scrollTop = grid.scrollHeight / 2")
        .await;
    desktop.row("service-05000").await;
    assert_few(&desktop).await;
    desktop.evaluate("document.querySelector('[role=grid]').scrollTop = 0").await;

    desktop.choose_row("service-00000").await;
    desktop.type_keys(Key::End + "").await;
    desktop.until("document.activeElement.innerText.includes('service-09999')", "End goes to the last row").await;
    assert_few(&desktop).await;
    // It is in view, not only in the document.
    let inside = "const row = document.activeElement.getBoundingClientRect();
        const grid = document.querySelector('[role=grid]').getBoundingClientRect();
        return row.top >= grid.top && row.bottom <= grid.bottom + 1;";
    assert_eq!(desktop.evaluate(inside).await, true, "the last row is out of view");
    desktop.theme("dark").await;
    desktop.picture("inventory-10000-end-dark").await;

    journey::filter(&desktop, "service-0999").await;
    desktop.part_shows("row-count", "10 of 10,000 items").await;
    let wanted: Vec<String> = (9_990..MANY).map(|number| format!("service-{number:05}")).collect();
    assert_eq!(desktop.names().await, wanted);
}

async fn assert_few(desktop: &Desktop) {
    let drawn = desktop.evaluate(&format!("return {ROWS}.length")).await.as_u64().unwrap();
    assert!((10..80).contains(&drawn), "{drawn} rows are in the document");
}
