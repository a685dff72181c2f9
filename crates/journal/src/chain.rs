//! The journal of changes: records chained by their hashes, the head sealed outside of the file.
//!
//! A plain chain does not see that its end was cut off, or that the whole file is an older one. So the head is kept in
//! the OS keyring: before a record is written the seal names it as `next`, afterwards as `last`. Whatever instant the
//! process ends at, the file's head is one of the two; anything else was done by another hand.

mod export;
mod hold;
mod link;
mod seal;

use std::sync::Arc;

use domain::{Error, Event, Kind, Ledger, OrderId, Record, Result, Stage, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row as SqlRow, TransactionBehavior, params};

use crate::{Journal, error::of_sqlite};

pub use export::ExportFile;
pub use hold::Held;
use link::{Head, Link, Walk};
pub use seal::Seal;
use seal::Sealed;

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

/// A part of the journal, newest first.
#[derive(Debug)]
pub struct Page {
    /// All records of an order, oldest first, or one record that is of no order.
    pub entries: Vec<Vec<Chained>>,
    /// Whether there are older ones.
    pub more: bool,
}

/// Whether the journal is as it was written.
#[derive(Debug)]
pub struct Verdict {
    /// How many records there are.
    pub records: u32,
    /// The hash of the last one.
    pub head: String,
    /// Whether the seal outlives the process.
    pub persistent: bool,
    /// The first thing that does not fit.
    pub problem: Option<Problem>,
}

/// What does not fit.
#[derive(Debug)]
pub struct Problem {
    /// The place of the first record that does not fit; `None` if the chain is whole, but not the one that was sealed.
    pub at: Option<u32>,
    /// In words.
    pub error: Error,
}

impl Chain {
    /// The chain in the file of `journal`, sealed by `seal`. `clock` dates the records; their order never hangs on it.
    pub fn new(journal: Arc<Journal>, seal: Arc<dyn Seal>, clock: fn() -> Timestamp) -> Self {
        Self { journal, seal, clock }
    }

    /// At most `limit` entries that begin before the place `before`, or the newest.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be read.
    pub fn page(&self, before: Option<u32>, limit: u32) -> Result<Page> {
        let database = self.journal.database();
        let of = |cause| of_sqlite(READ, cause);
        let mut statement = database
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM change_record
                 WHERE (order_id IS NULL OR event = 'intent') AND sequence < ?1 ORDER BY sequence DESC LIMIT ?2"
            ))
            .map_err(of)?;
        let before = before.map_or(i64::MAX, i64::from);
        let firsts = statement.query_map(params![before, i64::from(limit) + 1], link).map_err(of)?;
        let mut firsts: Vec<Link> = firsts.collect::<rusqlite::Result<_>>().map_err(of)?;
        let more = firsts.len() > limit as usize;
        firsts.truncate(limit as usize);
        let entries = firsts.into_iter().map(|first| match &first.order_id {
            Some(order) => of_order(&database, order),
            None => Ok(first.read().into_iter().collect()),
        });
        let entries = entries.filter(|entry| !matches!(entry, Ok(records) if records.is_empty()));
        Ok(Page { entries: entries.collect::<Result<_>>()?, more })
    }

    /// The records of one order, oldest first; none if there is no such order.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be read.
    pub fn order(&self, id: &OrderId) -> Result<Vec<Chained>> {
        of_order(&self.journal.database(), &id.0)
    }

    /// The orders that are neither finished nor given up, in the order they were written down.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be read.
    pub fn unsettled(&self) -> Result<Vec<OrderId>> {
        let database = self.journal.database();
        let of = |cause| of_sqlite(READ, cause);
        let mut statement = database
            .prepare_cached(
                "SELECT first.order_id FROM change_record AS first WHERE first.event = 'intent' AND NOT EXISTS (
                     SELECT 1 FROM change_record AS last WHERE last.order_id = first.order_id AND last.event = 'abandoned'
                 ) ORDER BY first.sequence",
            )
            .map_err(of)?;
        let ids: Vec<String> = statement.query_map([], |row| row.get(0)).and_then(Iterator::collect).map_err(of)?;
        let mut unsettled = Vec::new();
        for id in ids {
            let records: Vec<Record> = of_order(&database, &id)?.into_iter().map(|one| one.record).collect();
            // Records that do not fit together are for the verification to tell, and never for a next step.
            if let Some(Stage::Ready(_) | Stage::Out(_)) = Stage::of(&records) {
                unsettled.push(OrderId(id));
            }
        }
        Ok(unsettled)
    }

    /// Reads the whole chain and compares its head with the seal.
    ///
    /// # Errors
    /// `Unexpected` if the file or the keyring cannot be read. What does not fit is in the verdict.
    pub fn verify(&self) -> Result<Verdict> {
        let database = self.journal.database();
        let walk = walk(&database)?;
        let problem = match walk.broken_at() {
            Some((at, why)) => Some(Problem { at: Some(at), error: broken(&why) }),
            None => self.follows(&database, walk.head())?.err().map(|error| Problem { at: None, error }),
        };
        Ok(self.verdict(&walk, problem))
    }

    /// Goes on from a journal that does not follow from what was sealed. What was wrong is written down and sealed.
    ///
    /// # Errors
    /// `Conflict` if there is nothing to accept, and as [`Ledger::append`].
    pub fn accept(&self) -> Result<Verdict> {
        let Some(problem) = self.verify()?.problem else {
            return Err(Error::new(Kind::Conflict, "accept the journal", "the journal is as it was written")
                .with_next("There is nothing to do."));
        };
        let because = problem.error.message().to_owned();
        let mut database = self.journal.database();
        let transaction = begin(&mut database)?;
        self.add(transaction, Event::Accepted { because })?;
        if !self.seal.persistent() {
            forget_keyring(&database)?;
        }
        drop(database);
        self.verify()
    }

    fn verdict(&self, walk: &Walk, problem: Option<Problem>) -> Verdict {
        let Head { hash, .. } = walk.head().clone();
        Verdict { records: walk.records(), head: hash, persistent: self.seal.persistent(), problem }
    }

    /// Whether a head follows from what was sealed. The outer error is of the keyring or the file.
    fn follows(&self, database: &Connection, head: &Head) -> Result<Result<()>> {
        let was_in_keyring = was_in_keyring(database)?;
        if was_in_keyring && !self.seal.persistent() {
            return Ok(Err(Error::new(
                Kind::Conflict,
                VERIFY,
                "its head is sealed in the keyring, and no keyring answers here",
            )
            .with_refused_by("this app")
            .with_next("Unlock or start the keyring, then try again; or accept the journal without it.")));
        }
        let sealed = self.seal.read()?.as_deref().map(Sealed::parse).transpose()?;
        Ok(match sealed {
            Some(sealed) if sealed.fits(head) => Ok(()),
            None if head.sequence == 0 || !was_in_keyring => Ok(()),
            Some(sealed) => Err(mismatch(&sealed.tells(head))),
            None => Err(mismatch("the keyring holds no seal of it any more")),
        })
    }

    /// Adds a record whatever the seal says. The transaction keeps every other Claviger out until the end.
    fn add(&self, transaction: rusqlite::Transaction<'_>, event: Event) -> Result<Record> {
        let of = |cause| of_sqlite(WRITE, cause);
        let head = head(&transaction)?;
        let record = Record { at: (self.clock)(), event };
        let link = Link::after(&head, &record)?;
        let next = link.head();
        self.seal.keep(&Sealed::before(head, next.clone()).to_text()?)?;
        transaction
            .execute(
                &format!("INSERT INTO change_record ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"),
                params![link.sequence, link.order_id, link.event, link.body, link.previous, link.hash],
            )
            .map_err(of)?;
        if self.seal.persistent() {
            transaction
                .execute(
                    "INSERT INTO preference (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
                    [SEALED_IN, KEYRING],
                )
                .map_err(of)?;
        }
        transaction.commit().map_err(of)?;
        // Until this is kept the seal names the record as the next one, which fits as well: a failure loses nothing.
        let _ = self.seal.keep(&Sealed::after(next).to_text()?);
        Ok(record)
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
        self.add(transaction, event)
    }

    fn history(&self, order: &OrderId) -> Result<Vec<Record>> {
        Ok(self.order(order)?.into_iter().map(|one| one.record).collect())
    }
}

