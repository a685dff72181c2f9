//! A Snowflake user's public keys: the statements that set and unset one, what `DESC USER` shows of them, which slot a
//! rotation may set, and the claims that a client signs in with.
//!
//! Snowflake folds names that are not quoted to upper case. A name is taken here as `DESC USER` shows it, and quoted only
//! where folding or syntax would make it another name.

use base64ct::{Base64, Encoding};
use domain::{Algorithm, Error, Kind, Result};

use crate::{PublicKey, fingerprint};

mod choose;
mod describe;
mod evidence;
mod login;
mod rows;

pub use choose::SlotChoice;
pub use describe::{DescribedUser, SlotState, read_description};
pub use login::login_claims;

/// Snowflake's own lower limit for the modulus, in bits.
const LEAST_BITS: u32 = 2048;
/// Snowflake's limit for an identifier, in characters.
const LONGEST_NAME: usize = 255;
const WRITE: &str = "write the Snowflake statement";

/// Words that cannot stand for a user without quotes: Snowflake's reserved words, and what `ALTER USER` itself reads.
/// Source: docs.snowflake.com/en/sql-reference/reserved-keywords.
const RESERVED: &str = " ACCOUNT ALL ALTER AND ANY AS BETWEEN BY CASE CAST CHECK COLUMN CONNECT CONNECTION CONSTRAINT \
    CREATE CROSS CURRENT CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER DATABASE DELETE DISTINCT DROP ELSE \
    EXISTS FALSE FOLLOWING FOR FROM FULL GRANT GROUP GSCLUSTER HAVING IF ILIKE IN INCREMENT INNER INSERT INTERSECT INTO \
    IS ISSUE JOIN LATERAL LEFT LIKE LOCALTIME LOCALTIMESTAMP MINUS NATURAL NOT NULL OF ON OR ORDER ORGANIZATION QUALIFY \
    REGEXP REVOKE RIGHT RLIKE ROW ROWS SAMPLE SCHEMA SELECT SET SOME START TABLE TABLESAMPLE THEN TO TRIGGER TRUE \
    TRY_CAST UNION UNIQUE UNSET UPDATE USER USING VALUES VIEW WHEN WHENEVER WHERE WITH ";

/// One of the two places of a user for a public key. Rotation sets the other one, moves the clients, and unsets the first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Slot {
    /// `RSA_PUBLIC_KEY`.
    First,
    /// `RSA_PUBLIC_KEY_2`.
    Second,
}

impl Slot {
    /// Both slots, the first one first.
    pub const ALL: [Self; 2] = [Self::First, Self::Second];

    /// The slot beside this one.
    pub fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }

    /// The property that is set.
    pub fn property(self) -> &'static str {
        match self {
            Self::First => "RSA_PUBLIC_KEY",
            Self::Second => "RSA_PUBLIC_KEY_2",
        }
    }

    /// The property of `DESC USER` that shows the fingerprint.
    pub fn fingerprint_property(self) -> &'static str {
        match self {
            Self::First => "RSA_PUBLIC_KEY_FP",
            Self::Second => "RSA_PUBLIC_KEY_2_FP",
        }
    }

    /// The property of `DESC USER` that shows when the key was set.
    pub fn last_set_property(self) -> &'static str {
        match self {
            Self::First => "RSA_PUBLIC_KEY_LAST_SET_TIME",
            Self::Second => "RSA_PUBLIC_KEY_2_LAST_SET_TIME",
        }
    }
}

/// The statement that shows a user's properties, fingerprints among them.
pub fn describe_user(user: &str) -> String {
    format!("DESC USER {};", identifier(user))
}

/// What Snowflake will show for this key: `SHA256:` and padded base64 of SHA-256 over the SPKI DER.
pub fn expected(key: &PublicKey) -> String {
    fingerprint::spki_sha256(key)
}

/// `name` as an identifier that Snowflake reads as exactly this name.
pub fn identifier(name: &str) -> String {
    let mut characters = name.chars();
    let plain = characters.next().is_some_and(|first| first.is_ascii_uppercase() || first == '_')
        && characters.all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '_' | '$'))
        && !RESERVED.contains(&format!(" {name} "));
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// A sentence for a person where a name is quoted only because of its lower-case letters, as one is typed by habit.
pub fn folding_note(user: &str) -> Option<String> {
    let folded = user.to_ascii_uppercase();
    (identifier(user) != user && identifier(&folded) == folded).then(|| {
        format!("{} is quoted, so it means exactly this name. If DESC USER shows {folded}, use that.", identifier(user))
    })
}

