//! Plans for grants: made, given up, taken away.

use domain::{Plan, Result, Tier};
use serde_json::{Value, json};

use super::{Draft, Words, invalid};
use crate::{offers::Key, operation::Operation, questions::grants::label};

pub(super) async fn retire(draft: Draft<'_>, key: &Key) -> Result<Plan> {
    end(draft, key, Operation::RetireGrant).await
}

pub(super) async fn revoke(draft: Draft<'_>, key: &Key) -> Result<Plan> {
    end(draft, key, Operation::RevokeGrant).await
}

pub(super) async fn create(mut draft: Draft<'_>, key: &Key) -> Result<Plan> {
    let grantee = draft.answer("grantee")?;
    let operations = draft.change.list("operations");
    if operations.is_empty() {
        return Err(invalid("a grant must allow at least one operation".to_owned()));
    }
    let context = draft.pairs("context")?;
    let constraints = if context.is_empty() { Value::Null } else { json!({"EncryptionContextSubset": context}) };
    let parameters = json!({
        "KeyId": key.id,
        "GranteePrincipal": grantee,
        "RetiringPrincipal": draft.change.answer("retiring"),
        "Operations": operations,
        "Constraints": constraints,
        // The same call under the same name makes no second grant, and by its name the grant is found again.
        "Name": draft.change.order.0,
    });
    draft.step(Operation::CreateGrant, "Create the grant", parameters).await?;
    let effects = [
        format!("{grantee} may use the key for {}.", operations.join(", ")),
        format!("The grant carries the number of this order as its name: {}.", draft.change.order),
    ];
    let words = Words::new(format!("Let {grantee} use {}", draft.name), Tier::Consequences, effects)
        .warning("It lasts until it is retired or revoked. It may take minutes until all of AWS knows it.");
    Ok(draft.plan(words, None))
}

async fn end(mut draft: Draft<'_>, key: &Key, operation: Operation) -> Result<Plan> {
    let id = draft.answer("grant")?;
    let grants = key.grants.clone()?;
    let Some(grant) = grants.iter().find(|grant| grant.grant_id() == Some(id)) else {
        return Err(invalid(format!("the key has no grant {id}")));
    };
    let retire = operation == Operation::RetireGrant;
    let verb = if retire { "Retire" } else { "Revoke" };
    let parameters = json!({"KeyId": key.id, "GrantId": id});
    draft.step(operation, format!("{verb} the grant"), parameters).await?;
    let effects = [
        format!("This is no longer allowed by a grant: {}.", label(grant)),
        "What a policy allows stays allowed.".to_owned(),
    ];
    let mut words = Words::new(format!("{verb} a grant of {}", draft.name), Tier::Consequences, effects)
        .warning("It cannot be taken back, only be made anew. AWS services may have made the grant for their own use.");
    if retire {
        words =
            words.warning("Only who may use the grant, who it names for that, and the account itself can retire it.");
    }
    Ok(draft.plan(words, None))
}
