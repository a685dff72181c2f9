//! Promises x places: what every provider keeps, tried on real servers, one named trial each.
//!
//! `cargo test -p claviger-tests --test contract -- openbao` runs those of one place. A promise that does not apply to a
//! place is listed as ignored with its reason. A server that is not there fails its trials, unless `CLAVIGER_SKIP`
//! names it, which is not allowed where `CI` is set. What an emulator gets wrong stands as a `Gap` beside the case.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends at the first thing that is not as it should be"
)]

mod aspects;
mod certificates;
mod changes;
mod connect;
mod controls;
mod export;
mod identity;
mod imports;
mod inventory;
mod liar;
mod offers;
mod openssl;
mod place;
mod places;
mod policies;
mod promise;
mod refused;
mod rotation;
mod secrets;
mod signing;

use std::{process::ExitCode, sync::Arc};

use libtest_mimic::{Arguments, Completion, Trial};

use crate::{
    place::Lazy,
    promise::{Gap, Outcome, Promise},
};

const NOUNS: &[(&[Promise], &[Gap])] = &[
    (aspects::PROMISES, aspects::GAPS),
    (certificates::PROMISES, certificates::GAPS),
    (changes::PROMISES, changes::GAPS),
    (connect::PROMISES, connect::GAPS),
    (export::PROMISES, export::GAPS),
    (identity::PROMISES, identity::GAPS),
    (imports::PROMISES, imports::GAPS),
    (inventory::PROMISES, inventory::GAPS),
    (offers::PROMISES, offers::GAPS),
    (policies::PROMISES, policies::GAPS),
    (refused::PROMISES, refused::GAPS),
    (rotation::PROMISES, rotation::GAPS),
    (secrets::PROMISES, secrets::GAPS),
    (signing::PROMISES, signing::GAPS),
];

fn main() -> std::io::Result<ExitCode> {
    let arguments = Arguments::from_args();
    let runtime = Arc::new(tokio::runtime::Runtime::new()?);
    let skipped = std::env::var("CLAVIGER_SKIP").unwrap_or_default();
    let places: Vec<Arc<Lazy>> = places::all().into_iter().map(Arc::new).collect();
    let rules = [("skips_are_allowed", skips(&skipped, &places)), ("gaps_are_of_cases", gaps(&places))];
    let mut trials: Vec<Trial> = rules.into_iter().map(|(name, outcome)| Trial::test(name, || outcome)).collect();
    for (promises, gaps) in NOUNS {
        for (promise, place) in promises.iter().flat_map(|promise| places.iter().map(move |place| (promise, place))) {
            let name = format!("{}::{}", promise.name, place.name);
            if skipped.split(',').any(|name| name == place.name) {
                trials.push(Trial::ignorable_test(name, || Ok(Completion::ignored_with("CLAVIGER_SKIP names it"))));
                continue;
            }
            let (runtime, place) = (Arc::clone(&runtime), Arc::clone(place));
            let gap = gaps.iter().find(|gap| gap.place == place.name && gap.promise == promise.name);
            trials.push(Trial::ignorable_test(name, move || runtime.block_on(promise.run(&place, gap))));
        }
    }
    for control in controls::CONTROLS {
        // Any place would do; this one needs no server.
        let Some(place) = places.iter().find(|place| place.name == "local") else { continue };
        let (runtime, place) = (Arc::clone(&runtime), Arc::clone(place));
        let run = move || runtime.block_on(control.run(&place));
        trials.push(Trial::test(format!("control/{:?}", control.lie), run));
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    // The last hold on the servers: they end here.
    drop(places);
    Ok(conclusion.exit_code())
}

/// A skip is for one's own machine, and of a place that exists: a misspelt one would skip nothing in silence.
fn skips(skipped: &str, places: &[Arc<Lazy>]) -> Outcome {
    if skipped.is_empty() {
        return Ok(());
    }
    if std::env::var_os("CI").is_some() {
        return Err("CLAVIGER_SKIP is set, and CI does not skip".into());
    }
    match skipped.split(',').find(|name| !places.iter().any(|place| place.name == *name)) {
        Some(name) => Err(format!("CLAVIGER_SKIP names {name:?}, which is no place").into()),
        None => Ok(()),
    }
}

/// A gap of a promise or a place that is no longer there would hide nothing, and mislead whoever reads it.
fn gaps(places: &[Arc<Lazy>]) -> Outcome {
    for (promises, gaps) in NOUNS {
        for gap in *gaps {
            let known = promises.iter().any(|promise| promise.name == gap.promise)
                && places.iter().any(|place| place.name == gap.place);
            if !known {
                return Err(format!("the gap {}::{} is of no case", gap.promise, gap.place).into());
            }
        }
    }
    Ok(())
}
