//! Killed at any instant: a process that carries a change out is ended before and after everything it does to the
//! journal, the keyring and the place; the next start must find out what happened. Nothing is lost, nothing is done
//! twice, and "done" is said if and only if the server shows it.
//!
//! The process is this program itself, with a task; see [`child`]. In the short form each change of each place is
//! killed once, at an instant that `CLAVIGER_SEED` decides; with `CLAVIGER_SOAK` set, at every one.

mod child;
mod clock;
mod countdown;
mod judge;
mod mortal;
mod run;

use std::sync::Arc;

use domain::Ask;
use futures::{StreamExt, stream};
use libtest_mimic::{Failed, Trial};
use tokio::runtime::Runtime;

pub(crate) use child::{carry_out, task};
use run::{End, Killing, Naive};

use crate::lost::{
    ABREAST, Group,
    deed::{Deed, Honest, Way},
    seed::Seed,
    stage::Stage,
};

/// What a change does around its steps: the intent is one record, and a record is four instants.
const OF_THE_ORDER: usize = 4;
/// What it does for each step: three records, the sending and the looking, each with a before and an after.
const OF_A_STEP: usize = 3 * 4 + 2 + 2;
/// After the sending of the first step, before its answer is written down.
const SENT: usize = OF_THE_ORDER + 4 + 1;
/// The least number of requests for a step over a network: one that changes, one that looks.
const REQUESTS: usize = 2;

/// Each place, and the controls.
pub(crate) fn trials(runtime: &Arc<Runtime>, groups: &[Arc<Group>]) -> Vec<Trial> {
    let mut trials = Vec::new();
    for group in groups {
        for (at, (name, _)) in group.starts.iter().enumerate() {
            let (matrix, control) =
                ((Arc::clone(runtime), Arc::clone(group)), (Arc::clone(runtime), Arc::clone(group)));
            let all = move || matrix.0.block_on(async { every_change(&matrix.1.stages().await?[at]).await });
            trials.push(Trial::test(format!("kill/every_change_survives::{name}"), all));
            let caught = move || control.0.block_on(async { naive(&control.1.stages().await?[at]).await });
            trials.push(Trial::test(format!("kill/control_who_does_it_again_is_caught::{name}"), caught));
        }
    }
    trials
}

async fn every_change(stage: &Stage) -> Result<(), Failed> {
    let mut wrong = Vec::new();
    for seed in Seed::all() {
        let deeds = stage.deeds.iter().enumerate();
        let each = deeds.map(|(number, (deed, honest))| one_change(stage, deed, honest, seed, number));
        let all: Vec<_> = stream::iter(each).buffer_unordered(ABREAST).collect().await;
        wrong.extend(all.into_iter().flatten());
    }
    if wrong.is_empty() { Ok(()) } else { Err(format!("\n  {}", wrong.join("\n  ")).into()) }
}

/// What went wrong with one change, at the instants that are due.
async fn one_change(stage: &Stage, deed: &Deed, honest: &Honest, seed: Seed, number: usize) -> Vec<String> {
    let ends = match seed.is_long() {
        true => every_end(stage, deed, honest).await,
        false => Ok(vec![some_end(stage, honest, seed, number)]),
    };
    let mut wrong = Vec::new();
    match ends {
        Err(failed) => wrong.push(format!("{deed}: {}", words(&failed))),
        Ok(ends) => {
            for (at, end) in ends.into_iter().enumerate() {
                // In every other run the clock is set back between the end and the next start.
                let set_back = seed.below(number + at, 2) == 0;
                let killing = Killing { deed, honest, end, set_back, naive: None };
                if let Err(failed) = killing.run(&*stage.place).await {
                    wrong
                        .push(format!("{deed}, {end:?}, clock set back: {set_back} (seed {seed}): {}", words(&failed)));
                }
            }
        }
    }
    wrong
}

fn some_end(stage: &Stage, honest: &Honest, seed: Seed, number: usize) -> End {
    let instants = OF_THE_ORDER + OF_A_STEP * honest.sent;
    // No request can be seen on its way where there is none, or where it is sealed by TLS.
    let unseen = ["azure", "local"].contains(&stage.place.draft("").provider.as_str());
    let requests = if unseen { 0 } else { REQUESTS * honest.sent };
    match seed.below(number, instants + 2 * requests) {
        instant if instant < instants => End::Instant(instant),
        request if request < instants + requests => End::Arriving(request - instants),
        request => End::Answered(request - instants - requests),
    }
}

/// As many as one run that nobody ends has.
async fn every_end(stage: &Stage, deed: &Deed, honest: &Honest) -> Result<Vec<End>, Failed> {
    let whole = Killing { deed, honest, end: End::Never, set_back: false, naive: None };
    let (instants, requests) = whole.run(&*stage.place).await?;
    let requests = (0..requests).flat_map(|at| [End::Arriving(at), End::Answered(at)]);
    Ok((0..instants).map(End::Instant).chain(requests).collect())
}

/// Who makes a change again after a restart, without looking, must be seen to have done it twice.
async fn naive(stage: &Stage) -> Result<(), Failed> {
    let of_one_step = |ask: &Ask| stage.deeds.iter().find(|(deed, honest)| deed.ask == *ask && honest.sent == 1);
    let found = [Ask::Rotate, Ask::WriteValue].iter().find_map(of_one_step);
    let found = found.ok_or("nothing is there of which a second one would be seen")?;
    let brought = stage.deeds.iter().find(|(deed, honest)| deed.way == Way::Other && honest.sent == 1);
    for (deed, honest) in [found].into_iter().chain(brought) {
        let killing = |naive| Killing { deed, honest, end: End::Instant(SENT), set_back: false, naive };
        killing(None)
            .run(&*stage.place)
            .await
            .map_err(|failed| format!("{deed}, without doing it again: {}", words(&failed)))?;
        if killing(Some(Naive)).run(&*stage.place).await.is_ok() {
            return Err(format!("{deed} was done twice, and nothing was seen of it").into());
        }
    }
    Ok(())
}

fn words(failed: &Failed) -> &str {
    failed.message().unwrap_or_default()
}
