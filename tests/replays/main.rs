//! The real service's own answers, recorded, played back over TLS through the unmodified official crates with their challenge
//! check on; and then opened through our provider. Each recording is two trials.
//!
//! The recordings lie beside the checkout in `../shared/azure`. `CLAVIGER_AZURE_RECORDINGS=FOLDER` plays another folder's, in
//! either of the two shapes that are known.

mod controls;
mod drive;
mod ours;
mod recording;

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use libtest_mimic::{Arguments, Failed, Trial};
use recording::Recording;

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for folder in folders() {
        match files(&folder) {
            Ok(files) => trials.extend(files.iter().flat_map(|file| both(file))),
            Err(why) => trials.push(failing(&folder, why)),
        }
    }
    trials.extend(controls::trials());
    trials.push(Trial::test("fake/it_is_like_the_service", || fake().map_err(Failed::from)));
    libtest_mimic::run(&arguments, trials).exit();
}

fn folders() -> Vec<PathBuf> {
    match std::env::var_os("CLAVIGER_AZURE_RECORDINGS") {
        Some(folder) => vec![folder.into()],
        None => {
            vec![servers::published().join("recordings"), servers::published().join("cassettes")]
        }
    }
}

/// The recordings of a folder; that there are none is an error, not a success.
fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{} cannot be read: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    if files.is_empty() { Err(format!("{} holds no recording", folder.display())) } else { Ok(files) }
}

fn both(file: &Path) -> [Trial; 2] {
    let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    // What was only refused or deleted has nothing to open; the crates play it all the same.
    let holds_something = read(file).is_ok_and(|recording| ours::readable(&recording));
    let (crates, provider) = (file.to_owned(), file.to_owned());
    [
        Trial::test(format!("crates/{name}"), move || run(drive::play(&crates))),
        Trial::test(format!("ours/{name}"), move || run(ours::open(&provider))).with_ignored_flag(!holds_something),
    ]
}

/// Whether the definitions as the fake reads them take what the service answered and nothing spoilt, and whether the fake
/// answers their examples as they show it.
fn fake() -> Result<(), String> {
    let check = Path::new(env!("CARGO_MANIFEST_DIR")).join("servers/keyvault-fake/check.py");
    let python = servers::install::oracle_python().map_err(|error| error.to_string())?;
    let mut command = Command::new(python);
    let done = command.arg("-B").arg(check).arg(servers::published()).output().map_err(|error| error.to_string())?;
    let told = String::from_utf8_lossy(&done.stdout);
    let counts: serde_json::Value = serde_json::from_str(&told).unwrap_or_default();
    let enough = [("recorded", 600), ("spoilt", 1000), ("examples", 60)];
    if let Some((what, least)) = enough.iter().find(|(what, least)| counts[*what].as_u64().unwrap_or_default() < *least)
    {
        return Err(format!(
            "of {what} fewer than {least} were tried: {told}{}",
            String::from_utf8_lossy(&done.stderr)
        ));
    }
    if done.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&done.stderr).into_owned()) }
}

fn failing(folder: &Path, why: String) -> Trial {
    Trial::test(format!("folder/{}", folder.display()), move || Err(why.into()))
}

fn run(trial: impl Future<Output = Result<(), String>>) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.map_err(|error| error.to_string())?.block_on(trial).map_err(Failed::from)
}

/// Reads a recording, or says why it is none.
fn read(file: &Path) -> Result<Recording, String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    Recording::parse(&text)
}
