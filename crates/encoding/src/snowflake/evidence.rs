//! What a pasted description proves: that it is the user's, that a key is set, that a key is gone.

use domain::{Error, Kind, Result};

use crate::{
    PublicKey,
    snowflake::{DescribedUser, Slot, describe_user, expected},
};

const COMPARE: &str = "compare the description of a user";

impl DescribedUser {
    /// Whether it describes `user`, a name as `DESC USER` shows it. Names are compared letter by letter: to Snowflake
    /// `ETL` and `etl` are two users.
    ///
    /// # Errors
    /// [`Kind::Invalid`] if the name was not pasted, or if it is another user's.
    pub fn is(&self, user: &str) -> Result<()> {
        match &self.name {
            Some(name) if name == user => Ok(()),
            Some(name) => {
                Err(Error::new(Kind::Invalid, COMPARE, format!("this describes the user {name}, and not {user}"))
                    .with_next(format!("Run {} and paste its answer.", describe_user(user))))
            }
            None => {
                Err(Error::new(Kind::Invalid, COMPARE, "there is no row NAME, so whose keys these are is not known")
                    .with_next("Paste all rows of DESC USER, from NAME on."))
            }
        }
    }

    /// Whether the statement did what it was meant to: `set` holds exactly the new key, and the slot of `old` still the
    /// old one. Answers with a sentence for the record.
    ///
    /// # Errors
    /// [`Kind::Conflict`] that names what stands there instead.
    pub fn shows(&self, new: &PublicKey, set: Slot, old: Option<(&PublicKey, Slot)>) -> Result<String> {
        let new = expected(new);
        // First what is urgent: without the old key, its clients are locked out.
        if let Some((old, slot)) = old {
            let old = expected(old);
            let held = self.held(slot);
            if held != Some(old.as_str()) {
                return Err(conflict(format!("the old key {old} is gone: {} {}", slot.property(), there(held)))
                    .with_next(
                        "Clients that sign with the old key may be locked out. Set it again if they still need it.",
                    ));
            }
        }
        let held = self.held(set);
        if held != Some(new.as_str()) && self.held(set.other()) == Some(new.as_str()) {
            let message = format!("the new key {new} is in {}, and not in {}", set.other().property(), set.property());
            return Err(conflict(message).with_next("Make a new choice of the slot from this description."));
        }
        match held {
            Some(held) if held == new => {}
            None => {
                return Err(conflict(format!("{} is not set yet", set.property()))
                    .with_next("Run the statement, then DESC USER again, and paste its answer."));
            }
            other @ Some(_) => {
                return Err(conflict(format!("{} {}, and not {new}", set.property(), there(other)))
                    .with_next("Check which statement was run, and whether somebody else set a key meanwhile."));
            }
        }
        let time = self.slot(set).last_set.as_ref().map_or(String::new(), |time| format!(", set {time}"));
        let kept = old.map_or(String::new(), |(old, slot)| {
            format!("; {} still holds {}", slot.fingerprint_property(), expected(old))
        });
        Ok(format!("{} shows {} = {new}{time}{kept}", self.source(), set.fingerprint_property()))
    }

    /// Whether the rotation has ended: no slot holds the old key, and one holds the new one. Answers with a sentence for
    /// the record.
    ///
    /// # Errors
    /// [`Kind::Conflict`] if the new key is in no slot, or the old one still in one.
    pub fn lacks(&self, old: &PublicKey, new: &PublicKey) -> Result<String> {
        let (old, new) = (expected(old), expected(new));
        let holder = |key: &str| Slot::ALL.into_iter().find(|slot| self.held(*slot) == Some(key));
        let Some(set) = holder(&new) else {
            let [first, second] = Slot::ALL.map(|slot| format!("{} {}", slot.property(), there(self.held(slot))));
            return Err(conflict(format!("the new key {new} is in no slot: {first}, and {second}"))
                .with_next("Clients that sign with the new key are locked out. Set it again."));
        };
        if let Some(slot) = holder(&old) {
            return Err(conflict(format!("the old key {old} is still in {}", slot.property()))
                .with_next("Run the UNSET statement, then DESC USER again, and paste its answer."));
        }
        Ok(format!("{} shows {} = {new}, and {old} in no slot", self.source(), set.fingerprint_property()))
    }

    fn held(&self, slot: Slot) -> Option<&str> {
        self.slot(slot).fingerprint.as_deref()
    }

    fn source(&self) -> String {
        self.name.as_ref().map_or("DESC USER".into(), |name| format!("DESC USER of {name}"))
    }
}

