//! A clock that is an hour ahead, so that the next start finds it set back.

use std::{path::PathBuf, process::Command, sync::OnceLock};

/// The library to preload; made once. `None` where calls cannot be intercepted so.
pub(crate) fn ahead() -> Option<PathBuf> {
    static LIBRARY: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    if !cfg!(target_os = "linux") {
        return None;
    }
    let (_, library) = LIBRARY.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("clock.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/faults/kill/clock.c");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).arg("-ldl");
        assert!(compiler.status().unwrap().success(), "the clock was not compiled");
        (folder, library)
    });
    Some(library.clone())
}
