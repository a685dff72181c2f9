//! Finds again the version that a call has made when its answer was lost.

use domain::{Finding, Performed, Result};

use super::{not_done, since, strange, unclear};
use crate::{
    Tenant,
    object::Named,
    parameters::{Parameters, read_back},
    perform::outcome::results,
    plan::MARK,
    state::{self, Before},
    wire::{Listed, instant},
};

/// Looks for the version that the answer named; if that was lost, for the one that carries the order's mark.
pub(super) async fn marked(tenant: &Tenant, performed: &Performed, sent: &Parameters, of: &Named) -> Result<Finding> {
    let mark = sent.body.get("tags").and_then(|tags| tags.get(MARK)?.as_str());
    let mark = mark.unwrap_or(&performed.order.0);
    let (new, finding) = new_versions(tenant, performed, of).await?;
    if let Some(finding) = finding {
        return Ok(finding);
    }
    let ours: Vec<&Listed> =
        new.iter().filter(|version| version.tags.get(MARK).is_some_and(|tag| tag == mark)).collect();
    Ok(match ours[..] {
        [] => not_done(match new.len() {
            0 => format!("There is no version of {of} that was not there before."),
            _ => format!("There are new versions of {of}, and none carries the tag {MARK} = {mark}: {}.", told(&new)),
        }),
        [one] => found(of, one, format!("carries the tag {MARK} = {mark}")),
        _ => unclear(format!("Several versions of {of} carry the tag {MARK} = {mark}: {}.", told(&new))),
    })
}

/// Looks for the version that the answer named; if that was lost, for the only one that is new.
pub(super) async fn unmarked(tenant: &Tenant, performed: &Performed, of: &Named) -> Result<Finding> {
    let (new, finding) = new_versions(tenant, performed, of).await?;
    if let Some(finding) = finding {
        return Ok(finding);
    }
    Ok(match &new[..] {
        [] => not_done(format!("There is no version of {of} that was not there before.")),
        [one] if since(performed, one.attributes.created) => found(of, one, "is the only new one".to_owned()),
        [_] => unclear(format!(
            "{of} has one new version, made before this was sent, so somebody else rotated it: {}.",
            told(&new)
        )),
        _ => unclear(format!("{of} has several new versions, so somebody else rotated it too: {}.", told(&new))),
    })
}

/// The versions that were not there before; or, if the answer came back, what is seen of the one that it named.
async fn new_versions(tenant: &Tenant, performed: &Performed, of: &Named) -> Result<(Vec<Listed>, Option<Finding>)> {
    let Before::Versions(known) = read_back(&performed.step.before)? else { return Ok((Vec::new(), Some(strange()))) };
    let versions = state::versions(tenant, of).await?;
    if let Some(named) = performed.results.get("version") {
        let seen = versions.iter().find(|it| state::version(it).as_deref() == Some(named));
        let finding = match seen {
            Some(version) => found(of, version, "is there".to_owned()),
            None => not_done(format!("There is no version {named} of {of} to be seen yet.")),
        };
        return Ok((Vec::new(), Some(finding)));
    }
    let is_new = |version: &Listed| state::version(version).is_some_and(|id| !known.contains(&id));
    Ok((versions.into_iter().filter(is_new).collect(), None))
}

fn found(of: &Named, version: &Listed, because: String) -> Finding {
    let id = state::version(version).unwrap_or_default();
    let made = instant(version.attributes.created).map(|at| format!(", made at {at},")).unwrap_or_default();
    Finding::Done {
        evidence: format!("The version {id} of {of}{made} {because}."),
        results: results(&of.item(), Some(&id)),
    }
}

fn told(versions: &[Listed]) -> String {
    let one = |version: &Listed| {
        let made = instant(version.attributes.created).map(|at| format!(" of {at}")).unwrap_or_default();
        format!("{}{made}", state::version(version).unwrap_or_default())
    };
    versions.iter().map(one).collect::<Vec<_>>().join(", ")
}
