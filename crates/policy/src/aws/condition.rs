//! Conditions: whether they hold, and how a person says them.
//!
//! Source: IAM User Guide, "AWS JSON policy elements: Condition operators", "Multivalued context keys", "Variables and tags".

mod compare;
mod operator;
mod variables;
mod words;

#[cfg(test)]
mod tests;

pub(super) use compare::takes;
pub use operator::{Base, Operator, Order, Set};
pub(super) use variables::pattern;
pub use words::words;

use super::{
    context::{Context, Found},
    document::Condition,
    truth::Truth,
};

/// Whether a condition holds. `variables` says whether `${…}` in its values stands for keys of the request.
pub fn holds(condition: &Condition, context: &Context, variables: bool) -> Truth {
    let Some(operator) = Operator::read(&condition.operator.value) else {
        return Truth::unknown(format!("the operator {}", condition.operator.value));
    };
    let key = condition.key.value.as_str();
    let found = context.find(key);
    if operator.base == Base::Null {
        return is_absent(condition, found);
    }
    match found {
        Found::Unknown => Truth::unknown(key),
        Found::Absent => operator.holds_without_key().into(),
        Found::Values(values) => of_values(operator, condition, values, context, variables),
    }
}

fn is_absent(condition: &Condition, found: Found<'_>) -> Truth {
    let absent = match found {
        Found::Unknown => return Truth::unknown(condition.key.value.as_str()),
        Found::Absent => "true",
        Found::Values(_) => "false",
    };
    condition.values.iter().any(|wanted| wanted.value.eq_ignore_ascii_case(absent)).into()
}

fn of_values(
    operator: Operator,
    condition: &Condition,
    values: &[String],
    context: &Context,
    variables: bool,
) -> Truth {
    let one = |value: &String| {
        let wanted = condition
            .values
            .iter()
            .map(|wanted| compare::fits(operator.base, value, &wanted.value, |text| pattern(text, context, variables)));
        let fits = wanted.fold(Truth::Fails, Truth::or);
        if operator.negated { !fits } else { fits }
    };
    match (operator.set, values) {
        (Some(Set::ForAllValues), values) => values.iter().map(one).fold(Truth::Holds, Truth::and),
        (Some(Set::ForAnyValue), values) => values.iter().map(one).fold(Truth::Fails, Truth::or),
        (None, [value]) => one(value),
        (None, _) => Truth::unknown(format!("{}, of which the request has several", condition.key.value)),
    }
}
