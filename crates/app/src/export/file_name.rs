//! File names that are safe on every system, whatever an item is called.

use std::collections::HashSet;

/// Leaves room for `-version`, a number and the longest extension within the 255 bytes of most file systems.
const LONGEST_NAME: usize = 100;
const LONGEST_VERSION: usize = 64;

/// Windows takes these for devices, with any extension and in any case
/// (learn.microsoft.com/windows/win32/fileio/naming-a-file).
const DEVICES: [&str; 4] = ["aux", "con", "nul", "prn"];

/// `<name>-<version>.<extension>`, in ASCII letters, digits, `.`, `_` and `-`.
pub(super) fn file_name(name: &str, version: Option<&str>, extension: &str) -> String {
    let mut stem = safe(name, LONGEST_NAME);
    if stem.is_empty() {
        stem.push_str("item");
    }
    let version = version.map(|version| safe(version, LONGEST_VERSION)).filter(|version| !version.is_empty());
    if let Some(version) = version {
        stem.push('-');
        stem.push_str(&version);
    }
    let first = stem.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let is_numbered_device = ["com", "lpt"].iter().any(|device| {
        first.strip_prefix(device).is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_digit()))
    });
    if is_numbered_device || DEVICES.contains(&first.as_str()) {
        stem.insert(0, '_');
    }
    format!("{stem}.{extension}")
}

/// Makes names differ by more than case, as Windows and macOS want: the second gets `-2`.
pub(super) fn distinct(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut taken = HashSet::new();
    names
        .into_iter()
        .map(|name| {
            let mut candidate = name.clone();
            let mut number = 1;
            while !taken.insert(candidate.to_ascii_lowercase()) {
                number += 1;
                candidate = numbered(&name, number);
            }
            candidate
        })
        .collect()
}

/// The same name with a number before its extension.
pub(super) fn numbered(name: &str, number: u32) -> String {
    match name.find('.') {
        Some(at) if at > 0 => format!("{}-{number}{}", &name[..at], &name[at..]),
        Some(_) | None => format!("{name}-{number}"),
    }
}

/// Runs of anything else become one `-`; a leading dot would hide the file, a leading `-` would be an option.
fn safe(text: &str, longest: usize) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') {
            out.push(c);
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    let trimmed = out.trim_matches(['-', '.']);
    let mut end = trimmed.len().min(longest);
    // Cutting must not leave what trimming had removed.
    while trimmed[..end].ends_with(['-', '.']) {
        end -= 1;
    }
    trimmed[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_on_every_system() {
        for (name, version, expected) in [
            ("snowflake-etl", Some("3"), "snowflake-etl-3.pem"),
            ("alias/team/signing key", None, "alias-team-signing-key.pem"),
            ("../../etc/passwd", None, "etc-passwd.pem"),
            ("..\\..\\evil", None, "evil.pem"),
            ("C:\\x", None, "C-x.pem"),
            ("-rf", None, "rf.pem"),
            (".hidden.", None, "hidden.pem"),
            ("zażółć", Some("名"), "za.pem"),
            ("\u{202e}gpj.exe", None, "gpj.exe.pem"),
            ("名前", None, "item.pem"),
            ("", Some("7"), "item-7.pem"),
            ("con", None, "_con.pem"),
            ("LPT1.keys", None, "_LPT1.keys.pem"),
            ("com10", None, "com10.pem"),
            ("nul", Some("1"), "nul-1.pem"),
            ("a\0b\nc", None, "a-b-c.pem"),
        ] {
            assert_eq!(file_name(name, version, "pem"), expected, "{name:?}");
        }
        let long = file_name(&"a.-".repeat(3_000), Some(&"9".repeat(3_000)), "fingerprints.txt");
        assert!(long.len() < 200 && !long.contains("-."), "{long}");
    }

    #[test]
    fn equal_names_become_distinct_ignoring_case() {
        let names = ["a.jwk.json", "A.jwk.json", "a-2.jwk.json", "a.jwk.json", "b"].map(str::to_owned);
        assert_eq!(distinct(names), ["a.jwk.json", "A-2.jwk.json", "a-2-2.jwk.json", "a-3.jwk.json", "b"]);
    }
}
