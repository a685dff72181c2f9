//! Plans for certificates that are issued: a new one, a renewal, and the end of an issuing that has begun.

use domain::{Plan, Result, Tier};
use serde_json::{Value, json};

use super::{
    super::{Draft, Planned, Words, members_marked, new_certificate, not_offered},
    rules,
};
use crate::{
    certificates::{is_open, waits_for_answer},
    object::Named,
    operation::Operation,
    parameters::Parameters,
    shell::Line,
    standing::Standing,
    state::{self, Before},
};

pub(super) async fn create(mut draft: Draft<'_>) -> Result<Plan> {
    let of = new_certificate(&draft).await?;
    let policy = rules::answered(&draft)?;
    let tags = members_marked(&draft)?;
    let issuer = policy["issuer"]["name"].as_str().unwrap_or_default().to_owned();
    let mut effects = vec![match issuer.as_str() {
        "Self" => format!("There is a certificate {} in {}, signed by its own key.", of.name, draft.vault),
        "Unknown" => format!("There is a signing request for {}. Have it signed, then merge the answer.", of.name),
        other => {
            format!("{other} is asked to issue the certificate {}; that can take a while and cost money.", of.name)
        }
    }];
    effects.extend(rules::said(&policy));
    effects.push("A key and a secret of the same name come with it.".to_owned());
    let sent = Parameters::new(draft.vault, &of.name).with("policy", Value::Object(policy)).with("tags", json!(tags));
    let says = "Have the certificate made".to_owned();
    begin(&mut draft, &of, &sent, says).await?;
    let words = Words::new(&of.name, format!("Create the certificate {}", of.name), Tier::Consequences, effects);
    draft.plan(words, None)
}

pub(super) async fn renew(mut draft: Draft<'_>, of: &Named) -> Result<Plan> {
    let standing = Standing::read(draft.tenant, of).await?;
    standing.allow(draft.change.ask)?;
    let (issuance, policy) = futures::join!(
        draft.tenant.client.issuance(&of.vault, &of.name),
        draft.tenant.client.certificate_policy::<Value>(&of.vault, &of.name)
    );
    if let Ok(running) = issuance.as_ref()
        && running.status.as_deref() == Some("inProgress")
    {
        let next = if waits_for_answer(running) {
            "merge its answer, or cancel it first"
        } else {
            "wait for it, or cancel it first"
        };
        return Err(not_offered(format!("A certificate of this name is being issued: {next}.")));
    }
    let mut policy = policy?.as_object().cloned().unwrap_or_default();
    // What the service says about a policy is no part of it.
    policy.retain(|name, _| !matches!(name.as_str(), "id" | "attributes"));
    let issuer = policy.get("issuer").and_then(|issuer| issuer["name"].as_str()).unwrap_or_default().to_owned();
    let first = match issuer.as_str() {
        "Unknown" | "" => {
            "Nobody in Azure issues it: a signing request is made. Have it signed, then merge the answer. Until \
                           then the present certificate stays."
        }
        _ => "Whoever uses it without naming a version uses the new certificate and key from then on.",
    };
    let mut effects = vec![first.to_owned()];
    effects.extend(rules::said(&policy));
    effects.push("Older versions stay. Whoever has the old certificate goes on with it until its end.".to_owned());
    let sent = Parameters::new(draft.vault, &of.name)
        .with("policy", Value::Object(policy))
        .with("tags", json!(standing.there()?.current.tags.clone()));
    let says = "Have a new version made by the present policy".to_owned();
    begin(&mut draft, of, &sent, says).await?;
    let words = Words::new(&of.name, format!("Renew {}", of.name), Tier::Consequences, effects)
        .warning("A version cannot be taken away again. Azure always takes the newest as the current one.");
    draft.plan(words, None)
}

async fn begin(draft: &mut Draft<'_>, of: &Named, sent: &Parameters, says: String) -> Result<()> {
    let versions = state::versions(draft.tenant, of).await?;
    let running = state::if_there(draft.tenant.client.issuance(&of.vault, &of.name).await)?;
    let before = Before::Issuance {
        request: running.and_then(|running| running.request_id),
        versions: versions.iter().filter_map(state::version).collect(),
    };
    let command = Line::new(&["certificate", "create"], &of.vault)
        .option("--name", &of.name)
        .option("--policy", "@/dev/stdin")
        .end();
    draft.step(Planned { operation: Operation::CreateCertificate, says, sent, command, secrets: &[] }, &before)
}

pub(super) async fn cancel(mut draft: Draft<'_>, of: &Named) -> Result<Plan> {
    let running = state::if_there(draft.tenant.client.issuance(&of.vault, &of.name).await)?;
    let Some(running) = running.filter(is_open) else {
        return Err(not_offered("No certificate of this name is being issued."));
    };
    let status = running.status.clone().unwrap_or_default();
    if status != "inProgress" {
        return Err(not_offered(format!("The issuing has ended already: its status is {status}.")));
    }
    let sent = Parameters::new(draft.vault, &of.name).with("cancellation_requested", true);
    let command = Line::new(&["certificate", "pending", "delete"], &of.vault).option("--name", &of.name).end();
    let says = "Call the issuing off".to_owned();
    let call = Planned { operation: Operation::UpdateIssuance, says, sent: &sent, command, secrets: &[] };
    draft.step(call, &Before::There)?;
    let effects = [
        "The signing request is not answered any more; an answer to it cannot be merged.".to_owned(),
        "A certificate that is there under this name stays as it is.".to_owned(),
    ];
    let title = format!("Cancel the issuance of {}", of.name);
    draft.plan(Words::new(&of.name, title, Tier::Consequences, effects), None)
}
