//! Opening the file: made if it is not there, set aside if it is damaged, refused if it is newer.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    sync::Mutex,
    time::Duration,
};

use domain::{Changed, Error, Kind, Result, Timestamp};
use rusqlite::{Connection, ErrorCode};

use crate::{
    Journal,
    error::{of_file, of_sqlite},
    schema,
};

/// The file's name in Claviger's folder.
pub const FILE_NAME: &str = "claviger.db";

const OPERATION: &str = "open Claviger's file";
/// How long one Claviger waits for another's write.
const PATIENCE: Duration = Duration::from_secs(5);

/// An open file, and what the person must know about it.
#[derive(Debug)]
pub struct Opened {
    /// The file.
    pub journal: Journal,
    /// Present if a damaged file was set aside and a new one begun.
    pub notice: Option<Error>,
}

impl Journal {
    /// Opens `claviger.db` in `folder`, making both if need be (0700 and 0600 on Unix). `now` names a file set aside.
    ///
    /// # Errors
    /// `Unsupported` if a newer version wrote the file (nothing is touched then), `Interrupted` if another program
    /// holds it, `Unexpected` if the folder or the file may not be written.
    pub fn open(folder: &Path, now: Timestamp) -> Result<Opened> {
        make_private_folder(folder).map_err(|cause| of_file(OPERATION, folder, cause))?;
        let path = folder.join(FILE_NAME);
        let (database, notice) = match open_sound(&path) {
            Ok(database) => (database, None),
            Err(Refusal::Damaged(cause)) => {
                let aside = set_aside(&path, now).map_err(|cause| of_file(OPERATION, &path, cause))?;
                (open_sound(&path)?, Some(notice(&path, &aside, &cause)))
            }
            Err(Refusal::Other(error)) => return Err(*error),
        };
        Ok(Opened { journal: Self { database: Mutex::new(database), folder: folder.to_owned() }, notice })
    }
}

/// Why a file was not opened: the two are answered differently.
enum Refusal {
    /// In SQLite's words.
    Damaged(String),
    Other(Box<Error>),
}

impl From<rusqlite::Error> for Refusal {
    fn from(cause: rusqlite::Error) -> Self {
        match cause.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Self::Damaged(cause.to_string()),
            Some(_) | None => Self::Other(Box::new(of_sqlite(OPERATION, cause))),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Damaged(words) => {
                Self::new(Kind::Unexpected, OPERATION, format!("a new file is damaged: {words}"))
                    .with_next("Check the disk, or name another folder in CLAVIGER_HOME.")
            }
            Refusal::Other(error) => *error,
        }
    }
}

fn open_sound(path: &Path) -> std::result::Result<Connection, Refusal> {
    make_private_file(path).map_err(|cause| Refusal::Other(Box::new(of_file(OPERATION, path, cause))))?;
    let mut database = Connection::open(path)?;
    database.busy_timeout(PATIENCE)?;
    if let Some(refused) = schema::newer(&database)? {
        return Err(Refusal::Other(Box::new(refused)));
    }
    let check: String = database.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if check != "ok" {
        return Err(Refusal::Damaged(check));
    }
    database.pragma_update(None, "journal_mode", "WAL")?;
    database.pragma_update(None, "synchronous", "FULL")?;
    // On macOS a plain fsync leaves the drive's own cache full; elsewhere this changes nothing.
    database.pragma_update(None, "fullfsync", true)?;
    database.pragma_update(None, "foreign_keys", true)?;
    schema::migrate(&mut database)?;
    if !schema::fits(&database) {
        return Err(Refusal::Damaged("tables are missing".to_owned()));
    }
    Ok(database)
}

