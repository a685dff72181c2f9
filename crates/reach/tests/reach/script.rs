//! Shell scripts in a folder of their own, and the end of what they started as something that can be awaited.

use std::{
    io::{Read, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command as Process, Stdio},
    sync::mpsc,
    time::Duration,
};

use domain::{Error, Result};
use reach::{Limits, Report, command};
use serde_json::Value;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// Long enough for a slow computer; a test that waits this long has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A script, alone in its folder.
pub(crate) struct Script {
    folder: TempDir,
    pub(crate) path: PathBuf,
}

impl Script {
    /// Writes `text` as a shell script with mode 0700. Another process writes it: a file that this one holds open while
    /// another test forks cannot be executed ("text file busy").
    pub(crate) fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap().join("script");
        let mut writer = Process::new("/bin/sh")
            .args(["-c", "umask 077; cat > \"$0\"; chmod 700 \"$0\""])
            .arg(&path)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        writer.stdin.take().unwrap().write_all(format!("#!/bin/sh\n{text}\n").as_bytes()).unwrap();
        assert!(writer.wait().unwrap().success());
        Self { folder, path }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn mode(&self, mode: u32) {
        std::fs::set_permissions(&self.path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> command::Command {
        let arguments = arguments.iter().map(|&text| text.to_owned()).collect();
        command::Command { program: self.path.clone(), arguments }
    }

    /// Runs it, allowed, with `input`, for no longer than `deadline`.
    pub(crate) async fn run(&self, arguments: &[&str], input: &Value, deadline: Duration) -> Result<Report> {
        let limits = Limits { deadline, ..Limits::COMMAND };
        let (command, list, cancel) = (self.command(arguments), [self.path.clone()], CancellationToken::new());
        let run = command::run(&command, &list, input, &[], &limits, &cancel);
        tokio::time::timeout(PATIENCE * 2, run).await.expect("it hangs past its deadline")
    }

    pub(crate) async fn fails(&self, arguments: &[&str], deadline: Duration) -> Error {
        self.run(arguments, &Value::Null, deadline).await.unwrap_err()
    }
}

/// A named pipe whose writers are processes: its reader sees its end when the last of them is gone.
pub(crate) struct Lifeline {
    path: PathBuf,
    read: mpsc::Receiver<String>,
}

impl Lifeline {
    pub(crate) fn new(folder: &Path) -> Self {
        let path = folder.join("lifeline");
        assert!(Process::new("mkfifo").arg(&path).status().unwrap().success());
        let (tell, read) = mpsc::channel();
        let pipe = path.clone();
        std::thread::spawn(move || {
            let mut file = std::fs::File::open(pipe).unwrap();
            let mut first = Vec::new();
            let mut byte = [0];
            while file.read(&mut byte).unwrap() == 1 && byte != *b"\n" {
                first.push(byte[0]);
            }
            let _ = tell.send(String::from_utf8(first).unwrap());
            let mut rest = String::new();
            file.read_to_string(&mut rest).unwrap();
            let _ = tell.send(rest);
        });
        Self { path, read }
    }

    pub(crate) fn path(&self) -> &str {
        self.path.to_str().unwrap()
    }

    /// The first line that was written: what holds the pipe is alive.
    pub(crate) fn first_line(&self) -> String {
        self.read.recv_timeout(PATIENCE).expect("nothing was written")
    }

    /// Whether every process that held the pipe is gone, or is within `time`.
    pub(crate) fn ends_within(&self, time: Duration) -> bool {
        self.read.recv_timeout(time).is_ok()
    }
}
