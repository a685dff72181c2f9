//! The journal as a person reads it: orders and what became of them, and whether the chain is whole.

mod entry;
mod filter;

use contract::{ChainWire, JournalEntry, JournalPage, ListJournal, Nothing, OrderWire, Saved, WireError};
use domain::{Error, Kind, OrderId, Result};
use journal::{Chained, ExportFile, Verdict};

use crate::{App, off_thread};
use filter::Filter;

/// Entries of a page, if nothing is said.
const PAGE: u32 = 200;
/// Entries that are read at a time while a filter looks for more.
const READ: u32 = 500;

impl App {
    /// A page of the journal, newest first.
    ///
    /// # Errors
    /// `Unexpected` if Claviger's file cannot be read.
    pub async fn list_journal(&self, request: ListJournal) -> Result<JournalPage> {
        let app = self.clone();
        off_thread(move || {
            let filter = Filter::parse(&request.filter, request.reference);
            let limit = request.limit.unwrap_or(PAGE).clamp(1, READ) as usize;
            let (mut entries, mut before, mut more) = (Vec::new(), request.before, true);
            while more && entries.len() <= limit {
                let page = app.0.chain.page(before, READ)?;
                let last = page.entries.last().and_then(|records| records.first());
                // Where a whole page is of a newer Claviger, nothing says where the next one begins.
                more = page.more && last.is_some();
                before = last.map(|first| first.sequence);
                for records in page.entries {
                    entries.extend(app.entry(&records)?.filter(|entry| filter.fits(entry)));
                }
            }
            let more = more || entries.len() > limit;
            entries.truncate(limit);
            Ok(JournalPage { entries, more, unsettled: app.count_unsettled()? })
        })
        .await
    }

    /// Whether the journal is as it was written.
    ///
    /// # Errors
    /// What the file or the keyring says if they cannot be read.
    pub async fn verify_journal(&self, _: Nothing) -> Result<ChainWire> {
        let chain = self.0.chain.clone();
        off_thread(move || chain.verify().map(verdict)).await
    }

    /// Goes on from a journal that does not follow from what was sealed.
    ///
    /// # Errors
    /// `Conflict` if there is nothing to accept, and what the file or the keyring says.
    pub async fn accept_journal(&self, _: Nothing) -> Result<ChainWire> {
        let chain = self.0.chain.clone();
        off_thread(move || chain.accept().map(verdict)).await
    }

    /// The journal for an auditor, saved in a folder that the person chooses.
    ///
    /// # Errors
    /// `Unexpected` if a file cannot be read or written.
    pub async fn export_journal(&self, _: Nothing) -> Result<Saved> {
        let Some(folder) = self.0.desktop.choose_folder().await? else { return Ok(Saved { paths: Vec::new() }) };
        let files = self.journal_files().await?;
        off_thread(move || {
            let mut paths = Vec::new();
            for (name, bytes) in files {
                let path = folder.join(name);
                std::fs::write(&path, bytes).map_err(|cause| {
                    Error::new(Kind::Unexpected, "export the journal", format!("{}: {cause}", path.display()))
                        .with_next("Check the folder and the space on the disk, then export again.")
                        .with_source(cause)
                })?;
                paths.push(path.display().to_string());
            }
            Ok(Saved { paths })
        })
        .await
    }

    /// The journal for an auditor, as names and contents.
    ///
    /// # Errors
    /// `Unexpected` if Claviger's file cannot be read.
    pub async fn journal_files(&self) -> Result<Vec<(&'static str, Vec<u8>)>> {
        let chain = self.0.chain.clone();
        let files = off_thread(move || chain.export()).await?;
        Ok(files.into_iter().map(|ExportFile { name, bytes }| (name, bytes)).collect())
    }

    /// One order as it stands now.
    pub(crate) async fn order_wire(&self, id: &OrderId) -> Result<OrderWire> {
        let (app, id) = (self.clone(), id.clone());
        off_thread(move || match app.entry(&app.0.chain.order(&id)?)? {
            Some(JournalEntry::Order { order }) => Ok(*order),
            Some(JournalEntry::Accepted { .. } | JournalEntry::Told { .. } | JournalEntry::WriteMode { .. }) | None => {
                Err(Error::new(Kind::NotFound, "read the order", format!("the journal has no order {id}")))
            }
        })
        .await
    }

    fn entry(&self, records: &[Chained]) -> Result<Option<JournalEntry>> {
        entry::of(records, |id| self.0.chain.is_held(id))
    }

    fn count_unsettled(&self) -> Result<u32> {
        let mut count = 0;
        for id in self.0.chain.unsettled()? {
            // What is being carried out right now is on its way to be settled.
            count += u32::from(!self.0.chain.is_held(&id)?);
        }
        Ok(count)
    }
}

fn verdict(verdict: Verdict) -> ChainWire {
    let Verdict { records, head, persistent, problem } = verdict;
    ChainWire {
        sound: problem.is_none(),
        records,
        head,
        seal: if persistent { "keyring" } else { "memory" }.to_owned(),
        at: problem.as_ref().and_then(|problem| problem.at),
        problem: problem.map(|problem| WireError::from(&problem.error)),
    }
}
