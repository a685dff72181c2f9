//! Only a plan whose digest was shown becomes a reviewed one.

fn review(plan: domain::Plan) -> domain::Reviewed {
    domain::Reviewed(plan)
}

fn main() {}
