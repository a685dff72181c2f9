//! End to end: the built app in a real window, driven as a person would, on real servers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends at the first thing that is not as it should be"
)]

mod accessibility;
mod amazon;
mod azure;
mod azure_shell;
mod changes;
mod desktop;
mod destructions;
mod first_run;
mod imports;
mod journey;
mod keyboard;
mod keyring;
mod many;
#[path = "../memory.rs"]
mod memory;
mod open;
mod oracle;
mod page;
mod policies;
mod restart;
mod reveal;
mod rotations;
mod save;
mod shell;
mod shell_changes;
mod shell_destructions;
mod shell_imports;
mod shell_policies;
mod shell_rotations;
mod snowflake;
mod untrusted;
mod vault;
