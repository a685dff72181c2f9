//! What lints ask of statements.

use crate::{
    Surroundings,
    aws::{
        actions::{KMS_ACTIONS, KmsAction},
        document::{Condition, Entries, Principal, Statement},
        identity::{Identity, IdentityKind, is_everybody},
        pattern::kms_action_matches,
    },
};

/// The actions on a key that a statement speaks of.
pub(super) fn actions(statement: &Statement) -> Vec<&'static KmsAction> {
    KMS_ACTIONS.iter().filter(|action| action.of_key && speaks_of(statement, action.name)).collect()
}

/// Whether a statement speaks of an action; its name without `kms:`.
pub(in crate::aws) fn speaks_of(statement: &Statement, action: &str) -> bool {
    statement.actions.as_ref().is_some_and(|actions| {
        actions.values.iter().any(|value| kms_action_matches(&value.value, action)) != actions.negated
    })
}

/// Whether a statement speaks of every action on a key.
pub(super) fn speaks_of_everything(statement: &Statement) -> bool {
    KMS_ACTIONS.iter().all(|action| !action.of_key || speaks_of(statement, action.name))
}

/// Whether one value of a list of actions means every action.
pub(super) fn means_everything(value: &str) -> bool {
    ["PutKeyPolicy", "Decrypt", "Sign"].iter().all(|name| kms_action_matches(value, name))
}

/// The principals that a statement names, unless it names all but these.
pub(super) fn named(statement: &Statement) -> &[crate::Spanned<Principal>] {
    match &statement.principals {
        Some(Entries { negated: false, values, .. }) => values,
        Some(_) | None => &[],
    }
}

/// Whether a statement is for everybody.
pub(super) fn is_for_everybody(statement: &Statement) -> bool {
    named(statement).iter().any(|principal| is_everybody(&principal.value))
}

/// Whether a principal is the account of the key as a whole. Where the account is unknown, any account may be it.
pub(super) fn is_own_account(principal: &Principal, around: &Surroundings) -> bool {
    Identity::of_principal(principal).is_some_and(|identity| {
        identity.kind == IdentityKind::Root
            && around.account().is_none_or(|own| identity.account.as_deref() == Some(own))
    })
}

/// The account of a principal, if it is known to be another than the key's.
pub(super) fn other_account(principal: &Principal, around: &Surroundings) -> Option<String> {
    let account = Identity::of_principal(principal)?.account?;
    (account != around.account()?).then_some(account)
}

/// Whether a condition is on this key; upper and lower case are the same.
pub(super) fn is_on(condition: &Condition, key: &str) -> bool {
    condition.key.value.eq_ignore_ascii_case(key)
}

/// The ids that IAM gives users, roles and the like begin with these. Source: IAM User Guide, "IAM identifiers".
pub(super) fn is_unique_id(value: &str) -> bool {
    const BEGINNINGS: [&str; 6] = ["AGPA", "AIDA", "AIPA", "ANPA", "ANVA", "AROA"];
    value.len() >= 16
        && BEGINNINGS.iter().any(|beginning| value.starts_with(beginning))
        && value.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}
