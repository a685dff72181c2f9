//! A Snowflake user as the service keeps it: a name and two slots, changed by statements alone, shown by `DESC USER`.

use aws_lc_rs::digest::{SHA256, digest};
use base64ct::{Base64, Encoding};

use crate::keys::verifies;

/// The user.
#[derive(Debug)]
pub struct User {
    name: String,
    slots: [Option<Key>; 2],
    statements: u32,
}

#[derive(Debug)]
struct Key {
    spki: Vec<u8>,
    /// Which statement set it, instead of a time.
    set: u32,
}

impl User {
    /// A user of that name who signs in with this key, in the first slot.
    pub fn new(name: &str, spki: Vec<u8>) -> Self {
        Self { name: name.to_owned(), slots: [Some(Key { spki, set: 0 }), None], statements: 0 }
    }

    /// Runs one statement, `ALTER USER ... SET` or `UNSET` of a key, to the letter.
    ///
    /// # Errors
    /// What the service would say.
    pub fn run(&mut self, statement: &str) -> Result<(), String> {
        let wrong = || format!("SQL compilation error: {statement:?}");
        let rest = statement.trim_end().strip_suffix(';').and_then(|text| text.strip_prefix("ALTER USER "));
        let (user, rest) = rest.and_then(identifier).ok_or_else(wrong)?;
        if user != self.name {
            return Err(format!("User '{user}' does not exist or not authorized."));
        }
        self.statements += 1;
        if let Some(property) = rest.strip_prefix(" UNSET ") {
            self.slots[slot(property).ok_or_else(wrong)?] = None;
            return Ok(());
        }
        let (property, value) = rest.strip_prefix(" SET ").and_then(|text| text.split_once('=')).ok_or_else(wrong)?;
        let body = value.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).ok_or_else(wrong)?;
        let spki = Base64::decode_vec(body).map_err(|_| "New public key rejected by current policy.".to_owned())?;
        self.slots[slot(property).ok_or_else(wrong)?] = Some(Key { spki, set: self.statements });
        Ok(())
    }

    /// Whether that key is in one of the slots.
    pub fn holds(&self, spki: &[u8]) -> bool {
        self.slots.iter().flatten().any(|key| key.spki == spki)
    }

    /// Whether a client that signed this gets in.
    pub fn lets_in(&self, message: &[u8], signature: &[u8]) -> bool {
        self.slots.iter().flatten().any(|key| verifies(&key.spki, message, signature))
    }

    /// The answer to `DESC USER`, as a terminal shows it.
    pub fn describe(&self) -> String {
        let print = |key: &Key| format!("SHA256:{}", Base64::encode_string(digest(&SHA256, &key.spki).as_ref()));
        let time = |key: &Key| format!("2026-11-26 10:00:{:02}.000", key.set);
        let shown = |at: usize, told: &dyn Fn(&Key) -> String| self.slots[at].as_ref().map_or("null".to_owned(), told);
        let rows = [
            ("NAME", self.name.clone()),
            ("LOGIN_NAME", self.name.clone()),
            ("DISABLED", "false".to_owned()),
            ("RSA_PUBLIC_KEY_FP", shown(0, &print)),
            ("RSA_PUBLIC_KEY_LAST_SET_TIME", shown(0, &time)),
            ("RSA_PUBLIC_KEY_2_FP", shown(1, &print)),
            ("RSA_PUBLIC_KEY_2_LAST_SET_TIME", shown(1, &time)),
        ];
        let line = |(property, value): (&str, String)| format!("| {property:<31} | {value:<51} | null    | ... |\n");
        let head = "| property                        | value | default | description |\n|---+---+---+---|\n";
        format!("{head}{}", rows.map(line).concat())
    }
}

fn slot(property: &str) -> Option<usize> {
    match property.trim() {
        "RSA_PUBLIC_KEY" => Some(0),
        "RSA_PUBLIC_KEY_2" => Some(1),
        _ => None,
    }
}

/// A name at the beginning of a text, folded unless it is quoted, and what follows it.
fn identifier(text: &str) -> Option<(String, &str)> {
    if let Some(quoted) = text.strip_prefix('"') {
        let (name, rest) = quoted.split_once('"')?;
        return Some((name.to_owned(), rest));
    }
    let end = text.find(' ')?;
    let (name, rest) = text.split_at(end);
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$');
    plain.then(|| (name.to_ascii_uppercase(), rest))
}
