//! What a person does on the page, and what they see there.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use thirtyfour::{Key, TypingData};

use crate::desktop::{Desktop, PATIENCE_SECONDS, repository};

/// Finds a visible element by role and accessible name, as a person with a screen reader would: in the dialog, if one is
/// open, and no button that cannot be used now.
const FIND: &str = "((role, name) => {
    const tags = { button: 'button:not([role]),[role=button]', link: 'a[href]', tab: '[role=tab]', radio: 'input[type=radio],[role=radio]',
        checkbox: 'input[type=checkbox],[role=checkbox]', option: '[role=option]', columnheader: '[role=columnheader] button,[role=columnheader]',
        treeitem: '[role=treeitem]', menuitem: '[role=menuitem]',
        textbox: 'input:not([type=radio]):not([type=checkbox]),textarea,select' };
    const flat = (text) => (text ?? '').replace(/\\s+/g, ' ').trim();
    const nameOf = (e) => flat(e.getAttribute('aria-label')) ||
        flat((e.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent).join(' ')) ||
        (e.labels?.length ? flat([...e.labels].map((label) => label.textContent).join(' ')) : '') || flat(e.textContent) || flat(e.title);
    const dialogs = document.querySelectorAll('[role=dialog]');
    const all = [...(dialogs[dialogs.length - 1] ?? document).querySelectorAll(tags[role])].filter((e) =>
        e.getClientRects().length && !e.disabled && (role === 'tab' || e.getAttribute('aria-disabled') !== 'true'));
    return all.find((e) => nameOf(e) === name) ?? all.find((e) => nameOf(e).startsWith(name)) ?? null;
})";

/// Finds the row of the inventory with exactly that name, among those in the document.
const ROW: &str = "((name) => [...document.querySelectorAll('[role=grid] [role=row][data-index]')]
    .find((row) => row.querySelector('.name bdi')?.textContent === name) ?? null)";

