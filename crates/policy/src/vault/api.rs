//! The paths of Vault's engines by what somebody who may use them gains, as data.
//!
//! Source: OpenBao 2.7.2 API documentation ("Transit", "KV", "PKI", "Token", "/sys/policies"), 2026-11. In a path `{mount}`
//! stands for where the engine is mounted, `{name}` for the item, `+` for one segment that does not matter.

use std::sync::LazyLock;

use super::{Capability, pattern::Pattern};
use crate::Power;

/// One path of the API.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Endpoint {
    /// Whose: `transit`, `kv`, `pki`, `token`, `system`.
    pub(super) engine: Engine,
    /// Its path.
    pub(super) path: &'static str,
    /// What it takes.
    pub(super) needs: Capability,
    /// What it gives.
    pub(super) power: Power,
    /// What it does, after "can".
    pub(super) does: &'static str,
}

/// The engines whose paths are known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Engine {
    /// Keys that stay.
    Transit,
    /// Values, version 2.
    Kv,
    /// Certificates.
    Pki,
    /// What is there once: policies, tokens, mounts.
    System,
}

const fn of(engine: Engine, path: &'static str, needs: Capability, power: Power, does: &'static str) -> Endpoint {
    Endpoint { engine, path, needs, power, does }
}

use Capability::{Delete, List, Read, Update};
use Engine::{Kv, Pki, System, Transit};

/// Every path that gives a power.
pub(super) const ENDPOINTS: &[Endpoint] = &[
    of(Transit, "{mount}/sign/{name}", Update, Power::Sign, "sign"),
    of(Transit, "{mount}/sign/{name}/+", Update, Power::Sign, "sign"),
    of(Transit, "{mount}/hmac/{name}", Update, Power::Sign, "make MACs"),
    of(Transit, "{mount}/hmac/{name}/+", Update, Power::Sign, "make MACs"),
    of(Transit, "{mount}/encrypt/{name}", Update, Power::Encrypt, "encrypt"),
    of(Transit, "{mount}/datakey/plaintext/{name}", Update, Power::Encrypt, "make data keys"),
    of(Transit, "{mount}/datakey/wrapped/{name}", Update, Power::Encrypt, "make wrapped data keys"),
    of(Transit, "{mount}/decrypt/{name}", Update, Power::Decrypt, "decrypt"),
    of(Transit, "{mount}/export/+/{name}", Read, Power::Extract, "take the key away, if it is exportable"),
    of(Transit, "{mount}/export/+/{name}/+", Read, Power::Extract, "take the key away, if it is exportable"),
    of(Transit, "{mount}/byok-export/+/{name}", Read, Power::Extract, "take the key away wrapped, if it is exportable"),
    of(
        Transit,
        "{mount}/byok-export/+/{name}/+",
        Read,
        Power::Extract,
        "take the key away wrapped, if it is exportable",
    ),
    of(Transit, "{mount}/backup/{name}", Read, Power::Extract, "take the key away, if plain backups are allowed"),
    of(Transit, "{mount}/keys/{name}", Delete, Power::Destroy, "delete the key, if that is allowed"),
    of(
        Transit,
        "{mount}/keys/{name}/config",
        Update,
        Power::Destroy,
        "end old versions, and allow deletion and export",
    ),
    of(Transit, "{mount}/keys/{name}/trim", Update, Power::Destroy, "destroy old versions"),
    of(Transit, "{mount}/keys/{name}/soft-delete", Update, Power::Destroy, "disable the key"),
    of(Kv, "{mount}/data/{name}", Read, Power::Extract, "read the value"),
    of(Kv, "{mount}/data/{name}", Delete, Power::Destroy, "delete the newest version"),
    of(Kv, "{mount}/delete/{name}", Update, Power::Destroy, "delete versions"),
    of(Kv, "{mount}/destroy/{name}", Update, Power::Destroy, "destroy versions"),
    of(Kv, "{mount}/metadata/{name}", Delete, Power::Destroy, "destroy all versions"),
    of(Pki, "{mount}/issue/+", Update, Power::Sign, "issue certificates with their keys"),
    of(Pki, "{mount}/sign/+", Update, Power::Sign, "sign certificate requests"),
    of(Pki, "{mount}/sign-verbatim", Update, Power::Sign, "sign any certificate request as it is"),
    of(Pki, "{mount}/sign-verbatim/+", Update, Power::Sign, "sign any certificate request as it is"),
    of(Pki, "{mount}/root/sign-intermediate", Update, Power::Sign, "make other authorities"),
    of(Pki, "{mount}/revoke", Update, Power::Destroy, "revoke certificates"),
    of(Pki, "{mount}/root", Delete, Power::Destroy, "delete all issuers and keys"),
    of(System, "auth/token/create", Update, Power::Delegate, "make tokens"),
    of(System, "auth/token/create-orphan", Update, Power::Delegate, "make tokens that outlive their maker"),
    of(System, "auth/token/create/+", Update, Power::Delegate, "make tokens by a role"),
    of(System, "auth/token/roles/+", Update, Power::Delegate, "change who may make which tokens"),
    of(System, "sys/auth/+", Update, Power::Delegate, "add ways to sign in"),
    of(System, "identity/entity", Update, Power::Delegate, "give policies to identities"),
    of(System, "identity/group", Update, Power::Delegate, "give policies to groups"),
    of(System, "sys/policies/acl/{policy}", Update, Power::Administer, "change the policy"),
    of(System, "sys/policy/{policy}", Update, Power::Administer, "change the policy"),
    of(System, "sys/mounts/{mount}", Delete, Power::Destroy, "destroy the whole mount"),
];

