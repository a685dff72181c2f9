//! The log: daily files beside the state. `CLAVIGER_LOG` says how much Claviger's own crates write there.

use std::{ffi::OsStr, path::Path};

use tracing::{Level, Subscriber};
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::{
    Layer, Registry, filter::filter_fn, fmt::MakeWriter, layer::SubscriberExt, util::SubscriberInitExt,
};

const VARIABLE: &str = "CLAVIGER_LOG";
const LEVELS: [(&str, Level); 5] = [
    ("error", Level::ERROR),
    ("warn", Level::WARN),
    ("info", Level::INFO),
    ("debug", Level::DEBUG),
    ("trace", Level::TRACE),
];
/// What our own crates write where nothing is said.
const PRESET: Level = Level::INFO;
/// What all others write, whatever is said: the SDKs log whole requests, secrets included, at debug level.
const OTHERS: Level = Level::WARN;
/// Our own crates.
const OWN: &[&str] = &[
    "app",
    "aws",
    "azure",
    "claviger",
    "contract",
    "destruction",
    "domain",
    "encoding",
    "import",
    "journal",
    "local",
    "policy",
    "reach",
    "rotation",
    "vault",
];

/// Writes the log to daily files in `home`, kept for 14 days, until the guard is dropped. Without a writable folder
/// there is no log; nothing else changes.
pub(crate) fn write_to(home: &Path) -> Option<WorkerGuard> {
    crate::home::make_private(home).ok()?;
    let folder = home.join("log");
    std::fs::create_dir_all(&folder).ok()?;
    let files = tracing_appender::rolling::Builder::new()
        .rotation(tracing_appender::rolling::Rotation::DAILY)
        .filename_prefix("claviger")
        .filename_suffix("log")
        .max_log_files(14)
        .build(folder)
        .ok()?;
    let (writer, guard) = tracing_appender::non_blocking(files);
    let asked = std::env::var_os(VARIABLE).filter(|value| !value.is_empty());
    let known = asked.as_deref().map(level_of);
    subscriber(known.flatten().unwrap_or(PRESET), writer).try_init().ok()?;
    if let (Some(asked), Some(None)) = (asked, known) {
        tracing::warn!(?asked, "{VARIABLE} is none of error, warn, info, debug and trace: info is taken");
    }
    Some(guard)
}

fn level_of(word: &OsStr) -> Option<Level> {
    LEVELS.into_iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, level)| level)
}

fn subscriber<W>(level: Level, writer: W) -> impl Subscriber + Into<tracing::Dispatch>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = filter_fn(move |line| *line.level() <= if is_own(line.target()) { level } else { OTHERS })
        .with_max_level_hint(level.max(OTHERS));
    let lines = tracing_subscriber::fmt::layer::<Registry>().with_writer(writer).with_ansi(false);
    Registry::default().with(lines.with_filter(filter))
}

/// Whether a line is of a crate of ours. Its name is compared whole: `aws_smithy_runtime` begins like `aws`.
fn is_own(target: &str) -> bool {
    let name = target.split("::").next().unwrap_or_default();
    OWN.contains(&name)
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        io,
        sync::{Arc, Mutex},
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is written of the same lines at that level.
    fn written(level: Level) -> String {
        let lines = Lines::default();
        let kept = lines.clone();
        tracing::subscriber::with_default(subscriber(level, move || kept.clone()), || {
            tracing::trace!(target: "aws::client", "ours, at trace");
            tracing::info!(target: "vault", "ours, at info");
            tracing::warn!(target: "claviger::log", "ours, at warn");
            tracing::info!(target: "aws_smithy_runtime::client", "the SDK, at info");
            tracing::debug!(target: "aws_config", "the SDK, at debug");
            tracing::trace!(target: "hyper::proto", "hyper, at trace");
            tracing::debug!(target: "reqwest::connect", "reqwest, at debug");
            tracing::debug!(target: "azure_core::http", "the other SDK, at debug");
            tracing::warn!(target: "aws_smithy_runtime", "the SDK, at warn");
        });
        let bytes = lines.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn only_our_own_crates_are_turned_up() {
        for (level, ours) in [(Level::TRACE, 3), (Level::INFO, 2), (Level::ERROR, 0)] {
            let written = written(level);
            assert_eq!(written.matches("ours, at").count(), ours, "{level}: {written}");
            assert_eq!(written.lines().count(), ours + 1, "{level}: {written}");
            assert!(written.contains("the SDK, at warn"), "{level}: {written}");
        }
    }

    #[test]
    fn a_level_is_one_of_five_words() {
        assert_eq!(level_of(OsStr::new("trace")), Some(Level::TRACE));
        assert_eq!(level_of(OsStr::new("Debug")), Some(Level::DEBUG));
        for unknown in ["aws=trace", "verbose", "5", "trace,hyper=trace"] {
            assert_eq!(level_of(OsStr::new(unknown)), None, "{unknown}");
        }
    }

    #[test]
    fn every_crate_of_ours_is_known() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
        let folders = std::fs::read_dir(crates).unwrap().map(|entry| entry.unwrap().file_name());
        let mut wanted: BTreeSet<String> = folders.map(|name| name.into_string().unwrap()).collect();
        wanted.insert(env!("CARGO_CRATE_NAME").to_owned());
        assert_eq!(OWN.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>(), wanted);
    }
}
