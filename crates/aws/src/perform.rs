//! Sends one step, once. The only room in which a call that changes something is made.

mod outcome;

use aws_sdk_kms::{
    primitives::{Blob, DateTime},
    types::{ExpirationModelType, GrantConstraints, GrantOperation, ImportType, KeySpec, KeyUsageType, OriginType},
};
use domain::{Error, Kind, Outcome, Result, Secret, Sending};
use encoding::wrap;

use crate::{
    Account,
    client::Once,
    error::Call,
    locate::Service,
    operation::{MATERIAL, Operation, TOKEN, VALUE},
    parameters::{Parameters, WRAPPED_SHA256},
    state,
};
use outcome::{ended, made, nothing, without};

/// Sends the step over a client whose every retry is off.
pub(crate) async fn perform(account: &Account, sending: Sending) -> Outcome {
    let step = sending.step();
    let ready = Operation::of(step).and_then(|operation| Ok((operation, Parameters::of(step).region()?)));
    match ready {
        Ok((operation, region)) => {
            if let Some(error) = overtaken(account, operation, region, step).await {
                return Outcome::Refused(error);
            }
            let outcome = send(&account.once(region), operation, &sending).await;
            operation.secrets().iter().fold(outcome, |outcome, name| without(sending.secret(name), outcome))
        }
        Err(error) => Outcome::Refused(error),
    }
}

/// KMS keeps no mark of a policy's state, so the last writer wins: it is read once more, right before it is written.
async fn overtaken(account: &Account, operation: Operation, region: &str, step: &domain::Step) -> Option<Error> {
    if operation != Operation::PutKeyPolicy {
        return None;
    }
    match state::seen(&account.client(region), operation, Parameters::of(step)).await {
        Ok(seen) if seen == step.before => None,
        Ok(_) => Some(
            Error::new(Kind::Conflict, operation.call().operation, "the policy is not the one any more that was read")
                .with_refused_by("this app")
                .with_next("Nothing was sent. Compare the three texts, then plan the change anew."),
        ),
        Err(error) => Some(error),
    }
}

async fn send(once: &Once, operation: Operation, sending: &Sending) -> Outcome {
    let (call, sent, value) = (operation.call(), Parameters::of(sending.step()), sending.secret(VALUE));
    let (kms, secrets) = (&once.kms, &once.secrets);
    let (key, secret) = (sent.text("KeyId"), sent.text("SecretId"));
    match operation {
        Operation::AddTagsToCertificate => add_certificate_tags(once, call, sent).await,
        Operation::CancelKeyDeletion => ended(call, kms.cancel_key_deletion().set_key_id(key).send().await, nothing),
        Operation::CreateAlias => create_alias(once, call, sent, sending.result("KeyId")).await,
        Operation::CreateGrant => create_grant(once, call, sent).await,
        Operation::CreateKey => create_key(once, call, sent).await,
        Operation::CreateSecret => create_secret(once, call, sent, value).await,
        Operation::DeleteAlias => {
            ended(call, kms.delete_alias().set_alias_name(sent.text("AliasName")).send().await, nothing)
        }
        Operation::DeleteSecret => delete_secret(once, call, sent).await,
        Operation::DisableKey => ended(call, kms.disable_key().set_key_id(key).send().await, nothing),
        Operation::DisableKeyRotation => ended(call, kms.disable_key_rotation().set_key_id(key).send().await, nothing),
        Operation::EnableKey => ended(call, kms.enable_key().set_key_id(key).send().await, nothing),
        Operation::EnableKeyRotation => enable_rotation(once, call, sent).await,
        Operation::ImportKeyMaterial => import_key_material(once, call, sent, sending).await,
        Operation::PutKeyPolicy => put_key_policy(once, call, sent).await,
        Operation::PutSecretValue => put_secret_value(once, call, sent, value).await,
        Operation::RemoveTagsFromCertificate => remove_certificate_tags(once, call, sent).await,
        Operation::RestoreSecret => ended(call, secrets.restore_secret().set_secret_id(secret).send().await, nothing),
        Operation::RetireGrant => retire_grant(once, call, sent).await,
        Operation::RevokeGrant => revoke_grant(once, call, sent).await,
        Operation::RotateKeyOnDemand => ended(call, kms.rotate_key_on_demand().set_key_id(key).send().await, nothing),
        Operation::ScheduleKeyDeletion => schedule_key_deletion(once, call, sent).await,
        Operation::TagKey => tag_key(once, call, sent).await,
        Operation::TagSecret => {
            let request = secrets.tag_resource().set_secret_id(secret).set_tags(secret_tags(sent));
            ended(call, request.send().await, nothing)
        }
        Operation::UntagKey => {
            let request = kms.untag_resource().set_key_id(key).set_tag_keys(sent.texts("TagKeys"));
            ended(call, request.send().await, nothing)
        }
        Operation::UntagSecret => {
            let request = secrets.untag_resource().set_secret_id(secret).set_tag_keys(sent.texts("TagKeys"));
            ended(call, request.send().await, nothing)
        }
        Operation::UpdateAlias => update_alias(once, call, sent).await,
        Operation::UpdateKeyDescription => {
            let request = kms.update_key_description().set_key_id(key).set_description(sent.text("Description"));
            ended(call, request.send().await, nothing)
        }
        Operation::UpdateSecret => {
            let request = secrets.update_secret().set_secret_id(secret).set_description(sent.text("Description"));
            ended(call, request.send().await, nothing)
        }
        Operation::UpdateSecretVersionStage => move_version_stage(once, call, sent).await,
    }
}