fn begin(database: &mut Connection) -> Result<rusqlite::Transaction<'_>> {
    database.transaction_with_behavior(TransactionBehavior::Immediate).map_err(|cause| of_sqlite(WRITE, cause))
}

fn head(database: &Connection) -> Result<Head> {
    let last = database
        .query_row("SELECT sequence, hash FROM change_record ORDER BY sequence DESC LIMIT 1", [], |row| {
            Ok(Head { sequence: row.get(0)?, hash: row.get(1)? })
        })
        .optional();
    Ok(last.map_err(|cause| of_sqlite(READ, cause))?.unwrap_or_else(Head::start))
}

fn walk(database: &Connection) -> Result<Walk> {
    let of = |cause| of_sqlite(VERIFY, cause);
    let mut statement =
        database.prepare_cached(&format!("SELECT {COLUMNS} FROM change_record ORDER BY sequence")).map_err(of)?;
    let mut rows = statement.query([]).map_err(of)?;
    let mut walk = Walk::default();
    while let Some(row) = rows.next().map_err(of)? {
        // A value of another type than was written is an edit like any other.
        match link(row) {
            Ok(link) => walk.step(&link),
            Err(_) => walk.unreadable(),
        }
    }
    Ok(walk)
}

fn of_order(database: &Connection, order: &str) -> Result<Vec<Chained>> {
    let of = |cause| of_sqlite(READ, cause);
    let mut statement = database
        .prepare_cached(&format!("SELECT {COLUMNS} FROM change_record WHERE order_id = ?1 ORDER BY sequence"))
        .map_err(of)?;
    let links: Vec<Link> = statement.query_map([order], link).and_then(Iterator::collect).map_err(of)?;
    // A record of a newer Claviger is left out: its order is shown as far as this one can read it.
    Ok(links.iter().filter_map(Link::read).collect())
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

fn forget_keyring(database: &Connection) -> Result<()> {
    let forgotten = database.execute("DELETE FROM preference WHERE name = ?1", [SEALED_IN]);
    forgotten.map(drop).map_err(|cause| of_sqlite(WRITE, cause))
}

fn mismatch(why: &str) -> Error {
    Error::new(
        Kind::Conflict,
        VERIFY,
        format!("the journal of changes does not follow from what was sealed: {why}"),
    )
    .with_refused_by("this app")
    .with_next(
        "Put the right claviger.db back, or look at the journal and accept it as it is. Until then nothing is changed \
         at any provider.",
    )
}

fn broken(why: &str) -> Error {
    Error::new(Kind::Conflict, VERIFY, format!("the journal of changes was edited: {why}"))
        .with_refused_by("this app")
        .with_next("Compare with a backup or an exported journal; what the providers did is in their own audit logs.")
}

#[cfg(test)]
mod tests;
