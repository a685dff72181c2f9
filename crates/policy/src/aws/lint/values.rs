//! Lints of the values of conditions: those that cannot be compared, and those that cannot hold.

use super::{
    Sight,
    codes::{NEVER_TRUE, VALUE_FORM},
    facts::{is_on, named},
};
use crate::{
    Edit, Finding, Span, Spanned,
    aws::{
        condition::{Base, Operator, Order, Set, takes},
        document::{Condition, Statement},
        identity::{Identity, is_account},
        keys::is_attestation,
        pattern::has_wildcard,
    },
    json::quoted,
};

pub(super) fn look(sight: &mut Sight<'_>, statement: &Statement) {
    for (index, condition) in statement.conditions.iter().enumerate() {
        let Some(operator) = Operator::read(&condition.operator.value) else { continue };
        let earlier = &statement.conditions[..index];
        let finding = empty(sight, condition, operator)
            .or_else(|| earlier.iter().find_map(|other| contradiction(other, condition, operator)))
            .or_else(|| other_account(statement, condition, operator))
            .or_else(|| other_region(sight, condition, operator));
        sight.found.extend(finding);
        for value in condition.values.iter().filter(|value| !value.value.contains("${")) {
            sight.found.extend(form(condition, operator, value));
        }
    }
}

/// Whether it holds only if the key is there and a value of it is the whole of one of these.
fn pins(operator: Operator) -> bool {
    let whole = matches!(operator.base, Base::Text | Base::TextIgnoringCase | Base::TextLike | Base::Arn | Base::Bool);
    whole && operator.set.is_none() && !operator.holds_without_key()
}

fn is_plain(value: &str) -> bool {
    !has_wildcard(value) && !value.contains("${")
}

fn empty(sight: &Sight<'_>, condition: &Condition, operator: Operator) -> Option<Finding> {
    let span = condition.span;
    let unread =
        sight.document.malformed.iter().any(|finding| span.start <= finding.span.start && finding.span.end <= span.end);
    let never = condition.values.is_empty() && !unread && !operator.negated;
    never.then(|| {
        NEVER_TRUE.at(span, format!("{} is compared with nothing, so nothing is the same.", condition.key.value))
    })
}

/// Two conditions on one key that no request fulfils together.
fn contradiction(other: &Condition, condition: &Condition, operator: Operator) -> Option<Finding> {
    let first = Operator::read(&other.operator.value)?;
    if !other.key.value.eq_ignore_ascii_case(&condition.key.value) {
        return None;
    }
    let says = |flag: &str, of: &Condition| of.values.iter().all(|value| value.value.eq_ignore_ascii_case(flag));
    let needs_key = |operator: Operator| {
        operator.base != Base::Null && !operator.holds_without_key() && operator.set != Some(Set::ForAllValues)
    };
    let absent = |of: &Condition, operator: Operator| operator.base == Base::Null && says("true", of);
    let present =
        |of: &Condition, operator: Operator| needs_key(operator) || (operator.base == Base::Null && says("false", of));
    let key = &condition.key.value;
    if (absent(other, first) && present(condition, operator)) || (present(other, first) && absent(condition, operator))
    {
        let message = format!("{key} has to be there and has to be missing. No request is both.");
        return Some(NEVER_TRUE.at(condition.span, message));
    }
    let disjoint = pins(first) && pins(operator) && disjoint(other, condition);
    if disjoint || numbers_apart(other, first, condition, operator) {
        let message = format!("{key} has to be two different values at once. No request is that.");
        return Some(NEVER_TRUE.at(condition.span, message));
    }
    None
}

fn disjoint(first: &Condition, second: &Condition) -> bool {
    let plain = first.values.iter().chain(&second.values).all(|value| is_plain(&value.value));
    let shared =
        |value: &Spanned<String>| second.values.iter().any(|other| other.value.eq_ignore_ascii_case(&value.value));
    plain && !first.values.is_empty() && !second.values.is_empty() && !first.values.iter().any(shared)
}

/// Whether a number must be over what it must be under.
fn numbers_apart(first: &Condition, of_first: Operator, second: &Condition, of_second: Operator) -> bool {
    let bounds = |condition: &Condition, operator: Operator| -> Option<(f64, f64)> {
        let [value] = condition.values.as_slice() else { return None };
        let value: f64 = value.value.parse().ok()?;
        match operator.base {
            _ if operator.negated || operator.if_exists || operator.set.is_some() => None,
            Base::Number(Order::Equal) => Some((value, value)),
            Base::Number(Order::Less | Order::LessOrEqual) => Some((f64::NEG_INFINITY, value)),
            Base::Number(Order::Greater | Order::GreaterOrEqual) => Some((value, f64::INFINITY)),
            Base::Text
            | Base::TextIgnoringCase
            | Base::TextLike
            | Base::Arn
            | Base::Date(_)
            | Base::Bool
            | Base::Binary
            | Base::Address
            | Base::Null => None,
        }
    };
    let (Some((low, high)), Some((other_low, other_high))) = (bounds(first, of_first), bounds(second, of_second))
    else {
        return false;
    };
    low > other_high || other_low > high
}

