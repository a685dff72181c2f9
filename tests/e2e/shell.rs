//! The command line as a person has it in a terminal. It and the window are one app: with the same home they show the same.

use std::{
    collections::BTreeSet,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    desktop::{application, environment},
    journey,
};

/// A home, and the shell in it. Nothing of the environment of the test reaches it but the way to programs.
pub(crate) struct Shell {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Shell {
    /// An empty home. Every command sees these variables.
    pub(crate) fn new(variables: &[(&str, &str)]) -> Self {
        Self::at(TempDir::new().unwrap(), variables)
    }

    /// The same in a home that was there before.
    pub(crate) fn at(folder: TempDir, variables: &[(&str, &str)]) -> Self {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Self { folder, variables: variables.collect() }
    }

    /// The folder that all of it is in.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The folder in which the app keeps its state.
    pub(crate) fn home(&self) -> PathBuf {
        self.folder().join("claviger")
    }

    /// Runs a command to its end. Nobody is there to answer it.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(&[], arguments)
    }

    /// The same with more variables, for this command alone.
    pub(crate) fn run_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Output {
        self.command(arguments).envs(variables.iter().copied()).stdin(Stdio::null()).output().unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(application());
        command
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(environment(self.folder()))
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// The same with a text on standard input.
    pub(crate) fn run_on(&self, text: &str, arguments: &[&str]) -> Output {
        let mut running = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        running.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        running.wait_with_output().unwrap()
    }

    /// What it prints, after it ended well.
    pub(crate) fn done(&self, arguments: &[&str]) -> String {
        let answer = self.run(arguments);
        assert!(answer.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&answer.stderr));
        String::from_utf8(answer.stdout).unwrap()
    }

    /// The same as one JSON value a line.
    pub(crate) fn values(&self, arguments: &[&str]) -> Vec<Value> {
        self.done(arguments).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// What it says on standard error, after it ended with that code.
    pub(crate) fn refused(&self, code: i32, arguments: &[&str]) -> String {
        let answer = self.run(arguments);
        let said = String::from_utf8(answer.stderr).unwrap();
        assert_eq!(answer.status.code(), Some(code), "{arguments:?}: {said}");
        said
    }
}

#[tokio::test]
async fn the_command_line_lists_what_the_window_lists() {
    let desktop = journey::practice().await;
    let names: BTreeSet<String> = desktop.names().await.into_iter().collect();
    desktop.choose_row("snowflake-etl").await;
    desktop.click("button", "Copy the reference").await;
    let reference = desktop.pasted("the reference", |text| text.contains("practice")).await;
    let shell = Shell::at(desktop.close().await, &[]);
    let rows = shell.values(&["ls", "--json"]);
    assert_eq!(rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>(), names);
    let row = rows.iter().find(|row| row["name"] == "snowflake-etl").unwrap();
    assert_eq!(row["ref"], reference.as_str());
    assert_eq!(shell.values(&["show", &reference, "--json"])[0]["row"]["name"], "snowflake-etl");
}

#[test]
fn a_level_that_the_log_does_not_know_is_said_there() {
    let shell = Shell::new(&[("CLAVIGER_LOG", "aws=trace")]);
    shell.done(&["connections"]);
    let [log] = &std::fs::read_dir(shell.home().join("log")).unwrap().collect::<Vec<_>>()[..] else {
        panic!("one day")
    };
    let log = std::fs::read_to_string(log.as_ref().unwrap().path()).unwrap();
    assert!(log.contains("WARN claviger::log:") && log.contains("aws=trace") && log.contains("info is taken"), "{log}");
}
