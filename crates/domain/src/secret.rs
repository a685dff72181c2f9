//! Secret material in memory. No `Clone`, no `Serialize`, redacted `Debug`, wiped on drop.

use std::fmt;

use zeroize::Zeroizing;

/// Bytes that must not be copied, printed or sent by accident.
///
/// ```compile_fail,E0277
/// let secret = domain::Secret::from_text("hunter2".to_owned());
/// let written = serde_json::to_string(&secret);
/// ```
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the bytes over; the caller's buffer is moved, not copied.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Takes a text over.
    pub fn from_text(text: String) -> Self {
        Self::new(text.into_bytes())
    }

    /// The bytes, for the one call that needs them.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The text, if the bytes are UTF-8.
    pub fn expose_text(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}
