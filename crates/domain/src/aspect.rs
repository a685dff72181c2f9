//! What else an item shows beside its facets. The window draws one panel for each variant it finds.

use crate::Timestamp;

/// One thing an item shows. Closed over all providers: a new variant needs a panel and a promise.
#[derive(Clone, Debug, PartialEq)]
pub enum Aspect {
    /// Other names that point at the item.
    Aliases(Vec<String>),
    /// The text its owner wrote. Untrusted, up to 8,192 characters on AWS.
    Description(String),
    /// The provider's own properties, word for word: identifiers, origins, flags.
    Native(Vec<NativeRow>),
    /// It will be destroyed at this time unless somebody stops it.
    PendingDeletion {
        /// When.
        at: Timestamp,
    },
    /// Key and value pairs its owner set. Untrusted.
    Tags(Vec<(String, String)>),
}

/// One property in the provider's own words.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NativeRow {
    /// The provider's name for it, such as `KeyManager`.
    pub name: String,
    /// Its value as text.
    pub value: String,
}

impl NativeRow {
    /// A row of a name and a value.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}
