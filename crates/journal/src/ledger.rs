//! The ledger of who uses an item, and the definitions of keys. What they say is the caller's: here they are texts.

use domain::Result;
use rusqlite::{OptionalExtension, TransactionBehavior, params};

use crate::{Journal, error::of_sqlite};

const LEDGER: &str = "keep the ledger";

impl Journal {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ledger_keeps_its_order() {
        let home = tempfile::tempdir().unwrap();
        let journal = Journal::open(home.path(), domain::Timestamp::UNIX_EPOCH).unwrap().journal;
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