impl Desktop {
    /// Waits until the JavaScript expression `condition` is true; `what` names it when it never is.
    pub(crate) async fn until(&self, condition: &str, what: &str) {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             const holds = () => {{ try {{ return Boolean({condition}); }} catch {{ return false; }} }};
             if (holds()) return done({{ ok: true }});
             let timer;
             const end = (answer) => {{ observer.disconnect(); clearTimeout(timer); done(answer); }};
             const observer = new MutationObserver(() => {{ if (holds()) end({{ ok: true }}); }});
             observer.observe(document, {{ subtree: true, childList: true, attributes: true, characterData: true }});
             timer = setTimeout(() => end({{ ok: holds(), text: document.body.innerText.slice(0, 4000) }}), {});",
            PATIENCE_SECONDS * 1000
        );
        let answer =
            self.session().execute_async(script, Vec::new()).await.unwrap_or_else(|error| panic!("{what}: {error}"));
        let answer = answer.json();
        assert!(answer["ok"] == true, "never: {what}\n{}", answer["text"].as_str().unwrap_or_default());
    }

    /// Runs JavaScript and gives its value.
    pub(crate) async fn evaluate(&self, script: &str) -> Value {
        let answer = self.session().execute(script, Vec::new()).await;
        answer.unwrap_or_else(|error| panic!("{script}: {error}")).json().clone()
    }

    /// Waits until `text` is somewhere on the page.
    pub(crate) async fn shows(&self, text: &str) {
        self.until(&format!("document.body.innerText.includes({})", json!(text)), &format!("the page shows {text:?}"))
            .await;
    }

    /// Waits until the element of that test id shows `text`.
    pub(crate) async fn part_shows(&self, id: &str, text: &str) {
        let condition = format!("document.querySelector('[data-testid={id}]').innerText.includes({})", json!(text));
        self.until(&condition, &format!("{id} shows {text:?}")).await;
    }

    /// What the element of that test id shows, as soon as it is there.
    pub(crate) async fn text_of(&self, id: &str) -> String {
        self.until(&format!("document.querySelector('[data-testid={id}]')"), &format!("{id} is there")).await;
        let text = self.evaluate(&format!("return document.querySelector('[data-testid={id}]').innerText")).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Clicks the element of that role and accessible name as soon as it is there and can be used.
    pub(crate) async fn click(&self, role: &str, name: &str) {
        let element = format!("{FIND}({}, {})", json!(role), json!(name));
        self.until(&element, &format!("{role} {name:?} is there")).await;
        // Real clicks move the focus; `click()` alone does not.
        self.evaluate(&format!("const element = {element}; element.focus(); element.click();")).await;
    }

    /// Clicks the element of that test id as soon as it is there.
    pub(crate) async fn click_on(&self, id: &str) {
        self.until(&format!("document.querySelector('[data-testid={id}]')"), &format!("{id} is there")).await;
        self.evaluate(&format!("document.querySelector('[data-testid={id}]').click()")).await;
    }

    /// Replaces the content of the field of that label by typing.
    pub(crate) async fn fill(&self, label: &str, text: &str) {
        let field = format!("{FIND}('textbox', {})", json!(label));
        self.until(&field, &format!("the field {label:?} is there")).await;
        self.evaluate(&format!("const field = {field}; field.focus(); field.select();")).await;
        self.type_keys(Key::Backspace + text).await;
    }

    /// Chooses among the answers of the field of that label.
    pub(crate) async fn choose(&self, label: &str, answer: &str) {
        let field = format!("{FIND}('textbox', {})", json!(label));
        let option = format!("[...{field}.options].find((one) => one.label === {})", json!(answer));
        self.until(&option, &format!("the field {label:?} has the answer {answer:?}")).await;
        let script = format!(
            "const field = {field}; field.value = {option}.value;
             for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, {{ bubbles: true }}));"
        );
        self.evaluate(&script).await;
    }

    /// Types into whatever has the focus.
    pub(crate) async fn type_keys(&self, keys: impl Into<TypingData>) {
        self.session().active_element().await.unwrap().send_keys(keys).await.unwrap();
    }

    /// Waits for the row of exactly that name and goes to it.
    pub(crate) async fn choose_row(&self, name: &str) {
        let row = format!("{ROW}({})", json!(name));
        self.until(&row, &format!("the row {name:?} is there")).await;
        self.evaluate(&format!("{row}.click()")).await;
        let focused = format!("{row} === document.activeElement");
        self.until(&focused, &format!("the row {name:?} has the focus")).await;
    }

    /// Opens the item of exactly that name from the inventory.
    pub(crate) async fn open_row(&self, name: &str) {
        self.choose_row(name).await;
        self.type_keys(Key::Enter).await;
        let heading = format!(
            "document.querySelector('[data-testid=item-room] h1')?.textContent === {}
             && document.querySelector('[data-testid=item-room] [role=tab]')",
            json!(name)
        );
        self.until(&heading, &format!("{name:?} is open")).await;
    }

    /// What the row of that name shows, cell by cell.
    pub(crate) async fn row(&self, name: &str) -> String {
        let row = format!("{ROW}({})", json!(name));
        self.until(&row, &format!("the row {name:?} is there")).await;
        self.evaluate(&format!("return {row}.innerText")).await.as_str().unwrap_or_default().to_owned()
    }

    /// The names of the rows that are drawn.
    pub(crate) async fn names(&self) -> Vec<String> {
        let script = "return [...document.querySelectorAll('[role=grid] .name bdi')].map((name) => name.textContent)";
        serde_json::from_value(self.evaluate(script).await).unwrap()
    }

    /// Puts the window in the light or the dark theme.
    pub(crate) async fn theme(&self, theme: &str) {
        self.evaluate(&format!("document.documentElement.dataset.theme = {}", json!(theme))).await;
    }

    /// Waits for text on the clipboard that fits, and gives it.
    pub(crate) async fn pasted(&self, what: &str, fits: impl Fn(&str) -> bool) -> String {
        let began = Instant::now();
        loop {
            let text = self.clipboard();
            if fits(&text) {
                return text;
            }
            assert!(began.elapsed() < Duration::from_secs(PATIENCE_SECONDS), "never pasted: {what}\n{text}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Saves a picture for a person to look at, below `target/e2e`.
    pub(crate) async fn picture(&self, name: &str) {
        // The driver may hand out the frame before the last change: two frames later it is the right one.
        let script = "const done = arguments[arguments.length - 1]; requestAnimationFrame(() => requestAnimationFrame(() => done(1)));";
        self.session().execute_async(script, Vec::new()).await.unwrap();
        let folder = repository().join("target/e2e");
        std::fs::create_dir_all(&folder).unwrap();
        self.session().screenshot(&folder.join(format!("{name}.png"))).await.unwrap();
    }

    /// Fails on any violation that axe-core finds on the page as it stands.
    pub(crate) async fn has_no_axe_violation(&self, what: &str) {
        let source = repository().join("ui/node_modules/axe-core/axe.min.js");
        let source = std::fs::read_to_string(&source).expect("axe-core: npm ci in ui");
        if self.evaluate("return Boolean(window.axe)").await == false {
            self.session().execute(source, Vec::new()).await.unwrap();
        }
        // What is still fading in has less contrast than what a person reads.
        let script = "const done = arguments[arguments.length - 1];
            const moves = (one) => one.playState === 'running' && Number.isFinite(one.effect.getComputedTiming().endTime);
            Promise.allSettled(document.getAnimations().filter(moves).map((one) => one.finished))
                .then(() => window.axe.run(document)).then(done, (e) => done(String(e)));";
        let answer = self.session().execute_async(script, Vec::new()).await.unwrap().json().clone();
        let passes = answer["passes"].as_array().map_or(0, Vec::len);
        assert!(passes > 5, "axe-core looked at nothing on {what}: {answer}");
        let found: Vec<String> = answer["violations"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|violation| {
                let rule = violation["id"].as_str().unwrap_or_default().to_owned();
                let nodes = violation["nodes"].as_array().cloned().unwrap_or_default();
                nodes.into_iter().map(move |node| format!("{rule}: {} {}", node["html"], node["failureSummary"]))
            })
            .collect();
        assert!(found.is_empty(), "axe-core on {what}:\n{}", found.join("\n"));
    }
}
