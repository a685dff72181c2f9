//! Bad input and lost answers: what a provider makes of servers that lie, break off, hang, or refuse a part, and what
//! the engine of changes makes of answers that do not come ([`lost`]) and of its own end at any instant ([`kill`]).
//!
//! Each case spoils some answers of a real server. What is spoilt must show as an error on its row or vault, the rest
//! must be whole, and nothing may be dropped. Each case has a control that must fail, or it proves nothing: the same
//! check on a run that nobody spoilt, or on one that does what must not be done.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends at the first thing that is not as it should be"
)]

mod amazon;
mod azure;
mod between;
mod case;
#[path = "../keyring.rs"]
mod keyring;
mod kill;
mod lost;
mod openbao;

use std::{process::ExitCode, sync::Arc};

use libtest_mimic::{Arguments, Trial};

use crate::case::World;

fn main() -> std::io::Result<ExitCode> {
    if let Some(task) = kill::task() {
        return kill::carry_out(&task);
    }
    let arguments = Arguments::from_args();
    let runtime = Arc::new(tokio::runtime::Runtime::new()?);
    let worlds = [
        ("vault", World::new(|| Box::pin(openbao::place())), openbao::CASES),
        ("aws", World::new(|| Box::pin(amazon::place())), amazon::CASES),
    ];
    let worlds = worlds.map(|(name, world, cases)| (name, Arc::new(world), cases));
    let mut trials = Vec::new();
    for (name, world, cases) in &worlds {
        for case in *cases {
            let (runtime, world) = (Arc::clone(&runtime), Arc::clone(world));
            trials.push(Trial::test(format!("{}::{name}", case.name), move || runtime.block_on(case.run(&world))));
        }
    }
    let vaults = Arc::new(azure::World::default());
    for case in azure::cases() {
        let (runtime, vaults) = (Arc::clone(&runtime), Arc::clone(&vaults));
        trials.push(Trial::test(format!("{}::azure", case.name), move || runtime.block_on(case.run(&vaults))));
    }
    let groups = lost::groups();
    trials.extend(lost::trials(&runtime, &groups));
    trials.extend(kill::trials(&runtime, &groups));
    let conclusion = libtest_mimic::run(&arguments, trials);
    // The last hold on the servers: they end here.
    drop((worlds, vaults, groups));
    Ok(conclusion.exit_code())
}
