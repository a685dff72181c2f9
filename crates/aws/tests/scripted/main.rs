//! The provider against a server that answers by script: what a real one does only on its worst days.

mod connecting;
mod listing;
mod opening;
mod server;
