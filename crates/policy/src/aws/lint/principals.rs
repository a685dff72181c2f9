//! Lints of whom a statement names: everybody, somebody deleted, somebody whom KMS does not take, a service.

use super::{
    Sight,
    codes::{
        ACCOUNT_ID, CONFUSED_DEPUTY, DELETED_PRINCIPAL, NOT_PRINCIPAL_ALLOW, NOT_PRINCIPAL_DENY, PUBLIC_PRINCIPAL,
        REFUSED_PRINCIPAL, WEAKLY_NARROWED, WRONG_PARTITION,
    },
    facts::{is_on, is_unique_id},
};
use crate::{
    Edit, Finding, Spanned,
    aws::{
        condition::{Base, Operator, Set},
        document::{Condition, Principal, PrincipalKind, Statement},
        identity::{Identity, is_account, is_everybody, is_service},
        pattern::has_wildcard,
    },
    json::quoted,
};

/// What says who calls, or for whom. The rest only says how.
const IDENTITIES: &[&str] = &[
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "aws:userid",
    "kms:CallerAccount",
];
/// What narrows a service to what it does for somebody.
const SOURCES: &[&str] = &["aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID", "aws:SourceOrgPaths"];

pub(super) fn look(sight: &mut Sight<'_>, statement: &Statement) {
    let Some(principals) = &statement.principals else { return };
    if principals.negated {
        let finding = if statement.allows() {
            NOT_PRINCIPAL_ALLOW
                .at(principals.name_span, "NotPrincipal with Allow lets in everybody else: anyone of any account.")
                .with_next("Name in Principal who is meant.")
        } else {
            let message = "NotPrincipal with Deny keeps out everybody who is not named here by account, role and session, \
                           and every AWS service.";
            NOT_PRINCIPAL_DENY
                .at(principals.name_span, message)
                .with_next("Write Principal \"*\" with the condition ArnNotEquals on aws:PrincipalArn.")
        };
        sight.found.push(finding);
    }
    for principal in &principals.values {
        if statement.allows() && !principals.negated && is_everybody(&principal.value) {
            everybody(sight, statement, principal);
        }
        let finding = wrong(sight, statement, principal);
        sight.found.extend(finding);
    }
    let services = principals.values.iter().filter(|principal| principal.value.kind == PrincipalKind::Service);
    if statement.allows() && !principals.negated && !statement.conditions.iter().any(names_source) {
        for service in services.filter(|service| is_service(&service.value.value)) {
            let message = format!(
                "{} may use the key for whoever makes it act, also for those of other accounts.",
                service.value.value
            );
            let next = match sight.around.account() {
                Some(account) => format!("Add the condition StringEquals aws:SourceAccount {account}."),
                None => {
                    "Add the condition StringEquals aws:SourceAccount with the account that it acts for.".to_owned()
                }
            };
            sight.found.push(CONFUSED_DEPUTY.at(service.span, message).with_next(next));
        }
    }
}

fn everybody(sight: &mut Sight<'_>, statement: &Statement, principal: &Spanned<Principal>) {
    if statement.conditions.iter().any(says_who) {
        return;
    }
    let finding = if statement.conditions.is_empty() {
        let message = format!("{} lets in anyone who has an account of AWS, of any account.", statement.label());
        PUBLIC_PRINCIPAL.at(principal.span, message)
    } else {
        let mut keys: Vec<&str> = statement.conditions.iter().map(|condition| condition.key.value.as_str()).collect();
        keys.dedup();
        let message = format!(
            "{} lets in anyone of any account: its conditions ({}) do not say who may call.",
            statement.label(),
            crate::listed(&keys)
        );
        WEAKLY_NARROWED.at(principal.span, message)
    };
    let finding = finding.with_next("Name who is meant, or add the condition StringEquals kms:CallerAccount.");
    let finding = match (sight.around.account(), sight.around.arn_part(1)) {
        (Some(account), Some(partition)) => {
            let root = quoted(&format!("arn:{partition}:iam::{account}:root"));
            let text =
                if principal.value.kind == PrincipalKind::Everyone { format!("{{\"AWS\": {root}}}") } else { root };
            let edit = Edit { span: principal.span, text };
            finding.with_fix(format!("Let in account {account} alone"), vec![edit])
        }
        (None, _) | (_, None) => finding,
    };
    sight.found.push(finding);
}

/// Whether a condition holds only for somebody in particular.
fn says_who(condition: &Condition) -> bool {
    let Some(operator) = Operator::read(&condition.operator.value) else { return false };
    let named = IDENTITIES.iter().any(|key| is_on(condition, key));
    let everything = condition.values.iter().any(|value| value.value.chars().all(|letter| letter == '*'));
    named && !everything && operator.base != Base::Null && !passes_without(operator, condition)
}

