//! What must be asked before key material is imported, or a key is brought from elsewhere.

use aws_sdk_kms::types::{ExpirationModelType, KeyMetadata, KeySpec, KeyState};
use domain::{Error, Kind, Question, QuestionKind, Result, Timestamp};
use jiff::SignedDuration;

use super::creation;
use crate::{
    imports::ways,
    operation::{MATERIAL, TOKEN},
};

/// When the material expires: [`AT`] or [`NEVER`].
pub(crate) const EXPIRES: &str = "expires";
/// At an instant.
pub(crate) const AT: &str = "at";
/// It stays until somebody deletes it.
pub(crate) const NEVER: &str = "never";
/// The instant, as RFC 3339.
pub(crate) const VALID_TO: &str = "valid_to";
/// How it was wrapped, in KMS's words.
pub(crate) const WRAPPING: &str = "wrapping";
/// SHA-256 of what was wrapped, in hex.
pub(crate) const SHA256: &str = "sha256";
/// Whether it is other material than the key has.
pub(crate) const NEW_MATERIAL: &str = "new_material";

/// So many days from the request material may live at most. Source: API reference, ImportKeyMaterial, ValidTo.
const MOST_DAYS: i64 = 365;
/// One less leaves room for the time until the request is sent.
const USUAL_DAYS: i64 = 364;

/// The questions for the material of a key.
pub(super) fn import(key: &KeyMetadata, region: &str, now: Timestamp) -> Vec<Question> {
    let spec = key.key_spec.as_ref().map_or("", |spec| spec.as_str());
    let ways = ways::of_spec(spec, region);
    let best = ways.first().map(|offer| offer.native.clone()).unwrap_or_default();
    let ways = ways.into_iter().map(|offer| {
        let label = if offer.legacy { format!("{} (older HSMs)", offer.native) } else { offer.native.clone() };
        (offer.native, label)
    });
    let mut questions = vec![
        Question::new(WRAPPING, "How it is wrapped", QuestionKind::Choice(ways.collect()))
            .help("As it was said when the wrapping key was fetched.")
            .required()
            .preset(best),
        Question::new(MATERIAL, "Wrapped material", QuestionKind::File)
            .help("The bytes that came out of the wrapping, never the key itself.")
            .required(),
        Question::new(TOKEN, "Import token", QuestionKind::File)
            .help("It came with the wrapping key, and is good for 24 hours.")
            .required(),
        Question::new(SHA256, "SHA-256 of the wrapped material", QuestionKind::Text)
            .help("In hex, as whoever wrapped it tells it. What is sent is compared with it. May be left empty."),
    ];
    questions.extend(expiry(now, key.expiration_model == Some(ExpirationModelType::KeyMaterialDoesNotExpire)));
    if key.key_spec == Some(KeySpec::SymmetricDefault) {
        let help = match key.key_state {
            Some(KeyState::PendingImport) => "Nothing to choose for the first material of a key.",
            Some(_) | None => {
                "For a rotation: KMS goes on decrypting with the material it has, and encrypts with the new one. \
                 Otherwise it takes only the same material once more."
            }
        };
        questions.push(
            Question::new(NEW_MATERIAL, "Other material than the key has", QuestionKind::Flag)
                .help(help)
                .preset("false"),
        );
    }
    questions
}

/// The questions for a key of that kind that is brought from elsewhere: what cannot be changed later, its name, and until
/// when its material lives.
pub(crate) fn brought(spec: &str, now: Timestamp) -> Vec<Question> {
    let uses = creation::uses(spec);
    let mut questions = Vec::new();
    if let [first, _, ..] = uses.as_slice() {
        let choices = uses.iter().map(|it| (it.usage.to_owned(), it.label.to_owned())).collect();
        questions.push(
            Question::new("usage", "What it is for", QuestionKind::Choice(choices))
                .help("It cannot be changed later.")
                .required()
                .preset(first.usage),
        );
    }
    questions.extend(creation::described());
    questions.extend(expiry(now, false));
    questions
}

