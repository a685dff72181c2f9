//! An order is a plan that was read: a plan alone is not enough.

fn write(ledger: &dyn domain::Ledger, plan: domain::Plan) {
    let _ = domain::Order::write_down(ledger, domain::OrderId(String::new()), "prod", "its place", "maria", plan);
}

fn main() {}
