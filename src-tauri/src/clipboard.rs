//! The clipboard. The window has no permission for it: text is put there from here, and secrets are taken away again.

use std::{sync::Mutex, time::Duration};

use domain::{Error, Kind, Result, Secret};
use sha2::{Digest, Sha256};
use tauri::{AppHandle, Manager};
use tauri_plugin_clipboard_manager::ClipboardExt;
use zeroize::Zeroizing;

/// The digest of the secret that lies on the clipboard by our doing, if any.
#[derive(Debug, Default)]
pub(crate) struct Pending(Mutex<Option<[u8; 32]>>);

impl Pending {
    fn set(&self, digest: Option<[u8; 32]>) {
        if let Ok(mut pending) = self.0.lock() {
            *pending = digest;
        }
    }

    fn get(&self) -> Option<[u8; 32]> {
        self.0.lock().ok().and_then(|pending| *pending)
    }
}

/// Puts public text on the clipboard.
pub(crate) fn copy_text(handle: &AppHandle, text: &str) -> Result<()> {
    handle.clipboard().write_text(text).map_err(failed)?;
    handle.state::<Pending>().set(None);
    Ok(())
}

/// Puts a secret on the clipboard, marked to be kept out of histories, and clears it after `clear_after` if it is still
/// there.
pub(crate) fn copy_secret(handle: &AppHandle, secret: &Secret, clear_after: Duration) -> Result<()> {
    let text = secret.expose_text().ok_or_else(|| {
        Error::new(Kind::Unsupported, "copy", "the value is not text")
            .with_next("Save it with the provider's own tool.")
    })?;
    handle.clipboard().write_secret(text).map_err(failed)?;
    let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    handle.state::<Pending>().set(Some(digest));
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(clear_after).await;
        // Reading the clipboard can block for as long as its owner likes.
        let _ = tauri::async_runtime::spawn_blocking(move || clear_if_ours(&handle, Some(digest))).await;
    });
    Ok(())
}

/// How long the end of the app may wait for whoever owns the clipboard.
const PATIENCE_AT_EXIT: Duration = Duration::from_secs(1);

/// Takes a secret of ours off the clipboard before the app ends.
///
/// Reading happens on a thread of its own: where the web view owns the clipboard, only the main thread could answer, and
/// that one waits here. After [`PATIENCE_AT_EXIT`] it goes on; what lies there is then not ours.
pub(crate) fn clear_at_exit(handle: &AppHandle) {
    if handle.state::<Pending>().get().is_none() {
        return;
    }
    let (done, cleared) = std::sync::mpsc::channel();
    let handle = handle.clone();
    std::thread::spawn(move || {
        clear_if_ours(&handle, None);
        // Nobody waits any more after the patience has run out.
        let _ = done.send(());
    });
    let _ = cleared.recv_timeout(PATIENCE_AT_EXIT);
}

/// Clears the clipboard if it still holds the secret of that digest, or with `None` whichever secret we put there last.
fn clear_if_ours(handle: &AppHandle, digest: Option<[u8; 32]>) {
    let pending = handle.state::<Pending>();
    let Some(ours) = pending.get().filter(|ours| digest.is_none_or(|digest| digest == *ours)) else { return };
    let Ok(text) = handle.clipboard().read_text().map(Zeroizing::new) else { return };
    let lies_there: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    if lies_there == ours && handle.clipboard().clear().is_ok() {
        pending.set(None);
    }
}

fn failed(error: tauri_plugin_clipboard_manager::Error) -> Error {
    Error::new(Kind::Unexpected, "copy", "the clipboard did not take it")
        .with_next("Copy again; if it stays, select the text in the window and copy it by hand.")
        .with_source(error)
}
