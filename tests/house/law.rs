//! The law: an arrow points down only, siblings never import each other, nothing in `crates/` knows Tauri.

use std::{collections::BTreeMap, process::Command};

use crate::tree::{assert_none, top};

/// Each crate of the house with the crates of the house it may use.
const FLOORS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("encoding", &["domain"]),
    ("aws", &["domain", "encoding", "policy"]),
    ("azure", &["domain", "encoding"]),
    ("import", &["domain"]),
    ("journal", &["domain"]),
    ("local", &["domain", "encoding"]),
    ("policy", &["domain"]),
    ("reach", &["domain"]),
    ("rotation", &["domain", "encoding"]),
    ("vault", &["domain", "encoding"]),
    ("destruction", &["domain", "rotation"]),
    ("contract", &["domain"]),
    (
        "app",
        &[
            "aws",
            "azure",
            "contract",
            "destruction",
            "domain",
            "encoding",
            "import",
            "journal",
            "local",
            "policy",
            "reach",
            "rotation",
            "vault",
        ],
    ),
    ("claviger", &["app", "contract", "domain"]),
];

/// Workspace packages that are not part of the app.
const OUTSIDE: &[&str] = &["claviger-tests", "xtask"];

fn dependencies() -> BTreeMap<String, Vec<String>> {
    let answer = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(top())
        .output()
        .unwrap();
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&answer.stdout).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let packages = metadata["packages"].as_array().unwrap();
    packages
        .iter()
        .map(|package| {
            let used = package["dependencies"].as_array().unwrap();
            // What only the tests of a crate use does not bind the crate itself.
            let used = used.iter().filter(|one| one["kind"] != "dev").map(|one| text(&one["name"])).collect();
            (text(&package["name"]), used)
        })
        .collect()
}

#[test]
fn an_arrow_points_down_only() {
    let mut offences = Vec::new();
    for (package, used) in dependencies() {
        if OUTSIDE.contains(&package.as_str()) {
            continue;
        }
        let Some((_, allowed)) = FLOORS.iter().find(|(name, _)| *name == package) else {
            offences.push(format!("{package} has no floor yet: give it one here and in ARCHITECTURE.md"));
            continue;
        };
        for one in used {
            let ours = FLOORS.iter().any(|(name, _)| *name == one) || OUTSIDE.contains(&one.as_str());
            if ours && !allowed.contains(&one.as_str()) {
                offences.push(format!("{package} must not use {one}"));
            }
        }
    }
    assert_none(offences, "The law of floors (ARCHITECTURE.md) is broken:");
}

#[test]
fn nothing_but_the_window_crate_knows_tauri() {
    let offences = dependencies()
        .into_iter()
        .filter(|(package, _)| package != "claviger")
        .filter(|(_, used)| used.iter().any(|one| one.starts_with("tauri")))
        .map(|(package, _)| package)
        .collect();
    assert_none(offences, "These packages use Tauri:");
}

#[test]
fn every_provider_has_the_rooms_of_the_grid() {
    let mut offences = Vec::new();
    for provider in ["aws", "azure", "local", "vault"] {
        for room in [
            "lib",
            "changes",
            "check",
            "connect",
            "destruction",
            "error",
            "inventory",
            "offers",
            "perform",
            "plan",
            "questions",
            "rotation",
        ] {
            let path = format!("crates/{provider}/src/{room}.rs");
            if !top().join(&path).is_file() {
                offences.push(path);
            }
        }
    }
    assert_none(offences, "The grid has a hole:");
}
