//! Lost answers: every change that a place offers, with its answer lost in every way, is done at most once, and the
//! journal's last word on it is true.
//!
//! What may be changed is asked of the place; what a change does is seen by doing it once with every answer arriving, and
//! what happened is counted at the server, which is asked by plain HTTP. In the short form each change meets each fault
//! once over all servers of its kind, and each server each of its changes at least once; which, `CLAVIGER_SEED` decides.
//! With `CLAVIGER_SOAK` set, every change of every kind of thing meets every fault on every server, at each of its
//! requests, as often as it says.

mod amazon;
mod azure;
mod cell;
mod control;
pub(crate) mod deed;
pub(crate) mod fault;
mod local;
mod openbao;
pub(crate) mod person;
pub(crate) mod place;
pub(crate) mod seed;
pub(crate) mod stage;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use domain::Ask;
use futures::{StreamExt, future::try_join_all, stream};
use libtest_mimic::{Failed, Trial};
use servers::AmazonServer;
use tokio::{runtime::Runtime, sync::OnceCell};

use cell::Cell;
use deed::Way;
use fault::Fault;
use seed::Seed;
use stage::{Stage, Start};

/// Cells that run side by side: what is waited for is mostly the disk.
pub(crate) const ABREAST: usize = 6;
/// More where an answer never comes: what is waited for then is the time.
const WAITING: usize = 40;

/// The places of one provider.
pub(crate) struct Group {
    pub(crate) starts: &'static [(&'static str, Start)],
    stages: OnceCell<Result<Vec<Stage>, String>>,
}

const GROUPS: &[&[(&str, Start)]] = &[
    &[("local", || Box::pin(local::start()))],
    &[("openbao", || Box::pin(openbao::start()))],
    &[("azure", || Box::pin(azure::start()))],
    &[
        ("localstack", || Box::pin(async { amazon::start(AmazonServer::localstack().await?).await })),
        ("ministack", || Box::pin(async { amazon::start(AmazonServer::ministack().await?).await })),
        ("fakecloud", || Box::pin(async { amazon::start(AmazonServer::fakecloud().await?).await })),
    ],
];

/// The ways in which keys come to each place, so that none of them is lost in silence.
const BROUGHT: &[(&str, &[(Ask, Way)])] = &[
    ("local", &[(Ask::ImportKey, Way::Asked), (Ask::ImportKey, Way::Brought)]),
    ("openbao", &[(Ask::ImportKey, Way::Asked), (Ask::ImportKey, Way::Brought), (Ask::ImportMaterial, Way::Other)]),
    ("azure", &[(Ask::ImportKey, Way::Asked), (Ask::ImportKey, Way::Brought)]),
    (
        "localstack",
        &[
            (Ask::CreateKey, Way::Asked),
            (Ask::CreateKey, Way::Brought),
            (Ask::ImportMaterial, Way::Again),
            (Ask::ImportMaterial, Way::Brought),
        ],
    ),
    (
        "ministack",
        &[
            (Ask::CreateKey, Way::Asked),
            (Ask::CreateKey, Way::Brought),
            (Ask::ImportMaterial, Way::Again),
            (Ask::ImportMaterial, Way::Brought),
        ],
    ),
    ("fakecloud", &[(Ask::CreateKey, Way::Brought), (Ask::ImportMaterial, Way::Brought)]),
];

/// The places of all providers, which start when the first trial needs them and end when the last is gone.
pub(crate) fn groups() -> Vec<Arc<Group>> {
    GROUPS.iter().map(|starts| Arc::new(Group { starts, stages: OnceCell::new() })).collect()
}

