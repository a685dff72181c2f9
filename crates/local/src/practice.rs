//! The practice keystore: about a dozen entries as a company has them, to look around without harm.
//!
//! All of it is real: fresh keys, certificates that verify, ages and ends counted from the moment it is made.

use std::path::Path;

use domain::{Algorithm, Curve, Error, Kind, Result, Secret, Timestamp};
use jiff::SignedDuration;

use crate::{
    entries::{Entry, EntryState},
    keystore::Keystore,
    lock::Lock,
    make::{self, Authority, Purpose, Wanted},
    material::Material,
    secrets::private_key_pem,
};

const ORGANIZATION: &str = "Brightwater Goods";
const P256: Algorithm = Algorithm::Ec(Curve::P256);
const P384: Algorithm = Algorithm::Ec(Curve::P384);
const P521: Algorithm = Algorithm::Ec(Curve::P521);

/// Makes the practice keystore as a new file at `path`; ages and ends are counted from `now`. Blocks for some seconds:
/// RSA keys are searched for, a passphrase is stretched.
///
/// # Errors
/// As [`Keystore::create_with`]: `Conflict` if the file exists.
pub fn make(path: &Path, lock: Lock, now: Timestamp) -> Result<()> {
    let days = Days { now };
    // RSA keys take nearly all of the time, and each its own.
    let mut entries = std::thread::scope(|scope| {
        let rsa = [
            scope.spawn(move || snowflake(days)),
            scope.spawn(move || payments(days)),
            scope.spawn(move || code_signing(days)),
        ];
        let mut made = keys(days)?;
        made.extend(certificates(days)?);
        made.extend(secrets(days)?);
        for entry in rsa {
            made.extend(entry.join().map_err(|_| broken_off())??);
        }
        Ok::<_, Error>(made)
    })?;
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    Keystore::create_with(path, &lock, entries)?;
    Ok(())
}

#[derive(Clone, Copy)]
struct Days {
    now: Timestamp,
}

impl Days {
    fn ago(self, days: i64) -> Result<Timestamp> {
        self.ahead(-days)
    }

    /// Some hours farther than whole days: what has nine days left shall say so for the rest of the day.
    fn ahead(self, days: i64) -> Result<Timestamp> {
        let hours = 24 * days + 5 * days.signum();
        self.now.checked_add(SignedDuration::from_hours(hours)).map_err(|cause| {
            Error::new(Kind::Invalid, "make the practice keystore", "the clock is out of range").with_source(cause)
        })
    }
}

fn broken_off() -> Error {
    Error::new(Kind::Unexpected, "make the practice keystore", "making a key broke off inside the app")
}

fn snowflake(days: Days) -> Result<Vec<Entry>> {
    let first = make::key(&Algorithm::Rsa(2048))?;
    // The mistake to be found: the private half of the older version lies about in a secret of an innocent name.
    let Material::Key(pair) = &first else { return Err(broken_off()) };
    let leaked = Material::secret(private_key_pem(&pair.private)?, "text/plain");
    let config = Entry::new("etl-config", days.ago(398)?, leaked)?
        .with_description("Settings of the nightly load into the warehouse.")
        .with_tags(&[("team", "data-platform"), ("env", "production")]);
    let key = Entry::new("snowflake-etl", days.ago(398)?, first)?
        .with_description(
            "Key-pair sign-in of the service user ETL_SVC at Snowflake. Rotate once a year, second slot first.",
        )
        .with_tags(&[
            ("team", "data-platform"),
            ("owner", "maria.kowalska@brightwater.example"),
            ("env", "production"),
            ("consumer", "snowflake:ETL_SVC"),
        ])
        .with_version(days.ago(33)?, make::key(&Algorithm::Rsa(2048))?)?;
    Ok(vec![config, key])
}

fn payments(days: Days) -> Result<Vec<Entry>> {
    let entry = Entry::new("payments-sign", days.ago(610)?, make::key(&Algorithm::Rsa(3072))?)?
        .with_description(
            "Signs payment files to the bank (pain.001). The bank holds the public half; contract annex B.",
        )
        .with_tags(&[("team", "treasury"), ("env", "production"), ("dual-control", "yes"), ("pci", "in-scope")]);
    Ok(vec![entry])
}

fn code_signing(days: Days) -> Result<Vec<Entry>> {
    let entry = Entry::new("code-signing", days.ago(152)?, make::key(&Algorithm::Rsa(4096))?)?
        .with_description("Signs desktop releases in the build pipeline.")
        .with_tags(&[("team", "release-engineering"), ("env", "production"), ("ticket", "SEC-1182")]);
    Ok(vec![entry])
}

