//! Keys brought in the window (source 1, story S5): from a vault into KMS, the app closed and opened again on the way;
//! wrapped inside the vault; and a target that holds another key.

mod cloud;
mod fails;
mod hygiene;

use serde_json::{Value, json};
use servers::{AmazonServer, OpenBao, fixtures::amazon::REGION};

use crate::{
    amazon,
    desktop::{Desktop, Wish},
    journey,
    rotations::does,
};

/// An OpenBao with transit engines at these paths, empty.
async fn vault(mounts: &[&str]) -> OpenBao {
    let server = OpenBao::start().await.unwrap();
    for mount in mounts {
        server.call("POST", &format!("sys/mounts/{mount}"), json!({"type": "transit"})).await.unwrap();
    }
    server
}

/// The sign-ins of whoever started the app, for both places: they are found again after a restart. What can be logged is.
fn wish(vault: &OpenBao) -> Wish {
    let mut wish = amazon::credentials();
    let trace = ("CLAVIGER_LOG", "trace");
    let variables = [("VAULT_ADDR", vault.address()), ("VAULT_TOKEN", OpenBao::ROOT_TOKEN), trace];
    wish.variables.extend(variables.map(|(name, value)| (name.to_owned(), value.to_owned())));
    wish
}

/// A window that is connected with that OpenBao, and with that AWS.
async fn open(vault: &OpenBao, cloud: Option<&AmazonServer>) -> Desktop {
    let desktop = Desktop::open(wish(vault)).await;
    desktop.click("checkbox", journey::VAULT).await;
    desktop.click("button", "Connect").await;
    is_in_tree(&desktop, "transit").await;
    if let Some(cloud) = cloud {
        desktop.type_keys("gc").await;
        journey::fill_form(&desktop, "AWS KMS", "aws").await;
        desktop.fill("Regions", REGION).await;
        desktop.fill("Endpoint", cloud.endpoint()).await;
        desktop.click("button", "Connect").await;
        is_in_tree(&desktop, REGION).await;
    }
    desktop
}

async fn is_in_tree(desktop: &Desktop, vault: &str) {
    let found = format!(
        "[...document.querySelectorAll('[role=treeitem] .label')].some((one) => one.textContent.startsWith({}))
         && !document.querySelector('progress')",
        json!(vault)
    );
    desktop.until(&found, &format!("{vault} is in the tree")).await;
}

/// Begins an import in its room.
async fn begin(desktop: &Desktop) {
    desktop.click("treeitem", "Imports").await;
    desktop.click_on("bring").await;
    is_at(desktop, "target").await;
}

async fn is_at(desktop: &Desktop, view: &str) {
    let condition = format!("document.querySelector('[data-testid=import-room]')?.dataset.view === {}", json!(view));
    desktop.until(&condition, &format!("the import is at {view}")).await;
}

/// Goes on to the step where the import is.
async fn go_here(desktop: &Desktop, view: &str) {
    desktop.click_on("go-here").await;
    is_at(desktop, view).await;
}

/// Chooses a vault and a kind of key, and waits for the ways.
async fn choose(desktop: &Desktop, vault: &str, kind: &str) {
    desktop.click("radio", vault).await;
    desktop.click("radio", kind).await;
    desktop.until("document.querySelector('[role=radiogroup][aria-label=Way] :checked')", "a way is chosen").await;
}

/// The way that is chosen.
async fn way(desktop: &Desktop) -> String {
    let script =
        "return document.querySelector('[role=radiogroup][aria-label=Way] :checked').closest('label').innerText";
    desktop.evaluate(script).await.as_str().unwrap().trim().to_owned()
}

/// Names an item of the vault as the source, and waits until it is known whether it leaves.
async fn from_item(desktop: &Desktop, name: &str) {
    desktop.click("radio", "An item of a connection").await;
    desktop.click("radio", name).await;
    desktop.until("document.querySelector('[data-testid=leaving] :checked')", "it is known how the key leaves").await;
}

/// Plans a step at a place, reads it, and has it carried out.
async fn carry_out(desktop: &Desktop, step: &str, picture: &str) {
    does(desktop, &format!("plan:{step}")).await;
    let confirm = "document.querySelector('[data-testid=import-confirm]')";
    desktop.until(confirm, "the plan is there").await;
    pictures(desktop, picture).await;
    if desktop.evaluate("return document.body.innerText.includes('Allow changes for 15 minutes')").await == true {
        desktop.click("button", "Allow changes for 15 minutes").await;
    }
    desktop
        .until(&format!("{confirm} && {confirm}.getAttribute('aria-disabled') !== 'true'"), "it may be confirmed")
        .await;
    desktop.evaluate(&format!("{confirm}.click()")).await;
    let settled =
        format!("document.querySelector('[data-testid=\"order-{step}\"]')?.dataset.stage !== 'running' && !{confirm}");
    desktop.until(&settled, &format!("{step} is settled")).await;
}

/// What a list of facts says beside that name.
async fn fact(desktop: &Desktop, name: &str) -> String {
    let found = format!(
        "[...document.querySelectorAll('[data-testid=import-room] dt')].find((one) => one.textContent.trim() === {})
            ?.nextElementSibling",
        json!(name)
    );
    desktop.until(&found, &format!("{name} is told")).await;
    desktop.evaluate(&format!("return {found}.innerText")).await.as_str().unwrap().trim().to_owned()
}

/// The window closed and opened anew; the import is opened from the list.
async fn again(desktop: Desktop, vault: &OpenBao, title: &str, view: &str) -> Desktop {
    let home = desktop.close().await;
    let desktop = Desktop::open_in(home, wish(vault)).await;
    desktop.click("treeitem", "Imports").await;
    let row = format!(
        "[...document.querySelectorAll('[data-testid=imports-room] [data-import]')]
            .find((row) => row.textContent.includes({}))",
        json!(title)
    );
    desktop.until(&row, "the import is in the list").await;
    pictures(&desktop, "list").await;
    desktop.evaluate(&format!("{row}.click()")).await;
    is_at(&desktop, view).await;
    desktop
}

/// A call to KMS that the app knows nothing of.
async fn kms(server: &AmazonServer, operation: &str, body: Value) -> Value {
    server.call(REGION, &format!("TrentService.{operation}"), body).await.unwrap()
}

/// Looks at the step in both themes, and at its end where that is below the window.
async fn pictures(desktop: &Desktop, name: &str) {
    for theme in ["dark", "light"] {
        desktop.theme(theme).await;
        desktop.has_no_axe_violation(&format!("import: {name}, {theme}")).await;
        desktop.picture(&format!("import-{name}-{theme}")).await;
        let scrolled = desktop
            .evaluate(
                "const content = document.querySelector('[data-testid=import-room] .content');
                 if (!content || content.scrollHeight < content.clientHeight + 24) return false;
                 content.scrollTop = content.scrollHeight; return true;",
            )
            .await;
        if scrolled == true {
            desktop.picture(&format!("import-{name}-end-{theme}")).await;
            desktop.evaluate("document.querySelector('[data-testid=import-room] .content').scrollTop = 0").await;
        }
    }
}
