//! Plans for a KMS key as a whole: its description, whether it can be used, and its end.

use aws_sdk_kms::types::KeyState;
use domain::{Ask, Plan, Result, Tier};
use serde_json::json;

use super::{Draft, Words};
use crate::{offers::Key, operation::Operation};

pub(super) async fn description(mut draft: Draft<'_>, key: &Key) -> Result<Plan> {
    let text = draft.change.answers.get("description").map(String::as_str).unwrap_or_default();
    let parameters = json!({"KeyId": key.id, "Description": text});
    let before = draft.step(Operation::UpdateKeyDescription, "Write the description", parameters).await?;
    let before = before.as_str().unwrap_or_default().to_owned();
    let undo = draft.undo(Ask::ChangeDescription, [("description", before)], true);
    let effects = [match text {
        "" => "The key has no description any more.".to_owned(),
        text => format!("The description reads \"{text}\"."),
    }];
    let words = Words::new(format!("Change the description of {}", draft.name), Tier::Undo, effects);
    Ok(draft.plan(words, undo))
}

pub(super) async fn disable(mut draft: Draft<'_>, key: &Key) -> Result<Plan> {
    draft.step(Operation::DisableKey, "Disable the key", json!({"KeyId": key.id})).await?;
    let effects = [
        "Every use of the key fails until it is enabled again: encrypting, decrypting, signing, verifying, making MACs."
            .to_owned(),
        "What is encrypted under it stays as it is, and cannot be decrypted meanwhile.".to_owned(),
    ];
    let words = Words::new(format!("Disable {}", draft.name), Tier::Consequences, effects)
        .warning("AWS services keep data keys for a while, so some notice it only later, such as at the next restart.");
    let undo = draft.undo(Ask::Enable, [], true);
    Ok(draft.plan(words, undo))
}

pub(super) async fn enable(mut draft: Draft<'_>, key: &Key) -> Result<Plan> {
    draft.step(Operation::EnableKey, "Enable the key", json!({"KeyId": key.id})).await?;
    let effects = ["The key can be used again by everybody whom its policy and grants allow it.".to_owned()];
    let words = Words::new(format!("Enable {}", draft.name), Tier::Undo, effects);
    let undo = draft.undo(Ask::Disable, [], true);
    Ok(draft.plan(words, undo))
}

pub(super) async fn schedule_deletion(mut draft: Draft<'_>, key: &Key) -> Result<Plan> {
    let days = draft.days("days", 7, 30)?;
    let parameters = json!({"KeyId": key.id, "PendingWindowInDays": days});
    draft.step(Operation::ScheduleKeyDeletion, "Schedule the deletion of the key", parameters).await?;
    let mut effects = vec![
        "Every use of the key fails from now on.".to_owned(),
        format!("After {days} days KMS destroys it, its aliases and its grants, unless that is cancelled before."),
    ];
    let primary = key.metadata.multi_region_configuration.as_ref().is_some_and(|it| !it.replica_keys().is_empty());
    if primary {
        effects
            .push("Its replicas in other Regions must be deleted first: the days are counted from then on.".to_owned());
    }
    let words = Words::new(format!("Schedule the deletion of {}", draft.name), Tier::Name, effects)
        .warning("Once destroyed, nothing that is encrypted under the key can ever be decrypted: not by AWS either.")
        .warning("If it is cancelled, the key is disabled afterwards, and has to be enabled to be used.");
    let undo = draft.undo(Ask::CancelDeletion, [], key.is(&KeyState::Disabled));
    Ok(draft.plan(words, undo))
}

pub(super) async fn cancel_deletion(mut draft: Draft<'_>, key: &Key) -> Result<Plan> {
    draft.step(Operation::CancelKeyDeletion, "Cancel the deletion of the key", json!({"KeyId": key.id})).await?;
    let effects = [
        "The key is not destroyed.".to_owned(),
        "It is disabled afterwards, whatever it was before: enable it to use it again.".to_owned(),
    ];
    let words = Words::new(format!("Cancel the deletion of {}", draft.name), Tier::Consequences, effects);
    Ok(draft.plan(words, None))
}
