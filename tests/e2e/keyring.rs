//! A kept secret lies in the operating system's keyring and nowhere else: with a real Secret Service on a bus of its own.

use std::{
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use crate::desktop::{application, environment};

const PASSPHRASE: &str = "correct horse battery staple";

/// Opens a keyring on the session's bus, then runs what follows.
const WITH_KEYRING: &str = r#"
    eval "$(printf 'keyring-password' | gnome-keyring-daemon --unlock --components=secrets 2>/dev/null)"
    exec sh -c "$0"
"#;

#[test]
fn a_kept_secret_outlives_the_command_and_is_forgotten_with_its_connection() {
    let folder = tempfile::TempDir::new().unwrap();
    let answer = shell(
        folder.path(),
        Some(WITH_KEYRING),
        r#"
        "$APP" connect local --name kept --file "$HOME/kept.keystore" --keep &&
        "$APP" ls --json | wc -l &&
        "$APP" connections --json &&
        "$APP" disconnect kept &&
        "$APP" connect local --name kept --file "$HOME/kept.keystore" --no-check < /dev/null
        "#,
    );
    let said = String::from_utf8_lossy(&answer.stdout);
    assert!(said.contains("\"secrets\":\"keyring\""), "{said}{}", String::from_utf8_lossy(&answer.stderr));
    assert!(said.lines().any(|line| line.trim() == "15"), "all of the practice items: {said}");
    // Nothing is left of it after the connection was removed: it would have to be given again.
    assert_eq!(answer.status.code(), Some(3), "{said}{}", String::from_utf8_lossy(&answer.stderr));
    for entry in walk(&folder.path().join("claviger")) {
        let bytes = std::fs::read(&entry).unwrap();
        let found = bytes.windows(PASSPHRASE.len()).any(|window| window == PASSPHRASE.as_bytes());
        assert!(!found, "{} holds the passphrase", entry.display());
    }
}

#[test]
fn without_a_keyring_nothing_can_be_kept_and_it_is_said() {
    let folder = tempfile::TempDir::new().unwrap();
    let answer = shell(folder.path(), None, r#""$APP" connect local --name x --file "$HOME/x.keystore" --keep"#);
    assert_eq!(answer.status.code(), Some(10));
    let said = String::from_utf8_lossy(&answer.stderr);
    assert!(said.contains("no keyring") && said.contains("Nothing was changed."), "{said}");
    assert!(!folder.path().join("home/x.keystore").exists(), "a keystore was made all the same");
}

/// Runs `script` with the app as `$APP` and the passphrase on standard input, on a bus of its own if it is `within`
/// something that needs one.
fn shell(folder: &Path, within: Option<&str>, script: &str) -> Output {
    let mut command = match within {
        Some(within) => {
            let mut command = Command::new("dbus-run-session");
            command.args(["--", "sh", "-c", within, script]);
            command
        }
        None => {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            command
        }
    };
    let runtime = folder.join("runtime");
    std::fs::create_dir_all(&runtime).unwrap();
    let mut child = command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(environment(folder))
        .env("XDG_RUNTIME_DIR", &runtime)
        .env("APP", application())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("dbus-run-session and gnome-keyring: install dbus and gnome-keyring");
    child.stdin.take().unwrap().write_all(PASSPHRASE.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}
