//! Which slot takes the new key. The law: the only slot with the working key is never overwritten.

use std::cmp::Ordering;

use domain::{Error, Kind, Result};

use crate::{
    PublicKey,
    snowflake::{DescribedUser, Slot, expected},
};

const CHOOSE: &str = "choose the slot for a key";

/// Where the new key goes, and what becomes of the others.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SlotChoice {
    /// The slot to set.
    pub set: Slot,
    /// The slot that keeps the working key; absent if no slot has it.
    pub keeps: Option<Slot>,
    /// The fingerprint of a key that `set` still holds, and that nobody should use any more; absent if the slot is free or
    /// holds a copy of the working key.
    pub replaces: Option<String>,
}

impl DescribedUser {
    /// The slot for a new key, while `working` is the key that clients sign in with. A free slot is taken first. The other
    /// key of two is replaced only with `replace_older`, the person's consent, and only if it is known to be older.
    ///
    /// # Errors
    /// [`Kind::Conflict`] if both slots are taken and none may be set: it cannot be told which key works, the consent is
    /// missing, or the other key is not known to be older than the working one.
    pub fn choose(&self, working: &PublicKey, replace_older: bool) -> Result<SlotChoice> {
        let working = expected(working);
        let held = |slot: Slot| self.slot(slot).fingerprint.as_deref();
        let keeps = Slot::ALL.into_iter().find(|slot| held(*slot) == Some(working.as_str()));
        if let Some(free) = Slot::ALL.into_iter().find(|slot| held(*slot).is_none()) {
            return Ok(SlotChoice { set: free, keeps, replaces: None });
        }
        let Some(keeper) = keeps else { return Err(self.none_works(&working)) };
        let set = keeper.other();
        let replaces = held(set).filter(|other| *other != working).map(str::to_owned);
        if replaces.is_some() && !(replace_older && self.is_older(set)) {
            return Err(self.both_taken(keeper));
        }
        Ok(SlotChoice { set, keeps, replaces })
    }

    /// Whether `slot` was set before the other one, for all that was shown.
    fn is_older(&self, slot: Slot) -> bool {
        let last_set = |slot: Slot| self.slot(slot).last_set.as_deref();
        last_set(slot).zip(last_set(slot.other())).is_some_and(|(one, other)| order(one, other) == Some(Ordering::Less))
    }

    /// A slot with its key, in words.
    fn words(&self, slot: Slot) -> String {
        let state = self.slot(slot);
        let key = state.fingerprint.as_deref().unwrap_or("no key");
        let time =
            state.last_set.as_ref().map_or(", set at an unknown time".to_owned(), |time| format!(", set {time}"));
        format!("{} holds {key}{time}", slot.property())
    }

    fn none_works(&self, working: &str) -> Error {
        let [first, second] = Slot::ALL.map(|slot| self.words(slot));
        let message = format!("both slots are taken, and neither key is {working}: {first}; {second}");
        conflict(message).with_next(
            "It cannot be told from here which of them works. Ask whose they are, or look into the user's logins; UNSET \
             the one that nobody uses, and paste the description again.",
        )
    }

    fn both_taken(&self, keeper: Slot) -> Error {
        let other = keeper.other();
        let message =
            format!("both slots are taken: {} is the working key's, and {}", keeper.property(), self.words(other));
        let unset = format!("UNSET {} if nobody uses its key, and paste the description again", other.property());
        if !self.is_older(other) {
            let next = format!("{unset}. It is not known to be older than the working key, so it is not replaced.");
            return conflict(message).with_next(next);
        }
        conflict(message).with_next(format!("{unset}; or confirm that this older key is replaced."))
    }
}

fn conflict(message: String) -> Error {
    Error::new(Kind::Conflict, CHOOSE, message)
}

/// Which of two times is the earlier one; `None` if one of them cannot be read or they are of different zones.
fn order(one: &str, other: &str) -> Option<Ordering> {
    let ((one, zone), (other, other_zone)) = (moment(one)?, moment(other)?);
    (zone == other_zone).then(|| one.cmp(&other))
}

