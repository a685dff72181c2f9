//! Whole rotations, as the window calls them, on real servers: every command through the app, which ends and starts
//! anew over the same home after every single step.
//!
//! What the consumers hold is kept by models that know nothing of the app (`servers::SnowflakeUser`, `servers::Published`). After every
//! step they are asked whether what signs now is accepted by all of them. [`openbao`] has the run of a careless person,
//! which must not pass.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends at the first thing that is not as it should be"
)]

mod amazon;
mod azure;
mod consumers;
mod elsewhere;
mod hands;
mod in_place;
#[path = "../keyring.rs"]
mod keyring;
mod local;
mod lost;
mod openbao;
#[path = "../person.rs"]
mod person;
mod renewed;
mod walk;
