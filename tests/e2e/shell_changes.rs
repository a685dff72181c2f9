//! Changes and their journal in the shell: planned, confirmed, looked at, exported, and verified by another hand.

use std::process::Command;

use crate::shell::Shell;

const ITEM: &str = "practice/keystore/snowflake-etl";
const PASSPHRASE: &str = "a practice passphrase";

/// A shell with a connection to a practice keystore.
fn shell() -> Shell {
    let shell = Shell::new(&[("CLAVIGER_PASSPHRASE", PASSPHRASE)]);
    let file = shell.folder().join("practice.claviger");
    shell.done(&["connect", "local", "--name", "practice", "--file", file.to_str().unwrap()]);
    shell
}

fn state(shell: &Shell) -> String {
    shell.values(&["show", ITEM, "--json"])[0]["row"]["state"].as_str().unwrap().to_owned()
}

#[test]
fn a_change_is_planned_confirmed_and_verified_by_another_hand() {
    let shell = shell();
    let offers = shell.done(&["change", ITEM]);
    assert!(offers.contains("disable") && offers.contains("rotate"), "{offers}");

    // A plan does nothing, and nobody confirms it by accident.
    shell.done(&["change", ITEM, "disable"]);
    shell.refused(3, &["change", ITEM, "disable", "--write"]);
    assert_eq!(state(&shell), "enabled");
    assert!(shell.values(&["journal", "--json"]).is_empty(), "a plan alone is in the journal");

    shell.done(&["change", ITEM, "disable", "--write", "--yes"]);
    assert_eq!(state(&shell), "disabled");
    let questions = shell.done(&["change", ITEM, "schedule-deletion", "--questions"]);
    assert!(questions.contains("from 1 to 365"), "{questions}");
    shell.refused(3, &["change", ITEM, "schedule-deletion", "--write", "--type", "another"]);
    shell.done(&["change", ITEM, "schedule-deletion", "--write", "--type", "snowflake-etl"]);
    assert_eq!(state(&shell), "pending-deletion");
    shell.done(&["change", ITEM, "cancel-deletion", "--write", "--yes"]);

    let entries = shell.values(&["journal", "--json"]);
    let orders: Vec<_> = entries.iter().filter(|entry| entry["entry"] == "order").collect();
    assert_eq!(orders.len(), 3, "{entries:?}");
    assert!(orders.iter().all(|entry| entry["order"]["state"] == "done"), "{orders:?}");
    shell.done(&["journal", "verify"]);

    let folder = shell.folder().join("for the auditor");
    let written = shell.done(&["journal", "export", folder.to_str().unwrap()]);
    let files: Vec<&str> = written.lines().collect();
    let file = |ending: &str| *files.iter().find(|path| path.ends_with(ending)).unwrap();
    let verify = || Command::new("python3").args([file(".py"), file(".jsonl")]).output().unwrap();
    assert!(verify().status.success(), "{}", String::from_utf8_lossy(&verify().stdout));
    let text = std::fs::read_to_string(file(".jsonl")).unwrap();
    std::fs::write(file(".jsonl"), text.replacen("disable", "enable ", 1)).unwrap();
    assert_eq!(verify().status.code(), Some(1), "an edited journal passes");
}

#[test]
fn a_secret_is_written_without_being_read_and_never_journalled() {
    const VALUE: &str = "a value that must not be kept anywhere else";
    let shell = shell();
    let secret = shell
        .values(&["ls", "--json"])
        .into_iter()
        .find(|row| row["facets"].as_array().is_some_and(|facets| facets == &["secret"]))
        .unwrap();
    let reference = secret["ref"].as_str().unwrap();
    // A secret does not stand in the arguments.
    let value = format!("value={VALUE}");
    shell.refused(3, &["change", reference, "write-value", "--set", &value, "--write", "--yes"]);
    let write = ["change", reference, "write-value", "--write", "--yes"];
    let answer = shell.run_with(&[("CLAVIGER_VALUE", VALUE)], &write);
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    let journal = shell.done(&["journal", "--json"]);
    assert!(journal.contains("write-value") && !journal.contains(VALUE));
    let database = std::fs::read(shell.folder().join("claviger/claviger.db")).unwrap();
    assert!(!database.windows(VALUE.len()).any(|window| window == VALUE.as_bytes()), "the value is in the file");
}
