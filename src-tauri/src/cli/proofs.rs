//! What callers have to bring, in the shell: of one item, or over all of them. Reads only.

use std::sync::{Arc, Mutex};

use app::App;
use clap::Args;
use contract::{CopyableEvent, CopyableRow, OpenItem, ProofWire, WatchCopyable, WireError};
use domain::{Error, Kind, Result};

use super::listed;
use crate::print::{self, policies::Unread};

/// Of what the callers are graded.
#[derive(Args, Debug)]
pub(crate) struct Proofs {
    /// The item's reference or address
    #[arg(value_name = "REF", required_unless_present = "all", conflicts_with = "all")]
    reference: Option<String>,
    /// Every item of every connection
    #[arg(long)]
    all: bool,
    /// Only what is as weak as this or weaker: anonymous, copyable, network, role, workload, attested. With --all it is
    /// copyable if nothing is said
    #[arg(long, value_name = "GRADE", value_parser = GRADES)]
    weakest: Option<String>,
    /// As JSON; with --all one object a line
    #[arg(long)]
    pub(super) json: bool,
}

/// The weakest first.
const GRADES: [&str; 6] = ["anonymous", "copyable", "network", "role", "workload", "attested"];

/// What a watch has told so far.
#[derive(Default)]
struct Told {
    rows: Vec<CopyableRow>,
    unread: Vec<Unread>,
    failed: Vec<(String, WireError)>,
    looked_at: u32,
}

impl Told {
    fn take(&mut self, event: CopyableEvent) {
        match event {
            CopyableEvent::Rows { rows } => self.rows.extend(rows),
            CopyableEvent::Unread { reference, says } => self.unread.push(Unread { reference, says }),
            CopyableEvent::ConnectionFailed { connection, error } => self.failed.push((connection, error)),
            CopyableEvent::Progress { done, total: _ } => self.looked_at = done,
            CopyableEvent::Finished { .. } => {}
        }
    }
}

/// Grades the callers of one item or of all.
pub(super) async fn proofs(app: &App, asked: Proofs) -> Result<(), WireError> {
    let Some(reference) = asked.reference else { return of_all(app, asked.weakest, asked.json).await };
    let mut told = app.proofs(OpenItem { reference }).await?;
    if let Some(weakest) = &asked.weakest {
        told.proofs.retain(|proof| is_as_weak(proof, weakest));
    }
    Ok(print::policies::proofs(&told, asked.json)?)
}

fn is_as_weak(proof: &ProofWire, weakest: &str) -> bool {
    let place = |word: &str| GRADES.iter().position(|grade| *grade == word);
    place(&proof.grade) <= place(weakest)
}

/// Lists everything anew first: what is new at a place would else be missing.
async fn of_all(app: &App, grade: Option<String>, json: bool) -> Result<(), WireError> {
    let listing = listed(app, Vec::new()).await?;
    let told = Arc::new(Mutex::new(Told::default()));
    let sink = {
        let told = Arc::clone(&told);
        move |event| {
            if let Ok(mut told) = told.lock() {
                told.take(event);
            }
            true
        }
    };
    let request = WatchCopyable { operation: "proofs".into(), connections: Vec::new(), grade };
    app.watch_copyable(request, &sink).await?;
    let mut told =
        told.lock().map_err(|_| Error::new(Kind::Unexpected, "grade the callers", "the search broke off"))?;
    // What could not be listed has been told by the list already, and by the search once more.
    let mut gaps = listing.gaps();
    let known = |connection: &str| gaps.iter().any(|gap| gap.vault.is_none() && gap.connection == connection);
    let failed = std::mem::take(&mut told.failed);
    let new: Vec<_> = failed.iter().filter(|(connection, _)| !known(connection)).collect();
    gaps.extend(new.into_iter().map(|(connection, error)| print::Gap {
        connection,
        vault: None,
        reference: None,
        error,
    }));
    print::policies::copyable(&told.rows, &told.unread, &gaps, json)?;
    match gaps.first() {
        Some(gap) if told.looked_at == 0 => Err(gap.error.clone()),
        _ => Ok(()),
    }
}
