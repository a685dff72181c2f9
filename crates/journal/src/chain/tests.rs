//! The chain's own tests. Here: a seal, a plan and a journal to try it on, and what is written is read back.

mod child;
mod disk;
mod instants;
mod several;
mod tamper;
mod verifier;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
};

use domain::{
    Answers, Ask, Error, Event, ItemKey, Kind, Ledger, Note, OrderId, Plan, Result, Stage, Step, Target, Tier,
    Timestamp, Undo,
};

use super::{Chain, Problem, Seal};
use crate::Journal;

/// A keyring of one entry that remembers everything it ever kept.
#[derive(Default)]
pub(super) struct Keyring {
    kept: Mutex<Vec<String>>,
    /// Instead of what was kept last.
    shows: Mutex<Option<Option<String>>>,
    silent: AtomicBool,
    refuses: AtomicBool,
}

impl Keyring {
    fn of(text: Option<String>) -> Arc<Self> {
        Arc::new(Self { kept: Mutex::new(text.into_iter().collect()), ..Self::default() })
    }

    /// Everything that was kept, oldest first.
    fn kept(&self) -> Vec<String> {
        self.kept.lock().unwrap().clone()
    }

    fn refuse(&self, whether: bool) {
        self.refuses.store(whether, Ordering::Relaxed);
    }

    fn answer(&self) -> Result<()> {
        match self.refuses.load(Ordering::Relaxed) {
            true => Err(Error::new(Kind::Denied, "use the keyring", "it is locked")),
            false => Ok(()),
        }
    }
}

impl Seal for Keyring {
    fn persistent(&self) -> bool {
        !self.silent.load(Ordering::Relaxed)
    }

    fn read(&self) -> Result<Option<String>> {
        self.answer()?;
        let shown = self.shows.lock().unwrap().clone();
        Ok(shown.unwrap_or_else(|| self.kept.lock().unwrap().last().cloned()))
    }

    fn keep(&self, sealed: &str) -> Result<()> {
        self.answer()?;
        // Another Claviger that comes in between must find it locked.
        std::thread::yield_now();
        self.kept.lock().unwrap().push(sealed.to_owned());
        Ok(())
    }
}

/// No seal at all: whatever the file says fits.
pub(super) struct Unsealed;

impl Seal for Unsealed {
    fn persistent(&self) -> bool {
        false
    }

    fn read(&self) -> Result<Option<String>> {
        Ok(None)
    }

    fn keep(&self, _: &str) -> Result<()> {
        Ok(())
    }
}

pub(super) fn open(folder: &Path, seal: Arc<dyn Seal>) -> Chain {
    Chain::new(Arc::new(journal(folder)), seal, Timestamp::now)
}

fn journal(folder: &Path) -> Journal {
    let opened = Journal::open(folder, Timestamp::now()).unwrap();
    assert!(opened.notice.is_none(), "{:?}", opened.notice);
    opened.journal
}

/// A folder, a keyring and the chain between them.
fn fresh() -> (tempfile::TempDir, Arc<Keyring>, Chain) {
    let (home, keyring) = (tempfile::tempdir().unwrap(), Arc::new(Keyring::default()));
    let chain = open(home.path(), keyring.clone());
    (home, keyring, chain)
}

/// The files of the journal as they are now, in another folder: what a process that is killed now leaves behind.
fn left_behind(home: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for name in ["claviger.db", "claviger.db-wal"] {
        std::fs::copy(home.join(name), copy.path().join(name)).unwrap();
    }
    copy
}

pub(super) fn id(number: usize) -> OrderId {
    OrderId(format!("01JDORDER{number:017}"))
}

fn plan(steps: usize) -> Plan {
    let target = Target::Item(ItemKey::new("eu-west-1", "k1"));
    let step = Step {
        says: "Disable the key".into(),
        operation: "kms:DisableKey".into(),
        parameters: serde_json::json!({"KeyId": "k1"}),
        command: "aws kms disable-key --key-id k1".into(),
        before: serde_json::json!({"Enabled": true}),
        secrets: Vec::new(),
    };
    Plan {
        ask: Ask::Disable,
        target: target.clone(),
        name: "payments — sign".into(),
        title: "Disable payments — sign".into(),
        tier: Tier::Undo,
        effects: vec!["Nothing can be signed with it.".into()],
        warnings: Vec::new(),
        steps: vec![step; steps],
        undo: Some(Undo { ask: Ask::Enable, target, answers: Answers::new(), whole: true }),
    }
}

