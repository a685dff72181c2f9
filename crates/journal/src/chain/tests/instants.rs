//! Whatever instant a process ends at, the seal fits what it left behind, and nothing else.

use super::*;

/// One record after the other, with the file after each, and everything that the keyring ever kept.
fn grown(records: usize) -> (Vec<tempfile::TempDir>, Vec<String>) {
    let (home, keyring, chain) = fresh();
    write(&chain, [write_mode()]);
    let mut files = vec![left_behind(home.path())];
    for number in 1..records {
        write(&chain, [intent(number, 1)]);
        files.push(left_behind(home.path()));
    }
    (files, keyring.kept())
}

#[test]
fn the_seal_fits_the_file_of_its_own_instant_and_no_other() {
    let (files, kept) = grown(5);
    // Two for each record: before it is written, and after.
    assert_eq!(kept.len(), 10);
    for (file, folder) in files.iter().enumerate() {
        for (sealed, text) in kept.iter().enumerate() {
            let records = file + 1;
            let (sealed_records, writing) = (sealed.div_ceil(2), sealed % 2 == 0);
            let fits = records == sealed_records || (writing && records == sealed_records + 1);
            let chain = open(folder.path(), Keyring::of(Some(text.clone())));
            let verdict = chain.verify().unwrap();
            assert_eq!(verdict.problem.is_none(), fits, "{records} records, {text}: {:?}", verdict.problem);
            if let Some(problem) = verdict.problem {
                assert_eq!((problem.at, problem.error.kind()), (None, Kind::Conflict));
            }
        }
    }
}

#[test]
fn what_an_interrupted_record_left_open_is_closed_at_the_next_start() {
    let (files, kept) = grown(3);
    let writing_the_last = kept[4].clone();
    let keyring = Keyring::of(Some(writing_the_last.clone()));
    let chain = open(files[2].path(), keyring.clone());
    chain.close_seal();
    assert_sound(&chain, 3);
    // Until then the last record could have been cut off unseen.
    assert!(open(files[1].path(), Keyring::of(Some(writing_the_last))).verify().unwrap().problem.is_none());
    assert!(open(files[1].path(), keyring).verify().unwrap().problem.is_some());
}

#[test]
fn closing_the_seal_hides_nothing() {
    let (files, kept) = grown(4);
    let keyring = Keyring::of(Some(kept[7].clone()));
    let chain = open(files[1].path(), keyring.clone());
    let before = problem(&chain).error.message().to_owned();
    chain.close_seal();
    assert_eq!(problem(&chain).error.message(), before);
    assert_eq!(keyring.kept().len(), 1);
}

#[test]
fn an_interrupted_record_is_followed_by_another() {
    let (files, kept) = grown(3);
    for (file, sealed) in [(1, 4), (2, 4), (2, 5)] {
        let copy = left_behind(files[file].path());
        let chain = open(copy.path(), Keyring::of(Some(kept[sealed].clone())));
        write(&chain, whole_order(9));
        assert_sound(&chain, file as u32 + 5);
    }
}

#[test]
fn a_journal_that_does_not_fit_takes_no_record_until_it_is_accepted() {
    let (files, kept) = grown(4);
    let cases = [
        (1, Some(kept[7].clone()), "4 records were sealed, and the file has 2"),
        (3, Some(kept[3].clone()), "2 records were sealed, and the file has 4"),
        (3, Some(grown(4).1[7].clone()), "record 4 is another than the one that was sealed"),
        (3, Some("{}".to_owned()), "does not read back"),
        (3, None, "the keyring holds no seal of it any more"),
    ];
    for (file, sealed, words) in cases {
        let copy = left_behind(files[file].path());
        let chain = open(copy.path(), Keyring::of(sealed));
        let refused = chain.append(intent(9, 1)).unwrap_err();
        assert_eq!(refused.kind(), Kind::Conflict);
        assert!(refused.message().contains(words), "{refused}");
        assert!(chain.history(&id(9)).unwrap().is_empty());
        let accepted = chain.accept().unwrap();
        assert!(accepted.problem.is_none(), "{accepted:?}");
        assert_eq!(accepted.records, file as u32 + 2);
        let page = chain.page(None, 1).unwrap();
        let Event::Accepted { because } = &page.entries[0][0].record.event else { panic!("{page:?}") };
        assert!(because.contains(words), "{because}");
        write(&chain, [intent(9, 1)]);
        assert_sound(&chain, file as u32 + 3);
        assert_eq!(chain.accept().unwrap_err().kind(), Kind::Conflict);
    }
}

#[test]
fn a_file_that_was_begun_anew_is_seen() {
    let (_, kept) = grown(3);
    let home = tempfile::tempdir().unwrap();
    let chain = open(home.path(), Keyring::of(kept.last().cloned()));
    assert!(problem(&chain).error.message().contains("3 records were sealed, and the file has none"));
}

#[test]
fn a_keyring_that_does_not_answer_stops_the_journal_and_one_that_is_gone_must_be_accepted() {
    let (home, keyring, chain) = fresh();
    write(&chain, [write_mode()]);
    keyring.refuse(true);
    assert_eq!(chain.append(write_mode()).unwrap_err().kind(), Kind::Denied);
    assert_eq!(chain.verify().unwrap_err().kind(), Kind::Denied);
    keyring.refuse(false);
    assert_sound(&chain, 1);
    keyring.silent.store(true, Ordering::Relaxed);
    let refused = chain.append(write_mode()).unwrap_err();
    assert!(refused.message().contains("no keyring answers"), "{refused}");
    let accepted = chain.accept().unwrap();
    assert!(accepted.problem.is_none() && !accepted.persistent, "{accepted:?}");
    write(&chain, [write_mode()]);
    assert_sound(&chain, 3);
    // From memory there is no seal at the next start, and none is missed.
    assert_sound(&open(home.path(), Arc::new(Unsealed)), 3);
    // The keyring that comes back tells of the time before.
    let back = open(home.path(), Keyring::of(Some(keyring.kept()[1].clone())));
    assert!(problem(&back).error.message().contains("1 records were sealed, and the file has 3"));
}

#[test]
fn a_keyring_that_refuses_the_first_seal_keeps_the_record_out_and_the_second_seal_may_fail() {
    /// Refuses what its number says.
    struct Refusing(Keyring, std::sync::atomic::AtomicUsize, usize);
    impl Seal for Refusing {
        fn persistent(&self) -> bool {
            true
        }
        fn read(&self) -> Result<Option<String>> {
            self.0.read()
        }
        fn keep(&self, sealed: &str) -> Result<()> {
            match self.1.fetch_add(1, Ordering::Relaxed) == self.2 {
                true => Err(Error::new(Kind::Denied, "use the keyring", "it is locked")),
                false => self.0.keep(sealed),
            }
        }
    }
    for (refused, appended) in [(2, 1), (3, 2)] {
        let home = tempfile::tempdir().unwrap();
        let chain = open(home.path(), Arc::new(Refusing(Keyring::default(), Default::default(), refused)));
        write(&chain, [write_mode()]);
        assert_eq!(chain.append(intent(1, 1)).is_ok(), appended == 2);
        assert_sound(&chain, appended);
        write(&chain, [intent(2, 1)]);
        assert_sound(&chain, appended + 1);
    }
}
