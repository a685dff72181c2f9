//! Keys on their way from one place to another, on real servers: made to wait, wrapped, brought, proven; and every way in
//! which that fails, in the same words whoever refuses. What leaves is what was there, and what arrived is what was sent.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends at the first thing that is not as it should be"
)]

mod amazon;
mod azure;
mod by_hand;
mod hands;
mod journey;
#[path = "../keyring.rs"]
mod keyring;
mod local;
mod openbao;
mod orders;
