//! What of a path can be set, and which of its versions are there, as it is now.

use std::collections::BTreeMap;

use domain::Timestamp;
use serde_json::Value;

use super::Metadata;
use crate::transit::plain;

/// How a version is, as far as a change needs it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Life {
    /// Its value is gone for good.
    Destroyed,
    /// Its value is hidden, and can be brought back.
    Deleted,
    /// Its value can be read.
    Live,
}

impl Metadata {
    /// The newest version; 0 if there is none.
    pub(crate) fn current_version(&self) -> u64 {
        self.told.current_version
    }

    /// How often the metadata were changed, on servers that count it.
    pub(crate) fn metadata_version(&self) -> Option<u64> {
        self.rows.get("current_metadata_version").and_then(Value::as_u64)
    }

    /// When the path was made.
    pub(crate) fn made(&self) -> Option<Timestamp> {
        self.told.created_time
    }

    /// How a version is; `None` if the path does not have it.
    pub(crate) fn life(&self, version: u64) -> Option<Life> {
        let told = self.told.versions.get(&version.to_string())?;
        let deleted = told.deletion_time.is_some_and(|at| at <= Timestamp::now());
        Some(match (told.destroyed, deleted) {
            (true, _) => Life::Destroyed,
            (false, true) => Life::Deleted,
            (false, false) => Life::Live,
        })
    }

    /// When a version was written.
    pub(crate) fn written(&self, version: u64) -> Option<Timestamp> {
        self.told.versions.get(&version.to_string())?.created_time
    }

    /// When a live version will be deleted by itself.
    pub(crate) fn end_of(&self, version: u64) -> Option<Timestamp> {
        self.told.versions.get(&version.to_string())?.end()
    }

    /// The versions that are `life`, newest first.
    pub(crate) fn those(&self, life: Life) -> Vec<u64> {
        let numbers = self.told.versions.keys().filter_map(|id| id.parse().ok());
        let mut all: Vec<u64> = numbers.filter(|number| self.life(*number) == Some(life)).collect();
        all.sort_unstable_by_key(|number| std::cmp::Reverse(*number));
        all
    }

    /// The pairs that its owner set.
    pub(crate) fn tags(&self) -> BTreeMap<String, String> {
        let text = |value: &Value| plain(value).unwrap_or_else(|| value.to_string());
        self.told.custom_metadata.iter().map(|(name, value)| (name.clone(), text(value))).collect()
    }

    /// How many versions are kept; 0 for as many as the mount says.
    pub(crate) fn most_versions(&self) -> u64 {
        self.rows.get("max_versions").and_then(Value::as_u64).unwrap_or(0)
    }

    /// Whether every write must name the version it follows.
    pub(crate) fn needs_cas(&self) -> bool {
        self.rows.get("cas_required").and_then(Value::as_bool).unwrap_or(false)
    }

    /// After how many seconds a version is deleted by itself; 0 for as the mount says.
    pub(crate) fn deleted_after(&self) -> u64 {
        self.rows.get("delete_version_after").and_then(Value::as_str).and_then(seconds_of_go).unwrap_or(0)
    }
}

/// Reads what Go writes for a duration, such as `1h30m0s`, as whole seconds.
fn seconds_of_go(text: &str) -> Option<u64> {
    let mut total = 0_u64;
    let mut number = String::new();
    for c in text.chars() {
        let unit = match c {
            '0'..='9' | '.' => {
                number.push(c);
                continue;
            }
            'h' => 3_600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        let whole: u64 = number.split('.').next()?.parse().ok()?;
        total = total.checked_add(whole.checked_mul(unit)?)?;
        number.clear();
    }
    number.is_empty().then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_writes_them() {
        for (text, seconds) in [("0s", 0), ("3600s", 3_600), ("1h30m0s", 5_400), ("2160h0m0.5s", 7_776_000)] {
            assert_eq!(seconds_of_go(text), Some(seconds), "{text}");
        }
        for text in ["12", "1d", "h", "-1s"] {
            assert_eq!(seconds_of_go(text), None, "{text}");
        }
    }
}
