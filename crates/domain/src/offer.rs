//! Asks and offers: what a person may want of an item, and the provider's answer, here and now, for this identity.

/// A verb a person may want of an item. Closed over all providers: adding one breaks every provider's `match` until it
/// has an answer, and that is the purpose.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Ask {
    /// Hand out the certificate, and its chain where there is one.
    ExportCertificate,
    /// Hand out the public key in a consumer's form.
    ExportPublicKey,
    /// Show or copy the secret value.
    RevealSecret,
}

impl Ask {
    /// Every ask, in alphabetical order.
    pub const ALL: [Self; 3] = [Self::ExportCertificate, Self::ExportPublicKey, Self::RevealSecret];
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
