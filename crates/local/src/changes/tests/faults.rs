//! A disk that fails, a process that is killed, and two writers at once.

use std::{
    fs::File,
    io::{self, Write},
    process::{Command, ExitStatus},
};

use domain::{Changed, Kind};

use super::*;
use crate::file::Disk;

/// Half of it is written, then the disk says `ENOSPC` or `EIO`.
fn full(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(&bytes[..bytes.len() / 2])?;
    Err(io::Error::from_raw_os_error(28))
}

fn broken(_: &mut File, _: &[u8]) -> io::Result<()> {
    Err(io::Error::from_raw_os_error(5))
}

fn unsynced(_: &Path) -> io::Result<()> {
    Err(io::Error::from_raw_os_error(5))
}

fn killed_before_the_rename(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    (Disk::REAL.write)(file, bytes)?;
    std::process::abort()
}

fn killed_after_the_rename(_: &Path) -> io::Result<()> {
    std::process::abort()
}

fn disk(name: &str) -> Disk {
    match name {
        "before" => Disk { write: killed_before_the_rename, ..Disk::REAL },
        "after" => Disk { sync_folder: killed_after_the_rename, ..Disk::REAL },
        _ => Disk::REAL,
    }
}

fn files(world: &World) -> usize {
    std::fs::read_dir(world.home.path()).unwrap().count()
}

#[tokio::test]
async fn a_disk_that_is_full_or_broken_leaves_the_old_file_whole() {
    for (write, word, next) in [
        (full as fn(&mut File, &[u8]) -> io::Result<()>, "no room left", "Make room"),
        (broken, "Input/output error", "report it"),
    ] {
        let mut world = World::new(vec![key("a")]);
        world.provider.disk = Disk { write, ..Disk::REAL };
        let before = world.bytes();
        let (change, plan) = world.plan(Ask::Disable, "a", &[]).await.unwrap();
        let (performed, outcome) = send(&world.provider, change, &plan).await;
        let Outcome::Refused(error) = outcome else { panic!("{outcome:?}") };
        assert_eq!((error.kind(), error.changed()), (Kind::Unexpected, &Changed::Nothing));
        assert!(error.message().contains(word) && error.next().contains(next), "{error}: {}", error.next());
        assert_eq!((world.bytes() == before, files(&world)), (true, 1), "and nothing is left beside it");
        assert!(matches!(world.provider.check(&performed).await.unwrap(), Finding::NotDone { .. }));
        world.provider.disk = Disk::REAL;
        world.does(Ask::Disable, "a", &[]).await;
    }
}

#[tokio::test]
async fn a_rename_that_may_not_last_is_unknown_until_it_is_read() {
    let mut world = World::new(vec![key("a")]);
    world.provider.disk = Disk { sync_folder: unsynced, ..Disk::REAL };
    let (change, plan) = world.plan(Ask::Disable, "a", &[]).await.unwrap();
    let (performed, outcome) = send(&world.provider, change, &plan).await;
    let Outcome::Unknown(error) = outcome else { panic!("{outcome:?}") };
    assert_eq!(error.changed(), &Changed::Unknown);
    assert!(matches!(world.provider.check(&performed).await.unwrap(), Finding::Done { .. }));
}

#[tokio::test]
async fn a_file_that_is_gone_or_was_locked_anew_is_refused() {
    let world = World::new(vec![key("a")]);
    for (lock, kind) in [(None, Kind::NotFound), (Some(Lock::Key(Secret::new(vec![8; 32]))), Kind::SignedOut)] {
        let (change, plan) = world.plan(Ask::Disable, "a", &[]).await.unwrap();
        let whole = world.bytes();
        std::fs::remove_file(world.path()).unwrap();
        lock.map(|lock| Keystore::create(&world.path(), &lock).unwrap());
        let (_, outcome) = send(&world.provider, change, &plan).await;
        assert!(matches!(&outcome, Outcome::Refused(error) if error.kind() == kind), "{outcome:?}");
        std::fs::write(world.path(), whole).unwrap();
    }
}

