//! Rotations, the ledger of consumers and the definitions of keys. What they say is the caller's: here they are texts.

use domain::{Error, Kind, Result};
use rusqlite::{ErrorCode, OptionalExtension, Row, TransactionBehavior, params};

use crate::{Journal, error::of_sqlite};

const READ: &str = "read the rotation";
const KEEP: &str = "keep the rotation";
const LEDGER: &str = "keep the ledger";

/// A rotation as it is kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeptRotation {
    /// Its number: a ULID.
    pub id: String,
    /// The item's reference.
    pub reference: String,
    /// Which state of it this is, from 1; each change adds one.
    pub revision: u32,
    /// What it says: JSON.
    pub body: String,
}

impl Journal {
    /// Keeps a new rotation. There is at most one of an item that is not over.
    ///
    /// # Errors
    /// `Conflict` if another one of the item is not over.
    pub fn add_rotation(&self, id: &str, reference: &str, body: &str) -> Result<KeptRotation> {
        let added = self.database().execute(
            "INSERT INTO rotation (id, reference, revision, over, body) VALUES (?1, ?2, 1, 0, ?3)",
            params![id, reference, body],
        );
        match added {
            Ok(_) => Ok(KeptRotation {
                id: id.to_owned(),
                reference: reference.to_owned(),
                revision: 1,
                body: body.to_owned(),
            }),
            Err(cause) if cause.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                Err(Error::new(Kind::Conflict, KEEP, "another rotation of this item is under way")
                    .with_refused_by("this app")
                    .with_next("Go on with that one, or throw it away first."))
            }
            Err(cause) => Err(of_sqlite(KEEP, cause)),
        }
    }

    /// The rotation of that number, if there is one.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be read.
    pub fn rotation(&self, id: &str) -> Result<Option<KeptRotation>> {
        self.database()
            .query_row("SELECT id, reference, revision, body FROM rotation WHERE id = ?1", [id], kept)
            .optional()
            .map_err(|cause| of_sqlite(READ, cause))
    }

    /// The rotation of an item that is not over, if there is one.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be read.
    pub fn rotation_under_way(&self, reference: &str) -> Result<Option<KeptRotation>> {
        let query = "SELECT id, reference, revision, body FROM rotation WHERE reference = ?1 AND over = 0";
        self.database().query_row(query, [reference], kept).optional().map_err(|cause| of_sqlite(READ, cause))
    }

    /// Every rotation, those that are not over first, the newest of each first.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be read.
    pub fn rotations(&self) -> Result<Vec<KeptRotation>> {
        let read = || -> rusqlite::Result<Vec<KeptRotation>> {
            let database = self.database();
            let query = "SELECT id, reference, revision, body FROM rotation ORDER BY over, id DESC";
            database.prepare_cached(query)?.query_map([], kept)?.collect()
        };
        read().map_err(|cause| of_sqlite(READ, cause))
    }

    /// Puts the next state in the place of the one that was seen. Answers its revision.
    ///
    /// # Errors
    /// `Conflict` if it is another state by now: somebody else went on with it.
    pub fn replace_rotation(&self, id: &str, seen: u32, over: bool, body: &str) -> Result<u32> {
        let changed = self
            .database()
            .execute(
                "UPDATE rotation SET revision = revision + 1, over = ?3, body = ?4 WHERE id = ?1 AND revision = ?2",
                params![id, seen, over, body],
            )
            .map_err(|cause| of_sqlite(KEEP, cause))?;
        if changed == 1 {
            return Ok(seen + 1);
        }
        Err(Error::new(Kind::Conflict, KEEP, "somebody else went on with this rotation in the meantime")
            .with_refused_by("this app")
            .with_next("Look at it as it is now, then do what is still to be done."))
    }

    /// The ledger of an item, as numbers and texts, in its order.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be read.
    pub fn consumers(&self, reference: &str) -> Result<Vec<(String, String)>> {
        let read = || -> rusqlite::Result<Vec<(String, String)>> {
            let database = self.database();
            let query = "SELECT id, body FROM consumer WHERE reference = ?1 ORDER BY position";
            database.prepare_cached(query)?.query_map([reference], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        };
        read().map_err(|cause| of_sqlite("read the ledger", cause))
    }

    /// Keeps a consumer: in its place if it is there, else at the end.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be written.
    pub fn keep_consumer(&self, reference: &str, id: &str, body: &str) -> Result<()> {
        let mut database = self.database();
        let of = |cause| of_sqlite(LEDGER, cause);
        let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate).map_err(of)?;
        let there = transaction
            .execute("UPDATE consumer SET body = ?3 WHERE reference = ?1 AND id = ?2", params![reference, id, body])
            .map_err(of)?;
        if there == 0 {
            transaction
                .execute(
                    "INSERT INTO consumer (id, reference, position, body) VALUES (?2, ?1,
                     (SELECT COALESCE(MAX(position), 0) + 1 FROM consumer WHERE reference = ?1), ?3)",
                    params![reference, id, body],
                )
                .map_err(of)?;
        }
        transaction.commit().map_err(of)
    }

    /// Takes a consumer out of the ledger. Answers whether it was there.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be written.
    pub fn remove_consumer(&self, reference: &str, id: &str) -> Result<bool> {
        let removed = self
            .database()
            .execute("DELETE FROM consumer WHERE reference = ?1 AND id = ?2", [reference, id])
            .map_err(|cause| of_sqlite(LEDGER, cause))?;
        Ok(removed > 0)
    }

    /// How an item's key is defined, as text, if that was settled.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be read.
    pub fn key_definition(&self, reference: &str) -> Result<Option<String>> {
        let query = "SELECT body FROM key_definition WHERE reference = ?1";
        let read = self.database().query_row(query, [reference], |row| row.get(0)).optional();
        read.map_err(|cause| of_sqlite("read the definition", cause))
    }

    /// Keeps how an item's key is defined.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be written.
    pub fn keep_key_definition(&self, reference: &str, body: &str) -> Result<()> {
        self.database()
            .execute(
                "INSERT INTO key_definition (reference, body) VALUES (?1, ?2)
                 ON CONFLICT (reference) DO UPDATE SET body = excluded.body",
                params![reference, body],
            )
            .map(drop)
            .map_err(|cause| of_sqlite("keep the definition", cause))
    }
}

