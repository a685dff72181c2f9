//! The attributes of a rule, as data, and how their values are read.

/// Every attribute that one of the servers takes. Sources: OpenBao 2.7.2; Vault documentation, "Policies", 2026-11.
pub(super) const NAMES: &[&str] = &[
    "allowed_parameters",
    "capabilities",
    "comment",
    "control_group",
    "denied_parameters",
    "expiration",
    "list_scan_response_keys_filter_path",
    "max_wrapping_ttl",
    "mfa_methods",
    "min_wrapping_ttl",
    "pagination_limit",
    "policy",
    "required_parameters",
    "subscribe_event_types",
];

/// The one server that takes the attribute, where the other refuses the policy.
pub(super) fn only_of(name: &str) -> Option<&'static str> {
    match name {
        "expiration" | "list_scan_response_keys_filter_path" | "pagination_limit" => Some("OpenBao"),
        "subscribe_event_types" => Some("Vault Enterprise"),
        _ => None,
    }
}

/// A duration in whole seconds, as the servers read it: a number of seconds, or numbers with units. Less than a second
/// is one; what is below zero counts as none.
pub(super) fn seconds(text: &str) -> Option<u64> {
    if text.is_empty() {
        return Some(0);
    }
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
    if let Ok(number) = text.parse::<u64>() {
        return Some(if negative { 0 } else { number });
    }
    let (mut rest, mut total) = (text, 0_f64);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let unit = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        total += number * unit_of(&rest[..unit], text)?;
        rest = &rest[unit..];
    }
    if negative || total <= 0.0 {
        return Some(0);
    }
    // Nothing that anybody writes is too long for this.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is above zero; what is longer is cut"
    )]
    let whole = total.ceil() as u64;
    Some(whole)
}

fn unit_of(unit: &str, whole: &str) -> Option<f64> {
    match unit {
        "ns" => Some(1e-9),
        "us" | "µs" | "μs" => Some(1e-6),
        "ms" => Some(1e-3),
        // A bare fraction is seconds; inside a longer text it is not taken.
        "" if whole.chars().all(|c| c.is_ascii_digit() || c == '.') => Some(1.0),
        "s" => Some(1.0),
        "m" => Some(60.0),
        "h" => Some(3600.0),
        "d" => Some(86_400.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn durations_are_read_as_the_servers_read_them() {
        let cases = [("90", Some(90)), ("1h30m", Some(5400)), ("1d", Some(86_400)), ("", Some(0)), ("-5s", Some(0))];
        for (text, due) in cases {
            assert_eq!(seconds(text), due, "{text}");
        }
        for text in ["x", "5x", "h", "1h5", "1.5.2s"] {
            assert_eq!(seconds(text), None, "{text}");
        }
        assert_eq!(seconds("1.5"), Some(2));
        assert_eq!(seconds("10ms"), Some(1));
    }
}
