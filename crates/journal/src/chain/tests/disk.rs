//! A disk that is full, that fails, or that lost the end of the write-ahead log: never half a record.

use super::{
    child::{Fault, chain_of, on_a_failing_disk},
    *,
};
use crate::{FILE_NAME, schema};

#[test]
fn a_torn_log_leaves_the_chain_at_some_record_and_the_seal_tells() {
    let (home, keyring, chain) = fresh();
    // Nothing of it is carried over into the main file.
    chain.journal.database().pragma_update(None, "wal_autocheckpoint", 0).unwrap();
    write(&chain, whole_order(1));
    write(&chain, whole_order(2));
    let whole = left_behind(home.path());
    let log = std::fs::read(whole.path().join("claviger.db-wal")).unwrap();
    let kept = keyring.kept();
    const HEADER: usize = 32;
    const FRAME: usize = 24 + 4096;
    assert_eq!((log.len() - HEADER) % FRAME, 0, "the log has another form");
    let mut random = Random(3);
    let frames = (log.len() - HEADER) / FRAME;
    let boundaries = (0..=frames).map(|frame| HEADER + frame * FRAME);
    let cuts = boundaries.flat_map(|end| [end, end.saturating_sub(1), end + 1, end + random.below(FRAME)]);
    let cuts: std::collections::BTreeSet<usize> = cuts.chain([0]).filter(|cut| *cut <= log.len()).collect();
    let mut seen = std::collections::BTreeSet::new();
    for cut in cuts {
        let torn = left_behind(whole.path());
        std::fs::write(torn.path().join("claviger.db-wal"), &log[..cut]).unwrap();
        let chain = open(torn.path(), Keyring::of(kept.last().cloned()));
        let verdict = chain.verify().unwrap();
        seen.insert(verdict.records);
        match verdict.problem {
            None => assert_eq!(verdict.records, 8, "cut at {cut}"),
            Some(problem) => {
                assert_eq!(problem.at, None, "cut at {cut}: {problem:?}");
                assert!(verdict.records < 8, "cut at {cut}: {problem:?}");
                // As it was sealed while the next record was written, and as it goes on then.
                let writing = kept[2 * verdict.records as usize].clone();
                let chain = open(torn.path(), Keyring::of(Some(writing)));
                write(&chain, [write_mode()]);
                assert_sound(&chain, verdict.records + 1);
            }
        }
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), (0..=8).collect::<Vec<_>>(), "the cuts missed a record");
}

#[test]
fn a_full_file_takes_nothing_and_goes_on_when_there_is_space() {
    let (_home, _, chain) = fresh();
    write(&chain, whole_order(1));
    let pages = |count: i64| {
        let database = chain.journal.database();
        let now: i64 = database.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        database.pragma_update(None, "max_page_count", now + count).unwrap();
    };
    pages(0);
    let mut taken = 0;
    let refused = loop {
        match chain.append(intent(10 + taken, 3)) {
            Ok(_) => taken += 1,
            Err(error) => break error,
        }
        assert!(taken < 100, "it was never full");
    };
    assert_eq!(refused.message(), "the disk is full");
    assert!(chain.history(&id(10 + taken)).unwrap().is_empty());
    assert_sound(&chain, 4 + taken as u32);
    pages(100);
    write(&chain, [intent(10 + taken, 3)]);
    assert_sound(&chain, 5 + taken as u32);
}

#[test]
fn a_file_of_the_version_before_gets_its_journal() {
    let home = tempfile::tempdir().unwrap();
    drop(journal(home.path()));
    let database = rusqlite::Connection::open(home.path().join(FILE_NAME)).unwrap();
    let newer = "DROP TABLE change_record; DROP TABLE wizard; DROP TABLE consumer; DROP TABLE key_definition; \
                 DROP TABLE policy_draft;";
    database.execute_batch(&format!("{newer} PRAGMA user_version = 1")).unwrap();
    assert!(!schema::fits(&database));
    drop(database);
    let chain = open(home.path(), Arc::new(Keyring::default()));
    write(&chain, whole_order(1));
    assert_sound(&chain, 4);
}

/// The k-th write or sync fails, for every k, in every way.
#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "calls are intercepted by a preloaded library")]
fn a_failing_disk_refuses_a_record_whole_and_takes_the_next() {
    const EIO: i32 = 5;
    const ENOSPC: i32 = 28;
    let tools = tempfile::tempdir().unwrap();
    let library = tools.path().join("fault.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src/chain/tests/fault.c");
    let mut compiler = std::process::Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).arg("-ldl");
    assert!(compiler.status().expect("a C compiler is needed").success());
    let begun = tempfile::tempdir().unwrap();
    drop(chain_of(begun.path()));
    let sound = Fault { library: &library, at: 0, errno: EIO, stays: false, ends: false };
    let (_home, told, calls) = on_a_copy(begun.path(), &sound);
    assert_eq!(told, [true; 4]);
    assert!((20..200).contains(&calls), "{calls} calls were counted");
    for errno in [EIO, ENOSPC] {
        for (stays, ends) in [(false, false), (true, false), (false, true)] {
            let faults = (1..=calls).map(|at| Fault { at, errno, stays, ends, ..sound });
            let refusals: usize = faults.map(|fault| fails_whole(begun.path(), &fault)).sum();
            assert!(refusals >= 8, "errno {errno}: only {refusals} calls failed a record");
        }
    }
}

fn on_a_copy(begun: &Path, fault: &Fault<'_>) -> (tempfile::TempDir, Vec<bool>, usize) {
    let home = tempfile::tempdir().unwrap();
    std::fs::copy(begun.join(FILE_NAME), home.path().join(FILE_NAME)).unwrap();
    let (told, calls) = on_a_failing_disk(home.path(), fault);
    (home, told, calls)
}

/// How many records were refused: none if it was the carrying over into the main file that failed.
fn fails_whole(begun: &Path, fault: &Fault<'_>) -> usize {
    let (home, told, _) = on_a_copy(begun, fault);
    let case = format!("{fault:?}: {told:?}");
    let chain = chain_of(home.path());
    chain.journal.database().pragma_update(None, "synchronous", "OFF").unwrap();
    let taken = told.iter().filter(|taken| **taken).count() as u32;
    let refused: Vec<usize> = (0..told.len()).filter(|order| !told[*order]).collect();
    let verdict = chain.verify().unwrap();
    assert!(verdict.problem.is_none(), "{case}: {:?}", verdict.problem);
    if fault.ends && !refused.is_empty() {
        // What was refused may have reached the disk after all: then the seal knows it as the next one.
        assert!([taken, taken + 1].contains(&verdict.records), "{case}: {}", verdict.records);
    } else {
        assert_eq!((told.len(), verdict.records), (4, taken), "{case}");
        assert!(refused.len() <= 1, "{case}");
        for order in &refused {
            assert!(chain.history(&id(*order)).unwrap().is_empty(), "{case}");
        }
    }
    write(&chain, [intent(99, 1)]);
    assert_sound(&chain, verdict.records + 1);
    refused.len()
}
