//! Secrets Manager: secrets as rows and as opened items, and the one call that reads a value.

use std::cmp::Reverse;

use async_trait::async_trait;
use aws_sdk_secretsmanager::{operation::describe_secret::DescribeSecretOutput, types::SecretListEntry};
use domain::{
    Access, Aspect, Entry, Error, Facet, FacetKind, Item, ItemDetail, ItemKey, Kind, Leaves, NativeRow, Result, Secret,
    Secrets, State, Timestamp, Version,
};
use futures::{SinkExt, StreamExt, channel::mpsc::Sender, pin_mut};

use crate::{
    Account,
    client::{self, Client},
    error,
    keys::or_row,
    locate::Service,
    time,
};

const SECRET: &str = "Secrets Manager secret";

/// The label of the version in use. Source: Secrets Manager User Guide, "What's in a secret".
pub(crate) const CURRENT: &str = "AWSCURRENT";

/// Sends a row for every secret.
pub(crate) async fn list(client: &Client, rows: &mut Sender<Entry>) -> Result<()> {
    let pages = client.secrets();
    pin_mut!(pages);
    while let Some(page) = pages.next().await {
        for secret in page? {
            let Some(item) = listed(client.region(), secret) else { continue };
            // Nobody listens any more if this fails; the stream is being dropped then, and this with it.
            let _ = rows.send(Entry::Item(Box::new(item))).await;
        }
    }
    Ok(())
}

fn listed(region: &str, secret: SecretListEntry) -> Option<Item> {
    let name = secret.name?;
    let labels = secret.secret_versions_to_stages.unwrap_or_default();
    Some(Item {
        key: Service::SecretsManager.key(region, &name),
        name,
        native_kind: SECRET,
        facets: vec![facet()],
        algorithm: None,
        state: state(secret.deleted_date.is_some()),
        created: secret.created_date.as_ref().and_then(time),
        expires: None,
        current_version: labels.into_iter().find(|(_, labels)| labels.iter().any(|it| it == CURRENT)).map(|it| it.0),
        trouble: None,
    })
}

/// Only reading the value tells whether one may, and no value is read without being asked for.
fn facet() -> Facet {
    Facet::open(FacetKind::Secret, Leaves::PrivateMaterial).with_access(Access::Untested)
}

fn state(deleted: bool) -> State {
    if deleted { State::PendingDeletion } else { State::Enabled }
}

/// Reads one secret afresh, but for its value. `address` is its name or ARN.
pub(crate) async fn open(client: &Client, key: &ItemKey, address: &str) -> Result<ItemDetail> {
    let (secret, versions) = futures::join!(client.describe_secret(address), client.secret_versions(address));
    let secret = secret?;
    let mut rows = native_rows(&secret);
    let mut versions: Vec<Version> = or_row(versions, "Versions", &mut rows)
        .into_iter()
        .filter_map(|version| {
            let current = version.version_stages().iter().any(|label| label == CURRENT);
            Some(Version {
                id: version.version_id?,
                state: State::Enabled,
                created: version.created_date.as_ref().and_then(time),
                expires: None,
                current,
                has_public_key: false,
            })
        })
        .collect();
    versions.sort_by_key(|version| (Reverse(version.created), !version.current));
    let item = Item {
        key: key.clone(),
        name: secret.name.clone().unwrap_or_else(|| address.to_owned()),
        native_kind: SECRET,
        facets: vec![facet()],
        algorithm: None,
        state: state(secret.deleted_date.is_some()),
        created: secret.created_date.as_ref().and_then(time),
        expires: None,
        current_version: current(&secret),
        trouble: None,
    };
    let mut aspects = Vec::new();
    let rotation = rotation(&secret);
    aspects.extend(secret.description.filter(|text| !text.is_empty()).map(Aspect::Description));
    // The API calls it the date for which the deletion is scheduled; some answers hold the date of the request instead.
    let deletion = secret.deleted_date.as_ref().and_then(time).filter(|at| *at > Timestamp::now());
    aspects.extend(deletion.map(|at| Aspect::PendingDeletion { at }));
    let tags: Vec<(String, String)> = secret
        .tags
        .unwrap_or_default()
        .into_iter()
        .filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default())))
        .collect();
    aspects.extend((!tags.is_empty()).then_some(Aspect::Tags(tags)));
    aspects.extend(rotation);
    aspects.push(Aspect::Native(rows));
    Ok(ItemDetail { item, versions, aspects })
}

