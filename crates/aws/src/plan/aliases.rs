//! Plans for aliases: made, moved here, taken away.

use domain::{Ask, Error, Kind, Plan, Result, Target, Tier, Undo};
use serde_json::{Value, json};

use super::{Draft, PLAN, Words, invalid};
use crate::{locate::Service, offers::Key, operation::Operation};

/// AWS keeps these names for its own keys.
const RESERVED: &str = "alias/aws/";
/// Source: API reference, CreateAlias.
const LONGEST: usize = 256;

/// The alias as KMS names it: `alias/` may be left out.
pub(super) fn full(answer: &str) -> Result<String> {
    let name = answer.trim();
    let alias = if name.starts_with("alias/") { name.to_owned() } else { format!("alias/{name}") };
    let fits = |c: char| c.is_ascii_alphanumeric() || "/_-".contains(c);
    if alias.len() > LONGEST || alias == "alias/" || !alias.chars().all(fits) {
        return Err(invalid(format!("{alias:?} is not a name for an alias"))
            .with_next("Use letters, digits, and the characters / _ -, at most 256 in all."));
    }
    if alias.starts_with(RESERVED) {
        return Err(invalid(format!("names that begin with {RESERVED} are AWS's own")));
    }
    Ok(alias)
}

/// Refuses to plan an alias that is there already.
pub(super) fn taken(alias: &str, before: &Value) -> Result<()> {
    let Some(key) = before.as_str() else { return Ok(()) };
    Err(Error::new(Kind::Conflict, PLAN, format!("{alias} is there already, and points at the key {key}"))
        .with_refused_by("this app")
        .with_next("Choose another name, or move the alias to this key."))
}

pub(super) async fn create(mut draft: Draft<'_>, key: &Key) -> Result<Plan> {
    let alias = full(draft.answer("alias")?)?;
    let parameters = json!({"AliasName": alias, "TargetKeyId": key.id});
    let before = draft.step(Operation::CreateAlias, format!("Create {alias}"), parameters).await?;
    if !draft.steps.is_empty() {
        taken(&alias, &before)?;
    }
    let effects = [format!("Whoever asks KMS for {alias} gets this key.")];
    let words = Words::new(format!("Give {} the alias {alias}", draft.name), Tier::Undo, effects);
    let undo = draft.undo(Ask::DeleteAlias, [("alias", alias)], true);
    Ok(draft.plan(words, undo))
}

pub(super) async fn delete(mut draft: Draft<'_>, key: &Key) -> Result<Plan> {
    let alias = draft.answer("alias")?.to_owned();
    if key.aliases.as_ref().is_ok_and(|aliases| !aliases.contains(&alias)) {
        return Err(invalid(format!("{alias} does not point at this key")));
    }
    draft.step(Operation::DeleteAlias, format!("Delete {alias}"), json!({"AliasName": alias})).await?;
    let effects = [
        format!("Whoever asks KMS for {alias} gets an error."),
        "The key stays as it is, and what is encrypted under it is decrypted as before.".to_owned(),
    ];
    let words = Words::new(format!("Delete {alias}"), Tier::Consequences, effects);
    let undo = draft.undo(Ask::CreateAlias, [("alias", alias)], true);
    Ok(draft.plan(words, undo))
}

pub(super) async fn take(mut draft: Draft<'_>, key: &Key) -> Result<Plan> {
    let alias = full(draft.answer("alias")?)?;
    let parameters = json!({"AliasName": alias, "TargetKeyId": key.id});
    let before = draft.step(Operation::UpdateAlias, format!("Point {alias} at this key"), parameters).await?;
    let Some(old) = before.as_str().map(str::to_owned) else {
        return Err(Error::new(Kind::NotFound, PLAN, format!("there is no {alias} in this Region"))
            .with_refused_by("this app")
            .with_next("Create it instead."));
    };
    let effects = [
        format!("Whoever asks KMS for {alias} gets the key {} in place of {old}.", key.metadata.key_id),
        "What is encrypted under the old key is decrypted with the old key, as long as that is there.".to_owned(),
    ];
    let words = Words::new(format!("Move {alias} to {}", draft.name), Tier::Consequences, effects);
    let back = Target::Item(Service::Kms.key(draft.client.region(), &old));
    let answers = [("alias".to_owned(), alias)].into();
    Ok(draft.plan(words, Some(Undo { ask: Ask::MoveAlias, target: back, answers, whole: true })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_completed_or_refused() {
        assert_eq!(full(" payments/sign ").unwrap(), "alias/payments/sign");
        assert_eq!(full("alias/a").unwrap(), "alias/a");
        for no in ["", "alias/", "a b", "alias/aws/s3", "a:b", &"a".repeat(260)] {
            assert_eq!(full(no).unwrap_err().kind(), Kind::Invalid, "{no}");
        }
    }
}
