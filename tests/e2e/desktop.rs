//! A desktop of its own for each test: an X server, a WebDriver, a state folder, and the real window in it.

use std::{
    collections::BTreeMap,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use serde_json::{Value, json};
use servers::Leash;
use tempfile::TempDir;
use thirtyfour::{Capabilities, Key, TypingData, WebDriver, session::handle::SessionHandle};

/// How long anything the window is waited for may take. Generous: CI machines have two cores and much to do.
const PATIENCE_SECONDS: u64 = 60;

/// The window on its own desktop. Fields are dropped in order: first the driver with the app, then the display.
pub(crate) struct Desktop {
    window: WebDriver,
    _driver: Leash,
    display: u32,
    _screen: Leash,
    folder: TempDir,
}

impl Drop for Desktop {
    fn drop(&mut self) {
        // The client would wait for an answer of the driver; ending the driver and the app is quicker and as good.
        let _ = self.window.clone().leak();
    }
}

/// What a desktop shall be like.
#[derive(Default)]
pub(crate) struct Wish {
    /// Environment variables of the app.
    pub(crate) variables: BTreeMap<String, String>,
    /// Arguments of the app.
    pub(crate) arguments: Vec<String>,
}

impl Desktop {
    /// Opens the window and waits until it has drawn itself.
    pub(crate) async fn open(wish: Wish) -> Self {
        let folder = TempDir::new().unwrap();
        Self::open_in(folder, wish).await
    }

    /// The same in a folder that a window had before: a restart.
    pub(crate) async fn open_in(folder: TempDir, wish: Wish) -> Self {
        let (screen, display) = screen().await;
        let port = free_port();
        let mut command = Command::new("WebKitWebDriver");
        command
            .args([format!("--port={port}"), "--host=127.0.0.1".into()])
            .env("DISPLAY", format!(":{display}"))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("NO_AT_BRIDGE", "1")
            .envs(environment(folder.path()))
            .envs(&wish.variables);
        let driver =
            Leash::start(&command, TempDir::new().unwrap()).expect("WebKitWebDriver: install webkit2gtk-driver");
        let window = session(port, &wish.arguments).await;
        let desktop = Self { window, _driver: driver, display, _screen: screen, folder };
        desktop.has_drawn().await;
        desktop
    }

    /// Waits for the first screen. Asked again and again: a script that waits in the empty page which comes before is
    /// thrown away with it and never answers.
    async fn has_drawn(&self) {
        let began = std::time::Instant::now();
        while began.elapsed() < Duration::from_secs(PATIENCE_SECONDS) {
            let drawn = self.window.execute("return document.querySelector('h1') !== null;", Vec::new()).await;
            if drawn.is_ok_and(|drawn| drawn.json() == true) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the window draws no screen");
    }

    /// Ends the app and hands its folder on, for a restart.
    pub(crate) async fn close(mut self) -> TempDir {
        self.window.clone().quit().await.unwrap();
        std::mem::replace(&mut self.folder, TempDir::new().unwrap())
    }

    /// The folder that holds the app's state and home.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The X display's number.
    pub(crate) fn display(&self) -> u32 {
        self.display
    }

    /// The session, for what this type has no word for.
    pub(crate) fn session(&self) -> &SessionHandle {
        &self.window
    }

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
            self.window.execute_async(script, Vec::new()).await.unwrap_or_else(|error| panic!("{what}: {error}"));
        let answer = answer.json();
        assert!(answer["ok"] == true, "never: {what}\n{}", answer["text"].as_str().unwrap_or_default());
    }

    /// Runs JavaScript and gives its value.
    pub(crate) async fn evaluate(&self, script: &str) -> Value {
        self.window.execute(script, Vec::new()).await.unwrap().json().clone()
    }

    /// Waits until `text` is somewhere on the page.
    pub(crate) async fn shows(&self, text: &str) {
        self.until(&format!("document.body.innerText.includes({})", json!(text)), &format!("the page shows {text:?}"))
            .await;
    }

    /// Clicks the element of that role and accessible name as soon as it is there and enabled.
    pub(crate) async fn click(&self, role: &str, name: &str) {
        self.until(&format!("{FIND}({}, {})", json!(role), json!(name)), &format!("{role} {name:?} is there")).await;
        self.evaluate(&format!("{FIND}({}, {}).click()", json!(role), json!(name))).await;
    }

    /// Replaces the content of the field of that label by typing.
    pub(crate) async fn fill(&self, label: &str, text: &str) {
        let field = format!("{FIND}('textbox', {})", json!(label));
        self.until(&field, &format!("the field {label:?} is there")).await;
        self.evaluate(&format!("const field = {field}; field.focus(); field.select();")).await;
        self.type_keys(Key::Backspace + text).await;
    }

    /// Types into whatever has the focus.
    pub(crate) async fn type_keys(&self, keys: impl Into<TypingData>) {
        self.window.active_element().await.unwrap().send_keys(keys).await.unwrap();
    }

    /// Saves a picture for a person to look at, below `target/e2e`.
    pub(crate) async fn picture(&self, name: &str) {
        // The driver may hand out the frame before the last change: two frames later it is the right one.
        let script = "const done = arguments[arguments.length - 1]; requestAnimationFrame(() => requestAnimationFrame(() => done(1)));";
        self.window.execute_async(script, Vec::new()).await.unwrap();
        let folder = repository().join("target/e2e");
        std::fs::create_dir_all(&folder).unwrap();
        self.window.screenshot(&folder.join(format!("{name}.png"))).await.unwrap();
    }

    /// Fails on any violation that axe-core finds on the page as it stands.
    pub(crate) async fn has_no_axe_violation(&self, what: &str) {
        let source = repository().join("ui/node_modules/axe-core/axe.min.js");
        let source = std::fs::read_to_string(&source).expect("axe-core: npm ci in ui");
        self.window.execute(format!("if (!window.axe) {{ {source} }}"), Vec::new()).await.unwrap();
        let script = "const done = arguments[arguments.length - 1]; window.axe.run(document).then(done, (e) => done(String(e)));";
        let answer = self.window.execute_async(script, Vec::new()).await.unwrap().json().clone();
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

    /// What a paste into another program would give.
    pub(crate) fn clipboard(&self) -> String {
        let answer = Command::new("xclip")
            .args(["-selection", "clipboard", "-o"])
            .env("DISPLAY", format!(":{}", self.display))
            .output()
            .expect("xclip: install it");
        String::from_utf8_lossy(&answer.stdout).into_owned()
    }
}

/// Finds a visible, enabled element by role and accessible name, as a person with a screen reader would.
const FIND: &str = "((role, name) => {
    const tags = { button: 'button,[role=button]', link: 'a[href]', tab: '[role=tab]', radio: 'input[type=radio],[role=radio]',
        checkbox: 'input[type=checkbox],[role=checkbox]', option: 'option,[role=option]', row: '[role=row]',
        treeitem: '[role=treeitem]', menuitem: '[role=menuitem]', textbox: 'input:not([type=radio]):not([type=checkbox]),textarea,select' };
    const flat = (text) => (text ?? '').replace(/\\s+/g, ' ').trim();
    const nameOf = (e) => flat(e.getAttribute('aria-label')) ||
        flat((e.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent).join(' ')) ||
        (e.labels?.length ? flat([...e.labels].map((label) => label.textContent).join(' ')) : '') || flat(e.textContent) || flat(e.title);
    const all = [...document.querySelectorAll(tags[role])].filter((e) => e.getClientRects().length && !e.disabled);
    return all.find((e) => nameOf(e) === name) ?? all.find((e) => nameOf(e).startsWith(name)) ?? null;
})";

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The app with its pages embedded, as `cargo xtask test` builds it.
fn application() -> PathBuf {
    let path =
        std::env::var_os("CLAVIGER_APP").map_or_else(|| repository().join("target/debug/claviger"), PathBuf::from);
    assert!(path.is_file(), "{} is not there: cargo xtask test builds it", path.display());
    path
}

