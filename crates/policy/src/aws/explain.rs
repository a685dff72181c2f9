//! A key policy in plain words, one sentence a statement.

use super::{
    accounts::account_in_words,
    actions::{KMS_ACTIONS, KmsAction},
    condition::words,
    document::{Entries, Principal, PrincipalKind, Statement},
    identity::{Identity, IdentityKind, is_everybody},
    parse::parse,
    pattern::kms_action_matches,
};
use crate::{Sentence, Spanned, Surroundings, capitalized, either, listed, sentence::clause, under};

/// What each statement says. Empty for a text that cannot be read: of that nothing can be said.
pub fn explain(text: &str, around: &Surroundings) -> Vec<Sentence> {
    let document = parse(text, true);
    let mut sentences: Vec<Sentence> = document
        .statements
        .iter()
        .filter_map(|statement| Some(Sentence::new(sentence(statement, around)?, statement.span)))
        .collect();
    if !document.is_well_formed() {
        let says = "KMS would not take this policy as it is written, so nothing of it holds.";
        sentences.insert(0, Sentence::new(says, document.span));
    }
    sentences
}

/// `None` if the statement lacks what a statement must have.
fn sentence(statement: &Statement, around: &Surroundings) -> Option<String> {
    let (principals, entries) = (statement.principals.as_ref()?, statement.actions.as_ref()?);
    statement.effect.as_ref()?;
    let conditions = conditions(statement);
    let text = if statement.denies() {
        let what = what(statement, entries, true);
        match whom(principals, around) {
            Whom::All => format!("Nobody may {what}{conditions}, whoever else allows it."),
            Whom::AllBut(some) => format!("Nobody but {some} may {what}{conditions}, whoever else allows it."),
            Whom::Some(some) => format!("{} may not {what}{conditions}, whoever else allows it.", capitalized(&some)),
        }
    } else {
        let what = what(statement, entries, false);
        let iam = delegated(principals, around);
        match whom(principals, around) {
            Whom::All => format!("Anyone of any account may {what}{conditions}."),
            Whom::AllBut(some) => format!("Anyone of any account but {some} may {what}{conditions}."),
            Whom::Some(some) => format!("{} may {what}{conditions}{iam}.", capitalized(&some)),
        }
    };
    Some(text)
}

enum Whom {
    All,
    AllBut(String),
    Some(String),
}

fn whom(principals: &Entries<Principal>, around: &Surroundings) -> Whom {
    if !principals.negated && principals.values.iter().any(|principal| is_everybody(&principal.value)) {
        return Whom::All;
    }
    let named: Vec<String> = principals.values.iter().map(|principal| named(&principal.value, around)).collect();
    if principals.negated { Whom::AllBut(listed(&named)) } else { Whom::Some(listed(&named)) }
}

/// A principal as a person reads it: "account 021876802972 (Heroku)", "role Admin of this account".
pub(super) fn named(principal: &Principal, around: &Surroundings) -> String {
    let Some(identity) = Identity::of_principal(principal) else {
        return match principal.kind {
            PrincipalKind::CanonicalUser => format!("the canonical user {}", principal.value),
            PrincipalKind::Aws => format!("{}, whom no account has (any more)", principal.value),
            PrincipalKind::Everyone => "everybody".to_owned(),
            PrincipalKind::Service | PrincipalKind::Federated | PrincipalKind::Other(_) => principal.value.clone(),
        };
    };
    let own = around.account().is_some() && identity.account.as_deref() == around.account();
    match (&identity.account, identity.kind) {
        (Some(account), IdentityKind::Root) if own => format!("this account ({account})"),
        (Some(account), IdentityKind::Root) => account_in_words(account),
        (Some(account), _) => {
            let of = if own { "this account".to_owned() } else { account_in_words(account) };
            identity.says().replace(&format!("account {account}"), &of)
        }
        (None, _) => identity.says(),
    }
}

/// An account that is let in lets in nobody yet: its IAM policies do.
fn delegated(principals: &Entries<Principal>, around: &Surroundings) -> &'static str {
    let accounts: Vec<Identity> = principals
        .values
        .iter()
        .filter_map(|principal| Identity::of_principal(&principal.value))
        .filter(|identity| identity.kind == IdentityKind::Root)
        .collect();
    let own = |identity: &Identity| identity.account.as_deref() == around.account();
    match accounts.as_slice() {
        [] => "",
        [only] if own(only) => "; its IAM policies say who there may",
        [_] => "; its own IAM policies say who there may",
        [_, _, ..] => "; the IAM policies of each account say who there may",
    }
}

fn conditions(statement: &Statement) -> String {
    let each: Vec<String> = statement.conditions.iter().map(|condition| words(condition, true)).collect();
    match statement.conditions.as_slice() {
        _ if !statement.denies() => under(&each),
        [] => String::new(),
        // What a single negated condition leaves out is what is meant: "unless it is through X".
        [only] if !words(only, false).starts_with("not ") => format!(" unless {}", clause(&words(only, false))),
        [..] => format!(" if {}", listed(&each.iter().map(|words| clause(words)).collect::<Vec<_>>())),
    }
}

