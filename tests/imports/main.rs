//! Keys on their way from one place to another, on real servers: what leaves is what was there, what arrived is what was
//! sent, and every way in which that fails reads alike whoever refuses. First over the seams of the providers, then whole
//! imports as the window calls them ([`whole`], [`lost`]).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends at the first thing that is not as it should be"
)]

mod amazon;
mod azure;
mod by_hand;
mod carrier;
mod hands;
mod journey;
#[path = "../keyring.rs"]
mod keyring;
mod local;
mod lost;
mod openbao;
mod orders;
#[path = "../person.rs"]
#[expect(dead_code, reason = "a carrier changes no item from outside")]
mod person;
mod whole;
