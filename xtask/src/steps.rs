//! Steps: a name and a command, run in the repository's top folder, timed, the first failure ends the run.

use std::{process::Command, time::Instant};

use crate::top;

/// Success, or one sentence on what failed.
pub(crate) type Outcome = Result<(), String>;

/// A named command.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    program: String,
    arguments: Vec<String>,
    folder: &'static str,
    variables: Vec<(&'static str, String)>,
    /// Says that nothing is to be done.
    done: Option<fn() -> bool>,
}

impl Step {
    pub(crate) fn new(name: &'static str, program: &str) -> Self {
        let program = program.to_owned();
        Self { name, program, arguments: Vec::new(), folder: ".", variables: Vec::new(), done: None }
    }

    pub(crate) fn args<'a>(mut self, arguments: impl IntoIterator<Item = &'a str>) -> Self {
        self.arguments.extend(arguments.into_iter().map(str::to_owned));
        self
    }

    pub(crate) fn within(mut self, folder: &'static str) -> Self {
        self.folder = folder;
        self
    }

    pub(crate) fn env(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    pub(crate) fn unless(mut self, done: fn() -> bool) -> Self {
        self.done = Some(done);
        self
    }
}

/// Runs the steps in order.
pub(crate) fn run(steps: &[Step]) -> Outcome {
    for step in steps {
        if step.done.is_some_and(|done| done()) {
            println!("== {}: nothing to do", step.name);
            continue;
        }
        println!("== {}: {} {}", step.name, step.program, step.arguments.join(" "));
        let began = Instant::now();
        let status = Command::new(&step.program)
            .args(&step.arguments)
            .current_dir(top().join(step.folder))
            .envs(step.variables.iter().map(|(name, value)| (name, value)))
            .status()
            .map_err(|error| format!("{}: {} could not be started: {error}", step.name, step.program))?;
        if !status.success() {
            return Err(format!("{} failed ({status})", step.name));
        }
        println!("== {}: done in {} s", step.name, began.elapsed().as_secs());
    }
    Ok(())
}

pub(crate) fn format() -> Step {
    Step::new("format", "cargo").args(["fmt", "--all", "--", "--check"])
}

/// With the same features as every other step, so that dependencies are compiled once.
pub(crate) fn clippy() -> Step {
    Step::new("clippy", "cargo").args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--features",
        "claviger/custom-protocol",
        "--",
        "-D",
        "warnings",
    ])
}

pub(crate) fn deny() -> Step {
    Step::new("deny", ".cache/tools/bin/cargo-deny").args(["check", "licenses", "bans", "sources"])
}

pub(crate) fn window_check() -> Step {
    Step::new("window types", "npm").args(["run", "check"]).within("ui")
}

pub(crate) fn window_tests() -> Step {
    Step::new("window tests", "npm").args(["test"]).within("ui")
}

pub(crate) fn window_build() -> Step {
    Step::new("window build", "npm").args(["run", "build"]).within("ui")
}

/// The app with its pages embedded. Built for development, which is also what a WebDriver may drive.
pub(crate) fn app_build() -> Step {
    Step::new("app build", "cargo").args(["build", "-p", "claviger", "--features", "claviger/custom-protocol"])
}

/// All Rust tests: units, house, oracles, contract, faults, end to end.
pub(crate) fn tests() -> Step {
    Step::new("tests", "cargo")
        .args(["test", "--workspace", "--features", "claviger/custom-protocol"])
        .env("CLAVIGER_APP", top().join("target/debug/claviger").to_string_lossy())
}

/// The tests of faults, everything instead of a sample. `CLAVIGER_SOAK` is the number of seeds.
pub(crate) fn soak(seeds: String) -> Step {
    Step::new("soak", "cargo")
        .args(["test", "--workspace", "--features", "claviger/custom-protocol", "--test", "faults"])
        .env("CLAVIGER_SOAK", seeds)
}
