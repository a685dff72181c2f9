//! Plans for the rotation of a KMS key: by itself, and now.

use aws_sdk_kms::types::OriginType;
use domain::{Ask, Error, Kind, Plan, Result, Tier};
use serde_json::json;

use super::{Draft, PLAN, Words};
use crate::{keys::MOST_ON_DEMAND, offers::Key, operation::Operation, questions::USUAL_PERIOD};

pub(super) async fn automatic(mut draft: Draft<'_>, key: &Key) -> Result<Plan> {
    let on = draft.change.flag("automatic");
    let (before, effect) = if on {
        let days = draft.days("period_days", 90, 2560)?;
        let parameters = json!({"KeyId": key.id, "RotationPeriodInDays": days});
        let says = format!("Rotate the key every {days} days");
        let before = draft.step(Operation::EnableKeyRotation, says, parameters).await?;
        (before, format!("KMS makes new material for the key every {days} days, first so many days from now."))
    } else {
        let says = "Switch automatic rotation off";
        let before = draft.step(Operation::DisableKeyRotation, says, json!({"KeyId": key.id})).await?;
        (before, "KMS makes no new material for the key by itself any more.".to_owned())
    };
    let effects = [effect, "What is encrypted under older material is still decrypted.".to_owned()];
    let words = Words::new(format!("Set the rotation of {}", draft.name), Tier::Undo, effects);
    let was_on = before["KeyRotationEnabled"] == true;
    let period = before["RotationPeriodInDays"].as_i64().map_or(USUAL_PERIOD.to_owned(), |days| days.to_string());
    let undo = draft.undo(Ask::SetRotation, [("automatic", was_on.to_string()), ("period_days", period)], true);
    Ok(draft.plan(words, undo))
}

pub(super) async fn now(mut draft: Draft<'_>, key: &Key) -> Result<Plan> {
    let mut effects = vec![match key.metadata.origin {
        Some(OriginType::External) => "KMS takes the imported material that waits into use within minutes.".to_owned(),
        Some(_) | None => "KMS makes new material for the key within minutes.".to_owned(),
    }];
    effects.extend(step(&mut draft, key).await?);
    let words = Words::new(format!("Rotate {}", draft.name), Tier::Consequences, effects)
        .warning("A rotation cannot be taken back, and KMS bills each generation of material that it keeps.");
    Ok(draft.plan(words, None))
}

/// Adds the step that rotates now. Gives what it changes.
pub(super) async fn step(draft: &mut Draft<'_>, key: &Key) -> Result<[String; 2]> {
    let before = draft.step(Operation::RotateKeyOnDemand, "Rotate the key", json!({"KeyId": key.id})).await?;
    if let Some(since) = before["InProgressSince"].as_str() {
        let message = format!("a rotation on demand is under way since {since}");
        return Err(Error::new(Kind::Conflict, PLAN, message)
            .with_refused_by("this app")
            .with_next("Wait until it is through, then look at the key again."));
    }
    let made = before["OnDemand"].as_u64().and_then(|made| usize::try_from(made).ok()).unwrap_or(MOST_ON_DEMAND);
    let left = MOST_ON_DEMAND.saturating_sub(made);
    if left == 0 {
        let message = format!("all {MOST_ON_DEMAND} rotations on demand that a key has are used up");
        return Err(Error::new(Kind::Unsupported, PLAN, message)
            .with_refused_by("this app")
            .with_next("Make another key, then move the alias."));
    }
    Ok([
        "New data is encrypted under the new material. What is encrypted under older material is still decrypted; id, \
         aliases and policy stay."
            .to_owned(),
        format!(
            "A key has {MOST_ON_DEMAND} rotations on demand for life: {left} are left now, {} afterwards.",
            left - 1
        ),
    ])
}
