//! The core's port to the desktop: clipboard, browser and file dialogs of the running window.

use std::{path::PathBuf, time::Duration};

use app::Desktop;
use async_trait::async_trait;
use domain::{Error, Kind, Result, Secret};
use tauri::AppHandle;
use tauri_plugin_dialog::{DialogExt, FilePath};
use tokio::sync::oneshot;

use crate::{clipboard, page};

/// The desktop around the running window.
pub(crate) struct WindowDesktop(pub(crate) AppHandle);

#[async_trait]
impl Desktop for WindowDesktop {
    async fn copy_text(&self, text: &str) -> Result<()> {
        clipboard::copy_text(&self.0, text)
    }

    async fn copy_secret(&self, secret: &Secret, clear_after: Duration) -> Result<()> {
        clipboard::copy_secret(&self.0, secret, clear_after)
    }

    async fn open_page(&self, page: &str) -> Result<()> {
        page::open(page)
    }

    async fn choose_file(&self, suggested: &str) -> Result<Option<PathBuf>> {
        let (answer, chosen) = oneshot::channel();
        self.0.dialog().file().set_file_name(suggested).save_file(move |path| {
            // Nobody listens any more if the command was dropped; then there is nobody to tell.
            let _ = answer.send(path);
        });
        picked(chosen).await
    }

    async fn choose_existing(&self) -> Result<Option<PathBuf>> {
        let (answer, chosen) = oneshot::channel();
        self.0.dialog().file().pick_file(move |path| {
            let _ = answer.send(path);
        });
        picked(chosen).await
    }

    async fn choose_folder(&self) -> Result<Option<PathBuf>> {
        let (answer, chosen) = oneshot::channel();
        self.0.dialog().file().pick_folder(move |path| {
            let _ = answer.send(path);
        });
        picked(chosen).await
    }
}

async fn picked(chosen: oneshot::Receiver<Option<FilePath>>) -> Result<Option<PathBuf>> {
    let closed = || Error::new(Kind::Unexpected, "save", "the file dialog did not open");
    match chosen.await.map_err(|_| closed())? {
        None => Ok(None),
        Some(path) => path.into_path().map(Some).map_err(|error| closed().with_source(error)),
    }
}
