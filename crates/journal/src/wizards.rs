//! Wizards: plans of several steps that are saved from their first step on. What they say is the caller's: here they are
//! texts.

use domain::{Error, Kind, Result};
use rusqlite::{ErrorCode, OptionalExtension, Row, params};

use crate::{Journal, error::of_sqlite};

const READ: &str = "read the plan of several steps";
const KEEP: &str = "keep the plan of several steps";

/// What a wizard is for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum WizardKind {
    /// The safe destruction of an item.
    Destruction,
    /// Bringing a key from one place to another.
    Import,
    /// The rotation of an item.
    Rotation,
}

/// A wizard as it is kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeptWizard {
    /// Its number: a ULID.
    pub id: String,
    /// What it is about: an item's reference. Of each kind there is at most one about it that is not over.
    pub reference: String,
    /// Which state of it this is, from 1; each change adds one.
    pub revision: u32,
    /// What it says: JSON.
    pub body: String,
}

impl WizardKind {
    /// The word under which it is kept.
    fn word(self) -> &'static str {
        match self {
            Self::Destruction => "destruction",
            Self::Import => "import",
            Self::Rotation => "rotation",
        }
    }
}

impl Journal {
    /// Keeps a new wizard. There is at most one of its kind about a reference that is not over.
    ///
    /// # Errors
    /// `Conflict` if another one is not over.
    pub fn add_wizard(&self, kind: WizardKind, id: &str, reference: &str, body: &str) -> Result<KeptWizard> {
        let added = self.database().execute(
            "INSERT INTO wizard (id, kind, reference, revision, over, body) VALUES (?1, ?2, ?3, 1, 0, ?4)",
            params![id, kind.word(), reference, body],
        );
        match added {
            Ok(_) => Ok(KeptWizard {
                id: id.to_owned(),
                reference: reference.to_owned(),
                revision: 1,
                body: body.to_owned(),
            }),
            Err(cause) if cause.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                let message = format!("another {} of this item is under way", kind.word());
                Err(Error::new(Kind::Conflict, KEEP, message)
                    .with_refused_by("this app")
                    .with_next("Go on with that one, or throw it away first."))
            }
            Err(cause) => Err(of_sqlite(KEEP, cause)),
        }
    }

    /// The wizard of that number, if there is one of that kind.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be read.
    pub fn wizard(&self, kind: WizardKind, id: &str) -> Result<Option<KeptWizard>> {
        let query = "SELECT id, reference, revision, body FROM wizard WHERE id = ?1 AND kind = ?2";
        let read = self.database().query_row(query, [id, kind.word()], kept).optional();
        read.map_err(|cause| of_sqlite(READ, cause))
    }

    /// The wizard of that kind about a reference that is not over, if there is one.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be read.
    pub fn wizard_under_way(&self, kind: WizardKind, reference: &str) -> Result<Option<KeptWizard>> {
        let query = "SELECT id, reference, revision, body FROM wizard WHERE reference = ?1 AND kind = ?2 AND over = 0";
        let read = self.database().query_row(query, [reference, kind.word()], kept).optional();
        read.map_err(|cause| of_sqlite(READ, cause))
    }

    /// Every wizard of a kind, those that are not over first, the newest of each first.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be read.
    pub fn wizards(&self, kind: WizardKind) -> Result<Vec<KeptWizard>> {
        let read = || -> rusqlite::Result<Vec<KeptWizard>> {
            let database = self.database();
            let query = "SELECT id, reference, revision, body FROM wizard WHERE kind = ?1 ORDER BY over, id DESC";
            database.prepare_cached(query)?.query_map([kind.word()], kept)?.collect()
        };
        read().map_err(|cause| of_sqlite(READ, cause))
    }

    /// Puts the next state in the place of the one that was seen. Answers its revision.
    ///
    /// # Errors
    /// `Conflict` if it is another state by now: somebody else went on with it.
    pub fn replace_wizard(&self, id: &str, seen: u32, over: bool, body: &str) -> Result<u32> {
        let changed = self
            .database()
            .execute(
                "UPDATE wizard SET revision = revision + 1, over = ?3, body = ?4 WHERE id = ?1 AND revision = ?2",
                params![id, seen, over, body],
            )
            .map_err(|cause| of_sqlite(KEEP, cause))?;
        if changed == 1 {
            return Ok(seen + 1);
        }
        Err(Error::new(Kind::Conflict, KEEP, "somebody else went on with it in the meantime")
            .with_refused_by("this app")
            .with_next("Look at it as it is now, then do what is still to be done."))
    }
}