pub(super) fn intent(number: usize, steps: usize) -> Event {
    Event::Intent {
        order: id(number),
        connection: "prod".into(),
        place: "there".into(),
        actor: "me".into(),
        plan: plan(steps),
    }
}

pub(super) fn sent(number: usize, step: usize) -> Event {
    Event::Sent { order: id(number), step }
}

fn observed(number: usize, step: usize) -> Event {
    let results = BTreeMap::from([("KeyId".to_owned(), "k1".to_owned())]);
    Event::Observed { order: id(number), step, request_id: Some("r1".into()), results }
}

fn verified(number: usize, step: usize) -> Event {
    Event::Verified { order: id(number), step, evidence: "It is disabled.".into(), results: BTreeMap::new() }
}

fn unknown(number: usize, step: usize) -> Event {
    Event::Unknown { order: id(number), step, note: note() }
}

fn abandoned(number: usize, step: usize) -> Event {
    Event::Abandoned { order: id(number), step, note: note() }
}

fn note() -> Note {
    Note::from(&Error::new(Kind::Interrupted, "disable the key", "the connection was reset"))
}

fn write_mode() -> Event {
    Event::WriteMode { connection: "prod".into(), until: None }
}

/// One order from the intent to its end, in four records.
fn whole_order(number: usize) -> [Event; 4] {
    [intent(number, 1), sent(number, 0), observed(number, 0), verified(number, 0)]
}

fn write(chain: &Chain, events: impl IntoIterator<Item = Event>) {
    for event in events {
        chain.append(event).unwrap();
    }
}

/// That the chain is whole and as it was sealed, with so many records.
fn assert_sound(chain: &Chain, records: u32) {
    let verdict = chain.verify().unwrap();
    assert!(verdict.problem.is_none(), "{:?}", verdict.problem);
    assert_eq!(verdict.records, records);
}

fn problem(chain: &Chain) -> Problem {
    chain.verify().unwrap().problem.expect("nothing was seen")
}

/// A generator that gives the same numbers for the same seed: splitmix64.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound as u64) as usize
    }
}

#[test]
fn what_was_written_is_read_back_after_a_restart() {
    let (home, keyring, chain) = fresh();
    let events: Vec<Event> = whole_order(1).into_iter().chain([write_mode()]).chain(whole_order(2)).collect();
    let written: Vec<_> = events.iter().map(|event| chain.append(event.clone()).unwrap()).collect();
    drop(chain);
    let chain = open(home.path(), keyring);
    assert_eq!(chain.history(&id(1)).unwrap(), written[..4]);
    assert_eq!(chain.history(&id(2)).unwrap(), written[5..]);
    assert_eq!(chain.history(&id(3)).unwrap(), []);
    let places: Vec<u32> = chain.order(&id(2)).unwrap().iter().map(|one| one.sequence).collect();
    assert_eq!(places, [6, 7, 8, 9]);
    assert_sound(&chain, 9);
    assert_eq!(chain.verify().unwrap().head, chain.order(&id(2)).unwrap()[3].hash);
}

#[test]
fn an_empty_journal_is_sound() {
    let (_home, _, chain) = fresh();
    assert_sound(&chain, 0);
    assert_eq!(chain.accept().unwrap_err().kind(), Kind::Conflict);
    assert_sound(&chain, 0);
}

#[test]
fn pages_are_of_whole_entries_newest_first() {
    let (_home, _, chain) = fresh();
    // The second order begins while the first is under way.
    write(&chain, [intent(1, 1), write_mode(), intent(2, 1), sent(1, 0), sent(2, 0), verified(1, 0), intent(3, 1)]);
    let places = |before, limit| {
        let page = chain.page(before, limit).unwrap();
        let places: Vec<Vec<u32>> =
            page.entries.iter().map(|entry| entry.iter().map(|one| one.sequence).collect()).collect();
        (places, page.more)
    };
    assert_eq!(places(None, 10), (vec![vec![7], vec![3, 5], vec![2], vec![1, 4, 6]], false));
    assert_eq!(places(None, 2), (vec![vec![7], vec![3, 5]], true));
    assert_eq!(places(Some(3), 2), (vec![vec![2], vec![1, 4, 6]], false));
    assert_eq!(places(Some(1), 2), (vec![], false));
}

