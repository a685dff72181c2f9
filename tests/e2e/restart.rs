//! What a restart finds: the rows of the last time, at once, with their age, although their server is gone.

use std::collections::BTreeSet;

use servers::{OpenBao, fixtures::openbao};

use crate::{
    desktop::{Desktop, Wish},
    journey,
};

#[tokio::test]
async fn rows_of_the_last_time_stay_when_their_server_is_gone() {
    let server = OpenBao::start().await.unwrap();
    openbao::fill(&server).await.unwrap();
    let variables = [("VAULT_ADDR", server.address()), ("VAULT_TOKEN", OpenBao::ROOT_TOKEN)];
    let wish = || Wish {
        variables: variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        ..Wish::default()
    };
    let desktop = Desktop::open(wish()).await;
    desktop.click("checkbox", "Vault or OpenBao").await;
    journey::connect(&desktop).await;
    let names: BTreeSet<String> = desktop.names().await.into_iter().collect();
    assert!(names.contains("rotated"), "{names:?}");
    let home = desktop.close().await;
    let wish = wish();
    drop(server);

    let desktop = Desktop::open_in(home, wish).await;
    desktop.row("rotated").await;
    desktop.until("!document.querySelector('progress')", "the server was asked").await;
    let stale: BTreeSet<String> = desktop.names().await.into_iter().collect();
    assert_eq!(stale, names);
    desktop.part_shows("status-bar", "as of").await;
    desktop.part_shows("status-bar", "not complete").await;
    desktop.click("button", "Show why").await;
    desktop.part_shows("inventory-room", "127.0.0.1").await;
    desktop.picture("restart-without-server-light").await;
}
