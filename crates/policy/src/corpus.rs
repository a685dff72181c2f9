//! The corpus of policies, for the tests of this crate: one case a line, in files by what they are about.

use std::path::PathBuf;

use serde::de::DeserializeOwned;

/// Every case of a folder of `corpus/`, which has at least so many.
pub(crate) fn cases<T: DeserializeOwned>(folder: &str, least: usize) -> Vec<T> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus").join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let texts: Vec<String> = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let lines = texts.iter().flat_map(|text| text.lines());
    let cases: Vec<T> =
        lines.map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect();
    assert!(cases.len() >= least, "the corpus shrank to {}", cases.len());
    cases
}
