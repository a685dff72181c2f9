//! What the window needs to draw itself, and what the person chose: theme, density, shortcuts, pins.

use contract::{AppState, ClipboardDone, CopyText, Nothing, Preferences, SetPin, SetPreferences, Theme, WireError};
use domain::{Error, ItemRef, Kind, Result};
use serde::{Deserialize, Serialize};

use crate::{App, export, locked, off_thread};

const WINDOW: &str = "window";

/// As kept; the pins are kept on their own.
#[derive(Serialize, Deserialize)]
struct Window {
    theme: Theme,
    compact: bool,
    single_keys: bool,
}

impl Default for Window {
    fn default() -> Self {
        Self { theme: Theme::System, compact: false, single_keys: true }
    }
}

impl App {
    /// What the window needs to draw itself.
    ///
    /// # Errors
    /// `Unexpected` if Claviger's file cannot be read.
    pub async fn app_state(&self, _: Nothing) -> Result<AppState> {
        let keychain = self.0.keychain.clone();
        let keyring = off_thread(move || Ok(keychain.persistent())).await?;
        let (window, pins) = self.journal(|journal| Ok((journal.preference(WINDOW)?, journal.pins()?))).await?;
        // Choices of another version that do not read back are not worth an error: the presets do.
        let Window { theme, compact, single_keys } =
            window.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        Ok(AppState {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            keyring,
            notices: locked(&self.0.notices).iter().map(WireError::from).collect(),
            preferences: Preferences { theme, compact, single_keys, pins },
            open_at: locked(&self.0.open_at).clone(),
            formats: export::format_rows(),
        })
    }

    /// Pins an item to the top of the list, or lets it go.
    ///
    /// # Errors
    /// `Invalid` if it is no reference, `Unexpected` if Claviger's file cannot be written.
    pub async fn set_pin(&self, request: SetPin) -> Result<Nothing> {
        let reference: ItemRef = request.reference.parse()?;
        self.journal(move |journal| journal.set_pin(&reference.to_string(), request.pinned)).await?;
        Ok(Nothing {})
    }

    /// Keeps theme, density and shortcuts.
    ///
    /// # Errors
    /// `Unexpected` if Claviger's file cannot be written.
    pub async fn set_preferences(&self, request: SetPreferences) -> Result<Nothing> {
        let Preferences { theme, compact, single_keys, pins: _ } = request.preferences;
        let text = serde_json::to_string(&Window { theme, compact, single_keys }).map_err(|cause| {
            Error::new(Kind::Unexpected, "keep the preferences", "they could not be written down").with_source(cause)
        })?;
        self.journal(move |journal| journal.set_preference(WINDOW, &text)).await?;
        Ok(Nothing {})
    }

    /// Public text on the clipboard.
    ///
    /// # Errors
    /// As [`Desktop::copy_text`](crate::Desktop::copy_text).
    pub async fn copy_text(&self, request: CopyText) -> Result<ClipboardDone> {
        self.0.desktop.copy_text(&request.text).await?;
        Ok(ClipboardDone { clears_after: None })
    }
}
