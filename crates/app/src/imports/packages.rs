//! What is held of an import in memory and nowhere else: the wrapping key, its token, and the key as it will be sent.

use std::{collections::HashMap, sync::Mutex};

use domain::{Error, KeyMaterial, Kind, Package, Result, Secret, Timestamp, Wrapped, WrappingKey};
use encoding::PublicKey;
use import::Held;

use crate::locked;

/// By the number of the import. Each is forgotten when it was sent, given up or fetched anew.
#[derive(Default)]
pub(crate) struct Packages(Mutex<HashMap<String, Carried>>);

/// What is held of one import.
#[derive(Default)]
struct Carried {
    key: Option<Fetched>,
    packed: Option<Packed>,
}

struct Fetched {
    key: WrappingKey,
    fingerprint: String,
}

enum Packed {
    Plain(KeyMaterial),
    Wrapped { blob: Vec<u8>, sha256: String },
}

/// A wrapping key that is in memory.
#[derive(Clone)]
pub(super) struct Fitting {
    /// DER of its SPKI.
    pub(super) spki: Vec<u8>,
    pub(super) fingerprint: String,
    pub(super) until: Option<Timestamp>,
}

impl Packages {
    /// Keeps a wrapping key in the place of the one before. What was wrapped with that is of no use any more.
    pub(super) fn keep_key(&self, id: &str, key: WrappingKey) -> Result<()> {
        let fingerprint = fingerprint(&key.public_key)?;
        let carried = Carried { key: Some(Fetched { key, fingerprint }), packed: None };
        locked(&self.0).insert(id.to_owned(), carried);
        Ok(())
    }

    /// Keeps what was wrapped.
    pub(super) fn keep_wrapped(&self, id: &str, blob: Vec<u8>, sha256: String) {
        locked(&self.0).entry(id.to_owned()).or_default().packed = Some(Packed::Wrapped { blob, sha256 });
    }

    /// Keeps what is sent as it is.
    pub(super) fn keep_plain(&self, id: &str, material: KeyMaterial) {
        locked(&self.0).entry(id.to_owned()).or_default().packed = Some(Packed::Plain(material));
    }

    /// The wrapping key that is held.
    pub(super) fn key(&self, id: &str) -> Option<Fitting> {
        let packages = locked(&self.0);
        let fetched = packages.get(id)?.key.as_ref()?;
        Some(Fitting {
            spki: fetched.key.public_key.clone(),
            fingerprint: fetched.fingerprint.clone(),
            until: fetched.key.expires,
        })
    }

    /// What the locks must know.
    pub(super) fn held(&self, id: &str) -> Held {
        let packages = locked(&self.0);
        let Some(carried) = packages.get(id) else { return Held::default() };
        Held {
            wrapping_key: carried.key.as_ref().map(|fetched| fetched.fingerprint.clone()),
            until: carried.key.as_ref().and_then(|fetched| fetched.key.expires),
            package: carried.packed.is_some(),
        }
    }

    /// A copy of what is sent, for a plan. It is wiped with the plan.
    ///
    /// # Errors
    /// `Conflict` if it is not there.
    pub(super) fn package(&self, id: &str) -> Result<Package> {
        let packages = locked(&self.0);
        let gone = || {
            Error::new(Kind::Conflict, "send the key", "the wrapped key is not in memory any more")
                .with_refused_by("this app")
                .with_next("Wrap the key again: nothing was sent.")
        };
        let carried = packages.get(id).ok_or_else(gone)?;
        Ok(match carried.packed.as_ref().ok_or_else(gone)? {
            Packed::Plain(material) => {
                Package::Plain(KeyMaterial { algorithm: material.algorithm.clone(), bytes: copy(&material.bytes) })
            }
            Packed::Wrapped { blob, sha256 } => Package::Wrapped(Wrapped {
                blob: blob.clone(),
                sha256: sha256.clone(),
                token: carried.key.as_ref().and_then(|fetched| fetched.key.token.as_ref()).map(copy),
                wrapped_for: carried.key.as_ref().and_then(|fetched| fetched.key.of.clone()),
            }),
        })
    }

    /// Wipes what is held.
    pub(super) fn forget(&self, id: &str) {
        locked(&self.0).remove(id);
    }
}

/// `SHA256:` and base64 over the SPKI.
pub(super) fn fingerprint(spki: &[u8]) -> Result<String> {
    Ok(encoding::snowflake::expected(&PublicKey::from_spki_der(spki)?))
}

fn copy(secret: &Secret) -> Secret {
    Secret::new(secret.expose().to_vec())
}
