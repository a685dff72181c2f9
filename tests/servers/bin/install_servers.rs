//! Installs the servers and the oracles that the tests need: `cargo run -p claviger-tests --bin install-servers`.

use std::process::ExitCode;

fn main() -> ExitCode {
    match servers::install::all(&mut |line| println!("{line}")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("install-servers: {failure}");
            ExitCode::FAILURE
        }
    }
}
