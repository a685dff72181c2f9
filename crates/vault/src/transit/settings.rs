//! What of a key can be set and what follows from it, as it is now.

use domain::{Aspect, Timestamp};
use jiff::SignedDuration;
use serde_json::Value;

use super::{Key, ToldVersion};

impl Key {
    /// Its type in the server's word.
    pub(crate) fn kind(&self) -> &str {
        &self.told.kind
    }

    /// The newest version.
    pub(crate) fn latest(&self) -> u64 {
        self.told.latest_version
    }

    /// The oldest version that still decrypts and verifies.
    pub(crate) fn least_decrypting(&self) -> u64 {
        self.told.min_decryption_version.max(1)
    }

    /// The oldest version that still encrypts and signs; 0 for the newest alone.
    pub(crate) fn least_encrypting(&self) -> u64 {
        self.number("min_encryption_version").unwrap_or(0)
    }

    /// The oldest version that was not trimmed; 0 if none was.
    pub(crate) fn least_available(&self) -> u64 {
        self.told.min_available_version
    }

    /// The highest `min_available_version` that the server accepts, if trimming up to it destroys anything.
    pub(crate) fn trimmable(&self) -> Option<u64> {
        let bound = self.least_decrypting().min(self.least_encrypting());
        (bound > self.least_available().max(1)).then_some(bound)
    }

    /// Whether a flag is set.
    pub(crate) fn is(&self, flag: &str) -> bool {
        self.rows.get(flag).and_then(Value::as_bool).unwrap_or(false)
    }

    /// A number, if the server tells it.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.rows.get(name).and_then(Value::as_u64)
    }

    /// A setting as the server tells it; null if it does not.
    pub(crate) fn setting(&self, name: &str) -> Value {
        self.rows.get(name).cloned().unwrap_or(Value::Null)
    }

    /// Seconds from one automatic rotation to the next, 0 for never; `None` on servers that know none.
    pub(crate) fn period(&self) -> Option<u64> {
        self.number("auto_rotate_period")
    }

    /// Whether its material was brought in from outside and stays as it is.
    pub(crate) fn keeps_imported_material(&self) -> bool {
        self.is("imported_key") && !self.is("imported_key_allow_rotation")
    }

    /// When a version was made, where the server tells.
    pub(crate) fn made(&self, version: u64) -> Option<Timestamp> {
        self.version(&version.to_string()).and_then(ToldVersion::made)
    }

    /// How new versions come about. The server looks once an hour which keys are due.
    pub(super) fn rotation(&self) -> Aspect {
        let period = self.period();
        let seconds = period.filter(|seconds| *seconds > 0).and_then(|seconds| u32::try_from(seconds).ok());
        let next = seconds.and_then(|seconds| {
            self.made(self.latest())?.checked_add(SignedDuration::from_secs(i64::from(seconds))).ok()
        });
        Aspect::Rotation {
            automatic: period.map(|seconds| seconds > 0),
            period_seconds: seconds,
            next,
            left_on_demand: None,
            rules: Vec::new(),
        }
    }
}
