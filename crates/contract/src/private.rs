//! What leaves as a file alone, and never over the wire: a certificate with its private key, and a backup.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zeroize::Zeroizing;

/// Asks for a certificate with its private key as a file.
#[derive(Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SavePrivateKey {
    /// The item, by reference or address.
    pub reference: String,
    /// The version; the current one if absent.
    pub version: Option<String>,
    /// The form of the file.
    pub form: PrivateForm,
}

/// The form of a file with a private key. `Debug` hides the password.
#[derive(Deserialize, Serialize, TS)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum PrivateForm {
    /// PEM without a password: the key (PKCS#8), then its certificates.
    Pem,
    /// PKCS#12 under a new password.
    Pfx {
        /// Typed by the person, sent once, never sent back. Never empty.
        #[ts(type = "string")]
        password: Zeroizing<String>,
    },
}

impl PrivateForm {
    /// Its name on the wire and on the command line.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pem => "pem",
            Self::Pfx { .. } => "pfx",
        }
    }
}

impl fmt::Debug for PrivateForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Asks for a backup of an item as a file.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SaveBackup {
    /// The item, by reference or address.
    pub reference: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_in_no_debug_text() {
        let form = PrivateForm::Pfx { password: Zeroizing::new("hunter2".to_owned()) };
        let request = SavePrivateKey { reference: "a/b/c".into(), version: None, form };
        assert!(!format!("{request:?}").contains("hunter2"));
        assert_eq!(serde_json::to_value(&request.form).unwrap()["is"], request.form.name());
    }
}
