//! Rotations in the window: the key of a Snowflake user (story S3) and the signing key of an issuer (story S10), with the app
//! closed and opened again on the way.

mod issuer;
mod snowflake;

use serde_json::json;

use crate::desktop::Desktop;

/// Begins the rotation of an item and settles its rules: no waiting, so that the whole run fits into a test.
async fn begin(desktop: &Desktop, item: &str) {
    desktop.open_row(item).await;
    desktop.click_on("item-rotate").await;
    is_at(desktop, "scope").await;
    pictures(desktop, "scope").await;
    desktop.fill("Reason", "A year is over").await;
    desktop.fill("Both stay valid after the switch, in hours", "0").await;
    desktop.fill("The old material stays disabled before it is destroyed, in days", "0").await;
    go_on(desktop, "method").await;
    desktop.click("radio", "New version").await;
    desktop.until("!document.querySelector('[data-testid=deed-go-on]').ariaDisabled", "the method is kept").await;
    pictures(desktop, "method").await;
    go_on(desktop, "consumers").await;
}

/// Goes on, and waits for the next step.
async fn go_on(desktop: &Desktop, to: &str) {
    does(desktop, "go-on").await;
    is_at(desktop, to).await;
}

async fn is_at(desktop: &Desktop, view: &str) {
    let condition = format!("document.querySelector('[data-testid=rotation-room]')?.dataset.view === {}", json!(view));
    desktop.until(&condition, &format!("the rotation is at {view}")).await;
}

/// Presses the button of that deed as soon as it is open.
pub(crate) async fn does(desktop: &Desktop, word: &str) {
    let button = format!("document.querySelector('[data-testid=\"deed-{word}\"]')");
    let open = format!("{button} && {button}.getAttribute('aria-disabled') !== 'true' && !{button}.disabled");
    desktop.until(&open, &format!("{word} is open")).await;
    desktop.evaluate(&format!("{button}.click()")).await;
}

/// Waits until a deed is open but for the look that somebody has to take.
async fn opens(desktop: &Desktop, word: &str) {
    let button = format!("document.querySelector('[data-testid=\"deed-{word}\"]')");
    let said = format!(
        "document.getElementById({button}.getAttribute('aria-describedby')).innerText.includes('not looked at')"
    );
    desktop.until(&said, &format!("only a look keeps {word} from being done")).await;
}

/// Why a deed is locked, as it stands beside its button.
pub(crate) async fn locked(desktop: &Desktop, word: &str) -> String {
    let button = format!("document.querySelector('[data-testid=\"deed-{word}\"]')");
    desktop.until(&format!("{button}?.getAttribute('aria-disabled') === 'true'"), &format!("{word} is locked")).await;
    let said = format!("return document.getElementById({button}.getAttribute('aria-describedby')).innerText");
    desktop.evaluate(&said).await.as_str().unwrap().to_owned()
}

/// Writes the grounds of a deed, and does it.
async fn says(desktop: &Desktop, word: &str, text: &str) {
    paste(desktop, &format!("grounds-{word}"), text).await;
    does(desktop, word).await;
}

/// Puts text into the field of that test id at once, as a paste does.
async fn paste(desktop: &Desktop, id: &str, text: &str) {
    let field = format!("document.querySelector('[data-testid=\"{id}\"]')");
    desktop.until(&format!("{field}?.getClientRects().length || {field}"), &format!("the field {id} is there")).await;
    let script = format!(
        "const field = {field}; for (let at = field.closest('details'); at; at = at.parentElement.closest('details')) at.open = true;
         field.value = {}; field.dispatchEvent(new Event('input', {{ bubbles: true }}));",
        json!(text)
    );
    desktop.evaluate(&script).await;
}

/// Adds a consumer to the ledger; `fields` are those of its kind.
async fn add(desktop: &Desktop, kind: &str, name: &str, fields: &[(&str, &str)]) {
    desktop.click_on("consumer-add").await;
    desktop.choose("Kind", kind).await;
    desktop.fill("Name", name).await;
    for (label, text) in fields {
        // Many lines are pasted: typed key by key they would take long.
        if text.contains('\n') {
            let field = format!(
                "[...document.querySelectorAll('[role=dialog] label')].find((one) => one.textContent.trim().startsWith({})).control",
                json!(label)
            );
            let script = "field.dispatchEvent(new Event('input', { bubbles: true }))";
            desktop.evaluate(&format!("const field = {field}; field.value = {}; {script}", json!(text))).await;
        } else {
            desktop.fill(label, text).await;
        }
    }
    desktop.click("button", "Save").await;
    let listed = format!(
        "!document.querySelector('[role=dialog]') && document.querySelector('[data-testid=consumers]').innerText.includes({})",
        json!(name)
    );
    desktop.until(&listed, &format!("{name} is in the ledger")).await;
}

/// The number of the consumer of that name, in the run.
async fn number(desktop: &Desktop, name: &str) -> String {
    let article = format!(
        "[...document.querySelectorAll('article[data-testid^=\"run-\"]')].find((one) => one.querySelector('h3').textContent === {})",
        json!(name)
    );
    desktop.until(&article, &format!("{name} takes part")).await;
    let id = desktop.evaluate(&format!("return {article}.dataset.testid.slice(4)")).await;
    id.as_str().unwrap().to_owned()
}

async fn state(desktop: &Desktop, id: &str, state: &str) {
    let condition = format!("document.querySelector('[data-testid=\"run-{id}\"]')?.dataset.state === {}", json!(state));
    desktop.until(&condition, &format!("the consumer is {state}")).await;
}

/// The text to copy that begins so.
async fn text(desktop: &Desktop, begins: &str) -> String {
    let found = format!(
        "[...document.querySelectorAll('[data-testid=rotation-room] pre')].find((one) => one.textContent.trimStart().startsWith({}))",
        json!(begins)
    );
    desktop.until(&found, &format!("a text that begins with {begins:?}")).await;
    desktop.evaluate(&format!("return {found}.textContent")).await.as_str().unwrap().to_owned()
}

/// Plans a step at the place, reads it, and has it carried out.
async fn carry_out(desktop: &Desktop, step: &str, picture: &str) {
    does(desktop, &format!("plan:{step}")).await;
    let confirm = "document.querySelector('[data-testid=rotation-confirm]')";
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

/// The window closed and opened anew; the rotation is opened from the list.
async fn again(desktop: Desktop, item: &str, view: &str) -> Desktop {
    let home = desktop.close().await;
    let desktop = Desktop::open_in(home, crate::desktop::Wish::default()).await;
    desktop.click("treeitem", "Rotations").await;
    let row = format!(
        "[...document.querySelectorAll('[data-testid=rotations-room] [role=row]')].find((row) => row.textContent.includes({}))",
        json!(item)
    );
    desktop.until(&row, "the rotation is in the list").await;
    pictures(&desktop, "list").await;
    desktop.evaluate(&format!("{row}.click()")).await;
    is_at(&desktop, view).await;
    desktop
}

async fn pictures(desktop: &Desktop, name: &str) {
    for theme in ["dark", "light"] {
        desktop.theme(theme).await;
        desktop.has_no_axe_violation(&format!("rotation: {name}, {theme}")).await;
        desktop.picture(&format!("rotation-{name}-{theme}")).await;
    }
}