/// First segments below a mount of KV version 2 that its paths have; everything else does not exist there.
pub(super) const KV_PARTS: [&str; 7] = ["config", "data", "delete", "destroy", "metadata", "subkeys", "undelete"];

/// Paths that cannot be used without `sudo`, as OpenBao 2.7.2 was seen to refuse them, 2026-11-27.
pub(super) const SUDO_PATHS: &[(&str, Capability)] = &[
    ("auth/token/accessors", List),
    ("sys/audit", Read),
    ("sys/audit/+", Update),
    ("sys/auth/+", Update),
    ("sys/config/auditing/request-headers/+", Update),
    ("sys/config/cors", Update),
    ("sys/config/ui/headers/+", Update),
    ("sys/internal/inspect/router/+", Read),
    ("sys/leases/lookup/+", List),
    ("sys/leases/revoke-force/+", Update),
    ("sys/leases/revoke-prefix/+", Update),
    ("sys/plugins/catalog/+", Update),
    ("sys/plugins/catalog/+/+", Update),
    ("sys/raw/+", Read),
    ("sys/remount", Update),
    ("sys/rotate", Update),
    ("sys/rotate/root", Update),
    ("sys/seal", Update),
];

/// Paths where sudo changes what a call may do, or that Vault protects and OpenBao does not. Source: Vault documentation,
/// "Policies", root-protected API endpoints, 2026-11.
pub(super) const SUDO_COUNTS: &[&str] = &[
    "auth/token/create",
    "auth/token/create/+",
    "auth/token/create-orphan",
    "auth/token/revoke-orphan",
    "pki/root",
    "sys/step-down",
    "sys/pprof/+",
    "sys/replication/+/+",
];

/// What an item's address says: its engine's paths are those of its mount and name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Address {
    pub(super) engine: Engine,
    pub(super) mount: String,
    pub(super) name: String,
}

impl Address {
    /// `transit/keys/payments`, `kv/data/app/db`, `pki/cert/5f`; mounts may have slashes in them.
    pub(super) fn of(item: &str) -> Option<Self> {
        let marks = [
            ("/keys/", Transit),
            ("/data/", Kv),
            ("/metadata/", Kv),
            ("/cert/", Pki),
            ("/issuer/", Pki),
            ("/key/", Pki),
        ];
        let found = marks.iter().filter_map(|(mark, engine)| Some((item.find(mark)?, mark, *engine)));
        let (at, mark, engine) = found.min_by_key(|(at, ..)| *at)?;
        let name = item[at + mark.len()..].trim_end_matches('/');
        let mount = item[..at].trim_start_matches('/');
        (!name.is_empty() && !mount.is_empty()).then(|| Self { engine, mount: mount.to_owned(), name: name.to_owned() })
    }
}

impl Endpoint {
    /// Its path for one item of one policy; `None` if it is another engine's.
    pub(super) fn path_for(&self, address: &Address, policy: &str) -> Option<String> {
        let fits = self.engine == System || self.engine == address.engine;
        let path = self.path.replace("{mount}", &address.mount).replace("{name}", &address.name);
        fits.then(|| path.replace("{policy}", policy))
    }

    /// Every path of the API wherever its engine may be mounted, as a pattern.
    pub(super) fn anywhere() -> impl Iterator<Item = (&'static Self, &'static Pattern)> {
        static PATTERNS: LazyLock<Vec<Pattern>> =
            LazyLock::new(|| ENDPOINTS.iter().map(|endpoint| Pattern::of(&endpoint.path_anywhere())).collect());
        ENDPOINTS.iter().zip(PATTERNS.iter())
    }

    /// Its path wherever the engine may be mounted.
    pub(super) fn path_anywhere(&self) -> String {
        self.path.replace("{mount}", "+").replace("{name}", "+").replace("{policy}", "+")
    }
}
