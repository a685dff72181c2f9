//! How a vault and an item are named, inside one connection and across all of them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Error, Kind};

/// Names a vault within its connection: an AWS Region, a mount path, the one keystore. Stable over time.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct VaultId(pub String);

/// Names an item within its connection. Stable over renames of aliases; providers make it from their own identifier.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct ItemKey {
    /// The vault it lies in.
    pub vault: VaultId,
    /// The provider's identifier inside the vault; may hold slashes.
    pub id: String,
}

/// Names an item across all connections. The text form is `connection/vault/id`, where `/`, `%` and control characters
/// within the first two parts are percent-encoded and the id runs to the end as it is.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ItemRef {
    /// The connection's name.
    pub connection: String,
    /// The item within it.
    pub key: ItemKey,
}

impl ItemKey {
    /// The item `id` of `vault`.
    pub fn new(vault: impl Into<String>, id: impl Into<String>) -> Self {
        Self { vault: VaultId(vault.into()), id: id.into() }
    }
}

impl fmt::Display for VaultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ItemRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", encode(&self.connection), encode(&self.key.vault.0), self.key.id)
    }
}

impl FromStr for ItemRef {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let not_a_ref = || {
            Error::new(Kind::Invalid, "read a reference", "a reference has the form connection/vault/item")
                .with_next("Copy it from `claviger ls`, or from the item's overview.")
        };
        let mut parts = text.splitn(3, '/');
        let (Some(connection), Some(vault), Some(id)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(not_a_ref());
        };
        let connection = decode(connection).ok_or_else(not_a_ref)?;
        let vault = decode(vault).ok_or_else(not_a_ref)?;
        if connection.is_empty() || vault.is_empty() || id.is_empty() {
            return Err(not_a_ref());
        }
        Ok(Self { connection, key: ItemKey::new(vault, id) })
    }
}

fn encode(part: &str) -> String {
    let mut out = String::with_capacity(part.len());
    for c in part.chars() {
        match c {
            '%' => out.push_str("%25"),
            '/' => out.push_str("%2F"),
            c if c.is_ascii_control() => out.push_str(&format!("%{:02X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

fn decode(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let pair = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_reads_back_whatever_the_names_hold() {
        for (connection, vault, id) in [
            ("prod", "eu-west-1", "kms/1234"),
            ("a/b", "team/transit", "key/with/slashes"),
            ("50%", "100%2F", "ends/with/%2F"),
            ("zażółć", "\u{202e}x\n", "名"),
        ] {
            let it = ItemRef { connection: connection.into(), key: ItemKey::new(vault, id) };
            assert_eq!(it.to_string().parse::<ItemRef>().unwrap(), it);
        }
    }

    #[test]
    fn what_is_not_a_reference_is_refused() {
        for text in ["", "a", "a/b", "a/b/", "/b/c", "a//c", "a%2/b/c", "a%zz/b/c"] {
            assert_eq!(text.parse::<ItemRef>().unwrap_err().kind(), Kind::Invalid, "{text}");
        }
    }
}
