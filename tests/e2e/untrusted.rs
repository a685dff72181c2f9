//! Text of somebody else's that is made to look like ours, or to become a part of the page.

use servers::{
    AmazonServer,
    fixtures::{MARKUP, RIGHT_TO_LEFT, amazon as fixture, long_text},
};

use crate::{amazon, desktop::Desktop, journey};

#[tokio::test]
async fn what_a_cloud_sends_is_text_and_nothing_else() {
    let server = AmazonServer::ministack().await.unwrap();
    fixture::fill(&server).await.unwrap();
    let desktop = Desktop::open(amazon::credentials()).await;
    amazon::connect_to(&desktop, server.endpoint()).await;
    journey::filter(&desktop, "odd").await;
    desktop.open_row("odd").await;
    desktop.part_shows("item-room", "<script>begin</script> xxx").await;
    desktop.part_shows("item-room", MARKUP).await;
    desktop.part_shows("item-room", RIGHT_TO_LEFT).await;
    desktop.click("button", "Show all 8,192 characters").await;
    desktop.part_shows("item-room", &long_text()).await;
    desktop.picture("untrusted-text-light").await;
    let made = "document.querySelectorAll('[data-testid=item-room] :is(script, img, iframe, a)').length";
    assert_eq!(desktop.evaluate(&format!("return {made}")).await, 0, "an element was made of it");
    // Nothing beside the text may be turned round by it, nor pushed out of the window.
    let loose = "[...document.querySelectorAll('[data-testid=item-room] *')].filter((e) => e.children.length === 0
        && e.textContent.includes('\\u202e') && !e.closest('bdi')).length";
    assert_eq!(desktop.evaluate(&format!("return {loose}")).await, 0, "a mark reaches the text around it");
    let wide = "document.querySelector('[data-testid=item-room]').scrollWidth > document.querySelector('[data-testid=item-room]').clientWidth";
    assert_eq!(desktop.evaluate(&format!("return {wide}")).await, false, "it is wider than its room");

    // The window still works.
    desktop.click("button", "Inventory").await;
    desktop.until("document.querySelector('[data-testid=inventory-room]')", "the inventory is in front").await;
    desktop.open_row("app/odd").await;
    desktop.part_shows("item-room", MARKUP).await;
}
