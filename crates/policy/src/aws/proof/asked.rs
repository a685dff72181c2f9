//! What a condition asks of whoever calls, if it keeps anybody out.

use crate::aws::{
    condition::{Base, Operator},
    document::Condition,
    keys::is_attestation,
};

/// What a condition asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Asks {
    /// To be of an account, or of an organization.
    Account,
    /// An attestation document with certain measurements.
    Attestation,
    /// A sign-in at an identity provider.
    Federation,
    /// An address, a VPC, an endpoint.
    Network,
    /// A session in roles that are named.
    Role,
    /// A second factor.
    SecondFactor,
    /// To act as a service on behalf of somebody.
    Source,
}

/// By the key of a condition, without regard to upper and lower case.
const KEYS: &[(&str, Asks)] = &[
    ("aws:FederatedProvider", Asks::Federation),
    ("aws:MultiFactorAuthAge", Asks::SecondFactor),
    ("aws:MultiFactorAuthPresent", Asks::SecondFactor),
    ("aws:PrincipalAccount", Asks::Account),
    ("aws:PrincipalArn", Asks::Account),
    ("aws:PrincipalOrgID", Asks::Account),
    ("aws:PrincipalOrgPaths", Asks::Account),
    ("aws:SourceAccount", Asks::Source),
    ("aws:SourceArn", Asks::Source),
    ("aws:SourceIp", Asks::Network),
    ("aws:SourceOrgID", Asks::Source),
    ("aws:SourceOrgPaths", Asks::Source),
    ("aws:SourceVpc", Asks::Network),
    ("aws:SourceVpcArn", Asks::Network),
    ("aws:SourceVpce", Asks::Network),
    ("aws:VpcSourceIp", Asks::Network),
    ("aws:VpceAccount", Asks::Network),
    ("aws:VpceOrgID", Asks::Network),
    ("aws:VpceOrgPaths", Asks::Network),
    ("aws:userid", Asks::Account),
    ("aws:username", Asks::Account),
    ("kms:CallerAccount", Asks::Account),
];
/// How the claims of identity providers end: `token.actions.githubusercontent.com:sub`. `aud` is not among them: it says
/// for whom a token is meant, and not who has it.
const CLAIMS: &[&str] = &[":sub", ":amr", ":oaud", ":actor", ":job_workflow_ref", ":repository", ":id", ":app_id"];

/// What it asks for; `None` if whoever brings nothing may pass it. `denies` says that it is the condition of a statement
/// that denies, which asks for what it does not deny.
pub(super) fn asks(condition: &Condition, denies: bool) -> Option<Asks> {
    let (operator, key) = (Operator::read(&condition.operator.value)?, condition.key.value.as_str());
    let counts = match operator.base {
        Base::Null => false,
        Base::Bool => {
            let wanted = if denies { "false" } else { "true" };
            let all = condition.values.iter().all(|value| value.value.eq_ignore_ascii_case(wanted));
            all && operator.holds_without_key() == denies
        }
        Base::Number(_) | Base::Date(_) => !denies && !operator.holds_without_key(),
        Base::Text | Base::TextIgnoringCase | Base::TextLike | Base::Arn | Base::Binary | Base::Address => {
            operator.negated == denies && operator.holds_without_key() == denies
        }
    };
    if !counts || condition.values.is_empty() || condition.values.iter().any(|value| is_everything(&value.value)) {
        return None;
    }
    if is_attestation(key) {
        return Some(Asks::Attestation);
    }
    let found = KEYS.iter().find(|(known, _)| known.eq_ignore_ascii_case(key)).map(|(_, asks)| *asks);
    match found {
        Some(Asks::Account) if names_roles(condition) => Some(Asks::Role),
        Some(found) => Some(found),
        None => of_other(key),
    }
}

fn of_other(key: &str) -> Option<Asks> {
    let key = key.to_ascii_lowercase();
    if key.starts_with("kms:encryptioncontext:aws:") {
        return Some(Asks::Source);
    }
    let of_aws = key.starts_with("aws:") || key.starts_with("kms:");
    let claim = key.starts_with("saml:") || CLAIMS.iter().any(|end| key.ends_with(end));
    (claim && !of_aws).then_some(Asks::Federation)
}

/// A value that fits whatever comes: nothing but wildcards, or every address.
fn is_everything(value: &str) -> bool {
    value.chars().all(|letter| letter == '*') || value.ends_with("/0")
}

fn names_roles(condition: &Condition) -> bool {
    let of_role = |value: &str| value.contains(":role/") || value.contains(":assumed-role/");
    condition.key.value.eq_ignore_ascii_case("aws:PrincipalArn")
        && condition.values.iter().all(|value| of_role(&value.value))
}
