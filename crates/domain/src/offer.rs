//! Asks and offers: what a person may want of an item, and the provider's answer, here and now, for this identity.

use serde::{Deserialize, Serialize};

/// A verb a person may want of an item or a vault. Closed over all providers: adding one breaks every provider's `match`
/// until it has an answer, and that is the purpose.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// Save a copy that only the same kind of place can take back; it shows no material.
    BackUp,
    /// Take an item back that waits for its deletion.
    CancelDeletion,
    /// Call off a certificate that is being issued.
    CancelIssuance,
    /// Change the rules by which the next certificate of this name is made: issuer, names, key, lifetime, renewal.
    ChangeCertificatePolicy,
    /// Write the text that describes it.
    ChangeDescription,
    /// Write a policy that says who may do what.
    ChangePolicy,
    /// Set and remove key and value pairs.
    ChangeTags,
    /// Set the provider's own settings of the item, such as the lowest version that still decrypts.
    Configure,
    /// Give it another name.
    CreateAlias,
    /// Make a certificate, or a signing request for one, in a vault.
    CreateCertificate,
    /// Let somebody use it, without a change of its policy.
    CreateGrant,
    /// Make a key in a vault.
    CreateKey,
    /// Make a secret in a vault.
    CreateSecret,
    /// Destroy it at once, for good.
    Delete,
    /// Take one of its other names away.
    DeleteAlias,
    /// Forget a certificate issuer of a vault.
    DeleteIssuer,
    /// Hide values of some versions; [`Ask::UndeleteVersions`] brings them back.
    DeleteVersions,
    /// Stop its use until it is enabled.
    Disable,
    /// Allow its use again.
    Enable,
    /// Hand out the certificate, and its chain where there is one.
    ExportCertificate,
    /// Hand out the certificate with its private key, as a file that whoever reads it holds the key.
    ExportPrivateKey,
    /// Hand out the public key in a consumer's form.
    ExportPublicKey,
    /// Hand out the signing request (PKCS#10) that waits for an answer.
    ExportSigningRequest,
    /// Bring a certificate with its private key into a vault.
    ImportCertificate,
    /// Bring a key that was made elsewhere into a vault.
    ImportKey,
    /// Bring material, wrapped for it, to a key that waits for it or has lost it.
    ImportMaterial,
    /// Bring the signed answer to a signing request.
    MergeCertificate,
    /// Point an alias of another item here.
    MoveAlias,
    /// Take a saved copy back into a vault.
    Restore,
    /// Give a grant up, as the one it allows to.
    RetireGrant,
    /// Show or copy the secret value.
    RevealSecret,
    /// Take a grant away.
    RevokeGrant,
    /// Make an older value the current one again.
    RollBack,
    /// Make a new version of the key now.
    Rotate,
    /// Have it destroyed after a time in which this can be called off.
    ScheduleDeletion,
    /// Say who is written to before certificates of a vault end.
    SetContacts,
    /// Set up a certificate issuer of a vault, or change it.
    SetIssuer,
    /// Switch automatic rotation on or off, and set its period.
    SetRotation,
    /// Destroy the oldest versions for good.
    Trim,
    /// Bring hidden values back.
    UndeleteVersions,
    /// Write a new version of a secret value, without reading the old one.
    WriteValue,
}

impl Ask {
    /// Every ask of an item, in alphabetical order.
    pub const OF_ITEM: [Self; 32] = [
        Self::BackUp,
        Self::CancelDeletion,
        Self::CancelIssuance,
        Self::ChangeCertificatePolicy,
        Self::ChangeDescription,
        Self::ChangePolicy,
        Self::ChangeTags,
        Self::Configure,
        Self::CreateAlias,
        Self::CreateGrant,
        Self::Delete,
        Self::DeleteAlias,
        Self::DeleteVersions,
        Self::Disable,
        Self::Enable,
        Self::ExportCertificate,
        Self::ExportPrivateKey,
        Self::ExportPublicKey,
        Self::ExportSigningRequest,
        Self::ImportMaterial,
        Self::MergeCertificate,
        Self::MoveAlias,
        Self::RetireGrant,
        Self::RevealSecret,
        Self::RevokeGrant,
        Self::RollBack,
        Self::Rotate,
        Self::ScheduleDeletion,
        Self::SetRotation,
        Self::Trim,
        Self::UndeleteVersions,
        Self::WriteValue,
    ];