/// Without `BypassPolicyLockoutSafetyCheck`, which this app never sends: KMS refuses a policy that locks its writer out.
async fn put_key_policy(once: &Once, call: Call, sent: Parameters<'_>) -> Outcome {
    let request = once.kms.put_key_policy().set_key_id(sent.text("KeyId")).set_policy_name(sent.text("PolicyName"));
    ended(call, request.set_policy(sent.text("Policy")).send().await, nothing)
}

/// `made` is the key that the step before has made, where it could not be named yet.
async fn create_alias(once: &Once, call: Call, sent: Parameters<'_>, made: Option<&str>) -> Outcome {
    let target = sent.text("TargetKeyId").or_else(|| made.map(str::to_owned));
    let request = once.kms.create_alias().set_alias_name(sent.text("AliasName")).set_target_key_id(target);
    ended(call, request.send().await, nothing)
}

async fn update_alias(once: &Once, call: Call, sent: Parameters<'_>) -> Outcome {
    let request = once.kms.update_alias().set_alias_name(sent.text("AliasName"));
    ended(call, request.set_target_key_id(sent.text("TargetKeyId")).send().await, nothing)
}

async fn enable_rotation(once: &Once, call: Call, sent: Parameters<'_>) -> Outcome {
    let request = once.kms.enable_key_rotation().set_key_id(sent.text("KeyId"));
    ended(call, request.set_rotation_period_in_days(sent.days("RotationPeriodInDays")).send().await, nothing)
}

async fn retire_grant(once: &Once, call: Call, sent: Parameters<'_>) -> Outcome {
    let request = once.kms.retire_grant().set_key_id(sent.text("KeyId")).set_grant_id(sent.text("GrantId"));
    ended(call, request.send().await, nothing)
}

async fn revoke_grant(once: &Once, call: Call, sent: Parameters<'_>) -> Outcome {
    let request = once.kms.revoke_grant().set_key_id(sent.text("KeyId")).set_grant_id(sent.text("GrantId"));
    ended(call, request.send().await, nothing)
}

async fn schedule_key_deletion(once: &Once, call: Call, sent: Parameters<'_>) -> Outcome {
    let request = once.kms.schedule_key_deletion().set_key_id(sent.text("KeyId"));
    ended(call, request.set_pending_window_in_days(sent.days("PendingWindowInDays")).send().await, nothing)
}

async fn tag_key(once: &Once, call: Call, sent: Parameters<'_>) -> Outcome {
    let tags = match key_tags(call, sent) {
        Ok(tags) => tags,
        Err(error) => return Outcome::Refused(error),
    };
    let request = once.kms.tag_resource().set_key_id(sent.text("KeyId")).set_tags(tags);
    ended(call, request.send().await, nothing)
}

