//! The provider against a server that answers by script: what a real one does only on its worst days.

// `allow-unwrap-in-tests` covers test functions only, not the helpers they share.
#![allow(clippy::unwrap_used)]

mod bringing;
mod checking;
mod connecting;
mod desk;
mod imported;
mod importing;
mod listing;
mod opening;
mod planning;
mod sending;
mod server;
