//! The mounts of a namespace that hold something we read, and what is known of them without asking.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use domain::{Error, Kind, Result, Vault, VaultId};
use serde::Deserialize;

use crate::client::{Client, null_is_empty};

/// Tells the mounts that this token may see something of.
pub(crate) const SEEN_MOUNTS: &str = "sys/internal/ui/mounts";
const ALL_MOUNTS: &str = "sys/mounts";
const OPERATION: &str = "list mounts";
const NAME_THEM: &str = "Ask for the permission, or name the mounts in the connection, such as transit, kv.";

/// A secrets engine that we read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Engine {
    /// Key and value pairs, version 2.
    Kv,
    /// Certificates and their issuers.
    Pki,
    /// Keys that are used inside.
    Transit,
}

/// One mount.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Mount {
    /// Its path without the slash at the end.
    pub(crate) path: String,
    pub(crate) engine: Engine,
}

/// The mounts of one connection.
#[derive(Debug, Default)]
pub(crate) struct Mounts {
    /// Named by the person; if there are any, no others are looked for.
    named: Vec<String>,
    /// Those that were found last.
    known: Mutex<Vec<Mount>>,
}

/// A mount, or the path of one that could not be read about.
pub(crate) type Found = Result<Mount, (String, Error)>;

#[derive(Debug, Deserialize)]
struct Info {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    options: BTreeMap<String, serde_json::Value>,
}

#[derive(Debug, Deserialize)]
struct Seen {
    #[serde(default, deserialize_with = "null_is_empty")]
    secret: BTreeMap<String, Info>,
}

impl Engine {
    /// The mount's kind for a person.
    pub(crate) fn native_kind(self) -> &'static str {
        match self {
            Self::Kv => "KV mount",
            Self::Pki => "PKI mount",
            Self::Transit => "transit mount",
        }
    }

    fn of(info: &Info) -> Option<Self> {
        match info.kind.as_str() {
            "transit" => Some(Self::Transit),
            "pki" => Some(Self::Pki),
            "kv" if info.options.get("version").is_some_and(|version| version == "2") => Some(Self::Kv),
            _ => None,
        }
    }
}

impl Mount {
    /// The mount as a vault.
    pub(crate) fn vault(&self) -> Vault {
        vault(&self.path, self.engine.native_kind())
    }
}

/// A vault that stands for the mount at `path`.
pub(crate) fn vault(path: &str, native_kind: &'static str) -> Vault {
    Vault { id: VaultId(path.to_owned()), name: format!("{path}/"), native_kind }
}

impl Mounts {
    /// Those named by the person, or none to look for them.
    pub(crate) fn new(named: Vec<String>) -> Self {
        let named =
            named.iter().map(|path| path.trim_matches('/').to_owned()).filter(|path| !path.is_empty()).collect();
        Self { named, known: Mutex::default() }
    }

    #[cfg(test)]
    pub(crate) fn knowing(known: Vec<Mount>) -> Self {
        Self { named: Vec::new(), known: Mutex::new(known) }
    }

    /// Asks the server. The error is that of the list as a whole.
    pub(crate) async fn find(&self, client: &Client) -> Result<Vec<Found>> {
        let found = if self.named.is_empty() {
            all(client).await?.into_iter().map(Ok).collect()
        } else {
            futures::future::join_all(self.named.iter().map(|path| one(client, path))).await
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        *known = found.iter().filter_map(|mount: &Found| mount.as_ref().ok().cloned()).collect();
        Ok(found)
    }

    /// The engine of a mount; asks the server if it is not known.
    pub(crate) async fn engine(&self, client: &Client, vault: &VaultId) -> Result<Engine> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match known.into_iter().find(|mount| mount.path == vault.0) {
            Some(mount) => Ok(mount.engine),
            None => one(client, &vault.0).await.map(|mount| mount.engine).map_err(|(_, error)| error),
        }
    }

    /// The known mount that `path` lies in, with the rest of it. Asks nobody.
    pub(crate) fn containing<'a>(&self, path: &'a str) -> Option<(Mount, &'a str)> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let rest = |mount: &Mount| path.strip_prefix(mount.path.as_str()).and_then(|rest| rest.strip_prefix('/'));
        let deepest = known.iter().filter(|mount| rest(mount).is_some()).max_by_key(|mount| mount.path.len())?;
        Some((deepest.clone(), rest(deepest)?))
    }
}

async fn all(client: &Client) -> Result<Vec<Mount>> {
    let told = match client.read::<Seen>(OPERATION, SEEN_MOUNTS).await {
        Ok(seen) => seen.secret,
        // Vaults before 0.10 have no such path; there, and only there, the full list needs asking.
        Err(error) if matches!(error.kind(), Kind::Denied | Kind::NotFound | Kind::Unsupported) => {
            let all = client.read::<BTreeMap<String, Info>>(OPERATION, ALL_MOUNTS).await;
            all.map_err(|_| if error.kind() == Kind::Denied { error.with_next(NAME_THEM) } else { error })?
        }
        Err(error) => return Err(error),
    };
    let mount = |(path, info): (String, Info)| {
        Some(Mount { engine: Engine::of(&info)?, path: path.trim_end_matches('/').to_owned() })
    };
    Ok(told.into_iter().filter_map(mount).collect())
}

async fn one(client: &Client, path: &str) -> Found {
    let info = client.read::<Info>("look at a mount", &format!("{SEEN_MOUNTS}/{path}")).await;
    let info = info.map_err(|error| (path.to_owned(), error))?;
    Engine::of(&info).map(|engine| Mount { path: path.to_owned(), engine }).ok_or_else(|| {
        let version = info.options.get("version").and_then(|version| version.as_str());
        let kind = version.map_or_else(|| info.kind.clone(), |version| format!("{} version {version}", info.kind));
        let message = format!("{path}/ is a mount of type {kind}; transit, pki and kv version 2 are read");
        (path.to_owned(), Error::new(Kind::Unsupported, "look at a mount", message))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_recorded_mounts_only_ours_are_kept() {
        let recorded = r#"{"auth":{},"secret":{"cubbyhole/":{"options":null,"type":"cubbyhole"},
            "empty/":{"options":{},"type":"transit"},"kv/":{"options":{"version":"2"},"type":"kv"},
            "kv1/":{"options":{"version":"1"},"type":"kv"},"old/":{"options":null,"type":"kv"},
            "pki/":{"options":{},"type":"pki"},"sys/":{"options":null,"type":"system"}}}"#;
        let seen: Seen = serde_json::from_str(recorded).unwrap();
        let kept: Vec<_> =
            seen.secret.iter().filter_map(|(path, info)| Some((path.as_str(), Engine::of(info)?))).collect();
        assert_eq!(kept, [("empty/", Engine::Transit), ("kv/", Engine::Kv), ("pki/", Engine::Pki)]);
    }

    #[test]
    fn the_deepest_mount_holds_a_path() {
        let mount = |path: &str| Mount { path: path.to_owned(), engine: Engine::Transit };
        let mounts = Mounts::knowing(vec![mount("team"), mount("team/transit")]);
        assert_eq!(mounts.containing("team/transit/keys/x"), Some((mount("team/transit"), "keys/x")));
        assert_eq!(mounts.containing("team/keys/x"), Some((mount("team"), "keys/x")));
        assert_eq!(mounts.containing("teamwork/keys/x"), None);
    }
}
