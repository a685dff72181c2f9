//! Writes the files that are generated from the table of commands. `tests/house` fails when they are stale.

use std::process::Command;

use crate::{steps::Outcome, top};

/// What to ask the generator for, and where its answer belongs.
const FILES: [(&[&str], &str); 2] =
    [(&[], "ui/src/host/contract.gen.ts"), (&["capabilities"], "src-tauri/capabilities/main.json")];

pub(crate) fn write() -> Outcome {
    for (arguments, file) in FILES {
        let answer = Command::new("cargo")
            .args(["run", "--quiet", "-p", "contract", "--bin", "bindings", "--"])
            .args(arguments)
            .current_dir(top())
            .output()
            .map_err(|error| format!("cargo could not be started: {error}"))?;
        if !answer.status.success() {
            return Err(format!("{file}: {}", String::from_utf8_lossy(&answer.stderr)));
        }
        std::fs::write(top().join(file), &answer.stdout).map_err(|error| format!("{file}: {error}"))?;
        println!("wrote {file}");
    }
    Ok(())
}
