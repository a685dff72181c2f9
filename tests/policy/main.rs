//! What the crate `policy` says of a policy, against what real servers do with it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends at the first thing that is not as it should be"
)]

mod amazon;
mod dice;
mod openbao;
mod written;
