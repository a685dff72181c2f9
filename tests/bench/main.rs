//! Measurements, as ratios in one run: ours against a raw client that realises the limit, on a local fake that answers
//! late, or on a file. `cargo xtask bench inventory [--keys N]... [--pairs N]`, `cargo xtask bench vaults [--pairs N]` and
//! `cargo xtask bench journal [--records N] [--pairs N]` print a Markdown table each and fail when a target is missed.

mod fake;
mod figures;
mod inventory;
mod journal;
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
            let (mut keys, mut pairs) = (Vec::new(), PAIRS);
            while let Some(word) = words.next() {
                let number = words.next().and_then(|number| number.parse().ok());
                match (word, number) {
                    ("--keys", Some(number)) => keys.push(number),
                    ("--pairs", Some(number)) => pairs = number,
                    _ => return Err(Failure::new(format!("{word} is not --keys N or --pairs N"))),
                }
            }
            let keys = if keys.is_empty() { KEYS.to_vec() } else { keys };
            runtime()?.block_on(inventory::measure(&keys, pairs))
        }
        Some("journal") => {
            let (mut records, mut pairs) = (RECORDS, PAIRS);
            while let Some(word) = words.next() {
                let number = words.next().and_then(|number| number.parse().ok());
                match (word, number) {
                    ("--records", Some(number)) => records = number,
                    ("--pairs", Some(number)) => pairs = number,
                    _ => return Err(Failure::new(format!("{word} is not --records N or --pairs N"))),
                }
            }
            journal::measure(records, pairs)
        }
        Some("vaults") => {
            let mut pairs = PAIRS;
            while let Some(word) = words.next() {
                match (word, words.next().and_then(|number| number.parse().ok())) {
                    ("--pairs", Some(number)) => pairs = number,
                    _ => return Err(Failure::new(format!("{word} is not --pairs N"))),
                }
            }
            runtime()?.block_on(vaults::measure(VAULTS.0, VAULTS.1, pairs))
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
        _ => Err(Failure::new("what shall be measured? inventory, vaults or journal")),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}
