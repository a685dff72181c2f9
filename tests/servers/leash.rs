//! A server's process on a leash: it and its children end when the leash is dropped, or when the test process dies.

use std::{
    fs::File,
    future::Future,
    net::{SocketAddr, TcpListener},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

use crate::{Failure, Result};

/// Runs the command after it and ends the whole process group when that command ends, or when standard input closes:
/// the test holds the other end, so the kernel closes it however the test ends, and nothing is ever killed by name.
const KEEPER: &str = r#"("$@" </dev/null; kill -KILL 0) & read -r _; kill -KILL 0"#;

/// How long one attempt to reach a server may take, how long to wait before the next, and how many there are: 30 s in
/// all, on a machine where the slowest server takes 2.
const ATTEMPT: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(50);
const ATTEMPTS: u32 = 600;

/// A running server and its folder. Dropping it ends the process group, then removes the folder.
#[derive(Debug)]
pub struct Leash {
    keeper: Child,
    folder: TempDir,
}

impl Leash {
    /// Starts `command` in `folder`, with its output in `folder/log`.
    ///
    /// Of the variables of this process only `PATH` and those set on `command` reach it, and `HOME` is the folder, so
    /// that neither the person's own sign-ins nor their settings leak in.
    pub fn start(command: &Command, folder: TempDir) -> Result<Self> {
        let log = File::create(folder.path().join("log"))?;
        let mut keeper = Command::new("/bin/sh");
        keeper
            .args(["-c", KEEPER, "keeper"])
            .arg(command.get_program())
            .args(command.get_args())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", folder.path())
            .envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))))
            .current_dir(folder.path())
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(log.try_clone()?)
            .stderr(log);
        Ok(Self { keeper: keeper.spawn()?, folder })
    }

    /// The server's own folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Polls `ready` until it says yes. A server that ends before that is reported with the end of its log.
    pub async fn until<F, Fut>(&mut self, name: &str, ready: F) -> Result<()>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = bool>,
    {
        for _ in 0..ATTEMPTS {
            if tokio::time::timeout(ATTEMPT, ready()).await.unwrap_or(false) {
                return Ok(());
            }
            if self.keeper.try_wait()?.is_some() {
                return Err(Failure::new(format!("{name} ended at its start:\n{}", self.end_of_log())));
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(Failure::new(format!("{name} did not become ready:\n{}", self.end_of_log())))
    }

    fn end_of_log(&self) -> String {
        let log = std::fs::read(self.folder().join("log")).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // A keeper that cannot be waited for has ended already.
        let _ = self.keeper.wait();
    }
}

/// A folder below the system's place for temporary files, removed when it is dropped.
pub(crate) fn folder(name: &str) -> Result<TempDir> {
    Ok(tempfile::Builder::new().prefix(&format!("claviger-{name}-")).tempdir()?)
}

/// An address on the loopback interface where nobody listened a moment ago, with `next` further free ports after it.
pub(crate) fn free_address(next: u16) -> Result<SocketAddr> {
    for _ in 0..100 {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let free = |offset| {
            let port = address.port().checked_add(offset);
            port.is_some_and(|port| TcpListener::bind(("127.0.0.1", port)).is_ok())
        };
        if (1..=next).all(free) {
            return Ok(address);
        }
    }
    Err(Failure::new("no free ports on 127.0.0.1"))
}

/// Tries a start again at another address: between finding a free port and listening on it, another process may
/// have taken it.
pub(crate) async fn with_retries<T, F, Fut>(start: F) -> Result<T>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<T>>,
{
    let mut last = Failure::new("never tried");
    for _ in 0..3 {
        match start().await {
            Ok(server) => return Ok(server),
            Err(failure) => last = failure,
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alive(pid: &str) -> bool {
        // A zombie has ended; only its parent has not looked yet.
        std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
    }

    #[tokio::test]
    async fn a_dropped_leash_ends_the_server_and_its_children() {
        let folder = folder("leash").unwrap();
        let path = folder.path().to_owned();
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 600 & echo $! > child; echo $$ > parent; wait"]);
        let mut leash = Leash::start(&command, folder).unwrap();
        let both = || async {
            let read = |name| std::fs::read_to_string(path.join(name)).is_ok_and(|text| text.ends_with('\n'));
            read("child") && read("parent")
        };
        leash.until("the test", both).await.unwrap();
        let pid = |name| std::fs::read_to_string(path.join(name)).unwrap().trim().to_owned();
        let (child, parent) = (pid("child"), pid("parent"));
        assert!(alive(&child) && alive(&parent));
        drop(leash);
        let gone = || !alive(&child) && !alive(&parent);
        for _ in 0..200 {
            if gone() {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        assert!(gone());
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn a_server_that_ends_is_reported_with_its_words() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo no licence >&2; exit 3"]);
        let mut leash = Leash::start(&command, folder("leash").unwrap()).unwrap();
        let failure = leash.until("the server", || async { false }).await.unwrap_err();
        assert!(failure.to_string().contains("no licence"), "{failure}");
    }
}