fn expiry(now: Timestamp, never: bool) -> [Question; 2] {
    let choices = [(NEVER, "Never"), (AT, "At a date")];
    let choices = choices.map(|(value, label)| (value.to_owned(), label.to_owned())).into();
    [
        Question::new(EXPIRES, "The material expires", QuestionKind::Choice(choices))
            .help(
                "When it expires, AWS deletes it, and the key is unusable until the same material is imported again. It \
                 cannot be changed without another import.",
            )
            .required()
            .preset(if never { NEVER } else { AT }),
        Question::new(VALID_TO, "When", QuestionKind::Text)
            .help(format!(
                "As RFC 3339. AWS grants at most {MOST_DAYS} days from the request; one less leaves room until it is sent."
            ))
            .required()
            .preset(whole(now + days(USUAL_DAYS)).to_string())
            .shown_when(EXPIRES, [AT]),
    ]
}

/// When the material expires, by these answers, in whole seconds; `None` for never.
///
/// # Errors
/// `Invalid` for answers that AWS would not take.
pub(crate) fn valid_to<'a>(answer: impl Fn(&str) -> Option<&'a str>, now: Timestamp) -> Result<Option<Timestamp>> {
    let unfit = |message: String, next: &str| {
        Err(Error::new(Kind::Invalid, "plan the change", message).with_refused_by("this app").with_next(next))
    };
    match answer(EXPIRES) {
        Some(NEVER) => return Ok(None),
        Some(AT) => {}
        Some(other) => {
            return unfit(format!("material expires \"{AT}\" a date or \"{NEVER}\", not {other:?}"), "Choose one.");
        }
        None => return unfit("it was not said whether the material expires".to_owned(), "Choose a date, or never."),
    }
    let text = answer(VALID_TO).unwrap_or_default();
    let Ok(at) = text.trim().parse::<Timestamp>() else {
        return unfit(
            format!("{text:?} is no instant in the form of RFC 3339"),
            "Write it with its offset, such as 2027-06-30T12:00:00Z.",
        );
    };
    let at = whole(at);
    if at <= now {
        return unfit(format!("{at} is over: the material would never be there"), "Choose a later date.");
    }
    if at > now + days(MOST_DAYS) {
        let latest = whole(now + days(MOST_DAYS));
        return unfit(
            format!("{at} is more than {MOST_DAYS} days from now, and AWS grants no more: {latest} is the latest"),
            "Choose an earlier date, or never.",
        );
    }
    Ok(Some(at))
}

fn days(number: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * number)
}

/// Without its fraction: what AWS keeps and tells again.
fn whole(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(expires: &'static str, at: &'static str) -> Result<Option<Timestamp>> {
        let now: Timestamp = "2026-11-26T12:00:00.5Z".parse().unwrap();
        valid_to(|name| Some(if name == EXPIRES { expires } else { at }).filter(|text| !text.is_empty()), now)
    }

    #[test]
    fn only_a_date_within_365_days_is_taken() {
        assert_eq!(said(NEVER, "nonsense").unwrap(), None);
        let at = said(AT, "2027-11-25T14:00:00.9+02:00").unwrap().unwrap();
        assert_eq!(at.to_string(), "2027-11-25T12:00:00Z");
        said(AT, "2027-11-26T12:00:00Z").unwrap();
        for (expires, at, word) in [
            (AT, "2027-11-26T12:00:01Z", "more than 365 days"),
            (AT, "2026-11-26T12:00:00Z", "is over"),
            (AT, "tomorrow", "RFC 3339"),
            (AT, "", "RFC 3339"),
            ("", "", "was not said"),
            ("soon", "", "not \"soon\""),
        ] {
            let error = said(expires, at).unwrap_err();
            assert!(error.kind() == Kind::Invalid && error.message().contains(word), "{error}");
        }
    }

    #[test]
    fn the_preset_is_a_date_that_is_taken() {
        let now: Timestamp = "2026-11-26T12:00:00.5Z".parse().unwrap();
        let questions = brought("RSA_2048", now);
        let preset = |name: &str| {
            let question = questions.iter().find(|it| it.name == name).unwrap();
            question.preset.clone().unwrap()
        };
        assert_eq!((preset(EXPIRES).as_str(), preset(VALID_TO).as_str()), (AT, "2027-11-25T12:00:00Z"));
        assert_eq!(preset("usage"), "ENCRYPT_DECRYPT");
        assert!(brought("HMAC_256", now).iter().all(|it| it.name != "usage"));
    }
}
