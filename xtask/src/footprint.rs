//! Tests must leave nothing in the person's own folders. Looked at before and after all of them.

use std::{path::PathBuf, time::SystemTime};

/// The places that a test which forgot its own folder would write to, each with when it last changed.
#[derive(Eq, PartialEq)]
pub(crate) struct Footprint(Vec<(PathBuf, Option<SystemTime>)>);

impl Footprint {
    /// Looks at them now.
    pub(crate) fn now() -> Self {
        let home =
            std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE")).map(PathBuf::from).unwrap_or_default();
        let places = [
            ".aws",
            ".bao-token",
            ".vault-token",
            ".local/share/claviger",
            ".local/share/org.claviger.desktop",
            ".local/share/keyrings",
            "Library/Application Support/claviger",
        ];
        Self(
            places
                .iter()
                .map(|place| home.join(place))
                .map(|path| {
                    let changed = path.metadata().and_then(|file| file.modified()).ok();
                    (path, changed)
                })
                .collect(),
        )
    }

    /// The places that differ from what they were `before`.
    pub(crate) fn changed_since(&self, before: &Self) -> Vec<String> {
        self.0
            .iter()
            .zip(&before.0)
            .filter(|(now, then)| now != then)
            .map(|(now, _)| now.0.display().to_string())
            .collect()
    }
}
