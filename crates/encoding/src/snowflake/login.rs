//! The claims of the token that a client signs in to Snowflake with, as its connectors make them.
//!
//! Source: `AuthByKeyPair.prepare` of snowflake-connector-python 3.16; docs.snowflake.com/en/developer-guide/sql-api/
//! authenticating says the same.

use domain::{Algorithm, Error, Kind, Result};
use serde_json::{Value, json};

use crate::{PublicKey, fingerprint};

/// Snowflake takes a token for one hour at most, whatever it says itself.
const LONGEST_LIFE: i64 = 3600;
const CLAIM: &str = "make the claims of a Snowflake sign-in";

/// The claims for `user` of `account` who signs with `key`: `iss`, `sub`, `iat` and `exp`, times in seconds of Unix.
///
/// `account` is the account's identifier (`MYORG-MYACCOUNT`, or a locator such as `xy12345.eu-west-1`). What stands behind
/// its first dot is cut off; of a `.global` one, what stands behind its first hyphen. Account and user become upper case,
/// as the connector makes them, even where the user's name is a quoted one in small letters.
///
/// # Errors
/// [`Kind::Unsupported`] for another kind of key than RSA; [`Kind::Invalid`] if the account or the user is empty, or the
/// lifetime is not between one second and one hour.
pub fn login_claims(
    account: &str,
    user: &str,
    key: &PublicKey,
    issued_at: i64,
    lifetime_seconds: i64,
) -> Result<Value> {
    if !matches!(key.algorithm(), Algorithm::Rsa(_)) {
        let message = format!("Snowflake takes tokens that an RSA key signed, and this is {}", key.algorithm());
        return Err(Error::new(Kind::Unsupported, CLAIM, message).with_next("Choose an RSA key of 2048 bits or more."));
    }
    let invalid = |message: &str, next: &str| Err(Error::new(Kind::Invalid, CLAIM, message).with_next(next));
    let cut = if account.contains(".global") { '-' } else { '.' };
    let account = account.split(cut).next().unwrap_or(account).to_uppercase();
    if account.is_empty() {
        return invalid("the account is empty", "Give the account's identifier, as in MYORG-MYACCOUNT.");
    }
    if user.is_empty() {
        return invalid("the user's name is empty", "Give the name that DESC USER shows.");
    }
    let expires = issued_at.checked_add(lifetime_seconds).filter(|_| (1..=LONGEST_LIFE).contains(&lifetime_seconds));
    let Some(expires) = expires else {
        return invalid("the lifetime is not between one second and one hour", "The connector's own is 60 seconds.");
    };
    let subject = format!("{account}.{}", user.to_uppercase());
    let issuer = format!("{subject}.{}", fingerprint::spki_sha256(key));
    Ok(json!({ "iss": issuer, "sub": subject, "iat": issued_at, "exp": expires }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{samples::SAMPLES, snowflake::expected};

    #[test]
    fn account_and_user_are_cut_and_folded_as_the_connector_does() {
        let key = &SAMPLES.rsa_2048;
        for (account, user, subject) in [
            ("xy12345", "etl_user", "XY12345.ETL_USER"),
            ("xy12345.eu-west-1.aws", "ETL", "XY12345.ETL"),
            ("myorg-my_account", "maria@example.com", "MYORG-MY_ACCOUNT.MARIA@EXAMPLE.COM"),
            ("acme-x1y2.global", "ETL", "ACME.ETL"),
            ("org-acme-x1y2.global", "ETL", "ORG.ETL"),
            ("acme.global", "ETL", "ACME.GLOBAL.ETL"),
            ("acme-x.GLOBAL", "ETL", "ACME-X.ETL"),
            ("straße", "łukasz", "STRASSE.ŁUKASZ"),
        ] {
            let claims = login_claims(account, user, key, 1_700_000_000, 60).unwrap();
            let issuer = format!("{subject}.{}", expected(key));
            let whole = json!({ "iss": issuer, "sub": subject, "iat": 1_700_000_000, "exp": 1_700_000_060 });
            assert_eq!(claims.to_string(), whole.to_string());
        }
    }

    #[test]
    fn what_makes_no_token_is_refused() {
        let key = &SAMPLES.rsa_2048;
        for (account, user, issued_at, lifetime) in [
            ("", "ETL", 0, 60),
            (".eu-west-1", "ETL", 0, 60),
            ("-x.global", "ETL", 0, 60),
            ("acme", "", 0, 60),
            ("acme", "ETL", 0, 0),
            ("acme", "ETL", 0, -60),
            ("acme", "ETL", 0, 3601),
            ("acme", "ETL", i64::MAX, 60),
        ] {
            let error = login_claims(account, user, key, issued_at, lifetime).unwrap_err();
            assert_eq!(error.kind(), Kind::Invalid, "{account} {user} {issued_at} {lifetime}");
        }
        for key in [&SAMPLES.p256, &SAMPLES.ed25519, &SAMPLES.unknown] {
            assert_eq!(login_claims("acme", "ETL", key, 0, 60).unwrap_err().kind(), Kind::Unsupported);
        }
    }
}
