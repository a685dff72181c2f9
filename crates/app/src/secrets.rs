//! Secret values: one at a time, for twenty seconds on screen or thirty on the clipboard.

use std::time::Duration;

use base64ct::{Base64, Encoding};
use contract::{ClipboardDone, CopySecret, RevealSecret, Revealed};
use domain::{Error, Kind, Result, Secret};

use crate::App;

/// How long the window may show a value.
const SHOWN_SECONDS: u32 = 20;
/// How long a value stays on the clipboard.
const COPIED_SECONDS: u32 = 30;

impl App {
    /// One secret value, for the window to show for twenty seconds.
    ///
    /// # Errors
    /// `Unsupported` if the place has no secrets, or as the provider says.
    pub async fn reveal_secret(&self, request: RevealSecret) -> Result<Revealed> {
        let value = self.secret_value(&request.reference, request.version.as_deref()).await?;
        Ok(match value.expose_text() {
            Some(text) => Revealed { value: text.to_owned(), binary: false, seconds: SHOWN_SECONDS },
            None => Revealed { value: Base64::encode_string(value.expose()), binary: true, seconds: SHOWN_SECONDS },
        })
    }

    /// One secret value on the clipboard for thirty seconds. It never reaches the window.
    ///
    /// # Errors
    /// `Unsupported` if the place has no secrets or the value is no text, or as the provider or the desktop says.
    pub async fn copy_secret(&self, request: CopySecret) -> Result<ClipboardDone> {
        let value = self.secret_value(&request.reference, request.version.as_deref()).await?;
        if value.expose_text().is_none() {
            return Err(Error::new(Kind::Unsupported, "copy the secret", "it is binary, and the clipboard takes text")
                .with_refused_by("this app")
                .with_next("Reveal it: the window shows it as base64."));
        }
        self.0.desktop.copy_secret(&value, Duration::from_secs(COPIED_SECONDS.into())).await?;
        Ok(ClipboardDone { clears_after: Some(COPIED_SECONDS) })
    }

    async fn secret_value(&self, reference: &str, version: Option<&str>) -> Result<Secret> {
        let found = self.find(reference).await?;
        let Some(secrets) = found.provider.secrets() else {
            return Err(Error::new(Kind::Unsupported, "read the secret", "this kind of place keeps no secrets"));
        };
        self.heard(found.connection.id, secrets.value(&found.key, version).await)
    }
}
