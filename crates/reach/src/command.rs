//! A command on this computer: an allowed program, without a shell, that gets its values on stdin and has until a deadline.

mod group;
mod permit;

use std::{
    path::{Path, PathBuf},
    pin::pin,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use domain::{Changed, Error, Kind, Result, Secret};
use serde_json::Value;
use tokio::{
    io::AsyncWriteExt,
    process::ChildStdin,
    time::{Instant, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use self::group::{Group, Pipes};
use crate::{
    Limits, Report,
    hidden::Hidden,
    kept::Kept,
    words::{cancelled, tidy, took},
};

pub(crate) const OPERATION: &str = "run the command";

/// After the program's end its pipes are read this long for what it printed last: a child it left behind may hold them
/// open for ever.
const LAST_WORDS: Duration = Duration::from_millis(250);
/// How long a killed program is waited for; one that hangs in a device of the computer cannot be killed at once.
const REAPING: Duration = Duration::from_secs(5);

/// What is run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Command {
    /// The absolute path of the program.
    pub program: PathBuf,
    /// Its arguments, as they are. Every user of the computer can read them: no secret value belongs here.
    pub arguments: Vec<String>,
}

/// How it ended.
enum Ended {
    ByItself(std::io::Result<ExitStatus>),
    Cancelled,
    TooLate,
}

/// Runs `command` once and waits for its end.
///
/// The program must be, symbolic links followed, one of `allowed`, and on Unix nobody but its owner may be able to write
/// it. It runs in its own folder, gets `input` on stdin as one JSON document, and of the environment only `PATH`, `HOME`,
/// `LANG` and `LC_*`. The values of `hidden` are taken out of whatever is told of its output. At the deadline, when
/// cancelled, and when the future is dropped, it is killed together with its process group. A child that it leaves behind
/// when it ends by itself goes on running, but what that prints is no longer read.
///
/// # Errors
/// `Denied`, `Invalid` or `NotFound` before anything ran, if the program may not or cannot be run. `Unexpected` for an exit
/// code other than 0 or an end by a signal; `Interrupted` at the deadline or when cancelled. After those the consumer may
/// have been changed: [`Changed::Unknown`].
pub async fn run(
    command: &Command,
    allowed: &[PathBuf],
    input: &Value,
    hidden: &[&Secret],
    limits: &Limits,
    cancel: &CancellationToken,
) -> Result<Report> {
    let (program, list) = (command.program.clone(), allowed.to_vec());
    let permitted = tokio::task::spawn_blocking(move || permit::permitted(&program, &list));
    let file = permitted.await.map_err(|cause| {
        Error::new(Kind::Unexpected, OPERATION, "the work broke off inside the app; nothing was run").with_source(cause)
    })??;
    if cancel.is_cancelled() {
        return Err(cancelled(OPERATION, "the command", Changed::Nothing));
    }
    // Room enough from the start: a vector that grows leaves its old bytes behind unwiped.
    let mut document = Zeroizing::new(Vec::with_capacity(64 * 1024));
    serde_json::to_writer(&mut *document, input).map_err(|cause| {
        Error::new(Kind::Unexpected, OPERATION, "its input cannot be written as JSON; nothing was run")
            .with_source(cause)
    })?;
    let started = Instant::now();
    let (group, pipes) =
        Group::start(prepared(&file, command)).map_err(|cause| not_started(&command.program, cause))?;
    let mut heard = Heard { output: Kept::new(limits.kept), errors: Kept::new(limits.kept) };
    let ended = heard.until_the_end(group, pipes, &document, started + limits.deadline, cancel).await;

    let hidden = Hidden::new(hidden);
    let (said, complained) = (heard.output.text(&hidden), heard.errors.text(&hidden));
    let time = took(started.elapsed());
    match ended {
        Ended::ByItself(Ok(status)) if status.success() => Ok(Report {
            evidence: format!("exit code 0 after {time}"),
            output: said + &complained,
            bytes: heard.output.bytes() + heard.errors.bytes(),
        }),
        other => Err(failed(&command.program, other, limits, &time, &complained)),
    }
}

/// What a program printed.
struct Heard {
    output: Kept,
    errors: Kept,
}

impl Heard {
    /// Gives the program its document and listens until it has ended or was made to.
    async fn until_the_end(
        &mut self,
        mut group: Group,
        (stdin, stdout, stderr): Pipes,
        document: &[u8],
        deadline: Instant,
        cancel: &CancellationToken,
    ) -> Ended {
        let mut talk = pin!(async {
            tokio::join!(feed(stdin, document), self.output.fill(stdout), self.errors.fill(stderr));
        });
        let mut talking = true;
        let ended = loop {
            tokio::select! {
                biased;
                status = group.ended() => break Ended::ByItself(status),
                () = cancel.cancelled() => break Ended::Cancelled,
                () = sleep_until(deadline) => break Ended::TooLate,
                () = &mut talk, if talking => talking = false,
            }
        };
        if !matches!(ended, Ended::ByItself(_)) {
            group.kill();
            let _ = timeout(REAPING, group.ended()).await;
        }
        if talking {
            let _ = timeout(LAST_WORDS, talk).await;
        }
        ended
    }
}

fn prepared(file: &Path, command: &Command) -> tokio::process::Command {
    let mut prepared = tokio::process::Command::new(file);
    prepared.args(&command.arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // A program with several names goes by the one it was called by.
    #[cfg(unix)]
    prepared.arg0(&command.program);
    if let Some(folder) = file.parent() {
        prepared.current_dir(folder);
    }
    prepared.env_clear().envs(std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(handed_on)));
    prepared
}

/// The variables of the app's environment that a command gets.
fn handed_on(name: &str) -> bool {
    // Hardly a program of Windows starts without the last one.
    matches!(name, "PATH" | "HOME" | "LANG") || name.starts_with("LC_") || (cfg!(windows) && is_windows(name))
}

fn is_windows(name: &str) -> bool {
    name.eq_ignore_ascii_case("PATH") || name.eq_ignore_ascii_case("SystemRoot")
}

/// Writes the document and closes the pipe. A program need not read it.
async fn feed(stdin: Option<ChildStdin>, document: &[u8]) {
    if let Some(mut stdin) = stdin {
        let _ = stdin.write_all(document).await;
        let _ = stdin.shutdown().await;
    }
}

fn not_started(program: &Path, cause: std::io::Error) -> Error {
    Error::new(Kind::Invalid, OPERATION, format!("{} could not be started: {cause}", program.display()))
        .with_next("Check that it is a program for this computer; of a script, its first line. Nothing was run.")
        .with_source(cause)
}

fn failed(program: &Path, ended: Ended, limits: &Limits, time: &str, errors: &str) -> Error {
    let shown = program.display();
    let (kind, message) = match &ended {
        Ended::ByItself(Ok(status)) => (Kind::Unexpected, format!("{shown} ended {} after {time}", by(*status))),
        Ended::ByItself(Err(cause)) => (Kind::Unexpected, format!("the end of {shown} could not be seen: {cause}")),
        Ended::Cancelled => {
            (Kind::Interrupted, format!("{shown} was stopped after {time}, with what it had started, as was asked"))
        }
        Ended::TooLate => {
            let deadline = took(limits.deadline);
            (
                Kind::Interrupted,
                format!("{shown} had not ended after {deadline} and was stopped, with what it had started"),
            )
        }
    };
    let last = errors.lines().map(tidy).rfind(|line| !line.is_empty());
    let message = match last {
        Some(line) => format!("{message}; it last complained: {line}"),
        None => message,
    };
    Error::new(kind, OPERATION, message)
        .with_changed(Changed::Unknown)
        .with_next("How far it came is not known: look at the consumer, then run it again or go on by hand.")
}

fn by(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!("by signal {signal}");
    }
    match status.code() {
        Some(code) => format!("with exit code {code}"),
        None => "in an unknown way".to_owned(),
    }
}
