//! What else an item shows beside its facets. The window draws one panel for each variant it finds.

use crate::Timestamp;

/// One thing an item shows. Closed over all providers: a new variant needs a panel and a promise.
#[derive(Clone, Debug, PartialEq)]
pub enum Aspect {
    /// Other names that point at the item.
    Aliases(Vec<String>),
    /// The text its owner wrote. Untrusted, up to 8,192 characters on AWS.
    Description(String),
    /// Who may use it beside its policy.
    Grants(Vec<Grant>),
    /// The provider's own properties, word for word: identifiers, origins, flags.
    Native(Vec<NativeRow>),
    /// It will be destroyed at this time unless somebody stops it.
    PendingDeletion {
        /// When.
        at: Timestamp,
    },
    /// How new versions come about.
    Rotation {
        /// Whether they come by themselves; `None` where the place tells nothing.
        automatic: Option<bool>,
        /// How long from one to the next, in seconds.
        period_seconds: Option<u32>,
        /// When the next one is due.
        next: Option<Timestamp>,
        /// How many more can be made on demand, where that is limited.
        left_on_demand: Option<u32>,
    },
    /// Key and value pairs its owner set. Untrusted.
    Tags(Vec<(String, String)>),
}

/// One grant: somebody may use the item for some operations.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Grant {
    /// The provider's identifier.
    pub id: String,
    /// Its name, where it has one.
    pub name: Option<String>,
    /// Who may, as an ARN or the name of a service.
    pub grantee: String,
    /// Who may give it up, beside the grantee.
    pub retiring: Option<String>,
    /// What is allowed, in the provider's words.
    pub operations: Vec<String>,
    /// What narrows it, as name and value.
    pub constraints: Vec<NativeRow>,
    /// Since when.
    pub created: Option<Timestamp>,
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
