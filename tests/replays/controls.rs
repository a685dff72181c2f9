//! Replays that must fail: if a changed recording passed, the others would prove nothing.

use std::path::PathBuf;

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::{drive, ours, run};

/// Any number of 1,024 bits.
const MODULUS: &str = "w4pVbTzN2mE5cXoR8kYfQ1aJ6hLsDgUiP0eMvBnKtWq3ZyCxO7rIj9SlGdAFHu_w4pVbTzN2mE5cXoR8kYfQ1aJ6hLsDgUiP0eMvBnKtWq3ZyCxO7rIj9SlGdAFHu_w4pVbTzN2mE5cXoR8kYfQ1aJ6hLsDgUiP0eMvBnKt8";
const VAULT: &str = "https://recorded.vault.azure.net";

pub(crate) fn trials() -> Vec<Trial> {
    let fails = |name: &'static str, recording: Value, through_ours: bool| {
        Trial::test(format!("control/{name}"), move || {
            run(async {
                let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
                let file: PathBuf = folder.path().join("changed.json");
                std::fs::write(&file, recording.to_string()).map_err(|error| error.to_string())?;
                let outcome = if through_ours { ours::open(&file).await } else { drive::play(&file).await };
                match outcome {
                    Ok(()) => Err("it passed all the same".to_owned()),
                    Err(_) => Ok(()),
                }
            })
        })
    };
    let list = |query: &str| {
        let answer = json!({"STATUS_CODE": "200", "BODY": json!({"value": [], "nextLink": null}).to_string()});
        json!({"Method": "GET", "Url": format!("{VAULT}/keys?api-version=7.3{query}"), "Response": answer})
    };
    let mut elsewhere = get("keys/a", 200, &key("AQAB", MODULUS));
    elsewhere["service"] = "https://vault.azure.example".into();
    vec![
        fails("a_call_that_the_crates_cannot_make", get("storage-accounts/a/b", 200, &json!({})), false),
        fails("a_challenge_for_another_service", elsewhere, false),
        fails("a_modulus_that_is_none", get("keys/a", 200, &key("AQAB", "!")), true),
        fails("a_page_that_no_page_leads_to", json!({"networkCallRecords": [list(""), list("&$skiptoken=x")]}), false),
    ]
}

fn key(e: &str, n: &str) -> Value {
    json!({"key": {"kid": format!("{VAULT}/keys/a/1"), "kty": "RSA", "n": n, "e": e}, "attributes": {"enabled": true}})
}

fn get(path: &str, status: u16, body: &Value) -> Value {
    let answer = json!({"STATUS_CODE": status.to_string(), "BODY": body.to_string()});
    json!({"networkCallRecords": [{"Method": "GET", "Url": format!("{VAULT}/{path}?api-version=7.3"), "Response": answer}]})
}
