//! Plans for a secret that is there: its value, its description, its end. No value is ever read.

use domain::{Ask, Plan, Result, Tier};
use serde_json::json;

use super::{Draft, Words, invalid, token};
use crate::{offers::Secret, operation::Operation, secrets::CURRENT};

pub(super) async fn description(mut draft: Draft<'_>, secret: &Secret) -> Result<Plan> {
    let text = draft.change.answers.get("description").map(String::as_str).unwrap_or_default();
    let parameters = json!({"SecretId": secret.id, "Description": text});
    let before = draft.step(Operation::UpdateSecret, "Write the description", parameters).await?;
    let before = before.as_str().unwrap_or_default().to_owned();
    let undo = draft.undo(Ask::ChangeDescription, [("description", before)], true);
    let effects = [match text {
        "" => "The secret has no description any more.".to_owned(),
        text => format!("The description reads \"{text}\"."),
    }];
    let words = Words::new(format!("Change the description of {}", draft.name), Tier::Undo, effects);
    Ok(draft.plan(words, undo))
}

pub(super) async fn write_value(mut draft: Draft<'_>, secret: &Secret) -> Result<Plan> {
    let token = token(&draft.change.order).ok_or_else(|| invalid("the order has no number".to_owned()))?;
    let parameters = json!({"SecretId": secret.id, "ClientRequestToken": token});
    draft.step(Operation::PutSecretValue, "Write the new value", parameters).await?;
    let effects = [
        format!("The new value becomes the version {token}, and {CURRENT} moves to it."),
        "Whoever reads the secret from now on gets the new value; what has read it before keeps the old one."
            .to_owned(),
    ];
    let words = Words::new(format!("Write a new value of {}", draft.name), Tier::Consequences, effects)
        .warning("The old value is kept as the previous version; those before it may be taken away by AWS.");
    let undo = secret.current().and_then(|current| draft.undo(Ask::RollBack, [("version", current)], false));
    Ok(draft.plan(words, undo))
}

pub(super) async fn roll_back(mut draft: Draft<'_>, secret: &Secret) -> Result<Plan> {
    let version = draft.answer("version")?;
    let current = secret.current();
    if let Ok(versions) = &secret.versions
        && !versions.iter().any(|it| it.version_id() == Some(version))
    {
        return Err(invalid(format!("the secret has no version {version}")));
    }
    let parameters = json!({
        "SecretId": secret.id,
        "VersionStage": CURRENT,
        "MoveToVersionId": version,
        "RemoveFromVersionId": current,
    });
    let says = format!("Move {CURRENT} to the older version");
    draft.step(Operation::UpdateSecretVersionStage, says, parameters).await?;
    let effects = [
        format!("Whoever reads the secret gets the value of the version {version}."),
        "The value that was current is kept as the previous version.".to_owned(),
    ];
    let words = Words::new(format!("Roll {} back", draft.name), Tier::Consequences, effects);
    let undo = current.and_then(|current| draft.undo(Ask::RollBack, [("version", current)], false));
    Ok(draft.plan(words, undo))
}

pub(super) async fn schedule_deletion(mut draft: Draft<'_>, secret: &Secret) -> Result<Plan> {
    let days = draft.days("days", 7, 30)?;
    let parameters = json!({"SecretId": secret.id, "RecoveryWindowInDays": days});
    draft.step(Operation::DeleteSecret, "Schedule the deletion of the secret", parameters).await?;
    let effects = [
        "Nobody can read the value from now on.".to_owned(),
        format!("After {days} days AWS destroys the secret with all its versions, unless that is cancelled before."),
    ];
    let words = Words::new(format!("Schedule the deletion of {}", draft.name), Tier::Name, effects)
        .warning("Once destroyed, no value of it can be brought back.");
    let undo = draft.undo(Ask::CancelDeletion, [], true);
    Ok(draft.plan(words, undo))
}

pub(super) async fn cancel_deletion(mut draft: Draft<'_>, secret: &Secret) -> Result<Plan> {
    draft.step(Operation::RestoreSecret, "Cancel the deletion of the secret", json!({"SecretId": secret.id})).await?;
    let effects = ["The secret is not destroyed, and its value can be read again.".to_owned()];
    let words = Words::new(format!("Cancel the deletion of {}", draft.name), Tier::Consequences, effects);
    Ok(draft.plan(words, None))
}
