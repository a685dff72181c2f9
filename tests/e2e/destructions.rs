//! Story S13 in the window: several unused keys on their way to their end, the evidence, the countdown with its cancel, and
//! the sheet; with the app closed and opened again on the way. Here in the practice keystore, in [`clouds`] over several of
//! them.

mod clouds;

use serde_json::{Value, json};

use crate::{
    desktop::{Desktop, Wish},
    journey, save,
};

/// Unused keys of the practice keystore.
const KEYS: [&str; 2] = ["github-deploy", "oidc-signing"];

#[tokio::test]
async fn several_unused_keys_go_to_their_end_and_one_is_called_back() {
    let desktop = journey::practice().await;
    begin(&desktop, &KEYS).await;
    pictures(&desktop, "list").await;
    open(&desktop, KEYS[0], "evidence").await;

    // A file tells no use: nothing goes on before a person has spoken for that by name.
    assert!(locked(&desktop, "go-on").await.contains("does not tell when a key was last used"));
    pictures(&desktop, "evidence").await;
    settle(&desktop, "Nobody deploys with it any more").await;
    says(&desktop, "acknowledge:use:unknown", "The servers' logs have no sign-in of it for a year.").await;
    does(&desktop, "go-on").await;
    is_at(&desktop, "disable").await;
    carry_out(&desktop, KEYS[0], "disable", "disable").await;
    is_at(&desktop, "soak").await;
    pictures(&desktop, "soak").await;
    does(&desktop, "go-on").await;
    is_at(&desktop, "schedule").await;
    carry_out(&desktop, KEYS[0], "schedule", "schedule").await;
    is_at(&desktop, "waiting").await;
    desktop.part_shows("countdown", "h left").await;
    pictures(&desktop, "countdown").await;

    // Closed and opened: the board at home counts down, and leads to the cancel.
    let home = desktop.close().await;
    let desktop = Desktop::open_in(home, Wish::default()).await;
    desktop.shows("Inventory").await;
    desktop.click("treeitem", "Home").await;
    desktop.part_shows("part-deleting", KEYS[0]).await;
    desktop.part_shows("part-deleting", "h left").await;
    pictures(&desktop, "home").await;
    desktop.click("treeitem", "Destructions").await;
    open(&desktop, KEYS[0], "waiting").await;
    carry_out(&desktop, KEYS[0], "cancel", "cancel").await;
    is_at(&desktop, "schedule").await;
    carry_out(&desktop, KEYS[0], "enable", "enable").await;
    is_at(&desktop, "evidence").await;
    says(&desktop, "keep", "A forgotten runner deploys with it.").await;
    is_at(&desktop, "over").await;
    pictures(&desktop, "kept").await;
    sheet(&desktop).await;
}

/// Marks them in the inventory, and begins by the palette.
async fn begin(desktop: &Desktop, keys: &[&str]) {
    desktop.choose_row(keys[0]).await;
    for key in &keys[1..] {
        let row = format!(
            "[...document.querySelectorAll('[role=grid] [role=row][data-index]')].find((row) => row.querySelector('.name bdi')?.textContent === {})",
            json!(key)
        );
        desktop.until(&row, &format!("the row {key:?} is there")).await;
        let with_control = "dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, ctrlKey: true }))";
        desktop.evaluate(&format!("{row}.{with_control}")).await;
    }
    desktop.type_keys(thirtyfour::Key::Control + "k").await;
    desktop.until("document.querySelector('[role=listbox] [role=option]')", "the palette is open").await;
    desktop.type_keys("destroy safely").await;
    let found = "document.querySelector('[role=listbox]').innerText.includes('Destroy safely')";
    desktop.until(found, "the palette finds it").await;
    desktop.type_keys(thirtyfour::Key::Enter + "").await;
    desktop.until("document.querySelector('[data-testid=destructions-room] li')", "they are under way").await;
    for key in keys {
        desktop.part_shows("destructions-room", key).await;
    }
}

/// Settles the rules: why, and no waiting, so that the whole way fits into a test.
pub(crate) async fn settle(desktop: &Desktop, why: &str) {
    desktop.fill("Why it is destroyed", why).await;
    desktop.fill("Days that nobody touches it", "0").await;
    desktop.shows("With 0 days nobody has the time to miss it").await;
    does(desktop, "settle").await;
    desktop.until("!document.querySelector('[data-testid=\"deed-settle\"]')", "the rules are kept").await;
}

/// Says of everything that is in the way why it is not, and answers what kinds of findings that were.
pub(crate) async fn speaks_for_all(desktop: &Desktop) -> Vec<String> {
    let first = "document.querySelector('[data-testid^=\"grounds-acknowledge:\"]')";
    let mut spoken = Vec::new();
    loop {
        let found = format!("return [{first}?.dataset.testid, {first}?.closest('[data-kind]').dataset.kind]");
        let found = desktop.evaluate(&found).await;
        let (Some(id), Some(kind)) = (found[0].as_str(), found[1].as_str()) else { return spoken };
        says(desktop, id.trim_start_matches("grounds-"), "Looked into, and nobody needs it.").await;
        let gone = format!("!document.querySelector('[data-testid={}]')", json!(id));
        desktop.until(&gone, &format!("{id} is spoken for")).await;
        spoken.push(kind.to_owned());
    }
}

