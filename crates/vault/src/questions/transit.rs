//! Questions before a change of a transit key.

use domain::{Ask, ItemKey, Question, QuestionKind, Result};

use super::{choices, flag, import, number};
use crate::{
    client::Client,
    error::Product,
    offers::transit::{KeyChange, change_of, why_not_now},
    period,
    plan::{one_way_warning, refused},
    transit::{self, Key, kinds},
};

const PERIOD: &str = "Such as 90d or 36h; at least 1h.";
pub(super) const EXPORTABLE: &str = "Let the key material leave the server";
pub(super) const BACKUP: &str = "Allow backups in plain text";

pub(super) async fn of_key(client: &Client, ask: Ask, item: &ItemKey) -> Result<Vec<Question>> {
    let wanted = change_of(ask).map_err(refused)?;
    let key = transit::read(client, item).await?;
    if let Some(because) = why_not_now(wanted, &key) {
        return Err(refused(because));
    }
    Ok(match wanted {
        KeyChange::Configure => configure(&key),
        KeyChange::ImportVersion => import::version(),
        KeyChange::SetRotation => rotation(&key),
        KeyChange::Trim => trim(&key),
        KeyChange::Delete | KeyChange::Rotate => Vec::new(),
    })
}

fn rotation(key: &Key) -> Vec<Question> {
    let now = key.period().unwrap_or(0);
    let period = Question::new("period", "How often", QuestionKind::Text).help(PERIOD).required();
    let period = period.preset(period::write(if now > 0 { now } else { 90 * 86_400 }));
    vec![
        flag("automatic", "Rotate by itself", now > 0)
            .help("The server makes a new version when the newest is that old."),
        period.shown_when("automatic", ["true"]),
    ]
}

fn configure(key: &Key) -> Vec<Question> {
    let (available, latest) = (key.least_available(), key.latest());
    let mut all = vec![
        number(
            "min_decryption_version",
            "Oldest version that decrypts and verifies",
            available.max(1),
            latest,
            key.least_decrypting(),
        )
        .help("min_decryption_version. What was encrypted or signed with an older one is refused."),
        number(
            "min_encryption_version",
            "Oldest version that encrypts and signs",
            available,
            latest,
            key.least_encrypting(),
        )
        .help("min_encryption_version. 0 for the newest alone; otherwise not below the one before."),
        flag("deletion_allowed", "Allow the key to be deleted", key.is("deletion_allowed"))
            .help("deletion_allowed. Needed before the key can be deleted."),
    ];
    for (name, label) in [("exportable", EXPORTABLE), ("allow_plaintext_backup", BACKUP)] {
        if !key.is(name) {
            all.push(flag(name, label, false).help(one_way_warning(name)));
        }
    }
    all
}

fn trim(key: &Key) -> Vec<Question> {
    let (least, most) = (key.least_available().max(1) + 1, key.trimmable().unwrap_or(0));
    let label = "Destroy all versions below";
    vec![
        number("min_available_version", label, least, most, least).required().help(
            "min_available_version. They are destroyed for good; the server allows no more than is unused already.",
        ),
    ]
}

/// What a new key will be called.
pub(super) fn name() -> Question {
    Question::new("name", "Name", QuestionKind::Text)
        .required()
        .help("Letters, digits, dashes, dots and underscores. It cannot be changed later.")
}

pub(super) fn create(product: Product) -> Vec<Question> {
    let kinds = kinds::known(product);
    let those =
        |wanted: fn(&str) -> bool| kinds.iter().map(|(kind, _)| *kind).filter(|kind| wanted(kind)).collect::<Vec<_>>();
    let derivation = [
        ("none", "No"),
        ("derived", "Yes: each context has a key of its own"),
        ("convergent", "Yes, and the same text in the same context encrypts to the same"),
    ];
    vec![
        name(),
        Question::new("type", "Type", QuestionKind::Choice(choices(kinds.iter().copied())))
            .required()
            .preset("aes256-gcm96"),
        number("key_size", "Size in bytes", kinds::LEAST_HMAC, kinds::MOST_HMAC, kinds::LEAST_HMAC)
            .required()
            .shown_when("type", [kinds::HMAC]),
        Question::new("derivation", "Derive keys from it", QuestionKind::Choice(choices(derivation)))
            .preset("none")
            .help("derived and convergent_encryption. Cannot be changed later.")
            .shown_when("type", those(kinds::converges)),
        flag("derived", "Derive keys from it", false)
            .help("Each context has a key of its own, and no public key is shown. Cannot be changed later.")
            .shown_when("type", those(|kind| kinds::derives(kind) && !kinds::converges(kind))),
        flag("exportable", EXPORTABLE, false).help(one_way_warning("exportable")),
        flag("allow_plaintext_backup", BACKUP, false).help(one_way_warning("allow_plaintext_backup")),
        Question::new("auto_rotate_period", "Rotate every", QuestionKind::Text)
            .help(format!("{PERIOD} Empty for never.")),
    ]
}
