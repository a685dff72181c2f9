//! A server that speaks AWS, connected with the credentials of the environment.

use servers::{
    AmazonServer,
    fixtures::amazon::{self, REGION},
};

use crate::{
    desktop::{Desktop, Wish},
    journey, oracle,
};

/// The credentials of whoever started the app.
pub(crate) fn credentials() -> Wish {
    let variables = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
    Wish { variables: variables.map(|name| (name.into(), "test".into())).into(), ..Wish::default() }
}

/// Connects to the server at that endpoint as `aws`, and waits for its items.
pub(crate) async fn connect_to(desktop: &Desktop, endpoint: &str) {
    journey::fill_form(desktop, "AWS KMS", "aws").await;
    desktop.fill("Regions", REGION).await;
    desktop.fill("Endpoint", endpoint).await;
    journey::connect(desktop).await;
}

#[tokio::test]
async fn a_key_found_by_its_alias_is_exported_as_the_server_holds_it() {
    let server = AmazonServer::ministack().await.unwrap();
    let filled = amazon::fill(&server).await.unwrap();
    let desktop = Desktop::open(credentials()).await;
    connect_to(&desktop, server.endpoint()).await;
    journey::filter(&desktop, "ecc-p521").await;
    assert_eq!(desktop.names().await, ["ecc-p521"]);
    desktop.open_row("ecc-p521").await;
    desktop.part_shows("item-room", "alias/ecc-p521").await;
    journey::open_export(&desktop).await;
    let pem = journey::copy_as(&desktop, "spki-pem", "-----BEGIN PUBLIC KEY-----").await;
    assert_eq!(Some(oracle::spki(&pem)), filled.known.item("ecc-p521").unwrap().public_key);
}