/// The statement, with its newline. The body is the SPKI without its `BEGIN` and `END` lines, on one line.
///
/// # Errors
/// [`Kind::Unsupported`] for another kind than RSA or one below 2048 bits; [`Kind::Invalid`] for a name that cannot be a
/// user's.
pub(crate) fn statement(key: &PublicKey, user: &str, slot: Slot) -> Result<String> {
    let unsupported = |message| Err(Error::new(Kind::Unsupported, WRITE, message));
    match key.algorithm() {
        Algorithm::Rsa(bits) if bits >= LEAST_BITS => {}
        Algorithm::Rsa(bits) => {
            return unsupported(format!("Snowflake takes RSA keys from {LEAST_BITS} bits, and this has {bits}"));
        }
        other => return unsupported(format!("{} takes RSA keys only, and this is {other}", slot.property())),
    }
    check_name(user)?;
    let body = Base64::encode_string(key.spki_der());
    Ok(format!("ALTER USER {} SET {}='{body}';\n", identifier(user), slot.property()))
}

/// The statement that frees a slot, with its newline.
///
/// # Errors
/// [`Kind::Invalid`] for a name that cannot be a user's.
pub(crate) fn unset_statement(user: &str, slot: Slot) -> Result<String> {
    check_name(user)?;
    Ok(format!("ALTER USER {} UNSET {};\n", identifier(user), slot.property()))
}

fn check_name(user: &str) -> Result<()> {
    let invalid = |message| Err(Error::new(Kind::Invalid, WRITE, message));
    if user.is_empty() || user.trim() != user {
        return invalid("the user's name is empty, or begins or ends with a blank");
    }
    if user.chars().any(char::is_control) {
        return invalid("the user's name holds a line break or another control character");
    }
    if user.chars().count() > LONGEST_NAME {
        return invalid("the user's name is longer than the 255 characters that Snowflake allows");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::SAMPLES;

    #[test]
    fn only_names_that_would_become_others_are_quoted() {
        for (name, written) in [
            ("ETL_USER", "ETL_USER"),
            ("_A$1", "_A$1"),
            ("etl_user", "\"etl_user\""),
            ("maria@example.com", "\"maria@example.com\""),
            ("1ST", "\"1ST\""),
            ("O\"BRIEN", "\"O\"\"BRIEN\""),
            ("SET", "\"SET\""),
            ("IF", "\"IF\""),
            ("ŁUKASZ", "\"ŁUKASZ\""),
            ("A;DROP USER B", "\"A;DROP USER B\""),
            ("", "\"\""),
        ] {
            assert_eq!(identifier(name), written);
        }
        assert_eq!(describe_user("etl"), "DESC USER \"etl\";");
    }

    #[test]
    fn a_name_in_small_letters_is_explained() {
        assert!(folding_note("etl_user").unwrap().contains("ETL_USER"));
        assert_eq!(folding_note("ETL_USER"), None);
        assert_eq!(folding_note("maria@example.com"), None);
    }

    #[test]
    fn the_statement_has_the_body_on_one_line_and_the_chosen_slot() {
        let text = statement(&SAMPLES.rsa_2048, "ETL_USER", Slot::First).unwrap();
        assert!(text.starts_with("ALTER USER ETL_USER SET RSA_PUBLIC_KEY='MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"), "{text}");
        assert!(text.ends_with("';\n") && text.lines().count() == 1 && !text.contains("BEGIN"));
        let text = statement(&SAMPLES.rsa_2048, "ETL_USER", Slot::Second).unwrap();
        assert!(text.starts_with("ALTER USER ETL_USER SET RSA_PUBLIC_KEY_2='MIIB"));
    }

    #[test]
    fn the_statement_that_frees_a_slot_names_that_slot_alone() {
        assert_eq!(unset_statement("ETL_USER", Slot::First).unwrap(), "ALTER USER ETL_USER UNSET RSA_PUBLIC_KEY;\n");
        assert_eq!(unset_statement("etl", Slot::Second).unwrap(), "ALTER USER \"etl\" UNSET RSA_PUBLIC_KEY_2;\n");
    }

    #[test]
    fn what_snowflake_would_not_take_is_refused_with_the_reason() {
        for (key, reason) in [(&SAMPLES.rsa_1024, "1024"), (&SAMPLES.p256, "EC P-256"), (&SAMPLES.ed25519, "Ed25519")] {
            let error = statement(key, "ETL_USER", Slot::First).unwrap_err();
            assert_eq!(error.kind(), Kind::Unsupported);
            assert!(error.message().contains(reason), "{error}");
        }
        for user in ["", " ETL", "ETL ", "ETL\nSET", "ETL\0", &"A".repeat(256)] {
            assert_eq!(statement(&SAMPLES.rsa_2048, user, Slot::First).unwrap_err().kind(), Kind::Invalid, "{user}");
            assert_eq!(unset_statement(user, Slot::First).unwrap_err().kind(), Kind::Invalid, "{user}");
        }
    }
}
