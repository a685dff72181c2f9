//! Another Claviger: this test program started again, as a process of its own that can be killed.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use domain::{Error, Kind, Ledger, Result};

use super::{id, intent, open};
use crate::chain::{Chain, Seal};

/// The words of its task, separated by spaces: folder, task, numbers.
const TASK: &str = "CLAVIGER_JOURNAL_TEST_CHILD";
/// Takes records down, or tells of each that it could not.
const APPEND: &str = "append";
/// Holds an order until it is killed.
const HOLD: &str = "hold";
/// Takes records down on a disk that fails; see `fault.c`.
const FAULTY: &str = "faulty";
const TAKEN_DOWN: &str = "taken down";
const REFUSED: &str = "refused";

/// A keyring of one entry that outlives the process: a file beside the journal.
pub(super) struct FileSeal {
    path: PathBuf,
    keeps: AtomicUsize,
    /// Ends the process at this keeping, counted from 0, before it or after it.
    end_at: Option<(usize, bool)>,
}

impl FileSeal {
    pub(super) fn new(folder: &Path) -> Self {
        Self { path: folder.join("seal"), keeps: AtomicUsize::new(0), end_at: None }
    }
}

impl Seal for FileSeal {
    fn persistent(&self) -> bool {
        true
    }

    fn read(&self) -> Result<Option<String>> {
        Ok(fs::read_to_string(&self.path).ok())
    }

    fn keep(&self, sealed: &str) -> Result<()> {
        let number = self.keeps.fetch_add(1, Ordering::Relaxed);
        if self.end_at == Some((number, false)) {
            std::process::abort();
        }
        let new = self.path.with_extension(format!("{}.new", std::process::id()));
        let kept = fs::write(&new, sealed).and_then(|()| fs::rename(&new, &self.path));
        if self.end_at == Some((number, true)) {
            std::process::abort();
        }
        kept.map_err(|cause| Error::new(Kind::Unexpected, "keep the seal", cause.to_string()))
    }
}

/// The chain of that folder, as another Claviger has it.
pub(super) fn chain_of(folder: &Path) -> Chain {
    open(folder, Arc::new(FileSeal::new(folder)))
}

fn command(folder: &Path, task: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["chain::tests::child::task", "--exact", "--ignored", "--nocapture", "--quiet"])
        .env(TASK, format!("{} {task}", folder.display()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

/// Takes `count` orders down, numbered from `first`.
pub(super) fn appending(folder: &Path, first: usize, count: usize) -> Child {
    command(folder, &format!("{APPEND} {first} {count}")).spawn().unwrap()
}

/// The same, and ends at a keeping of the seal.
pub(super) fn ending(folder: &Path, count: usize, end_at: usize, after: bool) -> Child {
    command(folder, &format!("{APPEND} 0 {count} {end_at} {after}")).spawn().unwrap()
}

/// Holds the order 1 until it is killed; returns once it does.
pub(super) fn holding(folder: &Path) -> Child {
    let mut child = command(folder, HOLD).spawn().unwrap();
    let (mut said, mut byte) = (Vec::new(), [0]);
    while !said.ends_with(b"held\n") {
        assert_eq!(child.stdout.as_mut().unwrap().read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&said));
        said.push(byte[0]);
    }
    child
}

/// A disk that fails at its `at`-th call.
#[derive(Debug)]
pub(super) struct Fault<'a> {
    pub(super) library: &'a Path,
    pub(super) at: usize,
    pub(super) errno: i32,
    /// At every later call as well, until the first record was refused.
    pub(super) stays: bool,
    /// Ends the process after the first record was refused, without another one.
    pub(super) ends: bool,
}

/// What it says of each record: whether it was taken down. And how many calls could have failed.
pub(super) fn on_a_failing_disk(folder: &Path, fault: &Fault<'_>) -> (Vec<bool>, usize) {
    let (armed, count) = (folder.join("armed"), folder.join("count"));
    let output = command(folder, &format!("{FAULTY} {}", fault.ends))
        .env("LD_PRELOAD", fault.library)
        .env("FAULT_ARMED", &armed)
        .env("FAULT_COUNT", &count)
        .env("FAULT_AT", fault.at.to_string())
        .env("FAULT_ERRNO", fault.errno.to_string())
        .env("FAULT_STAYS", u8::from(fault.stays).to_string())
        .output()
        .unwrap();
    // The first line follows what the test harness says, so only ends are looked at.
    let said = String::from_utf8(output.stdout).unwrap();
    let told = said.lines().filter_map(|line| match line {
        line if line.ends_with(TAKEN_DOWN) => Some(true),
        line if line.ends_with(REFUSED) => Some(false),
        _ => None,
    });
    (told.collect(), fs::read_to_string(count).map_or(0, |count| count.parse().unwrap()))
}

#[test]
#[ignore = "a task for another process"]
fn task() {
    let Ok(task) = std::env::var(TASK) else { return };
    let words: Vec<&str> = task.split(' ').collect();
    let folder = Path::new(words[0]);
    let number = |at: usize| words[at].parse::<usize>().unwrap();
    match words[1] {
        APPEND => {
            let end_at = words.get(4).map(|_| (number(4), words[5] == "true"));
            let chain = open(folder, Arc::new(FileSeal { end_at, ..FileSeal::new(folder) }));
            for order in number(2)..number(2) + number(3) {
                chain.append(intent(order, 1)).unwrap();
            }
        }
        HOLD => {
            let chain = chain_of(folder);
            let _held = chain.hold(&id(1)).unwrap().unwrap();
            println!("held");
            let _ = std::io::stdin().read_to_end(&mut Vec::new());
        }
        FAULTY => faulty(folder, words[2] == "true"),
        other => panic!("{other}"),
    }
}

fn faulty(folder: &Path, ends: bool) {
    let chain = chain_of(folder);
    // So that every record is also carried over into the main file, where the disk may fail as well.
    chain.journal.database().pragma_update(None, "wal_autocheckpoint", 1).unwrap();
    let armed = folder.join("armed");
    fs::write(&armed, "").unwrap();
    for order in 0..4 {
        match chain.append(intent(order, 1)) {
            Ok(_) => println!("{TAKEN_DOWN}"),
            Err(error) => {
                println!("{REFUSED}");
                assert_eq!(error.kind(), Kind::Unexpected, "{error:?}");
                if ends {
                    std::process::abort();
                }
                let _ = fs::remove_file(&armed);
            }
        }
    }
}
