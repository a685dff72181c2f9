//! Changes have one door in each provider: whatever alters something at a place is called in its `perform`, nowhere else.

use crate::tree::{File, assert_none, files};

/// What a line must hold to alter something at the place of a crate.
type Alters = fn(&str) -> bool;

const DOORS: &[(&str, Alters, &[&str])] = &[
    ("local", local, &["crates/local/src/perform"]),
    // The writer is what `perform` sends through; signing in is a POST of the session's own.
    ("vault", vault, &["crates/vault/src/perform", "crates/vault/src/writer.rs"]),
];

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

/// The fluent calls of the SDK's clients in a file, by name.
fn calls(file: &File) -> Vec<String> {
    let text: String =
        file.text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().split_whitespace().collect();
    let clients = ["kms.", "secrets.", "acm."];
    let after = clients.iter().flat_map(|client| text.split(client).skip(1));
    let name = |rest: &str| rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect::<String>();
    let called = after.filter_map(|rest| {
        let name = name(rest);
        rest[name.len()..].starts_with("()").then_some(name)
    });
    called.collect()
}

#[test]
fn only_perform_sends_what_changes_something_at_aws() {
    // To use a key leaves everything at AWS as it was.
    const USES: [&str; 4] = ["decrypt", "encrypt", "generate_mac", "sign"];
    let reads =
        |name: &str| USES.contains(&name) || ["describe_", "get_", "list_"].iter().any(|verb| name.starts_with(verb));
    let (mut changing, mut offences) = (0, Vec::new());
    for file in files("crates/aws/src", &[".rs"]) {
        let sends = file.path.ends_with("src/perform.rs");
        for name in calls(&file).iter().filter(|name| !reads(name)) {
            match sends {
                true => changing += 1,
                false => offences.push(format!("{} calls {name}", file.path)),
            }
        }
        if file.text.contains(".once(") && !sends {
            offences.push(format!("{} takes the client that changes something", file.path));
        }
    }
    assert_none(offences, "Only crates/aws/src/perform.rs may change something:");
    assert!(changing >= 28, "the search finds only {changing} calls in perform.rs: it looks for the wrong thing");
}

/// The calls of the official crates' clients that change something, in a file, by name.
fn changing_calls(file: &File) -> Vec<String> {
    const VERBS: [&str; 11] = [
        "begin_", "create_", "delete_", "import_", "merge_", "purge_", "recover_", "restore_", "rotate_", "set_",
        "update_",
    ];
    let text: String = file.text.split_whitespace().collect();
    let clients = ["keys.", "secrets.", "certificates."];
    let after = clients.iter().flat_map(|client| text.split(client).skip(1));
    let called = after.filter_map(|rest| {
        let name: String = rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
        rest[name.len()..].starts_with('(').then_some(name)
    });
    called.filter(|name| VERBS.iter().any(|verb| name.starts_with(verb))).collect()
}

#[test]
fn only_perform_sends_what_changes_something_at_key_vault() {
    let (mut changing, mut offences) = (0, Vec::new());
    for file in files("crates/azure/src", &[".rs"]) {
        // The tests hold a control that sends past it.
        if file.path.starts_with("crates/azure/src/tests/") {
            continue;
        }
        let sends = file.path.starts_with("crates/azure/src/perform");
        for name in changing_calls(&file) {
            match sends {
                true => changing += 1,
                false => offences.push(format!("{} calls {name}", file.path)),
            }
        }
        if file.text.contains(".once(") && !sends {
            offences.push(format!("{} takes the clients that change something", file.path));
        }
    }
    assert_none(offences, "Only crates/azure/src/perform.rs and its rooms may change something:");
    assert!(changing >= 19, "the search finds only {changing} calls in perform: it looks for the wrong thing");
}
