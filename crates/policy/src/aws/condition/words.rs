//! Conditions as a person says them: "only through s3.eu-west-1.amazonaws.com".

use super::{
    super::document::Condition,
    operator::{Base, Operator, Order, Set},
};

/// What a condition asks for, or, where `holds` is false, what has to be so that it does not hold (a condition of a
/// statement that denies).
pub fn words(condition: &Condition, holds: bool) -> String {
    let Some(operator) = Operator::read(&condition.operator.value) else {
        let not = if holds { "" } else { "not " };
        return format!("{not}where {} {} {}", condition.operator.value, condition.key.value, values(condition));
    };
    let positive = operator.negated != holds;
    match operator.base {
        Base::Null => null(condition, holds),
        Base::Bool => flag(condition, operator, holds),
        Base::Date(order) => date(condition, operator, order, holds),
        Base::Number(order) => number(condition, operator, order, holds),
        Base::Text | Base::TextIgnoringCase | Base::TextLike | Base::Arn | Base::Binary | Base::Address => {
            texts(condition, operator, holds, positive)
        }
    }
}

/// Keys that read better than by their names: what is said before the values.
const PHRASES: &[(&str, &str)] = &[
    ("aws:calledvia", "in the chain of calls through"),
    ("aws:principalaccount", "for principals of account"),
    ("aws:principalarn", "for principals whose ARN is"),
    ("aws:principalservicename", "for the AWS service"),
    ("aws:requestedregion", "in Region"),
    ("aws:sourceaccount", "on behalf of account"),
    ("aws:sourcearn", "on behalf of"),
    ("aws:sourceip", "from address"),
    ("aws:sourcevpc", "from VPC"),
    ("aws:sourcevpce", "through VPC endpoint"),
    ("aws:username", "for the user named"),
    ("kms:calleraccount", "for callers of account"),
    ("kms:encryptionalgorithm", "with the algorithm"),
    ("kms:granteeprincipal", "for grants to"),
    ("kms:grantoperations", "for grants of"),
    ("kms:macalgorithm", "with the algorithm"),
    ("kms:recipientattestation:imagesha384", "for an attested enclave whose image has the digest"),
    ("kms:recipientattestation:nitrotpmpcr4", "for an attested instance whose PCR4 is"),
    ("kms:requestalias", "by the alias"),
    ("kms:signingalgorithm", "with the algorithm"),
    ("kms:viaservice", "through"),
];

fn values(condition: &Condition) -> String {
    let values: Vec<&str> = condition.values.iter().map(|value| value.value.as_str()).collect();
    match values.as_slice() {
        [] => "nothing".to_owned(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

fn texts(condition: &Condition, operator: Operator, holds: bool, positive: bool) -> String {
    let (key, values) = (condition.key.value.as_str(), values(condition));
    let phrase = PHRASES.iter().find(|(known, _)| known.eq_ignore_ascii_case(key)).map(|(_, phrase)| *phrase);
    let said = match (phrase, key.split_once(':')) {
        (Some(phrase), _) => format!("{} {phrase} {values}", if positive { "only" } else { "not" }),
        (None, Some(("kms", rest))) if starts(rest, "EncryptionContext:") => {
            let is = if positive { "is" } else { "is not" };
            format!("only where the encryption context {} {is} {values}", &rest["EncryptionContext:".len()..])
        }
        (None, Some(("kms", rest))) if starts(rest, "RecipientAttestation:") => {
            let (only, part) = (if positive { "only" } else { "not" }, &rest["RecipientAttestation:".len()..]);
            format!("{only} for an attested enclave whose {part} is {values}")
        }
        (None, _) => {
            let every = match operator.set {
                Some(Set::ForAllValues) => "every value of ",
                Some(Set::ForAnyValue) => "a value of ",
                None => "",
            };
            format!("{every}{key} {} {values}", if positive { "is" } else { "is not" })
        }
    };
    said + missing(operator, holds, positive)
}

/// Where the request does not have the key, "only through X" reads as if it did not hold, and "not through X" as if it
/// did. What an operator makes of it differently is said.
fn missing(operator: Operator, holds: bool, reads_positive: bool) -> &'static str {
    let holds_without = operator.holds_without_key() == holds;
    match (holds_without, reads_positive) {
        (true, true) => ", or where the request says nothing of it",
        (false, false) => ", and only where the request says something of it",
        (true, false) | (false, true) => "",
    }
}

fn starts(text: &str, with: &str) -> bool {
    text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with))
}

