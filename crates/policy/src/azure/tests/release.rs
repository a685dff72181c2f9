//! Secure key release policies.

use super::{answers, codes, settled};
use crate::{
    Retention, Surroundings, Turn,
    azure::release::{TEMPLATES, decide, differences, explain, lint, lockout, merge, parse, take_back, who},
};

const CVM: &str = r#"{
  "version": "1.0.0",
  "anyOf": [
    {
      "authority": "https://sharedweu.weu.attest.azure.net/",
      "allOf": [
        {"claim": "x-ms-isolation-tee.x-ms-attestation-type", "equals": "sevsnpvm"},
        {"claim": "x-ms-isolation-tee.x-ms-compliance-status", "equals": "azure-compliant-cvm"}
      ]
    }
  ]
}"#;

fn found(text: &str) -> Vec<crate::Finding> {
    lint(text, &Surroundings::default())
}

fn with(conditions: &str) -> String {
    format!(
        "{{\"version\": \"1.0.0\", \"anyOf\": [{{\"authority\": \"https://sharedweu.weu.attest.azure.net\", \"allOf\": [{conditions}]}}]}}"
    )
}

#[test]
fn every_lint_is_shown() {
    let claim = |name: &str, value: &str| format!("{{\"claim\": \"{name}\", \"equals\": {value}}}");
    let kind = claim("x-ms-attestation-type", "\"sgx\"");
    let signer = claim("x-ms-sgx-mrsigner", &format!("\"{}\"", "a".repeat(64)));
    let cases = [
        ("".to_owned(), "not-json"),
        ("[]".to_owned(), "wrong-type"),
        ("{\"version\": \"1.0.0\"}".to_owned(), "no-authorities"),
        ("{\"version\": \"1.0.0\", \"anyOf\": []}".to_owned(), "empty-list"),
        (CVM.replace("anyOf", "allOf"), "all-of-authorities"),
        (CVM.replace("\"anyOf\"", "\"anyof\""), "unknown-element"),
        (CVM.replace("\"version\": \"1.0.0\",", ""), "no-version"),
        (CVM.replace("1.0.0", "2.0"), "unknown-version"),
        (CVM.replacen('{', "{\"immutable\": true, ", 1), "immutable-inside"),
        ("{\"contentType\": \"application/json\", \"data\": \"e30\"}".to_owned(), "wrapped-policy"),
        (CVM.replace("https://", "http://"), "authority-not-https"),
        (CVM.replace("sharedweu.weu.attest.azure.net", "<name>"), "authority-without-host"),
        (CVM.replace("attest.azure.net", "example.com"), "foreign-authority"),
        (
            "{\"version\": \"1.0.0\", \"anyOf\": [{\"authority\": \"https://a.attest.azure.net\"}]}".to_owned(),
            "no-claims",
        ),
        (with(&kind).replace("\"allOf\"", &format!("\"anyOf\": [{kind}], \"allOf\"")), "all-and-any"),
        (with("{\"claim\": \"a\", \"equal\": 1}"), "unknown-operator"),
        (with("{\"claim\": \"a\", \"greater\": 1}"), "operator-not-yet"),
        (with("{\"claim\": \"a\", \"equals\": 1, \"less\": 2}"), "two-operators"),
        (with("{\"claim\": \"a\", \"equals\": [1]}"), "wrong-type"),
        (with("{\"claim\": \"a\", \"condition\": \"equals\", \"value\": \"b\"}"), "old-form"),
        (with("{\"equals\": 1}"), "missing-element"),
        (with(&claim("x-ms-atestation-type", "\"sgx\"")), "unknown-claim"),
        (with(&claim("x-ms-sgx-is-debuggable", "\"false\"")), "wrong-value-type"),
        (with(&claim("x-ms-sgx-is-debuggable", "true")), "debuggable"),
        (with(&claim("x-ms-sgx-mrsigner", "\"abc\"")), "not-a-digest"),
        (with(&format!("{kind}, {kind}")), "repeated-condition"),
        (with(&format!("{kind}, {}", claim("x-ms-attestation-type", "\"sevsnpvm\""))), "never-true"),
        (with(&kind), "no-measurement"),
        (with(&format!("{kind}, {signer}")), "debug-not-excluded"),
        (
            CVM.replace("    }\n  ]", &format!("    }},\n{}\n  ]", CVM.lines().skip(3).take(7).collect::<String>())),
            "repeated-authority",
        ),
    ];
    for (text, code) in cases {
        assert!(codes(&found(&text)).contains(&code), "{code}: {text}\n{:?}", codes(&found(&text)));
        settled(&text, found);
    }
    let debug = claim("x-ms-sgx-is-debuggable", "false");
    assert_eq!(codes(&found(&with(&format!("{kind}, {signer}, {debug}")))), Vec::<&str>::new());
}