fn kept(row: &Row<'_>) -> rusqlite::Result<KeptRotation> {
    Ok(KeptRotation { id: row.get(0)?, reference: row.get(1)?, revision: row.get(2)?, body: row.get(3)? })
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
    fn an_item_has_one_rotation_that_is_not_over() {
        let (_home, journal) = journal();
        journal.add_rotation("1", "a/v/k", "{}").unwrap();
        assert_eq!(journal.add_rotation("2", "a/v/k", "{}").unwrap_err().kind(), Kind::Conflict);
        journal.add_rotation("3", "a/v/other", "{}").unwrap();
        assert_eq!(journal.rotation_under_way("a/v/k").unwrap().unwrap().id, "1");
        journal.replace_rotation("1", 1, true, "over").unwrap();
        assert_eq!(journal.rotation_under_way("a/v/k").unwrap(), None);
        journal.add_rotation("2", "a/v/k", "{}").unwrap();
        let order: Vec<String> = journal.rotations().unwrap().into_iter().map(|one| one.id).collect();
        assert_eq!(order, ["3", "2", "1"]);
    }

    #[test]
    fn a_state_is_replaced_once() {
        let (_home, journal) = journal();
        journal.add_rotation("1", "a/v/k", "first").unwrap();
        assert_eq!(journal.replace_rotation("1", 1, false, "second").unwrap(), 2);
        assert_eq!(journal.replace_rotation("1", 1, false, "late").unwrap_err().kind(), Kind::Conflict);
        let now = journal.rotation("1").unwrap().unwrap();
        assert_eq!((now.revision, now.body.as_str()), (2, "second"));
        assert_eq!(journal.replace_rotation("absent", 1, false, "").unwrap_err().kind(), Kind::Conflict);
    }

    #[test]
    fn the_ledger_keeps_its_order() {
        let (_home, journal) = journal();
        for id in ["c", "a", "b"] {
            journal.keep_consumer("a/v/k", id, id).unwrap();
        }
        journal.keep_consumer("a/v/k", "c", "changed").unwrap();
        journal.keep_consumer("a/v/other", "x", "x").unwrap();
        assert!(journal.remove_consumer("a/v/k", "a").unwrap());
        assert!(!journal.remove_consumer("a/v/k", "x").unwrap(), "it is another item's");
        let ledger = journal.consumers("a/v/k").unwrap();
        assert_eq!(ledger, [("c".to_owned(), "changed".to_owned()), ("b".to_owned(), "b".to_owned())]);
        assert_eq!(journal.key_definition("a/v/k").unwrap(), None);
        journal.keep_key_definition("a/v/k", "1").unwrap();
        journal.keep_key_definition("a/v/k", "2").unwrap();
        assert_eq!(journal.key_definition("a/v/k").unwrap().as_deref(), Some("2"));
    }
}
