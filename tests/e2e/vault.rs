//! An OpenBao, connected in the window: by address and token, and with a token that may do less.

use serde_json::{Value, json};
use servers::{
    OpenBao,
    fixtures::openbao::{self, DENIED_KEY, Filled},
};

use crate::{
    desktop::{Desktop, Wish},
    journey, oracle,
};

async fn server() -> (OpenBao, Filled) {
    let server = OpenBao::start().await.unwrap();
    let filled = openbao::fill(&server).await.unwrap();
    (server, filled)
}

#[tokio::test]
async fn a_transit_key_is_exported_as_the_server_holds_it() {
    let (server, filled) = server().await;
    // The root token is the word `root`, which may well be on the disk; this one may not.
    let body = json!({"policies": ["root"], "display_name": "owner"});
    let made = server.call("POST", "auth/token/create", body).await.unwrap();
    let token = made["client_token"].as_str().unwrap();
    let desktop = Desktop::open(Wish::default()).await;
    journey::fill_form(&desktop, journey::VAULT, "bao").await;
    desktop.fill("Address", server.address()).await;
    desktop.choose("Sign in with", "A token").await;
    desktop.fill("Token", token).await;
    desktop.evaluate("document.querySelector('[data-testid=connect-room]').scrollTop = 0").await;
    for theme in ["dark", "light"] {
        desktop.theme(theme).await;
        desktop.picture(&format!("connect-vault-{theme}")).await;
    }
    desktop.click("button", "Check access").await;
    desktop.part_shows("access-result", "Signed in as token-owner").await;
    desktop.part_shows("access-result", "Everything that was tried works.").await;
    desktop.picture("connect-checked-light").await;
    journey::connect(&desktop).await;
    desktop.picture("inventory-openbao-light").await;

    journey::filter(&desktop, "ecdsa-p384").await;
    desktop.open_row("ecdsa-p384").await;
    journey::open_export(&desktop).await;
    let pem = journey::copy_as(&desktop, "spki-pem", "-----BEGIN PUBLIC KEY-----").await;
    let known = filled.known.item("ecdsa-p384").unwrap();
    assert_eq!(Some(oracle::spki(&pem)), known.public_key);
    let kept = desktop.close().await;
    assert!(files_with(kept.path(), b"ecdsa-p384") > 0, "nothing is kept of the list");
    assert_eq!(files_with(kept.path(), token.as_bytes()), 0, "the token is on the disk");
}

#[tokio::test]
async fn what_a_token_may_not_read_is_named_beside_what_it_may() {
    let (server, filled) = server().await;
    let token = openbao::token_of(&server, &filled.maria).await.unwrap();
    let desktop = Desktop::open(Wish::default()).await;
    journey::connect_with_token(&desktop, "bao", server.address(), &token).await;
    let denied = desktop.row(DENIED_KEY).await;
    assert!(denied.contains("transit/keys/denied"), "{denied}");
    let readable = desktop.row("ecdsa-p256").await;
    assert!(readable.contains("EC P-256") && readable.contains("Enabled"), "{readable}");
    for item in &filled.known.items {
        journey::filter(&desktop, &item.name).await;
        assert!(desktop.names().await.contains(&item.name), "{} is missing", item.name);
    }
}

#[tokio::test]
async fn a_facet_that_is_closed_names_the_permission() {
    let (server, _) = server().await;
    let policy = r#"path "secret/metadata/*" { capabilities = ["read", "list"] }
        path "secret/data/app/database" { capabilities = ["deny"] }"#;
    server.call("PUT", "sys/policies/acl/names", json!({"policy": policy})).await.unwrap();
    let made = server.call("POST", "auth/token/create", json!({"policies": ["names"]})).await.unwrap();
    let token = made["client_token"].as_str().unwrap();
    let desktop = Desktop::open(Wish::default()).await;
    journey::fill_form(&desktop, journey::VAULT, "bao").await;
    desktop.fill("Address", server.address()).await;
    desktop.choose("Sign in with", "A token").await;
    desktop.fill("Token", token).await;
    desktop.fill("Mounts", "secret").await;
    journey::connect(&desktop).await;
    desktop.open_row("app/database").await;
    desktop.click("tab", "Secret").await;
    desktop.part_shows("grey-reason", "The secret may not be opened.").await;
    desktop.part_shows("grey-reason", "secret/data/app/database").await;
    let opened = desktop.evaluate("return document.querySelector('[data-testid=secret-value]') !== null").await;
    assert_eq!(opened, Value::Bool(false));
}

/// How many files below `folder` hold these bytes.
fn files_with(folder: &std::path::Path, bytes: &[u8]) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            if path.is_dir() {
                return files_with(&path, bytes);
            }
            let content = std::fs::read(&path).unwrap_or_default();
            usize::from(content.windows(bytes.len()).any(|window| window == bytes))
        })
        .sum()
}
