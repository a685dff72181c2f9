//! Whatever the text: no panic, every span fits, fixes settle what they promise, and nothing is lost by a merge.

use proptest::prelude::*;

use super::{found, named};
use crate::{
    Caller, Known, Surroundings,
    vault::{capabilities, explain, lockout, merge, parse, who},
};

/// Texts that look like policies, right and wrong.
fn policies() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "path",
        "\"a/*\"",
        "\"transit/+/x\"",
        "\"a/{{identity.entity.id}}\"",
        "{",
        "}",
        "[",
        "]",
        "=",
        ",",
        "\"read\"",
        "\"deny\"",
        "\"bogus\"",
        "capabilities",
        "policy",
        "\"write\"",
        "allowed_parameters",
        "# c\n",
        "/* c */",
        "\n",
        "\"",
        "\\",
        "é",
        "min_wrapping_ttl",
        "\"1h\"",
        "5",
        "<<EOF\nx\nEOF\n",
        "\"${a}\"",
        ":",
        "expiration",
        "control_group",
    ]);
    prop::collection::vec(word, 0..40).prop_map(|words| words.join(" "))
}

fn rules() -> impl Strategy<Value = String> {
    let segment =
        prop::sample::select(vec!["transit", "kv", "data", "sign", "keys", "+", "sys", "policies", "a", "/", ""]);
    let path = (prop::collection::vec(segment, 1..5), prop::bool::ANY)
        .prop_map(|(segments, open)| format!("{}{}", segments.join("/"), if open { "/*" } else { "" }));
    let word =
        prop::sample::select(vec!["read", "update", "list", "deny", "create", "delete", "sudo", "patch", "reed"]);
    let comment = prop::sample::select(vec!["", "# why\n", "/* so */ ", "// é\n"]);
    let one =
        (comment, path, prop::collection::vec(word, 0..4), prop::bool::ANY).prop_map(|(comment, path, words, old)| {
            let words: Vec<String> = words.into_iter().map(|word| format!("\"{word}\"")).collect();
            let old = if old && words.is_empty() { "policy = \"write\" " } else { "" };
            format!("{comment}path \"{path}\" {{ {old}capabilities = [{}] {comment}}}\n", words.join(", "))
        });
    prop::collection::vec(one, 0..6).prop_map(|rules| rules.concat())
}

fn looked_at(text: &str) {
    let held = vec![named("p", text)];
    let caller = Some(Caller { id: "t".into(), policies: Known::Read(held.clone()) });
    for item in [None, Some("transit/keys/x".to_owned())] {
        let surroundings =
            Surroundings { item, name: Some("p".into()), caller: caller.clone(), ..Surroundings::default() };
        for finding in found(text, &surroundings) {
            assert!(finding.span.fits(text), "{finding:?}");
            if let Some(fix) = &finding.fix {
                assert!(fix.applied(text).is_some(), "{finding:?}");
            }
        }
        assert!(explain(text, &surroundings).iter().all(|sentence| sentence.span.fits(text)));
        assert!(who(text, &surroundings).iter().all(|holder| holder.span.is_none_or(|span| span.fits(text))));
        lockout(text, &surroundings);
    }
    capabilities(&held, "transit/sign/x");
}

proptest! {
    #[test]
    fn any_text_is_looked_at_without_a_panic(text in ".{0,200}") {
        looked_at(&text);
    }

    #[test]
    fn what_looks_like_a_policy_is_too(text in policies()) {
        looked_at(&text);
        looked_at(&format!("{{{text}"));
    }

    #[test]
    fn fixes_settle_their_finding(text in rules()) {
        looked_at(&text);
        for finding in found(&text, &Surroundings::default()) {
            let Some(fix) = &finding.fix else { continue };
            let fixed = fix.applied(&text).unwrap();
            let count = |text: &str| found(text, &Surroundings::default()).iter().filter(|other| other.code == finding.code).count();
            prop_assert!(count(&fixed) < count(&text), "{}: {fixed}", finding.code);
            prop_assert!(parse(&fixed).rules.len() == parse(&text).rules.len(), "{fixed}");
        }
    }

    #[test]
    fn a_merge_keeps_every_byte_that_was_there(text in rules()) {
        let answers = [("mount", "transit"), ("key", "x")].map(|(name, answer)| (name.to_owned(), answer.to_owned()));
        if let Ok(merged) = merge(&text, "may-encrypt", &answers.into_iter().collect(), &Surroundings::default()) {
            let mut rest = merged.text.chars();
            prop_assert!(text.chars().all(|c| rest.any(|other| other == c)), "{}", merged.text);
            prop_assert!(parse(&merged.text).is_well_formed());
        }
    }

    #[test]
    fn the_parts_of_a_rule_stand_where_it_says(text in rules()) {
        for rule in parse(&text).rules {
            prop_assert_eq!(rule.path.span.of(&text), format!("\"{}\"", rule.path.value));
            let whole = rule.span.of(&text);
            prop_assert_eq!((whole.get(..4), whole.chars().last()), (Some("path"), Some('\u{7d}')));
            for word in &rule.capabilities {
                prop_assert_eq!(word.span.of(&text), format!("\"{}\"", word.value));
            }
        }
    }
}
