//! A running program with everything it started, which ends with it when we end it: a process group of its own on Unix.
//! On Windows only the program itself is ended.

use std::{io, process::ExitStatus};

use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

/// The program. Dropped while it runs, it is killed with its group.
pub(super) struct Group {
    child: Child,
    /// Its group, until its end was seen: after that the number may be another's.
    #[cfg(unix)]
    group: Option<rustix::process::Pid>,
}

/// Our ends of its pipes.
pub(super) type Pipes = (Option<ChildStdin>, Option<ChildStdout>, Option<ChildStderr>);

impl Group {
    pub(super) fn start(mut command: Command) -> io::Result<(Self, Pipes)> {
        command.kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn()?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        #[cfg(unix)]
        let group = child.id().and_then(|id| rustix::process::Pid::from_raw(id.cast_signed()));
        let group = Self {
            child,
            #[cfg(unix)]
            group,
        };
        Ok((group, pipes))
    }

    /// Waits for the program itself and reaps it; what it left behind goes on. May be given up and called again.
    pub(super) async fn ended(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait().await?;
        #[cfg(unix)]
        {
            self.group = None;
        }
        Ok(status)
    }

    /// Kills the program and all of its group. Does nothing once its end was seen.
    pub(super) fn kill(&mut self) {
        #[cfg(unix)]
        if let Some(group) = self.group {
            // It fails only for a group that is gone.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        #[cfg(not(unix))]
        let _ = self.child.start_kill();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}