/// Principals of one account, and a condition on another.
fn other_account(statement: &Statement, condition: &Condition, operator: Operator) -> Option<Finding> {
    let on_account = is_on(condition, "kms:CallerAccount") || is_on(condition, "aws:PrincipalAccount");
    if !on_account || !pins(operator) || condition.values.iter().any(|value| !is_account(&value.value)) {
        return None;
    }
    let accounts: Option<Vec<String>> =
        named(statement).iter().map(|principal| Identity::of_principal(&principal.value)?.account).collect();
    let accounts = accounts.filter(|accounts| !accounts.is_empty())?;
    let met = condition.values.iter().any(|value| accounts.contains(&value.value));
    let message = "The principals are of other accounts than this, so nobody is let in by it.";
    (!met && !condition.values.is_empty()).then(|| NEVER_TRUE.at(condition.span, message))
}

/// `kms:ViaService` of a Region in which the key is not, or of none.
fn other_region(sight: &Sight<'_>, condition: &Condition, operator: Operator) -> Option<Finding> {
    let region = sight.around.arn_part(3)?;
    if !is_on(condition, "kms:ViaService") || operator.base == Base::Null || condition.values.is_empty() {
        return None;
    }
    let elsewhere: Option<Vec<(Span, String)>> =
        condition.values.iter().map(|value| in_region(&value.value, region).map(|there| (value.span, there))).collect();
    let elsewhere = elsewhere?;
    let edits: Vec<Edit> = elsewhere.into_iter().map(|(span, there)| Edit { span, text: quoted(&there) }).collect();
    let (lint, says) = if operator.negated {
        (VALUE_FORM, "so the condition holds for every request")
    } else {
        (NEVER_TRUE, "so the condition never holds")
    };
    let message = format!("Requests to this key come through services in {region} alone, {says}.");
    Some(lint.at(condition.span, message).with_fix(format!("Write {region}"), edits))
}

/// The name of the service in the Region, if what is written names it in another, or in none.
fn in_region(value: &str, region: &str) -> Option<String> {
    let name = value.strip_suffix(".cn").unwrap_or(value).strip_suffix(".amazonaws.com")?;
    let end = &value[name.len()..];
    match name.rsplit_once('.') {
        Some((_, there)) if there == region || !is_plain(there) => None,
        Some((service, there)) if there.contains('-') => Some(format!("{service}.{region}{end}")),
        Some(_) | None if is_plain(name) => Some(format!("{name}.{region}{end}")),
        Some(_) | None => None,
    }
}

/// A value that is not of the form which the operator or the key compares.
fn form(condition: &Condition, operator: Operator, value: &Spanned<String>) -> Option<Finding> {
    let written = value.value.as_str();
    let says = match operator.base {
        Base::Null | Base::Bool => "true or false",
        Base::Number(_) => "a number",
        Base::Address => "an address or a range of addresses, such as 10.0.0.0/8",
        Base::Arn => "an ARN, with its six parts",
        Base::Date(_) => "a date, such as 2026-12-31T00:00:00Z",
        Base::Text | Base::TextIgnoringCase | Base::TextLike => return text_form(condition, operator, value),
        Base::Binary => return None,
    };
    let message = format!("{} compares with {says}, which \"{written}\" is not.", condition.operator.value);
    (!takes(operator.base, written)).then(|| VALUE_FORM.at(value.span, message))
}

/// What a key's values look like, whatever compares them.
fn text_form(condition: &Condition, operator: Operator, value: &Spanned<String>) -> Option<Finding> {
    const ACCOUNTS: [&str; 5] =
        ["kms:CallerAccount", "aws:PrincipalAccount", "aws:ResourceAccount", "aws:SourceAccount", "aws:VpceAccount"];
    let written = value.value.as_str();
    if has_wildcard(written) {
        return None;
    }
    let edit = |text: &str| vec![Edit { span: value.span, text: quoted(text) }];
    if ACCOUNTS.iter().any(|key| is_on(condition, key)) && !is_account(written) {
        let message = format!("\"{written}\" is no account: accounts are twelve digits, with the zeros before them.");
        let finding = VALUE_FORM.at(value.span, message);
        let lost_zero = written.len() == 11 && written.bytes().all(|byte| byte.is_ascii_digit());
        let padded = format!("0{written}");
        return Some(if lost_zero { finding.with_fix("Put a zero before it", edit(&padded)) } else { finding });
    }
    if !is_attestation(&condition.key.value) {
        return None;
    }
    if written.len() != 96 || !written.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let message =
            format!("A measurement is 96 hexadecimal digits (SHA-384). These are {}.", written.chars().count());
        return Some(VALUE_FORM.at(value.span, message));
    }
    let upper = written.bytes().any(|byte| byte.is_ascii_uppercase()) && operator.base != Base::TextIgnoringCase;
    upper.then(|| {
        let message = "Measurements are in small letters, and this operator tells them from capitals.";
        VALUE_FORM.at(value.span, message).with_fix("Write small letters", edit(&written.to_ascii_lowercase()))
    })
}
