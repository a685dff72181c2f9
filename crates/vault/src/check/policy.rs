//! What became of a policy that was written.

use domain::{Finding, Result};
use serde_json::Value;

use super::{done, not_done, unclear};
use crate::{client::Client, plan::Parameters, policies};

pub(super) async fn check(client: &Client, before: Option<&str>, sent: &Parameters) -> Result<Finding> {
    let name = sent.path.strip_prefix(policies::ACL).unwrap_or_default().trim_start_matches('/');
    let wanted = sent.body.get("policy").and_then(Value::as_str);
    let now = policies::read(client, name).await?.map(|told| told.policy);
    Ok(match now.as_deref() {
        now if now == wanted => done(format!("The policy {name} reads as it was wanted.")),
        None if before.is_none() => not_done(format!("There is no policy {name}.")),
        now if now == before => not_done(format!("The policy {name} reads as before.")),
        None => unclear(format!("The policy {name} is gone: somebody deleted it.")),
        Some(_) => unclear(format!("The policy {name} reads neither as wanted nor as before: somebody else wrote it.")),
    })
}
