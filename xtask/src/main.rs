//! The two commands of the README, and what they are made of: `cargo xtask run | test | soak | bench | bindings |
//! check`.
//!
//! Each installs what it needs and says so. Nothing here is part of the app.

mod bindings;
mod footprint;
mod install;
mod steps;

use std::{path::PathBuf, process::ExitCode};

use steps::{Outcome, Step};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let outcome = match command.as_str() {
        "bench" => bench(&rest),
        "bindings" => bindings::write(),
        "check" => {
            steps::run(&[install::system(), install::window(), steps::format(), steps::clippy(), steps::window_check()])
        }
        "run" => run(&rest),
        "soak" => soak(&rest),
        "test" => test(&rest),
        _ => {
            eprintln!(
                "cargo xtask run        build the window and the app, and open it\n\
                       cargo xtask test       install everything the tests need, and run all of them\n\
                       cargo xtask soak [N]   the tests of faults in their long form, with N seeds (3)\n\
                       cargo xtask check      format, lints and types only\n\
                       cargo xtask bench X    measure: inventory, vaults, journal, policy\n\
                       cargo xtask bindings   write the files that are generated from the table of commands"
            );
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(rest: &[String]) -> Outcome {
    steps::run(&[install::system(), install::window(), steps::window_build(), steps::app_build()])?;
    steps::run(&[Step::new("open the app", "target/debug/claviger").args(rest.iter().map(String::as_str))])
}

/// Everything, from cheap to dear. Names of steps as arguments run only those.
fn test(only: &[String]) -> Outcome {
    let all = [
        install::system(),
        install::test_system(),
        install::window(),
        steps::format(),
        steps::window_check(),
        steps::window_tests(),
        steps::window_build(),
        steps::clippy(),
        install::cargo_deny(),
        steps::deny(),
        steps::app_build(),
        install::test_servers(),
        steps::tests(),
    ];
    let chosen: Vec<Step> = all
        .into_iter()
        .filter(|step| only.is_empty() || only.iter().any(|name| step.name.contains(name.as_str())))
        .collect();
    if chosen.is_empty() {
        return Err(format!("no step is named like {}", only.join(", ")));
    }
    let before = footprint::Footprint::now();
    steps::run(&chosen)?;
    let touched = footprint::Footprint::now().changed_since(&before);
    if touched.is_empty() { Ok(()) } else { Err(format!("the tests wrote to {}", touched.join(", "))) }
}

/// The matrices of lost answers and killed processes, whole instead of sampled. Hours, not minutes.
fn soak(rest: &[String]) -> Outcome {
    let seeds = match rest {
        [] => "3".to_owned(),
        [seeds] if seeds.parse::<u32>().is_ok_and(|seeds| seeds > 0) => seeds.clone(),
        _ => return Err("soak takes a number of seeds".to_owned()),
    };
    steps::run(&[install::system(), install::test_system(), install::test_servers(), steps::soak(seeds)])
}

fn bench(rest: &[String]) -> Outcome {
    steps::run(&[Step::new("bench", "cargo")
        .args(["run", "--release", "--quiet", "-p", "claviger-tests", "--features", "bench", "--bin", "bench", "--"])
        .args(rest.iter().map(String::as_str))])
}

/// The repository's top folder.
fn top() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().map(PathBuf::from).unwrap_or_default()
}