    /// Every ask of a vault, in alphabetical order.
    pub const OF_VAULT: [Self; 9] = [
        Self::CreateCertificate,
        Self::CreateKey,
        Self::CreateSecret,
        Self::DeleteIssuer,
        Self::ImportCertificate,
        Self::ImportKey,
        Self::Restore,
        Self::SetContacts,
        Self::SetIssuer,
    ];

    /// The word for it on the wire and in the shell.
    pub fn word(self) -> &'static str {
        match self {
            Self::BackUp => "back-up",
            Self::CancelDeletion => "cancel-deletion",
            Self::CancelIssuance => "cancel-issuance",
            Self::ChangeCertificatePolicy => "change-certificate-policy",
            Self::ChangeDescription => "change-description",
            Self::ChangePolicy => "change-policy",
            Self::ChangeTags => "change-tags",
            Self::Configure => "configure",
            Self::CreateAlias => "create-alias",
            Self::CreateCertificate => "create-certificate",
            Self::CreateGrant => "create-grant",
            Self::CreateKey => "create-key",
            Self::CreateSecret => "create-secret",
            Self::Delete => "delete",
            Self::DeleteAlias => "delete-alias",
            Self::DeleteIssuer => "delete-issuer",
            Self::DeleteVersions => "delete-versions",
            Self::Disable => "disable",
            Self::Enable => "enable",
            Self::ExportCertificate => "export-certificate",
            Self::ExportPrivateKey => "export-private-key",
            Self::ExportPublicKey => "export-public-key",
            Self::ExportSigningRequest => "export-signing-request",
            Self::ImportCertificate => "import-certificate",
            Self::ImportKey => "import-key",
            Self::ImportMaterial => "import-material",
            Self::MergeCertificate => "merge-certificate",
            Self::MoveAlias => "move-alias",
            Self::Restore => "restore",
            Self::RetireGrant => "retire-grant",
            Self::RevealSecret => "reveal-secret",
            Self::RevokeGrant => "revoke-grant",
            Self::RollBack => "roll-back",
            Self::Rotate => "rotate",
            Self::ScheduleDeletion => "schedule-deletion",
            Self::SetContacts => "set-contacts",
            Self::SetIssuer => "set-issuer",
            Self::SetRotation => "set-rotation",
            Self::Trim => "trim",
            Self::UndeleteVersions => "undelete-versions",
            Self::WriteValue => "write-value",
        }
    }

    /// Whether it changes something at the provider, so that it takes a plan, a review and an order.
    pub fn changes(self) -> bool {
        !matches!(
            self,
            Self::BackUp
                | Self::ExportCertificate
                | Self::ExportPrivateKey
                | Self::ExportPublicKey
                | Self::ExportSigningRequest
                | Self::RevealSecret
        )
    }
}

/// The answer to one [`Ask`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Offer {
    /// What was asked.
    pub ask: Ask,
    /// What the provider says to it.
    pub answer: Answer,
}

/// Yes, no because, or only trying will tell.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Answer {
    /// It will work, as far as can be known.
    Allow,
    /// It will not, and this sentence says why.
    Refuse {
        /// One sentence for a person.
        because: String,
        /// The missing permission by its literal name, if that is the reason.
        permission: Option<String>,
    },
    /// The provider tells only by trying; `probe` names the call that would settle it.
    Unknown {
        /// The call, in the provider's words, such as `kms:GetPublicKey`.
        probe: String,
    },
}

impl Offer {
    /// Yes.
    pub fn allow(ask: Ask) -> Self {
        Self { ask, answer: Answer::Allow }
    }

    /// No, because of what the item is.
    pub fn refuse(ask: Ask, because: impl Into<String>) -> Self {
        Self { ask, answer: Answer::Refuse { because: because.into(), permission: None } }
    }

    /// No, because this identity lacks `permission`.
    pub fn denied(ask: Ask, because: impl Into<String>, permission: impl Into<String>) -> Self {
        Self { ask, answer: Answer::Refuse { because: because.into(), permission: Some(permission.into()) } }
    }

    /// Only trying will tell.
    pub fn unknown(ask: Ask, probe: impl Into<String>) -> Self {
        Self { ask, answer: Answer::Unknown { probe: probe.into() } }
    }
}
