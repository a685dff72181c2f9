//! There is no second right for the same step.

fn copy(sending: &domain::Sending) -> domain::Sending {
    sending.clone()
}

fn main() {}
