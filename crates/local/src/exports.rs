//! Key material on its way out of a keystore. Its owner has the file and what opens it: the material of every enabled key
//! leaves as it is.

use async_trait::async_trait;
use domain::{Error, Exports, ItemDetail, ItemKey, KeyMaterial, Kind, Leaving, Result, Secret, State};
use encoding::material;

use crate::{
    LocalKeystore,
    entries::{Entry, Version},
    entry_of,
    inventory::{SECRET_KIND, state_of},
    material::Material,
};

const EXPORT: &str = "read the key material";
const NOTHING_INSIDE: &str = "A keystore wraps nothing inside: its keys leave as they are, into this app's memory.";

#[async_trait]
impl Exports for LocalKeystore {
    fn leaving(&self, item: &ItemDetail) -> Leaving {
        let plain = if item.item.native_kind == SECRET_KIND {
            Some("The entry holds a secret value, and no key.".to_owned())
        } else {
            match item.item.state {
                // The certificate has ended, not its key.
                State::Enabled | State::Expired => None,
                _ => Some(format!("The entry is {}. Enable it first.", item.item.state.word())),
            }
        };
        Leaving { plain, wrapped: Some(NOTHING_INSIDE.to_owned()) }
    }

    async fn material(&self, item: &ItemKey, version: Option<&str>) -> Result<KeyMaterial> {
        let keystore = self.read().await?;
        let entry = entry_of(&keystore, item, EXPORT)?;
        let version = entry.version(version, EXPORT)?;
        held(entry, version, state_of(entry, version, (self.clock)()))
    }
}

/// A copy of the material of a version that is in that state.
///
/// # Errors
/// `Unsupported` where there is no key; `Denied` unless it is enabled.
pub(crate) fn held(entry: &Entry, version: &Version, state: State) -> Result<KeyMaterial> {
    let (algorithm, bytes) = match &version.material {
        Material::Certificate { key, .. } | Material::Key(key) => (&key.algorithm, &key.private),
        Material::Symmetric { algorithm, key } => (algorithm, key),
        Material::Secret { .. } => {
            return Err(Error::new(
                Kind::Unsupported,
                EXPORT,
                format!("{} holds a secret value, and no key", entry.name),
            )
            .with_refused_by("the keystore"));
        }
    };
    if !matches!(state, State::Enabled | State::Expired) {
        let message = format!("version {} of {} is {}", version.id, entry.name, state.word());
        return Err(Error::new(Kind::Denied, EXPORT, message)
            .with_permission("state enabled")
            .with_refused_by("the keystore")
            .with_next("Enable it first."));
    }
    let copy = Secret::new(bytes.expose().to_vec());
    if algorithm.has_public_half() == Some(false) {
        return Ok(KeyMaterial { algorithm: algorithm.clone(), bytes: copy });
    }
    // Versions before this one wrote PKCS#8 as AWS-LC and rcgen do; what leaves has one form.
    material::read(&copy)
}
