//! One opened item on the wire: facets, versions, the certificate as read, aspects and offers.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ItemRow, WireError};

/// Opens one item.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenItem {
    /// Its reference, or an address (an ARN, a URL) of any saved connection.
    pub reference: String,
}

/// One opened item.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ItemWire {
    /// The row, read afresh.
    pub row: ItemRow,
    /// The vault's name for a person.
    pub vault_name: String,
    /// The version in use.
    pub current_version: Option<String>,
    /// Certificate, key and secret, in this order; always all three. One that the item has not is `absent`.
    pub facets: Vec<FacetWire>,
    /// Newest first.
    pub versions: Vec<VersionWire>,
    /// The current certificate, leaf first with its chain; empty without a certificate facet that can be read.
    pub certificates: Vec<CertificateReading>,
    /// Why the certificate could not be read.
    pub certificate_trouble: Option<WireError>,
    /// The current public key's fingerprints, where it can be read.
    pub fingerprints: Option<crate::Fingerprints>,
    /// Why the public key could not be read.
    pub public_key_trouble: Option<WireError>,
    /// What else it shows.
    pub aspects: Vec<AspectWire>,
    /// What may be done now, and for everything else, why not.
    pub offers: Vec<OfferWire>,
}

/// One facet.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FacetWire {
    /// `certificate`, `key` or `secret`.
    pub kind: String,
    /// What can leave through it.
    pub leaves: LeavesWire,
    /// Whether it may be opened.
    pub access: AccessWire,
    /// The operations the provider allows with it, in its words.
    pub operations: Vec<String>,
    /// The algorithms (RFC 7518) that a test token can be signed with, the one to prefer first; none where nothing can be
    /// signed.
    pub signs: Vec<String>,
}

/// Asks for a test token, signed by a key where it is.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignTest {
    /// The item, by reference or address.
    pub reference: String,
    /// The version; the current one if absent.
    pub version: Option<String>,
    /// One of the facet's `signs`; the first if absent.
    pub algorithm: Option<String>,
}

/// A test token. It is for nobody and lasts a minute.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignedTest {
    /// How it was signed.
    pub algorithm: String,
    /// The token in its compact form (RFC 7515, 7.1).
    pub token: String,
    /// Its header, as JSON that a person reads.
    pub header: String,
    /// Its claims, as JSON that a person reads.
    pub claims: String,
    /// Who verified the signature, and with what.
    pub proof: String,
}

/// What can leave the vault through a facet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum LeavesWire {
    /// Nothing.
    Nothing,
    /// The secret value or private key.
    PrivateMaterial,
    /// Only public data.
    PublicPart,
}

/// Whether a facet may be opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum AccessWire {
    /// The item has no such facet, and this sentence says why.
    Absent {
        /// Why.
        because: String,
    },
    /// It may not be opened.
    Closed {
        /// The missing permission, literally.
        permission: String,
        /// One sentence.
        because: String,
    },
    /// It may.
    Open,
    /// Only trying will tell.
    Untested,
}

/// One version.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VersionWire {
    /// The provider's identifier.
    pub id: String,
    /// As in [`ItemRow::state`].
    pub state: String,
    /// When it was made.
    pub created: Option<String>,
    /// When it ends.
    pub expires: Option<String>,
    /// Whether it is the one in use.
    pub current: bool,
    /// Whether a public key of its own can be read.
    pub has_public_key: bool,
}

/// One certificate as read.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CertificateReading {
    /// RFC 4514 text.
    pub subject: String,
    /// RFC 4514 text.
    pub issuer: String,
    /// Colon-separated upper-case hex.
    pub serial: String,
    /// When it begins.
    pub not_before: String,
    /// When it ends.
    pub not_after: String,
    /// Subject alternative names, each with its kind: `DNS:api.example.com`.
    pub names: Vec<String>,
    /// Key usage and extended key usage, in words.
    pub usages: Vec<String>,
    /// Whether it may issue others.
    pub is_authority: bool,
    /// The kind of key in it.
    pub algorithm: String,
    /// How it was signed.
    pub signature_algorithm: String,
    /// Colon-separated upper-case hex of SHA-1 over the DER.
    pub sha1: String,
    /// Colon-separated upper-case hex of SHA-256 over the DER.
    pub sha256: String,
    /// RFC 7515 `x5t`: base64url of the SHA-1.
    pub x5t: String,
    /// RFC 7515 `x5t#S256`: base64url of the SHA-256.
    pub x5t_s256: String,
    /// RFC 7469 pin: base64 of SHA-256 over the SPKI.
    pub spki_pin: String,
    /// Whether it is signed by its own key.
    pub self_signed: bool,
}

