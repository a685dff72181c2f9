//! Answers as an edit: read, and refused if they do not fit.

use std::collections::BTreeSet;

use domain::{Algorithm, Ask, Change, Error, Kind, Result, Timestamp};
use jiff::SignedDuration;

use super::PLAN;
use crate::{
    edits::{Edit, What},
    entries::{Entry, Version, check_name},
    imports,
    keystore::Keystore,
    make,
    questions::{
        ALGORITHM, DAYS, DESCRIPTION, MATERIAL, MOST_DAYS, NAME, TAGS, VALUE, VERSION, VERSIONS, roll_back_to,
    },
};

/// What is to be made in the keystore.
pub(super) fn in_vault(keystore: &Keystore, change: &Change) -> Result<Edit> {
    let entry = change.answer(NAME).ok_or_else(|| missing("a name"))?.to_owned();
    check_name(&entry)?;
    if keystore.entry(&entry).is_some() {
        return Err(Error::new(Kind::Conflict, PLAN, format!("there already is an entry {entry:?}"))
            .with_refused_by("the keystore")
            .with_next("Choose another name."));
    }
    let description = change.answer(DESCRIPTION).unwrap_or_default().to_owned();
    let tags = tags(change.answer(TAGS).unwrap_or("[]"))?;
    if change.ask == Ask::CreateSecret {
        needs_value(change)?;
        return Ok(Edit { entry, what: What::CreateSecret { description, tags } });
    }
    let algorithm = Algorithm::parse(change.answer(ALGORITHM).ok_or_else(|| missing("an algorithm"))?);
    let what = if change.ask == Ask::ImportKey {
        let file = change.secrets.get(MATERIAL).ok_or_else(|| missing("the file with the key"))?;
        let (_, fingerprint) = imports::read(&algorithm, file)?;
        What::ImportKey { algorithm, fingerprint, description, tags }
    } else if make::ALGORITHMS.contains(&algorithm) {
        What::CreateKey { algorithm, description, tags }
    } else {
        return Err(misfit(format!("a keystore makes no {algorithm} keys")));
    };
    Ok(Edit { entry, what })
}

/// What is to be done to an entry, for which [`crate::offers::changeable`] said yes.
#[expect(clippy::too_many_lines, reason = "a table of all asks")]
pub(super) fn of_entry(change: &Change, entry: &Entry, now: Timestamp) -> Result<What> {
    Ok(match change.ask {
        Ask::CancelDeletion => What::CancelDeletion,
        Ask::ChangeDescription => {
            let description = change.answers.get(DESCRIPTION).ok_or_else(|| missing("a description"))?;
            differs(*description != entry.description)?;
            What::ChangeDescription(description.clone())
        }
        Ask::ChangeTags => {
            let tags = tags(change.answers.get(TAGS).ok_or_else(|| missing("tags"))?)?;
            differs(tags != entry.tags)?;
            What::ChangeTags(tags)
        }
        Ask::Delete => What::Delete,
        Ask::DeleteVersions => What::DeleteVersions(versions(change, entry, true)?),
        Ask::Disable => What::Disable,
        Ask::Enable => What::Enable,
        Ask::RollBack => {
            let wanted = change.answer(VERSION).ok_or_else(|| missing("a version"))?;
            let found = roll_back_to(entry).find(|version| version.id == wanted);
            let found = found.ok_or_else(|| misfit(format!("version {wanted:?} cannot become the current one")))?;
            What::RollBack(found.id.clone())
        }
        Ask::Rotate => {
            let algorithm = entry.current.material.algorithm().cloned();
            What::Rotate(algorithm.ok_or_else(|| misfit("the entry has no key"))?)
        }
        Ask::ScheduleDeletion => {
            let days = change.answer(DAYS).and_then(|days| days.parse().ok());
            let days = days.filter(|days| (1..=MOST_DAYS).contains(days));
            let days = days.ok_or_else(|| misfit(format!("days are a whole number from 1 to {MOST_DAYS}")))?;
            What::ScheduleDeletion(
                now.checked_add(SignedDuration::from_hours(24 * days))
                    .map_err(|cause| misfit("the clock is out of range").with_source(cause))?,
            )
        }
        Ask::UndeleteVersions => What::UndeleteVersions(versions(change, entry, false)?),
        Ask::WriteValue => {
            needs_value(change)?;
            What::WriteValue
        }
        Ask::BackUp
        | Ask::CancelIssuance
        | Ask::ChangeCertificatePolicy
        | Ask::Configure
        | Ask::CreateAlias
        | Ask::CreateCertificate
        | Ask::CreateGrant
        | Ask::CreateKey
        | Ask::CreateSecret
        | Ask::DeleteAlias
        | Ask::DeleteIssuer
        | Ask::ExportCertificate
        | Ask::ExportPrivateKey
        | Ask::ExportPublicKey
        | Ask::ExportSigningRequest
        | Ask::ImportCertificate
        | Ask::ImportKey
        | Ask::ImportMaterial
        | Ask::MergeCertificate
        | Ask::MoveAlias
        | Ask::Restore
        | Ask::RetireGrant
        | Ask::RevealSecret
        | Ask::RevokeGrant
        | Ask::SetContacts
        | Ask::SetIssuer
        | Ask::SetRotation
        | Ask::ChangePolicy
        | Ask::Trim => return Err(misfit(format!("{} is no change of an entry", change.ask.word()))),
    })
}

/// The chosen ones among the older versions that are enabled, or not.
fn versions(change: &Change, entry: &Entry, enabled: bool) -> Result<Vec<String>> {
    let wanted: BTreeSet<&str> = change.list(VERSIONS).into_iter().collect();
    let fits = |version: &&Version| version.enabled == enabled && wanted.contains(version.id.as_str());
    let found: Vec<String> = entry.older.iter().filter(fits).map(|version| version.id.clone()).collect();
    match wanted.iter().find(|id| !found.iter().any(|one| one == *id)) {
        Some(other) => Err(misfit(format!("version {other:?} is not one of the choices"))),
        None if found.is_empty() => Err(missing("a version")),
        None => Ok(found),
    }
}

fn tags(text: &str) -> Result<Vec<(String, String)>> {
    let tags: Vec<(String, String)> = serde_json::from_str(text)
        .map_err(|cause| misfit("tags are a JSON array of arrays of two texts").with_source(cause))?;
    let keys: BTreeSet<&String> = tags.iter().map(|(key, _)| key).collect();
    if keys.len() < tags.len() || keys.iter().any(|key| key.is_empty()) {
        return Err(misfit("each tag has a key of its own"));
    }
    Ok(tags)
}

fn needs_value(change: &Change) -> Result<()> {
    let given = change.secrets.get(VALUE).is_some_and(|value| !value.expose().is_empty());
    if given { Ok(()) } else { Err(missing("a value")) }
}

fn differs(differs: bool) -> Result<()> {
    if differs {
        return Ok(());
    }
    Err(Error::new(Kind::Conflict, PLAN, "everything is so already")
        .with_refused_by("the keystore")
        .with_next("There is nothing to do."))
}

fn missing(what: &str) -> Error {
    misfit(format!("{what} is needed"))
}

fn misfit(why: impl Into<String>) -> Error {
    Error::new(Kind::Invalid, PLAN, why).with_refused_by("the keystore").with_next("Correct the answer, then go on.")
}