fn null(condition: &Condition, holds: bool) -> String {
    let key = &condition.key.value;
    let absent = condition.values.iter().any(|value| value.value.eq_ignore_ascii_case("true")) == holds;
    if absent {
        return format!("only where the request has no {key}");
    }
    format!("only where the request has {key}")
}

/// Flags that read better than by their names: what is said if they are on, and if they are off.
const FLAGS: &[(&str, &str, &str)] = &[
    (
        "aws:MultiFactorAuthPresent",
        "only after multi-factor authentication",
        "only without multi-factor authentication",
    ),
    ("aws:PrincipalIsAWSService", "only for AWS services", "not for AWS services"),
    ("aws:SecureTransport", "only over TLS", "only without TLS"),
    ("aws:ViaAWSService", "only through an AWS service", "not through an AWS service"),
    ("kms:BypassPolicyLockoutSafetyCheck", "only past the check against lockout", "not past the check against lockout"),
    ("kms:GrantIsForAWSResource", "only for grants of AWS services", "not for grants of AWS services"),
    ("kms:MultiRegion", "only for multi-Region keys", "not for multi-Region keys"),
    ("kms:PrimaryRegion", "only in the primary Region", "not in the primary Region"),
];

fn flag(condition: &Condition, operator: Operator, holds: bool) -> String {
    let key = condition.key.value.as_str();
    let wanted = condition.values.iter().any(|value| value.value.eq_ignore_ascii_case("true"));
    let on = wanted == holds;
    let known = FLAGS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(key));
    let said = known
        .map_or_else(|| format!("{key} is {on}"), |(_, if_on, if_off)| (if on { *if_on } else { *if_off }).to_owned());
    said + missing(operator, holds, true)
}

fn date(condition: &Condition, operator: Operator, order: Order, holds: bool) -> String {
    let positive = operator.negated != holds;
    let said = match (order, positive) {
        (Order::Equal, true) => "at",
        (Order::Equal, false) => "not at",
        (Order::Less, true) | (Order::GreaterOrEqual, false) => "only before",
        (Order::LessOrEqual, true) | (Order::Greater, false) => "only until",
        (Order::Greater, true) | (Order::LessOrEqual, false) => "only after",
        (Order::GreaterOrEqual, true) | (Order::Less, false) => "only from",
    };
    let (key, said) = (condition.key.value.as_str(), format!("{said} {}", values(condition)));
    if key.eq_ignore_ascii_case("aws:CurrentTime") || key.eq_ignore_ascii_case("aws:EpochTime") {
        return said;
    }
    format!("{said}, by {key}{}", missing(operator, holds, positive || order != Order::Equal))
}

fn number(condition: &Condition, operator: Operator, order: Order, holds: bool) -> String {
    let positive = operator.negated != holds;
    let said = match (order, positive) {
        (Order::Equal, true) => "is",
        (Order::Equal, false) => "is not",
        (Order::Less, true) | (Order::GreaterOrEqual, false) => "is less than",
        (Order::LessOrEqual, true) | (Order::Greater, false) => "is at most",
        (Order::Greater, true) | (Order::LessOrEqual, false) => "is more than",
        (Order::GreaterOrEqual, true) | (Order::Less, false) => "is at least",
    };
    let missing = missing(operator, holds, positive || order != Order::Equal);
    format!("{} {said} {}{missing}", condition.key.value, values(condition))
}
