//! What a call sets, as it is there now: read before it is planned, and again to see whether it happened.
//!
//! For every call there are three things to say: what is there (`seen`), what the call makes of it (`wanted`), and both
//! in words. A plan keeps what was seen as a step's `before`; a check compares.

mod material;

use std::collections::BTreeMap;

use domain::{Kind, Result};
use futures::{TryStreamExt, pin_mut};
use serde_json::{Value, json};

use crate::{
    client::Client,
    keys::on_demand,
    locate::Service,
    operation::Operation,
    parameters::Parameters,
    policies,
    secrets::{self, CURRENT},
    tags, time,
};

pub(crate) use material::is_other;

/// Somebody else made what was to be made.
pub(crate) const ANOTHER: &str = "another";

/// What the call would set, as it is there now. `Null` for what is made under no name of its own.
pub(crate) async fn seen(client: &Client, operation: Operation, sent: Parameters<'_>) -> Result<Value> {
    let key = sent.str("KeyId").unwrap_or_default();
    let secret = sent.str("SecretId").unwrap_or_default();
    Ok(match operation {
        Operation::AddTagsToCertificate | Operation::RemoveTagsFromCertificate => {
            some_tags(client, Service::Acm, sent.str("CertificateArn").unwrap_or_default(), sent).await?
        }
        Operation::CancelKeyDeletion
        | Operation::DisableKey
        | Operation::EnableKey
        | Operation::ScheduleKeyDeletion => client.describe_key(key).await?.key_state.map_or(Value::Null, |state| {
            // A primary key goes only after its replicas; that is scheduled all the same.
            state.as_str().replace("PendingReplicaDeletion", "PendingDeletion").into()
        }),
        Operation::CreateAlias | Operation::DeleteAlias | Operation::UpdateAlias => {
            alias_target(client, sent.str("AliasName").unwrap_or_default()).await?
        }
        Operation::CreateGrant => {
            let grants = client.grants(key).await?;
            let name = sent.str("Name");
            grants.iter().filter(|grant| name.is_some() && grant.name() == name).count().into()
        }
        Operation::CreateKey => Value::Null,
        Operation::CreateSecret => made_secret(client, sent).await?,
        Operation::DeleteSecret | Operation::RestoreSecret => {
            client.describe_secret(secret).await?.deleted_date.is_some().into()
        }
        Operation::DisableKeyRotation | Operation::EnableKeyRotation => {
            let status = client.key_rotation_status(key).await?;
            rotation(status.key_rotation_enabled, status.rotation_period_in_days.map(i64::from))
        }
        Operation::ImportKeyMaterial => material::seen(client, sent).await?,
        Operation::PutKeyPolicy => policies::canonical(&client.key_policy(key).await?),
        Operation::PutSecretValue => {
            let versions = client.secret_versions(secret).await?;
            let token = sent.str("ClientRequestToken");
            versions.iter().any(|version| token.is_some() && version.version_id() == token).into()
        }
        Operation::RetireGrant | Operation::RevokeGrant => {
            let grants = client.grants(key).await?;
            grants.iter().any(|grant| grant.grant_id() == sent.str("GrantId")).into()
        }
        Operation::RotateKeyOnDemand => rotations(client, key).await?,
        Operation::TagKey | Operation::UntagKey => some_tags(client, Service::Kms, key, sent).await?,
        Operation::TagSecret | Operation::UntagSecret => {
            some_tags(client, Service::SecretsManager, secret, sent).await?
        }
        Operation::UpdateKeyDescription => client.describe_key(key).await?.description.unwrap_or_default().into(),
        Operation::UpdateSecret => client.describe_secret(secret).await?.description.unwrap_or_default().into(),
        Operation::UpdateSecretVersionStage => {
            secrets::current(&client.describe_secret(secret).await?).map_or(Value::Null, Value::from)
        }
    })
}

