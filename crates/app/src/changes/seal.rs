//! The journal's seal, kept in the keychain beside the secrets of connections.

use std::sync::Arc;

use domain::{Result, Secret};
use journal::Seal;

use crate::Keychain;

/// No connection can have this name: a name is never empty.
const OWNER: &str = "";
const FIELD: &str = "journal head";

pub(crate) struct KeychainSeal(pub(crate) Arc<dyn Keychain>);

impl Seal for KeychainSeal {
    fn persistent(&self) -> bool {
        self.0.persistent()
    }

    fn read(&self) -> Result<Option<String>> {
        let kept = self.0.read(OWNER, FIELD)?;
        Ok(kept.map(|sealed| sealed.expose_text().unwrap_or_default().to_owned()))
    }

    fn keep(&self, sealed: &str) -> Result<()> {
        self.0.keep(OWNER, FIELD, &Secret::from_text(sealed.to_owned()))
    }
}
