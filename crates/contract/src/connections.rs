//! Connections on the wire: forms, drafts, what was found on this computer, and the state of the app itself.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::WireError;

/// An empty request or answer.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, TS)]
pub struct Nothing {}

/// What the window needs to draw itself.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AppState {
    /// Claviger's version.
    pub version: String,
    /// Whether secrets outlive this process: an OS keyring answers.
    pub keyring: bool,
    /// Things the person must know, such as a damaged settings file that was set aside.
    pub notices: Vec<WireError>,
    /// What the person chose.
    pub preferences: Preferences,
    /// The item named on the command line, if any.
    pub open_at: Option<String>,
    /// The export formats, in the order they are offered.
    pub formats: Vec<crate::FormatRow>,
}

/// What the person chose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Preferences {
    /// Light, dark or as the system says.
    pub theme: Theme,
    /// Rows of 28 instead of 36 pixels.
    pub compact: bool,
    /// Whether single letters are shortcuts (WCAG 2.1.4 wants them to be switchable).
    pub single_keys: bool,
    /// References of pinned items.
    pub pins: Vec<String>,
}

/// Light, dark or as the system says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// Always dark.
    Dark,
    /// Always light.
    Light,
    /// As the system says.
    System,
}

/// Keeps theme, density and shortcuts; the pins in it are ignored.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetPreferences {
    /// The choices.
    pub preferences: Preferences,
}

/// What colours and words mark a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum EnvironmentMark {
    /// Teal, dotted.
    Development,
    /// Red, filled, with the word.
    Production,
    /// Grey, no stripe.
    Sandbox,
    /// Amber, dashed.
    Staging,
}

/// One kind of place, with its questions.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FormRow {
    /// The provider's short name; sent back in a [`ConnectionDraft`].
    pub provider: String,
    /// Its name for a person.
    pub title: String,
    /// One sentence on what will be listed.
    pub about: String,
    /// The questions.
    pub fields: Vec<FieldRow>,
}

/// One question.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FieldRow {
    /// Its key among the answers.
    pub name: String,
    /// What a person reads.
    pub label: String,
    /// One sentence that helps; may be empty.
    pub help: String,
    /// `choice`, `list`, `path`, `secret` or `text`.
    pub kind: String,
    /// The choices, as value and label; empty unless the kind is `choice`.
    pub choices: Vec<(String, String)>,
    /// Whether it must be answered when shown.
    pub required: bool,
    /// Shown only while the field of that name has one of those values.
    pub shown_when: Option<(String, Vec<String>)>,
}

/// Sign-ins found on this computer.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignInList {
    /// The sign-ins.
    pub found: Vec<FoundSignIn>,
}

/// One sign-in found on this computer.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FoundSignIn {
    /// The provider's short name.
    pub provider: String,
    /// The provider's name for a person.
    pub title: String,
    /// A name for the connection.
    pub name: String,
    /// What a person reads beside it.
    pub detail: String,
    /// The answers that would connect with it.
    pub answers: BTreeMap<String, String>,
    /// Whether a connection with the same answers is already saved.
    pub connected: bool,
}

/// A connection that is not saved yet. `Debug` hides the secrets.
#[derive(Clone, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionDraft {
    /// Its name; becomes the first part of every reference.
    pub name: String,
    /// The provider's short name.
    pub provider: String,
    /// How it is marked.
    pub environment: Option<EnvironmentMark>,
    /// The answers that are not secret.
    pub answers: BTreeMap<String, String>,
    /// The secret answers: typed by the person, sent once, never sent back.
    pub secrets: BTreeMap<String, String>,
    /// Whether to keep the secrets in the OS keyring; otherwise they live in memory until the app ends.
    pub keep: bool,
}

impl fmt::Debug for ConnectionDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionDraft")
            .field("name", &self.name)
            .field("provider", &self.provider)
            .field("answers", &self.answers)
            .finish_non_exhaustive()
    }
}

impl Drop for ConnectionDraft {
    fn drop(&mut self) {
        for value in self.secrets.values_mut() {
            zeroize::Zeroize::zeroize(value);
        }
    }
}

/// Tries a draft.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckAccess {
    /// The draft.
    pub draft: ConnectionDraft,
}

/// What a draft may do.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccessReport {
    /// Who one is there.
    pub identity: Option<String>,
    /// The whole identifier: an ARN, a tenant with an object.
    pub detail: Option<String>,
    /// Until when.
    pub until: Option<String>,
    /// Each thing that was tried.
    pub checks: Vec<AccessRow>,
}

/// One thing that was tried.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccessRow {
    /// What it is.
    pub what: String,
    /// The permission it needs, literally.
    pub permission: String,
    /// Whether it works; `None` where it could not be tried.
    pub allowed: Option<bool>,
    /// Why it does not work.
    pub error: Option<WireError>,
    /// Why it could not be tried.
    pub untested: Option<String>,
}

/// Saves a draft.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AddConnection {
    /// The draft.
    pub draft: ConnectionDraft,
}

/// Forgets a connection.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RemoveConnection {
    /// Its name.
    pub name: String,
}

/// Makes or opens the practice keystore.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenPracticeKeystore {}

/// Every saved connection.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionList {
    /// By name.
    pub connections: Vec<ConnectionRow>,
}

/// A saved connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionRow {
    /// Its name.
    pub name: String,
    /// The provider's short name, for filters and for reading.
    pub provider: String,
    /// The provider's name for a person.
    pub title: String,
    /// Where it leads: an address, a file, a profile with its Regions.
    pub place: String,
    /// How it is marked.
    pub environment: Option<EnvironmentMark>,
    /// Until when changes through it are allowed; `None` while it is read-only.
    pub writes_until: Option<String>,
    /// Who one is there, as far as asked.
    pub identity: Option<String>,
    /// Until when.
    pub until: Option<String>,
    /// Where its secrets are: `keyring`, `memory`, `none needed`, or `missing` after a restart without a keyring.
    pub secrets: String,
}