#[test]
fn conditions_may_be_nested() {
    let text = with(
        "{\"claim\": \"a\", \"equals\": 1}, {\"anyOf\": [{\"claim\": \"b\", \"equals\": 2}, {\"allOf\": [{\"claim\": \"c\", \"equals\": 3}]}]}",
    );
    assert!(parse(&text).is_well_formed(), "{:?}", parse(&text).malformed);
    let claims = |rest: &str| format!("{{\"iss\": \"https://sharedweu.weu.attest.azure.net\", \"a\": 1{rest}}}");
    assert!(decide(&text, &claims(", \"c\": 3")).unwrap().released);
    assert!(!decide(&text, &claims(", \"b\": 3")).unwrap().released);
}

#[test]
fn the_authority_that_answers_is_named() {
    let claims = r#"{"iss": "https://sharedweu.weu.attest.azure.net", "x-ms-isolation-tee": {"x-ms-attestation-type": "sevsnpvm", "x-ms-compliance-status": "azure-compliant-cvm"}}"#;
    let outcome = decide(CVM, claims).unwrap();
    assert_eq!((outcome.released, outcome.by), (true, Some(0)));
    let not = |claims: &str| {
        let outcome = decide(CVM, claims).unwrap();
        assert!(!outcome.released);
        outcome.says[0].text.clone()
    };
    assert!(not(&claims.replace("sharedweu", "shared")).contains("does not answer"));
    assert!(not(&claims.replace("sevsnpvm", "tdxvm")).contains("tdxvm"));
    assert!(not(&claims.replace("compliance-status", "other")).contains("is not made"));
    assert!(not("{}").contains("iss is missing"));
    assert!(decide(CVM, "[]").is_err() && decide("{}", "{}").is_err());
}

#[test]
fn a_text_is_never_equal_to_what_is_no_text() {
    let text = with("{\"claim\": \"x\", \"equals\": \"false\"}");
    let claims = |value: &str| format!("{{\"iss\": \"https://sharedweu.weu.attest.azure.net\", \"x\": {value}}}");
    assert!(!decide(&text, &claims("false")).unwrap().released);
    assert!(decide(&text, &claims("\"false\"")).unwrap().released);
}

#[test]
fn who_gets_the_key_and_what_changes_is_said() {
    let around = Surroundings::default();
    assert_eq!(who(CVM, &around).len(), 1);
    assert!(explain(CVM, &around)[0].text.contains("attestation-type is \"sevsnpvm\""));
    let looser = with("{\"claim\": \"x-ms-isolation-tee.x-ms-attestation-type\", \"equals\": \"sevsnpvm\"}");
    assert_eq!(differences(CVM, &looser, &around)[0].turn, Turn::Changes);
    assert_eq!(differences(CVM, "{}", &around)[0].turn, Turn::Unclear);
    assert_eq!(lockout(CVM, &around).caller, Retention::CannotTell);
}

#[test]
fn templates_add_one_way_more_and_leave_the_rest() {
    let digest = "AB".repeat(32);
    let answers = answers(&[
        ("authority", "https://sharedeus.eus.attest.azure.net"),
        ("kind", "sevsnpvm"),
        ("hostdata", &digest),
        ("mrsigner", &digest),
    ]);
    for template in TEMPLATES {
        for text in ["", CVM] {
            let merged = merge(text, template.id, &answers, &Surroundings::default()).unwrap();
            let read = parse(&merged.text);
            assert!(read.is_well_formed(), "{}", merged.text);
            assert_eq!(read.authorities.len(), parse(text).authorities.len() + 1);
            assert!(!merge(&merged.text, template.id, &answers, &Surroundings::default()).unwrap().changed);
            let back = take_back(&merged.text, template.id, &answers, &Surroundings::default());
            match text.is_empty() {
                true => assert!(back.is_err(), "the last authority stays"),
                false => assert_eq!(back.unwrap().text, text),
            }
            let mut rest = merged.text.chars();
            assert!(text.chars().all(|c| rest.any(|other| other == c)));
        }
    }
    let mut wrong = answers;
    wrong.insert("hostdata".to_owned(), "abc".to_owned());
    assert!(merge(CVM, "attested-container", &wrong, &Surroundings::default()).is_err());
    wrong.insert("authority".to_owned(), "http://a.b".to_owned());
    assert!(merge(CVM, "attested-vm", &wrong, &Surroundings::default()).is_err());
}
