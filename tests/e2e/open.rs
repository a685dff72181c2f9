//! An item is opened by what names it, from the shell and from inside, without looking for it in a list.

use thirtyfour::Key;

use crate::{
    desktop::{Desktop, Wish},
    journey,
};

#[tokio::test]
async fn an_address_opens_its_item_from_the_shell_and_from_the_palette() {
    let home = journey::practice().await.close().await;
    let wish = Wish { arguments: vec!["open".into(), "keystore:tls-api".into()], ..Wish::default() };
    let desktop = Desktop::open_in(home, wish).await;
    desktop.part_shows("item-room", "api.brightwater.example").await;

    desktop.type_keys(Key::Control + "k").await;
    desktop.until("document.activeElement?.getAttribute('role') === 'combobox'", "the palette is open").await;
    desktop.type_keys("keystore:oidc-signing").await;
    desktop.shows("Open keystore:oidc-signing").await;
    desktop.type_keys(Key::Enter + "").await;
    desktop.part_shows("item-room", "oidc-signing").await;

    desktop.type_keys(Key::Control + "k").await;
    desktop.until("document.activeElement?.getAttribute('role') === 'combobox'", "the palette is open").await;
    desktop.type_keys("keystore:there-is-no-such-item").await;
    desktop.shows("Open keystore:there-is-no-such-item").await;
    desktop.type_keys(Key::Enter + "").await;
    desktop.shows("Nothing was changed.").await;
}
