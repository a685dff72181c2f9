//! Changes and their journal in the shell: planned, confirmed, looked at, exported, and verified by another hand.

use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::desktop::{application, environment};

const ITEM: &str = "practice/keystore/snowflake-etl";
const PASSPHRASE: &str = "a practice passphrase";

/// A home with the practice keystore, and the shell in it.
struct Shell(tempfile::TempDir);

impl Shell {
    fn new() -> Self {
        let shell = Self(tempfile::tempdir().unwrap());
        let file = shell.0.path().join("practice.claviger");
        shell.done(&["connect", "local", "--name", "practice", "--file", file.to_str().unwrap()]);
        shell
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(application())
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(environment(self.0.path()))
            .env("CLAVIGER_PASSPHRASE", PASSPHRASE)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// What it prints, after it ended well.
    fn done(&self, arguments: &[&str]) -> String {
        let answer = self.run(arguments);
        assert!(answer.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&answer.stderr));
        String::from_utf8(answer.stdout).unwrap()
    }

    fn values(&self, arguments: &[&str]) -> Vec<Value> {
        self.done(arguments).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn state(&self) -> String {
        self.values(&["show", ITEM, "--json"])[0]["row"]["state"].as_str().unwrap().to_owned()
    }
}

#[test]
fn a_change_is_planned_confirmed_and_verified_by_another_hand() {
    let shell = Shell::new();
    let offers = shell.done(&["change", ITEM]);
    assert!(offers.contains("disable") && offers.contains("rotate"), "{offers}");

    // A plan does nothing, and nobody confirms it by accident.
    shell.done(&["change", ITEM, "disable"]);
    let unconfirmed = shell.run(&["change", ITEM, "disable", "--write"]);
    assert_eq!(unconfirmed.status.code(), Some(3), "{}", String::from_utf8_lossy(&unconfirmed.stderr));
    assert_eq!(shell.state(), "enabled");
    assert!(shell.values(&["journal", "--json"]).is_empty(), "a plan alone is in the journal");

    shell.done(&["change", ITEM, "disable", "--write", "--yes"]);
    assert_eq!(shell.state(), "disabled");
    let questions = shell.done(&["change", ITEM, "schedule-deletion", "--questions"]);
    assert!(questions.contains("from 1 to 365"), "{questions}");
    let wrong = shell.run(&["change", ITEM, "schedule-deletion", "--write", "--type", "another"]);
    assert_eq!(wrong.status.code(), Some(3), "{}", String::from_utf8_lossy(&wrong.stderr));
    shell.done(&["change", ITEM, "schedule-deletion", "--write", "--type", "snowflake-etl"]);
    assert_eq!(shell.state(), "pending-deletion");
    shell.done(&["change", ITEM, "cancel-deletion", "--write", "--yes"]);

    let entries = shell.values(&["journal", "--json"]);
    let orders: Vec<_> = entries.iter().filter(|entry| entry["entry"] == "order").collect();
    assert_eq!(orders.len(), 3, "{entries:?}");
    assert!(orders.iter().all(|entry| entry["order"]["state"] == "done"), "{orders:?}");
    shell.done(&["journal", "verify"]);

    let folder = shell.0.path().join("for the auditor");
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
    let shell = Shell::new();
    let secret = shell
        .values(&["ls", "--json"])
        .into_iter()
        .find(|row| row["facets"].as_array().is_some_and(|facets| facets == &["secret"]))
        .unwrap();
    let reference = secret["ref"].as_str().unwrap();
    let in_arguments =
        shell.run(&["change", reference, "write-value", "--set", &format!("value={VALUE}"), "--write", "--yes"]);
    assert_eq!(in_arguments.status.code(), Some(3), "a secret may stand in the arguments");
    let answer = Command::new(application())
        .args(["change", reference, "write-value", "--write", "--yes"])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(environment(shell.0.path()))
        .env("CLAVIGER_PASSPHRASE", PASSPHRASE)
        .env("CLAVIGER_VALUE", VALUE)
        .output()
        .unwrap();
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    let journal = shell.done(&["journal", "--json"]);
    assert!(journal.contains("write-value") && !journal.contains(VALUE));
    let database = std::fs::read(shell.0.path().join("claviger/claviger.db")).unwrap();
    assert!(!database.windows(VALUE.len()).any(|window| window == VALUE.as_bytes()), "the value is in the file");
}
