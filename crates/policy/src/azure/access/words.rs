//! The words of access policies, as data.
//!
//! Source: Azure Resource Manager, Microsoft.KeyVault 2023-02-01, `Permissions`.

use crate::Power;

/// What a word is about: one of the four lists.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Kind {
    /// `keys`.
    Keys,
    /// `secrets`.
    Secrets,
    /// `certificates`.
    Certificates,
    /// `storage`: keys of storage accounts, a thing of the past.
    Storage,
}

/// One word of one list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Word {
    /// As ARM writes it; upper and lower case do not count.
    pub word: &'static str,
    /// What it gives; `None` for reading of metadata and what changes nothing of the use.
    pub power: Option<Power>,
    /// Whether it destroys what soft-delete keeps.
    pub purges: bool,
}

/// Every list.
pub const KINDS: [Kind; 4] = [Kind::Keys, Kind::Secrets, Kind::Certificates, Kind::Storage];

const fn word(word: &'static str, power: Option<Power>) -> Word {
    Word { word, power, purges: false }
}

const PURGE: Word = Word { word: "purge", power: Some(Power::Destroy), purges: true };
const DELETE: Word = word("delete", Some(Power::Destroy));
const BACKUP: Word = word("backup", None);

const KEYS: &[Word] = &[
    word("encrypt", Some(Power::Encrypt)),
    word("decrypt", Some(Power::Decrypt)),
    word("wrapKey", Some(Power::Encrypt)),
    word("unwrapKey", Some(Power::Decrypt)),
    word("sign", Some(Power::Sign)),
    word("verify", None),
    word("get", None),
    word("list", None),
    word("create", None),
    // An update disables a key, and sets when it ends.
    word("update", Some(Power::Destroy)),
    word("import", None),
    DELETE,
    BACKUP,
    word("restore", None),
    word("recover", None),
    PURGE,
    word("release", Some(Power::Extract)),
    word("rotate", None),
    word("getrotationpolicy", None),
    word("setrotationpolicy", None),
];

const SECRETS: &[Word] = &[
    word("get", Some(Power::Extract)),
    word("list", None),
    word("set", None),
    DELETE,
    BACKUP,
    word("restore", None),
    word("recover", None),
    PURGE,
];

const CERTIFICATES: &[Word] = &[
    word("get", None),
    word("list", None),
    DELETE,
    word("create", None),
    word("import", None),
    word("update", Some(Power::Destroy)),
    word("managecontacts", None),
    word("getissuers", None),
    word("listissuers", None),
    word("setissuers", None),
    word("deleteissuers", None),
    word("manageissuers", None),
    word("recover", None),
    PURGE,
    BACKUP,
    word("restore", None),
];

const STORAGE: &[Word] = &[
    word("get", None),
    word("list", None),
    DELETE,
    word("set", None),
    word("update", None),
    word("regeneratekey", None),
    word("recover", None),
    PURGE,
    BACKUP,
    word("restore", None),
    word("setsas", None),
    word("listsas", None),
    word("getsas", Some(Power::Extract)),
    word("deletesas", None),
];

impl Kind {
    /// The list's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Keys => "keys",
            Self::Secrets => "secrets",
            Self::Certificates => "certificates",
            Self::Storage => "storage",
        }
    }

    /// Its words; `all` stands for every one of them.
    pub fn words(self) -> &'static [Word] {
        match self {
            Self::Keys => KEYS,
            Self::Secrets => SECRETS,
            Self::Certificates => CERTIFICATES,
            Self::Storage => STORAGE,
        }
    }

    /// The word, whatever its case of letters.
    pub fn word(self, written: &str) -> Option<&'static Word> {
        self.words().iter().find(|word| word.word.eq_ignore_ascii_case(written))
    }
}
