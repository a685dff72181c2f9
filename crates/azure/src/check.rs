//! Reads what became of a step that was sent. Nothing is ever sent again from here.
//!
//! Most calls set something, and comparing tells: as it was wanted is done, as it was before is not done, and anything
//! else was somebody else. Where a call makes a version, the order's mark on it tells; where it can carry none, that there
//! is just one that was not there before.

mod certificates;
mod deletion;
mod versions;

use std::collections::BTreeMap;

use domain::{Finding, Performed, Result, Timestamp};
use jiff::SignedDuration;
use serde_json::{Map, Value};

use crate::{
    Tenant, members,
    object::{Named, Object},
    operation::Operation,
    parameters::{Parameters, read_back},
    rotation_policy::Rules,
    standing::{Now, Standing},
    state::{self, Before},
};

/// Azure tells times in whole seconds, and clocks differ a little.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(2);

/// What a reading says about the step.
pub(crate) async fn check(tenant: &Tenant, performed: &Performed) -> Result<Finding> {
    let (operation, sent) = (Operation::of(&performed.step)?, Parameters::of(&performed.step)?);
    let of = |object| Named { vault: sent.vault.clone(), object, name: sent.name.clone() };
    let (certificate, key, secret) = (of(Object::Certificate), of(Object::Key), of(Object::Secret));
    let client = &tenant.client;
    match operation {
        Operation::CreateCertificate => certificates::begun(tenant, performed, &certificate).await,
        Operation::CreateKey | Operation::ImportKey => versions::marked(tenant, performed, &sent, &key).await,
        Operation::DeleteCertificate => deletion::deleted(tenant, performed, &certificate).await,
        Operation::DeleteIssuer => certificates::gone(tenant, performed, &sent).await,
        Operation::DeleteKey => deletion::deleted(tenant, performed, &key).await,
        Operation::DeleteSecret => deletion::deleted(tenant, performed, &secret).await,
        Operation::ImportCertificate | Operation::MergeCertificate => {
            versions::marked(tenant, performed, &sent, &certificate).await
        }
        Operation::PurgeCertificate => deletion::purged(tenant, performed, &certificate).await,
        Operation::PurgeKey => deletion::purged(tenant, performed, &key).await,
        Operation::PurgeSecret => deletion::purged(tenant, performed, &secret).await,
        Operation::RecoverCertificate => deletion::recovered(tenant, performed, &certificate).await,
        Operation::RecoverKey => deletion::recovered(tenant, performed, &key).await,
        Operation::RecoverSecret => deletion::recovered(tenant, performed, &secret).await,
        Operation::RestoreCertificate | Operation::RestoreKey | Operation::RestoreSecret => {
            deletion::restored(tenant, performed, &sent).await
        }
        Operation::RotateKey => versions::unmarked(tenant, performed, &key).await,
        Operation::SetContacts => {
            certificates::written(performed, &sent, "The contacts are", &client.contacts(&sent.vault).await?)
        }
        Operation::SetIssuer => {
            certificates::written(performed, &sent, "The issuer is", &client.issuer(&sent.vault, &sent.name).await?)
        }
        Operation::SetSecret => versions::marked(tenant, performed, &sent, &secret).await,
        Operation::UpdateCertificate => updated(tenant, performed, &sent, &certificate).await,
        Operation::UpdateCertificatePolicy => {
            let now = client.certificate_policy(&sent.vault, &sent.name).await?;
            certificates::written(performed, &sent, "The policy is", &now)
        }
        Operation::UpdateIssuance => certificates::called_off(tenant, &certificate).await,
        Operation::UpdateKey => updated(tenant, performed, &sent, &key).await,
        Operation::UpdateRotationPolicy => policy(tenant, performed, &sent).await,
        Operation::UpdateSecret => updated(tenant, performed, &sent, &secret).await,
    }
}

/// The members that were sent, as that version has them now.
async fn updated(tenant: &Tenant, performed: &Performed, sent: &Parameters, of: &Named) -> Result<Finding> {
    let Before::Members(before) = read_back(&performed.step.before)? else { return Ok(strange()) };
    let standing = Standing::read(tenant, of).await?;
    let Now::There(mut there) = standing.now else {
        return Ok(unclear(format!("{of} is deleted now, so its attributes are not told: somebody else deleted it.")));
    };
    if let Some(version) = sent.version.as_deref().filter(|version| there.version.as_deref() != Some(version)) {
        let versions = state::versions(tenant, of).await?;
        let Some(listed) = versions.into_iter().find(|it| state::version(it).as_deref() == Some(version)) else {
            return Ok(unclear(format!("The version {version} of {of} is not there.")));
        };
        // A list does not tell the operations of an older version of a key.
        if sent.body.contains_key("key_ops") {
            let key = tenant.client.key(&of.vault, &of.name, Some(version)).await?;
            there.operations = key.key.key_ops.unwrap_or_default();
            there.operations.sort();
        }
        there.current = listed;
    }
    Ok(compared(&sent.body, &before, &members::now(&sent.body, &there)))
}

async fn policy(tenant: &Tenant, performed: &Performed, sent: &Parameters) -> Result<Finding> {
    let Before::Policy(before) = read_back(&performed.step.before)? else { return Ok(strange()) };
    let written = tenant.client.rotation_policy(&sent.vault, &sent.name).await?;
    let wanted = Rules::of(&Value::Object(sent.body.clone()))?;
    let evidence = format!("The rotation policy is {}.", rules(&written));
    Ok(match Rules::of(&written) {
        Ok(now) if now == wanted => done(evidence),
        Ok(now) if Rules::of(&before).is_ok_and(|before| before == now) => not_done(evidence),
        Err(_) if written == before => not_done(evidence),
        Ok(_) | Err(_) => unclear(format!(
            "{evidence} That is neither what was wanted nor as before, so somebody else set it too. Before, it was {}.",
            rules(&before)
        )),
    })
}

fn rules(policy: &Value) -> String {
    Rules::of(policy).map_or_else(|_| policy.to_string(), |rules| Value::Object(rules.body()).to_string())
}

/// As wanted, as before, or neither.
fn compared(wanted: &Map<String, Value>, before: &Map<String, Value>, now: &Map<String, Value>) -> Finding {
    let told = |map: &Map<String, Value>| Value::Object(map.clone()).to_string();
    if now == wanted {
        done(format!("It has {}, as wanted.", told(now)))
    } else if now == before {
        not_done(format!("It has {}, as before.", told(now)))
    } else {
        unclear(format!(
            "It has {}. That is neither what was wanted ({}) nor as before ({}), so somebody else set it too.",
            told(now),
            told(wanted),
            told(before)
        ))
    }
}

/// Whether something of that second can be this step's: not if it is older than the sending.
fn since(performed: &Performed, at: Option<i64>) -> bool {
    let at = at.and_then(|second| Timestamp::from_second(second).ok());
    at.is_some_and(|at| performed.sent.checked_sub(TOLERANCE).is_ok_and(|sent| at >= sent))
}

fn done(evidence: impl Into<String>) -> Finding {
    Finding::Done { evidence: evidence.into(), results: BTreeMap::new() }
}

fn not_done(evidence: impl Into<String>) -> Finding {
    Finding::NotDone { evidence: evidence.into() }
}

fn unclear(evidence: impl Into<String>) -> Finding {
    Finding::Unclear { evidence: evidence.into() }
}

/// A step of another form than its call has.
fn strange() -> Finding {
    unclear("The step does not say what was there before, so nothing can be compared.")
}