async fn delete_secret(once: &Once, call: Call, sent: Parameters<'_>) -> Outcome {
    let request = once.secrets.delete_secret().set_secret_id(sent.text("SecretId"));
    ended(call, request.set_recovery_window_in_days(sent.number("RecoveryWindowInDays")).send().await, nothing)
}

async fn move_version_stage(once: &Once, call: Call, sent: Parameters<'_>) -> Outcome {
    let request = once
        .secrets
        .update_secret_version_stage()
        .set_secret_id(sent.text("SecretId"))
        .set_version_stage(sent.text("VersionStage"))
        .set_move_to_version_id(sent.text("MoveToVersionId"))
        .set_remove_from_version_id(sent.text("RemoveFromVersionId"));
    ended(call, request.send().await, nothing)
}

async fn add_certificate_tags(once: &Once, call: Call, sent: Parameters<'_>) -> Outcome {
    let tags = match certificate_tags(call, sent) {
        Ok(tags) => tags,
        Err(error) => return Outcome::Refused(error),
    };
    let request = once.acm.add_tags_to_certificate().set_certificate_arn(sent.text("CertificateArn"));
    ended(call, request.set_tags(Some(tags)).send().await, nothing)
}

async fn remove_certificate_tags(once: &Once, call: Call, sent: Parameters<'_>) -> Outcome {
    let tags = match certificate_tags(call, sent) {
        Ok(tags) => tags,
        Err(error) => return Outcome::Refused(error),
    };
    let request = once.acm.remove_tags_from_certificate().set_certificate_arn(sent.text("CertificateArn"));
    ended(call, request.set_tags(Some(tags)).send().await, nothing)
}

async fn create_key(once: &Once, call: Call, sent: Parameters<'_>) -> Outcome {
    let tags = match key_tags(call, sent) {
        Ok(tags) => tags,
        Err(error) => return Outcome::Refused(error),
    };
    let request = once
        .kms
        .create_key()
        .set_key_spec(sent.str("KeySpec").map(KeySpec::from))
        .set_key_usage(sent.str("KeyUsage").map(KeyUsageType::from))
        .set_description(sent.text("Description"))
        .set_multi_region(sent.flag("MultiRegion"))
        .set_origin(sent.str("Origin").map(OriginType::from))
        .set_tags(tags);
    let region = sent.str(crate::parameters::REGION);
    ended(call, request.send().await, |answer| {
        let key = answer.key_metadata.as_ref()?;
        let item = region.map(|region| Service::Kms.key(region, &key.key_id).id);
        made([("vault", region), ("item", item.as_deref()), ("KeyId", Some(&key.key_id))])
    })
}

/// Sends wrapped key material after it was compared with what the plan says of it.
async fn import_key_material(once: &Once, call: Call, sent: Parameters<'_>, sending: &Sending) -> Outcome {
    let (Some(material), Some(token)) = (sending.secret(MATERIAL), sending.secret(TOKEN)) else {
        return no_value(call);
    };
    if sent.str(WRAPPED_SHA256).is_some_and(|planned| planned != wrap::sha256(material.expose())) {
        let message = "the wrapped material is not the one that was planned";
        return Outcome::Refused(
            Error::new(Kind::Conflict, call.operation, message)
                .with_refused_by("this app")
                .with_next("Plan the import anew, with the material that is meant."),
        );
    }
    let request = once
        .kms
        .import_key_material()
        .set_key_id(sent.text("KeyId"))
        .encrypted_key_material(Blob::new(material.expose()))
        .import_token(Blob::new(token.expose()))
        .set_expiration_model(sent.str("ExpirationModel").map(ExpirationModelType::from))
        .set_valid_to(sent.instant("ValidTo").map(|at| DateTime::from_secs(at.as_second())))
        .set_import_type(sent.str("ImportType").map(ImportType::from));
    ended(call, request.send().await, |answer| {
        let mut results = made([("KeyId", sent.str("KeyId"))])?;
        // Asymmetric and HMAC keys have none.
        results.extend(answer.key_material_id().map(|id| ("KeyMaterialId".to_owned(), id.to_owned())));
        Some(results)
    })
}

