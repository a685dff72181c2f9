//! Whether the journal is as it was written: the walk along the chain, the comparison with the seal, and going on all
//! the same.

use domain::{Error, Event, Kind, Result};
use rusqlite::Connection;

use super::{COLUMNS, Chain, Head, Sealed, VERIFY, begin, head, link, link::Walk, was_in_keyring};
use crate::error::of_sqlite;

const ACCEPT: &str = "accept the journal";

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
    /// Reads the whole chain and compares its head with the seal. Other Clavigers wait with their records meanwhile.
    ///
    /// # Errors
    /// `Unexpected` if the file or the keyring cannot be read. What does not fit is in the verdict.
    pub fn verify(&self) -> Result<Verdict> {
        let mut database = self.journal.database();
        let locked = begin(&mut database)?;
        self.look_at(&locked)
    }

    /// Goes on from a journal that does not follow from what was sealed. What was wrong is written down and sealed.
    ///
    /// # Errors
    /// `Conflict` if there is nothing to accept, and what the disk or the keyring says. Then nothing was accepted.
    pub fn accept(&self) -> Result<Verdict> {
        let mut database = self.journal.database();
        let transaction = begin(&mut database)?;
        let Some(problem) = self.look_at(&transaction)?.problem else {
            return Err(Error::new(Kind::Conflict, ACCEPT, "the journal is as it was written")
                .with_next("There is nothing to do."));
        };
        let because = problem.error.message().to_owned();
        let (_, written) = self.add(transaction, Event::Accepted { because })?;
        self.seal_last(&mut database, written);
        self.look_at(&*begin(&mut database)?)
    }

    /// Ends what a process that was killed between a record and its seal left open: until then its last record could be
    /// cut off unseen. What does not fit stays as it is, and a keyring that does not answer is told of at the next
    /// record.
    pub fn close_seal(&self) {
        let mut database = self.journal.database();
        let Ok(locked) = begin(&mut database) else { return };
        if let Ok(head) = head(&locked)
            && let Ok(Some(text)) = self.seal.read()
            && let Ok(sealed) = Sealed::parse(&text)
            && sealed.is_open()
            && sealed.fits(&head)
            && let Ok(text) = Sealed::after(head).to_text()
        {
            let _ = self.seal.keep(&text);
        }
    }

    /// Wants the write lock: between a record and its seal the two do not belong together.
    fn look_at(&self, locked: &Connection) -> Result<Verdict> {
        let walk = walk(locked)?;
        let problem = match walk.broken_at() {
            Some((at, why)) => Some(Problem { at: Some(at), error: broken(&why) }),
            None => self.follows(locked, walk.head())?.err().map(|error| Problem { at: None, error }),
        };
        let hash = walk.head().hash.clone();
        Ok(Verdict { records: walk.records(), head: hash, persistent: self.seal.persistent(), problem })
    }

    /// Whether a head follows from what was sealed. The outer error is of the keyring or the file.
    pub(super) fn follows(&self, locked: &Connection, head: &Head) -> Result<Result<()>> {
        let was_in_keyring = was_in_keyring(locked)?;
        if was_in_keyring && !self.seal.persistent() {
            return Ok(Err(Error::new(
                Kind::Conflict,
                VERIFY,
                "its head is sealed in the keyring, and no keyring answers here",
            )
            .with_refused_by("this app")
            .with_next("Unlock or start the keyring, then try again; or accept the journal without it.")));
        }
        let Some(text) = self.seal.read()? else {
            let nothing_was_sealed = head.sequence == 0 || !was_in_keyring;
            return Ok(match nothing_was_sealed {
                true => Ok(()),
                false => Err(mismatch("the keyring holds no seal of it any more")),
            });
        };
        Ok(match Sealed::parse(&text) {
            Ok(sealed) if sealed.fits(head) => Ok(()),
            Ok(sealed) => Err(mismatch(&sealed.tells(head))),
            Err(_) => Err(mismatch("the seal in the keyring does not read back")),
        })
    }
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
