//! The window: one door to Rust, no provider's name, a panel for every aspect, no way for text to become markup.

use crate::tree::{File, assert_none, files, top};

fn sources() -> Vec<File> {
    files("ui/src", &[".ts", ".svelte"])
}

fn is_test_or_fake(file: &File) -> bool {
    file.path.contains(".test.") || file.path.starts_with("ui/src/host/fake")
}

#[test]
fn one_file_imports_tauri() {
    let offences = sources()
        .into_iter()
        .filter(|file| file.text.contains("@tauri-apps") && file.path != "ui/src/host/tauri.ts")
        .map(|file| file.path)
        .collect();
    assert_none(offences, "Only ui/src/host/tauri.ts may import @tauri-apps:");
}

#[test]
fn the_window_never_asks_for_a_provider() {
    let names = ["aws", "azure", "gcp", "google", "hashicorp", "openbao", "kms", "transit"];
    let offences = sources()
        .into_iter()
        .filter(|file| !is_test_or_fake(file) && !file.path.starts_with("ui/src/words/"))
        .filter(|file| {
            let text = file.text.to_lowercase();
            let words = text.split(|c: char| !c.is_alphanumeric());
            words.into_iter().any(|word| names.contains(&word))
        })
        .map(|file| file.path)
        .collect();
    assert_none(offences, "Facets, aspects, offers and forms decide what is shown, but these files name a provider:");
}

#[test]
fn provider_text_cannot_become_markup() {
    let offences = sources()
        .into_iter()
        .filter(|file| file.text.contains("{@html") || file.text.contains("innerHTML") || file.text.contains("eval("))
        .map(|file| file.path)
        .collect();
    assert_none(offences, "These files turn text into markup or code:");
}

#[test]
fn the_kit_knows_no_domain_word() {
    let words = ["vault", "facet", "certificate", "secret", "connection", "provider", "fingerprint"];
    let offences = files("ui/src/kit", &[".svelte", ".ts"])
        .into_iter()
        .filter(|file| !is_test_or_fake(file))
        .flat_map(|file| {
            let text = file.text.to_lowercase();
            let found: Vec<_> = words
                .iter()
                .filter(|word| text.split(|c: char| !c.is_alphabetic()).any(|one| one == **word))
                .map(|word| format!("{}: {word}", file.path))
                .collect();
            found
        })
        .collect();
    assert_none(offences, "These words of the domain are in the kit:");
}

#[test]
fn every_aspect_has_a_panel_and_a_promise() {
    let aspects = std::fs::read_to_string(top().join("crates/domain/src/aspect.rs")).unwrap();
    let body = aspects.split("pub enum Aspect {").nth(1).unwrap().split("\n}").next().unwrap();
    let variants: Vec<&str> = body
        .lines()
        .filter(|line| line.starts_with("    ") && line.as_bytes().get(4).is_some_and(u8::is_ascii_uppercase))
        .map(|line| line.trim().split(['(', ' ', ',']).next().unwrap())
        .collect();
    assert!(variants.len() >= 5, "{variants:?}: the enum was not read rightly");
    let promises: String = files("tests/contract", &[".rs"]).into_iter().map(|file| file.text).collect();
    let mut offences = Vec::new();
    for variant in variants {
        if !top().join(format!("ui/src/aspects/{variant}.svelte")).is_file() {
            offences.push(format!("{variant} has no panel"));
        }
        if !promises.contains(&format!("Aspect::{variant}")) {
            offences.push(format!("{variant} has no promise"));
        }
    }
    assert_none(offences, "An aspect that a provider shows must be drawn and tested:");
}

#[test]
fn the_page_may_not_reach_the_network() {
    let configuration = std::fs::read_to_string(top().join("src-tauri/tauri.conf.json")).unwrap();
    let configuration: serde_json::Value = serde_json::from_str(&configuration).unwrap();
    let policy = configuration["app"]["security"]["csp"].as_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self';"), "{policy}");
    assert!(policy.contains("connect-src ipc: http://ipc.localhost;"), "{policy}");
    assert_eq!(configuration["app"]["security"]["freezePrototype"], true);
}
