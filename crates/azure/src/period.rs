//! Periods as rotation policies write them (ISO 8601: `P90D`, `P18M`, `P1Y10D`), in words and on the calendar.

use jiff::{Span, Timestamp, ToSpan, civil::DateTime, tz::TimeZone};

/// Reads one: whole years, months, weeks and days, at least one of them.
pub(crate) fn read(text: &str) -> Option<Span> {
    let span: Span = text.trim().parse().ok()?;
    let whole = !span.is_zero() && span.is_positive();
    let days_only = span.get_hours() == 0 && span.get_minutes() == 0 && span.get_seconds() == 0;
    (whole && days_only && span.get_milliseconds() == 0).then_some(span)
}

/// In words: "18 months", "1 year and 10 days". What cannot be read is told as it is written.
pub(crate) fn words(text: &str) -> String {
    let Some(span) = read(text) else { return crate::error::tidy(text) };
    let parts = [
        (i32::from(span.get_years()), "year"),
        (span.get_months(), "month"),
        (span.get_weeks(), "week"),
        (span.get_days(), "day"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") })
        .collect();
    match parts.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        parts => parts.concat(),
    }
}

/// That long after `at`, by the calendar in UTC, as the service counts.
pub(crate) fn after(at: Timestamp, text: &str) -> Option<Timestamp> {
    moved(at, read(text)?)
}

/// That long before `at`.
pub(crate) fn before(at: Timestamp, text: &str) -> Option<Timestamp> {
    moved(at, read(text)?.negate())
}

/// Whether it is at least that many days, wherever in the year it begins.
pub(crate) fn is_at_least(text: &str, days: i64) -> bool {
    let Some(span) = read(text) else { return false };
    // February of a year that is no leap year is the shortest month there is.
    let begin: DateTime = jiff::civil::date(2027, 2, 1).at(0, 0, 0, 0);
    begin.checked_add(span).is_ok_and(|end| begin.checked_add(days.days()).is_ok_and(|least| end >= least))
}

fn moved(at: Timestamp, span: Span) -> Option<Timestamp> {
    let there = at.to_zoned(TimeZone::UTC).datetime().checked_add(span).ok()?;
    there.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_said_in_words() {
        for (text, said) in [
            ("P18M", "18 months"),
            ("P1M", "1 month"),
            ("P30D", "30 days"),
            ("P1Y10D", "1 year and 10 days"),
            ("P1Y2M3D", "1 year, 2 months and 3 days"),
            ("P2W", "2 weeks"),
            ("no period", "no period"),
        ] {
            assert_eq!(words(text), said);
        }
        for text in ["P", "PT1H", "P1DT1H", "-P1D", "P0D", "90", ""] {
            assert!(read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_month_is_a_month_of_the_calendar_and_not_thirty_days() {
        let at: Timestamp = "2026-01-31T10:00:00Z".parse().unwrap();
        assert_eq!(after(at, "P1M").unwrap().to_string(), "2026-02-28T10:00:00Z");
        assert_eq!(after(at, "P30D").unwrap().to_string(), "2026-03-02T10:00:00Z");
        assert_eq!(before(at, "P1M").unwrap().to_string(), "2025-12-31T10:00:00Z");
        assert_eq!(after(at, "P18M").unwrap().to_string(), "2027-07-31T10:00:00Z");
    }

    #[test]
    fn the_least_expiry_is_28_days_in_any_month() {
        for (text, fits) in
            [("P28D", true), ("P27D", false), ("P1M", true), ("P4W", true), ("P3W", false), ("P1Y", true)]
        {
            assert_eq!(is_at_least(text, 28), fits, "{text}");
        }
    }
}