/// What is seen after the call, and until something else is done; `None` where that is no fixed thing. `key` is what an
/// earlier step made.
pub(crate) fn wanted(operation: Operation, sent: Parameters<'_>, key: Option<&str>) -> Option<Value> {
    Some(match operation {
        Operation::AddTagsToCertificate | Operation::TagKey | Operation::TagSecret => {
            sent.tags().unwrap_or_default().into_iter().collect::<BTreeMap<_, _>>().into_iter().collect()
        }
        Operation::CancelKeyDeletion | Operation::DisableKey => "Disabled".into(),
        Operation::CreateAlias | Operation::UpdateAlias => {
            let target = sent.str("TargetKeyId").or(key).unwrap_or_default();
            target.rsplit('/').next().into()
        }
        Operation::CreateGrant => 1.into(),
        Operation::CreateKey | Operation::ImportKeyMaterial | Operation::RotateKeyOnDemand => return None,
        Operation::DeleteAlias => Value::Null,
        Operation::CreateSecret | Operation::DeleteSecret | Operation::PutSecretValue => true.into(),
        Operation::DisableKeyRotation => rotation(false, None),
        Operation::PutKeyPolicy => policies::canonical(sent.str("Policy").unwrap_or_default()),
        Operation::EnableKey => "Enabled".into(),
        Operation::EnableKeyRotation => rotation(true, sent.number("RotationPeriodInDays")),
        Operation::RemoveTagsFromCertificate | Operation::UntagKey | Operation::UntagSecret => {
            tag_keys(sent).into_iter().map(|key| (key, Value::Null)).collect()
        }
        Operation::RestoreSecret | Operation::RetireGrant | Operation::RevokeGrant => false.into(),
        Operation::ScheduleKeyDeletion => "PendingDeletion".into(),
        Operation::UpdateKeyDescription | Operation::UpdateSecret => sent.str("Description").unwrap_or_default().into(),
        Operation::UpdateSecretVersionStage => sent.str("MoveToVersionId").into(),
    })
}

/// What was seen, as a sentence.
#[expect(clippy::too_many_lines, reason = "a table of all calls")]
pub(crate) fn in_words(operation: Operation, sent: Parameters<'_>, seen: &Value) -> String {
    let or_none = |seen: &Value| seen.as_str().map_or("nothing".to_owned(), str::to_owned);
    let named = |name: &str| sent.str(name).unwrap_or_default();
    match operation {
        Operation::AddTagsToCertificate
        | Operation::RemoveTagsFromCertificate
        | Operation::TagKey
        | Operation::TagSecret
        | Operation::UntagKey
        | Operation::UntagSecret => {
            let tags = seen.as_object().into_iter().flatten().map(|(key, value)| match value.as_str() {
                Some(value) => format!("{key} is \"{value}\""),
                None => format!("{key} is not there"),
            });
            format!("Of the tags, {}.", tags.collect::<Vec<_>>().join(", "))
        }
        Operation::CancelKeyDeletion
        | Operation::DisableKey
        | Operation::EnableKey
        | Operation::ScheduleKeyDeletion => format!("The key's state is {}.", or_none(seen)),
        Operation::CreateAlias | Operation::DeleteAlias | Operation::UpdateAlias => match seen.as_str() {
            Some(key) => format!("{} points at the key {key}.", named("AliasName")),
            None => format!("There is no {}.", named("AliasName")),
        },
        Operation::CreateGrant => format!("{seen} grants of the key are named {}.", named("Name")),
        Operation::CreateKey => "The keys of the Region were looked through.".to_owned(),
        Operation::CreateSecret => match seen.as_str() {
            Some(_) => format!("There is a secret {}, but this order did not make it.", named("Name")),
            None if *seen == Value::Bool(true) => format!("There is the secret {}, made by this order.", named("Name")),
            None => format!("There is no secret {}.", named("Name")),
        },
        Operation::DeleteSecret | Operation::RestoreSecret => match seen.as_bool() {
            Some(true) => "The secret waits for its deletion.".to_owned(),
            Some(false) | None => "The secret does not wait for its deletion.".to_owned(),
        },
        Operation::DisableKeyRotation | Operation::EnableKeyRotation => match seen["RotationPeriodInDays"].as_i64() {
            Some(days) => format!("Automatic rotation is on, every {days} days."),
            None if seen["KeyRotationEnabled"] == true => "Automatic rotation is on.".to_owned(),
            None => "Automatic rotation is off.".to_owned(),
        },
        Operation::ImportKeyMaterial => material::in_words(seen),
        Operation::PutKeyPolicy => policies::in_words(seen),
        Operation::PutSecretValue => match seen.as_bool() {
            Some(true) => format!("The version {} is there.", named("ClientRequestToken")),
            Some(false) | None => format!("There is no version {}.", named("ClientRequestToken")),
        },
        Operation::RetireGrant | Operation::RevokeGrant => match seen.as_bool() {
            Some(true) => format!("The grant {} is there.", named("GrantId")),
            Some(false) | None => format!("The grant {} is not there.", named("GrantId")),
        },
        Operation::RotateKeyOnDemand => match seen["InProgressSince"].as_str() {
            Some(since) => {
                format!("{} rotations on demand are listed, and one is under way since {since}.", seen["OnDemand"])
            }
            None => format!("{} rotations on demand are listed.", seen["OnDemand"]),
        },
        Operation::UpdateKeyDescription | Operation::UpdateSecret => match seen.as_str() {
            Some(text) if !text.is_empty() => format!("The description reads \"{text}\"."),
            Some(_) | None => "The description is empty.".to_owned(),
        },
        Operation::UpdateSecretVersionStage => format!("{CURRENT} is on the version {}.", or_none(seen)),
    }
}

