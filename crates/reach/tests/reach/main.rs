//! Commands that are really run and servers that really listen: each test is a way in which a consumer answers badly.

#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "clippy's own leave for tests does not reach the helpers beside them"
)]

mod command;
mod endpoint;
mod permit;
mod script;
mod server;
mod webhook;
