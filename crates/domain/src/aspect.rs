//! What else an item shows beside its facets. The window draws one panel for each variant it finds.

use crate::{FacetKind, Timestamp};

/// One thing an item shows. Closed over all providers: a new variant needs a panel and a promise.
#[derive(Clone, Debug, PartialEq)]
pub enum Aspect {
    /// Who may do what with it, by the place's own model, and what each facet takes.
    Access(AccessModel),
    /// Other names that point at the item.
    Aliases(Vec<String>),
    /// The rules by which the next certificate of this name is made.
    CertificatePolicy {
        /// Who issues it, in the place's word; `None` if nobody is named.
        issuer: Option<String>,
        /// What happens before it ends, in a sentence: "Renewed 30 days before its end", "Nobody will renew this".
        renewal: String,
        /// Whether it is renewed without a person.
        renews: bool,
        /// The rules, word for word.
        rules: Vec<NativeRow>,
    },
    /// The text its owner wrote. Untrusted, up to 8,192 characters on AWS.
    Description(String),
    /// Who may use it beside its policy.
    Grants(Vec<Grant>),
    /// A certificate of this name is being issued, or was refused.
    Issuance {
        /// The place's word: `inProgress`, `completed`, `cancelled`, `failed`.
        status: String,
        /// What the place says about it. Untrusted.
        detail: Option<String>,
        /// Whether a signing request waits for an answer that a person brings.
        waits_for_answer: bool,
        /// Why it failed, in the issuer's words. Untrusted.
        failure: Option<String>,
    },
    /// The provider's own properties, word for word: identifiers, origins, flags.
    Native(Vec<NativeRow>),
    /// It will be destroyed at this time unless somebody stops it.
    PendingDeletion {
        /// When.
        at: Timestamp,
    },
    /// To whom the key is released, and on what proof.
    ReleasePolicy {
        /// The policy's own text: JSON.
        text: String,
        /// Whether it can never be changed again.
        immutable: bool,
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
        /// The rules one by one, where the place has more than a period.
        rules: Vec<RotationRule>,
    },
    /// Key and value pairs its owner set. Untrusted.
    Tags(Vec<(String, String)>),
}

/// Who may do what, by the place's own model of access.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AccessModel {
    /// The model, in the place's word: "Azure RBAC", "vault access policy".
    pub model: String,
    /// What each facet takes.
    pub needs: Vec<AccessNeed>,
    /// Who is let in, as far as could be read.
    pub principals: Vec<Principal>,
    /// Why that is not everybody, where it is not.
    pub incomplete: Option<String>,
}

/// What it takes to open a facet.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AccessNeed {
    /// Which face.
    pub facet: FacetKind,
    /// What for: "read the value", "sign".
    pub purpose: String,
    /// The permission, literally.
    pub permission: String,
    /// The least role that carries it, where the place has roles.
    pub role: Option<String>,
}

/// Somebody who is let in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Principal {
    /// The identifier: an object id.
    pub id: String,
    /// The kind, in the place's word: "User", "Group", "ServicePrincipal".
    pub kind: String,
    /// By what: the name of a role, or the permissions of a policy.
    pub by: String,
    /// Where that was given: this item, the vault, a group of resources, the subscription.
    pub scope: String,
    /// The faces it opens: whoever opens the secret of an exportable certificate holds its key.
    pub opens: Vec<FacetKind>,
}

/// One rule of rotation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RotationRule {
    /// What happens, in words: "Rotate 18 months after a version was made".
    pub says: String,
    /// The same as the place writes it: `P18M`.
    pub written: String,
    /// When it is due next for the current version.
    pub next: Option<Timestamp>,
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
