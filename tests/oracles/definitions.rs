//! The call that defines a key for the Python library `keys-management`, run by the library itself.

use rotation::{ErrorStrategy, Importance, KeyDefinition, UseCase};
use serde_json::{Value, json};

use crate::hands::Python;

const IMPORTANCES: [Importance; 3] = [Importance::High, Importance::Medium, Importance::Low];

/// Names that would end a text of Python, or mean something in it.
const NAMES: [&str; 12] = [
    "payments",
    "it's \"quoted\"",
    "\\",
    "\\\"); import os; os._exit(1) #",
    "two\nlines\r\n\ttab",
    "{braces} %s %(x)s $x",
    "\0\u{7}\u{1b}\u{7f}",
    "\u{2028}\u{2029}\u{85}\u{a0}",
    "\u{202e}gnirts",
    "Łódź 鍵 🔑",
    "\"\"\"",
    " ",
];

/// Typed names of a function, with what they must become.
const SOURCES: [(&str, &str); 9] = [
    ("key_store_from_vault", "key_store_from_vault"),
    ("", "key_store"),
    ("1 store; import os", "key_store_1_store__import_os"),
    ("lambda", "key_store_lambda"),
    ("None", "none"),
    ("Env Store", "env_store"),
    ("keys_management", "key_store_keys_management"),
    ("x)\nimport os #", "x__import_os__"),
    ("ключ", "____"),
];

fn defined(python: &Python, definition: &KeyDefinition) -> Value {
    let text = definition.python();
    python.ask("define_key", &[json!(text)]).unwrap_or_else(|raised| panic!("{raised} for\n{text}"))
}

#[test]
fn every_choice_arrives_in_the_library() {
    let python = Python::start();
    for importance in IMPORTANCES {
        for use_case in [UseCase::OneWay, UseCase::RoundTrip] {
            for strategy in ErrorStrategy::ALL {
                let of = KeyDefinition { use_case, strategy, ..KeyDefinition::of(importance, "payments") };
                let known = defined(&python, &of);
                let trip = match use_case {
                    UseCase::OneWay => "ONE_WAY_TRIP",
                    UseCase::RoundTrip => "ROUND_TRIP",
                };
                assert_eq!(known["use_case"], trip);
                assert_eq!(known["strategy"], strategy.python());
                assert_eq!(known["stateless"], of.stateless);
                assert_eq!(known["keep_in_cache"], of.keep_in_cache);
                assert_eq!((&known["name"], &known["key"]), (&json!("payments"), &json!("the key")));
            }
        }
    }
    // The flags each by itself, as a person may choose them against the importance.
    for (stateless, keep_in_cache) in [(false, true), (true, false)] {
        let of = KeyDefinition { stateless, keep_in_cache, ..KeyDefinition::of(Importance::High, "k") };
        let known = defined(&python, &of);
        assert_eq!((&known["stateless"], &known["keep_in_cache"]), (&json!(stateless), &json!(keep_in_cache)));
    }
}

#[test]
fn a_hostile_name_is_a_name() {
    let python = Python::start();
    for name in NAMES {
        assert_eq!(defined(&python, &KeyDefinition::of(Importance::High, name))["name"], name);
    }
    for (typed, source) in SOURCES {
        let of = KeyDefinition { source: typed.to_owned(), ..KeyDefinition::of(Importance::Low, "k") };
        assert_eq!(defined(&python, &of)["source"], source);
    }
}

#[test]
fn the_library_notices_what_is_wrong() {
    let python = Python::start();
    let text = KeyDefinition::of(Importance::High, "payments").python();
    for (right, wrong) in [
        ("\"payments\"", "\"\""),
        ("ROUND_TRIP", "THERE_AND_BACK"),
        ("stateless=False", "stateless=\"no\""),
        ("HALT", "STOP"),
        ("keep_in_cache", "kept_in_cache"),
        ("key_store,", "key_store(),"),
    ] {
        assert!(text.contains(right), "{right} is not in {text}");
        python.ask("define_key", &[json!(text.replacen(right, wrong, 1))]).unwrap_err();
    }
}
