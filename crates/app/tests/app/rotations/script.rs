//! Programs that a consumer is told by: shell scripts, each in a folder of its own.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use contract::{AllowedCommands, ConsumerWire, TellWire};

use super::{Rotated, by_hand};

pub(super) struct Script {
    folder: tempfile::TempDir,
    pub(super) path: PathBuf,
}

impl Script {
    /// Another process writes it: a file that this one holds open while another test starts a program cannot be run.
    pub(super) fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap().join("tell");
        let mut writer = Command::new("/bin/sh")
            .args(["-c", "umask 077; cat > \"$0\"; chmod 700 \"$0\""])
            .arg(&path)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        writer.stdin.take().unwrap().write_all(format!("#!/bin/sh\n{text}\n").as_bytes()).unwrap();
        assert!(writer.wait().unwrap().success());
        Self { folder, path }
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn program(&self) -> String {
        self.path.display().to_string()
    }

    /// A consumer that is told by it.
    pub(super) fn tells(&self, name: &str, arguments: &[&str]) -> ConsumerWire {
        let arguments = arguments.iter().map(|one| (*one).to_owned()).collect();
        ConsumerWire { tell: TellWire::Command { program: self.program(), arguments }, ..by_hand(name) }
    }
}

impl Rotated {
    pub(super) async fn allow(&self, programs: Vec<String>) {
        allow(self.app(), programs).await;
    }
}

pub(super) async fn allow(app: &app::App, programs: Vec<String>) {
    app.set_allowed_commands(AllowedCommands { programs }).await.unwrap();
}
