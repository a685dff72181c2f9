//! The evidence sheet: what was known, who said what, and what was sent, as a page that stands alone and for programs.

mod page;

use std::path::{Path, PathBuf};

use contract::{SaveDestructionSheet, Saved, SheetForm};
use destruction::{Destruction, Phase};
use domain::{Error, Kind, Result, Timestamp};
use journal::Chained;
use serde::Serialize;

use super::wire::{last_use, standing};
use crate::wire::order_end;
use crate::{
    App,
    export::save::{Readers, over},
    off_thread,
};

const SAVE: &str = "save the evidence sheet";

/// What the sheet says, in both forms.
#[derive(Serialize)]
struct Sheet {
    title: String,
    written: Timestamp,
    item: Item,
    outcome: String,
    /// What was written when it ended: why the item was kept, or which order destroyed it.
    ended_by: String,
    reason: String,
    rules: Rules,
    evidence: Option<Evidence>,
    acknowledged: Vec<Said>,
    orders: Vec<Order>,
    journal: Journal,
    log: Vec<domain::Log>,
}

#[derive(Serialize)]
struct Item {
    name: String,
    reference: String,
    place: String,
    destruction: String,
    begun: Timestamp,
}

#[derive(Serialize)]
struct Rules {
    window_days: u32,
    soak_days: u32,
    wait_days: u32,
    soak_began: Option<Timestamp>,
    soak_ended: Option<Timestamp>,
    can_be_called_off_until: Option<Timestamp>,
}

#[derive(Serialize)]
struct Evidence {
    at: Timestamp,
    by: String,
    standing: &'static str,
    last_use: &'static str,
    last_use_says: String,
    source: String,
    findings: Vec<Found>,
}

#[derive(Serialize)]
struct Found {
    kind: &'static str,
    says: String,
    source: String,
    in_the_way: bool,
}

#[derive(Serialize)]
struct Said {
    of: String,
    at: Timestamp,
    by: String,
    because: String,
}

#[derive(Serialize)]
struct Order {
    step: &'static str,
    order: String,
    at: Timestamp,
    end: &'static str,
    because: Option<String>,
    records: Vec<Record>,
}

#[derive(Serialize)]
struct Record {
    number: u32,
    sha256: String,
    at: Timestamp,
}

/// The journal when the sheet was written.
#[derive(Serialize)]
struct Journal {
    records: u32,
    head: String,
    whole: bool,
}

impl App {
    /// The evidence sheet of a destruction, where the person says.
    ///
    /// # Errors
    /// `NotFound` if there is no such destruction; `Unexpected` if the file cannot be written.
    pub async fn save_destruction_sheet(&self, request: SaveDestructionSheet) -> Result<Saved> {
        let text = self.destruction_sheet(&request.destruction, request.form).await?;
        let ending = match request.form {
            SheetForm::Html => "html",
            SheetForm::Json => "json",
        };
        let name = format!("destruction-{}.{ending}", request.destruction);
        let Some(path) = self.0.desktop.choose_file(&name).await? else { return Ok(Saved { paths: Vec::new() }) };
        self.write_sheet(path, text).await
    }

    /// The same where the command line says: in a new file only, since nobody is asked.
    ///
    /// # Errors
    /// `Conflict` if the file is there already; else as [`App::save_destruction_sheet`].
    pub async fn save_destruction_sheet_as(&self, request: SaveDestructionSheet, path: &Path) -> Result<Saved> {
        let text = self.destruction_sheet(&request.destruction, request.form).await?;
        let path = path.to_owned();
        off_thread(move || {
            crate::export::save::new(&path, text.as_bytes(), Readers::Everybody)?;
            Ok(Saved { paths: vec![path.display().to_string()] })
        })
        .await
    }

    async fn write_sheet(&self, path: PathBuf, text: String) -> Result<Saved> {
        off_thread(move || {
            over(&path, text.as_bytes(), Readers::Everybody)?;
            Ok(Saved { paths: vec![path.display().to_string()] })
        })
        .await
    }

