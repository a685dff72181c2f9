//! What a step sends, read back from the JSON that was shown and journalled. Nothing else decides what leaves.

use domain::{Error, Kind, Result, Step, VaultId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// The parameters of a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameters {
    /// The host.
    pub(crate) vault: VaultId,
    /// The object's name; empty for what concerns the vault as a whole, and for a backup, which holds its name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) name: String,
    /// The version, where the call is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<String>,
    /// The JSON body, without what is secret.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) body: Map<String, Value>,
}

impl Parameters {
    /// A call about a name, with nothing more to say.
    pub(crate) fn new(vault: &VaultId, name: impl Into<String>) -> Self {
        Self { vault: vault.clone(), name: name.into(), version: None, body: Map::new() }
    }

    /// The same about one version.
    #[must_use]
    pub(crate) fn version(mut self, version: Option<&str>) -> Self {
        self.version = version.map(str::to_owned);
        self
    }

    /// The same with a member of the body, unless it is `Null`.
    #[must_use]
    pub(crate) fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        if !value.is_null() {
            self.body.insert(member.to_owned(), value);
        }
        self
    }

    /// Those of a step.
    ///
    /// # Errors
    /// `Unexpected` for parameters that this crate did not write.
    pub(crate) fn of(step: &Step) -> Result<Self> {
        read_back(&step.parameters)
    }
}

/// Reads a part of a step back.
///
/// # Errors
/// `Unexpected` for what this version does not write.
pub(crate) fn read_back<T: DeserializeOwned>(part: &Value) -> Result<T> {
    T::deserialize(part).map_err(|cause| {
        Error::new(Kind::Unexpected, "carry out the change", "the step does not have the form that this version writes")
            .with_refused_by("this app")
            .with_next("Look at the item, then plan the change anew.")
            .with_source(cause)
    })
}