fn there(held: Option<&str>) -> String {
    held.map_or("is free".into(), |held| format!("holds {held}"))
}

fn conflict(message: String) -> Error {
    Error::new(Kind::Conflict, COMPARE, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        samples::SAMPLES,
        snowflake::{
            SlotState,
            describe::tests::{taken, user},
            read_description,
        },
    };

    fn holding(key: &PublicKey) -> SlotState {
        taken(&expected(key), Some("2025-02-17 12:53:51.212"))
    }

    fn refused(result: Result<String>, said: &[&str]) {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), Kind::Conflict);
        for part in said {
            assert!(error.message().contains(part), "{error} lacks {part}");
        }
        assert_ne!(error.next(), conflict(String::new()).next());
    }

    #[test]
    fn another_user_and_a_missing_name_are_noticed() {
        let described = user(SlotState::default(), SlotState::default());
        described.is("ETL_USER").unwrap();
        for name in ["etl_user", "ETL_USER2", "ETL_USER ", ""] {
            let error = described.is(name).unwrap_err();
            assert_eq!(error.kind(), Kind::Invalid, "{name}");
            assert!(error.message().contains("ETL_USER") && error.next().contains("DESC USER"));
        }
        let nameless = read_description("RSA_PUBLIC_KEY_FP\tnull\nRSA_PUBLIC_KEY_2_FP\tnull\n").unwrap();
        assert_eq!(nameless.is("ETL_USER").unwrap_err().kind(), Kind::Invalid);
    }

    #[test]
    fn the_new_key_beside_the_old_one_is_evidence() {
        let (old, new) = (&SAMPLES.rsa_2048, &SAMPLES.another_rsa_2048);
        let described = user(holding(old), holding(new));
        let said = described.shows(new, Slot::Second, Some((old, Slot::First))).unwrap();
        assert_eq!(
            said,
            format!(
                "DESC USER of ETL_USER shows RSA_PUBLIC_KEY_2_FP = {}, set 2025-02-17 12:53:51.212; RSA_PUBLIC_KEY_FP \
                 still holds {}",
                expected(new),
                expected(old)
            )
        );
        assert!(described.shows(new, Slot::Second, None).is_ok());
        assert!(described.shows(old, Slot::First, None).is_ok());
    }

    #[test]
    fn what_stands_there_instead_is_named() {
        let (old, new, third) = (&SAMPLES.rsa_2048, &SAMPLES.another_rsa_2048, &SAMPLES.rsa_1024);
        let free = SlotState::default;
        let shows = |first, second| user(first, second).shows(new, Slot::Second, Some((old, Slot::First)));
        refused(shows(holding(old), free()), &["RSA_PUBLIC_KEY_2 is not set yet"]);
        refused(shows(holding(old), holding(third)), &["RSA_PUBLIC_KEY_2 holds", &expected(third), &expected(new)]);
        refused(shows(holding(old), holding(old)), &["RSA_PUBLIC_KEY_2 holds", &expected(old)]);
        refused(shows(holding(new), free()), &["the old key", "gone: RSA_PUBLIC_KEY holds", &expected(new)]);
        refused(shows(free(), holding(new)), &["gone: RSA_PUBLIC_KEY is free"]);
        let misplaced = user(holding(new), free()).shows(new, Slot::Second, None);
        refused(misplaced, &["is in RSA_PUBLIC_KEY, and not in RSA_PUBLIC_KEY_2"]);
    }

    #[test]
    fn the_end_is_proven_by_the_new_key_alone() {
        let (old, new) = (&SAMPLES.rsa_2048, &SAMPLES.another_rsa_2048);
        let free = SlotState::default;
        let lacks = |first, second| user(first, second).lacks(old, new);
        let said = lacks(free(), holding(new)).unwrap();
        assert!(said.contains(&format!("RSA_PUBLIC_KEY_2_FP = {}, and {} in no slot", expected(new), expected(old))));
        assert!(lacks(holding(new), holding(&SAMPLES.rsa_1024)).is_ok());
        refused(lacks(holding(old), holding(new)), &["still in RSA_PUBLIC_KEY"]);
        refused(lacks(holding(new), holding(old)), &["still in RSA_PUBLIC_KEY_2"]);
        refused(
            lacks(free(), holding(old)),
            &["in no slot: RSA_PUBLIC_KEY is free, and RSA_PUBLIC_KEY_2 holds", &expected(old)],
        );
        refused(lacks(free(), free()), &["in no slot"]);
    }
}
