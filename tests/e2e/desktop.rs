//! A desktop of its own for each test: an X server, a WebDriver, a state folder, and the real window in it.

use std::{
    collections::BTreeMap,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use serde_json::json;
use servers::Leash;
use tempfile::TempDir;
use thirtyfour::{Capabilities, WebDriver};
use tokio::sync::{Semaphore, SemaphorePermit};

/// How long anything the window is waited for may take. Generous: CI machines have two cores and much to do.
pub(crate) const PATIENCE_SECONDS: u64 = 60;

/// How many windows may be open at once: each wants a core of its own.
static ROOM: Semaphore = Semaphore::const_new(2);

/// The window on its own desktop. Fields are dropped in order: first the driver with the app, then the display.
pub(crate) struct Desktop {
    window: WebDriver,
    _driver: Leash,
    display: u32,
    _screen: Leash,
    folder: TempDir,
    _room: SemaphorePermit<'static>,
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
        let room = ROOM.acquire().await.unwrap();
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
        let desktop = Self { window, _driver: driver, display, _screen: screen, folder, _room: room };
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

    /// The folder in which the app keeps its state.
    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("claviger")
    }

    /// The session with the page.
    pub(crate) fn session(&self) -> &WebDriver {
        &self.window
    }

    /// What a paste into another program would give.
    pub(crate) fn clipboard(&self) -> String {
        let answer = self.on_display("xclip").args(["-selection", "clipboard", "-o"]).output();
        String::from_utf8_lossy(&answer.expect("xclip: install it").stdout).into_owned()
    }

    /// A program that sees this desktop: xclip, xdotool.
    pub(crate) fn on_display(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("DISPLAY", format!(":{}", self.display));
        command
    }
}

pub(crate) fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The app with its pages embedded, as `cargo xtask test` builds it.
pub(crate) fn application() -> PathBuf {
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
