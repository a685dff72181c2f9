//! The claims of a Snowflake sign-in, against those that the connector makes.

use encoding::{PublicKey, snowflake};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::json;

use crate::{
    cases,
    hands::{Python, text},
    keys::{Maker, make},
};

/// Accounts as they are written, with every cut that the connector knows.
fn accounts() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{2}[0-9]{5}",
        "[a-z]{2}[0-9]{5}[.](eu-west-1|europe-west4[.]gcp|switzerland-north[.]azure)",
        "[A-Za-z]{3,7}-[A-Za-z0-9_]{1,9}",
        "[a-z]{2,5}(-[a-z0-9]{1,5}){1,3}[.]global",
        "[a-z]{2,5}[.](global|globals|x[.]global|GLOBAL)",
        "[ -~łßÜ]{1,12}",
    ]
}

/// A twentieth of the cases.
#[test]
fn a_sign_in_claims_what_the_connector_does() {
    let python = Python::start();
    let pair = make(Maker::AwsLc, "RSA 2048", &python);
    let key = PublicKey::from_spki_der(&pair.public).unwrap();
    let users = prop_oneof!["[A-Z_][A-Z0-9_$]{0,12}", "[a-z]{1,8}@example[.]com", "[ -~łßÜ]{1,20}"];
    let config = Config { cases: cases() / 20, failure_persistence: None, ..Config::default() };
    let judged = TestRunner::new(config).run(&(accounts(), users, 1_i64..=3600), |(account, user, lifetime)| {
        let arguments = [text(&pair.private), json!(account), json!(user), json!(lifetime)];
        let theirs = python.ask("login_claims", &arguments).unwrap();
        let subject = theirs["sub"].as_str().unwrap();
        // The connector would sign for no account at all.
        if subject.starts_with('.') {
            prop_assert!(snowflake::login_claims(&account, &user, &key, 0, lifetime).is_err());
            return Ok(());
        }
        let issued_at = theirs["iat"].as_i64().unwrap();
        let ours = snowflake::login_claims(&account, &user, &key, issued_at, lifetime).unwrap();
        prop_assert_eq!(ours, theirs);
        Ok(())
    });
    judged.unwrap_or_else(|failure| panic!("{failure}"));
}
