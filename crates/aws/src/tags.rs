//! Tags of keys, secrets and certificates: read at their service, and what has to be set and removed to have others.

use std::collections::BTreeMap;

use domain::Result;
use serde_json::{Value, json};

use crate::{client::Client, locate::Service};

/// Tags that AWS sets itself and lets nobody change. Source: "Tag naming limits" of the AWS tagging guide.
const RESERVED: &str = "aws:";

/// The mark that an order leaves on a key, so that the key is found again when the answer was lost.
pub(crate) const ORDER: &str = "claviger:order";

/// The tags of a thing, in the order of their keys. `address` is what its service is asked for.
pub(crate) async fn read(client: &Client, service: Service, address: &str) -> Result<BTreeMap<String, String>> {
    let tags = match service {
        Service::Acm => client.certificate_tags(address).await?,
        Service::Kms => client.key_tags(address).await?,
        Service::SecretsManager => {
            let tags = client.describe_secret(address).await?.tags.unwrap_or_default().into_iter();
            tags.filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default()))).collect()
        }
    };
    Ok(tags.into_iter().collect())
}

/// Those that a person may change.
pub(crate) fn own(mut tags: BTreeMap<String, String>) -> BTreeMap<String, String> {
    tags.retain(|key, _| !key.starts_with(RESERVED));
    tags
}

/// As the answer to a question of the kind `Pairs`.
pub(crate) fn pairs(tags: &BTreeMap<String, String>) -> String {
    Value::Array(tags.iter().map(|(key, value)| json!([key, value])).collect()).to_string()
}

/// As the service's calls take them.
pub(crate) fn sent<'a>(service: Service, tags: impl IntoIterator<Item = (&'a String, &'a String)>) -> Value {
    let tag = |(key, value): (&String, &String)| match service {
        Service::Acm | Service::SecretsManager => json!({"Key": key, "Value": value}),
        Service::Kms => json!({"TagKey": key, "TagValue": value}),
    };
    Value::Array(tags.into_iter().map(tag).collect())
}
