//! The repository's own files, as the other rooms look at them.

use std::path::{Path, PathBuf};

/// The repository's top folder.
pub(crate) fn top() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A file of ours: its path below the top folder, with `/`, and its text.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Every file below `folder` whose name ends in one of `endings`, generated and installed ones left out.
pub(crate) fn files(folder: &str, endings: &[&str]) -> Vec<File> {
    let mut found = Vec::new();
    walk(&top().join(folder), endings, &mut found);
    assert!(!found.is_empty(), "{folder} holds no {endings:?}: the rule would pass without looking at anything");
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn walk(folder: &Path, endings: &[&str], found: &mut Vec<File>) {
    for entry in std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["node_modules", "dist", "target", "gen", ".git", ".cache"].contains(&name.as_str()) {
                walk(&path, endings, found);
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) && !name.ends_with(".gen.ts") {
            let below = path.strip_prefix(top()).unwrap().to_string_lossy().replace('\\', "/");
            found.push(File { path: below, text: std::fs::read_to_string(&path).unwrap() });
        }
    }
}

/// Fails with every offence at once, so that one run shows all there is to do.
pub(crate) fn assert_none(offences: Vec<String>, rule: &str) {
    assert!(offences.is_empty(), "{rule}\n  {}", offences.join("\n  "));
}
