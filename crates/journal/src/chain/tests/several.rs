//! Several Clavigers on one file, and what one that was killed leaves to the others.

use std::time::Duration;

use super::{
    child::{appending, chain_of, ending, holding},
    *,
};

#[test]
fn two_that_write_at_once_make_one_chain() {
    const EACH: usize = 15;
    let (home, keyring, first) = fresh();
    let chains = [first, open(home.path(), keyring.clone())];
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let chain = chains[writer % 2].clone();
                scope.spawn(move || (0..EACH).for_each(|number| write(&chain, [intent(writer * EACH + number, 1)])))
            })
            .collect();
        // Between a record and its seal nobody may look.
        let (watching, done) = (open(home.path(), keyring.clone()), &done);
        scope.spawn(move || {
            while !done.load(Ordering::Relaxed) {
                let problem = watching.verify().unwrap().problem;
                assert!(problem.is_none(), "{problem:?}");
                // SQLite's lock is not a queue: one who asks for it all the time starves the others.
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        let ended: Vec<_> = writers.into_iter().map(|writer| writer.join()).collect();
        done.store(true, Ordering::Relaxed);
        ended.into_iter().for_each(|ended| ended.unwrap());
    });
    assert_sound(&chains[0], 4 * EACH as u32);
    assert_eq!(chains[1].unsettled().unwrap().len(), 4 * EACH);
}

/// The second keeping of a record comes late, after another Claviger has written the next one.
#[test]
fn a_seal_that_comes_late_does_not_name_an_older_record() {
    let (home, keyring, chain) = fresh();
    write(&chain, [intent(1, 1)]);
    let older = super::super::head(&chain.journal.database()).unwrap();
    write(&open(home.path(), keyring), [intent(2, 1)]);
    chain.seal_last(&mut chain.journal.database(), older);
    assert_sound(&chain, 2);
}

#[test]
fn processes_that_write_at_once_make_one_chain() {
    const EACH: usize = 20;
    let home = tempfile::tempdir().unwrap();
    drop(chain_of(home.path()));
    let children: Vec<_> = (0..3).map(|child| appending(home.path(), child * EACH, EACH)).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let chain = chain_of(home.path());
    assert_sound(&chain, 3 * EACH as u32);
    assert_eq!(chain.unsettled().unwrap().len(), 3 * EACH);
}

#[test]
fn one_that_ends_at_any_keeping_of_the_seal_leaves_a_sound_journal() {
    const RECORDS: usize = 3;
    for (end_at, after) in (0..2 * RECORDS).flat_map(|end_at| [(end_at, false), (end_at, true)]) {
        let home = tempfile::tempdir().unwrap();
        drop(chain_of(home.path()));
        assert!(!ending(home.path(), RECORDS, end_at, after).wait().unwrap().success());
        let chain = chain_of(home.path());
        // The first keeping of a record comes before it, the second after it.
        assert_sound(&chain, end_at.div_ceil(2) as u32);
        write(&chain, [intent(99, 1)]);
        assert_sound(&chain, end_at.div_ceil(2) as u32 + 1);
    }
}

#[test]
fn one_that_is_killed_lets_go_of_its_order() {
    let home = tempfile::tempdir().unwrap();
    let chain = chain_of(home.path());
    let mut child = holding(home.path());
    assert!(chain.is_held(&id(1)).unwrap());
    assert!(chain.hold(&id(1)).unwrap().is_none());
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!chain.is_held(&id(1)).unwrap());
    assert!(chain.hold(&id(1)).unwrap().is_some());
}

#[test]
fn of_many_that_want_an_order_at_once_one_has_it() {
    let (_home, _, chain) = fresh();
    for _ in 0..20 {
        let holders = AtomicI64::new(0);
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    // Those who only ask must neither be taken for a holder nor keep one out.
                    chain.is_held(&id(1)).unwrap();
                    let held = chain.hold(&id(1)).unwrap();
                    if let Some(held) = held {
                        assert_eq!(holders.fetch_add(1, Ordering::SeqCst), 0, "two hold it");
                        std::thread::yield_now();
                        holders.fetch_sub(1, Ordering::SeqCst);
                        drop(held);
                    }
                });
            }
        });
        let asks = std::thread::scope(|scope| {
            let askers: Vec<_> =
                (0..4).map(|_| scope.spawn(|| (0..200).filter(|_| chain.is_held(&id(2)).unwrap()).count())).collect();
            askers.into_iter().map(|asker| asker.join().unwrap()).sum::<usize>()
        });
        assert_eq!(asks, 0, "one who asks was taken for a holder");
    }
}
