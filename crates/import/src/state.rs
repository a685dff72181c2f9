//! How far an import is: everything that a later start needs to go on. It holds no secret.

use domain::{Algorithm, Answers, Hash, Log, Moment, StepOrder, Timestamp, WrapOffer};
use serde::{Deserialize, Serialize};

/// One order of an import.
pub type ImportOrder = StepOrder<ImportStep>;

/// Names an import: a ULID.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct ImportId(pub String);

/// One key on its way from one place to another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Import {
    /// Its number.
    pub id: ImportId,
    /// When it was begun, by this computer's clock.
    pub begun: Timestamp,
    /// The import whose material comes once more, if it is one.
    pub again: Option<ImportId>,
    /// Where to, and how.
    pub target: Option<ImportTarget>,
    /// Where from.
    pub source: Option<Source>,
    /// The reference of the item at the target: the one that waits for the material or, where key and material come in one
    /// step, the one that was made.
    pub item: Option<String>,
    /// Wrapping keys that were loaded into the source's vault, oldest first.
    pub loaded: Vec<LoadedKey>,
    /// How the key was wrapped last.
    pub wrapped: Option<WrappedRecord>,
    /// When the target took the material.
    pub imported: Option<Moment>,
    /// What was tried to show that it is the same material; the last try.
    pub proof: Option<Proof>,
    /// How it ended.
    pub end: Option<End>,
    /// What was sent to the places, oldest first.
    pub orders: Vec<ImportOrder>,
    /// What happened, oldest first.
    pub log: Vec<Log>,
}

/// Where a key is brought to, and how.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct ImportTarget {
    /// The connection's name.
    pub connection: String,
    /// Where that led when it was chosen.
    pub place: String,
    /// The vault's identifier.
    pub vault: String,
    /// What a person calls the vault.
    pub vault_name: String,
    /// What kind of key it is.
    pub algorithm: Algorithm,
    /// How it is wrapped.
    pub wrap: WrapOffer,
    /// The answers to the target's questions.
    pub answers: Answers,
    /// Whether the place makes an item first that waits for the material.
    pub waits: bool,
    /// Whether the material is another than the item has had.
    pub new_material: bool,
}

/// Where a key comes from.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "kebab-case")]
pub enum Source {
    /// A file with a private key, or with the raw bytes of a symmetric one. Named anew whenever it is wrapped.
    File,
    /// It is made on this computer and kept nowhere: it cannot be brought a second time.
    Generated,
    /// An item of a connection.
    Item {
        /// Its reference.
        reference: String,
        /// Which version; the current one if `None`.
        version: Option<String>,
        /// Whether its place wraps it, so that its material is never seen outside.
        inside: bool,
    },
    /// A machine without a connection: it wraps by hand, and the wrapped bytes are brought in a file.
    Offline,
}

/// A wrapping key that was loaded into the source's vault.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct LoadedKey {
    /// The reference of the item that it is there.
    pub reference: String,
    /// SHA-256 of its SPKI, as `SHA256:` and base64.
    pub fingerprint: String,
    /// Whether it is gone again.
    pub removed: bool,
}

/// What is kept of a wrapped key. Neither the key nor its wrapped form.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct WrappedRecord {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// By which way, in the place's words.
    pub native: String,
    /// SHA-256 of the wrapped bytes, in lower-case hex; `None` where nothing is wrapped.
    pub sha256: Option<String>,
    /// How many bytes were wrapped into how many, as `(before, after)`; the first is unknown where it was wrapped elsewhere.
    pub lengths: (Option<u32>, Option<u32>),
    /// Until when the target takes it.
    pub until: Option<Timestamp>,
    /// The key check value, where there is one: the first three bytes of a zero block encrypted with it, in hex.
    pub check_value: Option<String>,
    /// What shows that the target holds the same.
    pub witness: Witness,
}

/// What shows, without the material, whether a place holds it. Bytes are base64.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Witness {
    /// A message and its HMAC under the key.
    Mac {
        /// By which hash.
        hash: Hash,
        /// The message: random.
        message: String,
        /// Its HMAC.
        mac: String,
    },
    /// There is none: the place's own work is tried, which shows that it has a key, not which.
    None,
    /// The public half: the DER of its SPKI.
    PublicKey {
        /// The SPKI.
        spki: String,
    },
    /// A random text, and what the place has to decrypt to it.
    Sealed {
        /// The text.
        plaintext: String,
        /// Encrypted: outside of the place with the material, or by the place when it had the material before.
        ciphertext: String,
    },
}

/// A try to show that the target holds the same material.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Proof {
    /// When, by whom and what was seen.
    pub moment: Moment,
    /// Whether it does.
    pub holds: bool,
    /// Whether it shows which key it is, beside that it works.
    pub identifies: bool,
    /// What the place encrypted, for the next time the same material comes.
    pub kept: Option<Witness>,
    /// When the key ends there by itself, if it does.
    pub expires: Option<Timestamp>,
}