/// Each fault at each place, and the controls.
pub(crate) fn trials(runtime: &Arc<Runtime>, groups: &[Arc<Group>]) -> Vec<Trial> {
    let mut trials = Vec::new();
    for group in groups {
        for (at, (name, _)) in group.starts.iter().enumerate() {
            let faults = if *name == "local" { local::FAULTS } else { &Fault::ALL };
            let whole = (Arc::clone(runtime), Arc::clone(group));
            let without = format!("lost_answers/nothing_lost::{name}");
            trials.push(Trial::test(without, move || whole.0.block_on(whole.1.whole(at))));
            for fault in faults {
                let (runtime, group) = (Arc::clone(runtime), Arc::clone(group));
                let name = format!("lost_answers/{}::{name}", fault.word());
                trials.push(Trial::test(name, move || runtime.block_on(group.run(at, *fault))));
            }
        }
    }
    trials.extend(control::trials(runtime));
    trials
}

impl Group {
    /// The places, each with the deeds it offers. Found once, for all trials.
    pub(crate) async fn stages(&self) -> Result<&[Stage], Failed> {
        let stages = self.stages.get_or_init(|| async {
            try_join_all(self.starts.iter().map(|(name, start)| Stage::set(name, *start))).await
        });
        stages.await.as_deref().map_err(Failed::from)
    }

    /// Every change is done where no answer is lost: the cells are compared with it.
    async fn whole(&self, at: usize) -> Result<(), Failed> {
        let Stage { broken, deeds, .. } = &self.stages().await?[at];
        if deeds.is_empty() {
            return Err("nothing can be changed there".into());
        }
        if !broken.is_empty() {
            return Err(format!("\n  {}", broken.join("\n  ")).into());
        }
        let name = self.starts[at].0;
        let due = BROUGHT.iter().filter(|(place, _)| *place == name).flat_map(|(_, due)| due.iter());
        let tried = |(ask, way): &(Ask, Way)| deeds.iter().any(|(deed, _)| (deed.ask, deed.way) == (*ask, *way));
        match due.clone().find(|one| !tried(one)) {
            Some((ask, way)) => Err(format!("{} ({way:?}) is not tried there", ask.word()).into()),
            None => Ok(()),
        }
    }

    /// Tries every cell of that fault that is due at that place.
    async fn run(&self, at: usize, fault: Fault) -> Result<(), Failed> {
        let stages = self.stages().await?;
        let stage = &stages[at];
        let abreast = if fault == Fault::Hang { WAITING } else { ABREAST };
        let mut broken = Vec::new();
        for seed in Seed::all() {
            let mut cells = match seed.is_long() {
                true => stage.every_cell(fault),
                false => Self::short(stages, at, fault, seed),
            };
            seed.shuffle(&mut cells);
            let results = stream::iter(cells).map(|cell| async move { (cell.run(&*stage.place).await, cell) });
            let results: Vec<_> = results.buffer_unordered(abreast).collect().await;
            broken.extend(results.into_iter().filter_map(|(result, cell)| {
                let wrong = result.err()?;
                Some(format!("{cell} (seed {seed}): {}", wrong.message().unwrap_or_default()))
            }));
        }
        if broken.is_empty() { Ok(()) } else { Err(format!("\n  {}", broken.join("\n  ")).into()) }
    }

    /// Of the places that offer a change, each fault takes another; so every fault has its turn, and every place.
    fn short(stages: &[Stage], at: usize, fault: Fault, seed: Seed) -> Vec<Cell> {
        let mut offering: BTreeMap<_, BTreeSet<usize>> = BTreeMap::new();
        for (place, stage) in stages.iter().enumerate() {
            for (deed, _) in &stage.deeds {
                offering.entry(deed.change()).or_default().insert(place);
            }
        }
        let turn = Fault::ALL.iter().position(|one| *one == fault).unwrap_or_default();
        let mut cells = Vec::new();
        for (number, (change, places)) in offering.into_iter().enumerate() {
            let places: Vec<usize> = places.into_iter().collect();
            let first = seed.below(number, places.len());
            if places[(first + turn) % places.len()] == at {
                cells.extend(stages[at].cell(change, fault, seed));
            }
        }
        cells
    }
}
