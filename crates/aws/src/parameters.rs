//! What a step sends, read back from the JSON that was shown and journalled. Nothing else decides what leaves.

use std::collections::HashMap;

use domain::{Error, Kind, Result, Step, Timestamp};
use serde_json::Value;

/// The name of the parameter that says where a call goes. No call of ours has one of that name itself.
pub(crate) const REGION: &str = "Region";
/// SHA-256 of wrapped material, in lower-case hex: for the record, and compared before sending. No call sends it.
pub(crate) const WRAPPED_SHA256: &str = "WrappedKeyMaterialSha256";

/// The parameters of a step, by the names of the service's API reference.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameters<'a>(&'a Value);

impl<'a> Parameters<'a> {
    pub(crate) fn of(step: &'a Step) -> Self {
        Self(&step.parameters)
    }

    pub(crate) fn new(parameters: &'a Value) -> Self {
        Self(parameters)
    }

    /// The Region that the call goes to.
    ///
    /// # Errors
    /// `Unexpected` for parameters that this crate did not write.
    pub(crate) fn region(self) -> Result<&'a str> {
        self.str(REGION).ok_or_else(|| {
            Error::new(Kind::Unexpected, "carry out the change", "the step names no Region").with_refused_by("this app")
        })
    }

    pub(crate) fn str(self, name: &str) -> Option<&'a str> {
        self.0.get(name)?.as_str()
    }

    pub(crate) fn text(self, name: &str) -> Option<String> {
        self.str(name).map(str::to_owned)
    }

    pub(crate) fn number(self, name: &str) -> Option<i64> {
        self.0.get(name)?.as_i64()
    }

    /// As the SDK takes numbers of days.
    pub(crate) fn days(self, name: &str) -> Option<i32> {
        self.number(name).and_then(|days| i32::try_from(days).ok())
    }

    pub(crate) fn flag(self, name: &str) -> Option<bool> {
        self.0.get(name)?.as_bool()
    }

    /// An instant, as RFC 3339.
    pub(crate) fn instant(self, name: &str) -> Option<Timestamp> {
        self.str(name)?.parse().ok()
    }

    /// A list of texts.
    pub(crate) fn texts(self, name: &str) -> Option<Vec<String>> {
        let list = self.0.get(name)?.as_array()?;
        Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// The tags, under either name that the services give to their keys and values.
    pub(crate) fn tags(self) -> Option<Vec<(String, String)>> {
        let member =
            |tag: &Value, names: [&str; 2]| names.iter().find_map(|name| tag.get(name)?.as_str()).map(str::to_owned);
        let list = self.0.get("Tags")?.as_array()?;
        let pairs = list.iter().filter_map(|tag| {
            Some((member(tag, ["TagKey", "Key"])?, member(tag, ["TagValue", "Value"]).unwrap_or_default()))
        });
        Some(pairs.collect())
    }

    /// The encryption context that a grant is narrowed to.
    pub(crate) fn context(self) -> Option<HashMap<String, String>> {
        let context = self.0.get("Constraints")?.get("EncryptionContextSubset")?.as_object()?;
        let pairs = context.iter().filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
        Some(pairs.collect())
    }
}
