//! What `DESC USER` shows of a user's two public keys, read from what a person pastes of it.
//!
//! Properties and their names: docs.snowflake.com/en/sql-reference/sql/desc-user.

use base64ct::{Base64, Base64Unpadded, Encoding};
use domain::{Error, Kind, Result};

use crate::snowflake::{Slot, rows};

/// The most that is read of a paste, in bytes. A real description has about 10 KiB.
const LONGEST_PASTE: usize = 256 * 1024;
const NAME: &str = "NAME";
const READ: &str = "read the description of a user";

/// A user as `DESC USER` shows it, as far as its public keys go.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DescribedUser {
    /// The user's name, without quotes; absent if its row was not pasted.
    pub name: Option<String>,
    first: SlotState,
    second: SlotState,
}

/// What stands in one slot.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SlotState {
    /// `SHA256:` and padded base64 of 32 bytes; absent if the slot is free.
    pub fingerprint: Option<String>,
    /// When it was set, in Snowflake's own words: usually `2025-02-17 12:53:51.212`, which names no time zone. Absent if
    /// it was not shown.
    pub last_set: Option<String>,
}

impl DescribedUser {
    /// What stands in `slot`.
    pub fn slot(&self, slot: Slot) -> &SlotState {
        match slot {
            Slot::First => &self.first,
            Slot::Second => &self.second,
        }
    }
}

/// Reads what a person pasted of `DESC USER`: the table of a terminal, the cells of Snowsight, CSV, or names with values.
/// Lines around it do not matter.
///
/// # Errors
/// [`Kind::Invalid`] if it is longer than 256 KiB, no such description, a part without both fingerprints, says two things
/// about one property, or shows a fingerprint that is not of Snowflake's form.
pub fn read_description(pasted: &str) -> Result<DescribedUser> {
    if pasted.len() > LONGEST_PASTE {
        return Err(invalid("the text is longer than 256 KiB").with_next("Paste the answer to DESC USER alone."));
    }
    let wanted = [
        NAME,
        Slot::First.fingerprint_property(),
        Slot::First.last_set_property(),
        Slot::Second.fingerprint_property(),
        Slot::Second.last_set_property(),
    ];
    let found = Found(rows::values(pasted, &wanted));
    if found.0.is_empty() {
        return Err(invalid("the text shows no property of a user")
            .with_next("Run DESC USER for the user, and paste all of its answer, as a table, with tabs, or as CSV."));
    }
    Ok(DescribedUser {
        name: found.one(NAME, "")?.flatten(),
        first: found.slot(Slot::First)?,
        second: found.slot(Slot::Second)?,
    })
}

