//! One value of a request against one of a policy.

use std::net::IpAddr;

use super::{
    super::{
        pattern::{Case, Pattern, like, like_arn},
        truth::Truth,
    },
    operator::{Base, Order},
};

/// Whether the request's value fits the policy's, given as written. Unknown where the policy's value is not one that the
/// operator takes, and where `pattern`, which puts values for its variables, does not know one of them.
pub(super) fn fits(
    base: Base,
    value: &str,
    written: &str,
    pattern: impl FnOnce(&str) -> Result<Pattern, String>,
) -> Truth {
    let with = |fits: &dyn Fn(&Pattern) -> bool| match pattern(written) {
        Ok(pattern) => fits(&pattern).into(),
        Err(key) => Truth::unknown(key),
    };
    match base {
        Base::Text if !written.contains('$') => (written == value).into(),
        Base::Text => with(&|pattern| pattern.literal() == value),
        Base::TextIgnoringCase => with(&|pattern| same_ignoring_case(&pattern.literal(), value)),
        Base::TextLike if !written.contains('$') => like(written, value).into(),
        Base::TextLike => with(&|pattern| pattern.matches(value, Case::Counts)),
        Base::Arn if !written.contains('$') => like_arn(written, value).into(),
        Base::Arn => with(&|pattern| pattern.matches_arn(value)),
        Base::Number(order) => compared(order, number(value), number(written), written),
        Base::Date(order) => compared(order, date(value), date(written), written),
        Base::Bool => match flag(written) {
            Some(wanted) => (flag(value) == Some(wanted)).into(),
            None => no_value(written),
        },
        Base::Binary => (value == written).into(),
        Base::Address => match range(written) {
            Some(range) => value.parse().is_ok_and(|address| contains(range, address)).into(),
            None => no_value(written),
        },
        // Decided before any value is looked at.
        Base::Null => Truth::Fails,
    }
}

/// Whether an operator takes a value as it is written in a policy.
pub(in crate::aws) fn takes(base: Base, written: &str) -> bool {
    match base {
        Base::Text | Base::TextIgnoringCase | Base::TextLike | Base::Binary => true,
        Base::Arn => written.splitn(6, ':').count() == 6,
        Base::Number(_) => number(written).is_some(),
        Base::Date(_) => date(written).is_some(),
        Base::Bool | Base::Null => flag(written).is_some(),
        Base::Address => range(written).is_some(),
    }
}

fn no_value(written: &str) -> Truth {
    Truth::unknown(format!("how AWS reads \"{written}\""))
}

fn compared<T: PartialOrd>(order: Order, value: Option<T>, wanted: Option<T>, written: &str) -> Truth {
    let Some(wanted) = wanted else { return no_value(written) };
    value
        .is_some_and(|value| match order {
            Order::Equal => value == wanted,
            Order::Less => value < wanted,
            Order::LessOrEqual => value <= wanted,
            Order::Greater => value > wanted,
            Order::GreaterOrEqual => value >= wanted,
        })
        .into()
}

fn same_ignoring_case(first: &str, second: &str) -> bool {
    first.chars().flat_map(char::to_lowercase).eq(second.chars().flat_map(char::to_lowercase))
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

fn flag(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        return Some(true);
    }
    text.eq_ignore_ascii_case("false").then_some(false)
}

/// Seconds since 1970: from a date of ISO 8601, or from seconds.
fn date(text: &str) -> Option<jiff::Timestamp> {
    if let Ok(seconds) = text.parse::<i64>() {
        return jiff::Timestamp::from_second(seconds).ok();
    }
    if let Ok(instant) = text.parse() {
        return Some(instant);
    }
    // `2026-11-01` and `2026-11-01T08:00Z` are allowed by the W3C's note on ISO 8601, which AWS follows.
    let local = text.strip_suffix('Z').unwrap_or(text);
    let civil: jiff::civil::DateTime = local.parse().ok()?;
    civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// `10.0.0.0/8`, `2001:db8::/32`, or one address.
fn range(text: &str) -> Option<(IpAddr, u32)> {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let address: IpAddr = address.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.map_or(Some(most), |bits| bits.parse().ok().filter(|bits| *bits <= most))?;
    Some((address, bits))
}

fn contains((network, bits): (IpAddr, u32), address: IpAddr) -> bool {
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
            network.to_bits() & mask == address.to_bits() & mask
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
            network.to_bits() & mask == address.to_bits() & mask
        }
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
    }
}
