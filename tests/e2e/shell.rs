//! The command line and the window are one app: with the same home they show the same.

use std::{collections::BTreeSet, process::Command};

use serde_json::Value;

use crate::{
    desktop::{application, environment},
    journey,
};

#[tokio::test]
async fn the_command_line_lists_what_the_window_lists() {
    let desktop = journey::practice().await;
    let names: BTreeSet<String> = desktop.names().await.into_iter().collect();
    desktop.choose_row("snowflake-etl").await;
    desktop.click("button", "Copy the reference").await;
    let reference = desktop.pasted("the reference", |text| text.contains("practice")).await;
    let home = desktop.close().await;

    // One JSON value a line.
    let run = |arguments: &[&str]| {
        let answer = Command::new(application())
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(environment(home.path()))
            .output()
            .unwrap();
        assert!(answer.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&answer.stderr));
        let text = String::from_utf8(answer.stdout).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>()
    };
    let rows = run(&["ls", "--json"]);
    assert_eq!(rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>(), names);
    let row = rows.iter().find(|row| row["name"] == "snowflake-etl").unwrap();
    assert_eq!(row["ref"], reference.as_str());
    assert_eq!(run(&["show", &reference, "--json"])[0]["row"]["name"], "snowflake-etl");
}
