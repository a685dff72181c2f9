//! Access policies.

use super::{answers, codes, settled};
use crate::{
    Power, Retention, Standing, Surroundings,
    azure::access::{TEMPLATES, differences, explain, lint, lockout, merge, parse, take_back, who},
};

const TENANT: &str = "11111111-1111-1111-1111-111111111111";
const ANNA: &str = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";
const APP: &str = "bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb";

fn entry(object: &str, permissions: &str) -> String {
    format!("{{\"tenantId\": \"{TENANT}\", \"objectId\": \"{object}\", \"permissions\": {{{permissions}}}}}")
}

fn found(text: &str) -> Vec<crate::Finding> {
    lint(text, &Surroundings::default())
}

#[test]
fn every_lint_is_shown() {
    let sign = entry(ANNA, "\"keys\": [\"sign\"]");
    let cases = [
        (format!("[{sign},]"), "not-json"),
        ("7".to_owned(), "wrong-type"),
        ("[]".to_owned(), "nobody"),
        (format!("[{}]", sign.replace("objectId", "objectID2")), "unknown-element"),
        (format!("[{}]", sign.replace(ANNA, "anna@example.com")), "not-an-id"),
        (format!("[{{\"tenantId\": \"{TENANT}\"}}]"), "missing-element"),
        (format!("[{}]", entry(ANNA, "\"keys\": [\"sing\"]")), "unknown-permission"),
        (format!("[{}]", entry(ANNA, "\"key\": [\"sign\"]")), "unknown-element"),
        (format!("[{}]", entry(ANNA, "\"keys\": [\"all\"]")), "all-permissions"),
        (format!("[{}]", entry(ANNA, "\"keys\": [\"get\", \"purge\"]")), "purge"),
        (format!("[{}]", entry(ANNA, "\"keys\": []")), "no-permissions"),
        (format!("[{}]", entry(ANNA, "\"secrets\": [\"get\"]")), "secret-values"),
        (format!("[{}]", entry(ANNA, "\"keys\": [\"backup\", \"restore\"]")), "backup-and-restore"),
        (format!("[{}]", entry(ANNA, "\"keys\": [\"release\"]")), "release-given"),
        (format!("[{}]", entry(ANNA, "\"storage\": [\"get\"]")), "storage-permissions"),
        (format!("[{}]", entry(ANNA, "\"keys\": [\"sign\", \"Sign\"]")), "repeated-permission"),
        (format!("[{}]", entry("00000000-0000-0000-0000-000000000000", "\"keys\": [\"sign\"]")), "nobody-id"),
        (format!("[{sign}, {sign}]"), "repeated-principal"),
        (format!("[{sign}, {}]", entry(APP, "\"keys\": [\"sign\"]").replace(TENANT, APP)), "several-tenants"),
        (format!("[{}]", sign.replacen('{', &format!("{{\"applicationId\": \"{APP}\", "), 1)), "on-behalf"),
        (
            format!("[{}]", sign.replacen('{', &format!("{{\"applicationId\": \"{ANNA}\", "), 1)),
            "application-as-object",
        ),
    ];
    for (text, code) in cases {
        assert!(codes(&found(&text)).contains(&code), "{code}: {text}\n{:?}", codes(&found(&text)));
        settled(&text, found);
    }
    assert_eq!(codes(&found(&format!("[{sign}]"))), Vec::<&str>::new());
}

#[test]
fn a_vaults_answer_is_read_as_well() {
    let text = format!(
        "{{\"id\": \"/x\", \"properties\": {{\"accessPolicies\": [{}]}}}}",
        entry(ANNA, "\"keys\": [\"sign\"]")
    );
    assert_eq!(parse(&text).entries.len(), 1, "{:?}", parse(&text));
    assert!(parse(&text).is_well_formed());
}

#[test]
fn who_can_is_told_by_the_powers_of_the_words() {
    let text = format!("[{}]", entry(ANNA, "\"keys\": [\"all\"], \"secrets\": [\"get\"]"));
    let powers: Vec<Power> = who(&text, &Surroundings::default()).into_iter().map(|holder| holder.power).collect();
    for power in [Power::Sign, Power::Decrypt, Power::Encrypt, Power::Destroy, Power::Extract] {
        assert!(powers.contains(&power), "{power:?}");
    }
    assert!(!powers.contains(&Power::Administer));
    let release = format!("[{}]", entry(ANNA, "\"keys\": [\"release\"]"));
    assert!(matches!(who(&release, &Surroundings::default())[0].standing, Standing::When { .. }));
    let broken = format!("[{}]", entry(ANNA, "\"keys\": [\"sign\", \"fly\"]"));
    assert!(matches!(who(&broken, &Surroundings::default())[0].standing, Standing::DependsOn { .. }));
}

#[test]
fn what_changes_is_said_and_who_may_change_it_is_not_guessed() {
    let around = Surroundings::default();
    let sign = format!("[{}]", entry(ANNA, "\"keys\": [\"sign\"]"));
    let all = format!("[{}]", entry(ANNA, "\"keys\": [\"sign\", \"decrypt\"]"));
    assert_eq!(differences(&sign, &all, &around)[0].says, format!("Object {ANNA} will be able to decrypt."));
    assert_eq!(lockout(&sign, &around).caller, Retention::CannotTell);
    assert_eq!(explain(&sign, &around)[0].text, format!("Object {ANNA} may sign keys."));
}

#[test]
fn templates_are_put_in_and_taken_out_with_every_other_byte_as_it_was() {
    let text = format!("[\n  {}\n]\n", entry(ANNA, "\"keys\": [\"get\"], \"certificates\": [ ]"));
    for object in [ANNA, APP] {
        let answers = answers(&[("object", object)]);
        for template in TEMPLATES {
            let merged = merge(&text, template.id, &answers, &Surroundings::default()).unwrap();
            assert!(merged.changed && parse(&merged.text).is_well_formed(), "{}", merged.text);
            assert!(!merge(&merged.text, template.id, &answers, &Surroundings::default()).unwrap().changed);
            let back = take_back(&merged.text, template.id, &answers, &Surroundings::default()).unwrap().text;
            if object == APP {
                assert_eq!(back, text, "{}", template.id);
            }
        }
    }
    assert!(
        merge("", "sign-only", &answers(&[("object", APP)]), &Surroundings::default()).is_err(),
        "no tenant is known"
    );
    let alone =
        merge("", "sign-only", &answers(&[("object", APP), ("tenant", TENANT)]), &Surroundings::default()).unwrap();
    assert_eq!(who(&alone.text, &Surroundings::default()).len(), 1);
}
