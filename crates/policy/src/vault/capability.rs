//! What a rule lets somebody do with a path.

/// One capability.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Capability {
    /// Nothing at all, whatever another rule of the same path says.
    Deny,
    /// POST or PUT where nothing is yet.
    Create,
    /// GET.
    Read,
    /// POST or PUT where something is.
    Update,
    /// DELETE.
    Delete,
    /// LIST.
    List,
    /// The paths that only root may use otherwise.
    Sudo,
    /// PATCH.
    Patch,
    /// SCAN, a list with everything below (OpenBao alone).
    Scan,
    /// To be told of events (Vault Enterprise alone).
    Subscribe,
    /// To bring back from a snapshot (Vault Enterprise alone).
    Recover,
}

/// A set of capabilities.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Capabilities(u16);

impl Capability {
    /// Every capability.
    pub const ALL: [Self; 11] = [
        Self::Deny,
        Self::Create,
        Self::Read,
        Self::Update,
        Self::Delete,
        Self::List,
        Self::Sudo,
        Self::Patch,
        Self::Scan,
        Self::Subscribe,
        Self::Recover,
    ];

    /// As policies write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Deny => "deny",
            Self::Create => "create",
            Self::Read => "read",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::List => "list",
            Self::Sudo => "sudo",
            Self::Patch => "patch",
            Self::Scan => "scan",
            Self::Subscribe => "subscribe",
            Self::Recover => "recover",
        }
    }

    /// The capability of that word; upper and lower case count.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|capability| capability.word() == word)
    }

    /// The one server that knows it, where the other refuses the word.
    pub fn only_of(self) -> Option<&'static str> {
        match self {
            Self::Scan => Some("OpenBao"),
            Self::Subscribe | Self::Recover => Some("Vault Enterprise"),
            Self::Deny
            | Self::Create
            | Self::Read
            | Self::Update
            | Self::Delete
            | Self::List
            | Self::Sudo
            | Self::Patch => None,
        }
    }

    /// What the old words of `policy = "…"` mean; `None` if it is none of them.
    pub fn of_old_word(word: &str) -> Option<&'static [Self]> {
        match word {
            "deny" => Some(&[Self::Deny]),
            "read" => Some(&[Self::Read, Self::List]),
            "write" => Some(&[Self::Create, Self::Read, Self::Update, Self::Delete, Self::List]),
            "sudo" => Some(&[Self::Create, Self::Read, Self::Update, Self::Delete, Self::List, Self::Sudo]),
            _ => None,
        }
    }

    fn bit(self) -> u16 {
        1 << self as u16
    }
}

impl Capabilities {
    /// Nothing else beside it: what a denial leaves.
    pub const DENY: Self = Self(1);

    /// Whether it holds that one.
    pub fn has(self, capability: Capability) -> bool {
        self.0 & capability.bit() != 0
    }

    /// Whether it holds none, not even a denial.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether it lets nothing happen: none at all, or a denial.
    pub fn is_denied(self) -> bool {
        self.is_empty() || self.has(Capability::Deny)
    }

    /// Both together; a denial in either leaves the denial alone.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        let both = Self(self.0 | other.0);
        if both.has(Capability::Deny) { Self::DENY } else { both }
    }

    /// One by one.
    pub fn iter(self) -> impl Iterator<Item = Capability> {
        Capability::ALL.into_iter().filter(move |capability| self.has(*capability))
    }

    /// Their words in the order of the alphabet, as the servers answer; `deny` alone where nothing is allowed.
    pub fn words(self) -> Vec<&'static str> {
        if self.is_denied() {
            return vec!["deny"];
        }
        let mut words: Vec<&'static str> = self.iter().map(Capability::word).collect();
        words.sort_unstable();
        words
    }
}

impl FromIterator<Capability> for Capabilities {
    fn from_iter<I: IntoIterator<Item = Capability>>(capabilities: I) -> Self {
        capabilities.into_iter().fold(Self::default(), |set, capability| set.with(Self(capability.bit())))
    }
}
