//! What this app writes, judged by other hands: OpenSSL, ssh-keygen, Python's cryptography, the Snowflake connector,
//! the library keys-management.
//!
//! `ORACLE_CASES` sets how many random keys are judged (2,000 if it is not set). An oracle that is not there fails the
//! tests; nothing is skipped.

// `allow-unwrap-in-tests` covers test functions only, not the helpers they share.
#![allow(clippy::unwrap_used)]

mod certificates;
mod controls;
mod definitions;
mod forms;
mod hands;
mod keys;
mod logins;
mod material;
mod private;

/// How many random cases all tests of keys have together.
fn cases() -> u32 {
    match std::env::var("ORACLE_CASES") {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("ORACLE_CASES is not a number: {text}")),
        Err(_) => 2000,
    }
}
