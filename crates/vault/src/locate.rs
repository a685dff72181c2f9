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
        _ if text.contains(':') && !text.contains("cert/") && !text.contains("/data/") => None,
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
            Some(prefix) => format!("{prefix}{}", name.strip_suffix("/details").unwrap_or(name)),
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
        "cert" if one => Some(rest.to_owned()),
        "issuer" if one => Some(rest.to_owned()),
        "data" | "metadata" if !name.is_empty() => Some(format!("{}{name}", kv::DATA)),
        _ => None,
    }
}

/// The item id of a bare name in a mount of that engine.
fn id_in(engine: Engine, name: &str) -> Option<String> {
    let name = name.trim_end_matches('/');
    match engine {
        _ if name.is_empty() => None,
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
