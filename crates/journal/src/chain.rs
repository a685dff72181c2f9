//! The journal of changes: records chained by their hashes, the head sealed outside of the file.
//!
//! A plain chain does not see that its end was cut off, or that the whole file is an older one. So the head is kept in
//! the OS keyring: before a record is written the seal names it as `next`, afterwards as `last`. Whatever instant the
//! process ends at, the file's head is one of the two; anything else was done by another hand.
//!
//! The seal is read and kept only while SQLite's write lock is held, so that no other Claviger is between the two.

mod export;
mod hold;
mod link;
mod read;
mod seal;
mod verify;

use std::sync::{Arc, Mutex};

use domain::{Event, Ledger, OrderId, Record, Result, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row as SqlRow, Transaction, TransactionBehavior, params};

use crate::{Journal, error::of_sqlite};

pub use export::ExportFile;
pub use hold::Held;
use link::{Head, Link};
pub use read::Page;
use read::Unsettled;
pub use seal::Seal;
use seal::Sealed;
pub use verify::{Problem, Verdict};

const WRITE: &str = "write the journal";
const READ: &str = "read the journal";
const VERIFY: &str = "verify the journal";
/// The preference that says that the head was sealed where it outlives the process.
const SEALED_IN: &str = "journal sealed in";
const KEYRING: &str = "keyring";
const COLUMNS: &str = "sequence, order_id, event, body, previous, hash";

/// The journal of changes of one file. Cheap to clone. Every call blocks until the disk and the keyring have answered.
#[derive(Clone)]
pub struct Chain {
    journal: Arc<Journal>,
    seal: Arc<dyn Seal>,
    clock: fn() -> Timestamp,
    unsettled: Arc<Mutex<Unsettled>>,
}

/// A record with its place in the chain.
#[derive(Clone, Debug)]
pub struct Chained {
    /// From 1, without gaps.
    pub sequence: u32,
    /// SHA-256 over the previous hash, a line feed and the body, in hex.
    pub hash: String,
    /// What it says.
    pub record: Record,
}

impl Chain {
    /// The chain in the file of `journal`, sealed by `seal`. `clock` dates the records; their order never hangs on it.
    pub fn new(journal: Arc<Journal>, seal: Arc<dyn Seal>, clock: fn() -> Timestamp) -> Self {
        Self { journal, seal, clock, unsettled: Arc::default() }
    }

    /// Adds a record whatever the seal says. The transaction keeps every other Claviger out until its end.
    fn add(&self, transaction: Transaction<'_>, event: Event) -> Result<(Record, Head)> {
        let of = |cause| of_sqlite(WRITE, cause);
        let head = head(&transaction)?;
        let record = Record { at: (self.clock)(), event };
        let link = Link::after(&head, &record)?;
        let next = link.head();
        transaction
            .execute(
                &format!("INSERT INTO change_record ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"),
                params![link.sequence, link.order_id, link.event, link.body, link.previous, link.hash],
            )
            .map_err(of)?;
        say_where_sealed(&transaction, self.seal.persistent())?;
        // The last thing before the disk: whatever failed until here has left the seal as it was.
        self.seal.keep(&Sealed::before(head, next.clone()).to_text()?)?;
        transaction.commit().map_err(of)?;
        Ok((record, next))
    }

    /// Seals `written` as the last record, unless another Claviger has gone on from it meanwhile and sealed that.
    ///
    /// Until it is kept the seal names the record as the next one, which fits as well: a failure here loses nothing.
    fn seal_last(&self, database: &mut Connection, written: Head) {
        let Ok(locked) = begin(database) else { return };
        if head(&locked).is_ok_and(|head| head == written)
            && let Ok(text) = Sealed::after(written).to_text()
        {
            let _ = self.seal.keep(&text);
        }
    }
}

impl Ledger for Chain {
    /// # Errors
    /// `Conflict` if the journal does not follow from what was sealed, and what the disk or the keyring says. Then the
    /// record is not in the journal.
    fn append(&self, event: Event) -> Result<Record> {
        let mut database = self.journal.database();
        let transaction = begin(&mut database)?;
        self.follows(&transaction, &head(&transaction)?)??;
        let (record, written) = self.add(transaction, event)?;
        self.seal_last(&mut database, written);
        Ok(record)
    }

    fn history(&self, order: &OrderId) -> Result<Vec<Record>> {
        Ok(self.order(order)?.into_iter().map(|one| one.record).collect())
    }
}

/// Takes SQLite's write lock, which no other connection or process has meanwhile.
fn begin(database: &mut Connection) -> Result<Transaction<'_>> {
    database.transaction_with_behavior(TransactionBehavior::Immediate).map_err(|cause| of_sqlite(WRITE, cause))
}

fn head(database: &Connection) -> Result<Head> {
    let last = database
        .query_row("SELECT sequence, hash FROM change_record ORDER BY sequence DESC LIMIT 1", [], |row| {
            // A hash that is no text was never written by us, and fits nothing.
            Ok(Head { sequence: row.get(0)?, hash: String::from_utf8_lossy(row.get_ref(1)?.as_bytes()?).into_owned() })
        })
        .optional();
    Ok(last.map_err(|cause| of_sqlite(READ, cause))?.unwrap_or_else(Head::start))
}

fn link(row: &SqlRow<'_>) -> rusqlite::Result<Link> {
    Ok(Link {
        sequence: row.get(0)?,
        order_id: row.get(1)?,
        event: row.get(2)?,
        body: row.get(3)?,
        previous: row.get(4)?,
        hash: row.get(5)?,
    })
}

fn was_in_keyring(database: &Connection) -> Result<bool> {
    let kept: Option<String> = database
        .query_row("SELECT value FROM preference WHERE name = ?1", [SEALED_IN], |row| row.get(0))
        .optional()
        .map_err(|cause| of_sqlite(READ, cause))?;
    Ok(kept.as_deref() == Some(KEYRING))
}

fn say_where_sealed(database: &Connection, in_keyring: bool) -> Result<()> {
    let said = match in_keyring {
        true => {
            database.execute("INSERT OR REPLACE INTO preference (name, value) VALUES (?1, ?2)", [SEALED_IN, KEYRING])
        }
        false => database.execute("DELETE FROM preference WHERE name = ?1", [SEALED_IN]),
    };
    said.map(drop).map_err(|cause| of_sqlite(WRITE, cause))
}

#[cfg(test)]
mod tests;
