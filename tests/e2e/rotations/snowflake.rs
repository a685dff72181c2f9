//! Story S3: the key pair of a Snowflake user is rotated without downtime, and three pipelines come to the new key.

use servers::SnowflakeUser;

use super::{add, again, begin, carry_out, does, go_on, is_at, locked, number, paste, pictures, says, state, text};
use crate::{desktop::Desktop, journey, oracle};

const ITEM: &str = "snowflake-etl";
const USER: &str = "ETL_USER";
const PIPELINES: [&str; 3] = ["nightly load", "hourly load", "dashboard"];

#[tokio::test]
async fn the_key_of_a_snowflake_user_is_rotated_without_downtime() {
    let desktop = journey::practice().await;
    journey::filter(&desktop, ITEM).await;
    desktop.open_row(ITEM).await;
    journey::open_export(&desktop).await;
    let old = oracle::spki(&journey::copy_as(&desktop, "spki-pem", "-----BEGIN PUBLIC KEY-----").await);
    desktop.type_keys(thirtyfour::Key::Escape + "").await;
    desktop.click("button", "Back").await;
    let mut user = SnowflakeUser::new(USER, old.clone());

    begin(&desktop, ITEM).await;
    add(&desktop, "Snowflake user", USER, &[("User", USER), ("Account", "xy12345.eu-west-1")]).await;
    for pipeline in PIPELINES {
        add(&desktop, "By hand", pipeline, &[]).await;
    }
    pictures(&desktop, "consumers").await;
    go_on(&desktop, "create").await;
    assert!(locked(&desktop, "plan:create").await.contains("names no version"));
    says(&desktop, "pin", "The pipelines name version 1.").await;
    carry_out(&desktop, "create", "create").await;
    does(&desktop, "go-on").await;
    is_at(&desktop, "distribute").await;

    // Closed in the middle: the same step, and nothing is asked twice.
    let desktop = again(desktop, ITEM, "distribute").await;
    let id = number(&desktop, USER).await;
    paste(&desktop, &format!("slots-{id}"), &SnowflakeUser::new("SOMEBODY", old.clone()).describe()).await;
    does(&desktop, &format!("take-slots:{id}")).await;
    desktop.shows("SOMEBODY").await;
    pictures(&desktop, "another-user").await;
    paste(&desktop, &format!("slots-{id}"), &user.describe()).await;
    does(&desktop, &format!("take-slots:{id}")).await;
    let statement = text(&desktop, "ALTER USER").await;
    assert!(statement.starts_with("ALTER USER ETL_USER SET RSA_PUBLIC_KEY_2='"), "{statement}");
    pictures(&desktop, "distribute").await;
    user.run(&statement).unwrap();
    assert!(user.holds(&old), "the working key stays in its slot");
    does(&desktop, &format!("tell:{id}")).await;
    state(&desktop, &id, "IN_PROGRESS").await;
    paste(&desktop, &format!("slots-{id}"), &user.describe()).await;
    does(&desktop, &format!("take-slots:{id}")).await;
    state(&desktop, &id, "SUCCEEDED").await;

    let ids = pipelines(&desktop).await;
    go_on(&desktop, "verify").await;
    does(&desktop, "prove").await;
    desktop.part_shows("rotation-proof", "XY12345.ETL_USER").await;
    desktop.part_shows("rotation-proof", "RS256").await;
    for id in &ids {
        says(&desktop, &format!("verify:{id}"), "A sign-in showed the new fingerprint.").await;
    }
    pictures(&desktop, "verify").await;
    go_on(&desktop, "switch").await;
    retire(&desktop, &mut user, &id).await;
}

/// The pipelines come to the new key, one after the other; the first one fails at first, and the others wait for it.
async fn pipelines(desktop: &Desktop) -> Vec<String> {
    let mut ids = Vec::new();
    for pipeline in PIPELINES {
        ids.push(number(desktop, pipeline).await);
    }
    does(desktop, &format!("tell:{}", ids[0])).await;
    says(desktop, &format!("fail:{}", ids[0]), "It read its key from an image.").await;
    state(desktop, &ids[0], "FAILED").await;
    assert!(locked(desktop, &format!("tell:{}", ids[1])).await.contains("the run is halted: nightly load failed"));
    pictures(desktop, "halted").await;
    for id in &ids {
        does(desktop, &format!("tell:{id}")).await;
        says(desktop, &format!("succeed:{id}"), "It signs with version 2.").await;
        state(desktop, id, "SUCCEEDED").await;
    }
    ids
}

/// The users are switched; the old key goes from the user, then from the keystore.
async fn retire(desktop: &Desktop, user: &mut SnowflakeUser, id: &str) {
    says(desktop, "confirm-switch", "All pipelines name version 2.").await;
    go_on(desktop, "retire").await;
    let statement = text(desktop, "ALTER USER").await;
    assert_eq!(statement.trim_end(), "ALTER USER ETL_USER UNSET RSA_PUBLIC_KEY;");
    assert!(locked(desktop, "plan:disable-old").await.contains(USER));
    pictures(desktop, "retire").await;
    user.run(&statement).unwrap();
    paste(desktop, &format!("slots-{id}"), &user.describe()).await;
    does(desktop, &format!("take-slots:{id}")).await;
    carry_out(desktop, "disable-old", "disable-old").await;
    desktop.shows("Disabled").await;
    does(desktop, "finish").await;
    is_at(desktop, "over").await;
    pictures(desktop, "done").await;

    desktop.click("treeitem", "Home").await;
    desktop.until("document.querySelector('[data-testid=home-room] svg')", "home has its charts").await;
    pictures(desktop, "home").await;
}
