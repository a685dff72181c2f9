//! Installs the servers and the oracles below `.cache/tests`, once; later runs find that nothing is to be done.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use crate::{Failure, Result};

/// A Python environment of its own: its name below `.cache/tests`, and the file with its exact pins.
struct Environment {
    name: &'static str,
    requirements: &'static str,
}

const ENVIRONMENTS: &[Environment] = &[
    Environment { name: "venv-ministack", requirements: "tests/servers/requirements-ministack.txt" },
    Environment { name: "venv-openbao", requirements: "tests/servers/requirements-openbao.txt" },
    Environment { name: "venv-localstack", requirements: "tests/servers/requirements-localstack.txt" },
    Environment { name: "venv-oracles", requirements: "tests/oracles/requirements.txt" },
];

/// LocalStack's pins were proven on the first; the others are tried in this order where there is no 3.11.
const PYTHONS: &[&str] = &["python3.11", "python3", "python3.12", "python3.10", "python3.13"];

/// Installs everything, and tells `progress` what it does. Needs Python 3 with `venv`, and a way to PyPI and crates.io.
pub fn all(progress: &mut dyn FnMut(&str)) -> Result<()> {
    fakecloud(progress)?;
    ENVIRONMENTS.iter().try_for_each(|environment| environment.install(progress))
}

/// The Python interpreter of the environment for the oracles, for tests that ask Python's `cryptography`.
pub fn oracle_python() -> Result<PathBuf> {
    installed("venv-oracles/bin/python")
}

/// A file below `.cache/tests`, or how to get it.
pub(crate) fn installed(path: &str) -> Result<PathBuf> {
    existing(top().join(".cache/tests").join(path))
}

/// The program that serves fakecloud, or how to get it.
pub(crate) fn fakecloud_host() -> Result<PathBuf> {
    existing(fakecloud_target().join("debug/fakecloud-host"))
}

impl Environment {
    fn install(&self, progress: &mut dyn FnMut(&str)) -> Result<()> {
        let folder = top().join(".cache/tests").join(self.name);
        let wanted = std::fs::read_to_string(top().join(self.requirements))
            .map_err(|error| Failure::new(format!("{}: {error}", self.requirements)))?;
        // The pins themselves are the stamp: exact, and readable when one asks what is installed.
        let stamp = folder.join("installed.txt");
        if std::fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
            progress(&format!("{}: nothing to do", self.name));
            return Ok(());
        }
        let began = Instant::now();
        let python = python()?;
        progress(&format!("{}: installing {} with {python}", self.name, self.requirements));
        run(Command::new(python).args(["-m", "venv", "--clear"]).arg(&folder))?;
        run(Command::new(folder.join("bin/python"))
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "-r"])
            .arg(top().join(self.requirements)))?;
        std::fs::write(stamp, wanted)?;
        progress(&format!("{}: done in {} s", self.name, began.elapsed().as_secs()));
        Ok(())
    }
}

/// Cargo itself knows whether there is something to build.
fn fakecloud(progress: &mut dyn FnMut(&str)) -> Result<()> {
    progress("fakecloud-host: building");
    run(Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--locked", "--quiet", "--manifest-path"])
        .arg(top().join("tests/servers/fakecloud-host/Cargo.toml"))
        .env("CARGO_TARGET_DIR", fakecloud_target()))
}

fn fakecloud_target() -> PathBuf {
    top().join("target/fakecloud-host")
}

fn python() -> Result<&'static str> {
    let answers = |python: &&&str| {
        Command::new(python).args(["-c", "import ensurepip, venv"]).output().is_ok_and(|it| it.status.success())
    };
    PYTHONS.iter().find(answers).copied().ok_or_else(|| {
        Failure::new("there is no Python 3 with venv: on Debian or Ubuntu install python3 and python3-venv")
    })
}

fn run(command: &mut Command) -> Result<()> {
    let words = format!("{command:?}");
    let status = command.status().map_err(|error| Failure::new(format!("{words}: {error}")))?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("{words} failed ({status})"))) }
}

fn existing(path: PathBuf) -> Result<PathBuf> {
    if path.exists() {
        return Ok(path);
    }
    let below = path.strip_prefix(top()).unwrap_or(&path).display();
    Err(Failure::new(format!("{below} is missing: run `cargo run -p claviger-tests --bin install-servers`")))
}

fn top() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
