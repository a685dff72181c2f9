//! The wire: generated files are fresh, every command has a permission and a caller, no number is too large.

use contract::COMMANDS;

use crate::tree::{assert_none, files, top};

#[test]
fn the_typescript_interface_is_fresh() {
    let committed = std::fs::read_to_string(top().join("ui/src/host/contract.gen.ts")).unwrap();
    assert!(
        committed == contract::typescript::generate(),
        "ui/src/host/contract.gen.ts is stale: cargo xtask bindings"
    );
}

#[test]
fn the_permission_list_is_fresh() {
    let committed = std::fs::read_to_string(top().join("src-tauri/capabilities/main.json")).unwrap();
    assert!(committed == contract::capabilities::generate(), "the permission list is stale: cargo xtask bindings");
    for row in COMMANDS {
        let permission = format!("\"allow-{}\"", row.name.replace('_', "-"));
        assert!(committed.contains(&permission), "{} has no permission", row.name);
    }
}

#[test]
fn the_window_calls_every_command() {
    let sources: Vec<_> = files("ui/src", &[".ts", ".svelte"])
        .into_iter()
        .filter(|file| !file.path.contains(".test.") && !file.path.ends_with("host/fake.ts"))
        .collect();
    let offences = COMMANDS
        .iter()
        .filter(|row| {
            let quoted = [format!("'{}'", row.name), format!("\"{}\"", row.name)];
            !sources.iter().any(|file| quoted.iter().any(|name| file.text.contains(name)))
        })
        .map(|row| row.name.to_owned())
        .collect();
    assert_none(offences, "Nobody in the window calls these commands:");
}

#[test]
fn no_number_on_the_wire_is_larger_than_a_double_can_hold() {
    let generated = contract::typescript::generate();
    assert!(!generated.contains("bigint"), "a 64-bit integer crosses the wire; use u32 or text");
}

#[test]
fn only_one_answer_can_carry_a_secret_value() {
    let carriers: Vec<_> = files("crates/contract/src", &[".rs"])
        .into_iter()
        .filter(|file| file.text.contains("domain::Secret") || file.text.contains("use domain::{Secret"))
        .map(|file| file.path)
        .collect();
    assert_none(carriers, "The contract must not know secret material:");
}