/// What may be done, grouped by what it comes to.
fn what(statement: &Statement, entries: &Entries<String>, denies: bool) -> String {
    let join: fn(&[String]) -> String = if denies { |words| either(words) } else { |words| listed(words) };
    if entries.negated {
        return format!(
            "do anything with this key except {}",
            phrased(&reached(&entries.values), unnamed(entries), listed)
        );
    }
    let reached = reached(&entries.values);
    let of_key = KMS_ACTIONS.iter().filter(|action| action.of_key).count();
    if reached.len() == of_key {
        let also = if statement.allows() { ", also change this policy and have it destroyed" } else { "" };
        return format!("do anything with this key{also}");
    }
    phrased(&reached, unnamed(entries), join)
}

fn reached(values: &[Spanned<String>]) -> Vec<&'static KmsAction> {
    let named = |action: &KmsAction| values.iter().any(|value| kms_action_matches(&value.value, action.name));
    KMS_ACTIONS.iter().filter(|action| action.of_key && named(action)).collect()
}

/// What is done with the key: what each group of actions comes to. A group is said as soon as one of it is there.
const WITH_THE_KEY: &[(&str, &[&str])] = &[
    ("encrypt", &["Encrypt"]),
    ("decrypt", &["Decrypt"]),
    ("re-encrypt", &["ReEncryptFrom", "ReEncryptTo"]),
    ("make data keys", &["GenerateDataKey", "GenerateDataKeyWithoutPlaintext"]),
    ("make data key pairs", &["GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext"]),
    ("derive shared secrets", &["DeriveSharedSecret"]),
    ("sign", &["Sign"]),
    ("make MACs", &["GenerateMac"]),
    ("verify signatures", &["Verify"]),
    ("verify MACs", &["VerifyMac"]),
];

/// What is done to the key.
const TO_THE_KEY: &[(&str, &[&str])] = &[
    ("change the policy", &["PutKeyPolicy"]),
    ("let others in by grants", &["CreateGrant"]),
    ("schedule the key's deletion", &["ScheduleKeyDeletion"]),
    ("disable the key", &["DisableKey"]),
    ("delete imported material", &["DeleteImportedKeyMaterial"]),
    ("import material", &["GetParametersForImport", "ImportKeyMaterial"]),
    ("replicate the key", &["ReplicateKey", "SynchronizeMultiRegionKey", "UpdatePrimaryRegion"]),
    ("rotate the key", &["EnableKeyRotation", "DisableKeyRotation", "RotateKeyOnDemand"]),
    ("enable the key", &["EnableKey"]),
    ("keep the key from deletion", &["CancelKeyDeletion"]),
    ("see or end grants", &["ListGrants", "RetireGrant", "RevokeGrant"]),
    (
        "change aliases, description or tags",
        &["CreateAlias", "DeleteAlias", "TagResource", "UntagResource", "UpdateAlias", "UpdateKeyDescription"],
    ),
    ("read the public half", &["GetPublicKey"]),
    (
        "read what is written about the key",
        &[
            "DescribeKey",
            "GetKeyLastUsage",
            "GetKeyPolicy",
            "GetKeyRotationStatus",
            "ListKeyPolicies",
            "ListKeyRotations",
            "ListResourceTags",
        ],
    ),
];

/// "encrypt and decrypt with this key, and read the public half", joined by `join`.
pub(super) fn said(actions: &[&'static KmsAction], join: fn(&[String]) -> String) -> String {
    phrased(actions, Vec::new(), join)
}

fn phrased(actions: &[&'static KmsAction], others: Vec<String>, join: fn(&[String]) -> String) -> String {
    let with = grouped(actions, WITH_THE_KEY);
    let mut to = grouped(actions, TO_THE_KEY);
    let in_group =
        |action: &&&KmsAction| WITH_THE_KEY.iter().chain(TO_THE_KEY).any(|(_, names)| names.contains(&action.name));
    to.extend(actions.iter().filter(|action| !in_group(action)).map(|action| format!("kms:{}", action.name)));
    to.extend(others);
    match (with.is_empty(), to.is_empty()) {
        (true, true) => "do nothing".to_owned(),
        (true, false) => join(&to),
        (false, true) => format!("{} with this key", join(&with)),
        (false, false) => join(&[format!("{} with this key", join(&with)), join(&to)]).replacen(
            "with this key ",
            "with this key, ",
            1,
        ),
    }
}

fn grouped(actions: &[&'static KmsAction], groups: &[(&str, &[&str])]) -> Vec<String> {
    let has = |name: &&str| actions.iter().any(|action| action.name == *name);
    groups.iter().filter(|(_, names)| names.iter().any(has)).map(|(phrase, _)| (*phrase).to_owned()).collect()
}

/// What is written and is no action of a key, as it is written.
fn unnamed(entries: &Entries<String>) -> Vec<String> {
    let nothing = |value: &&Spanned<String>| reached(std::slice::from_ref(*value)).is_empty();
    entries.values.iter().filter(nothing).map(|value| format!("{} (no action of a key)", value.value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every action of a key has words, so that none is left with its name by mistake.
    #[test]
    fn every_action_is_in_one_group() {
        for action in KMS_ACTIONS.iter().filter(|action| action.of_key) {
            let groups =
                WITH_THE_KEY.iter().chain(TO_THE_KEY).filter(|(_, names)| names.contains(&action.name)).count();
            assert_eq!(groups, 1, "{}", action.name);
        }
    }
}
