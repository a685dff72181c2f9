//! What `crates/policy` says of who may what, against servers that decide it for real.

#![allow(clippy::unwrap_used, reason = "a test ends at the first thing that is not as it should be")]

mod amazon;
mod dice;
mod openbao;
mod proofs;
mod written;
