//! An order hands the right out once; the next one comes with the next step.

use std::sync::Arc;

fn twice(ledger: &dyn domain::Ledger, order: domain::Order) {
    let _ = order.send(ledger, Arc::default());
    let _ = order.send(ledger, Arc::default());
}

fn main() {}
