//! Which item an address names: URLs of the API and of the server's own window, API paths, and `vault:MOUNT/NAME`.
//! Asks nobody, so a mount that was not listed yet is recognised by its path alone.

use domain::ItemKey;

use crate::{
    kv,
    mounts::{Engine, Mounts},
    pki, transit,
    wire::Wire,
};

/// The item that `address` names, if it is one of this connection's.
pub(crate) fn locate(address: &str, wire: &Wire, mounts: &Mounts) -> Option<ItemKey> {
    let text = address.trim();
    if let Some((path, namespace)) = wire.address().below(text) {
        let same = |named: &str| named.trim_matches('/') == wire.namespace().unwrap_or_default().trim_matches('/');
        if namespace.is_some_and(|named| !same(&named)) {
            return None;
        }
        if let Some(path) = path.strip_prefix("v1/") {
            let within = |namespace: &str| path.strip_prefix(namespace.trim_matches('/'))?.strip_prefix('/');
            return of_path(wire.namespace().and_then(within).unwrap_or(path), mounts);
        }
        return of_window(path.strip_prefix("ui/vault/secrets/")?, mounts);
    }
    match ["vault:", "bao:"].iter().find_map(|scheme| text.strip_prefix(scheme)) {
        Some(path) if !path.starts_with('/') => of_path(path, mounts).or_else(|| of_short_path(path, mounts)),
        // The address of another kind of place; a path has no colon before its first slash.
        _ if text.split('/').next().is_some_and(|first| first.contains(':')) => None,
        _ => of_path(text, mounts),
    }
}

/// `transit/keys/x`, `pki/cert/5f:01`, `kv/data/app/db`, `kv/metadata/app/db`.
fn of_path(path: &str, mounts: &Mounts) -> Option<ItemKey> {
    if let Some((mount, rest)) = mounts.containing(path) {
        return id_of(rest).map(|id| ItemKey::new(mount.path, id));
    }
    // The first part that an engine would begin with ends the mount's path.
    let starts = path.match_indices('/').map(|(at, _)| at);
    starts.filter(|at| *at > 0).find_map(|at| id_of(&path[at + 1..]).map(|id| ItemKey::new(&path[..at], id)))
}

/// `transit/x` and `kv/app/db`, as the command line names them.
fn of_short_path(path: &str, mounts: &Mounts) -> Option<ItemKey> {
    let (mount, engine, name) = match mounts.containing(path) {
        Some((mount, rest)) => (mount.path, mount.engine, rest),
        None => {
            let (mount, rest) = path.split_once('/')?;
            (mount.to_owned(), usual_engine(mount)?, rest)
        }
    };
    id_in(engine, name).map(|id| ItemKey::new(mount, id))
}

/// `transit/show/x`, `kv/kv/app/db/details`, `pki/pki/certificates/5f-01/details`, below `ui/vault/secrets/`.
fn of_window(path: &str, mounts: &Mounts) -> Option<ItemKey> {
    const MARKS: [(&str, Option<&str>); 4] = [
        ("/pki/certificates/", Some(pki::CERT)),
        ("/pki/issuers/", Some(pki::ISSUER)),
        ("/kv/", Some(kv::DATA)),
        ("/show/", None),
    ];
    let known = mounts.containing(path).map(|(mount, _)| mount);
    MARKS.iter().find_map(|(mark, prefix)| {
        let (mount, name) = match &known {
            Some(mount) => (mount.path.as_str(), path[mount.path.len()..].strip_prefix(mark)?),
            None => path.split_once(mark)?,
        };
        let name = name.trim_end_matches('/');
        let id = match prefix {
            Some(prefix) => {
                let name = name.strip_suffix("/details").unwrap_or(name);
                if *prefix == kv::DATA { format!("{prefix}{name}") } else { id_of(&format!("{prefix}{name}"))? }
            }
            None => {
                let engine = known.as_ref().map(|mount| mount.engine).or_else(|| usual_engine(mount))?;
                id_in(engine, name)?
            }
        };
        Some(ItemKey::new(mount, id))
    })
}

/// The item id in a path below a mount.
fn id_of(rest: &str) -> Option<String> {
    let rest = rest.trim_end_matches('/');
    let (first, name) = rest.split_once('/')?;
    let one = !name.is_empty() && !name.contains('/');
    match first {
        "keys" if one => Some(rest.to_owned()),
        "cert" if one => Some(format!("{}{}", pki::CERT, pki::canonical_serial(name))),
        "issuer" if one => Some(rest.to_owned()),
        "data" | "metadata" if !name.is_empty() => Some(format!("{}{name}", kv::DATA)),
        _ => None,
    }
}

