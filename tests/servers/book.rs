//! A journal in memory, for tests that carry a change out without the app.

use std::sync::{Mutex, PoisonError};

use domain::{Event, Ledger, OrderId, Record, Result, Timestamp};

/// Keeps what is appended, in its order.
#[derive(Default)]
pub struct Book(Mutex<Vec<Record>>);

impl Ledger for Book {
    fn append(&self, event: Event) -> Result<Record> {
        let record = Record { at: Timestamp::now(), event };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(record.clone());
        Ok(record)
    }

    fn history(&self, order: &OrderId) -> Result<Vec<Record>> {
        let records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(records.iter().filter(|record| record.event.order() == Some(order)).cloned().collect())
    }
}