#[tokio::test]
async fn what_changed_since_the_plan_is_refused_and_what_another_entry_did_is_not() {
    let world = World::new(vec![key("a"), key("b")]);
    let (change, plan) = world.plan(Ask::Disable, "a", &[]).await.unwrap();
    world.does(Ask::Disable, "b", &[]).await;
    let (other, same) = world.plan(Ask::Disable, "a", &[]).await.unwrap();
    assert!(matches!(send(&world.provider, change, &plan).await.1, Outcome::Done { .. }));
    let before = world.bytes();
    let (performed, outcome) = send(&world.provider, other, &same).await;
    assert!(matches!(&outcome, Outcome::Refused(error) if error.kind() == Kind::Conflict), "{outcome:?}");
    assert_eq!(world.bytes(), before);
    assert!(matches!(world.provider.check(&performed).await.unwrap(), Finding::NotDone { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_at_once_lose_nothing() {
    let world = World::new(Vec::new());
    let writers = (0..4).map(|writer| {
        let provider = open(&world.path());
        tokio::spawn(async move {
            for number in 0..10 {
                let name = format!("{writer}-{number}");
                let (change, plan) = plan(&provider, Ask::CreateSecret, &name, &[]).await.unwrap();
                let (performed, outcome) = send(&provider, change, &plan).await;
                assert!(matches!(outcome, Outcome::Done { .. }), "{name}: {outcome:?}");
                assert!(matches!(provider.check(&performed).await.unwrap(), Finding::Done { .. }), "{name}");
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let keystore = Keystore::open(&world.path(), &lock()).unwrap();
    assert_eq!((keystore.entries().len(), keystore.orders().count(), files(&world)), (40, 40, 1));
}

/// Runs [`in_another_process`] there, and says how it ended. `before` is a line of the shell.
fn another_process(world: &World, disk: &str, before: &str) -> ExitStatus {
    let me = std::env::current_exe().unwrap();
    let test = "changes::tests::faults::in_another_process";
    let line = format!("{before} exec \"$0\" --exact {test} --ignored");
    let mut command = Command::new("sh");
    command.args(["-c", &line]).arg(me).env("KEYSTORE", world.path()).env("DISK", disk);
    command.output().unwrap().status
}

const ORDER: &str = "01JDXANOTHERPROCESS0000000";

#[tokio::test]
#[ignore = "run by the tests below, in a process of its own"]
async fn in_another_process() {
    let (Some(path), Ok(name)) = (std::env::var_os("KEYSTORE"), std::env::var("DISK")) else { return };
    let mut provider = open(Path::new(&path));
    provider.disk = disk(&name);
    let (mut change, plan) = plan(&provider, Ask::Disable, "a", &[]).await.unwrap();
    change.order = OrderId(ORDER.to_owned());
    let (_, outcome) = send(&provider, change, &plan).await;
    assert!(matches!(outcome, Outcome::Refused(_)), "{outcome:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_process_that_is_killed_leaves_the_old_file_or_the_new_one_and_a_reading_tells_which() {
    for (disk, is_done) in [("before", false), ("after", true)] {
        let world = World::new(vec![key("a")]);
        let (_, plan) = world.plan(Ask::Disable, "a", &[]).await.unwrap();
        let step = plan.steps[0].clone();
        let (order, results) = (OrderId(ORDER.to_owned()), BTreeMap::new());
        let lost = Performed { order, step, results, sent: Timestamp::now() };
        let before = world.bytes();
        assert_eq!(another_process(&world, disk, "ulimit -c 0;").code(), None, "it was to be killed");
        assert_eq!(world.bytes() == before, !is_done);
        let finding = world.provider.check(&lost).await.unwrap();
        assert_eq!(matches!(finding, Finding::Done { .. }), is_done, "{finding:?}");
        assert_eq!(matches!(finding, Finding::NotDone { .. }), !is_done, "{finding:?}");
        // What it left is another keystore's if its name says so, and only this one's is taken away.
        let left = files(&world);
        std::fs::write(world.home.path().join(".keystore-0123456789abcdef-AbCdEf.new"), "another's").unwrap();
        // Whoever was killed holds no lock.
        world.does(if is_done { Ask::Enable } else { Ask::Disable }, "a", &[]).await;
        assert_eq!((left, files(&world)), (if is_done { 1 } else { 2 }, 2));
    }
}

/// A limit of the operating system for the size of files, which is as good as a full disk.
#[cfg(unix)]
#[tokio::test]
async fn a_limit_of_the_system_is_a_refusal_that_leaves_the_old_file_whole() {
    let world = World::new(vec![key("a")]);
    let before = world.bytes();
    assert!(another_process(&world, "real", "trap '' XFSZ; ulimit -f 0;").success());
    assert_eq!((world.bytes() == before, files(&world)), (true, 1));
    // Without the limit the same process does it, and says that it was not refused.
    assert!(!another_process(&world, "real", "").success());
    assert!(world.bytes() != before);
}
