//! Periods as a person writes them, such as `90d` or `36h`, and as the server takes them: in seconds.

use domain::Result;

use crate::plan::unfit;

/// The server refuses less.
pub(crate) const LEAST: u64 = 3_600;
/// A hundred years: more does not fit into the server's own type by far, and nobody means it.
const MOST: u64 = 36_500 * DAY;
const DAY: u64 = 86_400;
const UNITS: [(char, u64); 4] = [('d', DAY), ('h', 3_600), ('m', 60), ('s', 1)];

/// Reads a period of at least an hour.
pub(crate) fn parse(text: &str) -> Result<u64> {
    let seconds = any(text)?;
    if (LEAST..=MOST).contains(&seconds) {
        Ok(seconds)
    } else {
        Err(unfit(format!("a rotation period is at least 1h and at most 36500d, not {text:?}")))
    }
}

/// Reads a period of any length, zero included.
pub(crate) fn any(text: &str) -> Result<u64> {
    let text = text.trim();
    let (number, unit) = match text.char_indices().last() {
        Some((at, last)) if last.is_ascii_alphabetic() => (&text[..at], last),
        _ => (text, if text == "0" { 's' } else { ' ' }),
    };
    let unit = UNITS.iter().find(|(letter, _)| *letter == unit).map(|(_, seconds)| *seconds);
    let seconds = number.parse().ok().zip(unit).and_then(|(number, unit): (u64, u64)| number.checked_mul(unit));
    let seconds = seconds.filter(|seconds| *seconds <= MOST);
    seconds.ok_or_else(|| unfit(format!("a period is a number with d, h, m or s, such as 90d or 36h, not {text:?}")))
}

/// Writes a period in the largest unit that holds it exactly.
pub(crate) fn write(seconds: u64) -> String {
    let whole = UNITS.iter().find(|(_, unit)| seconds >= *unit && seconds.is_multiple_of(*unit));
    whole.map_or_else(|| format!("{seconds}s"), |(letter, unit)| format!("{}{letter}", seconds / unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_reads_back_as_it_was_written() {
        for seconds in [3_600, 5_400, 86_400, 90 * DAY, 3_601] {
            assert_eq!(parse(&write(seconds)).unwrap(), seconds);
        }
        assert_eq!((write(5_400), write(90 * DAY)), ("90m".to_owned(), "90d".to_owned()));
        assert_eq!(any("0").unwrap(), 0);
    }

    #[test]
    fn what_the_server_would_refuse_or_misread_is_refused_here() {
        for text in ["", "30", "59m", "1.5h", "-1d", "99999999999999999999d", "1w", "36501d", "ü"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