/// How an import ended.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum End {
    /// The key is there, and proven.
    Done {
        /// When and by whom.
        moment: Moment,
    },
    /// It was given up.
    GivenUp {
        /// When, by whom, and what stays.
        moment: Moment,
    },
}

/// A step of an import that changes something at a place.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportStep {
    /// Make the item at the target that waits for the material.
    Prepare,
    /// Load the target's wrapping key into the source's vault.
    Load,
    /// Take it away again.
    Remove,
    /// Bring the wrapped material.
    Import,
}

/// How far an import is, in order.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Phase {
    /// Where to, and how.
    Target,
    /// Where from.
    Source,
    /// The item is made that waits, and its wrapping key is fetched.
    WrappingKey,
    /// The key is wrapped.
    Wrap,
    /// The target takes it.
    Import,
    /// It is shown to be the same.
    Prove,
    /// It is over, and the key is there.
    Done,
    /// It is over, and was given up.
    GivenUp,
}

impl Phase {
    /// Every phase, in order.
    pub const ALL: [Self; 8] = [
        Self::Target,
        Self::Source,
        Self::WrappingKey,
        Self::Wrap,
        Self::Import,
        Self::Prove,
        Self::Done,
        Self::GivenUp,
    ];

    /// The word for it on the wire and in the shell.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::GivenUp => "given-up",
            Self::Import => "import",
            Self::Prove => "prove",
            Self::Source => "source",
            Self::Target => "target",
            Self::Wrap => "wrap",
            Self::WrappingKey => "wrapping-key",
        }
    }

    /// Whether nothing more can happen.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::GivenUp)
    }
}

impl ImportStep {
    /// Every step.
    pub const ALL: [Self; 4] = [Self::Prepare, Self::Load, Self::Remove, Self::Import];

    /// The word for it on the wire and in the shell.
    pub fn word(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Load => "load",
            Self::Prepare => "prepare",
            Self::Remove => "remove",
        }
    }
}

impl Source {
    /// The word for it on the wire and in the shell.
    pub fn word(&self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Generated => "generated",
            Self::Item { .. } => "item",
            Self::Offline => "offline",
        }
    }

    /// Whether its place wraps it inside.
    pub fn is_inside(&self) -> bool {
        matches!(self, Self::Item { inside: true, .. })
    }
}

impl Import {
    /// A plan of nothing yet.
    pub fn begin(id: ImportId, at: Timestamp) -> Self {
        Self {
            id,
            begun: at,
            again: None,
            target: None,
            source: None,
            item: None,
            loaded: Vec::new(),
            wrapped: None,
            imported: None,
            proof: None,
            end: None,
            orders: Vec::new(),
            log: Vec::new(),
        }
    }

    /// The same key once more to where it went: to the same item, from the same source. It is wrapped and proven anew.
    /// `new_material` says that another version of it comes, so that the item is rotated.
    #[must_use]
    pub fn once_more(&self, id: ImportId, new_material: bool, at: Timestamp) -> Self {
        let mut next = Self::begin(id, at);
        next.again = Some(self.id.clone());
        next.target = self.target.clone().map(|target| ImportTarget { new_material, ..target });
        next.item = self.item.clone();
        // What was made for the occasion is gone; a new version has to be named.
        next.source = self.source.clone().filter(|source| !new_material && *source != Source::Generated);
        next
    }

    /// How far it is.
    pub fn phase(&self) -> Phase {
        let Some(target) = &self.target else { return Phase::Target };
        match (&self.end, &self.imported, &self.wrapped) {
            (Some(End::Done { .. }), _, _) => Phase::Done,
            (Some(End::GivenUp { .. }), _, _) => Phase::GivenUp,
            (None, Some(_), _) => Phase::Prove,
            (None, None, _) if self.source.is_none() => Phase::Source,
            (None, None, _) if target.waits && self.item.is_none() => Phase::WrappingKey,
            (None, None, None) => Phase::Wrap,
            (None, None, Some(_)) => Phase::Import,
        }
    }

    /// The order whose end is not known, if there is one. There is never more than one.
    pub fn live_order(&self) -> Option<&ImportOrder> {
        self.orders.iter().find(|order| order.is_live())
    }

    /// The wrapping key that is still in the source's vault.
    pub fn still_loaded(&self) -> Option<&LoadedKey> {
        self.loaded.iter().rev().find(|loaded| !loaded.removed)
    }

    /// What shows that the target holds the material: of this wrapping or, where that has nothing, of the time before.
    pub fn witness(&self) -> &Witness {
        self.wrapped.as_ref().map_or(&Witness::None, |wrapped| &wrapped.witness)
    }
}
