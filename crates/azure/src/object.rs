//! The three kinds of objects, and the name of one, as identifiers of items write them: `keys/NAME`.

use std::fmt;

use domain::{Ask, Error, ItemKey, Kind, Result, VaultId};
use serde::{Deserialize, Serialize};

/// A kind of object, each with a part of the API to itself.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Object {
    Certificate,
    Key,
    Secret,
}

/// One object by its name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Named {
    pub(crate) vault: VaultId,
    pub(crate) object: Object,
    pub(crate) name: String,
}

impl Object {
    /// All three, a certificate first.
    pub(crate) const ALL: [Self; 3] = [Self::Certificate, Self::Key, Self::Secret];

    /// The item of that name.
    pub(crate) fn item(self, vault: &VaultId, name: &str) -> ItemKey {
        ItemKey { vault: vault.clone(), id: format!("{}/{name}", self.collection()) }
    }

    /// What a person calls it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::Key => "key",
            Self::Secret => "secret",
        }
    }

    /// Its part of the API, and the begin of identifiers.
    pub(crate) fn collection(self) -> &'static str {
        match self {
            Self::Certificate => "certificates",
            Self::Key => "keys",
            Self::Secret => "secrets",
        }
    }
}

impl Named {
    /// The object that an item is.
    ///
    /// # Errors
    /// `Invalid` if the identifier is none of this provider's.
    pub(crate) fn of(item: &ItemKey) -> Result<Self> {
        let object = |word: &str| match word {
            "certificates" => Some(Object::Certificate),
            "keys" => Some(Object::Key),
            "secrets" => Some(Object::Secret),
            _ => None,
        };
        let named = item.id.split_once('/').and_then(|(word, name)| Some((object(word)?, name)));
        match named.filter(|(_, name)| is_name(name)) {
            Some((object, name)) => Ok(Self { vault: item.vault.clone(), object, name: name.to_owned() }),
            None => Err(Error::new(Kind::Invalid, "find the item", format!("{:?} names nothing here", item.id))
                .with_next("Items are certificates/NAME, keys/NAME or secrets/NAME of a vault.")),
        }
    }

    /// The item that it is.
    pub(crate) fn item(&self) -> ItemKey {
        self.object.item(&self.vault, &self.name)
    }
}

/// Whether Azure takes it as a name. Source: REST API, `^[0-9a-zA-Z-]+$`, and 127 characters by "About keys, secrets, and
/// certificates".
pub(crate) fn is_name(name: &str) -> bool {
    (1..=127).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} {}", self.object.word(), self.name)
    }
}

/// Whether an ask is about how certificates come about: their issuing, the issuers and the contacts. `None` for an ask of
/// a vault.
pub(crate) fn is_issuing(ask: Ask, object: Option<Object>) -> bool {
    match object {
        None => matches!(
            ask,
            Ask::CreateCertificate | Ask::DeleteIssuer | Ask::ImportCertificate | Ask::SetContacts | Ask::SetIssuer
        ),
        Some(Object::Certificate) => {
            matches!(ask, Ask::CancelIssuance | Ask::ChangeCertificatePolicy | Ask::MergeCertificate | Ask::Rotate)
        }
        Some(Object::Key | Object::Secret) => false,
    }
}
