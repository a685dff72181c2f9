//! "Check access": the cheapest call of each thing that reading needs, Region by Region, with the permission it takes.

use domain::{AccessCheck, Error, Result, Verdict};
use futures::{StreamExt, TryStreamExt, future::join_all, pin_mut, stream};

use crate::{
    Account,
    client::{Client, DESCRIBE_KEY, GET_PUBLIC_KEY, LIST_ALIASES, LIST_CERTIFICATES, LIST_KEYS, LIST_SECRETS},
    error::Call,
    keys,
};

/// So many keys are looked at to find one with a public half.
const SAMPLE: i32 = 20;

/// Tries everything in every Region at once.
pub(crate) async fn check(account: &Account) -> Vec<AccessCheck> {
    let mut checks = Vec::new();
    if account.is_plain() {
        let why = "the endpoint is plain http, so everybody on the way can read what AWS answers";
        let verdict = Verdict::Untested(why.to_owned());
        checks.push(AccessCheck { what: "Protect the connection".into(), permission: "https".into(), verdict });
    }
    let clients = account.regions().iter().map(|region| account.client(region));
    let checked = join_all(clients.map(|client| async move { check_region(&client).await })).await;
    checks.extend(checked.into_iter().flatten());
    checks
}

async fn check_region(client: &Client) -> Vec<AccessCheck> {
    let (keys, aliases, secrets, certificates) = futures::join!(
        check_keys(client),
        first(client.aliases(None)),
        first(client.secrets()),
        first(client.certificates()),
    );
    let [list, describe, public_key] = keys;
    let region = client.region();
    [
        (format!("List keys in {region}"), LIST_KEYS, list),
        (format!("List aliases in {region}"), LIST_ALIASES, verdict(aliases)),
        (format!("Describe a key in {region}"), DESCRIBE_KEY, describe),
        (format!("Read a public key in {region}"), GET_PUBLIC_KEY, public_key),
        (format!("List secrets in {region}"), LIST_SECRETS, verdict(secrets)),
        (format!("List certificates in {region}"), LIST_CERTIFICATES, verdict(certificates)),
    ]
    .into_iter()
    .map(|(what, Call { permission, .. }, verdict)| AccessCheck { what, permission: permission.to_owned(), verdict })
    .collect()
}

/// Verdicts on listing keys, describing one and reading one's public key.
async fn check_keys(client: &Client) -> [Verdict; 3] {
    let untested = |why: &str| Verdict::Untested(why.to_owned());
    let keys = match first(client.keys(Some(SAMPLE))).await {
        Ok(keys) => keys,
        Err(error) => {
            let why = "without the list of keys there is none to try it on; open one by its ARN";
            return [Verdict::Refused(error), untested(why), untested(why)];
        }
    };
    let ids: Vec<String> = keys.into_iter().filter_map(|key| key.key_id).collect();
    if ids.is_empty() {
        let why = "there is no key to try it on";
        return [Verdict::Allowed, untested(why), untested(why)];
    }
    let described = stream::iter(ids).map(|id| async move { client.describe_key(&id).await }).buffered(SAMPLE as usize);
    let described: Vec<Result<_>> = described.collect().await;
    let pair = described.iter().flatten().find(|metadata| keys::has_public_half(metadata)).map(|it| it.key_id.clone());
    let public_key = match pair {
        Some(id) => verdict(client.public_key(&id).await),
        None => untested("there is no key pair among those that were looked at"),
    };
    let describe = described.into_iter().next().map_or_else(|| untested("there is no key to try it on"), verdict);
    [Verdict::Allowed, describe, public_key]
}

/// The first page.
async fn first<T: Default>(pages: impl futures::Stream<Item = Result<T>>) -> Result<T> {
    pin_mut!(pages);
    Ok(pages.try_next().await?.unwrap_or_default())
}

fn verdict<T>(result: Result<T, Error>) -> Verdict {
    result.map_or_else(Verdict::Refused, |_| Verdict::Allowed)
}
