//! What became of the end of an object: deleted, recovered, purged; and of a saved copy that was taken back.
//!
//! Deleting and recovering take Azure a while, in which an object is neither there nor among the deleted ones.

use std::time::Duration;

use domain::{Finding, Performed, Result};

use super::{done, not_done, since, strange, unclear};
use crate::{
    Tenant,
    object::Named,
    parameters::{Parameters, read_back},
    perform::outcome::results,
    state::{self, Before},
    wire::{Listed, instant},
};

/// How often an object that is on its way is looked for, and how long it is waited in between.
const LOOKS: u32 = 8;
const PAUSE: Duration = Duration::from_millis(500);

/// Where an object is.
enum Place {
    Deleted(Box<Listed>),
    Nowhere,
    There,
}

/// Whether it was deleted since it was sent.
pub(super) async fn deleted(tenant: &Tenant, performed: &Performed, of: &Named) -> Result<Finding> {
    Ok(match settled(tenant, of).await? {
        Place::Deleted(deleted) if since(performed, deleted.deleted_date) => {
            done(format!("{} is deleted{}.", capital(of), until(&deleted)))
        }
        Place::Deleted(deleted) => unclear(format!(
            "{} was deleted{}, before this was sent: somebody else deleted it.",
            capital(of),
            instant(deleted.deleted_date).map(|at| format!(" at {at}")).unwrap_or_default()
        )),
        Place::There => not_done(format!("{} is there.", capital(of))),
        Place::Nowhere => unclear(format!(
            "{} is neither there nor among what is deleted: it is on its way, or somebody purged it.",
            capital(of)
        )),
    })
}

/// Whether it was recovered.
pub(super) async fn recovered(tenant: &Tenant, performed: &Performed, of: &Named) -> Result<Finding> {
    let Before::Deleted(_) = read_back(&performed.step.before)? else { return Ok(strange()) };
    Ok(match settled(tenant, of).await? {
        Place::There => done(format!("{} is there.", capital(of))),
        Place::Deleted(deleted) => not_done(format!("{} is still deleted{}.", capital(of), until(&deleted))),
        Place::Nowhere => unclear(format!(
            "{} is neither there nor among what is deleted: it is on its way, or somebody purged it.",
            capital(of)
        )),
    })
}

/// Whether it was purged.
pub(super) async fn purged(tenant: &Tenant, performed: &Performed, of: &Named) -> Result<Finding> {
    let Before::Deleted(when) = read_back(&performed.step.before)? else { return Ok(strange()) };
    Ok(match place(tenant, of).await? {
        Place::Nowhere => done(format!("{} is neither there nor among what is deleted.", capital(of))),
        Place::Deleted(deleted) if deleted.deleted_date == when => {
            not_done(format!("{} is still among what is deleted{}.", capital(of), until(&deleted)))
        }
        Place::Deleted(_) => unclear(format!(
            "{} was deleted at another time than the one that was to be purged: it was there in between.",
            capital(of)
        )),
        Place::There => unclear(format!("{} is there: somebody recovered it, or made another one.", capital(of))),
    })
}

/// Whether the saved copy is back. Its name stands in the copy, where only Azure can read it.
pub(super) async fn restored(tenant: &Tenant, performed: &Performed, sent: &Parameters) -> Result<Finding> {
    let Before::Names { name, object, others } = read_back(&performed.step.before)? else { return Ok(strange()) };
    let told = performed.results.get("item").and_then(|item| item.split_once('/')).map(|(_, name)| name.to_owned());
    let answered = told.is_some();
    let of = Named { vault: sent.vault.clone(), object, name: told.unwrap_or(name) };
    let versions = state::versions(tenant, &of).await?;
    if let Some(newest) = versions.first() {
        let version = state::version(newest).unwrap_or_default();
        let evidence = format!("{} is there, with {} versions.", capital(&of), versions.len());
        return Ok(Finding::Done { evidence, results: results(&of.item(), Some(&version)) });
    }
    if answered {
        return Ok(not_done(format!("{} is not to be seen yet.", capital(&of))));
    }
    let mut older = Vec::new();
    for name in state::names(tenant, &sent.vault, object).await?.into_iter().filter(|name| !others.contains(name)) {
        let one = Named { vault: sent.vault.clone(), object, name };
        let versions = state::versions(tenant, &one).await?;
        // What was saved was made before it was saved; the service keeps the times (its recording of BackupRestoreCertificate).
        if versions.iter().any(|version| !since(performed, version.attributes.created)) {
            older.push(one.name);
        }
    }
    let none = format!("There is no {} {} in {}", object.word(), of.name, sent.vault);
    Ok(if older.is_empty() {
        not_done(format!("{none}, and no other that was not there before and yet is older than the call."))
    } else {
        unclear(format!(
            "{none}, but the copy may hold another name: these were not there before: {}.",
            older.join(", ")
        ))
    })
}

/// Where an object is, waiting for one that is on its way.
async fn settled(tenant: &Tenant, of: &Named) -> Result<Place> {
    for _ in 1..LOOKS {
        match place(tenant, of).await? {
            Place::Nowhere => tokio::time::sleep(PAUSE).await,
            place => return Ok(place),
        }
    }
    place(tenant, of).await
}

async fn place(tenant: &Tenant, of: &Named) -> Result<Place> {
    if !state::versions(tenant, of).await?.is_empty() {
        return Ok(Place::There);
    }
    Ok(state::deleted(tenant, of).await?.map_or(Place::Nowhere, |deleted| Place::Deleted(Box::new(deleted))))
}

fn until(deleted: &Listed) -> String {
    instant(deleted.scheduled_purge_date).map(|at| format!(" until {at}")).unwrap_or_default()
}

fn capital(of: &Named) -> String {
    format!("The {} {}", of.object.word(), of.name)
}
