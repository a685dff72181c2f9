//! From nothing to a proven public key in the practice keystore.

use crate::desktop::{Desktop, Wish};

#[tokio::test]
async fn from_first_run_to_the_practice_keystore() {
    let desktop = Desktop::open(Wish::default()).await;
    desktop.shows("Open the practice keystore").await;
    desktop.picture("first-run-light").await;
    desktop.has_no_axe_violation("the first screen").await;
    desktop.click("button", "Open the practice keystore").await;
    desktop.shows("snowflake-etl").await;
    desktop.shows("tls-api").await;
    desktop.picture("inventory-practice-light").await;
    desktop.has_no_axe_violation("the inventory").await;
}
