//! Changes have one door in each provider: whatever alters something at a place is called in its `perform`, nowhere else.

use crate::tree::{assert_none, files};

/// The first words of the AWS operations that alter something, as the SDK's clients spell them.
const AWS_VERBS: &[&str] = &[
    "add_tags_to",
    "cancel",
    "create",
    "delete",
    "disable",
    "enable",
    "import",
    "put",
    "remove_tags",
    "replicate",
    "restore",
    "retire",
    "revoke",
    "rotate",
    "schedule",
    "tag",
    "untag",
    "update",
];

/// What a line must hold to alter something at the place of a crate.
type Alters = fn(&str) -> bool;

const DOORS: &[(&str, Alters, &[&str])] = &[
    ("aws", aws, &["crates/aws/src/perform"]),
    ("local", local, &["crates/local/src/perform"]),
    // The writer is what `perform` sends through; signing in is a POST of the session's own.
    ("vault", vault, &["crates/vault/src/perform", "crates/vault/src/writer.rs"]),
];

fn aws(line: &str) -> bool {
    line.split('.').skip(1).any(|call| {
        let Some((name, "")) = call.trim_end().split_once("()") else { return false };
        AWS_VERBS.iter().any(|verb| name.strip_prefix(verb).is_some_and(|rest| rest.starts_with('_')))
    })
}

/// The practice keystore is made with its items by other ways, before there is anybody who could be asked.
fn local(line: &str) -> bool {
    line.contains(".edit(disk")
}

fn vault(line: &str) -> bool {
    ["client.write(", "Write {", "Method::DELETE", "Method::PATCH", "Method::PUT"]
        .iter()
        .any(|mark| line.contains(mark))
}

#[test]
fn a_change_leaves_by_one_door() {
    let mut offences = Vec::new();
    for (provider, alters, doors) in DOORS {
        let mut seen = 0;
        for file in files(&format!("crates/{provider}/src"), &[".rs"]) {
            let code = file.text.split("#[cfg(test)]").next().unwrap_or_default();
            if file.path.ends_with("tests.rs") {
                continue;
            }
            for (at, line) in code.lines().enumerate().filter(|(_, line)| alters(line)) {
                if doors.iter().any(|door| file.path.starts_with(door)) {
                    seen += 1;
                } else {
                    offences.push(format!("{}:{}: {}", file.path, at + 1, line.trim()));
                }
            }
        }
        assert!(seen > 0, "no change of {provider} was seen at its door: the rule would pass without looking");
    }
    assert_none(offences, "These lines change something past the journal's door:");
}
