//! Charters, sizes, and what must not be written down.

use crate::tree::{File, assert_none, files};

/// Over these a file is two rooms (ARCHITECTURE.md).
const MOST_RUST_LINES: usize = 400;
const MOST_SVELTE_LINES: usize = 300;

fn rust() -> Vec<File> {
    let mut all = files("crates", &[".rs"]);
    all.extend(files("src-tauri/src", &[".rs"]));
    all.extend(files("tests", &[".rs"]));
    all.extend(files("xtask", &[".rs"]));
    all
}

#[test]
fn every_rust_file_begins_with_its_charter() {
    let offences = rust().into_iter().filter(|file| !file.text.starts_with("//!")).map(|file| file.path).collect();
    assert_none(offences, "These files do not say in their first line what lives in them:");
}

#[test]
fn no_file_is_two_rooms() {
    let mut offences = Vec::new();
    for file in rust() {
        let lines = file.text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().lines().count();
        if lines > MOST_RUST_LINES {
            offences.push(format!("{} has {lines} lines without its tests", file.path));
        }
    }
    for file in files("ui/src", &[".svelte"]) {
        let lines = file.text.lines().count();
        if lines > MOST_SVELTE_LINES {
            offences.push(format!("{} has {lines} lines", file.path));
        }
    }
    assert_none(offences, "These files are too long for one room:");
}

#[test]
fn nothing_is_left_for_later_without_an_issue() {
    // Spelled apart so that this file does not find itself.
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X:"),
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
    ];
    let mut all = rust();
    all.extend(files("ui/src", &[".ts", ".svelte", ".css"]));
    let offences = all
        .iter()
        .flat_map(|file| file.text.lines().enumerate().map(move |(at, line)| (file, at + 1, line)))
        .filter(|(_, _, line)| marks.iter().any(|mark| line.contains(mark)))
        .map(|(file, at, line)| format!("{}:{at}: {}", file.path, line.trim()))
        .collect();
    assert_none(offences, "These lines promise something for later:");
}