pub(crate) fn current(secret: &DescribeSecretOutput) -> Option<String> {
    let labels = secret.version_ids_to_stages.as_ref()?;
    labels.iter().find(|(_, labels)| labels.iter().any(|label| label == CURRENT)).map(|(id, _)| id.clone())
}

/// How new values come about; none for a secret whose rotation was never set up.
fn rotation(secret: &DescribeSecretOutput) -> Option<Aspect> {
    const DAY_SECONDS: i64 = 86_400;
    let automatic = secret.rotation_enabled?;
    let days = secret.rotation_rules.as_ref().and_then(|rules| rules.automatically_after_days).filter(|_| automatic);
    Some(Aspect::Rotation {
        automatic: Some(automatic),
        period_seconds: days.and_then(|days| u32::try_from(days.checked_mul(DAY_SECONDS)?).ok()),
        next: secret.next_rotation_date.as_ref().filter(|_| automatic).and_then(time),
        left_on_demand: None,
        rules: Vec::new(),
    })
}

fn native_rows(secret: &DescribeSecretOutput) -> Vec<NativeRow> {
    let instant =
        |at: Option<&aws_sdk_secretsmanager::primitives::DateTime>| at.and_then(time).map(|at| at.to_string());
    let rules = secret.rotation_rules.as_ref();
    let mut rows: Vec<NativeRow> = [
        ("ARN", secret.arn.clone()),
        ("KmsKeyId", secret.kms_key_id.clone()),
        ("OwningService", secret.owning_service.clone()),
        ("PrimaryRegion", secret.primary_region.clone()),
        ("RotationEnabled", secret.rotation_enabled.map(|it| it.to_string())),
        ("RotationLambdaARN", secret.rotation_lambda_arn.clone()),
        ("AutomaticallyAfterDays", rules.and_then(|it| it.automatically_after_days).map(|days| days.to_string())),
        ("ScheduleExpression", rules.and_then(|it| it.schedule_expression.clone())),
        ("LastRotatedDate", instant(secret.last_rotated_date.as_ref())),
        ("NextRotationDate", instant(secret.next_rotation_date.as_ref())),
        ("LastChangedDate", instant(secret.last_changed_date.as_ref())),
        ("LastAccessedDate", instant(secret.last_accessed_date.as_ref())),
        ("DeletedDate", instant(secret.deleted_date.as_ref())),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some(NativeRow::new(name, value?)))
    .collect();
    let mut labelled: Vec<NativeRow> = secret
        .version_ids_to_stages
        .iter()
        .flatten()
        .map(|(id, labels)| NativeRow::new("VersionStages", format!("{} on {id}", labels.join(", "))))
        .collect();
    labelled.sort_by(|a, b| a.value.cmp(&b.value));
    rows.append(&mut labelled);
    rows
}

#[async_trait]
impl Secrets for Account {
    async fn value(&self, item: &ItemKey, version: Option<&str>) -> Result<Secret> {
        let call = client::GET_SECRET_VALUE;
        let (client, service, address) = self.address(item).await?;
        match service {
            Service::SecretsManager => {}
            Service::Acm | Service::Kms => {
                let message = "only Secrets Manager secrets have a value that can be read";
                return Err(Error::new(Kind::Unsupported, call.operation, message));
            }
        }
        // The SDK has read it into memory of its own, which it does not wipe; from here on there is one copy.
        let answer = client.secret_value(&address, version).await?;
        match (answer.secret_string, answer.secret_binary) {
            (Some(text), _) => Ok(Secret::from_text(text)),
            (None, Some(bytes)) => Ok(Secret::new(bytes.into_inner())),
            (None, None) => Err(error::incomplete(call, "value")),
        }
    }
}
