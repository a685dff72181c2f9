//! Every way to sign in to Azure, end to end: each gets a token that the vault takes, and what is refused is said in words.
//!
//! Entra and the vault are the fake; it verifies assertions, proofs of codes, and that nothing is used twice.

#![allow(clippy::unwrap_used, reason = "a test ends at the first thing that is not as it should be")]

mod apps;
mod people;
mod person;
mod place;
