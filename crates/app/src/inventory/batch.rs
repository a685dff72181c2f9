//! Rows leave in batches of at most 200 or 16 milliseconds, whichever comes first; everything else at once, in order.

use std::time::Duration;

use contract::{InventoryEvent, ItemRow};
use tokio::time::Instant;

use crate::Sink;

const LARGEST: usize = 200;
/// One frame of a screen.
const LONGEST: Duration = Duration::from_millis(16);

pub(super) struct Batch<'a> {
    sink: &'a Sink<InventoryEvent>,
    rows: Vec<ItemRow>,
    due: Option<Instant>,
    closed: bool,
}

impl<'a> Batch<'a> {
    pub(super) fn new(sink: &'a Sink<InventoryEvent>) -> Self {
        Self { sink, rows: Vec::new(), due: None, closed: false }
    }

    /// Whether the sink takes no more.
    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    pub(super) fn take(&mut self, event: InventoryEvent) {
        match event {
            InventoryEvent::Rows { rows } => {
                for row in rows {
                    self.rows.push(row);
                    self.due.get_or_insert_with(|| Instant::now() + LONGEST);
                    if self.rows.len() >= LARGEST {
                        self.flush();
                    }
                }
            }
            other @ (InventoryEvent::ConnectionFailed { .. }
            | InventoryEvent::Finished { .. }
            | InventoryEvent::Gone { .. }
            | InventoryEvent::Vault { .. }) => {
                // A vault's state is only true once its rows are there.
                self.flush();
                self.send(other);
            }
        }
    }

    /// Ends when the rows that wait have waited long enough; never while none waits.
    pub(super) async fn due(&self) {
        match self.due {
            Some(due) => tokio::time::sleep_until(due).await,
            None => std::future::pending().await,
        }
    }

    pub(super) fn flush(&mut self) {
        self.due = None;
        if !self.rows.is_empty() {
            let rows = std::mem::take(&mut self.rows);
            self.send(InventoryEvent::Rows { rows });
        }
    }

    fn send(&mut self, event: InventoryEvent) {
        self.closed = self.closed || !(self.sink)(event);
    }
}