/// What else an item shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "aspect", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum AspectWire {
    /// Who may do what with it, by the place's own model, and what each facet takes.
    Access {
        /// The model, in the place's word.
        model: String,
        /// What each facet takes.
        needs: Vec<AccessNeedWire>,
        /// Who is let in, as far as could be read.
        principals: Vec<PrincipalWire>,
        /// Why that is not everybody.
        incomplete: Option<String>,
    },
    /// Other names.
    Aliases {
        /// The names.
        names: Vec<String>,
    },
    /// The rules by which the next certificate of this name is made.
    CertificatePolicy {
        /// Who issues it, in the place's word.
        issuer: Option<String>,
        /// What happens before it ends, in a sentence.
        renewal: String,
        /// Whether it is renewed without a person.
        renews: bool,
        /// Name and value.
        rules: Vec<(String, String)>,
    },
    /// The text its owner wrote. Untrusted.
    Description {
        /// The text.
        text: String,
    },
    /// Who may use it beside its policy.
    Grants {
        /// The grants.
        grants: Vec<GrantWire>,
    },
    /// A certificate of this name is being issued, or was refused.
    Issuance {
        /// The place's word.
        status: String,
        /// What the place says about it. Untrusted.
        detail: Option<String>,
        /// Whether a signing request waits for an answer that a person brings.
        waits_for_answer: bool,
        /// Why it failed. Untrusted.
        failure: Option<String>,
    },
    /// The provider's own properties.
    Native {
        /// Name and value.
        rows: Vec<(String, String)>,
    },
    /// It will be destroyed.
    PendingDeletion {
        /// When.
        at: String,
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
        /// Whether they come by themselves.
        automatic: Option<bool>,
        /// How long from one to the next, in seconds.
        period_seconds: Option<u32>,
        /// When the next one is due.
        next: Option<String>,
        /// How many more can be made on demand, where that is limited.
        left_on_demand: Option<u32>,
        /// The rules one by one, where the place has more than a period.
        rules: Vec<RotationRuleWire>,
    },
    /// Key and value pairs. Untrusted.
    Tags {
        /// Key and value.
        tags: Vec<(String, String)>,
    },
}

/// What it takes to open a facet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccessNeedWire {
    /// `certificate`, `key` or `secret`.
    pub facet: String,
    /// What for.
    pub purpose: String,
    /// The permission, literally.
    pub permission: String,
    /// The least role that carries it.
    pub role: Option<String>,
}

/// Somebody who is let in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PrincipalWire {
    /// The identifier.
    pub id: String,
    /// The kind, in the place's word.
    pub kind: String,
    /// By what: a role, or permissions.
    pub by: String,
    /// Where that was given.
    pub scope: String,
    /// The faces it opens: `certificate`, `key`, `secret`.
    pub opens: Vec<String>,
}

/// One rule of rotation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RotationRuleWire {
    /// What happens, in words.
    pub says: String,
    /// The same as the place writes it: `P18M`.
    pub written: String,
    /// When it is due next.
    pub next: Option<String>,
}

/// One grant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GrantWire {
    /// The provider's identifier.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// Who may use the item.
    pub grantee: String,
    /// Who may give it up, beside the grantee.
    pub retiring: Option<String>,
    /// What is allowed, in the provider's words.
    pub operations: Vec<String>,
    /// What narrows it, as name and value.
    pub constraints: Vec<(String, String)>,
    /// Since when.
    pub created: Option<String>,
}

/// What may be done now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OfferWire {
    /// The word of the ask: `disable`, `export-public-key`.
    pub ask: String,
    /// Whether it changes something, so that it takes a plan.
    pub changes: bool,
    /// Whether it will work; `None` where only trying will tell.
    pub allowed: Option<bool>,
    /// Why not, or which call would settle it.
    pub because: Option<String>,
    /// The missing permission, literally.
    pub permission: Option<String>,
}
