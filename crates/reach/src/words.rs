//! Untrusted text, times and the two errors that every call knows, in words for a person.

use std::time::Duration;

use domain::{Changed, Error, Kind};

/// The longest text of another program that goes into a message, in characters.
const LONGEST: usize = 200;

/// Untrusted text on one line: what steers a terminal or turns the direction of writing is left out, and it is cut.
pub(crate) fn tidy(text: &str) -> String {
    let shown = text.trim().chars().filter(|&c| !c.is_control() && !turns(c));
    let mut shown: String = shown.take(LONGEST + 1).collect();
    if let Some((end, _)) = shown.char_indices().nth(LONGEST) {
        shown.truncate(end);
        shown.push('…');
    }
    shown
}

/// The marks of direction (Unicode Standard Annex 9), with which a text can show something else than it says.
fn turns(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A time such as `80 ms` or `1.2 s`.
pub(crate) fn took(time: Duration) -> String {
    match time.as_millis() {
        milliseconds @ 0..1000 => format!("{milliseconds} ms"),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}

/// It was cancelled; `changed` is what that leaves.
pub(crate) fn cancelled(operation: &'static str, what: &str, changed: Changed) -> Error {
    let next = match changed {
        Changed::Unknown => "What had happened by then is not known: look at the consumer before you go on.",
        _ => "Nothing was sent; start it again when you want to.",
    };
    Error::new(Kind::Interrupted, operation, format!("{what} was stopped, as was asked"))
        .with_changed(changed)
        .with_next(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn untrusted_text_cannot_steer_or_flood() {
        assert_eq!(tidy("  \u{1b}[31mred\u{7}\u{202e}\r\n "), "[31mred");
        assert_eq!(tidy(&"ü".repeat(200)), "ü".repeat(200));
        assert_eq!(tidy(&"ü".repeat(201)), format!("{}…", "ü".repeat(200)));
    }

    #[test]
    fn a_time_is_short() {
        assert_eq!(took(Duration::from_micros(80_900)), "80 ms");
        assert_eq!(took(Duration::from_millis(999)), "999 ms");
        assert_eq!(took(Duration::from_millis(1_249)), "1.2 s");
    }
}
