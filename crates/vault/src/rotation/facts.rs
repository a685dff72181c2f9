//! What is known of rotation at Vault and OpenBao, each fact with the page that says so.

use domain::{RotationFact, RotationMethod};

use crate::mounts::Engine;

const CHECKED: &str = "2026-11-26";
const API: &str = "https://developer.hashicorp.com/vault/api-docs/secret/transit";
const ENGINE: &str = "https://developer.hashicorp.com/vault/docs/secrets/transit";
const KV: &str = "https://developer.hashicorp.com/vault/docs/secrets/kv/kv-v2";
const OPENBAO: &str = "https://openbao.org/api-docs/secret/transit/";
const PKI: &str = "https://developer.hashicorp.com/vault/docs/secrets/pki";

const fn fact(says: &'static str, source: &'static str) -> RotationFact {
    RotationFact::new(says, source, CHECKED)
}

const NEWEST: RotationFact = fact(
    "Whoever names no version encrypts and signs with the newest one; older ones go on decrypting and verifying what was \
     made with them.",
    API,
);
const BELOW: RotationFact = fact(
    "min_decryption_version is a lower bound: whatever was encrypted or signed with any version below it is refused until \
     it is lowered again.",
    OPENBAO,
);
const REWRAP: RotationFact =
    fact("rewrap brings a ciphertext to the newest version without showing what is encrypted.", API);
pub(super) const PERIOD: RotationFact = fact(
    "The server makes new versions by itself only where auto_rotate_period is set, which is 1 hour at least.",
    API,
);
const TRIM: RotationFact = fact(
    "Trimming destroys old versions for good. The server trims only below both min_decryption_version and \
     min_encryption_version.",
    API,
);
const IMPORTED: RotationFact = fact(
    "An imported key is rotated only if it was imported with allow_rotation; from then on no material can be imported for \
     it.",
    API,
);
const VERSIONS: RotationFact =
    fact("Versions below min_decryption_version are archived; the others are the working set.", ENGINE);
const VALUES: RotationFact = fact("Each write of a KV path makes a version; no value is made by the engine.", KV);
const ISSUED: RotationFact = fact(
    "A PKI mount issues each certificate on request: an application has one issued when it starts and drops it when it ends.",
    PKI,
);

/// What must be known of a method at an item of that engine.
pub(super) fn of(engine: Option<Engine>, method: RotationMethod) -> Vec<RotationFact> {
    match (engine, method) {
        (Some(Engine::Transit), RotationMethod::NewVersion) => vec![NEWEST, BELOW, REWRAP, TRIM, PERIOD, IMPORTED],
        (Some(Engine::Transit) | None, _) => vec![NEWEST, VERSIONS],
        (Some(Engine::Kv), _) => vec![VALUES],
        (Some(Engine::Pki), _) => vec![ISSUED],
    }
}