fn set_aside(path: &Path, now: Timestamp) -> io::Result<PathBuf> {
    let stamp = now.strftime("%Y%m%dT%H%M%SZ");
    let mut aside = with_suffix(path, &format!(".damaged-{stamp}"));
    let mut number = 1;
    while aside.exists() {
        number += 1;
        aside = with_suffix(path, &format!(".damaged-{stamp}-{number}"));
    }
    fs::rename(path, &aside)?;
    // The write-ahead log may hold what the main file lost; it also must not be played into the new file.
    for companion in ["-wal", "-shm"] {
        match fs::rename(with_suffix(path, companion), with_suffix(&aside, companion)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(aside)
}

fn notice(path: &Path, aside: &Path, cause: &str) -> Error {
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Error::new(
        Kind::Unexpected,
        OPERATION,
        format!(
            "{} was damaged ({cause}). The journal of changes, connections, pins and the last known rows in it are not \
             loaded.",
            name(path)
        ),
    )
    .with_changed(Changed::Exactly(vec![
        format!("The damaged file was renamed to {}.", name(aside)),
        "A new, empty file was begun.".to_owned(),
    ]))
    .with_next(format!(
        "Connect again, or put a backup in place of {}. At the providers nothing is lost.",
        path.display()
    ))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// A folder that is there already keeps its mode: it may be shared on purpose, and the file is private by itself.
fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// SQLite gives its write-ahead log the mode of the file beside it.
fn make_private_file(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        options.mode(0o600);
        let file = options.open(path)?;
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            file.set_permissions(fs::Permissions::from_mode(0o600))?;
        }
    }
    #[cfg(not(unix))]
    options.open(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-23T13:08:22Z".parse().unwrap()
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[cfg(unix)]
    #[test]
    fn folder_and_files_are_private() {
        use std::os::unix::fs::PermissionsExt;
        let temporary = tempfile::tempdir().unwrap();
        let home = temporary.path().join("a/b");
        let opened = Journal::open(&home, now()).unwrap();
        opened.journal.set_pin("a/b/c", true).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&home), 0o700);
        assert_eq!(names(&home), ["claviger.db", "claviger.db-shm", "claviger.db-wal"]);
        for name in names(&home) {
            assert_eq!(mode(&home.join(&name)), 0o600, "{name}");
        }
        drop(opened);
        fs::set_permissions(home.join(FILE_NAME), fs::Permissions::from_mode(0o644)).unwrap();
        Journal::open(&home, now()).unwrap();
        assert_eq!(mode(&home.join(FILE_NAME)), 0o600);
    }

    /// Each way of damage a crash, a bad disk or a hand can cause; the old bytes must survive beside the new file.
    #[test]
    fn a_damaged_file_is_set_aside_and_said_so() {
        let sound = tempfile::tempdir().unwrap();
        let journal = Journal::open(sound.path(), now()).unwrap().journal;
        for number in 0..2_000 {
            journal.set_pin(&format!("connection/vault/item-{number}"), true).unwrap();
        }
        drop(journal);
        let bytes = fs::read(sound.path().join(FILE_NAME)).unwrap();
        let mut scribbled = bytes.clone();
        let middle = scribbled.len() / 2;
        scribbled[middle..].fill(0x5a);
        let damages: [(&str, Vec<u8>); 4] = [
            ("half written", bytes[..bytes.len() / 2].to_vec()),
            ("header only", bytes[..100].to_vec()),
            ("not a database", b"{\"settings\": tru".to_vec()),
            ("scribbled", scribbled),
        ];
        for (what, damage) in damages {
            let home = tempfile::tempdir().unwrap();
            fs::write(home.path().join(FILE_NAME), &damage).unwrap();
            let opened = Journal::open(home.path(), now()).unwrap();
            let notice = opened.notice.unwrap_or_else(|| panic!("{what}: no notice"));
            assert!(matches!(notice.changed(), Changed::Exactly(changes) if changes.len() == 2), "{what}");
            assert!(opened.journal.pins().unwrap().is_empty(), "{what}");
            opened.journal.set_pin("a/b/c", true).unwrap();
            let aside = home.path().join("claviger.db.damaged-20261123T130822Z");
            assert_eq!(fs::read(&aside).unwrap(), damage, "{what}");
            drop(opened.journal);
            let again = Journal::open(home.path(), now()).unwrap();
            assert!(again.notice.is_none(), "{what}");
            assert_eq!(again.journal.pins().unwrap(), ["a/b/c"], "{what}");
        }
    }

    #[test]
    fn a_second_damage_in_the_same_second_does_not_overwrite_the_first() {
        let home = tempfile::tempdir().unwrap();
        for damage in ["first", "second"] {
            fs::write(home.path().join(FILE_NAME), damage).unwrap();
            fs::write(home.path().join("claviger.db-wal"), damage).unwrap();
            assert!(Journal::open(home.path(), now()).unwrap().notice.is_some());
        }
        let aside = home.path().join("claviger.db.damaged-20261123T130822Z");
        assert_eq!(fs::read(&aside).unwrap(), b"first");
        assert_eq!(fs::read(with_suffix(&aside, "-2")).unwrap(), b"second");
    }

    #[test]
    fn a_newer_file_is_refused_and_left_as_it_is() {
        let home = tempfile::tempdir().unwrap();
        drop(Journal::open(home.path(), now()).unwrap());
        let path = home.path().join(FILE_NAME);
        let database = Connection::open(&path).unwrap();
        database.execute_batch("CREATE TABLE of_tomorrow (x); PRAGMA user_version = 99;").unwrap();
        drop(database);
        let before = fs::read(&path).unwrap();
        let error = Journal::open(home.path(), now()).unwrap_err();
        assert_eq!(error.kind(), Kind::Unsupported);
        assert!(error.message().contains("newer"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), before);
        assert_eq!(names(home.path()), [FILE_NAME]);
    }

    #[test]
    fn what_was_committed_survives_without_a_clean_end() {
        let home = tempfile::tempdir().unwrap();
        let journal = Journal::open(home.path(), now()).unwrap().journal;
        journal.set_pin("a/b/c", true).unwrap();
        // As after a crash: the log was never folded into the main file.
        let copy = tempfile::tempdir().unwrap();
        for name in ["claviger.db", "claviger.db-wal"] {
            fs::copy(home.path().join(name), copy.path().join(name)).unwrap();
        }
        let opened = Journal::open(copy.path(), now()).unwrap();
        assert!(opened.notice.is_none());
        assert_eq!(opened.journal.pins().unwrap(), ["a/b/c"]);
    }

    #[test]
    fn two_programs_may_start_at_once() {
        let home = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for number in 0..4 {
                let folder = home.path();
                scope.spawn(move || {
                    let opened = Journal::open(folder, now()).unwrap();
                    assert!(opened.notice.is_none());
                    opened.journal.set_pin(&format!("a/b/{number}"), true).unwrap();
                });
            }
        });
        assert_eq!(Journal::open(home.path(), now()).unwrap().journal.pins().unwrap().len(), 4);
    }
}