/// The properties of a paste, `None` for `null` and for an empty cell.
struct Found(Vec<(&'static str, String)>);

impl Found {
    /// The value of a property: `None` if there is no such row, `Some(None)` if it is `null`. A folded value is put together
    /// with `seam`: a time is folded at its blank, and a fingerprint anywhere.
    fn one(&self, property: &str, seam: &str) -> Result<Option<Option<String>>> {
        let rows = self.0.iter().filter(|(name, _)| *name == property);
        let mut values = rows.map(|(_, value)| shown(value.replace('\n', seam)));
        let Some(first) = values.next() else { return Ok(None) };
        if values.any(|other| other != first) {
            return Err(invalid(format!("{property} is there twice, with different values"))
                .with_next("Paste one description of one user: run DESC USER again, and copy that answer alone."));
        }
        Ok(Some(first))
    }

    fn slot(&self, slot: Slot) -> Result<SlotState> {
        let property = slot.fingerprint_property();
        let Some(fingerprint) = self.one(property, "")? else {
            return Err(invalid(format!("there is no row {property}, so this is only a part of the description"))
                .with_next("Paste all rows of DESC USER: both fingerprints have to be seen, even if one is null."));
        };
        if let Some(fingerprint) = &fingerprint {
            check(property, fingerprint)?;
        }
        Ok(SlotState { fingerprint, last_set: self.one(slot.last_set_property(), " ")?.flatten() })
    }
}

fn shown(value: String) -> Option<String> {
    (!value.is_empty() && !value.eq_ignore_ascii_case("null")).then_some(value)
}

/// Whether a fingerprint has the form that Snowflake writes.
fn check(property: &str, fingerprint: &str) -> Result<()> {
    let is_digest = |bytes: &Vec<u8>| bytes.len() == 32;
    let body = fingerprint.strip_prefix("SHA256:");
    if body.and_then(|body| Base64::decode_vec(body).ok()).is_some_and(|bytes| is_digest(&bytes)) {
        return Ok(());
    }
    if body.and_then(|body| Base64Unpadded::decode_vec(body).ok()).is_some_and(|bytes| is_digest(&bytes)) {
        return Err(invalid(format!(
            "{property} has a fingerprint as SSH writes it, without = at its end, and Snowflake never shows one"
        ))
        .with_next("Paste what DESC USER shows, not what ssh-keygen does."));
    }
    Err(invalid(format!(
        "the value of {property} is no fingerprint as Snowflake writes it: SHA256: and 44 characters of base64"
    ))
    .with_next("Copy the whole value. A narrow terminal wraps or cuts it; make it wider, or take the answer as CSV."))
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(Kind::Invalid, READ, message)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    const ONE: &str = "SHA256:nvnONUsfiuycCLMXIEWG4eTp4FjhVUZQUQbNpbSHXiA=";
    const OTHER: &str = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    /// A user with these states of its slots.
    pub(in crate::snowflake) fn user(first: SlotState, second: SlotState) -> DescribedUser {
        DescribedUser { name: Some("ETL_USER".into()), first, second }
    }

    /// A slot with this fingerprint, set at this time.
    pub(in crate::snowflake) fn taken(fingerprint: &str, last_set: Option<&str>) -> SlotState {
        SlotState { fingerprint: Some(fingerprint.to_owned()), last_set: last_set.map(str::to_owned) }
    }

    #[test]
    fn the_table_of_the_documentation_is_read() {
        // docs.snowflake.com/en/user-guide/kafka-connector-install shows it like this.
        let text = format!(
            "jsmith#COMPUTE_WH@(no database).(no schema)>DESC USER jsmith;\n\
             +---------------------+-----------------------------------------------------+---------+-------------+\n\
             | property            | value                                               | default | description |\n\
             |---------------------+-----------------------------------------------------+---------+-------------|\n\
             | NAME                | JSMITH                                              | null    | Name        |\n\
             | COMMENT             | first line                                          | null    | user        |\n\
             |                     | second line                                         |         |             |\n\
             | RSA_PUBLIC_KEY_FP   | {ONE} | null    | Fingerprint |\n\
             | RSA_PUBLIC_KEY_LAST_SET_TIME | 2025-02-17 12:53:51.212 | null    | The time |\n\
             | RSA_PUBLIC_KEY_2_FP | null                                                | null    | Fingerprint |\n\
             +---------------------+-----------------------------------------------------+---------+-------------+\n"
        );
        let read = read_description(&text).unwrap();
        assert_eq!(read.name.as_deref(), Some("JSMITH"));
        assert_eq!(*read.slot(Slot::First), taken(ONE, Some("2025-02-17 12:53:51.212")));
        assert_eq!(*read.slot(Slot::Second), SlotState::default());
    }

    #[test]
    fn a_table_in_a_narrow_terminal_is_put_together() {
        let text = format!(
            "| RSA_PUBLIC_KEY_FP            | {} | null |\n|                              | {} |      |\n\
             | RSA_PUBLIC_KEY_LAST_SET_TIME | 2025-02-17  | null |\n|              | 12:53:51.21 |      |\n\
             | RSA_PUBLIC_KEY_2_FP          | null        | null |\n",
            &ONE[..20],
            &ONE[20..]
        );
        assert_eq!(*read_description(&text).unwrap().slot(Slot::First), taken(ONE, Some("2025-02-17 12:53:51.21")));
    }

    #[test]
    fn both_slots_and_both_times_are_told_apart() {
        let text = format!(
            "property,value,default,description\n\"NAME\",\"etl user\",\"null\",\"Name\"\n\
             \"RSA_PUBLIC_KEY_FP\",\"{ONE}\",\"null\",\"Fingerprint of user's RSA public key.\"\n\
             \"RSA_PUBLIC_KEY_LAST_SET_TIME\",\"2025-01-01 00:00:00.000\",\"null\",\"\"\n\
             \"RSA_PUBLIC_KEY_2_FP\",\"{OTHER}\",\"null\",\"\"\n\
             \"RSA_PUBLIC_KEY_2_LAST_SET_TIME\",\"2025-02-02 00:00:00.000\",\"null\",\"\"\n"
        );
        let read = read_description(&text).unwrap();
        assert_eq!(read.name.as_deref(), Some("etl user"));
        assert_eq!(*read.slot(Slot::First), taken(ONE, Some("2025-01-01 00:00:00.000")));
        assert_eq!(*read.slot(Slot::Second), taken(OTHER, Some("2025-02-02 00:00:00.000")));
    }

    #[test]
    fn null_in_any_letters_and_an_empty_cell_are_a_free_slot() {
        for text in
            ["RSA_PUBLIC_KEY_FP\tNULL\nRSA_PUBLIC_KEY_2_FP\tnull\tnull", "RSA_PUBLIC_KEY_FP,\nRSA_PUBLIC_KEY_2_FP,\n"]
        {
            let read = read_description(text).unwrap();
            assert_eq!(read.name, None);
            for slot in Slot::ALL {
                assert_eq!(*read.slot(slot), SlotState::default(), "{text}");
            }
        }
    }

    #[test]
    fn the_same_row_twice_is_one_row_if_it_says_the_same() {
        let row = format!("RSA_PUBLIC_KEY_FP: {ONE}\n");
        let second = "RSA_PUBLIC_KEY_2_FP: null\n";
        assert!(read_description(&format!("{row}{row}{second}")).is_ok());
    }

    #[test]
    fn each_bad_paste_is_refused_with_its_own_sentence() {
        let bare = ONE.trim_end_matches('=');
        let first = format!("RSA_PUBLIC_KEY_FP\t{ONE}\n");
        let cases = [
            ("SELECT 1;".to_owned(), "no property"),
            (String::new(), "no property"),
            (format!("RSA_PUBLIC_KEY_FP {ONE}"), "no property"),
            ("NAME\tETL_USER\n".to_owned(), "no row RSA_PUBLIC_KEY_FP"),
            (first.clone(), "no row RSA_PUBLIC_KEY_2_FP"),
            ("RSA_PUBLIC_KEY_2_FP\tnull\n".to_owned(), "no row RSA_PUBLIC_KEY_FP"),
            (
                format!("{first}RSA_PUBLIC_KEY_FP\t{OTHER}\nRSA_PUBLIC_KEY_2_FP\tnull"),
                "RSA_PUBLIC_KEY_FP is there twice",
            ),
            (format!("{first}RSA_PUBLIC_KEY_FP\tnull\nRSA_PUBLIC_KEY_2_FP\tnull"), "RSA_PUBLIC_KEY_FP is there twice"),
            (format!("NAME\tA\nNAME\tB\n{first}RSA_PUBLIC_KEY_2_FP\tnull"), "NAME is there twice"),
            (format!("{first}RSA_PUBLIC_KEY_2_FP\t{bare}"), "as SSH writes it"),
            (format!("{first}RSA_PUBLIC_KEY_2_FP\t{}", &ONE[..30]), "no fingerprint as Snowflake"),
            (format!("{first}RSA_PUBLIC_KEY_2_FP\tSHA256:AAAA"), "no fingerprint as Snowflake"),
            (format!("{first}RSA_PUBLIC_KEY_2_FP\t{}", ONE.to_lowercase()), "no fingerprint as Snowflake"),
            (format!("{first}RSA_PUBLIC_KEY_2_FP\t{}", "ab".repeat(32)), "no fingerprint as Snowflake"),
            (" ".repeat(LONGEST_PASTE + 1), "256 KiB"),
        ];
        for (text, said) in cases {
            let error = read_description(&text).unwrap_err();
            assert_eq!(error.kind(), Kind::Invalid);
            assert!(error.message().contains(said), "{error} instead of {said}");
            assert_ne!(error.next(), Error::new(Kind::Invalid, READ, "").next(), "{error}");
        }
    }
}
