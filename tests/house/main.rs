//! The house inspects itself: the law of floors, charters, sizes, the wire and the window. One file a subject.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends at the first thing that is not as it should be"
)]

mod changes;
mod files;
mod law;
mod tree;
mod window;
mod wire;
