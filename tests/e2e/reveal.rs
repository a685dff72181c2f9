//! A secret value: masked, shown for a while, hidden at once, and copied without being shown.

use crate::{desktop::Desktop, journey};

/// How every secret of the practice keystore begins.
const VALUE: &str = "practice-only: ";

async fn is_in_the_document(desktop: &Desktop) -> bool {
    desktop.evaluate(&format!("return document.documentElement.outerHTML.includes({VALUE:?})")).await == true
}

#[tokio::test]
async fn a_secret_is_in_the_document_only_while_it_is_shown() {
    let desktop = journey::practice().await;
    desktop.open_row("warehouse-db-password").await;
    desktop.click("tab", "Secret").await;
    assert_eq!(desktop.text_of("secret-value").await.trim(), "●".repeat(10));
    assert!(!is_in_the_document(&desktop).await, "the value is in the document before anybody asked");
    desktop.picture("secret-masked-light").await;
    desktop.click("button", "Copy for 30 s").await;
    let copied = desktop.pasted("the secret", |text| text.starts_with(VALUE)).await;
    assert!(!is_in_the_document(&desktop).await, "copying shows the value");

    desktop.click("button", "Reveal 20 s").await;
    desktop.part_shows("secret-value", &copied).await;
    desktop.click("button", "Hide now").await;
    desktop.part_shows("secret-value", "●").await;
    assert!(!is_in_the_document(&desktop).await, "the hidden value is still in the document");

    // Leaving the item hides it as well.
    desktop.click("button", "Reveal 20 s").await;
    desktop.part_shows("secret-value", &copied).await;
    desktop.click("tab", "Overview").await;
    desktop.until("!document.querySelector('[data-testid=secret-value]')", "the overview is in front").await;
    assert!(!is_in_the_document(&desktop).await, "the value is left behind in the document");
}
