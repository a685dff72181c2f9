//! Whole destructions, as the window calls them, on real servers: every command through the app, which ends and starts
//! anew over the same home after every single step.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends at the first thing that is not as it should be"
)]

mod amazon;
mod azure;
#[path = "../rotations/consumers.rs"]
#[expect(dead_code, reason = "a destruction asks less of them than a rotation")]
mod consumers;
#[path = "../keyring.rs"]
mod keyring;
mod local;
mod lost;
mod openbao;
#[path = "../person.rs"]
mod person;
mod walk;
