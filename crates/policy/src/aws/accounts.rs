//! Accounts of others that many keys let in, by name.

/// An account whose owner has published its number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KnownAccount {
    /// Twelve digits.
    pub id: &'static str,
    /// Whose.
    pub name: &'static str,
    /// Where they say so.
    pub source: &'static str,
}

/// By number.
pub const KNOWN_ACCOUNTS: &[KnownAccount] = &[
    KnownAccount {
        id: "021876802972",
        name: "Heroku",
        source: "Heroku Dev Center, \"Encrypting your Heroku Postgres database with your own encryption key\"",
    },
    KnownAccount { id: "464622532012", name: "Datadog", source: "Datadog documentation, \"AWS manual setup guide\"" },
    KnownAccount {
        id: "754728514883",
        name: "New Relic",
        source: "New Relic documentation, \"Connect AWS to New Relic infrastructure monitoring\"",
    },
];

/// "account 021876802972 (Heroku)".
pub(super) fn account_in_words(account: &str) -> String {
    match KNOWN_ACCOUNTS.iter().find(|known| known.id == account) {
        Some(known) => format!("account {account} ({})", known.name),
        None => format!("account {account}"),
    }
}
