//! Plans for a key's policy. What the new text means is not judged here: the app does that before it is shown.

use domain::{Ask, Plan, Result, Tier};
use serde_json::json;

use super::{Draft, Words, invalid};
use crate::{
    offers::Key,
    operation::Operation,
    policies::{DEFAULT, POLICY, TEXT},
};

/// Source: KMS Developer Guide, "Resource quotas": key policy document size.
const MOST_BYTES: usize = 32_768;

pub(super) async fn write(mut draft: Draft<'_>, key: &Key) -> Result<Plan> {
    let text = draft.answer(TEXT)?;
    if text.len() > MOST_BYTES {
        return Err(invalid(format!("a key policy has at most {MOST_BYTES} bytes, and this text has {}", text.len())));
    }
    let before = draft.client.key_policy(&key.id).await?;
    let parameters = json!({"KeyId": key.id, "PolicyName": DEFAULT, "Policy": text});
    draft.step(Operation::PutKeyPolicy, "Write the key policy", parameters).await?;
    let effects = ["The text takes the place of the whole key policy.".to_owned()];
    let words = Words::new(format!("Change the policy of {}", draft.name), Tier::Consequences, effects)
        .warning("KMS tells it to all its servers within some minutes: until then the old policy may still hold.");
    let undo = draft.undo(Ask::ChangePolicy, [(POLICY, DEFAULT.to_owned()), (TEXT, before)], true);
    Ok(draft.plan(words, undo))
}