#[test]
fn only_what_may_go_on_is_unsettled() {
    let (home, keyring, chain) = fresh();
    write(&chain, whole_order(1));
    write(&chain, [intent(2, 1)]);
    write(&chain, [intent(3, 1), sent(3, 0)]);
    write(&chain, [intent(4, 1), sent(4, 0), unknown(4, 0)]);
    write(&chain, [intent(5, 1), abandoned(5, 0)]);
    // Half done: the first of two steps.
    write(&chain, [intent(6, 2), sent(6, 0), observed(6, 0), verified(6, 0)]);
    write(&chain, [intent(7, 2), sent(7, 0), verified(7, 0), sent(7, 1), verified(7, 1)]);
    assert_eq!(chain.unsettled().unwrap(), [id(2), id(3), id(4), id(6)]);
    // What another Claviger settles or begins is seen as well, and one that was just started sees the same.
    let other = open(home.path(), keyring);
    write(&other, [abandoned(6, 1), verified(3, 0), intent(8, 1)]);
    assert_eq!(chain.unsettled().unwrap(), [id(2), id(4), id(8)]);
    assert_eq!(other.unsettled().unwrap(), [id(2), id(4), id(8)]);
}

#[test]
fn an_order_that_cannot_be_read_whole_never_goes_on() {
    let (home, _, chain) = fresh();
    write(&chain, [intent(1, 1), sent(1, 0), intent(2, 1)]);
    // As a newer Claviger would write it: the rest alone would tell of an order whose step may be sent.
    let database = chain.journal.database();
    database.execute("UPDATE change_record SET body = replace(body, '\"sent\"', '\"posted\"')", []).unwrap();
    drop(database);
    assert_eq!(chain.unsettled().unwrap(), [id(2)]);
    assert_eq!(Stage::read(&chain, &id(1)).unwrap_err().kind(), Kind::NotFound);
    let database = chain.journal.database();
    database.execute("UPDATE change_record SET body = 'nothing' WHERE sequence = 3", []).unwrap();
    drop(database);
    assert!(chain.unsettled().unwrap().is_empty());
    assert!(open(home.path(), Arc::new(Unsealed)).unsettled().unwrap().is_empty());
}

#[test]
fn a_clock_that_is_set_back_changes_no_order() {
    static NOW: AtomicI64 = AtomicI64::new(1_800_000_000);
    let home = tempfile::tempdir().unwrap();
    let clock = || Timestamp::from_second(NOW.load(Ordering::Relaxed)).unwrap();
    let chain = Chain::new(Arc::new(journal(home.path())), Arc::new(Keyring::default()), clock);
    write(&chain, [intent(1, 1), sent(1, 0)]);
    NOW.fetch_sub(3600, Ordering::Relaxed);
    write(&chain, [unknown(1, 0), verified(1, 0), intent(2, 1)]);
    let records = chain.history(&id(1)).unwrap();
    assert_eq!(records[1].at.as_second() - records[2].at.as_second(), 3600);
    assert!(matches!(Stage::of(&records), Some(Stage::Finished)));
    assert_eq!(chain.page(None, 9).unwrap().entries[0][0].sequence, 5);
    assert_eq!(chain.unsettled().unwrap(), [id(2)]);
    assert_sound(&chain, 5);
}

#[test]
fn a_number_from_outside_names_no_file_elsewhere() {
    let (home, _, chain) = fresh();
    for number in ["", "..", "../../claviger", "a/b", "a\\b"] {
        assert_eq!(chain.hold(&OrderId(number.into())).unwrap_err().kind(), Kind::NotFound, "{number}");
        assert_eq!(chain.is_held(&OrderId(number.into())).unwrap_err().kind(), Kind::NotFound, "{number}");
    }
    let mut names: Vec<_> = std::fs::read_dir(home.path()).unwrap().map(|one| one.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["claviger.db", "claviger.db-shm", "claviger.db-wal"]);
}

#[test]
fn one_holds_an_order_at_a_time() {
    let (home, _, chain) = fresh();
    let other = open(home.path(), Arc::new(Unsealed));
    let held = chain.hold(&id(1)).unwrap().expect("nobody has it");
    assert!(other.is_held(&id(1)).unwrap());
    assert!(other.hold(&id(1)).unwrap().is_none());
    assert!(!other.is_held(&id(2)).unwrap());
    drop(held);
    assert!(!other.is_held(&id(1)).unwrap());
    let again = other.hold(&id(1)).unwrap();
    assert!(again.is_some());
    drop(again);
    let left: Vec<PathBuf> =
        std::fs::read_dir(home.path().join("orders")).unwrap().map(|one| one.unwrap().path()).collect();
    assert!(left.is_empty() || !cfg!(unix), "{left:?}");
}
