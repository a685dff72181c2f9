//! What a fixture put into a place, as read back by another hand: what the app's answers are compared with.

use domain::{Algorithm, FacetKind, State};

/// Everything of one place that the fixture knows of.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Every item that a whole listing shows, and no other.
    pub items: Vec<KnownItem>,
}

/// One item of a fixture.
#[derive(Clone, Debug)]
pub struct KnownItem {
    /// What a person calls it, as the provider should name the row.
    pub name: String,
    /// Its ARN, URL or path, as `locate` takes it.
    pub address: String,
    /// Its faces.
    pub facets: Vec<FacetKind>,
    /// The kind of key in it.
    pub algorithm: Option<Algorithm>,
    /// Whether it can be used.
    pub state: State,
    /// The DER SubjectPublicKeyInfo of its current version, read by plain HTTP.
    pub public_key: Option<Vec<u8>>,
    /// Its certificate chain as DER, leaf first.
    pub chain: Option<Vec<Vec<u8>>>,
    /// The value of its secret.
    pub secret: Option<Vec<u8>>,
    /// How many versions it has, where the place tells.
    pub versions: Option<usize>,
    /// The text its owner wrote.
    pub description: Option<String>,
    /// Key and value pairs its owner set.
    pub tags: Vec<(String, String)>,
    /// Its other names.
    pub aliases: Vec<String>,
    /// Whether the server keeps it from every identity of the fixture but the one who may do everything.
    pub owner_only: bool,
}

impl Known {
    /// The item of that name.
    pub fn item(&self, name: &str) -> Option<&KnownItem> {
        self.items.iter().find(|item| item.name == name)
    }
}

impl KnownItem {
    /// An enabled item of one facet; the rest is set by the fixture.
    pub fn new(name: impl Into<String>, address: impl Into<String>, facet: FacetKind) -> Self {
        Self {
            name: name.into(),
            address: address.into(),
            facets: vec![facet],
            algorithm: None,
            state: State::Enabled,
            public_key: None,
            chain: None,
            secret: None,
            versions: None,
            description: None,
            tags: Vec::new(),
            aliases: Vec::new(),
            owner_only: false,
        }
    }
}
