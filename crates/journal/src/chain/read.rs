//! Reading the chain: a page of entries, one order, and the orders that are not settled.

use std::{collections::BTreeMap, sync::PoisonError};

use domain::{OrderId, Record, Result, Stage};
use rusqlite::{Connection, params};

use super::{COLUMNS, Chain, Chained, Link, READ, head, link};
use crate::error::of_sqlite;

/// A part of the journal, newest first.
#[derive(Debug)]
pub struct Page {
    /// All records of an order, oldest first, or one record that is of no order.
    pub entries: Vec<Vec<Chained>>,
    /// Whether there are older ones.
    pub more: bool,
}

/// Orders that were not given up and have fewer verified steps than their plan has steps. What does not read back may
/// be one of them; only its records tell.
const MAYBE_UNSETTLED: &str = "
    SELECT counted.order_id FROM (
        SELECT order_id, min(sequence) AS first, sum(event = 'verified') AS verified FROM change_record
        WHERE order_id IS NOT NULL AND sequence > ?1 GROUP BY order_id HAVING sum(event = 'abandoned') = 0
    ) AS counted JOIN change_record AS intent ON intent.sequence = counted.first
    WHERE NOT json_valid(intent.body)
        OR counted.verified < ifnull(json_array_length(intent.body, '$.event.plan.steps'), counted.verified + 1)
    ORDER BY counted.first";

/// Of which orders there are records after a place.
const WRITTEN_SINCE: &str = "SELECT DISTINCT order_id FROM change_record WHERE order_id IS NOT NULL AND sequence > ?1";

/// What was unsettled when the journal ended at a place.
#[derive(Debug, Default)]
pub(super) struct Unsettled {
    up_to: i64,
    orders: Vec<String>,
}

impl Chain {
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

    /// The orders that are neither finished nor given up, in the order they were written down. What was found settled is
    /// not read again.
    ///
    /// # Errors
    /// `Unexpected` if the file cannot be read.
    pub fn unsettled(&self) -> Result<Vec<OrderId>> {
        let database = self.journal.database();
        let last = head(&database)?.sequence;
        let mut known = self.unsettled.lock().unwrap_or_else(PoisonError::into_inner);
        // A journal that is shorter than before is another one.
        let candidates = match known.up_to > 0 && known.up_to <= last {
            true => [&known.orders[..], &ids(&database, WRITTEN_SINCE, known.up_to)?[..]].concat(),
            false => ids(&database, MAYBE_UNSETTLED, 0)?,
        };
        let mut unsettled = BTreeMap::new();
        for id in candidates {
            let records = of_order(&database, &id)?;
            let first = records.first().map(|first| first.sequence);
            let records: Vec<Record> = records.into_iter().map(|one| one.record).collect();
            // Records that do not fit together are for the verification to tell, and never for a next step.
            if let Some(Stage::Ready(_) | Stage::Out(_)) = Stage::of(&records) {
                unsettled.insert(first, id);
            }
        }
        *known = Unsettled { up_to: last, orders: unsettled.into_values().collect() };
        Ok(known.orders.iter().cloned().map(OrderId).collect())
    }
}

fn ids(database: &Connection, query: &str, since: i64) -> Result<Vec<String>> {
    let of = |cause| of_sqlite(READ, cause);
    let mut statement = database.prepare_cached(query).map_err(of)?;
    statement.query_map([since], |row| row.get(0)).and_then(Iterator::collect).map_err(of)
}

fn of_order(database: &Connection, order: &str) -> Result<Vec<Chained>> {
    let of = |cause| of_sqlite(READ, cause);
    let mut statement = database
        .prepare_cached(&format!("SELECT {COLUMNS} FROM change_record WHERE order_id = ?1 ORDER BY sequence"))
        .map_err(of)?;
    let links: Vec<Link> = statement.query_map([order], link).and_then(Iterator::collect).map_err(of)?;
    // With one record left out, such as a newer Claviger's, the others would tell of another order: one that may go on.
    Ok(links.iter().map(Link::read).collect::<Option<_>>().unwrap_or_default())
}
