//! Composes the core with this computer (keyring, clipboard, dialogs), then opens the window or runs one command.
//!
//! No arguments open the window; `claviger open REF` opens it at an item; every other command runs in the shell and
//! ends. Both use the same core, so they show the same.

mod bind;
mod cli;
mod clipboard;
mod desktop;
mod home;
mod keychain;
mod log;
mod page;
mod print;
mod window;

use std::{alloc::System, process::ExitCode};

use clap::Parser;
use zeroizing_alloc::ZeroAlloc;

/// Wipes every block of memory that is freed: an exported key passes through the buffers of HTTP and TLS, which do not.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    window::refuse_automation();
    let arguments = cli::Arguments::parse();
    let Some(home) = home::folder() else {
        eprintln!("claviger: there is no home folder to keep state in.\nNext: set CLAVIGER_HOME to a folder of yours.");
        return ExitCode::FAILURE;
    };
    let _log = log::write_to(&home);
    match arguments.command {
        None => window::open(home, None),
        Some(cli::Command::Open { reference }) => window::open(home, Some(reference)),
        Some(command) => cli::run(home, command),
    }
}