/// Whether it holds for requests without the key. Every caller has `kms:CallerAccount`.
fn passes_without(operator: Operator, condition: &Condition) -> bool {
    let always_there = is_on(condition, "kms:CallerAccount") && operator.set != Some(Set::ForAllValues);
    operator.negated || (operator.holds_without_key() && !always_there)
}

fn names_source(condition: &Condition) -> bool {
    let context = condition.key.value.to_ascii_lowercase().starts_with("kms:encryptioncontext:aws:");
    let named = SOURCES.iter().any(|key| is_on(condition, key)) || context || is_on(condition, "kms:CallerAccount");
    named && Operator::read(&condition.operator.value).is_some_and(|operator| !operator.negated)
}

/// What KMS would not take as a principal.
fn wrong(sight: &Sight<'_>, statement: &Statement, principal: &Spanned<Principal>) -> Option<Finding> {
    let value = principal.value.value.as_str();
    match &principal.value.kind {
        PrincipalKind::Everyone | PrincipalKind::Other(_) => None,
        PrincipalKind::Aws if value == "*" => None,
        PrincipalKind::Aws if is_unique_id(value) => {
            let message = format!(
                "{value} is the id of a user or role that was deleted. Nobody is let in by it, not even who has the same \
                 name now, and KMS refuses a policy with it."
            );
            Some(sight.without_value(DELETED_PRINCIPAL.at(principal.span, message), statement, principal.span))
        }
        PrincipalKind::Aws => {
            wrong_account(principal).or_else(|| partition(sight, principal)).or_else(|| form(principal))
        }
        PrincipalKind::Service if is_service(value) && !has_wildcard(value) => None,
        PrincipalKind::Service => {
            let message = format!("\"{value}\" is no service of AWS. Services are named as s3.amazonaws.com is.");
            Some(REFUSED_PRINCIPAL.at(principal.span, message))
        }
        PrincipalKind::Federated if !value.is_empty() => None,
        PrincipalKind::Federated => Some(REFUSED_PRINCIPAL.at(principal.span, "This names no identity provider.")),
        PrincipalKind::CanonicalUser => {
            let message = "Canonical users are of S3. A key policy names accounts, users, roles and services.";
            Some(REFUSED_PRINCIPAL.at(principal.span, message))
        }
    }
}

/// A number that is no account's. Eleven digits are mostly a number that lost its zero on the way.
fn wrong_account(principal: &Spanned<Principal>) -> Option<Finding> {
    let value = principal.value.value.as_str();
    let of_arn = value.starts_with("arn:").then(|| value.split(':').nth(4)).flatten();
    let account = of_arn.unwrap_or(value);
    let digits = !account.is_empty() && account.bytes().all(|byte| byte.is_ascii_digit());
    let no_field = of_arn.map_or(!digits, str::is_empty);
    if is_account(account) || no_field {
        return None;
    }
    let message = format!("\"{account}\" is no account: accounts are twelve digits, with the zeros before them.");
    let finding = ACCOUNT_ID.at(principal.span, message);
    if !(digits && account.len() == 11) {
        return Some(finding);
    }
    let padded = format!("0{account}");
    let whole = if of_arn.is_some() { value.replacen(account, &padded, 1) } else { padded };
    let edit = Edit { span: principal.span, text: quoted(&whole) };
    Some(finding.with_fix("Put a zero before it", vec![edit]))
}

fn partition(sight: &Sight<'_>, principal: &Spanned<Principal>) -> Option<Finding> {
    let (value, own) = (principal.value.value.as_str(), sight.around.arn_part(1)?);
    let (theirs, rest) = value.strip_prefix("arn:")?.split_once(':')?;
    if theirs == own {
        return None;
    }
    let message = format!("This is of the partition {theirs}, the key is of {own}. Nobody is in both.");
    let edit = Edit { span: principal.span, text: quoted(&format!("arn:{own}:{rest}")) };
    Some(WRONG_PARTITION.at(principal.span, message).with_fix(format!("Write arn:{own}"), vec![edit]))
}

fn form(principal: &Spanned<Principal>) -> Option<Finding> {
    let value = principal.value.value.as_str();
    let message = if has_wildcard(value) {
        "A principal is named in full: KMS takes no wildcard within it. For patterns there is the condition ArnLike on \
         aws:PrincipalArn."
    } else if value.contains(":group/") {
        "A group of IAM is nobody: only users, roles and accounts can be let in."
    } else if value.contains(":instance-profile/") {
        "An instance profile is nobody: name the role in it."
    } else if value.contains(":oidc-provider/") || value.contains(":saml-provider/") {
        "An identity provider is named under Federated, not under AWS."
    } else if is_account(value) || Identity::of_arn(value).is_some() {
        return None;
    } else {
        "This is neither an account nor the ARN of a user, a role or a session."
    };
    Some(REFUSED_PRINCIPAL.at(principal.span, message))
}