    /// The text of the evidence sheet.
    ///
    /// # Errors
    /// `NotFound` if there is no such destruction; what the journal says.
    pub async fn destruction_sheet(&self, destruction: &str, form: SheetForm) -> Result<String> {
        let of = self.destruction(destruction).await?.destruction;
        let chain = self.0.chain.clone();
        let orders: Vec<_> = of.orders.iter().map(|order| order.order.clone()).collect();
        let (records, verdict) = off_thread(move || {
            let records: Result<Vec<Vec<Chained>>> = orders.iter().map(|order| chain.order(order)).collect();
            Ok((records?, chain.verify()?))
        })
        .await?;
        let journal = Journal { records: verdict.records, head: verdict.head, whole: verdict.problem.is_none() };
        let sheet = sheet(&of, &records, journal);
        match form {
            SheetForm::Html => Ok(page::page(&sheet)),
            SheetForm::Json => serde_json::to_string_pretty(&sheet)
                .map_err(|cause| Error::new(Kind::Unexpected, SAVE, "it could not be written down").with_source(cause)),
        }
    }
}

fn sheet(of: &Destruction, records: &[Vec<Chained>], journal: Journal) -> Sheet {
    Sheet {
        title: format!("Destruction of {}", of.name),
        written: Timestamp::now(),
        item: Item {
            name: of.name.clone(),
            reference: of.reference.clone(),
            place: of.place.clone(),
            destruction: of.id.0.clone(),
            begun: of.begun,
        },
        outcome: outcome(of),
        ended_by: of.ended.as_ref().map(|moment| moment.evidence.clone()).unwrap_or_default(),
        reason: of.settings.reason.clone(),
        rules: Rules {
            window_days: of.settings.window_days,
            soak_days: of.settings.soak_days,
            wait_days: of.settings.wait_days,
            soak_began: of.watched.as_ref().map(|moment| moment.at),
            soak_ended: of.soaks_until(),
            can_be_called_off_until: of.scheduled.as_ref().and_then(|scheduled| scheduled.until),
        },
        evidence: of.evidence.as_ref().map(|seen| evidence(of, seen)),
        acknowledged: of
            .acknowledged
            .iter()
            .map(|said| Said {
                of: said.says.clone(),
                at: said.moment.at,
                by: said.moment.actor.clone(),
                because: said.moment.evidence.clone(),
            })
            .collect(),
        orders: of.orders.iter().zip(records).map(|(order, records)| order_of(order, records)).collect(),
        journal,
        log: of.log.clone(),
    }
}

fn evidence(of: &Destruction, seen: &destruction::Evidence) -> Evidence {
    let (word, says, _) = last_use(&seen.last_use);
    let unknown = seen.in_the_way(of.window_begins(seen.at));
    let unknown = unknown.iter().filter(|finding| finding.kind == destruction::FindingKind::Use);
    let found = |finding: &destruction::Finding| Found {
        kind: finding.kind.word(),
        says: finding.says.clone(),
        source: finding.source.clone(),
        in_the_way: finding.kind.blocks(),
    };
    Evidence {
        at: seen.at,
        by: seen.actor.clone(),
        standing: standing(seen.standing),
        last_use: word,
        last_use_says: says,
        source: seen.source.clone(),
        findings: unknown.chain(&seen.findings).map(found).collect(),
    }
}

fn order_of(order: &destruction::DestructionOrder, records: &[Chained]) -> Order {
    let (word, because) = order_end(order.end.as_ref());
    let record = |one: &Chained| Record { number: one.sequence, sha256: one.hash.clone(), at: one.record.at };
    Order {
        step: order.step.word(),
        order: order.order.0.clone(),
        at: order.at,
        end: word,
        because,
        records: records.iter().map(record).collect(),
    }
}

fn outcome(of: &Destruction) -> String {
    let ended = |what: &str| match &of.ended {
        Some(moment) => format!("{what} ({}, {}).", moment.at.strftime("%Y-%m-%d %H:%M UTC"), moment.actor),
        None => format!("{what}."),
    };
    match of.phase {
        Phase::Done => ended("The item is destroyed"),
        Phase::Kept => ended("The item was kept"),
        Phase::Waiting => "The destruction is ordered, and can still be called off.".to_owned(),
        Phase::Evidence | Phase::Disable | Phase::Soak | Phase::Schedule => {
            format!("It is under way, at \"{}\": nothing is destroyed yet.", of.phase.word())
        }
    }
}
