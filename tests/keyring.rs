//! A keyring that outlives the app.

use app::{Keychain, MemoryKeychain};
use domain::{Result, Secret};

/// Keeps what it was given for as long as the test has it.
#[derive(Default)]
pub(crate) struct Keyring(MemoryKeychain);

impl Keychain for Keyring {
    fn persistent(&self) -> bool {
        true
    }
    fn read(&self, connection: &str, field: &str) -> Result<Option<Secret>> {
        self.0.read(connection, field)
    }
    fn keep(&self, connection: &str, field: &str, secret: &Secret) -> Result<()> {
        self.0.keep(connection, field, secret)
    }
    fn forget(&self, connection: &str, field: &str) -> Result<()> {
        self.0.forget(connection, field)
    }
}