async fn create_grant(once: &Once, call: Call, sent: Parameters<'_>) -> Outcome {
    let operations = sent.texts("Operations").unwrap_or_default();
    let constraints =
        sent.context().map(|context| GrantConstraints::builder().set_encryption_context_subset(Some(context)).build());
    let request = once
        .kms
        .create_grant()
        .set_key_id(sent.text("KeyId"))
        .set_name(sent.text("Name"))
        .set_grantee_principal(sent.text("GranteePrincipal"))
        .set_retiring_principal(sent.text("RetiringPrincipal"))
        .set_operations(Some(operations.iter().map(|name| GrantOperation::from(name.as_str())).collect()))
        .set_constraints(constraints);
    ended(call, request.send().await, |answer| made([("GrantId", answer.grant_id())]))
}

async fn create_secret(once: &Once, call: Call, sent: Parameters<'_>, value: Option<&Secret>) -> Outcome {
    let Some(value) = value else { return no_value(call) };
    let request = once
        .secrets
        .create_secret()
        .set_name(sent.text("Name"))
        .set_client_request_token(sent.text("ClientRequestToken"))
        .set_description(sent.text("Description"))
        .set_kms_key_id(sent.text("KmsKeyId"))
        .set_tags(secret_tags(sent));
    let request = match value.expose_text() {
        Some(text) => request.secret_string(text),
        None => request.secret_binary(Blob::new(value.expose())),
    };
    let region = sent.str(crate::parameters::REGION);
    ended(call, request.send().await, |answer| {
        let item = region.and_then(|region| Some(Service::SecretsManager.key(region, answer.name()?).id));
        made([("vault", region), ("item", item.as_deref()), ("VersionId", answer.version_id())])
    })
}

async fn put_secret_value(once: &Once, call: Call, sent: Parameters<'_>, value: Option<&Secret>) -> Outcome {
    let Some(value) = value else { return no_value(call) };
    let request = once.secrets.put_secret_value().set_secret_id(sent.text("SecretId"));
    let request = request.set_client_request_token(sent.text("ClientRequestToken"));
    let request = match value.expose_text() {
        Some(text) => request.secret_string(text),
        None => request.secret_binary(Blob::new(value.expose())),
    };
    ended(call, request.send().await, |answer| made([("VersionId", answer.version_id())]))
}

fn certificate_tags(call: Call, sent: Parameters<'_>) -> Result<Vec<aws_sdk_acm::types::Tag>> {
    let tags = sent.tags().unwrap_or_default().into_iter();
    let tags = tags.map(|(key, value)| aws_sdk_acm::types::Tag::builder().key(key).value(value).build());
    tags.collect::<Result<_, _>>().map_err(|_| no_tag(call))
}

fn key_tags(call: Call, sent: Parameters<'_>) -> Result<Option<Vec<aws_sdk_kms::types::Tag>>> {
    let Some(tags) = sent.tags() else { return Ok(None) };
    let tags = tags.into_iter().map(|(key, value)| aws_sdk_kms::types::Tag::builder().tag_key(key).tag_value(value));
    tags.map(|tag| tag.build()).collect::<Result<_, _>>().map(Some).map_err(|_| no_tag(call))
}

fn secret_tags(sent: Parameters<'_>) -> Option<Vec<aws_sdk_secretsmanager::types::Tag>> {
    let tags = sent.tags()?.into_iter();
    Some(tags.map(|(key, value)| aws_sdk_secretsmanager::types::Tag::builder().key(key).value(value).build()).collect())
}

fn no_tag(call: Call) -> Error {
    Error::new(Kind::Invalid, call.operation, "a tag of the step has no key").with_refused_by("this app")
}

/// The order holds the right to send only with its secrets, so this is a fault of ours; nothing was sent.
fn no_value(call: Call) -> Outcome {
    let message = "the value is not known any more";
    Outcome::Refused(Error::new(Kind::Unexpected, call.operation, message).with_refused_by("this app"))
}
