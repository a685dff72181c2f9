//! Finds again what a call has made when its answer was lost.

use std::collections::BTreeMap;

use domain::{Error, Finding, Kind, Performed, Result, Timestamp};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::SignedDuration;

use crate::{client::Client, locate::Service, operation::Operation, parameters::Parameters, tags, time};

/// This computer's clock may have been wrong by less, and still have signed: the SDK signs by AWS's clock once an answer
/// told it. Only spares looking at old keys; the mark tells which one it is.
const SKEW: SignedDuration = SignedDuration::from_hours(48);
/// So many keys are looked at at once; as many as a listing does.
const IN_FLIGHT: usize = 64;

/// Looks at the key that the answer named; if that was lost, for keys that carry the order's mark.
pub(super) async fn key(client: &Client, performed: &Performed) -> Result<Finding> {
    let Some(id) = performed.results.get("KeyId") else { return marked(client, performed).await };
    match client.describe_key(id).await {
        Ok(_) => {
            let item = Service::Kms.key(client.region(), id).id;
            let results = made(client.region(), &item, [("KeyId", id.as_str())]);
            Ok(Finding::Done { evidence: format!("The key {id} is there."), results })
        }
        Err(error) if error.kind() == Kind::NotFound => {
            Ok(Finding::NotDone { evidence: format!("There is no key {id} to be seen yet.") })
        }
        Err(error) => Err(error),
    }
}

/// Looks among all keys that were made since the call was sent.
async fn marked(client: &Client, performed: &Performed) -> Result<Finding> {
    let sent = Parameters::of(&performed.step);
    let mark = sent.tags().unwrap_or_default().into_iter().find(|(key, _)| key == tags::ORDER).map(|(_, order)| order);
    let mark = mark.unwrap_or_else(|| performed.order.0.clone());
    let since = performed.sent.checked_sub(SKEW).unwrap_or(Timestamp::MIN);
    let keys: Vec<_> = client.keys(None).try_concat().await?;
    let listed = keys.len();
    let looked: Vec<_> = stream::iter(keys.into_iter().filter_map(|key| key.key_id))
        .map(|id| carries(client, id, &mark, since))
        .buffer_unordered(IN_FLIGHT)
        .collect()
        .await;
    let (mut found, mut hidden) = (Vec::new(), Vec::new());
    for (id, answer) in looked {
        match answer {
            Ok(true) => found.push(id),
            Ok(false) => {}
            Err(error) if matches!(error.kind(), Kind::Denied | Kind::NotFound) => hidden.push((id, error)),
            Err(error) => return Err(error),
        }
    }
    let region = client.region();
    Ok(match (found.as_slice(), hidden.as_slice()) {
        ([id], _) => Finding::Done {
            evidence: format!("The key {id} carries the tag {} = {mark}.", tags::ORDER),
            results: made(region, &Service::Kms.key(region, id).id, [("KeyId", id.as_str())]),
        },
        ([], []) => Finding::NotDone {
            evidence: format!(
                "Of {listed} keys in {region}, none made since then carries the tag {} = {mark}.",
                tags::ORDER
            ),
        },
        ([], [(_, first), ..]) => Finding::Unclear { evidence: unreadable(&hidden, first) },
        (several, _) => Finding::Unclear {
            evidence: format!("{} keys carry the tag {} = {mark}: {}.", several.len(), tags::ORDER, several.join(", ")),
        },
    })
}

fn unreadable(hidden: &[(String, Error)], first: &Error) -> String {
    let ids: Vec<&str> = hidden.iter().map(|(id, _)| id.as_str()).collect();
    let permission = first.permission().map(|name| format!(" ({name})")).unwrap_or_default();
    format!("No key carries the order's tag, but these could not be looked at{permission}: {}.", ids.join(", "))
}

/// Whether the key was made since then and carries the mark.
async fn carries(client: &Client, id: String, mark: &str, since: Timestamp) -> (String, Result<bool>) {
    let answer = async {
        let key = client.describe_key(&id).await?;
        if key.creation_date.as_ref().and_then(time).is_some_and(|made| made < since) {
            return Ok(false);
        }
        let tags = client.key_tags(&id).await?;
        Ok(tags.iter().any(|(key, value)| key == tags::ORDER && value == mark))
    };
    let answer = answer.await;
    (id, answer)
}

/// What the call has made, by the names that its answer would have given.
pub(super) async fn results(
    client: &Client,
    operation: Operation,
    sent: Parameters<'_>,
) -> Result<BTreeMap<String, String>> {
    let token = sent.str("ClientRequestToken").unwrap_or_default();
    Ok(match operation {
        Operation::CreateGrant => {
            let grants = client.grants(sent.str("KeyId").unwrap_or_default()).await?;
            let ours = grants.into_iter().find(|grant| grant.name() == sent.str("Name"));
            ours.and_then(|grant| grant.grant_id).map(|id| ("GrantId".to_owned(), id)).into_iter().collect()
        }
        Operation::CreateSecret => {
            let item = Service::SecretsManager.key(client.region(), sent.str("Name").unwrap_or_default()).id;
            made(client.region(), &item, [("VersionId", token)])
        }
        Operation::PutSecretValue => [("VersionId".to_owned(), token.to_owned())].into(),
        _ => BTreeMap::new(),
    })
}

fn made<const N: usize>(vault: &str, item: &str, more: [(&str, &str); N]) -> BTreeMap<String, String> {
    let named = [("vault", vault), ("item", item)].into_iter().chain(more);
    named.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