fn kept(row: &Row<'_>) -> rusqlite::Result<KeptWizard> {
    Ok(KeptWizard { id: row.get(0)?, reference: row.get(1)?, revision: row.get(2)?, body: row.get(3)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> (tempfile::TempDir, Journal) {
        let home = tempfile::tempdir().unwrap();
        let journal = Journal::open(home.path(), domain::Timestamp::UNIX_EPOCH).unwrap().journal;
        (home, journal)
    }

    #[test]
    fn an_item_has_one_wizard_of_a_kind_that_is_not_over() {
        let (_home, journal) = journal();
        journal.add_wizard(WizardKind::Rotation, "1", "a/v/k", "{}").unwrap();
        assert_eq!(journal.add_wizard(WizardKind::Rotation, "2", "a/v/k", "{}").unwrap_err().kind(), Kind::Conflict);
        journal.add_wizard(WizardKind::Rotation, "3", "a/v/other", "{}").unwrap();
        assert_eq!(journal.wizard_under_way(WizardKind::Rotation, "a/v/k").unwrap().unwrap().id, "1");
        journal.replace_wizard("1", 1, true, "over").unwrap();
        assert_eq!(journal.wizard_under_way(WizardKind::Rotation, "a/v/k").unwrap(), None);
        journal.add_wizard(WizardKind::Rotation, "2", "a/v/k", "{}").unwrap();
        journal.add_wizard(WizardKind::Destruction, "4", "a/v/k", "{}").unwrap();
        assert_eq!(journal.wizard(WizardKind::Rotation, "4").unwrap(), None, "it is of another kind");
        let order: Vec<String> = journal.wizards(WizardKind::Rotation).unwrap().into_iter().map(|one| one.id).collect();
        assert_eq!(order, ["3", "2", "1"]);
    }

    #[test]
    fn a_state_is_replaced_once() {
        let (_home, journal) = journal();
        journal.add_wizard(WizardKind::Rotation, "1", "a/v/k", "first").unwrap();
        assert_eq!(journal.replace_wizard("1", 1, false, "second").unwrap(), 2);
        assert_eq!(journal.replace_wizard("1", 1, false, "late").unwrap_err().kind(), Kind::Conflict);
        let now = journal.wizard(WizardKind::Rotation, "1").unwrap().unwrap();
        assert_eq!((now.revision, now.body.as_str()), (2, "second"));
        assert_eq!(journal.replace_wizard("absent", 1, false, "").unwrap_err().kind(), Kind::Conflict);
    }

    /// What the version before kept: rotations in a table of their own.
    #[test]
    fn rotations_of_a_file_of_the_version_before_stay() {
        let (home, journal) = journal();
        drop(journal);
        let file = rusqlite::Connection::open(home.path().join(crate::FILE_NAME)).unwrap();
        let before = "DROP TABLE policy_draft;
            DROP TABLE wizard;
            CREATE TABLE rotation (id TEXT PRIMARY KEY NOT NULL, reference TEXT NOT NULL, revision INTEGER NOT NULL,
                over INTEGER NOT NULL, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
            INSERT INTO rotation VALUES ('1', 'a/v/k', 7, 0, 'running'), ('2', 'a/v/l', 3, 1, 'over');
            PRAGMA user_version = 3";
        file.execute_batch(before).unwrap();
        drop(file);
        let journal = Journal::open(home.path(), domain::Timestamp::UNIX_EPOCH).unwrap().journal;
        let kept = journal.wizards(WizardKind::Rotation).unwrap();
        let kept: Vec<_> = kept.iter().map(|one| (one.id.as_str(), one.revision, one.body.as_str())).collect();
        assert_eq!(kept, [("1", 7, "running"), ("2", 3, "over")]);
        assert_eq!(journal.wizard_under_way(WizardKind::Rotation, "a/v/k").unwrap().unwrap().id, "1");
        assert_eq!(journal.wizard_under_way(WizardKind::Rotation, "a/v/l").unwrap(), None);
    }
}