/// A home without anything of the person's in it.
pub(crate) fn environment(folder: &Path) -> BTreeMap<String, String> {
    let at = |name: &str| {
        let path = folder.join(name);
        std::fs::create_dir_all(&path).unwrap();
        path.to_string_lossy().into_owned()
    };
    BTreeMap::from([
        ("CLAVIGER_HOME".into(), at("claviger")),
        ("HOME".into(), at("home")),
        ("XDG_CACHE_HOME".into(), at("home/.cache")),
        ("XDG_CONFIG_HOME".into(), at("home/.config")),
        ("XDG_DATA_HOME".into(), at("home/.local/share")),
    ])
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Starts an X server on a display that it chooses itself and names in its log.
async fn screen() -> (Leash, u32) {
    let mut command = Command::new("Xvfb");
    command.args(["-displayfd", "1", "-screen", "0", "1400x900x24", "-nolisten", "tcp"]);
    let mut screen = Leash::start(&command, TempDir::new().unwrap()).expect("Xvfb: install xvfb");
    let log = screen.folder().join("log");
    let display = || std::fs::read_to_string(&log).ok()?.lines().find_map(|line| line.trim().parse::<u32>().ok());
    screen.until("Xvfb", || std::future::ready(display().is_some())).await.unwrap();
    let display = display().unwrap();
    (screen, display)
}

async fn session(port: u16, arguments: &[String]) -> WebDriver {
    let mut wanted = Capabilities::new();
    wanted.set("browserName", "wry").unwrap();
    wanted.set("webkitgtk:browserOptions", json!({ "binary": application(), "args": arguments })).unwrap();
    listens(port).await;
    let opened = WebDriver::new(format!("http://127.0.0.1:{port}"), wanted);
    let window = tokio::time::timeout(Duration::from_secs(PATIENCE_SECONDS), opened)
        .await
        .expect("the window opens in time")
        .expect("the window opens");
    window.set_script_timeout(Duration::from_secs(PATIENCE_SECONDS + 30)).await.unwrap();
    window
}

/// Waits until the driver that was just started takes connections.
async fn listens(port: u16) {
    let began = std::time::Instant::now();
    while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        assert!(began.elapsed() < Duration::from_secs(PATIENCE_SECONDS), "WebKitWebDriver does not listen");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
