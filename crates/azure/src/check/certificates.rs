//! What became of a change of a certificate, an issuer or the contacts.

use domain::{Finding, Performed, Result};
use serde_json::Value;

use super::{done, not_done, strange, unclear};
use crate::{
    Tenant,
    object::Named,
    parameters::{Parameters, read_back},
    perform::outcome::results,
    plan::within,
    state::{self, Before},
};

/// Whether a certificate is being issued, or was, since the step was sent: by another request than before.
pub(super) async fn begun(tenant: &Tenant, performed: &Performed, of: &Named) -> Result<Finding> {
    let Before::Issuance { request, versions } = read_back(&performed.step.before)? else { return Ok(strange()) };
    let running = state::if_there(tenant.client.issuance(&of.vault, &of.name).await)?;
    let now = running.as_ref().and_then(|running| running.request_id.clone());
    let new: Vec<String> = state::versions(tenant, of)
        .await?
        .iter()
        .filter_map(state::version)
        .filter(|version| !versions.contains(version))
        .collect();
    let status = running.as_ref().and_then(|running| running.status.clone()).unwrap_or_default();
    let said = running.as_ref().and_then(|running| running.error.as_ref()?.message.clone());
    let words = said.map(|words| format!(" The issuer says: {}", crate::error::tidy(&words))).unwrap_or_default();
    Ok(match (new.as_slice(), now) {
        ([one], _) => Finding::Done {
            evidence: format!("The version {one} of {of} is new."),
            results: results(&of.item(), Some(one)),
        },
        ([], Some(now)) if Some(&now) != request.as_ref() => Finding::Done {
            evidence: format!("The request {now} for {of} is there; its status is {status}.{words}"),
            results: results(&of.item(), None),
        },
        ([], _) => not_done(format!("There is neither a new request for {of} nor a new version.")),
        (several, _) => {
            unclear(format!("{of} has several new versions, so somebody else renewed it too: {}.", several.join(", ")))
        }
    })
}

pub(super) async fn called_off(tenant: &Tenant, of: &Named) -> Result<Finding> {
    let Some(running) = state::if_there(tenant.client.issuance(&of.vault, &of.name).await)? else {
        return Ok(done(format!("{of} is not being issued any more.")));
    };
    let status = running.status.unwrap_or_default();
    Ok(match (running.cancellation_requested, status.as_str()) {
        (Some(true), _) | (_, "cancelled") => {
            done(format!("The issuing of {of} is called off; its status is {status}."))
        }
        (_, "inProgress") => not_done(format!("The issuing of {of} goes on.")),
        _ => unclear(format!("The issuing of {of} has ended by itself; its status is {status}.")),
    })
}

pub(super) async fn gone(tenant: &Tenant, performed: &Performed, sent: &Parameters) -> Result<Finding> {
    let Before::Policy(before) = read_back(&performed.step.before)? else { return Ok(strange()) };
    let now = tenant.client.issuer(&sent.vault, &sent.name).await?;
    Ok(match now {
        Value::Null => done(format!("There is no issuer {} any more.", sent.name)),
        now if now == before => not_done(format!("The issuer {} is there as before.", sent.name)),
        _ => unclear(format!("There is an issuer {}, and it is another than before.", sent.name)),
    })
}

/// What was written against what is there now: the service adds members of its own, and never tells a password.
pub(super) fn written(performed: &Performed, sent: &Parameters, what: &str, now: &Value) -> Result<Finding> {
    let Before::Policy(before) = read_back(&performed.step.before)? else { return Ok(strange()) };
    let wanted = Value::Object(sent.body.clone());
    // Times and whatever else the service writes beside it are no sign of anybody.
    let untouched = sent.body.keys().all(|part| now.get(part) == before.get(part));
    Ok(if within(&wanted, now) {
        done(format!("{what} as wanted."))
    } else if untouched {
        not_done(format!("{what} as before."))
    } else {
        unclear(format!("{what} neither as wanted nor as before, so somebody else changed it too."))
    })
}
