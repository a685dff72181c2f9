//! Keys on their way from one place to another, over the seams of the providers, on real servers: what leaves is what was
//! there, and what arrived is what was sent.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends at the first thing that is not as it should be"
)]

mod azure;
mod local;
mod openbao;
mod orders;