fn rotation(enabled: bool, days: Option<i64>) -> Value {
    // A period is told of keys too whose rotation is off, and means nothing there.
    json!({"KeyRotationEnabled": enabled, "RotationPeriodInDays": days.filter(|_| enabled)})
}

/// How many rotations on demand there were, and whether one is under way.
async fn rotations(client: &Client, key: &str) -> Result<Value> {
    let (rotations, status) = futures::try_join!(client.key_rotations(key), client.key_rotation_status(key))?;
    let since = status.on_demand_rotation_start_date.as_ref().and_then(time).map(|at| at.to_string());
    Ok(json!({"OnDemand": on_demand(&rotations), "InProgressSince": since}))
}

/// The id of the key that an alias points at.
async fn alias_target(client: &Client, alias: &str) -> Result<Value> {
    let pages = client.aliases(None);
    pin_mut!(pages);
    while let Some(page) = pages.try_next().await? {
        if let Some(found) = page.into_iter().find(|entry| entry.alias_name() == Some(alias)) {
            return Ok(found.target_key_id.map_or(Value::Null, Value::from));
        }
    }
    Ok(Value::Null)
}

/// `true` if this order made the secret of that name, `another` if somebody else did, `false` if there is none.
async fn made_secret(client: &Client, sent: Parameters<'_>) -> Result<Value> {
    let versions = match client.describe_secret(sent.str("Name").unwrap_or_default()).await {
        Ok(secret) => secret.version_ids_to_stages.unwrap_or_default(),
        Err(error) if error.kind() == Kind::NotFound => return Ok(false.into()),
        Err(error) => return Err(error),
    };
    let ours = sent.str("ClientRequestToken").is_some_and(|token| versions.contains_key(token));
    Ok(if ours { true.into() } else { ANOTHER.into() })
}

/// Those tags that the call is about, `Null` for one that is not there.
async fn some_tags(client: &Client, service: Service, address: &str, sent: Parameters<'_>) -> Result<Value> {
    let mut tags = tags::read(client, service, address).await?;
    Ok(tag_keys(sent)
        .into_iter()
        .map(|key| (key.clone(), tags.remove(&key).map_or(Value::Null, Value::from)))
        .collect())
}

fn tag_keys(sent: Parameters<'_>) -> Vec<String> {
    let mut keys: Vec<String> = match sent.texts("TagKeys") {
        Some(keys) => keys,
        None => sent.tags().unwrap_or_default().into_iter().map(|(key, _)| key).collect(),
    };
    keys.sort();
    keys
}