/// `2025-02-17 12:53:51.212`, with or without a fraction, as text that sorts; and its zone, if there is one.
fn moment(text: &str) -> Option<(String, &str)> {
    let (seconds, rest) = text.split_at_checked("0000-00-00 00:00:00".len())?;
    let shape = |(at, c): (usize, char)| match at {
        4 | 7 => c == '-',
        10 => c == ' ' || c == 'T',
        13 | 16 => c == ':',
        _ => c.is_ascii_digit(),
    };
    if !seconds.char_indices().all(shape) {
        return None;
    }
    let (fraction, zone) = match rest.strip_prefix('.') {
        Some(rest) => rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())),
        None => ("", rest),
    };
    Some((format!("{}.{fraction:0<9}", seconds.replace('T', " ")), zone.trim()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        samples::SAMPLES,
        snowflake::{
            SlotState,
            describe::tests::{taken, user},
        },
    };

    const EARLY: &str = "2025-02-17 12:53:51.212";
    const LATE: &str = "2025-02-17 12:53:51.3";
    const OTHER: &str = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    fn working(time: &str) -> SlotState {
        taken(&expected(&SAMPLES.rsa_2048), Some(time))
    }

    fn other(time: &str) -> SlotState {
        taken(OTHER, Some(time))
    }

    fn choose(first: SlotState, second: SlotState, replace_older: bool) -> Result<SlotChoice> {
        user(first, second).choose(&SAMPLES.rsa_2048, replace_older)
    }

    #[test]
    fn a_free_slot_is_taken_and_the_first_of_two() {
        let free = SlotState::default;
        for replace_older in [false, true] {
            for (first, second, set, keeps) in [
                (free(), free(), Slot::First, None),
                (working(EARLY), free(), Slot::Second, Some(Slot::First)),
                (free(), working(EARLY), Slot::First, Some(Slot::Second)),
                (other(EARLY), free(), Slot::Second, None),
                (free(), other(EARLY), Slot::First, None),
            ] {
                let choice = choose(first, second, replace_older).unwrap();
                assert_eq!(choice, SlotChoice { set, keeps, replaces: None });
            }
        }
    }

    #[test]
    fn an_older_key_is_replaced_with_consent_only() {
        let replaced = choose(other(EARLY), working(LATE), true).unwrap();
        let expected = SlotChoice { set: Slot::First, keeps: Some(Slot::Second), replaces: Some(OTHER.into()) };
        assert_eq!(replaced, expected);
        let error = choose(other(EARLY), working(LATE), false).unwrap_err();
        assert_eq!(error.kind(), Kind::Conflict);
        for part in ["RSA_PUBLIC_KEY_2 is the working key's", OTHER, EARLY] {
            assert!(error.message().contains(part), "{error}");
        }
        assert!(error.next().starts_with("UNSET RSA_PUBLIC_KEY if") && error.next().contains("confirm"));
    }

    #[test]
    fn a_key_that_is_not_known_to_be_older_stays() {
        for (working_set, other_set) in [
            (Some(EARLY), Some(LATE)),
            (Some(EARLY), Some(EARLY)),
            (Some(LATE), None),
            (None, Some(EARLY)),
            (Some(LATE), Some("yesterday")),
            (Some("2025-02-18 00:00:00 +0100"), Some("2025-02-17 00:00:00 -0800")),
        ] {
            let states = || (taken(&expected(&SAMPLES.rsa_2048), working_set), taken(OTHER, other_set));
            for replace_older in [false, true] {
                let error = choose(states().0, states().1, replace_older).unwrap_err();
                assert_eq!(error.kind(), Kind::Conflict);
                assert!(error.next().contains("not known to be older"), "{error}");
                assert!(choose(states().1, states().0, replace_older).is_err());
            }
        }
    }

    #[test]
    fn two_keys_of_which_none_is_known_stay() {
        let third = taken(&expected(&SAMPLES.another_rsa_2048), Some(LATE));
        for replace_older in [false, true] {
            let error = choose(other(EARLY), third.clone(), replace_older).unwrap_err();
            assert_eq!(error.kind(), Kind::Conflict);
            assert!(error.message().contains("neither") && error.message().contains(OTHER), "{error}");
        }
    }

    #[test]
    fn a_copy_of_the_working_key_gives_its_slot_up() {
        let choice = choose(working(LATE), working(EARLY), false).unwrap();
        assert_eq!(choice, SlotChoice { set: Slot::Second, keeps: Some(Slot::First), replaces: None });
    }

    #[test]
    fn times_are_compared_only_if_they_can_be() {
        assert_eq!(order(EARLY, LATE), Some(Ordering::Less));
        assert_eq!(order("2025-02-17T12:53:51", "2025-02-17 12:53:51.000"), Some(Ordering::Equal));
        assert_eq!(order("2025-02-17 12:53:52 Z", "2025-02-17 12:53:51.9 Z"), Some(Ordering::Greater));
        for text in ["", "2025-02-17", "17 Feb 2025 12:53:51.212", "2025-02-17 12:53:5é.1", "2025/02/17 12:53:51"] {
            assert_eq!(order(text, text), None, "{text}");
        }
    }

    fn slot() -> impl Strategy<Value = SlotState> {
        let keys = [expected(&SAMPLES.rsa_2048), expected(&SAMPLES.another_rsa_2048), OTHER.to_owned()];
        let times = [EARLY, LATE, "2025-02-17 12:53:51.212 Z", "yesterday"].map(str::to_owned).to_vec();
        (prop::option::of(prop::sample::select(keys.to_vec())), prop::option::of(prop::sample::select(times)))
            .prop_map(|(fingerprint, last_set)| SlotState { fingerprint, last_set })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        /// The law, and that nobody's key is replaced without being named.
        #[test]
        fn the_only_working_key_is_never_overwritten(first in slot(), second in slot(), replace_older: bool) {
            let user = user(first, second);
            let key = expected(&SAMPLES.rsa_2048);
            let holds = |slot: Slot| user.slot(slot).fingerprint.as_ref() == Some(&key);
            if let Ok(choice) = user.choose(&SAMPLES.rsa_2048, replace_older) {
                prop_assert!(!holds(choice.set) || holds(choice.set.other()));
                prop_assert_eq!(choice.keeps.is_some(), holds(Slot::First) || holds(Slot::Second));
                prop_assert!(choice.keeps.is_none_or(|keeps| holds(keeps) && keeps != choice.set));
                let there = user.slot(choice.set).fingerprint.clone().filter(|there| *there != key);
                prop_assert_eq!(&choice.replaces, &there);
                prop_assert!(there.is_none() || (replace_older && choice.keeps.is_some()));
            } else {
                prop_assert!(Slot::ALL.into_iter().all(|slot| user.slot(slot).fingerprint.is_some()));
            }
        }
    }
}
