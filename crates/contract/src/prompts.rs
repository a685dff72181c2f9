//! What a person is asked while a sign-in waits for them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Asks for the sign-ins that wait for a person, now and whenever they change.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WatchPrompts {
    /// Names this watch, so that [`Cancel`](crate::Cancel) can stop it.
    pub operation: String,
}

/// All sign-ins that wait for a person.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PromptList {
    /// The oldest first.
    pub prompts: Vec<PromptRow>,
}

/// A sign-in that waits for a person.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PromptRow {
    /// Its number, for [`NamePrompt`].
    pub id: u32,
    /// Where one signs in: "tenant contoso.onmicrosoft.com".
    pub place: String,
    /// The address of the page.
    pub page: String,
    /// The code to type there, where the page asks for one.
    pub code: Option<String>,
    /// When it is too late.
    pub until: String,
}

/// Names a sign-in that waits for a person.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NamePrompt {
    /// Its number.
    pub id: u32,
}
