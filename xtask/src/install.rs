//! What the steps need and how to get it, with the Debian names. Elsewhere the step says what is missing.

use std::{path::Path, process::Command};

use crate::{steps::Step, top};

/// What building the app takes.
const BUILD_PACKAGES: &[&str] =
    &["build-essential", "dbus", "libgtk-3-dev", "librsvg2-dev", "libwebkit2gtk-4.1-dev", "pkg-config"];

/// What the tests take beside that: a display, a WebDriver, a keyring, tools to look with, and the oracles.
const TEST_PACKAGES: &[&str] = &[
    "fonts-dejavu-core",
    "gnome-keyring",
    "openssh-client",
    "openssl",
    "python3-venv",
    "webkit2gtk-driver",
    "xauth",
    "xclip",
    "xdotool",
    "xvfb",
];

/// The licence checker, built from its source since there is no package of it.
const CARGO_DENY: &str = "0.20.2";

pub(crate) fn system() -> Step {
    packages("system packages", BUILD_PACKAGES).unless(|| all_installed(BUILD_PACKAGES))
}

pub(crate) fn test_system() -> Step {
    packages("test packages", TEST_PACKAGES).unless(|| all_installed(TEST_PACKAGES))
}

/// The window's npm packages, exactly as locked.
pub(crate) fn window() -> Step {
    Step::new("window packages", "npm").args(["ci", "--no-audit", "--no-fund"]).within("ui").unless(|| {
        // npm writes this file last; a lock file that is newer has changed since.
        let age = |path: &str| top().join(path).metadata().and_then(|file| file.modified()).ok();
        age("ui/node_modules/.package-lock.json") > age("ui/package-lock.json")
    })
}

pub(crate) fn cargo_deny() -> Step {
    Step::new("cargo-deny", "cargo")
        .args(["install", "cargo-deny", "--version", CARGO_DENY, "--locked", "--debug", "--root", ".cache/tools"])
        .env("CARGO_TARGET_DIR", top().join("target/tools").to_string_lossy())
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        .unless(|| {
            let tool = top().join(".cache/tools/bin/cargo-deny");
            let answer = Command::new(tool).arg("--version").output();
            answer.is_ok_and(|answer| String::from_utf8_lossy(&answer.stdout).contains(CARGO_DENY))
        })
}

/// The real servers and the oracles, into `.cache/tests`.
pub(crate) fn test_servers() -> Step {
    Step::new("test servers", "cargo").args(["run", "-p", "claviger-tests", "--bin", "install-servers"])
}

fn packages(name: &'static str, packages: &[&str]) -> Step {
    let list = packages.join(" ");
    let script = format!(
        "command -v apt-get >/dev/null || {{ echo 'Install the equivalent of these Debian packages: {list}' >&2; exit 1; }}\n\
         sudo=; [ \"$(id -u)\" = 0 ] || sudo=sudo\n\
         $sudo apt-get update -qq && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends {list}"
    );
    Step::new(name, "sh").args(["-c", &script])
}

fn all_installed(packages: &[&str]) -> bool {
    // Where there is no dpkg the libraries may still be there; the build will tell by name what is not.
    if !Path::new("/usr/bin/dpkg-query").exists() {
        return std::env::consts::OS != "linux";
    }
    packages.iter().all(|package| {
        Command::new("dpkg-query")
            .args(["-W", "-f=${db:Status-Status}", package])
            .output()
            .is_ok_and(|answer| answer.stdout == b"installed")
    })
}
