//! Templates: what is put in and taken out, and what must stay as it was.

use super::{rule, words};
use crate::{
    Answers, Surroundings, Trouble,
    vault::{TEMPLATES, merge, parse, take_back},
};

fn answers(pairs: &[(&str, &str)]) -> Answers {
    pairs.iter().map(|(name, answer)| ((*name).to_owned(), (*answer).to_owned())).collect()
}

fn key() -> Answers {
    answers(&[("mount", "transit"), ("key", "pay"), ("below", "")])
}

const COMMENTED: &str = "# Who: the payment service.\npath \"kv/data/pay\" { // its password\n  capabilities = [ # read alone\n    \"read\", /* no list */\n  ]\n}\n";

#[test]
fn every_template_is_added_behind_what_is_there_and_taken_out_again() {
    for template in TEMPLATES {
        let merged = merge(COMMENTED, template.id, &key(), &Surroundings::default()).unwrap();
        assert!(merged.changed && merged.text.starts_with(COMMENTED), "{}", merged.text);
        assert!(parse(&merged.text).is_well_formed(), "{}", merged.text);
        let again = merge(&merged.text, template.id, &key(), &Surroundings::default()).unwrap();
        assert!(!again.changed, "{}: {}", template.id, again.text);
        let back = take_back(&merged.text, template.id, &key(), &Surroundings::default()).unwrap();
        assert_eq!(back.text.trim_end(), COMMENTED.trim_end(), "{}", template.id);
    }
}

#[test]
fn the_same_in_json() {
    for text in ["{\"path\": {\"kv/data/pay\": {\"capabilities\": [\"read\"]}}}", "{}", "{\"path\": {}}"] {
        for template in TEMPLATES {
            let merged = merge(text, template.id, &key(), &Surroundings::default()).unwrap();
            assert!(parse(&merged.text).is_well_formed(), "{}", merged.text);
            serde_json::from_str::<serde_json::Value>(&merged.text).unwrap();
            assert!(!merge(&merged.text, template.id, &key(), &Surroundings::default()).unwrap().changed);
            let back = take_back(&merged.text, template.id, &key(), &Surroundings::default()).unwrap();
            serde_json::from_str::<serde_json::Value>(&back.text).unwrap();
            assert_eq!(parse(&back.text).rules.len(), parse(text).rules.len(), "{}", back.text);
        }
    }
}

#[test]
fn a_rule_that_is_there_is_added_to_and_keeps_its_comments() {
    let text = COMMENTED.replace("kv/data/pay", "transit/decrypt/pay");
    let merged = merge(&text, "may-decrypt", &key(), &Surroundings::default()).unwrap().text;
    assert_eq!(words(&[&merged], "transit/decrypt/pay"), "read update");
    assert!(merged.contains("# read alone") && merged.contains("/* no list */"), "{merged}");
    assert_eq!(
        words(
            &[&take_back(&merged, "may-decrypt", &key(), &Surroundings::default()).unwrap().text],
            "transit/decrypt/pay"
        ),
        "read"
    );
}

#[test]
fn what_a_template_gives_is_what_it_says() {
    let sign = merge("", "may-sign", &key(), &Surroundings::default()).unwrap().text;
    assert_eq!(words(&[&sign], "transit/sign/pay"), "update");
    assert_eq!(words(&[&sign], "transit/sign/pay/sha2-512"), "update");
    assert_eq!(words(&[&sign], "transit/export/signing-key/pay"), "deny");
    let administrators = merge("", "key-administrators", &key(), &Surroundings::default()).unwrap().text;
    assert_eq!(words(&[&administrators, &rule("transit/export/*", "read")], "transit/export/signing-key/pay"), "deny");
    assert_eq!(words(&[&administrators], "transit/keys/pay/rotate"), "create delete list read update");
}

#[test]
fn a_denial_is_not_written_over() {
    let denied = rule("transit/decrypt/pay", "deny");
    assert!(matches!(merge(&denied, "may-decrypt", &key(), &Surroundings::default()), Err(Trouble::NotThere { .. })));
}

#[test]
fn nothing_is_done_with_what_cannot_be_read_or_is_no_name() {
    assert!(matches!(
        merge("path \"a\" {", "may-sign", &key(), &Surroundings::default()),
        Err(Trouble::Unreadable { .. })
    ));
    let wild = answers(&[("mount", "transit"), ("key", "*")]);
    assert!(matches!(merge("", "may-sign", &wild, &Surroundings::default()), Err(Trouble::Answer { .. })));
    let none = answers(&[("mount", "transit")]);
    assert!(matches!(merge("", "may-sign", &none, &Surroundings::default()), Err(Trouble::Answer { .. })));
    assert!(matches!(merge("", "may-fly", &key(), &Surroundings::default()), Err(Trouble::NotThere { .. })));
}
