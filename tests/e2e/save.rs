//! A file, saved through the dialog of the desktop's own toolkit.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use crate::{
    desktop::{Desktop, PATIENCE_SECONDS},
    journey, oracle,
};

/// Runs xdotool on the desktop and gives what it says; nothing if it finds nothing.
fn xdotool(desktop: &Desktop, arguments: &[&str]) -> String {
    let answer = desktop.on_display("xdotool").args(arguments).output().expect("xdotool: install it");
    String::from_utf8_lossy(&answer.stdout).trim().to_owned()
}

/// Asks again and again until there is an answer.
async fn some<T>(what: &str, ask: impl Fn() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(began.elapsed() < Duration::from_secs(PATIENCE_SECONDS), "never: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Names `file` in the dialog that opens, and waits until it is there. Answers what is in it.
pub(crate) async fn dialog(desktop: &Desktop, file: &Path) -> Vec<u8> {
    let dialog = some("the file dialog opens", || {
        let found = xdotool(desktop, &["search", "--onlyvisible", "--name", "Save File"]);
        (!found.is_empty()).then_some(found)
    })
    .await;
    xdotool(desktop, &["windowfocus", "--sync", &dialog]);
    xdotool(desktop, &["key", "ctrl+a"]);
    xdotool(desktop, &["type", file.to_str().unwrap()]);
    xdotool(desktop, &["key", "Return"]);
    some("the file is written", || std::fs::read(file).ok().filter(|bytes| !bytes.is_empty())).await
}

#[tokio::test]
async fn an_export_is_saved_where_the_person_says() {
    let desktop = journey::practice().await;
    desktop.open_row("github-deploy").await;
    journey::open_export(&desktop).await;
    let pem = journey::copy_as(&desktop, "spki-pem", "-----BEGIN PUBLIC KEY-----").await;
    desktop.click_on("export-save").await;
    let target = tempfile::TempDir::new().unwrap();
    let file = target.path().join("deploy.pem");
    let saved = String::from_utf8(dialog(&desktop, &file).await).unwrap();
    assert_eq!(oracle::spki(&saved), oracle::spki(&pem));
    desktop.shows(&format!("Saved {}", file.display())).await;
}
