//! Measurements, as ratios in one run: ours against a raw client that realises the limit, on a local fake that answers
//! late, or on a file. `cargo xtask bench inventory [--keys N]... [--pairs N]`, `cargo xtask bench vaults [--pairs N]`,
//! `cargo xtask bench journal [--records N] [--pairs N]` and `cargo xtask bench policy [--policies N] [--pairs N]` print
//! Markdown tables and fail when a target is missed.

mod fake;
mod figures;
mod inventory;
mod journal;
mod policy;
mod policy_texts;
mod raw;
mod vaults;
mod vaults_fake;

use std::{path::Path, process::ExitCode, time::Duration};

use servers::{Failure, Result};

/// What is measured if nothing is said. The numbers are those of the issue; nine pairs are the least that reliability.md
/// lets count.
const KEYS: [usize; 2] = [2_000, 10_000];
const PAIRS: usize = 9;
const RECORDS: usize = 100_000;
const POLICIES: usize = 10_000;
const VAULTS: (usize, usize) = (50, 200);

fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("bench: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Whether every target was met.
fn run(arguments: &[String]) -> Result<bool> {
    let mut words = arguments.iter().map(String::as_str);
    match words.next() {
        Some("inventory") => {
            let given = numbers(words, &["--keys", "--pairs"])?;
            let keys: Vec<usize> = given.iter().filter(|(name, _)| *name == "--keys").map(|(_, keys)| *keys).collect();
            let keys = if keys.is_empty() { KEYS.to_vec() } else { keys };
            runtime()?.block_on(inventory::measure(&keys, last(&given, "--pairs", PAIRS)))
        }
        Some("journal") => {
            let given = numbers(words, &["--records", "--pairs"])?;
            journal::measure(last(&given, "--records", RECORDS), last(&given, "--pairs", PAIRS))
        }
        Some("policy") => {
            let given = numbers(words, &["--policies", "--pairs"])?;
            policy::measure(last(&given, "--policies", POLICIES), last(&given, "--pairs", PAIRS))
        }
        Some("vaults") => {
            let given = numbers(words, &["--pairs"])?;
            runtime()?.block_on(vaults::measure(VAULTS.0, VAULTS.1, last(&given, "--pairs", PAIRS)))
        }
        Some("vaults-fake") => {
            let mut number = || words.next().and_then(|number| number.parse::<usize>().ok());
            let (Some(vaults), Some(keys), Some(latency)) = (number(), number(), number()) else {
                return Err(Failure::new("vaults-fake takes numbers of vaults, keys and milliseconds"));
            };
            let (hangs, ca) = (words.next() == Some("hangs"), words.next().unwrap_or_default());
            let size = vaults_fake::Size { vaults, keys, latency: Duration::from_millis(latency as u64), hangs };
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(vaults_fake::serve(size, Path::new(ca)))?;
            Ok(true)
        }
        // The fake is a process of its own, so that it and the clients do not wait for each other's threads.
        Some("fake") => {
            let keys = words.next().and_then(|number| number.parse().ok());
            let latency = words.next().and_then(|number| number.parse().ok()).map(Duration::from_millis);
            let (Some(keys), Some(latency)) = (keys, latency) else {
                return Err(Failure::new("fake takes a number of keys and milliseconds"));
            };
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(fake::serve(keys, latency))?;
            Ok(true)
        }
        _ => Err(Failure::new("what shall be measured? inventory, vaults, journal or policy")),
    }
}

/// Every `--name N` that is given, of these names.
fn numbers<'w>(mut words: impl Iterator<Item = &'w str>, known: &[&str]) -> Result<Vec<(&'w str, usize)>> {
    let mut given = Vec::new();
    while let Some(word) = words.next() {
        match words.next().and_then(|number| number.parse().ok()) {
            Some(number) if known.contains(&word) => given.push((word, number)),
            Some(_) | None => return Err(Failure::new(format!("{word} is not {} N", known.join(" N or ")))),
        }
    }
    Ok(given)
}

fn last(given: &[(&str, usize)], name: &str, default: usize) -> usize {
    given.iter().rev().find(|(known, _)| *known == name).map_or(default, |(_, number)| *number)
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}
