//! Where state lives: one folder for the database, the practice keystore, the log and what the web view keeps.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// `CLAVIGER_HOME` if it is set, else the system's folder for application data.
pub(crate) fn folder() -> Option<PathBuf> {
    chosen().or_else(|| dirs::data_dir().map(|data| data.join("claviger")))
}

/// The folder that the person chose by `CLAVIGER_HOME`.
pub(crate) fn chosen() -> Option<PathBuf> {
    std::env::var_os("CLAVIGER_HOME").filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// What providers may look at to find sign-ins.
pub(crate) fn environment() -> domain::Environment {
    let variables: BTreeMap<String, String> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    domain::Environment { home: dirs::home_dir().unwrap_or_default(), variables, host: None }
}

/// Makes the folder if it is not there yet, for its owner only. One that is there keeps the mode its owner gave it.
pub(crate) fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