/// The page that was saved holds what was known and said, and the records of each order.
async fn sheet(desktop: &Desktop) {
    let target = tempfile::TempDir::new().unwrap();
    let read = async |form: &str| {
        desktop.click_on(&format!("sheet-{form}")).await;
        String::from_utf8(save::dialog(desktop, &target.path().join(format!("sheet.{form}"))).await).unwrap()
    };
    let page = read("html").await;
    for held in ["The item was kept", "A forgotten runner", "no sign-in of it for a year", "SHA-256"] {
        assert!(page.contains(held), "{held} is not on the page:\n{page}");
    }
    let told: Value = serde_json::from_str(&read("json").await).unwrap();
    let steps: Vec<&str> =
        told["orders"].as_array().unwrap().iter().map(|order| order["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["disable", "schedule", "cancel", "enable"]);
    for order in told["orders"].as_array().unwrap() {
        assert_eq!(order["end"], "done");
        for record in order["records"].as_array().unwrap() {
            assert!(page.contains(record["sha256"].as_str().unwrap()));
        }
    }
}

async fn open(desktop: &Desktop, name: &str, view: &str) {
    let row = format!(
        "[...document.querySelectorAll('[data-testid=destructions-room] li button')].find((one) => one.innerText.includes({}))",
        json!(name)
    );
    desktop.until(&row, &format!("{name} is listed")).await;
    desktop.evaluate(&format!("{row}.click()")).await;
    is_at(desktop, view).await;
}

pub(crate) async fn is_at(desktop: &Desktop, view: &str) {
    let at = format!("document.querySelector('[data-testid=destruction-room]')?.dataset.view === {}", json!(view));
    desktop.until(&at, &format!("the destruction is at {view}")).await;
}

/// Presses the button of that deed as soon as it is open.
pub(crate) async fn does(desktop: &Desktop, word: &str) {
    let button = format!("document.querySelector('[data-testid=\"deed-{word}\"]')");
    // One thing at a time: what is pressed while another is under way is not taken.
    let idle = "!document.querySelector('[data-testid=destruction-room] [aria-busy=true]')";
    let open = format!("{button} && {button}.ariaDisabled !== 'true' && {idle}");
    desktop.until(&open, &format!("{word} is open")).await;
    desktop.evaluate(&format!("{button}.click()")).await;
}

/// Why a deed is locked, as it stands beside its button.
pub(crate) async fn locked(desktop: &Desktop, word: &str) -> String {
    let button = format!("document.querySelector('[data-testid=\"deed-{word}\"]')");
    desktop.until(&format!("{button}?.ariaDisabled === 'true'"), &format!("{word} is locked")).await;
    let said = format!("return document.getElementById({button}.getAttribute('aria-describedby')).innerText");
    desktop.evaluate(&said).await.as_str().unwrap().to_owned()
}

/// Writes the reason of a deed, and does it.
pub(crate) async fn says(desktop: &Desktop, word: &str, text: &str) {
    let field = format!("document.querySelector('[data-testid=\"grounds-{word}\"]')");
    desktop.until(&field, &format!("the field {word} is there")).await;
    let typed = format!(
        "const field = {field}; field.value = {}; field.dispatchEvent(new Event('input', {{ bubbles: true }}));",
        json!(text)
    );
    desktop.evaluate(&typed).await;
    does(desktop, word).await;
}

/// Plans a step at the place, reads it, types the item's name where that is wanted, and has it carried out.
pub(crate) async fn carry_out(desktop: &Desktop, name: &str, step: &str, picture: &str) {
    does(desktop, &format!("plan:{step}")).await;
    let confirm = "document.querySelector('[data-testid=rotation-confirm]')";
    desktop.until(confirm, "the plan is there").await;
    pictures(desktop, &format!("plan-{picture}")).await;
    if desktop.evaluate("return document.body.innerText.includes('Allow changes for 15 minutes')").await == true {
        desktop.click("button", "Allow changes for 15 minutes").await;
        desktop.until("!document.body.innerText.includes('Allow changes for 15 minutes')", "changes are allowed").await;
    }
    if desktop.evaluate(&format!("return {confirm}.ariaDisabled === 'true'")).await == true {
        desktop.fill(&format!("Type {name} to confirm"), name).await;
    }
    desktop.until(&format!("{confirm}.ariaDisabled !== 'true'"), "it may be confirmed").await;
    desktop.evaluate(&format!("{confirm}.click()")).await;
    desktop.until(&format!("!{confirm}"), &format!("{step} is settled")).await;
}

/// Looks at what is in view in both themes.
pub(crate) async fn pictures(desktop: &Desktop, name: &str) {
    for theme in ["dark", "light"] {
        desktop.theme(theme).await;
        desktop.has_no_axe_violation(&format!("destruction: {name}, {theme}")).await;
        desktop.picture(&format!("destruction-{name}-{theme}")).await;
    }
}