/// The item id of a bare name in a mount of that engine.
fn id_in(engine: Engine, name: &str) -> Option<String> {
    let name = Some(name.trim_end_matches('/')).filter(|name| !name.is_empty())?;
    match engine {
        Engine::Kv => Some(format!("{}{name}", kv::DATA)),
        Engine::Pki => id_of(name),
        Engine::Transit => (!name.contains('/')).then(|| format!("{}{name}", transit::KEYS)),
    }
}

/// What a mount holds that has the name an engine is mounted under unless somebody says otherwise.
fn usual_engine(mount: &str) -> Option<Engine> {
    match mount.rsplit('/').next()? {
        "kv" | "secret" => Some(Engine::Kv),
        "pki" => Some(Engine::Pki),
        "transit" => Some(Engine::Transit),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{address::Address, mounts::Mount, wire::Tls};

    fn wire(namespace: Option<&str>) -> Wire {
        let address = Address::parse("https://vault.corp:8200").unwrap();
        futures::executor::block_on(Wire::new(address, namespace, &Tls::default())).unwrap()
    }

    fn located(address: &str, namespace: Option<&str>, known: &[(&str, Engine)]) -> Option<String> {
        let mount = |(path, engine): &(&str, Engine)| Mount { path: (*path).to_owned(), engine: *engine };
        let mounts = Mounts::knowing(known.iter().map(mount).collect());
        locate(address, &wire(namespace), &mounts).map(|key| format!("{} | {}", key.vault, key.id))
    }

    #[test]
    fn urls_and_paths_of_this_server_name_items() {
        for (address, due) in [
            ("https://vault.corp:8200/v1/transit/keys/x", "transit | keys/x"),
            ("https://vault.corp:8200/v1/team/kv%20x/data/a%252/b", "team/kv x | data/a%2/b"),
            ("https://vault.corp:8200/v1/kv/metadata/app/db", "kv | data/app/db"),
            ("https://vault.corp:8200/v1/pki/issuer/bb80/json", ""),
            ("https://vault.corp:8200/ui/vault/secrets/transit/show/x?tab=versions", "transit | keys/x"),
            ("https://vault.corp:8200/ui/vault/secrets/kv/show/app/db", "kv | data/app/db"),
            ("https://vault.corp:8200/ui/vault/secrets/secret/kv/app%2Fdb/details?version=3", "secret | data/app/db"),
            ("https://vault.corp:8200/ui/vault/secrets/pki/pki/certificates/5f:01/details", "pki | cert/5f:01"),
            ("transit/keys/x", "transit | keys/x"),
            ("pki/cert/5f:01:aa", "pki | cert/5f:01:aa"),
            ("pki/cert/5F-01-aa", "pki | cert/5f:01:aa"),
            ("pki/cert/ca", "pki | cert/ca"),
            ("https://vault.corp:8200/ui/vault/secrets/pki/pki/certificates/5f-01/details", "pki | cert/5f:01"),
            ("kv/data/keys/data/x", "kv | data/keys/data/x"),
            ("vault:transit/x", "transit | keys/x"),
            ("vault:team/transit/keys/x", "team/transit | keys/x"),
            ("vault:secret/app/db", "secret | data/app/db"),
        ] {
            assert_eq!(located(address, None, &[]).unwrap_or_default(), due, "{address}");
        }
    }

    #[test]
    fn what_belongs_elsewhere_names_nothing_here() {
        for address in [
            "https://other.corp:8200/v1/transit/keys/x",
            "http://vault.corp:8200/v1/transit/keys/x",
            "https://vault.corp:8200/v1/transit/keys/x?namespace=team",
            "https://v.vault.azure.net/keys/x",
            "arn:aws:kms:eu-west-1:111122223333:key/1234",
            "arn:aws:acm:eu-west-1:111122223333:certificate/data/1",
            "transit",
            "transit/keys/",
            "transit/keys/x/rotate",
            "vault:odd/x",
            "",
        ] {
            assert_eq!(located(address, None, &[]), None, "{address}");
        }
    }

    #[test]
    fn known_mounts_and_the_namespace_decide_first() {
        let known = [("odd", Engine::Transit), ("a/data", Engine::Kv)];
        assert_eq!(located("vault:odd/x", None, &known).unwrap(), "odd | keys/x");
        assert_eq!(located("a/data/data/x", None, &known).unwrap(), "a/data | data/x");
        let url = "https://vault.corp:8200/ui/vault/secrets/odd/show/x?namespace=team";
        assert_eq!(located(url, Some("team"), &known).unwrap(), "odd | keys/x");
        let url = "https://vault.corp:8200/v1/team/transit/keys/x";
        assert_eq!(located(url, Some("team"), &[]).unwrap(), "transit | keys/x");
        assert_eq!(located(url, None, &[]).unwrap(), "team/transit | keys/x");
    }
}
