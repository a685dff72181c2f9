//! Writes `src-tauri/capabilities/main.json` from the table: what the window may call, and nothing else.

use serde_json::json;

use crate::COMMANDS;

/// The whole text of the generated file.
///
/// Beside our own commands the window may listen to events, for links that arrive while it is open. It has no
/// clipboard, file, shell or dialog permission: those jobs are done by the core.
pub fn generate() -> String {
    let mut permissions = vec!["core:event:allow-listen".to_owned(), "core:event:allow-unlisten".to_owned()];
    permissions.extend(COMMANDS.iter().map(|row| format!("allow-{}", row.name.replace('_', "-"))));
    let capability = json!({
        "$schema": "../gen/schemas/desktop-schema.json",
        "identifier": "main",
        "description": "Generated from crates/contract by `cargo xtask bindings`. Do not edit.",
        "windows": ["main"],
        "permissions": permissions,
    });
    format!("{capability:#}\n")
}
