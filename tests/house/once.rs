//! What changes something at AWS is sent from one room: readings have no way to it.

use crate::tree::{File, assert_none, files};

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
    let reads = |name: &str| ["describe_", "get_", "list_"].iter().any(|verb| name.starts_with(verb));
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
    assert!(changing >= 27, "the search finds only {changing} calls in perform.rs: it looks for the wrong thing");
}
