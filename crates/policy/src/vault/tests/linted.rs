//! Every lint on the smallest text that shows it.

use super::{codes, found, rule};
use crate::{Mount, Severity, Surroundings, vault::parse};

/// Text and the code that it must show.
fn cases() -> Vec<(String, &'static str)> {
    let with = |attribute: &str| format!("path \"a/b\" {{ capabilities = [\"update\"] {attribute} }}");
    let two = |left: (&str, &str), right: (&str, &str)| [rule(left.0, left.1), rule(right.0, right.1)].concat();
    vec![
        ("path \"a\" { capabilities = [\"read\"]".to_owned(), "not-hcl"),
        ("{\"path\": {".to_owned(), "not-json"),
        ("paht \"a\" { }".to_owned(), "unknown-element"),
        (with("capabilites = [\"read\"]"), "unknown-attribute"),
        (rule("a", "reed"), "unknown-capability"),
        ("path \"a\" { policy = \"writ\" }".to_owned(), "unknown-policy-word"),
        ("path \"a\" { capabilities = \"read\" }".to_owned(), "wrong-type"),
        ("path { capabilities = [\"read\"] }".to_owned(), "no-pattern"),
        ("path \"a\" \"b\" { capabilities = [\"read\"] }".to_owned(), "second-label"),
        (rule("a/+*", "read"), "plus-before-star"),
        (rule("a/{{identity.entity.id", "read"), "unbalanced-template"),
        (with("min_wrapping_ttl = \"2h\" max_wrapping_ttl = \"1h\""), "wrapping-contradiction"),
        (rule("a", "scan"), "one-server-only"),
        (with("expiration = \"2030-01-01T00:00:00Z\""), "expires"),
        ("# nothing yet\n".to_owned(), "no-rules"),
        (rule("a", "deny read"), "deny-beside-others"),
        (rule("a", "read read"), "repeated-capability"),
        (rule("a", ""), "no-capabilities"),
        ("path \"a\" { policy = \"read\" }".to_owned(), "old-policy-word"),
        (rule("", "read"), "empty-path"),
        (rule("/a", "read"), "leading-slash"),
        (rule("a+/b", "read"), "plus-is-literal"),
        (rule("a/*/b", "read"), "star-is-literal"),
        (rule("a/{{identity.bogus}}", "read"), "unknown-template"),
        (rule("kv/data/a/", "read"), "slash-at-end"),
        (with("allowed_parameters = {}"), "empty-parameters"),
        (with("denied_parameters = { \"*\" = [] }"), "all-parameters-denied"),
        (with("required_parameters = [\"x\"] allowed_parameters = { y = [] }"), "required-not-allowed"),
        ("path \"a\" { capabilities = [\"list\"] required_parameters = [\"x\"] }".to_owned(), "parameters-unused"),
        (two(("a", "read"), ("a", "list")), "repeated-path"),
        (two(("a/*", "deny"), ("a/b", "read")), "denial-with-a-hole"),
        (two(("a/*", "read"), ("a/b", "deny")), "taken-out"),
        (two(("a/*", "read update"), ("a/b", "read")), "narrower-takes-away"),
        (rule("transit/*", "read"), "key-can-leave"),
        (rule("transit/keys/*", "update"), "key-settings-writable"),
        (rule("sys/policies/acl/*", "update"), "policies-writable"),
        (rule("auth/token/create", "update"), "tokens-without-limits"),
        (rule("auth/approle/role/app", "update"), "sign-in-writable"),
        (rule("identity/*", "update"), "identities-writable"),
        (rule("sys/mounts/transit", "delete"), "mounts-writable"),
        (rule("sys/audit/file", "update sudo"), "audit-writable"),
        (rule("sys/raw/*", "read sudo"), "raw-storage"),
        (rule("sys/seal", "update sudo"), "sealing"),
        (rule("transit/keys/new/import", "update"), "key-material-brought"),
        (rule("*", "read list"), "every-path"),
        (rule("+/sign/pay", "update"), "every-mount"),
        (rule("a/*", "read sudo"), "sudo-on-many"),
        (rule("a/b", "read sudo"), "sudo-not-needed"),
        (rule("sys/seal", "update"), "sudo-missing"),
        (two(("kv/metadata/*", "list"), ("kv/app", "read")), "kv-without-data"),
        (rule("kv/data/app", "list"), "list-on-data"),
        (
            "path \"kv/data/a\" { capabilities = [\"update\"] allowed_parameters = { x = [] } }".to_owned(),
            "parameters-in-data",
        ),
        (rule("transit/sign/pay", "read"), "needs-update"),
    ]
}

#[test]
fn every_lint_is_shown_at_a_place_of_the_text() {
    for (text, code) in cases() {
        let findings = found(&text, &Surroundings::default());
        assert!(findings.iter().any(|finding| finding.code == code), "{code}: {text}\n{findings:#?}");
        assert!(findings.iter().all(|finding| finding.span.fits(&text)), "{text}");
    }
}

#[test]
fn a_careful_policy_has_no_finding() {
    let text =
        [rule("transit/sign/pay", "update"), rule("transit/keys/pay", "read"), rule("kv/metadata/pay/*", "list read")];
    assert_eq!(codes(&text.concat()), Vec::<String>::new());
}

#[test]
fn every_fix_settles_its_finding_and_can_be_read() {
    let mut fixes = 0;
    for (text, code) in cases() {
        for finding in found(&text, &Surroundings::default()).into_iter().filter(|finding| finding.code == code) {
            let Some(fix) = finding.fix else { continue };
            let fixed = fix.applied(&text).unwrap();
            assert!(parse(&fixed).is_well_formed(), "{code}: {fixed}");
            assert!(!codes(&fixed).contains(&code.to_owned()), "{code}: {fixed}");
            fixes += 1;
        }
    }
    assert!(fixes >= 10, "{fixes}");
}

#[test]
fn what_stands_behind_a_denial_is_not_looked_at() {
    // As the real server: it takes ["deny", "bogus"] and refuses ["bogus", "deny"].
    assert!(parse(&rule("a", "deny bogus")).is_well_formed());
    assert!(!parse(&rule("a", "bogus deny")).is_well_formed());
}

#[test]
fn known_mounts_show_paths_that_lead_nowhere() {
    let mount = |path: &str, engine: &str| Mount { path: path.into(), engine: engine.into() };
    let mounts = vec![mount("transit", "transit"), mount("team/kv", "kv-2")];
    let surroundings = Surroundings { mounts, ..Surroundings::default() };
    let codes = |path: &str, list: &str| -> Vec<String> {
        found(&rule(path, list), &surroundings).into_iter().map(|finding| finding.code).collect()
    };
    assert_eq!(codes("transti/sign/a", "update"), ["unknown-mount"]);
    assert_eq!(codes("team/kv/app", "read"), ["kv-without-data"]);
    assert_eq!(codes("team/*", "read"), Vec::<String>::new());
    assert_eq!(codes("team/kv/data/app", "read"), Vec::<String>::new());
    let fix = found(&rule("transti/sign/a", "update"), &surroundings)[0].fix.clone().unwrap();
    assert_eq!(fix.applied(&rule("transti/sign/a", "update")).unwrap(), rule("transit/sign/a", "update"));
}

#[test]
fn writing_every_path_is_an_error_and_reading_it_a_warning() {
    let severity = |list: &str| found(&rule("*", list), &Surroundings::default())[0].severity;
    assert_eq!(severity("read"), Severity::Warning);
    assert_eq!(severity("update"), Severity::Error);
}