fn keys(days: Days) -> Result<Vec<Entry>> {
    let mut oidc = Entry::new("oidc-signing", days.ago(271)?, make::key(&P256)?)?
        .with_description("Signs ID tokens of login.brightwater.example. Its JWKS publishes every enabled version.")
        .with_tags(&[("team", "identity"), ("env", "production"), ("rotation", "90d")])
        .with_current_disabled();
    for age in [181, 91] {
        oidc = oidc.with_version(days.ago(age)?, make::key(&P256)?)?;
    }
    Ok(vec![
        oidc,
        Entry::new("github-deploy", days.ago(64)?, make::key(&Algorithm::Ed25519)?)?
            .with_description("Deploy key of brightwater/infrastructure on GitHub, read-only.")
            .with_tags(&[
                ("team", "platform"),
                ("env", "production"),
                ("consumer", "github:brightwater/infrastructure"),
            ]),
        Entry::new("backup-master", days.ago(823)?, make::aes(256)?)?
            .with_description("Wraps the data keys of the off-site backups. Without it no backup can be read.")
            .with_tags(&[("team", "platform"), ("env", "production"), ("critical", "yes")]),
        Entry::new("webhook-signing-old", days.ago(512)?, make::key(&P256)?)?
            .with_description("Replaced in the spring; disabled until the last partner has moved.")
            .with_tags(&[("team", "integrations"), ("env", "production")])
            .with_state(EntryState::Disabled),
        Entry::new("partner-sftp-nordwind", days.ago(947)?, make::key(&Algorithm::Ed25519)?)?
            .with_description("File exchange with Nordwind Logistics; contract ended.")
            .with_tags(&[("team", "integrations"), ("partner", "Nordwind Logistics")])
            .with_state(EntryState::PendingDeletion(days.ahead(12)?)),
        Entry::new("statement-seal", days.ago(240)?, make::key(&P384)?)?
            .with_description("Seals account statements for ten years of keeping.")
            .with_tags(&[("team", "treasury"), ("env", "production"), ("retention", "10y")]),
        Entry::new("firmware-signing", days.ago(19)?, make::key(&P521)?)?
            .with_description("Signs firmware of the shelf sensors. Staging only until the audit is through.")
            .with_tags(&[("team", "devices"), ("env", "staging")]),
    ])
}

fn certificates(days: Days) -> Result<Vec<Entry>> {
    let authority = Authority::new(
        &P384,
        &Wanted {
            common_name: "Brightwater Practice CA",
            organization: ORGANIZATION,
            names: &[],
            not_before: days.ago(700)?,
            not_after: days.ahead(2950)?,
            purpose: Purpose::Authority,
        },
    )?;
    let wanted = |common_name, names, age, left, purpose| -> Result<Wanted<'_>> {
        let (not_before, not_after) = (days.ago(age)?, days.ahead(left)?);
        Ok(Wanted { common_name, organization: ORGANIZATION, names, not_before, not_after, purpose })
    };
    let api = wanted("api.brightwater.example", API_NAMES, 81, 9, Purpose::Server)?;
    let client = wanted("billing-client", &["billing.internal.brightwater.example"], 12, 353, Purpose::Client)?;
    let legacy = wanted("intranet.brightwater.example", &["intranet.brightwater.example"], 388, -23, Purpose::Server)?;
    Ok(vec![
        Entry::new("tls-api", days.ago(81)?, authority.issue(&P256, &api)?)?
            .with_description("Public API. Renew by hand until the gateway speaks ACME (SEC-1207).")
            .with_tags(&[
                ("team", "platform"),
                ("env", "production"),
                ("owner", "oncall-platform@brightwater.example"),
            ]),
        Entry::new("mtls-billing-client", days.ago(12)?, authority.issue(&P384, &client)?)?
            .with_description("Client certificate of the billing service towards the ledger.")
            .with_tags(&[("team", "billing"), ("env", "production")]),
        Entry::new("tls-intranet", days.ago(388)?, make::self_signed(&P256, &legacy)?)?
            .with_description("Self-signed, from before there was a CA. Ask facilities whether anybody still needs it.")
            .with_tags(&[("team", "facilities"), ("env", "production")]),
    ])
}

const API_NAMES: &[&str] =
    &["api.brightwater.example", "api.eu.brightwater.example", "status.brightwater.example", "203.0.113.17"];

fn secrets(days: Days) -> Result<Vec<Entry>> {
    let password = |text: &str| Material::secret(Secret::from_text(text.to_owned()), "text/plain");
    Ok(vec![
        Entry::new("warehouse-db-password", days.ago(120)?, password("practice-only: old-otter-7416"))?
            .with_description("Sign-in of reporting_ro at the warehouse database.")
            .with_tags(&[("team", "data-platform"), ("env", "production")])
            .with_version(days.ago(27)?, password("practice-only: brave-heron-2093"))?
            .with_expiry(days.ahead(63)?),
    ])
}
