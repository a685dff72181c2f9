//! The faces of an item: certificate, key and secret. An item has one to three of them.

use serde::{Deserialize, Serialize};

/// Which face.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FacetKind {
    /// The X.509 certificate: the public part and its metadata.
    Certificate,
    /// The key: what can be computed with it.
    Key,
    /// The secret: a value that can be read out.
    Secret,
}

/// One face of an item, with what can leave through it and whether I may open it.
#[derive(Clone, Debug, PartialEq)]
pub struct Facet {
    /// Which face.
    pub kind: FacetKind,
    /// What can leave the vault through this face, for whoever has every permission on it.
    pub leaves: Leaves,
    /// Whether this identity may open it.
    pub access: Access,
    /// The operations the provider allows with it, in the provider's words: `sign`, `VERIFY`, `unwrapKey`.
    pub operations: Vec<String>,
}

/// What can leave the vault through a facet.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Leaves {
    /// Nothing: a symmetric or HMAC key that stays inside.
    Nothing,
    /// Only public data: a public key or a certificate.
    PublicPart,
    /// The secret value or the private key itself.
    PrivateMaterial,
}

/// Whether this identity may open a facet.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Access {
    /// Yes.
    Open,
    /// No; the permission is named literally, with who refuses.
    Closed {
        /// The missing permission, such as `read on pki/cert/5f:01`.
        permission: String,
        /// One sentence for a person.
        because: String,
    },
    /// The service tells only by trying.
    Untested,
}

impl Facet {
    /// A facet that may be opened, with no operations listed.
    pub fn open(kind: FacetKind, leaves: Leaves) -> Self {
        Self { kind, leaves, access: Access::Open, operations: Vec::new() }
    }

    /// The same with its access known to be `access`.
    #[must_use]
    pub fn with_access(mut self, access: Access) -> Self {
        self.access = access;
        self
    }

    /// The same with the provider's operations.
    #[must_use]
    pub fn with_operations<S: Into<String>>(mut self, operations: impl IntoIterator<Item = S>) -> Self {
        self.operations = operations.into_iter().map(Into::into).collect();
        self
    }
}
