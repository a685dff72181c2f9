//! A step goes out only by the right that a journalled order hands out.

fn forge(performed: domain::Performed) -> domain::Sending {
    domain::Sending { performed, secrets: Default::default() }
}

fn main() {}
